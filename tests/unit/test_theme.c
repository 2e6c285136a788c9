/* Themes: reading, what is wrong in them, and what becomes of them on poorer terminals. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/ansi.h"
#include "tui/theme.h"
#include "tui/theme_files.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static void free_canvas(struct canvas **c)
{
	canvas_free(*c);
}

static const char *const shipped[] = {
	"default", "light", "mono",    "high-contrast", "colorblind",
	"gruvbox", "nord",  "dracula", "solarized",     "catppuccin",
};

static char *theme_text(const char *name)
{
	g_autofree char *base = g_strdup_printf("../themes/%s.theme", name);
	g_autofree char *path = unit_data(base);
	char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static struct theme *load_shipped(const char *name)
{
	g_autofree char *text = theme_text(name);
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	return theme_parse(text, name, problems);
}

/* Every shipped theme is whole, says what it is, and keeps what must be told apart apart at every depth. */
static void test_shipped(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(shipped); i++) {
		g_autofree char *text = theme_text(shipped[i]);
		g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
		struct theme *theme = theme_parse(text, shipped[i], problems);
		g_test_message("%s", shipped[i]);
		g_assert_cmpuint(problems->len, ==, 0);
		g_assert_cmpstr(theme->name, ==, shipped[i]);
		g_assert_nonnull(theme->description);
		for (int role = 0; role < ROLE_COUNT; role++) {
			g_autofree char *line = g_strdup_printf("\n%s", role_info[role].name);
			g_assert_nonnull(strstr(text, line));
		}
		for (int depth = 0; depth < DEPTH_COUNT; depth++) {
			struct paint paint;
			paint_make(&paint, theme, (enum depth)depth, ~0u);
			g_assert_cmpstr(paint.as[ROLE_TEXT][0].sgr, !=, paint.as[ROLE_CRIT][0].sgr);
			g_assert_cmpstr(paint.as[ROLE_TEXT][0].sgr, !=, paint.as[ROLE_WARN][0].sgr);
			g_assert_cmpstr(paint.as[ROLE_WARN][0].sgr, !=, paint.as[ROLE_CRIT][0].sgr);
			g_assert_cmpstr(paint.as[ROLE_TEXT][0].sgr, !=, paint.as[ROLE_STALE][0].sgr);
			g_assert_cmpstr(paint.as[ROLE_TEXT][0].sgr, !=, paint.as[ROLE_TEXT][1].sgr);
			for (int role = 0; role < ROLE_COUNT; role++) {
				struct look look = theme_look(theme, (enum role)role, (enum depth)depth);
				static const uint32_t limit[DEPTH_COUNT] = {0, 8, 16, 256, 0};
				if (depth == DEPTH_MONO)
					g_assert_cmpint(look.fg.kind, ==, COLOUR_DEFAULT);
				if (depth < DEPTH_TRUE && look.fg.kind != COLOUR_DEFAULT) {
					g_assert_cmpint(look.fg.kind, ==, COLOUR_INDEX);
					g_assert_cmpuint(look.fg.value, <, limit[depth]);
				}
				/* Black on a background that may be black, or on itself, is nothing to read. */
				if ((depth == DEPTH_8 || depth == DEPTH_16) && look.fg.kind == COLOUR_INDEX)
					g_assert_true(look.fg.value != 0 || look.bg.kind != COLOUR_DEFAULT);
			}
		}
		theme_free(theme);
	}
}

