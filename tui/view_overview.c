/* view_overview.c - the whole lab on one page: one row a GPU, joined; the one picture that explains it; and the
 * sentences a good colleague would say. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_list.h"
#include "tui/gpu_words.h"
#include "tui/plot.h"
#include "tui/severity.h"
#include "tui/source_words.h"
#include "tui/welcome.h"

#include <string.h>

static const struct table_column columns[] = {
	{"GPU", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_gpu},
	{"VM", {.min = 8, .ideal = 10, .priority = 1}, ALIGN_LEFT, cell_vm},
	{"IN GUEST", {.min = 8, .ideal = 8, .priority = 9}, ALIGN_LEFT, cell_guest_gpu},
	{"JUNC", {.min = 5, .ideal = 5, .priority = 0}, ALIGN_RIGHT, cell_junction},
	{"HBM", {.min = 5, .ideal = 5, .priority = 2}, ALIGN_RIGHT, cell_mem_temp},
	{"SCLK", {.min = 6, .ideal = 6, .priority = 7}, ALIGN_RIGHT, cell_sclk},
	{"POWER", {.min = 6, .ideal = 6, .priority = 3}, ALIGN_RIGHT, cell_power},
	{"VRAM", {.min = 12, .ideal = 13, .priority = 1}, ALIGN_LEFT, cell_vram},
	{"BUSY", {.min = 5, .ideal = 5, .priority = 4}, ALIGN_RIGHT, cell_busy},
	{"SLOWED", {.min = 8, .ideal = 9, .priority = 8}, ALIGN_LEFT, cell_throttle},
	{"FAN", {.min = 10, .ideal = 10, .priority = 10}, ALIGN_RIGHT, cell_fan},
	{"MODEL", {.min = 11, .ideal = 30, .priority = 0, .grows = true}, ALIGN_LEFT, cell_model},
	{"TOK/S", {.min = 5, .ideal = 6, .priority = 2}, ALIGN_RIGHT, cell_tokens},
	{"OWNER", {.min = 8, .ideal = 12, .priority = 11}, ALIGN_LEFT, cell_owner},
};

static void overview_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	gpu_list_enter(v, columns, G_N_ELEMENTS(columns), "No GPU has these words.", subject);
}

/* ---- the picture --------------------------------------------------------------------------------------------- */

#define PLOT_SPAN_MS (10 * 60 * 1000)
#define PLOT_SERIES  8
#define PLOT_SAMPLES 512

struct heat {
	float values[PLOT_SERIES][PLOT_SAMPLES];
	char labels[PLOT_SERIES][24];
	struct plot_series series[PLOT_SERIES];
	int n;
	double limit; /* the lowest junction limit among them; NAN none known */
};

/* The temperature that the row's JUNC cell shows, as a ring. */
static const struct ring *heat_ring(const struct lab_row *r)
{
	bool junction = lab_row_metric(r, M_TEMP_JUNCTION_C, NULL).state != NUM_UNKNOWN;
	return &r->gpu->hist[junction ? HIST_JUNCTION : HIST_EDGE];
}

static int hotter_first(const void *a, const void *b)
{
	const struct lab_row *x = *(const struct lab_row *const *)a, *y = *(const struct lab_row *const *)b;
	double p = ring_newest(heat_ring(x)), q = ring_newest(heat_ring(y));
	return (p < q) - (p > q);
}

static void heat_add(struct heat *h, const struct lab *lab, const struct lab_row *r, int samples)
{
	char buf[FORMAT_SIZE];
	const struct ring *ring = heat_ring(r);
	struct num limit = r->gpu->row->limit[LIM_TEMP_JUNCTION_CRIT_C];
	double newest = ring_newest(ring);
	int64_t cell_ns = (int64_t)PLOT_SPAN_MS * 2000000 / MAX(samples - 1, 1);

	/* whole cells only: the picture moves when one is full, not with every sample */
	ring_sample(ring, lab->now_ns - lab->now_ns % cell_ns, PLOT_SPAN_MS, h->values[h->n], samples);
	g_snprintf(h->labels[h->n], sizeof h->labels[h->n], "%-7s %3s", row_address(r),
		   format_num(buf, isnan(newest) ? num_none(NUM_UNKNOWN) : num_of(newest), 0, "", false));
	enum role hot = temp_role(isnan(newest) ? num_none(NUM_UNKNOWN) : num_of(newest), limit);
	h->series[h->n] = (struct plot_series){
		.values = h->values[h->n],
		.n = samples,
		.role = r->gpu->stale      ? ROLE_STALE
			: hot == ROLE_TEXT ? ROLE_BAR
					   : hot,
		.label = h->labels[h->n],
	};
	if (num_known(limit) && !(limit.v >= h->limit))
		h->limit = limit.v;
	h->n++;
}

