/* theme_files.c - finding theme files. */
#include "config.h"

#include "tui/theme_files.h"

#include "lab/xdg.h"

#include "lab/error.h"
#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define THEME_FILE_CAP (64 * 1024)
#define PIPE_MS        2000 /* what whoever writes to a pipe is given: --theme <(command) */

/* The directories to look in, the user's first; a GStrv. */
static char **theme_dirs(void)
{
	GPtrArray *dirs = g_ptr_array_new();
	g_autofree char *config = xdg_folder("XDG_CONFIG_HOME", ".config");
	g_ptr_array_add(dirs, g_build_filename(config, "labtop", "themes", NULL));
	g_ptr_array_add(dirs, g_strdup(PKGDATADIR "/themes"));
	g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
	if (exe) {
		g_autofree char *dir = g_path_get_dirname(exe);
		g_ptr_array_add(dirs, g_build_filename(dir, "themes", NULL));
		g_ptr_array_add(dirs, g_build_filename(dir, "..", "themes", NULL));
		g_ptr_array_add(dirs, g_build_filename(dir, "..", "share", "labtop", "themes",
						       NULL)); /* moved prefix */
	}
	g_ptr_array_add(dirs, NULL);
	return (char **)g_ptr_array_free(dirs, FALSE);
}

static char *find_file(const char *name)
{
	if (strchr(name, '/'))
		return g_strdup(name);
	g_auto(GStrv) dirs = theme_dirs();
	g_autofree char *base = g_strconcat(name, ".theme", NULL);
	for (char **d = dirs; *d; d++) {
		g_autofree char *path = g_build_filename(*d, base, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return g_steal_pointer(&path);
	}
	return NULL;
}

/* Up to a little more than the cap; NULL with errno when it cannot be read, or does not end in time. */
static GString *read_some(int fd)
{
	gint64 until_us = g_get_monotonic_time() + PIPE_MS * 1000;
	GString *text = g_string_new(NULL);
	while (text->len <= THEME_FILE_CAP) {
		char bytes[4096];
		gint64 left_us = until_us - g_get_monotonic_time();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int ready = poll(&p, 1, (int)(MAX(left_us, 0) / 1000));
		ssize_t n = ready > 0 ? read(fd, bytes, sizeof bytes) : -1;
		if (ready == 0)
			errno = ETIMEDOUT;
		if (n > 0)
			g_string_append_len(text, bytes, n);
		else if (n == 0)
			return text;
		else if (errno != EINTR && errno != EAGAIN)
			break;
	}
	if (text->len > THEME_FILE_CAP)
		return text;
	g_string_free(text, TRUE);
	return NULL;
}

/* A file, or what a pipe tells: opening one that nobody writes to must not wait, nor reading it without end. */
static GString *read_theme(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	GString *text = read_some(fd);
	int why = errno;
	close(fd);
	errno = why;
	return text;
}

/* Why a text is none of a theme, or NULL. */
static const char *misfit(const GString *text)
{
	if (text->len > THEME_FILE_CAP)
		return "longer than 64 KiB: it is no theme file";
	return memchr(text->str, '\0', text->len) ? "not a text: it is no theme file" : NULL;
}

struct theme *theme_load(const char *name, GPtrArray *problems, GError **error)
{
	g_autofree char *path = find_file(name), *shown = text_clean(name, -1);
	if (!path && strcmp(name, "default") == 0)
		return theme_builtin();
	if (!path) {
		g_auto(GStrv) names = theme_names();
		g_autofree char *list = g_strjoinv(" ", names);
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "theme %s: no such theme; there are: %s", shown,
			    list);
		return NULL;
	}
	g_autoptr(GString) text = read_theme(path);
	const char *why = text                 ? misfit(text)
			  : errno == ETIMEDOUT ? "nobody wrote it to its end within 2 s"
					       : g_strerror(errno);
	if (text && !why)
		return theme_parse(text->str, path, problems);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "theme %s: %s", shown, why);
	return NULL;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Once each, whichever folder has it; who cannot be shown cannot be chosen. */
static void add_name(GPtrArray *names, const char *file)
{
	g_autofree char *name = g_strndup(file, strlen(file) - strlen(".theme"));
	if (text_is_clean(name) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, g_steal_pointer(&name));
}

char **theme_names(void)
{
	GPtrArray *names = g_ptr_array_new();
	g_auto(GStrv) dirs = theme_dirs();
	g_ptr_array_add(names, g_strdup("default"));
	for (char **d = dirs; *d; d++) {
		g_autoptr(GDir) dir = g_dir_open(*d, 0, NULL);
		for (const char *file; dir && (file = g_dir_read_name(dir));)
			if (g_str_has_suffix(file, ".theme"))
				add_name(names, file);
	}
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}
