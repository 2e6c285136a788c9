/* view_gpus.c - every GPU of the lab in one table, with more columns than the overview has room for. */
#include "config.h"

#include "tui/views.h"

#include "tui/gpu_cells.h"
#include "tui/gpu_list.h"

static const struct table_column columns[] = {
	{"GPU", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_gpu},
	{"VM", {.min = 8, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_vm},
	{"IN GUEST", {.min = 8, .ideal = 8, .priority = 5}, ALIGN_LEFT, cell_guest_gpu},
	{"MATCH", {.min = 5, .ideal = 5, .priority = 6}, ALIGN_LEFT, cell_match},
	{"JUNC", {.min = 5, .ideal = 5, .priority = 0}, ALIGN_RIGHT, cell_junction},
	{"HBM", {.min = 5, .ideal = 5, .priority = 1}, ALIGN_RIGHT, cell_mem_temp},
	{"EDGE", {.min = 5, .ideal = 5, .priority = 4}, ALIGN_RIGHT, cell_edge},
	{"SCLK", {.min = 6, .ideal = 6, .priority = 2}, ALIGN_RIGHT, cell_sclk},
	{"MCLK", {.min = 6, .ideal = 6, .priority = 7}, ALIGN_RIGHT, cell_mclk},
	{"POWER", {.min = 6, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_power},
	{"BUSY", {.min = 5, .ideal = 5, .priority = 1}, ALIGN_RIGHT, cell_busy},
	{"MEM", {.min = 5, .ideal = 5, .priority = 8}, ALIGN_RIGHT, cell_mem_busy},
	{"VRAM", {.min = 11, .ideal = 12, .priority = 1}, ALIGN_LEFT, cell_vram},
	{"SLOWED", {.min = 8, .ideal = 9, .priority = 3}, ALIGN_LEFT, cell_throttle},
	{"FAN", {.min = 10, .ideal = 10, .priority = 9}, ALIGN_RIGHT, cell_fan},
	{"LINK", {.min = 9, .ideal = 9, .priority = 10}, ALIGN_LEFT, cell_link},
	{"MODEL", {.min = 12, .ideal = 28, .priority = 11, .grows = true}, ALIGN_LEFT, cell_model},
};

static void gpus_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	gpu_list_enter(v, columns, G_N_ELEMENTS(columns),
		       "No GPU is known yet: neither a host with one nor a guest that tells of one.",
		       subject);
}

static void gpus_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	table_draw(&((const struct gpu_list *)v)->table, lab, c, r);
}

const struct view_ops view_gpus = {
	.name = "gpus",
	.help = "Every GPU with all its columns.",
	.title = "GPUs",
	.number = 2,
	.size = sizeof(struct gpu_list),
	.commands = gpu_list_commands,
	.enter = gpus_enter,
	.update = gpu_list_update,
	.draw = gpus_draw,
	.table = gpu_list_table,
	.leave = gpu_list_leave,
};
