/* The canvas: clipping, widths, hostile text, dumps. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/canvas.h"
#include "tui/draw.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void free_canvas(struct canvas **c)
{
	canvas_free(*c);
}
#define AUTO_CANVAS __attribute__((cleanup(free_canvas))) struct canvas *

static void assert_row(const struct canvas *c, int y, const char *want)
{
	g_autofree char *row = canvas_row_text(c, y);
	g_assert_cmpstr(row, ==, want);
}

/* Every wide character has its other half, and every half its character. */
static void assert_whole(const struct canvas *c)
{
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = canvas_cell(c, x, y);
			if (cell->width == 2)
				g_assert_cmpint(canvas_cell(c, x + 1, y)->width, ==, 0);
			if (cell->width == 0)
				g_assert_cmpint(canvas_cell(c, x - 1, y)->width, ==, 2);
			if (cell->width == 1)
				g_assert_cmpint(cell->text[0], !=, 0);
		}
}

static void test_text(void)
{
	AUTO_CANVAS c = canvas_new(10, 2, GLYPHS_UNICODE);
	g_assert_cmpint(canvas_text(c, 1, 0, -1, ROLE_WARN, "abc"), ==, 3);
	assert_row(c, 0, " abc");
	g_assert_cmpint(canvas_cell(c, 1, 0)->role, ==, ROLE_WARN);
	g_assert_cmpint(canvas_text(c, 8, 1, -1, ROLE_TEXT, "long"), ==, 2);
	assert_row(c, 1, "        lo");
	g_assert_cmpint(canvas_text(c, 0, 1, 3, ROLE_TEXT, "long"), ==, 3);
	assert_row(c, 1, "lon     lo");
	canvas_text(c, -2, 0, -1, ROLE_TEXT, "xyz");
	assert_row(c, 0, "zabc");
	canvas_text(c, 0, 7, -1, ROLE_TEXT, "nowhere");
	canvas_text(c, 0, -1, -1, ROLE_TEXT, "nowhere");
}

static void test_wide(void)
{
	AUTO_CANVAS c = canvas_new(6, 1, GLYPHS_UNICODE);
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, "漢字漢字"), ==, 6);
	assert_row(c, 0, "漢字漢");
	canvas_text(c, 1, 0, -1, ROLE_TEXT, "x"); /* onto the right half: the left one goes too */
	assert_row(c, 0, " x字漢");
	canvas_text(c, 2, 0, -1, ROLE_TEXT, "y"); /* onto a left half */
	assert_row(c, 0, " xy 漢");
	assert_whole(c);
	canvas_clear(c);
	g_assert_cmpint(canvas_text(c, 0, 0, 3, ROLE_TEXT, "漢字"), ==,
			2); /* no half character at the limit */
	assert_row(c, 0, "漢");
	canvas_clear(c);
	canvas_text(c, 5, 0, -1, ROLE_TEXT, "漢");
	assert_whole(c);
	canvas_clip(c, rect_of(1, 0, 2, 1));
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "漢字");
	assert_whole(c);
	assert_row(c, 0, "");
}

static void test_combining(void)
{
	AUTO_CANVAS c = canvas_new(6, 1, GLYPHS_UNICODE);
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, "e\u0301x"), ==, 2);
	assert_row(c, 0, "e\u0301x");
	canvas_clear(c);
	GString *zalgo = g_string_new("a");
	for (int i = 0; i < 10000; i++)
		g_string_append(zalgo, "\u0300");
	g_string_append(zalgo, "b");
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, zalgo->str), ==, 2);
	g_assert_cmpint(g_utf8_strlen(canvas_cell(c, 0, 0)->text, -1), ==, 5);
	g_assert_cmpstr(canvas_cell(c, 1, 0)->text, ==, "b");
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "\u0300"); /* nothing before it to join */
	g_string_free(zalgo, TRUE);
	assert_whole(c);
}

