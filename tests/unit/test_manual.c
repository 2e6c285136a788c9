/* test_manual.c - the manual has no fault that man finds, wherever the program is installed and however wide it is read. */
#include "config.h"

#include "cli/generate.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void assert_no_warning(const GString *page, const char *what)
{
	static const char *const widths[] = {"60", "80", "132"};
	g_autofree char *file = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("labtop-manual-XXXXXX", &file, &error);
	g_assert_no_error(error);
	close(fd);
	g_assert_true(g_file_set_contents(file, page->str, (gssize)page->len, NULL));
	const char *const argv[] = {"man", "--warnings", "-E", "UTF-8", "-l", file, NULL};
	for (gsize i = 0; i < G_N_ELEMENTS(widths); i++) {
		g_autofree char *out = NULL, *err = NULL;
		int status = -1;
		g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "MANWIDTH", widths[i], TRUE);
		g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
			     &error);
		g_assert_no_error(error);
		if (status != 0 || *err)
			g_test_message("%s, %s columns: %s", what, widths[i], err);
		g_assert_cmpstr(err, ==, "");
		g_assert_cmpint(status, ==, 0);
		g_assert_nonnull(strstr(out, "DESCRIPTION"));
	}
	remove(file);
}

static bool has_man(void)
{
	g_autofree char *man = g_find_program_in_path("man");
	if (!man)
		unit_skip("no man: apt-get install man-db");
	return man;
}

static void test_pages(void)
{
	void (*const pages[])(GString *) = {generate_labtop_1, generate_labtop_conf_5,
					    generate_labtop_themes_5};
	if (!has_man())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autoptr(GString) page = g_string_new(NULL);
		pages[i](page);
		assert_no_warning(page, "a page");
	}
}

/* A prefix has any length, in parts that are longer than a line as well, and letters that mean something to troff. */
static void test_prefixes(void)
{
	g_autofree char *parts = g_strnfill(130, 'a'), *one = g_strnfill(130, 'b');
	for (int i = 0; i < 130; i += 13)
		parts[i] = '/';
	one[0] = '/';
	const char *const prefixes[] = {"/usr",
					"/home/somebody/src/labtop-0.1/_inst/of/sixty/characters/about",
					parts,
					one,
					"/opt/.hidden/it's-\\here",
					".\\relative"};
	if (!has_man())
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		g_autoptr(GString) page = g_string_new(NULL);
		g_autofree char *folder = g_strconcat(prefixes[i], "/share/labtop/themes", NULL);
		generate_themes_page(page, folder);
		assert_no_warning(page, prefixes[i]);
	}
}

/* What is printed is the path, whole and on one line, so that it can be copied. */
static void test_path_is_whole(void)
{
	g_autoptr(GString) page = g_string_new(NULL);
	generate_themes_page(page, "/a/very-long/.place/\\x/share/labtop/themes");
	g_assert_nonnull(strstr(page->str, "\n/a/very\\-long/.place/\\ex/share/labtop/themes\n"));
	g_string_truncate(page, 0);
	generate_themes_page(page, ".place/themes");
	g_assert_nonnull(strstr(page->str, "\n\\&.place/themes\n"));
	g_string_truncate(page, 0);
	generate_labtop_themes_5(page);
	g_assert_nonnull(strstr(page->str, "labtop/themes\n.RE"));
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/manual/pages", test_pages);
	g_test_add_func("/manual/prefixes", test_prefixes);
	g_test_add_func("/manual/path-is-whole", test_path_is_whole);
	return g_test_run();
}
