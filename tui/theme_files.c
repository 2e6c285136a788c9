/* theme_files.c - finding theme files. */
#include "config.h"

#include "tui/theme_files.h"

#include "lab/error.h"
#include "lab/text.h"

#include <string.h>

#define THEME_FILE_CAP (64 * 1024)

/* The directories to look in, the user's first; a GStrv. */
static char **theme_dirs(void)
{
	GPtrArray *dirs = g_ptr_array_new();
	g_ptr_array_add(dirs, g_build_filename(g_get_user_config_dir(), "labtop", "themes", NULL));
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

struct theme *theme_load(const char *name, GPtrArray *problems, GError **error)
{
	g_autofree char *path = find_file(name), *text = NULL, *shown = text_clean(name, -1);
	g_autoptr(GError) why = NULL;
	gsize size = 0;
	if (!path && strcmp(name, "default") == 0)
		return theme_builtin();
	if (!path) {
		g_auto(GStrv) names = theme_names();
		g_autofree char *list = g_strjoinv(" ", names);
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "theme %s: no such theme; there are: %s", shown,
			    list);
		return NULL;
	}
	if (!g_file_get_contents(path, &text, &size, &why)) {
		g_autofree char *words = text_clean(why->message, -1);
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "theme %s: %s", shown, words);
		return NULL;
	}
	if (size > THEME_FILE_CAP || memchr(text, '\0', size)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "theme %s: it is no theme file", shown);
		return NULL;
	}
	return theme_parse(text, path, problems);
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
