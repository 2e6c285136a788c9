/* gpu_cells.h - the columns that tables of GPUs share: what a joined row (struct lab_row) says in each cell. */
#ifndef TUI_GPU_CELLS_H
#define TUI_GPU_CELLS_H

#include "tui/table.h"

#define TEMP_WARN_C 85 /* the lab's own limit for sustained heat, whatever the card allows */

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

/* One line above the GPUs of a host: its fans, the air that goes in, what its cards draw together. */
void draw_host_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* Fills a table with all rows of the lab, grouped by host. The group's item is the first row of its group. Unless spares,
 * the spare functions of a card (lab_row_is_spare()) are folded into one line behind its other parts, which stands for
 * the worst of them. */
void fill_gpu_rows(struct table *t, const struct lab *lab, bool spares);

/* Whether there is a card whose spare functions are folded. */
bool gpu_rows_fold(const struct lab *lab);

/* The role of a temperature against the card's limit and TEMP_WARN_C. */
enum role temp_role(struct num temp, struct num limit);

/* True for a fan that turns much slower than its twins on the same host (sensors of the same unit). */
bool fan_is_slow(const struct lab_host *host, const struct lab_sensor *fan);
bool sensor_is_fan(const struct lab_sensor *s);

/* The host's inlet temperature sensor, or NULL. */
const struct lab_sensor *host_inlet(const struct lab_host *host);

#endif
