/* Frames as bytes: what a small terminal model shows after them is the frame, whatever was there before. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/emit.h"

#include <locale.h>
#include <string.h>

/* As much of a terminal as emit.c speaks to. */
struct terminal {
	int w, h, x, y;
	char *cells;             /* 8 bytes a cell: text */
	char (*looks)[SGR_SIZE]; /* a cell: the last SGR sequence before it */
	char look[SGR_SIZE];
	bool failed;
};

static char *at(struct terminal *t, int x, int y)
{
	return t->cells + (y * t->w + x) * 8;
}

static void erase(struct terminal *t, int from, int to)
{
	for (int i = from; i < to; i++) {
		g_strlcpy(t->cells + i * 8, " ", 8);
		g_strlcpy(t->looks[i], t->look, SGR_SIZE);
	}
}

static const char *control(struct terminal *t, const char *p)
{
	int n[2] = {0, 0}, k = 0;
	const char *start = p - 2;
	for (; *p && !g_ascii_isalpha(*p); p++) {
		if (*p == ';')
			k++;
		else if (g_ascii_isdigit(*p) && k < 2)
			n[k] = n[k] * 10 + *p - '0';
	}
	switch (*p) {
	case 'H':
		t->y = MAX(n[0], 1) - 1;
		t->x = MAX(n[1], 1) - 1;
		break;
	case 'C':
		t->x += MAX(n[0], 1);
		break;
	case 'K':
		erase(t, t->y * t->w + t->x, (t->y + 1) * t->w);
		break;
	case 'J':
		erase(t, 0, t->w * t->h);
		break;
	case 'm':
		g_strlcpy(t->look, start, MIN((gsize)(p - start) + 2, SGR_SIZE));
		break;
	case 'h':
	case 'l':
		break;
	default:
		t->failed = true;
	}
	return p;
}

static void feed(struct terminal *t, const char *bytes)
{
	for (const char *p = bytes; *p; p++) {
		if (p[0] == '\033' && p[1] == '[') {
			p = control(t, p + 2);
			continue;
		}
		gunichar ch = g_utf8_get_char(p);
		int width = char_width(ch), len = (int)(g_utf8_next_char(p) - p);
		if (width < 0 || t->x + width > t->w || t->x < 0) {
			t->failed = true;
			return;
		}
		char *cell = at(t, t->x, t->y);
		memset(cell, 0, 8);
		memcpy(cell, p, len);
		g_strlcpy(t->looks[t->y * t->w + t->x], t->look, SGR_SIZE);
		if (width == 2)
			memset(at(t, t->x + 1, t->y), 0, 8);
		t->x += width;
		p += len - 1;
	}
}

static bool fills(const struct paint *paint, const char *sgr)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int s = 0; s < 2; s++)
			if (strcmp(paint->as[role][s].sgr, sgr) == 0)
				return paint->as[role][s].fills;
	return false;
}

/* Letters in their look; blanks in any that shows them alike. */
static void assert_shows(struct terminal *t, const struct canvas *c, const struct paint *paint)
{
	g_assert_false(t->failed);
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = canvas_cell(c, x, y);
			const struct look_bytes *look = paint_look(paint, cell);
			const char *have = t->looks[y * t->w + x];
			g_assert_cmpstr(at(t, x, y), ==, cell->text);
			if (strcmp(cell->text, " ") == 0 && !look->fills)
				g_assert_false(fills(paint, have));
			else if (cell->width > 0)
				g_assert_cmpstr(have, ==, look->sgr);
		}
}

static void paint_default(struct paint *paint)
{
	struct theme *theme = theme_builtin();
	paint_make(paint, theme, DEPTH_256, ~0u);
	theme_free(theme);
}

static void scribble(struct canvas *c, GRand *rand)
{
	static const char *const texts[] = {"a",   "71 °C", "漢字", "   ", "⣀⡠⠤", "a long piece of text",
					    "🙂"};
	int n = g_rand_int_range(rand, 1, 8);
	for (int i = 0; i < n; i++)
		canvas_text(c, g_rand_int_range(rand, -3, c->w), g_rand_int_range(rand, 0, c->h), -1,
			    (enum role)g_rand_int_range(rand, 0, ROLE_COUNT),
			    texts[g_rand_int_range(rand, 0, G_N_ELEMENTS(texts))]);
	if (g_rand_int_range(rand, 0, 4) == 0)
		canvas_fill(c, rect_of(g_rand_int_range(rand, 0, c->w), 0, c->w, c->h), ROLE_TEXT, " ");
	if (g_rand_int_range(rand, 0, 4) == 0)
		canvas_select(c, rect_of(0, g_rand_int_range(rand, 0, c->h), c->w, 1));
}