/* Nothing that drives a terminal, reorders or hides reaches a cell, in any set. */
static void test_hostile(void)
{
	static const char *const texts[] = {
		"a\033[2Jb",
		"\007\010\015\012\011",
		"\xc2\x9b"
		"31m",
		"\xe2\x80\xae"
		"abc",
		"\xe2\x80\x8b",
		"\xef\xbb\xbf",
		"\xff\xfe\xc0\x80",
		"\xed\xa0\x80",
		"\xf3\xa0\x81\x81",
		"\x7f",
		"%s%n%1000000d",
		"\xe2\x81\xa6x\xe2\x81\xa9",
	};
	for (int set = 0; set < GLYPHS_COUNT; set++)
		for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
			AUTO_CANVAS c = canvas_new(20, 1, (enum glyph_set)set);
			canvas_text(c, 0, 0, -1, ROLE_TEXT, texts[i]);
			g_autofree char *row = canvas_row_text(c, 0);
			g_assert_true(g_utf8_validate(row, -1, NULL));
			for (const char *p = row; *p; p = g_utf8_next_char(p)) {
				gunichar ch = g_utf8_get_char(p);
				g_assert_cmpint(char_width(ch), >=, 0);
				if (set == GLYPHS_ASCII)
					g_assert_cmpuint(ch, <, 0x7f);
			}
			assert_whole(c);
		}
	AUTO_CANVAS c = canvas_new(20, 1, GLYPHS_UNICODE);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "a\033[2Jb\xff");
	assert_row(c, 0, "a␛[2Jb\xef\xbf\xbd");
}

static void test_sets(void)
{
	AUTO_CANVAS c = canvas_new(20, 1, GLYPHS_ASCII);
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, "71 °C ├ é漢."), ==, 11);
	assert_row(c, 0,
		   "71 C | ?"
		   "??.");
	for (int g = 0; g < G_COUNT; g++)
		for (int set = 0; set < GLYPHS_COUNT; set++) {
			const char *text = glyph_text((enum glyph_set)set, (enum glyph)g);
			g_assert_nonnull(text);
			g_assert_cmpint(g_utf8_strlen(text, -1), ==, 1);
			g_assert_cmpint(char_width(g_utf8_get_char(text)), ==, 1);
			if (set == GLYPHS_ASCII)
				g_assert_true(g_str_is_ascii(text));
		}
	g_assert_cmpint(glyph_set_by_name("block"), ==, GLYPHS_BLOCK);
	g_assert_cmpint(glyph_set_by_name("blocks"), ==, -1);
}

/* A last-known value and a cut word do not look alike, and a threshold stays one. */
static void test_ascii_marks(void)
{
	AUTO_CANVAS c = canvas_new(20, 1, GLYPHS_ASCII);
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, "~8 ≥ 90…"), ==, 9);
	assert_row(c, 0, "~8 >= 90$");
	g_assert_cmpint(canvas_text_width(c, "a ≥ b"), ==, 6);
	canvas_clear(c);
	g_assert_cmpint(canvas_text(c, 0, 0, 2, ROLE_TEXT, "x≥y"), ==, 2); /* half of it, and no more */
	assert_row(c, 0, "x>");
}

static void test_watch(void)
{
	AUTO_CANVAS c = canvas_new(10, 3, GLYPHS_UNICODE);
	canvas_watch(c);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "abc");
	canvas_text(c, 3, 0, -1, ROLE_TEXT, "def");
	g_assert_cmpint(c->watch->twice, ==, 0);
	canvas_text(c, 5, 0, -1, ROLE_TEXT, " 漢");
	g_assert_cmpint(c->watch->twice, ==, 1);
	g_assert_cmpint(c->watch->x, ==, 5);
	g_assert_cmpint(c->watch->y, ==, 0);
	canvas_glyph(c, 7, 0, ROLE_TEXT, G_DOT); /* its second half */
	g_assert_cmpint(c->watch->twice, ==, 2);
	canvas_role(c, rect_of(0, 0, 10, 1), ROLE_DIM);
	canvas_fill(c, rect_of(0, 0, 10, 1), ROLE_TEXT, " "); /* a menu over a page */
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "menu");
	g_assert_cmpint(c->watch->twice, ==, 2);
	canvas_dots(c, 3, 0, ROLE_TEXT, 1);
	g_assert_cmpint(c->watch->twice, ==, 3);
	canvas_clear(c);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "abc");
	g_assert_cmpint(c->watch->twice, ==, 0);
}

