/* view_gpu.c - one GPU: plots of the last minutes, why it is slow, what runs on it, its link and health. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_facts.h"
#include "tui/gpu_panels.h"
#include "tui/gpu_words.h"
#include "tui/guest_facts.h"

#include <string.h>

#define WIDE 100 /* from here on two panels stand side by side */

static const int spans_min[] = {2, 5, 10, 20};

struct gpu_view {
	struct view base;
	int span;      /* index of spans_min */
	int cursor;    /* steps of 1/60 from the right edge; -1 none */
	bool readings; /* the page of everything that is measured, in place of the plots */
};

static void gpu_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->cursor = -1;
	if (v->entered == 0) /* how one looks at a card is kept for the next one */
		g->span = 2;
}

/* The row of the subject, which may be a row, or a GPU by its id. Without one: the first with telemetry. */
static const struct lab_row *subject_row(const struct view *v, const struct lab *lab)
{
	const struct lab_row *found = v->has_subject ? lab_find_row(lab, &v->subject) : NULL;
	for (guint i = 0; !found && i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->gpu && (!v->has_subject || ref_equal(&r->gpu->ref, &v->subject)))
			found = r;
	}
	return found;
}

/* ---- the page of plots -------------------------------------------------------------------------------------------- */

static void draw_pair(const struct lab_row *row, const struct lab *lab, const struct panel_view *pv,
		      struct canvas *c, struct rect r, enum gpu_panel left, enum gpu_panel right)
{
	struct rect half = draw_split(c, &r);
	panel_draw(left, row, lab, pv, c, r);
	panel_draw(right, row, lab, pv, c, half);
}

static void draw_panels(const struct lab_row *row, const struct lab *lab, const struct panel_view *pv,
			struct canvas *c, struct rect r)
{
	if (r.w >= WIDE) {
		struct rect top = rect_cut_top(&r, (r.h + 1) / 2);
		draw_pair(row, lab, pv, c, top, PANEL_TEMP, PANEL_POWER);
		int left = r.w - r.w / 2;
		draw_rule(c, r.x, r.y, left, NULL);
		canvas_glyph(c, r.x + left, r.y, ROLE_BORDER, G_CROSSING);
		draw_rule(c, r.x + left + 1, r.y, r.w - left - 1, NULL);
		rect_cut_top(&r, 1);
		draw_pair(row, lab, pv, c, r, PANEL_VRAM, PANEL_BUSY);
		return;
	}
	/* heat before all: on the smallest screen it has all rows there are */
	struct part_want want[PANEL_COUNT] = {{MIN(5, r.h), 2}, {4, 1}, {4, 1}, {4, 1}};
	int height[PANEL_COUNT], last = 0;
	layout_parts(want, PANEL_COUNT, r.h, height);
	for (int i = 0; i < PANEL_COUNT; i++)
		last = height[i] >= 3 ? i : last;
	for (int i = 0; i <= last; i++) {
		struct panel_view one = *pv;
		one.with_busy = i == last && last < PANEL_BUSY;
		panel_draw((enum gpu_panel)i, row, lab, &one, c, rect_cut_top(&r, height[i]));
	}
}

/* Below the plots: findings, then processes beside (or above) link and health. */
static void draw_page(const struct gpu_view *g, const struct lab_row *row, const struct lab *lab,
		      struct canvas *c, struct rect r)
{
	struct panel_view pv = {.span_ms = spans_min[g->span] * 60000, .cursor = -1};
	if (g->cursor >= 0)
		pv.cursor = 1 - g->cursor / 60.0;
	facts_identity(row, lab, c, rect_cut_top(&r, 2));
	int facts = r.w >= WIDE ? 8 : r.h >= 30 ? 12 : r.h >= 17 ? 4 : 0;
	int findings = MIN(facts_findings_rows(row, lab), r.h >= 26 ? 4 : 2);
	if (r.h - facts - findings < 8)
		facts = MAX(0, r.h - findings - 8);
	struct rect bottom = rect_cut_bottom(&r, facts);
	struct rect next = rect_cut_bottom(&r, 1);
	struct rect wrong = rect_cut_bottom(&r, findings);
	rect_cut_top(&r, r.h > 20 ? 1 : 0);
	draw_panels(row, lab, &pv, c, r);
	facts_findings(row, lab, c, wrong);
	facts_trend(row, lab, c, next);
	if (facts < 3)
		return;
	draw_rule(c, bottom.x, bottom.y, bottom.w, NULL);
	rect_cut_top(&bottom, 1);
	if (r.w < WIDE) {
		struct rect processes = rect_cut_top(&bottom, MIN(bottom.h, 5));
		facts_processes(row, lab, c, processes);
		if (bottom.h > 2)
			facts_health(row, lab, c, bottom);
		return;
	}
	struct rect health = draw_split(c, &bottom);
	facts_processes(row, lab, c, bottom);
	facts_health(row, lab, c, health);
}

/* ---- the page of readings ------------------------------------------------------------------------------------------ */

static void draw_reading(const struct lab_row *row, int metric, struct canvas *c, struct rect r)
{
	char buf[FORMAT_SIZE], unit[8];
	const struct metric_info *info = &metric_info[metric];
	struct num n = lab_row_metric(row, metric, NULL);
	bool bytes = strcmp(info->unit, "B") == 0;
	g_snprintf(unit, sizeof unit, "%s%s", *info->unit && *info->unit != '%' ? " " : "", info->unit);
	draw_text(c, r.x + 1, r.y, 15, ALIGN_LEFT, ROLE_DIM, info->label);
	draw_text(c, r.x + 16, r.y, 10, ALIGN_RIGHT, format_num_role(n, row->gpu->stale, ROLE_TEXT),
		  bytes ? format_bytes(buf, n) : format_num(buf, n, info->decimals, unit, row->gpu->stale));
	draw_text(c, r.x + 28, r.y, r.w - 29, ALIGN_LEFT, ROLE_DIM, row->gpu->row->origin[metric]);
}

