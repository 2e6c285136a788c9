/* emit.c - the difference of two frames as terminal bytes. */
#include "config.h"

#include "tui/emit.h"

#include <string.h>

#define CSI      "\033["
#define SGR_NONE CSI "0m"

static const struct look_bytes no_look = {.sgr = SGR_NONE};

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static bool is_blank(const struct cell *cell, const struct paint *paint)
{
	return cell->text[0] == ' ' && cell->text[1] == '\0' && !paint_look(paint, cell)->fills;
}

static void set_look(struct emit *e, GString *out, const struct look_bytes *look)
{
	if (e->look && (e->look == look || strcmp(e->look->sgr, look->sgr) == 0))
		return;
	g_string_append(out, look->sgr);
	e->look = look;
}

/* A blank looks the same in every look that only colours letters: what is in force may stay. */
static bool shows_in_force(const struct emit *e, const struct cell *cell, const struct paint *paint)
{
	if (!e->look)
		return false;
	return (is_blank(cell, paint) && !e->look->fills) ||
	       strcmp(e->look->sgr, paint_look(paint, cell)->sgr) == 0;
}

/* In place of printf: most of a frame's bytes are cursor moves. */
static void append_number(GString *out, int n)
{
	char digits[12], *at = digits + sizeof digits;
	do
		*--at = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	g_string_append_len(out, at, digits + sizeof digits - at);
}

static void move_to(struct emit *e, GString *out, int x, int y)
{
	if (e->x == x && e->y == y)
		return;
	if (e->y == y && e->x >= 0 && x == e->x + 1)
		g_string_append(out, CSI "C");
	else if (e->y == y && e->x >= 0 && x > e->x) {
		g_string_append(out, CSI);
		append_number(out, x - e->x);
		g_string_append_c(out, 'C');
	} else {
		g_string_append(out, CSI);
		append_number(out, y + 1);
		if (x > 0) {
			g_string_append_c(out, ';');
			append_number(out, x + 1);
		}
		g_string_append_c(out, 'H');
	}
	e->x = x;
	e->y = y;
}

/* Terminals do not agree with wcwidth() about every character. After one that may be taken for wider or narrower the
 * cursor's place is not trusted. */
static bool plain_width(const struct cell *cell)
{
	if (cell->width != 1)
		return false;
	if ((unsigned char)cell->text[0] < 0x80)
		return cell->text[1] == '\0';
	gunichar ch = g_utf8_get_char(cell->text);
	return *g_utf8_next_char(cell->text) == '\0' &&
	       (ch < 0x300 || (ch >= 0x2190 && ch < 0x2600) || (ch >= 0x2800 && ch < 0x2900) ||
		(ch >= 0x2010 && ch < 0x2040));
}

static void put_cell(struct emit *e, GString *out, const struct cell *cell, const struct canvas *c,
		     const struct paint *paint)
{
	if (!shows_in_force(e, cell, paint))
		set_look(e, out, paint_look(paint, cell));
	g_string_append(out, cell->text);
	e->x += cell->width;
	if (!plain_width(cell) || e->x >= c->w)
		e->x = -1;
}

/* The unchanged cells between the cursor and x may be cheaper to write again than to jump over. */
static void go_to(struct emit *e, GString *out, const struct canvas *next, const struct paint *paint, int x,
		  int y)
{
	if (e->y == y && e->x >= 0 && e->x < x && x - e->x <= 3) {
		bool cheap = true;
		for (int i = e->x; i < x && cheap; i++) {
			const struct cell *cell = canvas_cell(next, i, y);
			cheap = (unsigned char)cell->text[0] < 0x80 && cell->text[0] &&
				shows_in_force(e, cell, paint);
		}
		for (int i = e->x; cheap && i < x; i++)
			put_cell(e, out, canvas_cell(next, i, y), next, paint);
	}
	move_to(e, out, x, y);
}

static const struct cell *row_of(const struct canvas *c, int y)
{
	return c->cells + (gsize)y * (gsize)c->w;
}

/* First column from which a row is blank to its end. */
static int blank_from(const struct cell *row, int w, const struct paint *paint)
{
	while (w > 0 && is_blank(&row[w - 1], paint))
		w--;
	return w;
}

static void emit_row(struct emit *e, GString *out, const struct canvas *shown, const struct canvas *next,
		     const struct paint *paint, int y)
{
	const struct cell *row = row_of(next, y), *old = shown ? row_of(shown, y) : NULL;
	int end = blank_from(row, next->w, paint), shown_end = old ? blank_from(old, next->w, paint) : 0;
	for (int x = 0; x < end; x++) {
		const struct cell *cell = &row[x];
		if (old ? same_cell(cell, &old[x]) : is_blank(cell, paint))
			continue;
		if (cell->width == 0) /* its other half changed and was written */
			continue;
		go_to(e, out, next, paint, x, y);
		put_cell(e, out, cell, next, paint);
	}
	if (shown_end > end) {
		move_to(e, out, end, y);
		if (!e->look || e->look->fills)
			set_look(e, out, &no_look);
		g_string_append(out, CSI "K");
	}
}

static void emit_cursor(struct emit *e, GString *out, const struct canvas *next)
{
	bool show = next->cursor_x >= 0 && next->show_cursor;
	if (show != e->cursor_shown)
		g_string_append(out, show ? CSI "?25h" : CSI "?25l");
	e->cursor_shown = show;
	/* Also where it is hidden: screen readers follow it. */
	if (next->cursor_x >= 0)
		move_to(e, out, next->cursor_x, next->cursor_y);
}

void emit_frame(struct emit *e, GString *out, const struct canvas *shown, const struct canvas *next,
		const struct paint *paint)
{
	if (!shown) {
		g_string_append(out, SGR_NONE CSI "H" CSI "2J");
		*e = (struct emit){.look = &no_look, .cursor_shown = e->cursor_shown};
	}
	gsize bytes = (gsize)next->w * sizeof *next->cells, before = out->len;
	for (int y = 0; y < next->h; y++)
		if (!shown || memcmp(row_of(shown, y), row_of(next, y), bytes) != 0)
			emit_row(e, out, shown, next, paint, y);
	bool cursor_moved = !shown || shown->cursor_x != next->cursor_x ||
			    shown->cursor_y != next->cursor_y || shown->show_cursor != next->show_cursor;
	if (out->len != before || cursor_moved)
		emit_cursor(e, out, next);
}
