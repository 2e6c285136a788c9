/* mounts.c - see the header. */
#include "config.h"
#include "backends/gpu/mounts.h"

#include <string.h>
#include <sys/statvfs.h>

#include "backends/gpu/sampler.h"
#include "backends/gpu/wire_write.h"

#define MOUNTS_MAX 64

struct mount {
	char *source, *target, *fstype;
	struct sampler *sampler;
	struct mount_size size;
	gint64 taken_ms, asked_ms;
	bool listed; /* still in the list */
};

struct mounts {
	char *proc;
	mount_look look;
	int wake_fd;
	GPtrArray *list; /* struct mount */
	gint64 next_ms;
	bool changed;
};

/* What a mount's thread works with. */
struct asker {
	mount_look look;
	char *target;
};

static bool is_network(const char *fstype)
{
	static const char *const types[] = {
		"nfs",   "nfs4",     "cifs",        "smb3",      "smbfs",          "9p",
		"ceph",  "afs",      "glusterfs",   "lustre",    "beegfs",         "fuse.sshfs",
		"ncpfs", "virtiofs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph"};

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(fstype, types[i]) == 0)
			return true;
	return false;
}

/* Blanks, line ends and backslashes come as three octal digits behind a backslash (the kernel's mangle()); one that is not
 * so is itself. The caller frees. */
static char *unescape(const char *word)
{
	GString *out = g_string_new(NULL);

	for (const char *p = word; *p; p++) {
		bool octal = p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
			     p[3] >= '0' && p[3] <= '7';
		int c = octal ? (p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0') : 0;
		g_string_append_c(out, c ? (char)c : *p);
		p += c ? 3 : 0;
	}
	return g_string_free(out, FALSE);
}

/* 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw */
bool mounts_parse_line(const char *line, char **source, char **target, char **fstype)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	guint n = g_strv_length(words), dash = 6;

	while (dash < n && strcmp(words[dash], "-") != 0)
		dash++;
	if (dash + 2 >= n || !is_network(words[dash + 1]))
		return false;
	*source = unescape(words[dash + 2]);
	*target = unescape(words[4]);
	*fstype = g_strdup(words[dash + 1]);
	return true;
}

static struct mount_size ask_kernel(const char *target)
{
	struct statvfs st;
	struct mount_size size = {false, 0, 0};

	if (statvfs(target, &st) != 0)
		return size;
	size.known = true;
	size.total_bytes = (guint64)st.f_blocks * st.f_frsize;
	size.free_bytes = (guint64)st.f_bavail * st.f_frsize;
	return size;
}

static void *ask(void *context, void *request)
{
	const struct asker *a = context;
	struct mount_size size = a->look(a->target);

	g_free(request);
	return g_memdup2(&size, sizeof size);
}

static void asker_free(void *data)
{
	struct asker *a = data;

	g_free(a->target);
	g_free(a);
}

static void mount_free(void *data)
{
	struct mount *m = data;

	sampler_free(m->sampler);
	g_free(m->source);
	g_free(m->target);
	g_free(m->fstype);
	g_free(m);
}

struct mounts *mounts_new(const char *proc, mount_look look, int wake_fd)
{
	struct mounts *m = g_new0(struct mounts, 1);

	m->proc = g_strdup(proc);
	m->look = look ? look : ask_kernel;
	m->wake_fd = wake_fd;
	m->list = g_ptr_array_new_with_free_func(mount_free);
	m->changed = true;
	return m;
}

void mounts_free(struct mounts *m)
{
	if (!m)
		return;
	g_ptr_array_unref(m->list);
	g_free(m->proc);
	g_free(m);
}

static struct mount *find(struct mounts *m, const char *source, const char *target)
{
	for (guint i = 0; i < m->list->len; i++) {
		struct mount *mount = g_ptr_array_index(m->list, i);
		if (strcmp(mount->target, target) == 0 && strcmp(mount->source, source) == 0)
			return mount;
	}
	return NULL;
}

static void take_line(struct mounts *m, const char *line)
{
	g_autofree char *source = NULL, *target = NULL, *fstype = NULL;

	if (!mounts_parse_line(line, &source, &target, &fstype))
		return;
	struct mount *mount = find(m, source, target);
	if (!mount && m->list->len < MOUNTS_MAX) {
		struct asker *a = g_new0(struct asker, 1);
		a->look = m->look;
		a->target = g_strdup(target);
		mount = g_new0(struct mount, 1);
		mount->source = g_steal_pointer(&source);
		mount->target = g_steal_pointer(&target);
		mount->fstype = g_steal_pointer(&fstype);
		mount->sampler = sampler_new("mount", ask, a, asker_free, g_free, m->wake_fd);
		g_ptr_array_add(m->list, mount);
		m->changed = true;
	}
	if (mount)
		mount->listed = true;
}

static void read_list(struct mounts *m)
{
	g_autofree char *path = g_build_filename(m->proc, "self", "mountinfo", NULL);
	g_autofree char *text = NULL;

	for (guint i = 0; i < m->list->len; i++)
		((struct mount *)g_ptr_array_index(m->list, i))->listed = false;
	if (g_file_get_contents(path, &text, NULL, NULL)) {
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		for (char **line = lines; *line; line++)
			take_line(m, *line);
	}
	for (guint i = m->list->len; i > 0; i--)
		if (!((struct mount *)g_ptr_array_index(m->list, i - 1))->listed) {
			g_ptr_array_remove_index(m->list, i - 1);
			m->changed = true;
		}
}

void mounts_kick(struct mounts *m, gint64 now_ms)
{
	if (now_ms < m->next_ms)
		return;
	m->next_ms = now_ms + MOUNTS_EVERY_MS;
	read_list(m);
	for (guint i = 0; i < m->list->len; i++) {
		struct mount *mount = g_ptr_array_index(m->list, i);
		if (sampler_kick(mount->sampler, NULL))
			mount->asked_ms = now_ms;
		else
			m->changed = true; /* its age has grown */
	}
}

bool mounts_in(struct mounts *m)
{
	for (guint i = 0; i < m->list->len; i++)
		if (sampler_running(((struct mount *)g_ptr_array_index(m->list, i))->sampler))
			return false;
	return true;
}

static void collect(struct mounts *m)
{
	for (guint i = 0; i < m->list->len; i++) {
		struct mount *mount = g_ptr_array_index(m->list, i);
		g_autofree struct mount_size *size = sampler_collect(mount->sampler);
		if (!size)
			continue;
		mount->size = *size;
		mount->taken_ms = mount->asked_ms;
		m->changed = true;
	}
}

void mounts_retell(struct mounts *m)
{
	m->changed = true;
}

bool mounts_write(struct mounts *m, GString *out, gint64 now_ms)
{
	collect(m);
	if (!m->changed)
		return false;
	m->changed = false;
	json_out_open(out, WIRE_KEY_MOUNTS, '[');
	for (guint i = 0; i < m->list->len; i++) {
		const struct mount *mount = g_ptr_array_index(m->list, i);
		/* of one that has never answered, since when nobody knows */
		gint64 since_ms = mount->taken_ms ? mount->taken_ms : mount->asked_ms;
		struct wire_mount_told told = {
			mount->source, mount->target, mount->fstype, MAX(now_ms - since_ms, 0), {0}, {0}};
		if (mount->size.known) {
			told.total_bytes = num_of((double)mount->size.total_bytes);
			told.free_bytes = num_of((double)mount->size.free_bytes);
		}
		wire_write_object(out, NULL, &wire_mount, &told);
	}
	json_out_close(out, '[');
	return true;
}
