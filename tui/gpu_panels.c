/* gpu_panels.c - four panels as a table: series, range, and the sentences of readings around them. */
#include "config.h"

#include "tui/gpu_panels.h"

#include "lab/sensor.h"
#include "tui/draw.h"
#include "tui/format.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_words.h"
#include "tui/plot.h"

#define SERIES_MAX  3
#define SAMPLES_MAX 1024
#define GIB         1073741824.0

static struct num limit_of(const struct lab_row *r, int limit)
{
	return r->gpu->row->limit[limit];
}

/* ---- readings: what stands above and below a plot -------------------------------------------------------------- */

struct writer {
	struct canvas *c;
	int x, y, end;
	bool stale;
};

static void say(struct writer *w, enum role role, const char *text)
{
	int width = canvas_text_width(w->c, text);
	if (w->x + width > w->end)
		w->end = MIN(w->end, w->x); /* half a number is worse than none */
	else
		w->x += canvas_text(w->c, w->x, w->y, width, role, text);
}

static void say_value(struct writer *w, struct num n, int decimals, const char *unit, enum role role)
{
	char buf[FORMAT_SIZE];
	say(w, format_num_role(n, w->stale, role), format_num(buf, n, decimals, unit, w->stale));
}

/* Is there room for n columns more? What belongs together is said whole or not at all. */
static bool has_room(struct writer *w, int n)
{
	if (w->x + n > w->end)
		w->end = w->x;
	return w->x < w->end;
}

static const struct {
	int metric, limit;
	const char *name;
} temps[] = {
	{M_TEMP_JUNCTION_C, LIM_TEMP_JUNCTION_CRIT_C, "junction "},
	{M_TEMP_MEM_C, LIM_TEMP_MEM_CRIT_C, "HBM "},
	{M_TEMP_EDGE_C, LIM_TEMP_EDGE_CRIT_C, "edge "},
};

/* The third colour of many themes is amber, and amber says that something is wrong. */
static enum role temp_line(guint i)
{
	return role_series(i < 2 ? i : i + 1);
}

static void say_temp(struct writer *w, const struct lab *lab, const struct lab_row *r, guint i)
{
	char buf[FORMAT_SIZE];
	struct num t = lab_row_metric(r, temps[i].metric, NULL), l = limit_of(r, temps[i].limit);
	if (!has_room(w, 16))
		return;
	say(w, r->gpu->stale ? ROLE_STALE : temp_line(i), temps[i].name); /* the colour of its line */
	say_value(w, t, 0, " °C", temp_role(lab, t, l));
	if (num_known(l) && num_known(t)) {
		say(w, ROLE_DIM, " of ");
		say(w, ROLE_DIM, format_num(buf, l, 0, "", false));
	}
	if (r->gpu->trend.nearest == temps[i].metric)
		say(w, ROLE_DIM, " ◂ nearest");
	say(w, ROLE_TEXT, "   ");
}

/* Of chip and memory what the card tells at all; a card without a junction sensor has the edge here. */
static void temp_above(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	say_temp(w, lab, r, row_heat_metric(r) == M_TEMP_JUNCTION_C ? 0 : 2);
	if (lab_row_metric(r, M_TEMP_MEM_C, NULL).state != NUM_UNKNOWN)
		say_temp(w, lab, r, 1);
}

static void temp_below(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	char buf[FORMAT_SIZE];
	if (row_heat_metric(r) == M_TEMP_JUNCTION_C) /* else the edge stands above */
		say_temp(w, lab, r, 2);
	const struct lab_sensor *air = r->host ? host_inlet(r->host) : NULL;
	if (air) {
		say(w, ROLE_TEXT, "air ");
		say_value(w, air->value, 0, " °C", ROLE_TEXT);
		say(w, ROLE_TEXT, "   ");
	}
	if (num_known(r->gpu->slowed_ms_hour) && r->gpu->slowed_ms_hour.v > 0 && has_room(w, 20)) {
		say(w, ROLE_WARN, "slowed ");
		say(w, ROLE_WARN, format_duration(buf, (int64_t)r->gpu->slowed_ms_hour.v));
		say(w, ROLE_WARN, " of 60");
	}
}

static void power_above(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	char buf[FORMAT_SIZE];
	struct num cap = lab_row_metric(r, M_POWER_CAP_W, NULL);
	say(w, ROLE_TEXT, "power ");
	say_value(w, lab_row_metric(r, M_POWER_W, NULL), 0, " W", ROLE_TEXT);
	if (num_known(cap)) {
		say(w, ROLE_DIM, " of ");
		say(w, ROLE_DIM, format_num(buf, cap, 0, " W", false));
	}
}

