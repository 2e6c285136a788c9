/* view_overview.c - the whole lab on one page: one row a GPU, joined; the one picture that explains it; and the
 * sentences a good colleague would say. */
#include "config.h"

#include "tui/views.h"

#include "tui/finding_line.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_list.h"
#include "tui/heat_plot.h"
#include "tui/source_words.h"
#include "tui/welcome.h"

static const struct table_column columns[] = {
	{"GPU", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_gpu},
	{"VM", {.min = 8, .ideal = 10, .priority = 1, .fits = true, .most = 24}, ALIGN_LEFT, cell_vm},
	{"IN GUEST", {.min = 8, .ideal = 8, .priority = 9}, ALIGN_LEFT, cell_guest_gpu},
	{"TEMP", {.min = 5, .ideal = 5, .priority = 0}, ALIGN_RIGHT, cell_junction},
	{"HBM", {.min = 5, .ideal = 5, .priority = 3}, ALIGN_RIGHT, cell_mem_temp},
	{"SCLK", {.min = 6, .ideal = 6, .priority = 7}, ALIGN_RIGHT, cell_sclk},
	{"POWER", {.min = 6, .ideal = 6, .priority = 4}, ALIGN_RIGHT, cell_power},
	{"VRAM", {.min = 8, .good = 12, .ideal = 13, .priority = 1}, ALIGN_RIGHT, cell_vram},
	{"BUSY", {.min = 5, .ideal = 5, .priority = 1}, ALIGN_RIGHT, cell_busy},
	{"SLOWED", {.min = 8, .ideal = 9, .priority = 8}, ALIGN_LEFT, cell_throttle},
	{"FAN", {.min = 10, .ideal = 10, .priority = 10}, ALIGN_RIGHT, cell_fan},
	{"MODEL",
	 {.min = 9, .good = 11, .ideal = 30, .priority = 2, .grows = true, .most = 48},
	 ALIGN_LEFT,
	 cell_model},
	{"TOK/S", {.min = 5, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_tokens},
	{"OWNER", {.min = 8, .ideal = 12, .priority = 11}, ALIGN_LEFT, cell_owner},
};

static void overview_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	gpu_list_enter(v, columns, G_N_ELEMENTS(columns), "No GPU has these words.", subject);
}

/* A source that is down has its lines with its whole reason already. */
static GPtrArray *findings_but_down(const struct lab *lab)
{
	GPtrArray *others = g_ptr_array_new();
	for (guint i = 0; i < lab->findings->len; i++) {
		const struct finding *f = lab->findings->pdata[i];
		if (!g_str_equal(f->id, "SOURCE-DOWN"))
			g_ptr_array_add(others, (gpointer)f);
	}
	return others;
}

/* Table, picture, sentences: the table has what it needs up to a half, then the sentences, the picture takes the rest. */
static void overview_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct gpu_list *o = (const struct gpu_list *)v;
	if (!lab->rows->len) {
		welcome_draw(lab, c, r);
		return;
	}
	int wanted = table_lines(&o->table) + 1;
	int most = r.h >= 30 ? 7 : r.h >= 16 ? 3 : CLAMP(r.h - wanted, 0, 3);
	g_autoptr(GPtrArray) others = findings_but_down(lab);
	g_autoptr(GPtrArray) groups = finding_groups(lab, others);
	int found = MIN((int)groups->len, 1), reasons = source_down_rows(lab, r.w);
	int sentences = MIN((int)groups->len + reasons, most);
	if (reasons) /* why a source is down is told whole before there is a picture */
		sentences = MAX(sentences, MIN(reasons + found, r.h - wanted));
	int rest = r.h - wanted - sentences;
	int picture = rest >= HEAT_PLOT_MIN && heat_plot_any(lab, NULL) ? MIN(rest, 24) : 0;
	struct rect below = r;
	struct rect table = rect_cut_top(&below, picture ? wanted : MAX(r.h - sentences, 1));
	table_draw(&o->table, lab, c, table);
	if (picture)
		heat_plot_draw(lab, NULL, c, rect_cut_top(&below, picture));
	rect_cut_top(&below, source_draw_down(lab, c, below, found));
	finding_groups_draw(groups, FINDING_SUBJECT_W, c, below);
}

const struct view_ops view_overview = {
	.name = "overview",
	.help = "The whole lab: one row a GPU, heat, and what is wrong.",
	.title = "Overview",
	.number = 1,
	.size = sizeof(struct gpu_list),
	.commands = gpu_list_commands,
	.enter = overview_enter,
	.update = gpu_list_update,
	.draw = overview_draw,
	.table = gpu_list_table,
	.leave = gpu_list_leave,
};
