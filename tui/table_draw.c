/* table_draw.c - header, visible rows, cursor and marks of a table. */
#include "config.h"

#include "tui/table.h"

#include "lab/text.h"
#include "tui/table_private.h"

#define MARGIN        2 /* cursor and mark */
#define MEASURED_ROWS 200

struct layout {
	int width[TABLE_MAX_COLS], x[TABLE_MAX_COLS];
	int right; /* first column behind the last one */
};

/* The widest cell among the first rows, whatever is scrolled to: no column moves with the cursor. */
static int widest_cell(const struct table *t, const struct lab *lab, int column)
{
	int widest = text_width(t->columns[column].title);
	for (guint i = 0; i < MIN(t->rows->len, MEASURED_ROWS); i++) {
		const struct table_row *row = &g_array_index(t->rows, struct table_row, i);
		struct table_cell cell;
		if (row->group)
			continue;
		table_cell_of(t, lab, row, column, &cell);
		if (!cell.span)
			widest = MAX(widest, text_width(cell.text));
	}
	return widest;
}

/* A name has the columns that it wants before others come that are given up sooner. */
static void fit_names(const struct table *t, const struct lab *lab, struct column_want *want)
{
	for (int i = 0; i < t->n_columns; i++) {
		if (!want[i].fits)
			continue;
		int widest = widest_cell(t, lab, i), most = MAX(want[i].ideal, want[i].most);
		int ideal = want[i].ideal;
		want[i].ideal = CLAMP(widest, want[i].min, most);
		want[i].min = CLAMP(widest, want[i].min, ideal);
	}
}

static void lay_out(const struct table *t, const struct lab *lab, struct rect r, struct layout *l)
{
	struct column_want want[TABLE_MAX_COLS] = {{0}};
	int n = t->n_columns, skip = CLAMP(t->skip, 0, n - 1), width[TABLE_MAX_COLS];
	for (int i = 0; i < n; i++)
		want[i] = t->columns[i].want;
	fit_names(t, lab, want);
	/* the first column stays: it says what a row is about */
	for (int i = 1; i + skip < n; i++)
		want[i] = want[i + skip];
	layout_columns(want, n - skip, MAX(r.w - MARGIN, 0), width);
	for (int i = 0; i < n; i++)
		l->width[i] = i == 0 ? width[0] : i <= skip ? 0 : width[i - skip];
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

/* Columns without room lie that way. Returns the columns taken at the right end. */
static int draw_hidden(const struct table *t, const struct layout *l, struct canvas *c, struct rect r)
{
	bool left = false, right = false;
	for (int i = 1; i < t->n_columns; i++)
		if (l->width[i] == 0)
			*(i <= t->skip ? &left : &right) = true;
	if (left)
		canvas_glyph(c, r.x, r.y, ROLE_FOCUS, G_LEFT);
	if (!right || l->right >= r.x + r.w)
		return 0;
	canvas_glyph(c, r.x + r.w - 1, r.y, ROLE_FOCUS, G_RIGHT);
	return 1;
}

static void draw_header(const struct table *t, const struct layout *l, struct canvas *c, struct rect r)
{
	int end = r.x + r.w - draw_hidden(t, l, c, r);
	for (int i = 0; i < t->n_columns; i++) {
		const struct table_column *col = &t->columns[i];
		if (l->width[i] == 0)
			continue;
		int width = l->width[i], w = MIN(text_width(col->title), width);
		int x = col->align == ALIGN_RIGHT ? l->x[i] + width : l->x[i] + w;
		if (i == t->sort && x >= end) { /* at the edge the title makes room */
			width -= x - end + 1;
			x = end - 1;
		}
		draw_text(c, l->x[i], r.y, width, col->align, ROLE_TITLE, col->title);
		if (i != t->sort)
			continue;
		canvas_glyph(c, x, r.y, ROLE_FOCUS, t->descending ? G_DOWN : G_UP);
	}
}

void table_draw_cell(struct canvas *c, int x, int y, int width, enum align align,
		     const struct table_cell *cell)
{
	int beside = MAX(cell->bar_text, 1); /* where the bar leaves too little for the text it goes */
	if (!isnan(cell->bar) && cell->bar_width > 0 && cell->bar_width + 1 + beside <= width) {
		draw_bar(c, x, y, cell->bar_width, cell->bar_role ? cell->bar_role : ROLE_BAR, cell->bar);
		x += cell->bar_width + 1;
		width -= cell->bar_width + 1;
	}
	if (cell->name && !cell->span)
		draw_name(c, x, y, width, cell->role, cell->text);
	else
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
		cell.name = t->columns[i].want.fits;
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
	lay_out(t, lab, r, &l);
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
