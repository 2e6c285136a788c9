/* statedir.c - see statedir.h. Nobody else may look into it, and no link is followed out of it. */
#include "config.h"

#include "backends/statedir.h"

#include "backends/trusted_file.h"
#include "lab/error.h"
#include "lab/xdg.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CAP (4 * 1024 * 1024)

static char *state_dir;

/* Without a slash or a dot at its end: with those lstat() would follow a link. */
static char *choose_dir(bool demo)
{
	const char *own = g_getenv("LABTOP_STATE"), *last = demo ? "demo" : NULL;
	g_autofree char *user = own && *own ? g_canonicalize_filename(own, NULL) : NULL,
			*xdg = user ? NULL : xdg_folder("XDG_STATE_HOME", ".local/state");
	return user ? g_build_filename(user, last, NULL) : g_build_filename(xdg, "labtop", last, NULL);
}

static bool refuse(GError **error, const char *what, const char *path, int why)
{
	g_set_error(error, LAB_ERROR, lab_error_of_errno(why), "cannot %s %s: %s", what, path,
		    g_strerror(why));
	return false;
}

/* A folder that we did not make is taken as it is, or not at all: it may be anything (LABTOP_STATE=/tmp). */
static bool may_use(const char *dir, GError **error)
{
	struct stat st;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		refuse(error, "use the state directory", dir, errno == ELOOP ? ENOTDIR : errno);
		if (fd >= 0)
			close(fd);
		return false;
	}
	g_autofree char *wrong = st.st_uid == geteuid() ? trusted_inode(&st, fd, dir)
							: g_strdup_printf("%s belongs to somebody else", dir);
	close(fd);
	if (wrong)
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "cannot use the state directory: %s", wrong);
	return !wrong;
}

bool statedir_open(bool demo, GError **error)
{
	g_autofree char *dir = choose_dir(demo);
	if (g_mkdir_with_parents(dir, 0700) != 0)
		return refuse(error, "make the state directory", dir, errno);
	if (!may_use(dir, error))
		return false;
	g_free(state_dir);
	state_dir = g_steal_pointer(&dir);
	return true;
}

char *statedir_path(const char *name)
{
	return state_dir ? g_build_filename(state_dir, name, NULL) : NULL;
}

/* Everything of fd up to the cap; NULL with errno when it cannot be read to there. */
static char *read_all(int fd)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char chunk[16 * 1024];
	for (ssize_t n; text->len < READ_CAP && (n = read(fd, chunk, sizeof chunk)) != 0;) {
		if (n > 0)
			g_string_append_len(text, chunk, n);
		else if (errno != EINTR)
			return NULL;
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *statedir_read(const char *name, GError **error)
{
	g_autofree char *path = statedir_path(name);
	int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd < 0) {
		if (path && errno != ENOENT)
			refuse(error, "read", path, errno);
		return NULL;
	}
	char *text = read_all(fd);
	int why = errno;
	close(fd);
	if (!text)
		refuse(error, "read", path, why);
	return text;
}

bool statedir_write_synced(int fd, const char *text, gsize n)
{
	while (n > 0) {
		ssize_t w = write(fd, text, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		text += w;
		n -= (gsize)w;
	}
	return fsync(fd) == 0;
}

bool statedir_write(const char *name, const char *text, gsize n, GError **error)
{
	g_autofree char *path = statedir_path(name), *next = path ? g_strconcat(path, ".XXXXXX", NULL) : NULL;
	if (!path) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "cannot keep %s: there is no state directory",
			    name);
		return false;
	}
	int fd = g_mkstemp_full(next, O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse(error, "write", next, errno);
	bool good = statedir_write_synced(fd, text, n);
	int why = errno;
	close(fd);
	if (good && rename(next, path) != 0) {
		good = false;
		why = errno;
	}
	if (good)
		return true;
	unlink(next);
	return refuse(error, "write", path, why);
}

/* A file of its own: what is written is replaced by rename(), and a lock on it would go with the old one. */
int statedir_lock(const char *name, GError **error)
{
	g_autofree char *path = statedir_path(name);
	int fd = path ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
	int rc = -1;
	if (!path) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "there is no state directory to lock %s in",
			    name);
		return -1;
	}
	while (fd >= 0 && (rc = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
		;
	if (rc == 0)
		return fd;
	refuse(error, "lock", path, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}
