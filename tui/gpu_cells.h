/* gpu_cells.h - the columns that tables of GPUs share: what a joined row (struct lab_row) says in each cell. */
#ifndef TUI_GPU_CELLS_H
#define TUI_GPU_CELLS_H

#include "tui/table.h"

void cell_gpu(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_vm(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_junction(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_mem_temp(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_edge(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_sclk(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_mclk(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_power(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_vram(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_busy(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_mem_busy(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_throttle(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_model(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_tokens(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_fan(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_link(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_guest_gpu(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_match(const struct table_row *row, const struct lab *lab, struct table_cell *out);
void cell_owner(const struct table_row *row, const struct lab *lab, struct table_cell *out);

/* The role of a temperature against the card's limit and the lab's own (warn_c). */
enum role temp_role(const struct lab *lab, struct num temp, struct num limit);

#endif
