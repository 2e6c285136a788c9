/* table_cell.h - what cells of tables show, in the forms that most of them have. What is not known is "-", dim. */
#ifndef TUI_TABLE_CELL_H
#define TUI_TABLE_CELL_H

#include "tui/table.h"

/* A text; "-" for NULL or "". */
void table_cell_text(struct table_cell *out, enum role role, const char *text);

/* A number with its unit, as format_num() writes it; sorted by its value. */
void table_cell_num(struct table_cell *out, struct num n, int decimals, const char *unit, bool stale);

/* The same with a text of its own. */
void table_cell_value(struct table_cell *out, struct num n, bool stale, const char *text);

#endif
