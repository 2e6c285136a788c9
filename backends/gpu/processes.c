/* processes.c - see the header. */
#include "config.h"
#include "backends/gpu/processes.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backends/gpu/fdinfo.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/kfd.h"
#include "backends/gpu/sysfs_file.h"
#include "lab/text.h"

#define SCAN_MS \
	10000 /* between looks at every process for render nodes; in between only those that have some */
#define FDS_MAX     4096
#define USES_MAX    4096
#define CMDLINE_MAX 1024

struct watcher {
	char *sysfs, *proc;
	gint64 boot_ms;
	gint64 scan_ms;      /* the next look at everything */
	GHashTable *drm;     /* pids with an open render node */
	GHashTable *clients; /* "bdf/id" -> struct seen_client */
};

struct seen_client {
	struct drm_client client;
	gint64 at_us;
	guint round;
};

/* ---- parsing ------------------------------------------------------------------------------------------------------- */

bool parse_stat(const char *text, struct process *out, uint64_t *start_ticks)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	int ppid;
	unsigned long long start;

	if (!open || !close || close < open ||
	    sscanf(close + 1,
		   " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ppid,
		   &start) != 2)
		return false;
	g_strlcpy(out->name, open + 1, MIN((gsize)(close - open), sizeof out->name));
	out->ppid = ppid;
	*start_ticks = start;
	return true;
}

static bool is_unit(const char *name)
{
	return g_str_has_suffix(name, ".service") || g_str_has_suffix(name, ".scope");
}

void unit_of_cgroup(const char *text, char *out, gsize size)
{
	out[0] = '\0';
	while (*text) {
		gsize len = strcspn(text, "\n");
		g_autofree char *line = g_strndup(text, len);
		text += len + (text[len] == '\n');
		/* version 2 has one line "0::"; version 1 has systemd's own hierarchy among others */
		if (!g_str_has_prefix(line, "0::") && !strstr(line, ":name=systemd:"))
			continue;
		g_auto(GStrv) parts = g_strsplit(line, "/", -1);
		for (gsize i = g_strv_length(parts); i > 0; i--)
			if (is_unit(parts[i - 1])) {
				g_strlcpy(out, parts[i - 1], size);
				return;
			}
	}
}

/* ---- one process --------------------------------------------------------------------------------------------------- */

static void process_clear(void *data)
{
	g_free(((struct process *)data)->cmdline);
}

void process_list_free(struct process_list *list)
{
	if (!list)
		return;
	g_array_unref(list->processes);
	g_array_unref(list->uses);
	g_free(list);
}

static char *read_cmdline(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "cmdline", NULL);
	char text[CMDLINE_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, CMDLINE_MAX);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return NULL;
	while (n > 0 && text[n - 1] == '\0')
		n--;
	for (ssize_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	text[n] = '\0';
	return text_redact(text);
}

static struct process describe(const struct watcher *w, int pid)
{
	g_autofree char *dir = g_strdup_printf("%s/%d", w->proc, pid);
	struct process p = {.pid = pid};
	char text[SYSFS_TEXT_MAX];
	uint64_t ticks;

	if (sysfs_read_once(dir, "stat", text, sizeof text) == READ_OK && parse_stat(text, &p, &ticks))
		p.start_ms = w->boot_ms + (gint64)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
	if (sysfs_read_once(dir, "cgroup", text, sizeof text) == READ_OK)
		unit_of_cgroup(text, p.unit, sizeof p.unit);
	p.cmdline = read_cmdline(dir);
	return p;
}

/* ---- render nodes -------------------------------------------------------------------------------------------------- */

/* Adds a use, or adds to the one that is there. */
static struct process_use *use_of(GArray *uses, int pid, const char *bdf)
{
	for (guint i = 0; i < uses->len; i++) {
		struct process_use *u = &g_array_index(uses, struct process_use, i);
		if (u->pid == pid && strcmp(u->bdf, bdf) == 0)
			return u;
	}
	struct process_use u = {.pid = pid};
	g_strlcpy(u.bdf, bdf, sizeof u.bdf);
	g_array_append_val(uses, u);
	return &g_array_index(uses, struct process_use, uses->len - 1);
}

static struct num plus(struct num a, double b, double most)
{
	return num_of(MIN((num_known(a) ? a.v : 0) + b, most));
}

static void take_client(struct watcher *w, int pid, const struct drm_client *c, guint round,
			struct process_list *list)
{
	g_autofree char *key = g_strdup_printf("%s/%" G_GUINT64_FORMAT, c->bdf, (guint64)c->id);
	struct seen_client *seen = g_hash_table_lookup(w->clients, key);
	gint64 now_us = g_get_monotonic_time();

	if (seen && seen->round == round)
		return; /* open under another descriptor or in another process too */
	struct process_use *use = use_of(list->uses, pid, c->bdf);
	if (c->has_vram)
		use->vram_bytes = plus(use->vram_bytes, (double)c->vram_bytes, 1e15);
	if (!seen) {
		seen = g_new0(struct seen_client, 1);
		g_hash_table_insert(w->clients, g_steal_pointer(&key), seen);
		list->wants_second_look = list->wants_second_look || c->engines > 0;
	} else if (c->engines > 0) {
		use->busy_pct =
			plus(use->busy_pct, fdinfo_busy_pct(&seen->client, c, now_us - seen->at_us), 100);
	}
	seen->client = *c;
	seen->at_us = now_us;
	seen->round = round;
}

