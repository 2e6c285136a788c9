/* canvas.c - cells, clipping, and the one gate through which text becomes cells. Knows no terminal and no theme. */
#include "config.h"

#include "tui/canvas.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

static const struct cell blank = {.text = " ", .width = 1, .role = ROLE_TEXT};

struct canvas *canvas_new(int w, int h, enum glyph_set glyphs)
{
	struct canvas *c = g_new0(struct canvas, 1);
	c->glyphs = glyphs;
	canvas_resize(c, w, h);
	return c;
}

void canvas_free(struct canvas *c)
{
	if (!c)
		return;
	if (c->watch)
		g_free(c->watch->painted);
	g_free(c->watch);
	g_free(c->cells);
	g_free(c);
}

void canvas_resize(struct canvas *c, int w, int h)
{
	c->w = CLAMP(w, 1, CANVAS_MAX_W);
	c->h = CLAMP(h, 1, CANVAS_MAX_H);
	c->cells = g_renew(struct cell, c->cells, (gsize)c->w * (gsize)c->h);
	if (c->watch)
		c->watch->painted = g_renew(uint8_t, c->watch->painted, (gsize)c->w * (gsize)c->h);
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->cells[i] = blank;
	c->clip = rect_of(0, 0, c->w, c->h);
	c->cursor_x = c->cursor_y = -1;
	c->show_cursor = false;
	if (c->watch) {
		c->watch->twice = 0;
		memset(c->watch->painted, 0, (size_t)c->w * (size_t)c->h);
	}
}

void canvas_watch(struct canvas *c)
{
	c->watch = g_new0(struct canvas_watch, 1);
	canvas_resize(c, c->w, c->h);
}

static void note_painted(struct canvas *c, int x, int y, int width)
{
	struct canvas_watch *watch = c->watch;
	for (int i = 0; watch && i < width && x + i < c->w; i++) {
		uint8_t *painted = &watch->painted[y * c->w + x + i];
		if (*painted && watch->twice++ == 0) {
			watch->x = x + i;
			watch->y = y;
		}
		*painted = 1;
	}
}

struct rect canvas_clip(struct canvas *c, struct rect r)
{
	struct rect saved = c->clip;
	c->clip = rect_intersect(c->clip, r);
	return saved;
}

void canvas_unclip(struct canvas *c, struct rect saved)
{
	c->clip = saved;
}

static struct cell *cell_at(struct canvas *c, int x, int y)
{
	return &c->cells[y * c->w + x];
}

