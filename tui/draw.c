/* draw.c - cut and aligned text, rules, boxes, bars. */
#include "config.h"

#include "tui/draw.h"

#include <math.h>

void draw_text(struct canvas *c, int x, int y, int width, enum align align, enum role role, const char *text)
{
	if (width <= 0 || !text)
		return;
	int w = canvas_text_width(c, text);
	if (w > width) {
		int drawn = canvas_text(c, x, y, width - 1, role, text);
		canvas_glyph(c, x + drawn, y, role, G_ELLIPSIS);
		return;
	}
	if (align == ALIGN_RIGHT)
		x += width - w;
	else if (align == ALIGN_CENTRE)
		x += (width - w) / 2;
	canvas_text(c, x, y, width, role, text);
}

void draw_name(struct canvas *c, int x, int y, int width, enum role role, const char *name)
{
	int w = canvas_text_width(c, name);
	if (w <= width || width < 5) {
		draw_text(c, x, y, width, ALIGN_LEFT, role, name);
		return;
	}
	int head = width / 2, tail_w = width - 1 - head;
	const char *tail = name;
	while (*tail && canvas_text_width(c, tail) > tail_w)
		tail = g_utf8_find_next_char(tail, NULL);
	x += canvas_text(c, x, y, head, role, name);
	x += canvas_glyph(c, x, y, role, G_ELLIPSIS);
	canvas_text(c, x, y, tail_w, role, tail);
}

/* Where a line of at most `width` columns ends: after the last word that fits, or in the middle of a word too long. */
static const char *line_end(const char *text, int width)
{
	const char *p = text, *last_blank = NULL;
	int w = 0;
	while (*p && *p != '\n') {
		gunichar ch = g_utf8_get_char_validated(p, -1);
		int cw = char_width(ch >= 0x80000000 ? 0xfffd : ch);
		cw = cw < 0 ? 1 : cw; /* drawn as something visible */
		if (*p == ' ')
			last_blank = p;
		if (w + cw > width)
			return last_blank && last_blank > text ? last_blank
							       : (p > text ? p : g_utf8_next_char(p));
		w += cw;
		p = g_utf8_find_next_char(p, NULL);
	}
	return p;
}

/* What follows a line: without the blanks, or the newline, that ended it. */
static const char *next_line(const char *end)
{
	while (*end == ' ')
		end++;
	return *end == '\n' ? end + 1 : end;
}

int draw_wrapped(struct canvas *c, struct rect r, enum role role, const char *text)
{
	int row = 0;
	if (r.w <= 0 || !text)
		return 0;
	while (*text && row < r.h) {
		const char *end = line_end(text, r.w);
		if (row == r.h - 1 && *end) {
			draw_text(c, r.x, r.y + row++, r.w, ALIGN_LEFT, role, text);
			break;
		}
		g_autofree char *line = g_strndup(text, (gsize)(end - text));
		canvas_text(c, r.x, r.y + row++, r.w, role, line);
		text = next_line(end);
	}
	return row;
}

int draw_wrapped_rows(int width, const char *text)
{
	int rows = 0;
	for (; width > 0 && text && *text; rows++)
		text = next_line(line_end(text, width));
	return rows;
}

void draw_rule(struct canvas *c, int x, int y, int width, const char *title)
{
	int room = MIN(width - 4, title ? canvas_text_width(c, title) : 0);
	int from = room < 1 ? width : 1,
	    to = room < 1 ? width : room + 3; /* the title and a blank on each side */
	for (int i = 0; i < width; i++)
		if (i < from || i >= to)
			canvas_glyph(c, x + i, y, ROLE_BORDER, G_H);
	if (room < 1)
		return;
	canvas_text(c, x + 1, y, 1, ROLE_BORDER, " ");
	draw_text(c, x + 2, y, room, ALIGN_LEFT, ROLE_TITLE, title);
	canvas_text(c, x + 2 + room, y, 1, ROLE_BORDER, " ");
}

struct rect draw_split(struct canvas *c, struct rect *r)
{
	struct rect right = rect_cut_right(r, r->w / 2), line = rect_cut_left(&right, 1);
	canvas_fill(c, line, ROLE_BORDER, "│");
	return right;
}

struct rect draw_box(struct canvas *c, struct rect r, enum role role, const char *title)
{
	if (r.w < 2 || r.h < 2)
		return rect_of(r.x, r.y, 0, 0);
	int right = r.x + r.w - 1, bottom = r.y + r.h - 1;
	draw_rule(c, r.x + 1, r.y, r.w - 2, title);
	draw_rule(c, r.x + 1, bottom, r.w - 2, NULL);
	for (int y = r.y + 1; y < bottom; y++) {
		canvas_glyph(c, r.x, y, role, G_V);
		canvas_glyph(c, right, y, role, G_V);
	}
	canvas_glyph(c, r.x, r.y, role, G_TOP_LEFT);
	canvas_glyph(c, right, r.y, role, G_TOP_RIGHT);
	canvas_glyph(c, r.x, bottom, role, G_BOTTOM_LEFT);
	canvas_glyph(c, right, bottom, role, G_BOTTOM_RIGHT);
	return rect_of(r.x + 1, r.y + 1, r.w - 2, r.h - 2);
}

void draw_bar(struct canvas *c, int x, int y, int width, enum role role, double part)
{
	if (isnan(part))
		return;
	int eighths = (int)lround(CLAMP(part, 0.0, 1.0) * width * 8);
	if (eighths == 0 && part > 0) /* something is not nothing */
		eighths = 1;
	for (int i = 0; i < width; i++, eighths -= 8) {
		if (eighths >= 8)
			canvas_glyph(c, x + i, y, role, G_BAR_FULL);
		else if (eighths > 0)
			canvas_glyph(c, x + i, y, role, (enum glyph)(G_BAR_1 + eighths - 1));
		else
			canvas_glyph(c, x + i, y, ROLE_DIM, G_BAR_EMPTY);
	}
}