/* True when the process has a render node open. */
static bool scan_process(struct watcher *w, int pid, guint round, struct process_list *list)
{
	g_autofree char *fds = g_strdup_printf("%s/%d/fd", w->proc, pid);
	g_autofree char *infos = g_strdup_printf("%s/%d/fdinfo", w->proc, pid);
	GDir *dir = g_dir_open(fds, 0, NULL); /* other users' are root's to see */
	const char *name;
	bool found = false;

	for (int i = 0; dir && i < FDS_MAX && list->uses->len < USES_MAX && (name = g_dir_read_name(dir));
	     i++) {
		g_autofree char *link = g_build_filename(fds, name, NULL);
		char target[64], text[SYSFS_TEXT_MAX];
		struct drm_client client;
		ssize_t n = readlink(link, target, sizeof target - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (!g_str_has_prefix(target, "/dev/dri/"))
			continue;
		found = true;
		if (sysfs_read_once(infos, name, text, sizeof text) == READ_OK && fdinfo_parse(text, &client))
			take_client(w, pid, &client, round, list);
	}
	if (dir)
		g_dir_close(dir);
	return found;
}

static gboolean is_old_client(void *key, void *value, void *data)
{
	return ((struct seen_client *)value)->round != GPOINTER_TO_UINT(data);
}

static void scan_everything(struct watcher *w, guint round, struct process_list *list)
{
	GDir *dir = g_dir_open(w->proc, 0, NULL);
	const char *name;

	g_hash_table_remove_all(w->drm);
	while (dir && (name = g_dir_read_name(dir))) {
		gint64 pid;
		if (parse_int(name, &pid) && pid > 0 && pid <= G_MAXINT &&
		    scan_process(w, (int)pid, round, list))
			g_hash_table_add(w->drm, GINT_TO_POINTER((int)pid));
	}
	if (dir)
		g_dir_close(dir);
}

static void scan_render_nodes(struct watcher *w, struct process_list *list)
{
	static guint round; /* one watcher a program, and only its thread comes here */
	gint64 now_ms = g_get_monotonic_time() / 1000;
	GHashTableIter iter;
	void *pid;

	round++;
	if (now_ms >= w->scan_ms) {
		scan_everything(w, round, list);
		w->scan_ms = now_ms + SCAN_MS;
	} else {
		g_hash_table_iter_init(&iter, w->drm);
		while (g_hash_table_iter_next(&iter, &pid, NULL))
			scan_process(w, GPOINTER_TO_INT(pid), round, list);
	}
	g_hash_table_foreach_remove(w->clients, is_old_client, GUINT_TO_POINTER(round));
}

/* ---- a look -------------------------------------------------------------------------------------------------------- */

static void take_kfd(struct watcher *w, struct process_list *list)
{
	g_autoptr(GArray) uses = g_array_new(FALSE, TRUE, sizeof(struct kfd_use));

	kfd_list_processes(w->sysfs, uses);
	for (guint i = 0; i < uses->len; i++) {
		const struct kfd_use *k = &g_array_index(uses, struct kfd_use, i);
		struct process_use u = {
			.pid = k->pid,
			.kfd_id = k->kfd_id,
			.vram_bytes = num_of((double)k->vram_bytes),
			.busy_cus = k->busy_cus,
		};
		g_array_append_val(list->uses, u);
	}
}

static int by_pid(gconstpointer a, gconstpointer b)
{
	int x = ((const struct process *)a)->pid, y = ((const struct process *)b)->pid;

	return (x > y) - (x < y);
}

static void describe_all(struct watcher *w, struct process_list *list)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < list->uses->len; i++) {
		int pid = g_array_index(list->uses, struct process_use, i).pid;
		if (!g_hash_table_add(seen, GINT_TO_POINTER(pid)))
			continue;
		struct process p = describe(w, pid);
		g_array_append_val(list->processes, p);
	}
	g_array_sort(list->processes, by_pid);
}

static void *look(void *context, void *data)
{
	struct watcher *w = context;
	g_autofree struct process_request *request = data;
	struct process_list *list = g_new0(struct process_list, 1);

	list->processes = g_array_new(FALSE, TRUE, sizeof(struct process));
	g_array_set_clear_func(list->processes, process_clear);
	list->uses = g_array_new(FALSE, TRUE, sizeof(struct process_use));
	scan_render_nodes(w, list);
	take_kfd(w, list);
	if (request)
		g_array_append_vals(list->uses, request->uses, request->count);
	describe_all(w, list);
	return list;
}

static void watcher_free(void *data)
{
	struct watcher *w = data;

	g_hash_table_unref(w->drm);
	g_hash_table_unref(w->clients);
	g_free(w->sysfs);
	g_free(w->proc);
	g_free(w);
}

struct sampler *processes_start(const char *sysfs, const char *proc, int wake_fd)
{
	struct watcher *w = g_new0(struct watcher, 1);

	w->sysfs = g_strdup(sysfs);
	w->proc = g_strdup(proc);
	w->boot_ms = guest_boot_ms();
	w->drm = g_hash_table_new(NULL, NULL);
	w->clients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return sampler_new("processes", look, w, watcher_free, (GDestroyNotify)process_list_free, wake_fd);
}
