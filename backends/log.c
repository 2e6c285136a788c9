/* log.c - see log.h. A line is one write() to a file opened for appending, so no lock is needed. */
#include "config.h"

#include "backends/log.h"

#include "backends/secret.h"
#include "backends/statedir.h"
#include "lab/error.h"
#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_BYTES (4 * 1024 * 1024)
#define LINE_CAP   8192

static atomic_int log_fd = -1;
static GLogLevelFlags least_level = G_LOG_LEVEL_INFO;

const char *log_level_name(int level)
{
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return "error";
	if (level & G_LOG_LEVEL_WARNING)
		return "warn";
	return level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO) ? "info" : "debug";
}

static int open_file(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool is_file_at(const char *path, const struct stat *file)
{
	struct stat st;
	return lstat(path, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

/* A file that has become long is moved aside, by whichever of the programs that write to it is first: the others find
 * another at its place. The descriptor keeps its number, so that a line of another thread meets one file or the other. */
static void rotate(int fd)
{
	static atomic_flag busy = ATOMIC_FLAG_INIT;
	struct stat st;
	if (fstat(fd, &st) != 0 || st.st_size <= KEPT_BYTES || atomic_flag_test_and_set(&busy))
		return;
	g_autofree char *path = statedir_path("log"), *older = path ? g_strconcat(path, ".1", NULL) : NULL;
	if (path && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		if (is_file_at(path, &st))
			rename(path, older);
		int next = open_file(path);
		if (next >= 0) { /* the lock goes with the old file's descriptor */
			dup3(next, fd, O_CLOEXEC);
			close(next);
		} else {
			flock(fd, LOCK_UN);
		}
	}
	atomic_flag_clear(&busy);
}

void log_line(GLogLevelFlags level, const char *source, const char *text)
{
	int fd = atomic_load(&log_fd);
	if (fd < 0 || (level & G_LOG_LEVEL_MASK) > least_level)
		return;
	g_autoptr(GString) hidden = g_string_new_len(text, (gssize)strnlen(text, LINE_CAP));
	secret_hide(hidden);
	g_autofree char *redacted = text_redact(hidden->str);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *when = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
	g_autoptr(GString) line = g_string_new(NULL);
	g_string_printf(line, "%s.%03dZ %-5s ", when, g_date_time_get_microsecond(now) / 1000,
			log_level_name(level));
	text_clean_append(line, source, -1, 128, TEXT_LINE);
	g_string_append(line, ": ");
	text_clean_append(line, redacted, -1, LINE_CAP, TEXT_LINE);
	g_string_append_c(line, '\n');
	ssize_t n = write(fd, line->str, line->len); /* a full disk must not stop the console */
	(void)n;
	rotate(fd);
}

/* What GLib and its users say. Fatal ones go to stderr too, or nobody would know why the program ended. */
static GLogWriterOutput glib_writer(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	const char *domain = "glib", *message = "";
	for (gsize i = 0; i < n; i++) {
		if (g_str_equal(fields[i].key, "MESSAGE"))
			message = fields[i].value;
		else if (g_str_equal(fields[i].key, "GLIB_DOMAIN"))
			domain = fields[i].value;
	}
	log_line(level, domain, message);
	if (level & (G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		fprintf(stderr, "%s: %s\n", domain, message);
	return G_LOG_WRITER_HANDLED;
}

bool log_open(GLogLevelFlags least, GError **error)
{
	static bool writer_set;
	g_autofree char *path = statedir_path("log");
	int fd = path ? open_file(path) : -1;
	if (fd < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "cannot write the log: %s",
			    path ? g_strerror(errno) : "there is no state directory");
		return false;
	}
	rotate(fd);
	log_close();
	least_level = least;
	atomic_store(&log_fd, fd);
	if (!writer_set)
		g_log_set_writer_func(glib_writer, NULL, NULL);
	writer_set = true;
	return true;
}

void log_close(void)
{
	int fd = atomic_exchange(&log_fd, -1);
	if (fd >= 0)
		close(fd);
}