/* Everything that is measured, and by whom, in as many columns of 40 as there is room. */
static void draw_readings(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	facts_identity(row, lab, c, rect_cut_top(&r, 2));
	rect_cut_top(&r, 1);
	int columns = MAX(r.w / 40, 1), rows = (M_COUNT + columns - 1) / columns;
	for (int m = 0; m < M_COUNT; m++) {
		int y = r.y + m % rows;
		if (y < r.y + r.h)
			draw_reading(row, m, c,
				     rect_of(r.x + (m / rows) * (r.w / columns), y, r.w / columns, 1));
	}
	rect_cut_top(&r, MIN(rows + 1, r.h));
	r = facts_commands(row, c, r);
	guest_draw_mounts(row->guest, c, r);
}

static void gpu_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct gpu_view *g = (const struct gpu_view *)v;
	const struct lab_row *row = subject_row(v, lab);
	if (!row)
		canvas_text(c, r.x + 1, r.y + 1, -1, ROLE_DIM, "This GPU is not there any more.");
	else if (!row->gpu)
		facts_without_gpu(row, lab, c, r);
	else if (g->readings)
		draw_readings(row, lab, c, r);
	else
		draw_page(g, row, lab, c, r);
}

static bool gpu_selected(const struct view *v, const struct lab *lab, struct ref *out)
{
	const struct lab_row *row = subject_row(v, lab);
	if (row)
		*out = row->ref;
	return row != NULL;
}

static void gpu_crumb(const struct view *v, const struct lab *lab, char *out, size_t size)
{
	const struct lab_row *row = subject_row(v, lab);
	if (!row)
		return;
	g_autoptr(GString) line = g_string_new(row->host ? row->host->shown : "");
	format_part(line, " ", "%s", row_address(row));
	if (row->vm)
		g_string_append_printf(line, " → %s", row->vm->shown);
	if (row->gpu && row->device && row->vm)
		g_string_append_printf(line, " %s", format_bdf(row->gpu->row->bdf));
	g_strlcpy(out, line->str, size);
}

/* ---- commands -------------------------------------------------------------------------------------------------------- */

static void run_zoom_in(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->span = MAX(g->span - 1, 0);
}

static void run_zoom_out(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->span = MIN(g->span + 1, (int)G_N_ELEMENTS(spans_min) - 1);
}

static void run_readings(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->readings = !g->readings;
}

/* The next or previous row with telemetry, so that cards can be compared without going back. */
static void step(struct view *v, const struct lab *lab, int by, struct intent *out)
{
	const struct lab_row *now = subject_row(v, lab);
	guint at = 0;
	if (!now || !g_ptr_array_find(lab->rows, now, &at))
		return;
	for (int i = (int)at + by; i >= 0 && i < (int)lab->rows->len; i += by) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->gpu) {
			intent_turn(out, &r->ref);
			return;
		}
	}
	intent_say(out, SAY_INFO, by > 0 ? "this is the last GPU" : "this is the first GPU");
}

static void run_next(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	step(v, lab, 1, out);
}

static void run_previous(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	step(v, lab, -1, out);
}

static void run_vm(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct lab_row *row = subject_row(v, lab);
	if (row && row->vm)
		intent_go(out, "vms", &row->vm->ref);
	else
		intent_say(out, SAY_INFO, "no VM is known for this GPU");
}

static void run_engine(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct lab_row *row = subject_row(v, lab);
	if (row && row->engine)
		intent_go(out, "engines", &row->engine->ref);
	else
		intent_say(out, SAY_INFO, "no engine is known to use this GPU");
}

static void run_earlier(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->cursor = MIN(g->cursor + 1, 60);
}

static void run_later(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_view *g = (struct gpu_view *)v;
	g->cursor = MAX(g->cursor - 1, -1);
}

static const struct command commands[] = {
	{"zoom-in", "+ =", "zoom", "Shorter plots: 20, 10, 5, 2 minutes.", DANGER_NONE, THING_NONE, NULL,
	 run_zoom_in},
	{"zoom-out", "-", "", "Longer plots: 2, 5, 10, 20 minutes.", DANGER_NONE, THING_NONE, NULL,
	 run_zoom_out},
	{"readings", "i", "all values", "All that is measured, and by whom; again: plots.", DANGER_NONE,
	 THING_NONE, NULL, run_readings},
	{"earlier", "left h", "cursor", "The cursor over the plots: to earlier values.", DANGER_NONE,
	 THING_NONE, NULL, run_earlier, .moves = true},
	{"later", "right l", "", "To later values; past the last: no cursor.", DANGER_NONE, THING_NONE, NULL,
	 run_later, .moves = true},
	{"next-gpu", "n j down", "next", "The next GPU.", DANGER_NONE, THING_NONE, NULL, run_next,
	 .moves = true},
	{"previous-gpu", "N k up", "", "The GPU before.", DANGER_NONE, THING_NONE, NULL, run_previous,
	 .moves = true},
	{"vm", "v", "VM", "The VM that owns this GPU.", DANGER_NONE, THING_ROW, NULL, run_vm},
	{"engine", "e", "engine", "The engine that fills this GPU.", DANGER_NONE, THING_ROW, NULL,
	 run_engine},
	{NULL},
};

const struct view_ops view_gpu = {
	.name = "gpu",
	.number = 0,
	.size = sizeof(struct gpu_view),
	.commands = commands,
	.enter = gpu_enter,
	.draw = gpu_draw,
	.selected = gpu_selected,
	.crumb = gpu_crumb,
};
