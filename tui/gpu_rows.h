/* gpu_rows.h - the joined rows of the lab as rows of a table, grouped by host. */
#ifndef TUI_GPU_ROWS_H
#define TUI_GPU_ROWS_H

#include "tui/table.h"

/* Fills a table with all rows of the lab, grouped by host. The group's item is the first row of its group. Unless spares,
 * the spare functions of a card (lab_row_is_spare()) are folded into one line behind its other parts, which stands for
 * the worst of them. */
void gpu_rows_fill(struct table *t, const struct lab *lab, bool spares);

/* Whether there is a card whose spare functions are folded. */
bool gpu_rows_fold(const struct lab *lab);

/* For .group: a host's name, its fans, the air that goes in, what its cards draw together. */
void gpu_rows_draw_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r);

#endif