static void power_below(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	char buf[FORMAT_SIZE];
	struct num max = limit_of(r, LIM_SCLK_MAX_MHZ), mv = lab_row_metric(r, M_VOLTAGE_MV, NULL);
	say(w, ROLE_TEXT, "sclk ");
	say_value(w, lab_row_metric(r, M_SCLK_MHZ, NULL), 0, "", ROLE_TEXT);
	if (num_known(max)) {
		say(w, ROLE_DIM, " of ");
		say(w, ROLE_DIM, format_num(buf, max, 0, "", false));
	}
	say(w, ROLE_DIM, " MHz");
	if (!has_room(w, 14))
		return;
	say(w, ROLE_TEXT, "   mclk ");
	say_value(w, lab_row_metric(r, M_MCLK_MHZ, NULL), 0, "", ROLE_TEXT);
	if (num_known(mv) && has_room(w, 16)) {
		say(w, ROLE_TEXT, "   vddgfx ");
		say_value(w, num_of(mv.v / 1000), 2, " V", ROLE_TEXT);
	}
}

static void vram_above(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	char buf[FORMAT_SIZE];
	struct num used = lab_row_metric(r, M_VRAM_USED_BYTES, NULL),
		   gtt = lab_row_metric(r, M_GTT_USED_BYTES, NULL);
	say(w, ROLE_TEXT, w->stale && num_known(used) ? "VRAM ~" : "VRAM ");
	say(w, format_num_role(used, w->stale, ROLE_TEXT), format_gib(buf, used, 1));
	say(w, ROLE_DIM, " of ");
	say(w, ROLE_DIM, format_gib(buf, lab_row_metric(r, M_VRAM_TOTAL_BYTES, NULL), 1));
	say(w, ROLE_DIM, " GiB");
	if (num_known(gtt) && has_room(w, 24)) {
		say(w, ROLE_TEXT, "   spilled to host ");
		say(w, ROLE_TEXT, format_bytes(buf, gtt));
	}
}

static void busy_above(struct writer *w, const struct lab_row *r, const struct lab *lab)
{
	say(w, ROLE_TEXT, "busy ");
	say_value(w, lab_row_metric(r, M_BUSY_PCT, NULL), 0, " %", ROLE_TEXT);
	if (!has_room(w, 16))
		return;
	say(w, ROLE_TEXT, "   memory ");
	say_value(w, lab_row_metric(r, M_MEM_BUSY_PCT, NULL), 0, " %", ROLE_TEXT);
}

/* ---- ranges ----------------------------------------------------------------------------------------------------- */

static double temp_top(const struct lab_row *r)
{
	struct num l = limit_of(r, LIM_TEMP_JUNCTION_CRIT_C);
	return num_known(l) ? l.v : 100;
}

static double power_top(const struct lab_row *r)
{
	struct num cap = lab_row_metric(r, M_POWER_CAP_W, NULL);
	return num_known(cap) && cap.v > 0 ? cap.v : NAN;
}

static double vram_top(const struct lab_row *r)
{
	struct num total = lab_row_metric(r, M_VRAM_TOTAL_BYTES, NULL);
	return num_known(total) ? total.v / GIB : NAN;
}

static double busy_top(const struct lab_row *r)
{
	return 100;
}

/* ---- the table of panels ------------------------------------------------------------------------------------------ */

static const struct panel {
	int hist[SERIES_MAX];
	int n_hist;
	double scale; /* of the ring's values to what the axis shows */
	double lo;
	double (*top)(const struct lab_row *r); /* upper end; NAN: from the data */
	void (*above)(struct writer *w, const struct lab_row *r, const struct lab *lab);
	void (*below)(struct writer *w, const struct lab_row *r, const struct lab *lab);
	const char *units[SERIES_MAX]; /* of readings at the cursor */
} panels[PANEL_COUNT] = {
	[PANEL_TEMP] = {{HIST_EDGE, HIST_MEM, HIST_JUNCTION},
			3,
			1,
			40,
			temp_top,
			temp_above,
			temp_below,
			{" edge ", " HBM ", " junction "}},
	[PANEL_POWER] = {{HIST_POWER}, 1, 1, 0, power_top, power_above, power_below, {" W "}},
	[PANEL_VRAM] = {{HIST_VRAM}, 1, 1 / GIB, 0, vram_top, vram_above, NULL, {" GiB "}},
	[PANEL_BUSY] = {{HIST_BUSY}, 1, 1, 0, busy_top, busy_above, NULL, {" % "}},
};

static enum role series_role(enum gpu_panel which, int i, const struct lab_row *r)
{
	if (r->gpu->stale)
		return ROLE_STALE;
	return which == PANEL_TEMP ? temp_line((guint)(2 - i)) : ROLE_BAR;
}

