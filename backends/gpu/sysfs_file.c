/* sysfs_file.c - kept descriptors; see the header. */
#include "config.h"
#include "backends/gpu/sysfs_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX (16 * 1024 * 1024)

static bool same_directory(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void sysfs_dir_init(struct sysfs_dir *d, const char *path)
{
	d->path = g_strdup(path);
	d->fd = -1;
	memset(&d->seen, 0, sizeof d->seen);
	sysfs_dir_refresh(d);
}

void sysfs_dir_clear(struct sysfs_dir *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	g_clear_pointer(&d->path, g_free);
}

bool sysfs_dir_refresh(struct sysfs_dir *d)
{
	struct stat now;

	if (stat(d->path, &now) != 0)
		memset(&now, 0, sizeof now);
	else if (d->fd >= 0 && same_directory(&now, &d->seen))
		return false;
	if (d->fd < 0 && now.st_ino == 0)
		return false;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d->seen = now;
	return true;
}

void sysfs_file_init(struct sysfs_file *f, const struct sysfs_dir *dir, const char *name)
{
	f->dir = dir;
	g_strlcpy(f->name, name, sizeof f->name);
	f->fd = -1;
	f->empty_is_text = false;
	f->retry_ms = 0;
	f->why = READ_ABSENT;
}

void sysfs_file_close(struct sysfs_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->retry_ms = 0;
}

static enum read_result read_now(struct sysfs_file *f, char *buf, gsize size, gsize *len)
{
	if (f->fd < 0)
		f->fd = openat(f->dir->fd, f->name, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return read_result_of_errno(errno);
	ssize_t n = pread(f->fd, buf, size - 1, 0);
	if (n < 0)
		return read_result_of_errno(errno);
	if (n == 0 && !f->empty_is_text)
		return READ_ABSENT;
	buf[n] = '\0';
	*len = (gsize)n;
	return READ_OK;
}

enum read_result sysfs_file_read(struct sysfs_file *f, gint64 now_ms, char *buf, gsize size, gsize *len)
{
	if (f->retry_ms > now_ms)
		return f->why;
	if (f->dir->fd < 0)
		return READ_ABSENT;
	bool kept = f->fd >= 0;
	enum read_result r = read_now(f, buf, size, len);
	if (r == READ_LOST && kept) {
		sysfs_file_close(f);
		r = read_now(f, buf, size, len);
	}
	if (r == READ_ABSENT || r == READ_DENIED) {
		sysfs_file_close(f);
		f->why = r;
		f->retry_ms = now_ms + SYSFS_RETRY_MS;
	}
	return r;
}

static int count_newlines(const char *text, gsize len)
{
	int n = 0;

	for (gsize i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

enum read_result sysfs_file_lines(struct sysfs_file *f, gint64 now_ms, double *lines)
{
	char text[SYSFS_TEXT_MAX];
	gsize len = 0;
	enum read_result r = sysfs_file_read(f, now_ms, text, sizeof text, &len);

	*lines = 0;
	if (r != READ_OK)
		return r;
	for (off_t at = 0; len > 0 && at < LIST_MAX;) {
		*lines += count_newlines(text, len);
		at += (off_t)len;
		ssize_t n = pread(f->fd, text, sizeof text, at);
		if (n < 0)
			return read_result_of_errno(errno); /* a part of a list is no number */
		len = (gsize)n;
	}
	return READ_OK;
}

enum read_result sysfs_read_once(const char *dir, const char *name, char *buf, gsize size)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return sysfs_read_at(AT_FDCWD, path, buf, size);
}

enum read_result sysfs_read_at(int dir_fd, const char *name, char *buf, gsize size)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return read_result_of_errno(errno);
	ssize_t n = pread(fd, buf, size - 1, 0);
	int err = errno;
	close(fd);
	if (n < 0)
		return read_result_of_errno(err);
	buf[n] = '\0';
	g_strchomp(buf);
	return buf[0] ? READ_OK : READ_ABSENT;
}
