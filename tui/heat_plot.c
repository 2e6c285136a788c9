/* heat_plot.c - one plot of all cards, the hottest on top. Pure: the lab in, cells out. */
#include "config.h"

#include "tui/heat_plot.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/gpu_cells.h"
#include "tui/gpu_words.h"
#include "tui/host_plot.h"
#include "tui/plot.h"

#define PLOT_SPAN_MS (10 * 60 * 1000)
#define PLOT_SERIES  8
#define PLOT_SAMPLES 512

struct heat {
	float values[PLOT_SERIES][PLOT_SAMPLES];
	char labels[PLOT_SERIES][24];
	struct plot_series series[PLOT_SERIES];
	int n, left_out;
	int64_t span_ms;
	double limit; /* the lowest junction limit among them; NAN none known */
};

/* The temperature that the row's TEMP cell shows, as a ring. */
static const struct ring *heat_ring(const struct lab_row *r)
{
	return &r->gpu->hist[row_heat_metric(r) == M_TEMP_JUNCTION_C ? HIST_JUNCTION : HIST_EDGE];
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
	int64_t cell_ns = h->span_ms * 2000000 / MAX(samples - 1, 1);

	/* whole cells only: the picture moves when one is full, not with every sample */
	ring_sample(ring, lab->now_ns - lab->now_ns % cell_ns, h->span_ms, h->values[h->n], samples);
	g_snprintf(h->labels[h->n], sizeof h->labels[h->n], "%-7s %3s", row_address(r),
		   format_num(buf, isnan(newest) ? num_none(NUM_UNKNOWN) : num_of(newest), 0, "", false));
	enum role hot = temp_role(lab, isnan(newest) ? num_none(NUM_UNKNOWN) : num_of(newest), limit);
	h->series[h->n] = (struct plot_series){
		.values = h->values[h->n],
		.n = samples,
		.role = r->gpu->stale      ? ROLE_STALE
			: hot == ROLE_CRIT ? ROLE_BAR_HIGH
			: hot == ROLE_WARN ? ROLE_BAR_MID
					   : ROLE_BAR,
		.label = h->labels[h->n],
	};
	if (num_known(limit) && !(limit.v >= h->limit))
		h->limit = limit.v;
	h->n++;
}

static bool is_warm(const struct lab_row *r, const struct lab_host *host)
{
	return r->gpu && !r->parent && (!host || r->host == host) && !isnan(ring_newest(heat_ring(r)));
}

bool heat_plot_any(const struct lab *lab, const struct lab_host *host)
{
	for (guint i = 0; i < lab->rows->len; i++)
		if (is_warm(lab->rows->pdata[i], host))
			return true;
	return false;
}

/* The hottest cards; drawn last is drawn on top, so the hottest comes last. */
static void heat_collect(struct heat *h, const struct lab *lab, const struct lab_host *host, int samples)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (is_warm(r, host))
			g_ptr_array_add(rows, (void *)r);
	}
	g_ptr_array_sort(rows, hotter_first);
	h->limit = NAN;
	h->left_out = (int)rows->len - (int)MIN(rows->len, PLOT_SERIES);
	for (guint i = MIN(rows->len, PLOT_SERIES); i > 0; i--)
		heat_add(h, lab, rows->pdata[i - 1], samples);
}

void heat_plot_draw(const struct lab *lab, const struct lab_host *host, struct canvas *c, struct rect r)
{
	static const struct plot_tick all_ticks[] = {{0, "-10m"}, {0.5, "-5m"}, {1, "now"}},
				      host_ticks[] = {{0, "-20m"}, {0.5, "-10m"}, {1, "now"}};
	struct heat h; /* large: only what is added is filled */
	struct plot_line lines[2];
	struct plot p = {.series = h.series,
			 .lines = lines,
			 .ticks = host ? host_ticks : all_ticks,
			 .n_ticks = 3,
			 .y_width = HOST_PLOT_Y_WIDTH,
			 .label_width = host ? HOST_PLOT_LABELS : 12,
			 .cursor = -1};

	g_autofree char *title = host ? g_strdup_printf("%s: junction °C, last 20 min", host->shown) : NULL;
	draw_rule(c, r.x, r.y, r.w, title ? title : "junction °C, last 10 min");
	h.n = 0;
	h.span_ms = host ? HOST_PLOT_SPAN_MS : PLOT_SPAN_MS;
	rect_cut_top(&r, 1);
	rect_cut_left(&r, 1);
	int samples = CLAMP(2 * plot_data_width(r, &p), 2, PLOT_SAMPLES);
	heat_collect(&h, lab, host, samples);
	p.n_series = h.n;
	p.left_out = h.left_out;
	if (!isnan(h.limit))
		lines[p.n_lines++] = (struct plot_line){h.limit, ROLE_BAR_HIGH, "limit"};
	lines[p.n_lines++] = (struct plot_line){lab->warn_c, ROLE_BAR_MID, NULL};
	plot_draw(c, r, &p);
}
