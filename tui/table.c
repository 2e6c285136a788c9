/* table.c - rows as the view tells them, cursor and marks, which follow their things. Filter and sort: table_order.c. */
#include "config.h"

#include "tui/table.h"

#include "lab/text.h"
#include "tui/table_private.h"

#include <string.h>

void table_init(struct table *t, const struct table_column *columns, int n_columns)
{
	*t = (struct table){
		.columns = columns, .n_columns = MIN(n_columns, TABLE_MAX_COLS), .cursor = -1, .sort = -1};
	t->rows = g_array_new(FALSE, TRUE, sizeof(struct table_row));
	t->order = g_array_new(FALSE, FALSE, sizeof(guint));
	t->marks = g_hash_table_new_full(ref_hash, ref_same, g_free, NULL);
	t->shown = g_new0(struct table_shown, 1);
	t->found = g_new0(struct table_found, 1);
	t->found->rows = g_byte_array_new();
}

void table_clear(struct table *t)
{
	g_clear_pointer(&t->rows, g_array_unref);
	g_clear_pointer(&t->order, g_array_unref);
	g_clear_pointer(&t->marks, g_hash_table_unref);
	g_clear_pointer(&t->shown, g_free);
	if (t->found)
		g_byte_array_unref(t->found->rows);
	g_clear_pointer(&t->found, g_free);
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

void table_begin(struct table *t)
{
	g_array_set_size(t->rows, 0);
	t->told = 0;
}

struct table_row *table_row(struct table *t, const struct ref *ref, const void *item)
{
	struct table_row row = {.ref = ref, .item = item};
	g_array_append_val(t->rows, row);
	t->told = t->told * 31 + GPOINTER_TO_SIZE(item);
	return &g_array_index(t->rows, struct table_row, t->rows->len - 1);
}

struct table_row *table_group(struct table *t, const struct ref *ref, const void *item)
{
	struct table_row *row = table_row(t, ref, item);
	row->group = true;
	return row;
}

const struct table_row *table_shown_row(const struct table *t, int index)
{
	if (index < 0 || (guint)index >= t->order->len)
		return NULL;
	return &g_array_index(t->rows, struct table_row, g_array_index(t->order, guint, index));
}

bool table_selectable(const struct table_row *row)
{
	return row && row->ref && !row->group;
}

/* Colour alone would lose it in mono. What is not known is not old either. */
static void mark_old(struct table_cell *cell)
{
	char text[sizeof cell->text];
	if (!cell->text[0] || cell->text[0] == '~' || strcmp(cell->text, "-") == 0)
		return;
	g_snprintf(text, sizeof text, "~%s", cell->text);
	text_copy(cell->text, text, sizeof cell->text);
}

void table_cell_of(const struct table *t, const struct lab *lab, const struct table_row *row, int column,
		   struct table_cell *out)
{
	*out = (struct table_cell){.sort = NAN, .bar = NAN};
	t->columns[column].cell(row, lab, out);
	text_mend(out->text); /* cut by bytes; what folds and measures it reads whole characters */
	if (row->stale && t->columns[column].ages)
		mark_old(out);
}

char *table_row_text(const struct table *t, const struct lab *lab, const struct table_row *row)
{
	GString *text = g_string_new(NULL);
	for (int i = 0; i < t->n_columns; i++) {
		struct table_cell cell;
		table_cell_of(t, lab, row, i, &cell);
		if (text->len > 0 && cell.text[0])
			g_string_append(text, "  ");
		g_string_append(text, cell.text);
		if (cell.span)
			break;
	}
	return g_string_free(text, FALSE);
}

/* ---- filter ------------------------------------------------------------------------------------------------- */

void table_set_filter(struct table *t, const char *filter)
{
	text_copy(t->filter, filter ? filter : "", sizeof t->filter);
}

/* ---- cursor ------------------------------------------------------------------------------------------------- */

/* The nearest row that can be selected, from `index` on in direction `way`, then the other way; -1 when none can. */
static int nearest(const struct table *t, int index, int way)
{
	int n = (int)t->order->len;
	index = CLAMP(index, 0, MAX(n - 1, 0));
	for (int i = index; i >= 0 && i < n; i += way)
		if (table_selectable(table_shown_row(t, i)))
			return i;
	for (int i = index; i >= 0 && i < n; i -= way)
		if (table_selectable(table_shown_row(t, i)))
			return i;
	return -1;
}

static void put_cursor(struct table *t, int index)
{
	t->cursor = index;
	const struct table_row *row = table_shown_row(t, index);
	if (row && row->ref)
		t->at = *row->ref;
}

static int find_ref(const struct table *t, const struct ref *ref)
{
	const struct table_row *row = table_shown_row(t, t->cursor);
	if (table_selectable(row) && ref_equal(row->ref, ref)) /* it did not move: nearly always */
		return t->cursor;
	for (guint i = 0; i < t->order->len; i++) {
		row = table_shown_row(t, (int)i);
		if (table_selectable(row) && ref_equal(row->ref, ref))
			return (int)i;
	}
	return -1;
}

void table_end(struct table *t, const struct lab *lab)
{
	table_reorder(t, lab);
	bool top = t->from_top && !t->moved;
	int index = top || t->at.kind == THING_NONE ? -1 : find_ref(t, &t->at);
	put_cursor(t, index >= 0 ? index : nearest(t, top ? 0 : MAX(t->cursor, 0), 1));
}

int table_lines(const struct table *t)
{
	int lines = 0;
	for (guint i = 0; i < t->rows->len; i++)
		lines += !g_array_index(t->rows, struct table_row, i).folded;
	return lines;
}

void table_forget(struct table *t)
{
	g_array_set_size(t->rows, 0);
	g_array_set_size(t->order, 0);
}

const struct table_row *table_current(const struct table *t)
{
	const struct table_row *row = table_shown_row(t, t->cursor);
	return table_selectable(row) ? row : NULL;
}

bool table_select(struct table *t, const struct ref *ref)
{
	int index = find_ref(t, ref);
	t->at = *ref; /* should it come later */
	t->moved = true;
	if (index >= 0)
		t->cursor = index;
	return index >= 0;
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static void move(struct table *t, int by)
{
	t->moved = true;
	int to = CLAMP(t->cursor + by, 0, MAX((int)t->order->len - 1, 0));
	put_cursor(t, nearest(t, to, by < 0 ? -1 : 1));
}

static void toggle_mark(struct table *t)
{
	const struct table_row *row = table_current(t);
	if (!row)
		return;
	if (!g_hash_table_remove(t->marks, row->ref)) {
		struct ref *copy = g_new(struct ref, 1);
		*copy = *row->ref;
		g_hash_table_add(t->marks, copy);
	}
	move(t, 1);
}

bool table_marked(const struct table *t, const struct ref *ref)
{
	return ref && g_hash_table_contains(t->marks, ref);
}

static void add_marked(const struct table *t, GPtrArray *out)
{
	for (guint i = 0; g_hash_table_size(t->marks) > 0 && i < t->order->len; i++) {
		const struct table_row *row = table_shown_row(t, (int)i);
		if (table_selectable(row) && table_marked(t, row->ref))
			g_ptr_array_add(out, (gpointer)row);
	}
}

guint table_marks(const struct table *t)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	add_marked(t, rows);
	return rows->len;
}

void table_unmark(struct table *t)
{
	g_hash_table_remove_all(t->marks);
}

GPtrArray *table_chosen(const struct table *t)
{
	GPtrArray *rows = g_ptr_array_new();
	add_marked(t, rows);
	if (rows->len == 0 && table_current(t))
		g_ptr_array_add(rows, (gpointer)table_current(t));
	return rows;
}

/* Is a column without room, other than those that were passed over? */
static bool lacks_columns(const struct table *t)
{
	for (int i = t->skip + 1; i < t->n_columns; i++)
		if (t->shown->columns && !(t->shown->columns & 1u << i))
			return true;
	return false;
}

bool table_key(struct table *t, int key)
{
	int page = MAX(t->shown->height - 1, 1), all = (int)t->order->len;
	switch (key) {
	case 'j':
	case K_DOWN:
		move(t, 1);
		return true;
	case 'k':
	case K_UP:
		move(t, -1);
		return true;
	case K_PGDN:
		move(t, page);
		return true;
	case K_PGUP:
		move(t, -page);
		return true;
	case 'g':
	case K_HOME:
		move(t, -all);
		return true;
	case 'G':
	case K_END:
		move(t, all);
		return true;
	case K_SPACE:
		toggle_mark(t);
		return true;
	case K_LEFT:
		t->skip = MAX(t->skip - 1, 0);
		return true;
	case K_RIGHT:
		t->skip += lacks_columns(t);
		return true;
	default:
		return false;
	}
}

bool table_mouse(struct table *t, const struct key_event *e)
{
	const struct rect *r = &t->shown->body;
	if (e->x < r->x || e->x >= r->x + r->w || e->y < r->y || e->y >= r->y + r->h)
		return false;
	if (e->mouse == MOUSE_WHEEL_UP)
		move(t, -3);
	else if (e->mouse == MOUSE_WHEEL_DOWN)
		move(t, 3);
	else {
		int index = t->shown->top + e->y - r->y;
		if (!table_selectable(table_shown_row(t, index)))
			return false;
		put_cursor(t, index);
	}
	return true;
}

/* ---- sorting ------------------------------------------------------------------------------------------------ */

void table_sort_next(struct table *t)
{
	/* only by what is to be seen */
	do
		t->sort = t->sort + 1 < t->n_columns ? t->sort + 1 : -1;
	while (t->sort >= 0 && t->shown->columns && !(t->shown->columns & 1u << t->sort));
	/* Numbers are wanted with the largest first, names from a on. */
	t->descending = t->sort >= 0 && t->columns[t->sort].align == ALIGN_RIGHT;
}

void table_sort_reverse(struct table *t)
{
	if (t->sort < 0)
		t->sort = 0;
	else
		t->descending = !t->descending;
}
