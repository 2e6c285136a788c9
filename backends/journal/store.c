/* store.c - journals on the disk. Only files that we made, that are ours and that nobody else may write count. */
#include "config.h"
#include "backends/journal/store.h"

#include "backends/statedir.h"
#include "lab/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "plans"
#define SUFFIX ".jsonl"

struct journal_file {
	int fd;
	char *path;
	struct journal_chain chain;
};

static bool refuse(GError **error, int code, const char *what, const char *path, const char *why)
{
	g_set_error(error, LAB_ERROR, code, "cannot %s %s: %s", what, path, why);
	return false;
}

static char *path_of(const char *id)
{
	g_autofree char *name = g_strconcat(FOLDER "/", id, SUFFIX, NULL);
	return statedir_path(name);
}

/* Ids are ours and have no slash; one that a person typed may. */
static bool is_id(const char *id)
{
	return *id && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

const char *journal_by(void)
{
	static char *by;
	if (!by)
		by = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
	return by;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool is_ours(int fd, const char *path, GError **error)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return refuse(error, LAB_ERR_SYSTEM, "read", path, g_strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(error, LAB_ERR_PROTOCOL, "act on", path, "it is no plain file");
	if (st.st_uid != geteuid())
		return refuse(error, LAB_ERR_PROTOCOL, "act on", path, "it belongs to somebody else");
	if (st.st_mode & 022)
		return refuse(error, LAB_ERR_PROTOCOL, "act on", path, "others may write it");
	return true;
}

static char *read_whole(int fd, const char *path, gsize *len, GError **error)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || st.st_size > JOURNAL_LINE_CAP * 4) {
		refuse(error, LAB_ERR_PROTOCOL, "read", path, "it is larger than any journal");
		return NULL;
	}
	char *text = g_malloc((gsize)st.st_size + 1);
	ssize_t n = pread(fd, text, (gsize)st.st_size, 0);
	if (n < 0) {
		refuse(error, LAB_ERR_SYSTEM, "read", path, g_strerror(errno));
		g_free(text);
		return NULL;
	}
	text[n] = 0;
	*len = (gsize)n;
	return text;
}

static bool load(int fd, const char *path, struct journal *out, GError **error)
{
	gsize len;
	if (!is_ours(fd, path, error))
		return false;
	g_autofree char *text = read_whole(fd, path, &len, error);
	if (!text)
		return false;
	if (journal_parse(text, len, out, error))
		return true;
	g_prefix_error(error, "%s, ", path);
	return false;
}

/* A lock that could be had means that nobody works on it; it is let go again with the descriptor. */
static bool somebody_works_on(int fd)
{
	return flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

static struct journal_entry *read_entry(const char *id)
{
	struct journal_entry *entry = g_new0(struct journal_entry, 1);
	g_autofree char *path = path_of(id);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	entry->id = g_strdup(id);
	if (fd < 0) {
		refuse(&entry->error, LAB_ERR_SYSTEM, "read", path, g_strerror(errno));
		return entry;
	}
	entry->locked = somebody_works_on(fd);
	load(fd, path, &entry->journal, &entry->error);
	close(fd);
	return entry;
}

void journal_entry_free(struct journal_entry *entry)
{
	if (!entry)
		return;
	journal_clear(&entry->journal);
	g_clear_error(&entry->error);
	g_free(entry->id);
	g_free(entry);
}

bool journal_is_open(const struct journal_entry *entry)
{
	const GArray *notes = entry->journal.notes;
	if (entry->error)
		return false;
	const struct note *last = &g_array_index(notes, struct note, notes->len - 1);
	return last->event != NOTE_END || strcmp(last->text, run_state_names[RUN_STOPPED]) == 0;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)b, *(const char *const *)a); /* ids begin with their time */
}

/* Ids (char *), newest first. */
static GPtrArray *list_ids(void)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *folder = statedir_path(FOLDER);
	GDir *dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *id = g_strndup(name, strlen(name) - MIN(strlen(name), strlen(SUFFIX)));
		if (g_str_has_suffix(name, SUFFIX) && is_id(id))
			g_ptr_array_add(ids, g_steal_pointer(&id));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(ids, newest_first);
	return ids;
}

static void free_entry(gpointer entry)
{
	journal_entry_free(entry);
}

GPtrArray *journal_list(void)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);
	g_autoptr(GPtrArray) ids = list_ids();
	for (guint i = 0; i < ids->len; i++)
		g_ptr_array_add(entries, read_entry(ids->pdata[i]));
	return entries;
}

