/* table.h - the list that most views are: rows keep their place until the user sorts, the cursor stays on the thing.
 *
 * A view tells its columns once and its rows in update():
 *
 *     table_begin(&v->table);
 *     table_group(&v->table, &host->ref, host);          a line of its own above its rows, drawn by .group
 *     table_row(&v->table, &row->ref, row)->mark = G_WARN;
 *     table_end(&v->table, lab);
 *
 * Pointers are borrowed until the next table_begin(); update() comes before every draw. Only visible rows are drawn;
 * cells are asked for as text, so that filter, sort, copy and drawing mean the same thing.
 */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "lab/lab.h"
#include "tui/canvas.h"
#include "tui/draw.h"
#include "tui/keys.h"

#include <math.h>

#define TABLE_CELL_BYTES 128
#define TABLE_MAX_COLS   24

/* What one cell shows. Zeroed before the column's function is called, but for sort and bar, which are NAN. */
struct table_cell {
	char text[TABLE_CELL_BYTES];
	enum role role;
	double sort; /* what to sort by; NAN: by the text. Unknown values go last in both directions: leave sort
			       NAN and text "-" */
	double bar; /* 0..1: a bar of bar_width cells before the text; NAN none */
	int bar_width;
	int bar_text; /* columns that the text beside the bar takes at most; without room for both there is no bar */
	bool name;          /* cut in the middle: set by the table for columns that fit names */
	enum role bar_role; /* ROLE_TEXT (0) means ROLE_BAR */
	bool span;          /* takes the columns to its right too: a sentence in place of values */
};

struct table_row {
	const struct ref *ref; /* who it is; rows without one (NULL) cannot be selected */
	const void *item;      /* the view's own */
	int depth;             /* > 0: belongs to the row above with less; moves with it when sorted */
	bool group;            /* a heading: not selected, not sorted; rows up to the next one are its own */
	int mark;              /* enum glyph for the second column, 0 (G_CURSOR) none */
	enum role mark_role;
	bool stale; /* all plain and value cells in the stale role */
	bool folded; /* listed only when a filter asks for it by its own words; the row that counts it stands for it */
	int counts; /* > 0: this row stands for so many folded ones */
};

struct table_column {
	const char *title;
	struct column_want want;
	enum align align;
	void (*cell)(const struct table_row *row, const struct lab *lab, struct table_cell *out);
	bool ages; /* what stands here was true when its source last spoke: "~" before it in a stale row */
};

struct table {
	const struct table_column *columns;
	int n_columns;
	/* Draws a group's line into one row; NULL: its first cell's text as a title. */
	void (*group)(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r);
	const char *empty; /* said when there is no row: what is missing and what to do */

	GArray *rows;  /* struct table_row, as the view told them */
	gsize told;    /* a sum over their things and order: another one says that they are others */
	GArray *order; /* guint: what is shown, in order, as indices of rows */
	int skip;   /* columns behind the first that are passed over, so that those further right have room */
	int cursor; /* index in order; -1 when nothing can be selected */
	struct ref at; /* the thing under the cursor */
	bool from_top; /* the cursor is on the first row until somebody moves it: the worst, which may come late */
	bool moved;
	int sort; /* column, -1: the view's order */
	bool descending;
	char filter[128];  /* words that must all be there, any case; "!" first: must not */
	GHashTable *marks; /* struct ref * of what space marked */
	struct table_shown
		*shown; /* what the last draw showed: first row, height; for paging and the mouse */
	struct table_found *found; /* what the filter found last */
};

void table_init(struct table *t, const struct table_column *columns, int n_columns);
void table_clear(struct table *t);

void table_begin(struct table *t);
/* The new row, to set mark, depth, stale on; borrowed until the next call. */
struct table_row *table_row(struct table *t, const struct ref *ref, const void *item);
struct table_row *table_group(struct table *t, const struct ref *ref, const void *item);
/* Filters, sorts, and finds the cursor's thing again. */
void table_end(struct table *t, const struct lab *lab);

/* Lets go of all rows, which point into the lab of before; cursor, sort, filter and marks stay. */
void table_forget(struct table *t);

/* Lines that the rows want: groups are lines, folded rows are not, whatever the filter. */
int table_lines(const struct table *t);

/* The row under the cursor, or NULL. */
const struct table_row *table_current(const struct table *t);
/* Puts the cursor on a thing; false when it is not shown. */
bool table_select(struct table *t, const struct ref *ref);

/* Arrows, hjkl's j and k, page keys, g G home end, space marks; left and right go to columns that have no room. True when the key was one of these. */
bool table_key(struct table *t, int key);
/* A click or wheel inside what was drawn last; true when it hit. */
bool table_mouse(struct table *t, const struct key_event *e);

/* Next column that has room to sort by (then back to the view's own order), or the other direction. Applied by the next
 * table_end(). */
void table_sort_next(struct table *t);
void table_sort_reverse(struct table *t);
void table_set_filter(struct table *t, const char *filter);
bool table_marked(const struct table *t, const struct ref *ref);
/* How many of the rows that are shown are marked. */
guint table_marks(const struct table *t);
void table_unmark(struct table *t);
/* What a command works on, const struct table_row *: the marked rows that are shown, in their order, or else the one under
 * the cursor. The caller frees the array. */
GPtrArray *table_chosen(const struct table *t);

/* Where the cursor is, for the end of the hint line: "12/200" when not all rows fit, "3 of 200" when a filter holds, else
 * "". Known after the first draw. */
void table_position(const struct table *t, char *text, size_t size);

/* Header, rows, cursor. */
void table_draw(const struct table *t, const struct lab *lab, struct canvas *c, struct rect r);

/* One cell in `width` columns, its bar before its text; for pages that show cells without a table. */
void table_draw_cell(struct canvas *c, int x, int y, int width, enum align align,
		     const struct table_cell *cell);

/* The row's cells joined by two blanks, for `y`. The caller frees. */
char *table_row_text(const struct table *t, const struct lab *lab, const struct table_row *row);

#endif