/* What every role becomes at every depth, a line each: how a theme looks on a poorer terminal is seen before it is shipped. */
static char *mapping_of(const struct theme *theme)
{
	static const char *const names[DEPTH_COUNT] = {[DEPTH_MONO] = "none",
						       [DEPTH_8] = "8",
						       [DEPTH_16] = "16",
						       [DEPTH_256] = "256",
						       [DEPTH_TRUE] = "true"};
	GString *out = g_string_new(NULL);
	for (int role = 0; role < ROLE_COUNT; role++) {
		g_string_append_printf(out, "%-12s", role_info[role].name);
		for (int depth = 0; depth < DEPTH_COUNT; depth++) {
			struct paint paint;
			paint_make(&paint, theme, (enum depth)depth, ~0u);
			const char *sgr = paint.as[role][0].sgr;
			g_assert_true(g_str_has_prefix(sgr, "\033[0") && g_str_has_suffix(sgr, "m"));
			g_string_append_printf(out, " %s=%.*s", names[depth], (int)strlen(sgr) - 3, sgr + 2);
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static void test_mapping(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(shipped); i++) {
		g_autofree char *text = theme_text(shipped[i]), *want = NULL;
		g_autofree char *relative = g_strdup_printf("golden/theme-%s.map", shipped[i]);
		g_autofree char *path = unit_data(relative);
		g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
		struct theme *theme = theme_parse(text, shipped[i], problems);
		g_autofree char *got = mapping_of(theme);
		theme_free(theme);
		if (g_getenv("LABTOP_UPDATE"))
			g_assert_true(g_file_set_contents(path, got, -1, NULL));
		else if (!g_file_get_contents(path, &want, NULL, NULL) || strcmp(got, want) != 0) {
			g_test_message("%s: make update-golden, then look at the diff", relative);
			g_test_fail();
		}
	}
}

static void test_builtin_is_the_file(void)
{
	g_autofree char *text = theme_text("default");
	g_assert_cmpstr(text, ==, theme_builtin_text);
}

/* The mono theme says what every theme becomes without colours. */
static void test_mono(void)
{
	g_autofree char *text = theme_text("mono");
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *mono = theme_parse(text, "mono", problems), *other = theme_builtin();
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct look a = theme_look(mono, (enum role)role, DEPTH_TRUE);
		struct look b = theme_look(other, (enum role)role, DEPTH_MONO);
		g_test_message("%s", role_info[role].name);
		g_assert_cmpuint(a.attrs, ==, b.attrs);
	}
	theme_free(mono);
	theme_free(other);
}

static void test_problems(void)
{
	static const char text[] = "[theme]\n"
				   "name = odd\n"
				   "description = a\033[2Jb\n"
				   "[roles]\n"
				   "warn = 999999\n"
				   "nonsense = red\n"
				   "no equals sign\n"
				   "crit = #ff0000 on default bold blink\n"
				   "crit.7 = red\n"
				   "[nonsense]\n"
				   "x = y\n"
				   "[roles]\n"
				   "ok = bright-green\n"
				   "info = #12345\n"
				   "key = \n"
				   "ok.8 = cyan bold";
	static const int lines[] = {3, 5, 6, 7, 8, 9, 10, 14};
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme = theme_parse(text, "odd.theme", problems), *builtin = theme_builtin();
	g_assert_cmpuint(problems->len, ==, G_N_ELEMENTS(lines));
	for (guint i = 0; i < problems->len; i++) {
		const char *told = problems->pdata[i];
		g_autofree char *begin = g_strdup_printf("odd.theme:%d: ", lines[i]);
		g_test_message("%s", told);
		g_assert_true(g_str_has_prefix(told, begin));
		g_assert_null(strchr(told, '\033'));
	}
	g_assert_cmpstr(theme->name, ==, "odd");
	g_assert_null(theme->description);
	g_assert_cmpuint(theme->look[ROLE_OK].fg.value, ==, 10);
	g_assert_cmpuint(theme->look[ROLE_WARN].fg.value, ==, builtin->look[ROLE_WARN].fg.value);
	g_assert_cmpuint(theme_look(theme, ROLE_OK, DEPTH_8).fg.value, ==, 6);
	g_assert_cmpuint(theme_look(theme, ROLE_OK, DEPTH_8).attrs, ==, ATTR_BOLD);
	theme_free(theme);
	theme_free(builtin);
}

static void test_nearest(void)
{
	/* The Okabe-Ito set with its nearest xterm-256 colours (style 12.5), by another metric: near is enough. */
	static const struct {
		uint32_t rgb;
		int index;
	} known[] = {
		{0xE69F00, 178}, {0x56B4E9, 74},  {0x009E73, 35},  {0xF0E442, 221},
		{0x0072B2, 25},  {0xD55E00, 166}, {0xCC79A7, 175},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		int got = colour_nearest(known[i].rgb, 256);
		g_test_message("%06x: %d, known %d", known[i].rgb, got, known[i].index);
		g_assert_cmpint(got, >=, 16);
	}
	for (int i = 16; i < 232; i++)
		g_assert_cmpuint(colour_of_index(colour_nearest(colour_of_index(i), 256)), ==,
				 colour_of_index(i));
	g_assert_cmpint(colour_nearest(0xff0000, 16), ==, 9);
	g_assert_cmpint(colour_nearest(0x000000, 8), ==, 0);
}

/* The bytes of each depth, once for a role with colour and attribute. */
static void test_sgr(void)
{
	static const char *const want[DEPTH_COUNT] = {
		"\033[0;1m",
		"\033[0;1;33m",
		"\033[0;1;33m",
		"\033[0;1;38;5;221m",
		"\033[0;1;38;2;255;204;51m",
	};
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme = theme_parse("[roles]\nwarn = #ffcc33 bold\n", "t", problems);
	for (int depth = 0; depth < DEPTH_COUNT; depth++) {
		struct paint paint;
		paint_make(&paint, theme, (enum depth)depth, ~0u);
		g_assert_cmpstr(paint.as[ROLE_WARN][0].sgr, ==, want[depth]);
	}
	struct paint poor;
	paint_make(&poor, theme, DEPTH_MONO, ATTR_REVERSE);
	g_assert_cmpstr(poor.as[ROLE_WARN][0].sgr, ==, "\033[0m");
	theme_free(theme);
}

static void test_ansi(void)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme =
		theme_parse("[roles]\nselect = default on #303030\nwarn = 9 bold\n", "t", problems);
	struct paint paint;
	paint_make(&paint, theme, DEPTH_256, ~0u);
	__attribute__((cleanup(free_canvas))) struct canvas *c = canvas_new(6, 3, GLYPHS_UNICODE);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "ab");
	canvas_text(c, 2, 0, -1, ROLE_WARN, "!");
	canvas_text(c, 0, 1, -1, ROLE_TEXT, "x");
	canvas_select(c, rect_of(0, 1, 3, 1));
	g_autofree char *plain = ansi_text(c, NULL), *coloured = ansi_text(c, &paint);
	g_assert_cmpstr(plain, ==, "ab!\nx\n\n");
	g_assert_cmpstr(coloured, ==, "ab\033[0;1;91m!\033[0m\n\033[0;48;5;236mx  \033[0m\n\n");
	theme_free(theme);
}