struct journal_entry *journal_find(const char *id, GError **error)
{
	g_autoptr(GPtrArray) ids = list_ids();
	const char *found = NULL;
	for (guint i = 0; i < ids->len; i++) {
		if (!g_str_has_prefix(ids->pdata[i], id))
			continue;
		if (found && strcmp(ids->pdata[i], id) != 0) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: may be %s or %s", id, found,
				    (const char *)ids->pdata[i]);
			return NULL;
		}
		found = ids->pdata[i];
	}
	if (found)
		return read_entry(found);
	g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "%s: no such plan was begun here", id);
	return NULL;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A new name is on the disk only once its folder is. */
static bool sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool make_folder(GError **error)
{
	g_autofree char *folder = statedir_path(FOLDER);
	if (!folder) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM,
			    "there is no state directory to keep a journal in");
		return false;
	}
	if (g_mkdir_with_parents(folder, 0700) != 0)
		return refuse(error, LAB_ERR_SYSTEM, "make", folder, g_strerror(errno));
	return true;
}

static struct journal_file *file_new(int fd, char *take_path)
{
	struct journal_file *file = g_new0(struct journal_file, 1);
	file->fd = fd;
	file->path = take_path;
	return file;
}

static bool lock(int fd, const char *path, GError **error)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	return refuse(error, LAB_ERR_CONFLICT, "work on", path,
		      errno == EWOULDBLOCK ? "another labtop does" : g_strerror(errno));
}

struct journal_file *journal_create(const char *id, GError **error)
{
	if (!make_folder(error))
		return NULL;
	g_autofree char *path = path_of(id);
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		refuse(error, errno == EEXIST ? LAB_ERR_CONFLICT : LAB_ERR_SYSTEM, "make", path,
		       errno == EEXIST ? "this plan was begun already: labtop resume goes on with it"
				       : g_strerror(errno));
		return NULL;
	}
	if (lock(fd, path, error) &&
	    (sync_folder(path) || refuse(error, LAB_ERR_SYSTEM, "keep", path, g_strerror(errno))))
		return file_new(fd, g_steal_pointer(&path));
	close(fd);
	return NULL;
}

/* What a torn line left is taken away, so that the next line begins at a line's beginning. */
static bool take_up(struct journal_file *file, GError **error)
{
	struct journal j;
	if (!load(file->fd, file->path, &j, error))
		return false;
	file->chain = j.chain;
	bool cut = ftruncate(file->fd, (off_t)j.whole_bytes) == 0;
	journal_clear(&j);
	return cut || refuse(error, LAB_ERR_SYSTEM, "write", file->path, g_strerror(errno));
}

struct journal_file *journal_reopen(const char *id, GError **error)
{
	g_autofree char *path = path_of(id);
	int fd = path ? open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd < 0) {
		refuse(error, LAB_ERR_SYSTEM, "open", path ? path : id, g_strerror(errno));
		return NULL;
	}
	if (!lock(fd, path, error)) {
		close(fd);
		return NULL;
	}
	struct journal_file *file = file_new(fd, g_steal_pointer(&path));
	if (take_up(file, error))
		return file;
	journal_close(file);
	return NULL;
}

void journal_close(struct journal_file *file)
{
	if (!file)
		return;
	close(file->fd);
	g_free(file->path);
	g_free(file);
}

bool journal_append(struct journal_file *file, const struct plan *plan, const struct note *note,
		    int64_t wall_ms, GError **error)
{
	struct journal_chain next = file->chain;
	g_autofree char *line = journal_line(&next, plan, note, wall_ms, journal_by());
	off_t end = lseek(file->fd, 0, SEEK_END);
	if (statedir_write_synced(file->fd, line, strlen(line))) {
		file->chain = next;
		return true;
	}
	int why = errno;
	if (end >= 0 &&
	    ftruncate(file->fd, end) != 0) /* half a line is cut off at the next opening as well */
		why = errno;
	return refuse(error, LAB_ERR_SYSTEM, "write", file->path, g_strerror(why));
}

bool journal_forget(const char *id, int64_t wall_ms, GError **error)
{
	const struct note end = {
		.event = NOTE_END, .step = -1, .value = "", .call = "", .task = "", .text = "forgotten"};
	struct journal_entry *entry = journal_find(id, error);
	struct journal_file *file = entry && !entry->error ? journal_reopen(entry->id, error) : NULL;
	bool ok = file && journal_append(file, entry->journal.plan, &end, wall_ms, error);
	if (entry && entry->error && error && !*error)
		g_propagate_error(error, g_steal_pointer(&entry->error));
	journal_close(file);
	journal_entry_free(entry);
	return ok;
}
