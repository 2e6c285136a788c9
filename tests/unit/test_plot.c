/* Plots: the shapes they draw, gaps, steps, labels that keep apart. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/plot.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static char *drawn(enum glyph_set set, int w, int h, const struct plot *p)
{
	struct canvas *c = canvas_new(w, h, set);
	plot_draw(c, rect_of(0, 0, w, h), p);
	char *text = canvas_dump_text(c);
	canvas_free(c);
	return text;
}

static void assert_plot(enum glyph_set set, int w, int h, const struct plot *p, const char *want)
{
	g_autofree char *text = drawn(set, w, h, p);
	g_assert_cmpstr(text, ==, want);
}

static const float ramp[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void test_ramp(void)
{
	struct plot_series s = {.values = ramp, .n = 10, .role = ROLE_BAR};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 9, .y_width = 2};
	assert_plot(GLYPHS_UNICODE, 8, 3, &p,
		    " 9┤   ⣠⠞\n"
		    "  ┤ ⢀⡴⠃\n"
		    " 0┤⣠⠏\n");
	s.n = 5;
	p.hi = 4;
	assert_plot(GLYPHS_ASCII, 8, 3, &p,
		    " 4|   **\n"
		    "  | ***\n"
		    " 0|**\n");
}

static void test_flat_and_level(void)
{
	static const float flat[] = {50, 50, 50, 50};
	struct plot_series s = {.values = flat, .n = 4, .role = ROLE_BAR};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 100, .y_width = 3, .samples = 4};
	assert_plot(GLYPHS_UNICODE, 8, 2, &p,
		    "100┤⣀⣀⣀⣀\n"
		    "  0┤\n");
	assert_plot(GLYPHS_BLOCK, 8, 2, &p,
		    "100┤▄▄▄▄\n"
		    "  0┤\n");
}

/* What is not known is a gap, never joined. */
static void test_gap(void)
{
	static const float values[] = {5, 5, NAN, NAN, NAN, NAN, 5, 5};
	struct plot_series s = {.values = values, .n = 8, .role = ROLE_BAR};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 5, .y_width = 3};
	assert_plot(GLYPHS_UNICODE, 8, 2, &p,
		    "  5┤⠉  ⠉\n"
		    "  0┤\n");
	static const float none[] = {NAN, NAN};
	s.values = none;
	s.n = 2;
	assert_plot(GLYPHS_UNICODE, 8, 2, &p,
		    "  5┤\n"
		    "  0┤\n");
}

/* A value that is seldom read holds until the next one and jumps there. */
static void test_steps(void)
{
	static const float values[] = {3, NAN, NAN, NAN, 0, NAN, NAN, NAN};
	struct plot_series s = {.values = values, .n = 8, .role = ROLE_BAR, .steps = true};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 3, .y_width = 3, .samples = 8};
	assert_plot(GLYPHS_ASCII, 12, 4, &p,
		    "  3|*****\n"
		    "   |    *\n"
		    "   |    *\n"
		    "  0|    ****\n");
}

/* Where it is told no more, it ends: old is not current. */
static void test_hold(void)
{
	static const float values[] = {3, NAN, NAN, NAN, 0, NAN, NAN, NAN};
	struct plot_series s = {.values = values, .n = 8, .role = ROLE_BAR, .steps = true, .hold = 1};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 3, .y_width = 3, .samples = 8};
	assert_plot(GLYPHS_ASCII, 12, 4, &p,
		    "  3|**\n"
		    "   |\n"
		    "   |\n"
		    "  0|    **\n");
}

/* Fewer samples than dots are joined, not dotted. */
static void test_few_samples(void)
{
	static const float values[] = {1, 1, 1};
	struct plot_series s = {.values = values, .n = 3, .role = ROLE_BAR};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 2, .y_width = 3, .samples = 3};
	assert_plot(GLYPHS_ASCII, 13, 3, &p,
		    "  2|\n"
		    "   |*********\n"
		    "  0|\n");
}

static void test_labels(void)
{
	static const float a[] = {70}, b[] = {70}, d[] = {71};
	struct plot_series s[] = {
		{.values = a, .n = 1, .role = ROLE_SERIES1, .label = "aa"},
		{.values = b, .n = 1, .role = ROLE_SERIES2, .label = "bb"},
		{.values = d, .n = 1, .role = ROLE_SERIES3, .label = "cc"},
	};
	struct plot_line limit = {.at = 100, .role = ROLE_WARN, .label = "limit"};
	struct plot p = {.series = s,
			 .n_series = 3,
			 .lines = &limit,
			 .n_lines = 1,
			 .lo = 0,
			 .hi = 100,
			 .y_width = 3,
			 .label_width = 8};
	g_autofree char *text = drawn(GLYPHS_UNICODE, 20, 6, &p);
	g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
	g_assert_true(g_str_has_suffix(rows[0], "limit"));
	g_assert_true(strstr(rows[0], "┄ ┄ ┄") != NULL);
	int seen = 0;
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 3; k++)
			seen += g_str_has_suffix(rows[i], s[k].label);
	g_assert_cmpint(seen, ==, 3);
	for (int i = 0; i + 1 < 6; i++) /* the hotter one stands higher, though they share a row of cells */
		g_assert_false(g_str_has_suffix(rows[i], "aa") && g_str_has_suffix(rows[i + 1], "cc"));
	/* Less room than labels: no two share a row, nothing is written elsewhere. */
	g_free(text);
	text = drawn(GLYPHS_UNICODE, 20, 2, &p);
	g_assert_cmpint((int)strlen(text), >, 0);
}

static void test_ticks_and_small(void)
{
	struct plot_series s = {.values = ramp, .n = 10, .role = ROLE_BAR};
	struct plot_tick ticks[] = {{0, "-10m"}, {1, "now"}};
	struct plot p = {.series = &s, .n_series = 1, .lo = 0, .hi = 9, .ticks = ticks, .n_ticks = 2};
	g_autofree char *text = drawn(GLYPHS_UNICODE, 20, 4, &p);
	g_assert_nonnull(strstr(text, "     -10m        now\n"));
	for (int w = 1; w < 16; w++)
		for (int h = 1; h < 6; h++) {
			g_autofree char *any = drawn(GLYPHS_UNICODE, w, h, &p);
			g_assert_nonnull(any);
		}
}

static void test_range(void)
{
	static const struct {
		double lo, hi, want_lo, want_hi;
	} cases[] = {
		{61, 86, 60, 90},  {0, 1, 0, 1},          {70, 70, 65, 75},
		{0, 0, -0.5, 0.5}, {1240, 5410, 0, 6000}, {0.2, 0.9, 0.2, 1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		double lo = cases[i].lo, hi = cases[i].hi;
		plot_nice_range(&lo, &hi);
		g_assert_cmpfloat(lo, <=, cases[i].lo);
		g_assert_cmpfloat(hi, >=, cases[i].hi);
		g_test_message("%g..%g -> %g..%g", cases[i].lo, cases[i].hi, lo, hi);
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/plot/ramp", test_ramp);
	g_test_add_func("/plot/flat", test_flat_and_level);
	g_test_add_func("/plot/gap", test_gap);
	g_test_add_func("/plot/steps", test_steps);
	g_test_add_func("/plot/hold", test_hold);
	g_test_add_func("/plot/few-samples", test_few_samples);
	g_test_add_func("/plot/labels", test_labels);
	g_test_add_func("/plot/ticks", test_ticks_and_small);
	g_test_add_func("/plot/range", test_range);
	return g_test_run();
}