/* What a theme that is shipped writes on its selection can be read, and on a dark or (light) a white page. */
static void test_contrast(void)
{
	static const struct colour black = {COLOUR_RGB, 0x101010}, white = {COLOUR_RGB, 0xffffff};
	g_assert_cmpfloat_with_epsilon(colour_contrast((struct colour){COLOUR_RGB, 0}, white), 21, 0.001);
	g_assert_true(isnan(colour_contrast((struct colour){.kind = COLOUR_DEFAULT}, white)));
	for (guint i = 0; i < G_N_ELEMENTS(shipped); i++) {
		struct theme *theme = load_shipped(shipped[i]);
		struct colour page = strcmp(shipped[i], "light") == 0 ? white : black;
		struct look select = theme_look(theme, ROLE_SELECT, DEPTH_TRUE);
		for (int role = 0; role < ROLE_COUNT; role++) {
			struct look look = theme_look(theme, (enum role)role, DEPTH_TRUE);
			if (role == ROLE_BORDER || role == ROLE_SELECT || role >= ROLE_BAR)
				continue; /* no text: rules, bars, lines of plots */
			double on_page = colour_contrast(look.fg, page);
			double chosen = fmax(colour_contrast(look.fg, select.bg),
					     colour_contrast(select.fg, select.bg));
			if (on_page < 3 || chosen < 2.5)
				g_test_message("%s: role %d: %.1f on the page, %.1f selected", shipped[i],
					       role, on_page, chosen);
			g_assert_false(on_page < 3);
			g_assert_false(chosen < 2.5);
		}
		theme_free(theme);
	}
	struct theme *strong = load_shipped("high-contrast");
	struct paint paint;
	paint_make(&paint, strong, DEPTH_TRUE, ~0u);
	/* black on the yellow bar, whatever white or yellow it is elsewhere */
	g_assert_nonnull(strstr(paint.as[ROLE_TEXT][1].sgr, "38;2;0;0;0"));
	g_assert_nonnull(strstr(paint.as[ROLE_WARN][1].sgr, "38;2;0;0;0"));
	theme_free(strong);
}

static void test_files(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *dir = g_build_filename(g_get_user_config_dir(), "labtop", "themes", NULL);
	g_autofree char *path = g_build_filename(dir, "mine.theme", NULL);
	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	g_assert_true(
		g_file_set_contents(path, "[theme]\nname = mine\n[roles]\nbad line\nok = 3\n", -1, NULL));
	struct theme *mine = theme_load("mine", problems, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(mine->name, ==, "mine");
	g_assert_cmpuint(problems->len, ==, 1);
	g_assert_true(g_str_has_suffix(
		problems->pdata[0],
		"mine.theme:4: not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\""));
	theme_free(mine);
	g_auto(GStrv) names = theme_names();
	g_assert_true(g_strv_contains((const char *const *)names, "mine"));
	g_assert_true(g_strv_contains((const char *const *)names, "default"));
	struct theme *fallback = theme_load("default", problems, &error);
	g_assert_nonnull(fallback);
	theme_free(fallback);
	g_assert_cmpint(g_remove(path), ==, 0);
	g_assert_null(theme_load("no-such", problems, &error));
	g_assert_nonnull(strstr(error->message, "default"));
}

int main(int argc, char **argv)
{
	/* A home of its own, also when it is run by hand: GLib reads this once. */
	g_autofree char *home = g_dir_make_tmp("labtop-theme-XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", home, TRUE);
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/theme/shipped", test_shipped);
	g_test_add_func("/theme/mapping", test_mapping);
	g_test_add_func("/theme/builtin", test_builtin_is_the_file);
	g_test_add_func("/theme/mono", test_mono);
	g_test_add_func("/theme/problems", test_problems);
	g_test_add_func("/theme/nearest", test_nearest);
	g_test_add_func("/theme/sgr", test_sgr);
	g_test_add_func("/theme/ansi", test_ansi);
	g_test_add_func("/theme/contrast", test_contrast);
	g_test_add_func("/theme/files", test_files);
	int rc = g_test_run();
	g_autofree char *labtop = g_build_filename(home, "labtop", NULL),
			*themes = g_build_filename(labtop, "themes", NULL);
	g_rmdir(themes);
	g_rmdir(labtop);
	g_rmdir(home);
	return rc;
}
