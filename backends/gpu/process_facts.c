/* process_facts.c - see the header. */
#include "config.h"
#include "backends/gpu/process_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/gpu/guest.h"
#include "backends/gpu/sysfs_file.h"
#include "lab/text.h"

#define CMDLINE_MAX 1024

struct process_facts {
	int proc_fd;
	gint64 boot_ms;
	GHashTable *known; /* pid -> struct known */
};

struct known {
	struct process process;
	ino_t inode; /* of its directory: another process with this number has another one */
	gint64 read_ms, asked_ms;
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

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static char *read_cmdline(int dir_fd)
{
	char text[CMDLINE_MAX + 1];
	int fd = openat(dir_fd, "cmdline", O_RDONLY | O_CLOEXEC);
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

static void read_facts(const struct process_facts *f, int pid, struct process *out)
{
	char text[SYSFS_TEXT_MAX];
	uint64_t ticks;

	g_snprintf(text, sizeof text, "%d", pid);
	int fd = openat(f->proc_fd, text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (sysfs_read_at(fd, "stat", text, sizeof text) == READ_OK && parse_stat(text, out, &ticks))
		out->start_ms = f->boot_ms + (gint64)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
	if (sysfs_read_at(fd, "cgroup", text, sizeof text) == READ_OK)
		unit_of_cgroup(text, out->unit, sizeof out->unit);
	out->cmdline = read_cmdline(fd);
	close(fd);
}

static ino_t inode_of(const struct process_facts *f, int pid)
{
	char name[16];
	struct stat st;

	g_snprintf(name, sizeof name, "%d", pid);
	return fstatat(f->proc_fd, name, &st, 0) == 0 ? st.st_ino : 0;
}

/* ---- remembering --------------------------------------------------------------------------------------------------- */

static void known_free(void *data)
{
	struct known *k = data;

	g_free(k->process.cmdline);
	g_free(k);
}

struct process_facts *process_facts_new(int proc_fd)
{
	struct process_facts *f = g_new0(struct process_facts, 1);

	f->proc_fd = proc_fd;
	f->boot_ms = guest_boot_ms();
	f->known = g_hash_table_new_full(NULL, NULL, NULL, known_free);
	return f;
}

void process_facts_free(struct process_facts *f)
{
	g_hash_table_unref(f->known);
	g_free(f);
}

void process_facts_get(struct process_facts *f, int pid, gint64 now_ms, struct process *out)
{
	struct known *k = g_hash_table_lookup(f->known, GINT_TO_POINTER(pid));
	ino_t inode = inode_of(f, pid);

	if (!k || k->inode != inode || now_ms - k->read_ms >= FACTS_KEPT_MS) {
		k = g_new0(struct known, 1);
		k->process.pid = pid;
		k->inode = inode;
		k->read_ms = now_ms;
		read_facts(f, pid, &k->process);
		g_hash_table_replace(f->known, GINT_TO_POINTER(pid), k);
	}
	k->asked_ms = now_ms;
	*out = k->process;
	out->cmdline = g_strdup(k->process.cmdline);
}

static gboolean is_forgotten(void *key, void *value, void *data)
{
	return ((struct known *)value)->asked_ms < *(gint64 *)data;
}

void process_facts_forget(struct process_facts *f, gint64 before_ms)
{
	g_hash_table_foreach_remove(f->known, is_forgotten, &before_ms);
}
