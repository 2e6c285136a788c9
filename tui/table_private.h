/* table_private.h - what table.c, table_order.c and table_draw.c share. */
#ifndef TUI_TABLE_PRIVATE_H
#define TUI_TABLE_PRIVATE_H

#include "tui/table.h"

/* What the last draw showed. Drawing is const but for this: where a click falls and how far a page is. */
struct table_shown {
	int top, height;
	uint32_t columns; /* a bit for each that had room; 0 before the first draw */
	struct rect body;
};

/* What the filter found the last time: when a letter is added and nothing else has changed, only that can still match. */
struct table_found {
	char filter[128];
	uint64_t version; /* of the lab */
	gsize told;       /* of the table */
	GByteArray *rows; /* by index: whether the row and what hangs below it passed */
};

/* Fills order from rows: filtered, sorted. */
void table_reorder(struct table *t, const struct lab *lab);

const struct table_row *table_shown_row(const struct table *t, int index);
bool table_selectable(const struct table_row *row);
void table_cell_of(const struct table *t, const struct lab *lab, const struct table_row *row, int column,
		   struct table_cell *out);

#endif