static void test_clip_and_dump(void)
{
	AUTO_CANVAS c = canvas_new(8, 3, GLYPHS_UNICODE);
	struct rect saved = canvas_clip(c, rect_of(2, 1, 3, 1));
	canvas_fill(c, rect_of(0, 0, 8, 3), ROLE_CRIT, "x");
	canvas_text(c, 0, 1, -1, ROLE_OK, "abcdefgh");
	canvas_unclip(c, saved);
	g_autofree char *text = canvas_dump_text(c);
	g_assert_cmpstr(text, ==, "\n  cde\n\n");
	canvas_select(c, rect_of(0, 1, 4, 1));
	g_autofree char *roles = canvas_dump_roles(c);
	g_assert_cmpstr(roles, ==, "\n__OOo\n\n");
	canvas_clear(c);
	g_autofree char *cleared = canvas_dump_roles(c);
	g_assert_cmpstr(cleared, ==, "\n\n\n");
}

/* A degree sign that ASCII has not leaves one blank, not two, and no column behind it. */
static void test_degrees(void)
{
	AUTO_CANVAS c = canvas_new(12, 3, GLYPHS_ASCII);
	g_assert_cmpint(canvas_text(c, 0, 0, -1, ROLE_TEXT, "86 °C|"), ==, 5);
	assert_row(c, 0, "86 C|");
	g_assert_cmpint(canvas_text_width(c, "86 °C"), ==, 4);
	canvas_text(c, 0, 1, -1, ROLE_TEXT, "86°C|");
	assert_row(c, 1, "86 C|");
	draw_text(c, 0, 2, 8, ALIGN_RIGHT, ROLE_TEXT, "86 °C");
	assert_row(c, 2, "    86 C");
	AUTO_CANVAS u = canvas_new(12, 1, GLYPHS_UNICODE);
	g_assert_cmpint(canvas_text(u, 0, 0, -1, ROLE_TEXT, "86 °C"), ==, canvas_text_width(u, "86 °C"));
	assert_row(u, 0, "86 °C");
}

static void test_roles_are_distinct(void)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		g_assert_nonnull(role_info[i].name);
		g_assert_cmpint(role_by_name(role_info[i].name), ==, i);
		for (int j = 0; j < i; j++)
			g_assert_cmpint(role_info[i].letter, !=, role_info[j].letter);
	}
}

static void test_draw(void)
{
	AUTO_CANVAS c = canvas_new(20, 4, GLYPHS_UNICODE);
	draw_text(c, 0, 0, 6, ALIGN_RIGHT, ROLE_TEXT, "12");
	draw_text(c, 8, 0, 6, ALIGN_LEFT, ROLE_TEXT, "too long it is");
	assert_row(c, 0, "    12  too l…");
	draw_rule(c, 0, 1, 20, "junction °C");
	assert_row(c, 1, "─ junction °C ──────");
	draw_bar(c, 0, 2, 4, ROLE_BAR, 0.5);
	draw_bar(c, 5, 2, 4, ROLE_BAR, 0.0);
	draw_bar(c, 10, 2, 4, ROLE_BAR, 0.001);
	draw_bar(c, 15, 2, 4, ROLE_BAR, NAN);
	assert_row(c, 2, "██·· ···· ▏···");
	canvas_clear(c);
	g_assert_cmpint(draw_wrapped(c, rect_of(0, 0, 10, 2), ROLE_TEXT, "one two three four five"), ==, 2);
	assert_row(c, 0, "one two");
	assert_row(c, 1, "three fou…");
}

/* A wide name at every column boundary, FC-007. */
static void test_boundaries(void)
{
	for (int w = 79; w <= 81; w++)
		for (int x = w - 6; x <= w; x++)
			for (int limit = 0; limit < 8; limit++) {
				AUTO_CANVAS c = canvas_new(w, 1, GLYPHS_UNICODE);
				draw_text(c, x, 0, limit, ALIGN_LEFT, ROLE_TEXT, "漢🙂e\u0301字");
				assert_whole(c);
			}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/canvas/ascii-marks", test_ascii_marks);
	g_test_add_func("/canvas/watch", test_watch);
	g_test_add_func("/canvas/text", test_text);
	g_test_add_func("/canvas/wide", test_wide);
	g_test_add_func("/canvas/combining", test_combining);
	g_test_add_func("/canvas/hostile", test_hostile);
	g_test_add_func("/canvas/sets", test_sets);
	g_test_add_func("/canvas/clip-and-dump", test_clip_and_dump);
	g_test_add_func("/canvas/degrees", test_degrees);
	g_test_add_func("/canvas/roles", test_roles_are_distinct);
	g_test_add_func("/canvas/draw", test_draw);
	g_test_add_func("/canvas/boundaries", test_boundaries);
	return g_test_run();
}