/* The hottest cards; drawn last is drawn on top, so the hottest comes last. */
static void heat_collect(struct heat *h, const struct lab *lab, int samples)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->gpu && !r->parent && !isnan(ring_newest(heat_ring(r))))
			g_ptr_array_add(rows, (void *)r);
	}
	g_ptr_array_sort(rows, hotter_first);
	h->limit = NAN;
	for (guint i = MIN(rows->len, PLOT_SERIES); i > 0; i--)
		heat_add(h, lab, rows->pdata[i - 1], samples);
}

static void draw_heat(const struct lab *lab, struct canvas *c, struct rect r)
{
	static const struct plot_tick ticks[] = {{0, "-10m"}, {0.5, "-5m"}, {1, "now"}};
	struct heat h = {.n = 0};
	struct plot_line lines[2];
	struct plot p = {.series = h.series,
			 .lines = lines,
			 .ticks = ticks,
			 .n_ticks = 3,
			 .label_width = 12,
			 .cursor = -1};

	draw_rule(c, r.x, r.y, r.w, "junction °C, last 10 min");
	rect_cut_top(&r, 1);
	rect_cut_left(&r, 1);
	int samples = CLAMP(2 * plot_data_width(r, &p), 2, PLOT_SAMPLES);
	heat_collect(&h, lab, samples);
	p.n_series = h.n;
	if (!isnan(h.limit))
		lines[p.n_lines++] = (struct plot_line){h.limit, ROLE_CRIT, "limit"};
	lines[p.n_lines++] = (struct plot_line){TEMP_WARN_C, ROLE_WARN, NULL};
	plot_draw(c, r, &p);
}

/* ---- the sentences ------------------------------------------------------------------------------------------- */

static void draw_findings(const struct lab *lab, struct canvas *c, struct rect r)
{
	for (guint i = 0; i < lab->findings->len && (int)i < r.h; i++) {
		const struct finding *f = lab->findings->pdata[i];
		int y = r.y + (int)i;
		struct severity_look look = severity_look(f->severity, f->unknown);
		canvas_glyph(c, r.x + 1, y, look.role, look.mark);
		draw_text(c, r.x + 3, y, 16, ALIGN_LEFT, ROLE_TEXT, f->subject_text);
		int x = r.x + 20 + canvas_text(c, r.x + 20, y, r.w - 21, ROLE_TEXT, f->text);
		if (f->evidence && *f->evidence && x + 12 < r.x + r.w)
			draw_text(c, x + 2, y, r.x + r.w - x - 3, ALIGN_LEFT, ROLE_DIM, f->evidence);
	}
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
	int most = r.h >= 30 ? 6 : r.h >= 16 ? 3 : 0;
	int sentences = MIN((int)lab->findings->len + source_count_down(lab), most);
	int rest = r.h - wanted - sentences;
	bool anything_hot = false;
	for (guint i = 0; i < lab->rows->len && !anything_hot; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		anything_hot = row->gpu && !isnan(ring_newest(heat_ring(row)));
	}
	int picture = anything_hot && rest >= 5 ? MIN(rest, 24) : 0;
	struct rect below = r;
	struct rect table = rect_cut_top(&below, picture ? wanted : MAX(r.h - sentences, 1));
	table_draw(&o->table, lab, c, table);
	if (picture)
		draw_heat(lab, c, rect_cut_top(&below, picture));
	rect_cut_top(&below, source_draw_down(lab, c, below));
	draw_findings(lab, c, below);
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