static bool inside(const struct canvas *c, int x, int y)
{
	const struct rect *r = &c->clip;
	return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

const struct cell *canvas_cell(const struct canvas *c, int x, int y)
{
	return x >= 0 && y >= 0 && x < c->w && y < c->h ? &c->cells[y * c->w + x] : NULL;
}

/* ---- characters --------------------------------------------------------------------------------------------- */

/* Ranges that reorder, vanish or drive a terminal (reliability.md 2). lab/text.c has dealt with them in what comes from
 * outside; this is the second line. */
static bool forbidden(gunichar ch)
{
	return ch < 0x20 || (ch >= 0x7f && ch < 0xa0) || ch == 0xad || ch == 0x61c || ch == 0x180e ||
	       ch == 0x3164 || ch == 0xffa0 || (ch >= 0xe000 && ch <= 0xf8ff) || ch >= 0xf0000 ||
	       (ch >= 0x200b && ch <= 0x200f) || (ch >= 0x2028 && ch <= 0x202e) ||
	       (ch >= 0x2060 && ch <= 0x206f) || ch == 0xfeff || (ch >= 0xfff9 && ch <= 0xfffb) ||
	       (ch >= 0xe0000 && ch <= 0xe0fff) || (ch >= 0xfdd0 && ch <= 0xfdef) || (ch & 0xfffe) == 0xfffe;
}

int char_width(gunichar ch)
{
	if (ch >= 0x20 && ch < 0x7f)
		return 1;
	if (forbidden(ch))
		return -1;
	int w = wcwidth((wchar_t)ch);
	if (w >= 0 && w <= 2)
		return w;
	/* A locale that does not know the character: Unicode's own tables do. */
	if (g_unichar_iszerowidth(ch))
		return 0;
	return g_unichar_iswide(ch) ? 2 : 1;
}

/* What is drawn in place of a character that must not be: a picture of a control, else the replacement character. */
static gunichar visible_form(gunichar ch)
{
	if (ch < 0x20)
		return 0x2400 + ch;
	return ch == 0x7f ? 0x2421 : 0xfffd;
}

/* Reads one character; bad bytes give U+FFFD, one a byte. Returns the bytes taken. */
static int decode(const char *s, gunichar *out)
{
	if ((unsigned char)*s < 0x80) {
		*out = (unsigned char)*s;
		return 1;
	}
	gunichar ch = g_utf8_get_char_validated(s, -1);
	if (ch == (gunichar)-1 || ch == (gunichar)-2) {
		*out = 0xfffd;
		return 1;
	}
	*out = ch;
	return (int)(g_utf8_next_char(s) - s);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

/* A cell is about to be overwritten: the other half of a wide character must not stay behind. */
static void break_wide(struct canvas *c, int x, int y)
{
	struct cell *cell = cell_at(c, x, y);
	if (cell->width == 2 && x + 1 < c->w)
		*cell_at(c, x + 1, y) = blank;
	else if (cell->width == 0 && x > 0)
		*cell_at(c, x - 1, y) = blank;
}

static void put(struct canvas *c, int x, int y, enum role role, const char *text, int len, int width)
{
	note_painted(c, x, y, width);
	break_wide(c, x, y);
	if (width == 2)
		break_wide(c, x + 1, y);
	struct cell *cell = cell_at(c, x, y);
	*cell = (struct cell){.width = (uint8_t)width, .role = (uint8_t)role};
	memcpy(cell->text, text, (size_t)MIN(len, CELL_TEXT_BYTES));
	if (width == 2)
		*cell_at(c, x + 1, y) = (struct cell){.role = (uint8_t)role};
}

/* Combining marks join the character before them: four at most, and only when they fit. */
static void combine(struct canvas *c, int x, int y, const char *text, int len)
{
	if (x > 0 && inside(c, x - 1, y) && cell_at(c, x - 1, y)->width == 0)
		x--;
	if (x <= 0 || !inside(c, x - 1, y) || c->glyphs == GLYPHS_ASCII)
		return;
	struct cell *cell = cell_at(c, x - 1, y);
	size_t have = strlen(cell->text);
	if (have + (size_t)len <= CELL_TEXT_BYTES && g_utf8_strlen(cell->text, -1) < 5)
		memcpy(cell->text + have, text, (size_t)len + 1);
}

/* In place of a wide character that cannot stand there: a narrow one in each of its columns. */
static void put_halves(struct canvas *c, int x, int y, enum role role, const char *narrow)
{
	for (int i = 0; i < 2; i++)
		if (inside(c, x + i, y))
			put(c, x + i, y, role, narrow, 1, 1);
}

/* One character at (x, y) with `left` columns to go. Returns the columns taken, or -1 when it does not fit. */
static int put_char(struct canvas *c, int x, int y, int left, enum role role, const char *s, int len,
		    gunichar ch)
{
	char form[8];
	int width = char_width(ch);
	if (width < 0) {
		ch = visible_form(ch);
		len = g_unichar_to_utf8(ch, form);
		s = form;
		width = 1;
	}
	if (width > left)
		return -1;
	if (width == 0) {
		g_strlcpy(form, s, MIN(sizeof form, (gsize)len + 1));
		combine(c, x, y, form, len);
		return 0;
	}
	if (c->glyphs != GLYPHS_UNICODE && ch >= 0x80) {
		const char *other = glyph_translate(c->glyphs, s, len);
		if (other || c->glyphs == GLYPHS_ASCII) {
			s = other ? other : "?";
			len = (int)strlen(s);
		}
		if (width == 2 && c->glyphs == GLYPHS_ASCII) {
			put_halves(c, x, y, role, "?");
			return 2;
		}
	}
	bool whole = inside(c, x, y) && (width == 1 || inside(c, x + 1, y));
	if (whole)
		put(c, x, y, role, s, len, width);
	else if (width == 2) /* half of it is outside: a blank keeps the columns */
		put_halves(c, x, y, role, " ");
	return width;
}

/* Nearly all text is plain ASCII: the same in every character set, a column a byte. Returns how many bytes it did so. */
static int put_plain(struct canvas *c, int x, int y, int left, enum role role, const char *text)
{
	const struct cell plain = {.width = 1, .role = (uint8_t)role};
	int n = 0;
	for (; n < left && text[n] >= 0x20 && text[n] < 0x7f; n++) {
		if (!inside(c, x + n, y))
			continue;
		note_painted(c, x + n, y, 1);
		break_wide(c, x + n, y);
		struct cell *cell = cell_at(c, x + n, y);
		*cell = plain;
		cell->text[0] = text[n];
	}
	return n;
}

/* ASCII has no degree sign: "86°C" becomes "86 C", and "86 °C", which has its blank already, too. */
static bool leaves_out(const struct canvas *c, gunichar ch, const char *start, const char *at)
{
	return ch == 0xb0 && c->glyphs == GLYPHS_ASCII && at > start && at[-1] == ' ';
}

/* ASCII needs two columns for it. */
static bool is_two_in_ascii(const struct canvas *c, gunichar ch)
{
	return ch == 0x2265 && c->glyphs == GLYPHS_ASCII; /* >= */
}

int canvas_text(struct canvas *c, int x, int y, int width, enum role role, const char *text)
{
	const char *first = text;
	int start = x, end = width < 0 ? MAX(c->w, x) : x + width;
	if (!text)
		return 0;
	for (int len; *text; text += len) {
		int plain = put_plain(c, x, y, end - x, role, text);
		x += plain;
		text += plain;
		if (!*text || (x >= end && (unsigned char)*text < 0x80))
			break;
		gunichar ch;
		len = decode(text, &ch);
		if (leaves_out(c, ch, first, text))
			continue;
		if (is_two_in_ascii(c, ch)) {
			x += put_plain(c, x, y, end - x, role, ">=");
			continue;
		}
		const char *s = text;
		if (ch == 0xfffd && len == 1)
			s = "\xef\xbf\xbd";
		int took = put_char(c, x, y, end - x, role, s, s == text ? len : 3, ch);
		if (took < 0)
			break;
		x += took;
		if (x >= end && took > 0 && (unsigned char)text[len] < 0x80)
			break;
	}
	return x - start;
}

int canvas_text_width(const struct canvas *c, const char *text)
{
	int w = 0, len;
	for (const char *p = text; *p; p += len) {
		for (; *p >= 0x20 && *p < 0x7f; p++)
			w++;
		if (!*p)
			break;
		gunichar ch;
		len = decode(p, &ch);
		int columns = char_width(ch);
		if (is_two_in_ascii(c, ch))
			w += 2;
		else if (!leaves_out(c, ch, text, p))
			w += columns < 0 ? 1 : columns; /* what must not be drawn becomes visible */
	}
	return w;
}

void canvas_dots(struct canvas *c, int x, int y, enum role role, uint8_t dots)
{
	const char utf8[] = {(char)0xe2, (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f))};
	if (inside(c, x, y))
		put(c, x, y, role, utf8, sizeof utf8, 1);
}

int canvas_printf(struct canvas *c, int x, int y, enum role role, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	g_vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return canvas_text(c, x, y, -1, role, text);
}

int canvas_glyph(struct canvas *c, int x, int y, enum role role, enum glyph g)
{
	const char *s = glyph_text(c->glyphs, g);
	if (inside(c, x, y))
		put(c, x, y, role, s, (int)strlen(s), 1);
	return 1;
}

void canvas_fill(struct canvas *c, struct rect r, enum role role, const char *text)
{
	r = rect_intersect(r, c->clip);
	bool erases = strcmp(text, " ") == 0;
	for (int y = r.y; y < r.y + r.h; y++) {
		if (c->watch && erases)
			memset(&c->watch->painted[y * c->w + r.x], 0, (size_t)MAX(r.w, 0));
		for (int x = r.x; x < r.x + r.w; x++)
			canvas_text(c, x, y, 1, role, text);
		if (c->watch && erases)
			memset(&c->watch->painted[y * c->w + r.x], 0, (size_t)MAX(r.w, 0));
	}
}

void canvas_role(struct canvas *c, struct rect r, enum role role)
{
	r = rect_intersect(r, c->clip);
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			cell_at(c, x, y)->role = (uint8_t)role;
}

void canvas_select(struct canvas *c, struct rect r)
{
	r = rect_intersect(r, c->clip);
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			cell_at(c, x, y)->selected = 1;
}

void canvas_cursor(struct canvas *c, int x, int y, bool visible)
{
	c->cursor_x = x;
	c->cursor_y = y;
	c->show_cursor = visible;
}

/* ---- reading back ------------------------------------------------------------------------------------------- */

static void trim_end(GString *s, gsize from, char ch)
{
	while (s->len > from && s->str[s->len - 1] == ch)
		g_string_truncate(s, s->len - 1);
}

static void append_row_text(GString *out, const struct canvas *c, int y)
{
	gsize from = out->len;
	for (int x = 0; x < c->w; x++)
		g_string_append(out, c->cells[y * c->w + x].text);
	trim_end(out, from, ' ');
}

char *canvas_row_text(const struct canvas *c, int y)
{
	GString *out = g_string_new(NULL);
	if (y >= 0 && y < c->h)
		append_row_text(out, c, y);
	return g_string_free(out, FALSE);
}

char *canvas_dump_text(const struct canvas *c)
{
	GString *out = g_string_sized_new((gsize)c->w * (gsize)c->h);
	for (int y = 0; y < c->h; y++) {
		append_row_text(out, c, y);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static char role_letter(const struct cell *cell)
{
	char letter = role_info[cell->role].letter;
	if (!cell->selected)
		return letter;
	if (letter == '.')
		return '_';
	return g_ascii_isdigit(letter) ? ")!@#$%^"[letter - '0'] : g_ascii_toupper(letter);
}

char *canvas_dump_roles(const struct canvas *c)
{
	GString *out = g_string_sized_new((gsize)c->w * (gsize)c->h);
	for (int y = 0; y < c->h; y++) {
		gsize from = out->len;
		for (int x = 0; x < c->w; x++)
			g_string_append_c(out, role_letter(&c->cells[y * c->w + x]));
		trim_end(out, from, '.');
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