/* What was read at the cursor, right of the present readings; without a cursor how long the plot reaches back. */
static void describe_span(const struct panel *p, const struct plot *plot, const struct panel_view *view,
			  char *out, size_t size)
{
	char buf[FORMAT_SIZE];
	if (view->cursor < 0) {
		g_snprintf(out, size, "last %s", format_duration(buf, view->span_ms));
		return;
	}
	g_snprintf(out, size,
		   "%s ago:", format_duration(buf, (int64_t)((1 - view->cursor) * (double)view->span_ms)));
	for (int i = plot->n_series - 1; i >= 0; i--) {
		const struct plot_series *s = &plot->series[i];
		double v = (double)s->values[lround(view->cursor * (s->n - 1))];
		struct num n = isnan(v) ? num_none(NUM_UNKNOWN) : num_of(v);
		g_autofree char *one =
			g_strdup_printf(" %s%s", format_num(buf, n, 0, "", false), p->units[i]);
		g_strlcat(out, one, size);
	}
}

/* Right-aligned in the line of readings, where those leave room. */
static void draw_span(const char *text, enum role role, struct canvas *c, struct rect line, int from)
{
	int x = line.x + line.w - canvas_text_width(c, text) - 1;
	if (x > from)
		canvas_text(c, x, line.y, -1, role, text);
}

static void fill_series(const struct panel *p, enum gpu_panel which, const struct lab_row *row,
			const struct lab *lab, const struct panel_view *view, int samples,
			float values[SERIES_MAX][SAMPLES_MAX], struct plot_series *series)
{
	int64_t cell_ns = view->span_ms * 2000000 / MAX(samples - 1, 1);
	for (int i = 0; i < p->n_hist; i++) {
		ring_sample(&row->gpu->hist[p->hist[i]], lab->now_ns - lab->now_ns % cell_ns, view->span_ms,
			    values[i], samples);
		for (int k = 0; k < samples; k++)
			values[i][k] *= (float)p->scale;
		series[i] = (struct plot_series){
			.values = values[i], .n = samples, .role = series_role(which, i, row)};
	}
}

static bool any_known(const struct plot *plot)
{
	for (int i = 0; i < plot->n_series; i++)
		for (int k = 0; k < plot->series[i].n; k++)
			if (!isnan(plot->series[i].values[k]))
				return true;
	return false;
}

/* The line of readings. What has no line or panel of its own for want of rows follows in it. */
static void draw_above(enum gpu_panel which, const struct plot *plot, const struct lab_row *row,
		       const struct lab *lab, const struct panel_view *view, bool below_too, struct canvas *c,
		       struct rect line)
{
	const struct panel *p = &panels[which];
	char span[96];
	bool at_cursor = view->cursor >= 0;
	describe_span(p, plot, view, span, sizeof span);
	/* what was read at a cursor is what was asked for: the present readings have what it leaves */
	int end = line.x + line.w - (at_cursor ? canvas_text_width(c, span) + 2 : 0);
	struct writer w = {c, line.x + 1, line.y, end, row->gpu->stale};
	p->above(&w, row, lab);
	if (view->with_busy && has_room(&w, 14)) {
		say(&w, ROLE_TEXT, "   ");
		busy_above(&w, row, lab);
	}
	if (below_too && has_room(&w, 30)) {
		say(&w, ROLE_TEXT, "   ");
		p->below(&w, row, lab);
	}
	draw_span(span, at_cursor ? ROLE_INFO : ROLE_DIM, c, line, w.x);
}

void panel_draw(enum gpu_panel which, const struct lab_row *row, const struct lab *lab,
		const struct panel_view *view, struct canvas *c, struct rect r)
{
	const struct panel *p = &panels[which];
	float values[SERIES_MAX][SAMPLES_MAX];
	struct plot_series series[SERIES_MAX];
	struct plot plot = {.y_width = 4, .cursor = view->cursor};
	struct rect above = rect_cut_top(&r, 1);
	struct rect below = r.h >= 5 && p->below ? rect_cut_bottom(&r, 1) : rect_of(0, 0, 0, 0);
	double top = p->top(row);

	if (isfinite(top)) {
		plot.lo = p->lo;
		plot.hi = top;
	}
	int samples = CLAMP(2 * plot_data_width(r, &plot), 2, SAMPLES_MAX);
	fill_series(p, which, row, lab, view, samples, values, series);
	plot.series = series;
	plot.n_series = p->n_hist;
	if (any_known(&plot))
		plot_draw(c, r, &plot);
	else
		draw_text(c, r.x + 1, r.y, r.w - 2, ALIGN_LEFT, ROLE_DIM,
			  row->parent ? "told of the whole card only, not of this part"
				      : "no readings in this time");
	draw_above(which, &plot, row, lab, view, !below.h && p->below && which == PANEL_POWER, c, above);
	if (below.h) {
		struct writer w = {c, below.x + 1, below.y, below.x + below.w, row->gpu->stale};
		p->below(&w, row, lab);
	}
}
