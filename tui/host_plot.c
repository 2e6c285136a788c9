/* host_plot.c - a host's fans against time. They are read about once a minute: drawn as steps, never joined by a slope, and
 * no further than three readings after the last one. */
#include "config.h"

#include "tui/host_plot.h"

#include "lab/sensor.h"
#include "lab/text.h"
#include "tui/draw.h"
#include "tui/format.h"
#include "tui/plot.h"
#include "tui/sensor_words.h"

#include <string.h>

#define SPAN_MS       HOST_PLOT_SPAN_MS
#define SERIES        6
#define SAMPLES       512
#define LABEL_WIDTH   HOST_PLOT_LABELS
#define HELD_READINGS 3
#define HIGHEST       12

struct lines {
	float values[SERIES][SAMPLES];
	char labels[SERIES][128];
	struct plot_series series[SERIES];
	int n;
};

static void add(struct lines *l, const struct lab_host *host, const struct lab *lab,
		const struct lab_sensor *s, int samples)
{
	char buf[FORMAT_SIZE], name[96];
	int64_t cell_ns = (int64_t)SPAN_MS * 1000000 / MAX(samples - 1, 1);
	int64_t held_ms = HELD_READINGS * MAX(host->sensors_interval_ms, 1000);
	/* whole cells only: the picture moves when one is full */
	ring_sample(&s->history, lab->now_ns - lab->now_ns % cell_ns, SPAN_MS, l->values[l->n], samples);
	const char *value = sensor_speed(buf, s, host->stale);
	sensor_name(name, sizeof name, host, s, LABEL_WIDTH - 2 - text_width(value));
	g_snprintf(l->labels[l->n], sizeof l->labels[l->n], "%s %s", value, name);
	l->series[l->n] = (struct plot_series){
		.values = l->values[l->n],
		.n = samples,
		.steps = true,
		.hold = (int)MAX(held_ms * 1000000 / MAX(cell_ns, 1), 1),
		.role = host->stale            ? ROLE_STALE
			: fan_is_slow(host, s) ? ROLE_WARN
					       : ROLE_BAR,
		.label = l->labels[l->n],
	};
	l->n++;
}

/* What is drawn: the fans of one unit, or (NULL) temperatures. */
static const char *fan_unit(const struct lab_host *host)
{
	const struct lab_sensor *fan = host_slowest_fan(host);
	return fan ? fan->unit : NULL;
}

static bool is_drawn(const struct lab_sensor *s, const char *unit)
{
	if (!num_known(s->value))
		return false;
	return unit ? sensor_is_fan(s) && strcmp(s->unit, unit) == 0 : sensor_is_temperature(s);
}

/* A slow fan is what the picture is for: it has its place before the others, and is drawn over them. Returns how many are
 * left out. */
static int collect(struct lines *l, const struct lab_host *host, const struct lab *lab, const char *unit,
		   int samples)
{
	const struct lab_sensor *chosen[SERIES];
	int n = 0, left_out = 0;
	for (int slow = 1; slow >= 0; slow--)
		for (guint i = 0; i < host->sensors->len; i++) {
			const struct lab_sensor *s = host->sensors->pdata[i];
			if (!is_drawn(s, unit) || fan_is_slow(host, s) != slow)
				continue;
			if (n < SERIES)
				chosen[n++] = s;
			else
				left_out++;
		}
	while (n > 0)
		add(l, host, lab, chosen[--n], samples);
	return left_out;
}

bool host_plot_any(const struct lab_host *host)
{
	const char *unit = fan_unit(host);
	for (guint i = 0; host->sensors && i < host->sensors->len; i++)
		if (is_drawn(host->sensors->pdata[i], unit))
			return true;
	return false;
}

void host_plot_draw(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r)
{
	static const struct plot_tick ticks[] = {{0, "-20m"}, {0.5, "-10m"}, {1, "now"}};
	const char *unit = fan_unit(host);
	if (r.h < HOST_PLOT_ROWS || !host_plot_any(host))
		return;
	r.h = MIN(r.h, HIGHEST);
	struct lines l = {.n = 0};
	struct plot p = {.series = l.series,
			 .ticks = ticks,
			 .n_ticks = 3,
			 .y_width = HOST_PLOT_Y_WIDTH,
			 .label_width = LABEL_WIDTH,
			 .cursor = -1};
	g_autofree char *title = g_strdup_printf("%s, %s: in steps, as the host read them",
						 unit ? "fans" : "temperatures", unit ? unit : "°C");
	draw_rule(c, r.x, r.y, r.w, title);
	rect_cut_top(&r, 1);
	rect_cut_left(&r, 1);
	p.left_out = collect(&l, host, lab, unit, CLAMP(2 * plot_data_width(r, &p), 2, SAMPLES));
	p.n_series = l.n;
	plot_draw(c, r, &p);
}
