/* view_gpus.c - every GPU of the lab in one table, with more columns than the overview has room for. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_words.h"
#include "tui/gpu_facts.h"
#include "tui/gpu_list.h"
#include "tui/gpu_panels.h"
#include "tui/welcome.h"

static const struct table_column columns[] = {
	{"GPU", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_gpu},
	{"VM", {.min = 8, .ideal = 12, .priority = 1, .fits = true, .most = 24}, ALIGN_LEFT, cell_vm},
	{"IN GUEST", {.min = 8, .ideal = 8, .priority = 5}, ALIGN_LEFT, cell_guest_gpu},
	{"MATCH", {.min = 5, .ideal = 5, .priority = 6}, ALIGN_LEFT, cell_match},
	{"TEMP", {.min = 5, .ideal = 5, .priority = 0}, ALIGN_RIGHT, cell_junction},
	{"HBM", {.min = 5, .ideal = 5, .priority = 2}, ALIGN_RIGHT, cell_mem_temp},
	{"EDGE", {.min = 5, .ideal = 5, .priority = 4}, ALIGN_RIGHT, cell_edge},
	{"SCLK", {.min = 6, .ideal = 6, .priority = 2}, ALIGN_RIGHT, cell_sclk},
	{"MCLK", {.min = 6, .ideal = 6, .priority = 7}, ALIGN_RIGHT, cell_mclk},
	{"POWER", {.min = 6, .ideal = 6, .priority = 2}, ALIGN_RIGHT, cell_power},
	{"BUSY", {.min = 5, .ideal = 5, .priority = 1}, ALIGN_RIGHT, cell_busy},
	{"MEM", {.min = 5, .ideal = 5, .priority = 8}, ALIGN_RIGHT, cell_mem_busy},
	{"VRAM", {.min = 8, .good = 12, .ideal = 13, .priority = 1}, ALIGN_RIGHT, cell_vram},
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

#define PANE_MIN  7  /* rows below a short list from which on the card under the cursor is drawn */
#define PLOT_MOST 14 /* higher it tells no more */
#define WIDE      100

/* Heat of the card under the cursor, its power beside it, and what is wrong with it. */
static void draw_pane(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	static const struct panel_view view = {.span_ms = 10 * 60 * 1000, .cursor = -1};
	g_autofree char *title =
		g_strdup_printf("%s%s%s%s%s", row->host ? row->host->shown : "", row->host ? " " : "",
				row_address(row), row->vm ? " → " : "", row->vm ? row->vm->shown : "");
	draw_rule(c, r.x, r.y, r.w, title);
	rect_cut_top(&r, 1);
	int wrong = MIN(facts_findings_rows(row, lab), MAX(r.h - 5, 0));
	if (row->gpu) {
		struct rect plots = rect_cut_top(&r, MIN(r.h - wrong, PLOT_MOST));
		if (r.w >= WIDE)
			panel_draw(PANEL_POWER, row, lab, &view, c, draw_split(c, &plots));
		panel_draw(PANEL_TEMP, row, lab, &view, c, plots);
	} else if (row->device) {
		facts_device(row, lab, c, rect_cut_top(&r, MIN(DEVICE_ROWS, r.h)));
	}
	facts_findings(row, lab, c, r);
}

static void gpus_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct gpu_list *list = (const struct gpu_list *)v;
	const struct table_row *current = table_current(&list->table);
	if (!list->table.rows->len &&
	    empty_draw(lab, 1u << TARGET_VSPHERE | 1u << TARGET_GUEST, "No GPU is known yet", c, r))
		return;
	int wanted = table_lines(&list->table) + 1;
	bool room = current && r.h - wanted >= PANE_MIN;
	table_draw(&list->table, lab, c, rect_cut_top(&r, room ? wanted : r.h));
	if (room)
		draw_pane(current->item, lab, c, r);
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