static void test_random_frames(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	struct paint paint;
	paint_default(&paint);
	struct canvas *shown = canvas_new(30, 6, GLYPHS_UNICODE), *next = canvas_new(30, 6, GLYPHS_UNICODE);
	g_autofree char *cells = g_malloc0(30 * 6 * 8);
	g_autofree char(*looks)[SGR_SIZE] = g_malloc0(30 * 6 * sizeof *looks);
	struct terminal t = {.w = 30, .h = 6, .cells = cells, .looks = looks};
	struct emit e = {.x = -1};
	g_autoptr(GString) out = g_string_new(NULL);
	for (int i = 0; i < 3000; i++) {
		scribble(next, rand);
		g_string_truncate(out, 0);
		emit_frame(&e, out, i == 0 ? NULL : shown, next, &paint);
		feed(&t, out->str);
		assert_shows(&t, next, &paint);
		memcpy(shown->cells, next->cells, 30 * 6 * sizeof(struct cell));
	}
	canvas_free(shown);
	canvas_free(next);
}

/* Blanks between letters of one look do not leave it. */
static void test_blanks_keep_the_look(void)
{
	struct paint paint;
	paint_default(&paint);
	struct canvas *a = canvas_new(30, 1, GLYPHS_UNICODE), *b = canvas_new(30, 1, GLYPHS_UNICODE);
	struct emit e = {.x = -1};
	g_autoptr(GString) out = g_string_new(NULL);
	canvas_text(a, 0, 0, -1, ROLE_CRIT, "aaaaaaaaa");
	emit_frame(&e, out, NULL, a, &paint);
	g_string_truncate(out, 0);
	canvas_text(b, 0, 0, 1, ROLE_CRIT, "x");
	canvas_text(b, 2, 0, 1, ROLE_CRIT, "y");
	canvas_text(b, 4, 0, 1, ROLE_CRIT, "z");
	emit_frame(&e, out, a, b, &paint);
	g_assert_cmpstr(out->str, ==, "\033[1Hx y z\033[K");
	canvas_free(a);
	canvas_free(b);
}

static void test_unchanged_is_silent(void)
{
	struct paint paint;
	paint_default(&paint);
	struct canvas *a = canvas_new(80, 24, GLYPHS_UNICODE), *b = canvas_new(80, 24, GLYPHS_UNICODE);
	struct emit e = {.x = -1};
	g_autoptr(GString) out = g_string_new(NULL);
	canvas_text(a, 3, 3, -1, ROLE_TEXT, "the same");
	canvas_text(b, 3, 3, -1, ROLE_TEXT, "the same");
	emit_frame(&e, out, NULL, a, &paint);
	g_assert_cmpuint(out->len, <, 80); /* blanks are not written */
	g_string_truncate(out, 0);
	emit_frame(&e, out, a, b, &paint);
	g_assert_cmpuint(out->len, ==, 0);
	canvas_text(b, 5, 3, 1, ROLE_TEXT, "X"); /* one cell: a move and a byte */
	emit_frame(&e, out, a, b, &paint);
	g_assert_cmpstr(out->str, ==, "\033[4;6HX");
	canvas_free(a);
	canvas_free(b);
}

static void test_cursor(void)
{
	struct paint paint;
	paint_default(&paint);
	struct canvas *a = canvas_new(20, 3, GLYPHS_UNICODE), *b = canvas_new(20, 3, GLYPHS_UNICODE);
	struct emit e = {.x = -1};
	g_autoptr(GString) out = g_string_new(NULL);
	emit_frame(&e, out, NULL, a, &paint);
	g_string_truncate(out, 0);
	canvas_cursor(b, 4, 1, true);
	emit_frame(&e, out, a, b, &paint);
	g_assert_cmpstr(out->str, ==, "\033[?25h\033[2;5H");
	g_string_truncate(out, 0);
	emit_frame(&e, out, b, a, &paint);
	g_assert_cmpstr(out->str, ==, "\033[?25l");
	canvas_free(a);
	canvas_free(b);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/emit/random", test_random_frames);
	g_test_add_func("/emit/blanks", test_blanks_keep_the_look);
	g_test_add_func("/emit/unchanged", test_unchanged_is_silent);
	g_test_add_func("/emit/cursor", test_cursor);
	return g_test_run();
}
