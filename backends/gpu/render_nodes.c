/* render_nodes.c - see the header. Other users' descriptors are root's to see. */
#include "config.h"
#include "backends/gpu/render_nodes.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/gpu/fdinfo.h"
#include "backends/gpu/sysfs_file.h"

#define SCAN_MS  10000 /* between looks at the list of processes */
#define REST_MS  60000 /* the longest that a process without a node is left alone */
#define FDS_MAX  4096
#define USES_MAX 4096
#define PIDS_MAX 65536

struct render_nodes {
	int proc_fd;
	gint64 scan_ms;        /* the next look at the list */
	GHashTable *processes; /* pid -> struct seen_process */
	GHashTable *clients;   /* "bdf/id" -> struct seen_client */
	guint round;
};

/* A process, by its directory: another one with the same number has another inode. */
struct seen_process {
	ino_t inode;
	bool has_node;
	int looks; /* in vain */
	gint64 due_ms;
	guint round;
};

struct seen_client {
	struct drm_client client;
	gint64 at_us;
	guint round;
};

/* ---- clients ------------------------------------------------------------------------------------------------------- */

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

static void take_client(struct render_nodes *n, int pid, const struct drm_client *c,
			struct process_list *list)
{
	g_autofree char *key = g_strdup_printf("%s/%" G_GUINT64_FORMAT, c->bdf, (guint64)c->id);
	struct seen_client *seen = g_hash_table_lookup(n->clients, key);
	gint64 now_us = g_get_monotonic_time();

	if (seen && seen->round == n->round)
		return; /* open under another descriptor or in another process too */
	struct process_use *use = use_of(list->uses, pid, c->bdf);
	if (c->has_vram)
		use->vram_bytes = plus(use->vram_bytes, (double)c->vram_bytes, 1e15);
	if (!seen) {
		seen = g_new0(struct seen_client, 1);
		g_hash_table_insert(n->clients, g_steal_pointer(&key), seen);
		list->wants_second_look = list->wants_second_look || c->engines > 0;
	} else if (c->engines > 0) {
		use->busy_pct =
			plus(use->busy_pct, fdinfo_busy_pct(&seen->client, c, now_us - seen->at_us), 100);
	}
	seen->client = *c;
	seen->at_us = now_us;
	seen->round = n->round;
}

/* ---- descriptors of a process -------------------------------------------------------------------------------------- */

static bool is_node(int dir_fd, const char *name)
{
	static const char nodes[] = "/dev/dri/";
	char target[64];
	ssize_t len = readlinkat(dir_fd, name, target, sizeof target);

	return len > (ssize_t)sizeof nodes - 1 && memcmp(target, nodes, sizeof nodes - 1) == 0;
}

static void take_descriptor(struct render_nodes *n, int pid, const char *name, struct process_list *list)
{
	char path[64], text[SYSFS_TEXT_MAX];
	struct drm_client client;

	g_snprintf(path, sizeof path, "%d/fdinfo/%s", pid, name);
	if (sysfs_read_at(n->proc_fd, path, text, sizeof text) == READ_OK && fdinfo_parse(text, &client))
		take_client(n, pid, &client, list);
}

/* True when the process has a render node open. */
static bool look_at(struct render_nodes *n, int pid, struct process_list *list)
{
	char path[32];
	bool found = false;

	g_snprintf(path, sizeof path, "%d/fd", pid);
	int fd = openat(n->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		close(fd);
	const struct dirent *e;
	for (int i = 0; dir && i < FDS_MAX && list->uses->len < USES_MAX && (e = readdir(dir)); i++) {
		if (e->d_name[0] == '.' || !is_node(fd, e->d_name))
			continue;
		found = true;
		take_descriptor(n, pid, e->d_name, list);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* ---- all processes ------------------------------------------------------------------------------------------------- */

static void look_when_due(struct render_nodes *n, int pid, struct seen_process *p, gint64 now_ms,
			  struct process_list *list)
{
	if (!p->has_node && now_ms < p->due_ms)
		return;
	p->has_node = look_at(n, pid, list);
	p->looks = p->has_node ? 0 : p->looks + 1;
	p->due_ms = now_ms + MIN(SCAN_MS * (gint64)p->looks, REST_MS);
}

static struct seen_process *process_at(struct render_nodes *n, int pid, const char *name)
{
	struct seen_process *p = g_hash_table_lookup(n->processes, GINT_TO_POINTER(pid));
	struct stat st;

	if (fstatat(n->proc_fd, name, &st, 0) != 0)
		return NULL;
	if (!p && g_hash_table_size(n->processes) < PIDS_MAX) {
		p = g_new0(struct seen_process, 1);
		g_hash_table_insert(n->processes, GINT_TO_POINTER(pid), p);
	}
	if (p && p->inode != st.st_ino)
		*p = (struct seen_process){.inode = st.st_ino};
	return p;
}

static gboolean is_old_process(void *key, void *value, void *data)
{
	return ((struct seen_process *)value)->round != GPOINTER_TO_UINT(data);
}

static void look_at_all(struct render_nodes *n, gint64 now_ms, struct process_list *list)
{
	int fd = openat(n->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (e = readdir(dir))) {
		gint64 pid;
		if (!parse_int(e->d_name, &pid) || pid <= 0 || pid > G_MAXINT)
			continue;
		struct seen_process *p = process_at(n, (int)pid, e->d_name);
		if (!p)
			continue;
		p->round = n->round;
		look_when_due(n, (int)pid, p, now_ms, list);
	}
	if (dir)
		closedir(dir);
	g_hash_table_foreach_remove(n->processes, is_old_process, GUINT_TO_POINTER(n->round));
}

static void look_at_known(struct render_nodes *n, gint64 now_ms, struct process_list *list)
{
	GHashTableIter iter;
	void *pid, *value;

	g_hash_table_iter_init(&iter, n->processes);
	while (g_hash_table_iter_next(&iter, &pid, &value)) {
		struct seen_process *p = value;
		if (p->has_node)
			look_when_due(n, GPOINTER_TO_INT(pid), p, now_ms, list);
	}
}

static gboolean is_old_client(void *key, void *value, void *data)
{
	return ((struct seen_client *)value)->round != GPOINTER_TO_UINT(data);
}

void render_nodes_look(struct render_nodes *n, gint64 now_ms, struct process_list *list)
{
	n->round++;
	if (now_ms >= n->scan_ms) {
		look_at_all(n, now_ms, list);
		n->scan_ms = now_ms + SCAN_MS;
	} else {
		look_at_known(n, now_ms, list);
	}
	g_hash_table_foreach_remove(n->clients, is_old_client, GUINT_TO_POINTER(n->round));
}

struct render_nodes *render_nodes_new(int proc_fd)
{
	struct render_nodes *n = g_new0(struct render_nodes, 1);

	n->proc_fd = proc_fd;
	n->processes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	n->clients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return n;
}

void render_nodes_free(struct render_nodes *n)
{
	g_hash_table_unref(n->processes);
	g_hash_table_unref(n->clients);
	g_free(n);
}
