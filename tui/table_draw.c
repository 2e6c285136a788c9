/* table_draw.c - header, visible rows, cursor and marks of a table. */
#include "config.h"

#include "tui/table.h"

#include "lab/text.h"
#include "tui/table_private.h"

#define MARGIN 2 /* cursor and mark */

struct layout {
	int width[TABLE_MAX_COLS], x[TABLE_MAX_COLS];
	int right; /* first column behind the last one */
};

static void lay_out(const struct table *t, struct rect r, struct layout *l)
{
	struct column_want want[TABLE_MAX_COLS];
	for (int i = 0; i < t->n_columns; i++)
		want[i] = t->columns[i].want;
	layout_columns(want, t->n_columns, MAX(r.w - MARGIN, 0), l->width);
	int x = r.x + MARGIN;
	for (int i = 0; i < t->n_columns; i++) {
		l->x[i] = x;
		x += l->width[i] > 0 ? l->width[i] + 1 : 0;
	}
	l->right = MAX(x - 1, r.x + MARGIN);
}

void table_position(const struct table *t, char *text, size_t size)
{
	int rows = 0, shown = 0, at = 0;
	for (guint i = 0; i < t->rows->len; i++) {
		const struct table_row *row = &g_array_index(t->rows, struct table_row, i);
		rows += !row->group && !row->folded;
	}
	for (int i = 0; i < (int)t->order->len; i++) {
		shown += !table_shown_row(t, i)->group;
		if (i == t->cursor)
			at = shown;
	}
	*text = '\0';
	if (t->filter[0])
		g_snprintf(text, size, "%d of %d", shown, rows);
	else if ((int)t->order->len > t->shown->height)
		g_snprintf(text, size, "%d/%d", at, rows);
}

static void draw_header(const struct table *t, const struct layout *l, struct canvas *c, struct rect r)
{
	for (int i = 0; i < t->n_columns; i++) {
		const struct table_column *col = &t->columns[i];
		if (l->width[i] == 0)
			continue;
		draw_text(c, l->x[i], r.y, l->width[i], col->align, ROLE_TITLE, col->title);
		if (i != t->sort)
			continue;
		int w = MIN(text_width(col->title), l->width[i]);
		int x = col->align == ALIGN_RIGHT ? l->x[i] + l->width[i] : l->x[i] + w;
		if (x >= r.x + r.w)
			x = r.x + r.w - 1;
		canvas_glyph(c, x, r.y, ROLE_FOCUS, t->descending ? G_DOWN : G_UP);
	}
}

void table_draw_cell(struct canvas *c, int x, int y, int width, enum align align,
		     const struct table_cell *cell)
{
	if (!isnan(cell->bar) && cell->bar_width > 0 && cell->bar_width < width) {
		draw_bar(c, x, y, cell->bar_width, cell->bar_role ? cell->bar_role : ROLE_BAR, cell->bar);
		x += cell->bar_width + 1;
		width -= cell->bar_width + 1;
	}
	draw_text(c, x, y, width, cell->span ? ALIGN_LEFT : align, cell->role, cell->text);
}

/* Plain text and ordinary values of a stale row; marks, warnings and what is not known keep their role. */
static void dim_stale(struct canvas *c, struct rect r)
{
	for (int x = r.x; x < r.x + r.w; x++) {
		const struct cell *cell = canvas_cell(c, x, r.y);
		if (cell && (cell->role == ROLE_TEXT || cell->role == ROLE_BAR || cell->role == ROLE_OK))
			canvas_role(c, rect_of(x, r.y, 1, 1), ROLE_STALE);
	}
}

static void draw_row(const struct table *t, const struct lab *lab, const struct layout *l,
		     const struct table_row *row, struct canvas *c, struct rect r)
{
	for (int i = 0; i < t->n_columns; i++) {
		struct table_cell cell;
		if (l->width[i] == 0)
			continue;
		table_cell_of(t, lab, row, i, &cell);
		table_draw_cell(c, l->x[i], r.y, cell.span ? r.x + r.w - l->x[i] : l->width[i],
				t->columns[i].align, &cell);
		if (cell.span)
			break;
	}
	if (row->stale)
		dim_stale(c, r);
	if (row->mark)
		canvas_glyph(c, r.x + 1, r.y, row->mark_role, (enum glyph)row->mark);
	if (table_marked(t, row->ref)) {
		canvas_glyph(c, r.x, r.y, ROLE_FOCUS, G_MARKED);
		canvas_role(c, rect_of(r.x, r.y, 1, 1), ROLE_FOCUS);
	}
}

static void draw_group(const struct table *t, const struct lab *lab, const struct table_row *row,
		       struct canvas *c, struct rect r)
{
	struct rect saved = canvas_clip(c, r);
	if (t->group) {
		t->group(row, lab, c, r);
	} else {
		struct table_cell cell;
		table_cell_of(t, lab, row, 0, &cell);
		draw_text(c, r.x + 1, r.y, r.w - 1, ALIGN_LEFT, ROLE_TITLE, cell.text);
	}
	canvas_unclip(c, saved);
}

/* The first row to show: as before, moved only as far as the cursor needs. */
static int scroll_to(const struct table *t, int height)
{
	int top = CLAMP(t->shown->top, 0, MAX((int)t->order->len - height, 0));
	if (t->cursor >= 0 && t->cursor < top)
		top = t->cursor;
	if (t->cursor >= top + height)
		top = t->cursor - height + 1;
	/* The heading above the first row comes along. */
	if (top > 0 && top == t->cursor && height > 1 && table_shown_row(t, top - 1)->group)
		top--;
	return top;
}

void table_draw(const struct table *t, const struct lab *lab, struct canvas *c, struct rect r)
{
	struct layout l;
	lay_out(t, r, &l);
	draw_header(t, &l, c, rect_of(r.x, r.y, r.w, 1));
	t->shown->columns = 0;
	for (int i = 0; i < t->n_columns; i++)
		t->shown->columns |= l.width[i] > 0 ? 1u << i : 0;
	struct rect body = rect_of(r.x, r.y + 1, r.w, MAX(r.h - 1, 0));
	t->shown->height = body.h;
	t->shown->body = body;
	if (t->order->len == 0) {
		const char *why = t->rows->len > 0 ? "nothing matches the filter; esc clears it" : t->empty;
		draw_wrapped(c, rect_of(r.x + MARGIN, body.y, r.w - MARGIN, body.h), ROLE_DIM,
			     why ? why : "nothing here");
	}
	t->shown->top = scroll_to(t, body.h);
	for (int i = 0; i < body.h; i++) {
		const struct table_row *row = table_shown_row(t, t->shown->top + i);
		struct rect line = rect_of(r.x, body.y + i, r.w, 1);
		if (!row)
			break;
		if (row->group)
			draw_group(t, lab, row, c, rect_of(r.x, line.y, MIN(r.w, l.right + 1 - r.x), 1));
		else
			draw_row(t, lab, &l, row, c, line);
		if (t->shown->top + i == t->cursor) {
			if (!table_marked(t, row->ref))
				canvas_glyph(c, r.x, line.y, ROLE_FOCUS, G_CURSOR);
			canvas_select(c, line);
			canvas_cursor(c, r.x, line.y, false);
		}
	}
}
