/* trend.c - least squares over five minutes.
 *
 * A card that is heated steadily approaches its end like 1 - exp(-t/tau). The line through the last minutes tells when a
 * limit is met at the earliest; the curve tells where it ends, once enough of its bend was seen.
 */
#include "config.h"
#include "lab/trend.h"

#include "lab/heat.h"
#include "lab/private.h"

#define POINTS       60
#define SPAN_S       300.0
#define STEP_S       (SPAN_S / (POINTS - 1))
#define LEAST_POINTS 24  /* two minutes */
#define LEAST_CHANGE 1.0 /* °C over what was seen: less is rounding */
#define SURE_ERRORS  3.0 /* a slope is real when it is this many standard errors */
#define SURE_END_C \
	1.4 /* an end is told when its own error is below this; neighbours are alike, the true one is twice as much */
#define BEND          0.7 /* the curve must leave this much less unexplained than the line */
#define CURVE_NOISE_C 0.7 /* what strays more (load that comes and goes) is no such curve */
#define AGAIN_NS      (5 * NS_PER_S)

/* Running sums of a least-squares line y = a + b x. */
struct sums {
	int n;
	double x, y, xx, xy, yy;
};

static void add(struct sums *s, double x, double y)
{
	s->n++;
	s->x += x, s->y += y, s->xx += x * x, s->xy += x * y, s->yy += y * y;
}

struct line {
	double a, b, a_error, b_error, residual; /* residual: sum of squares */
};

static bool solve(const struct sums *s, struct line *l)
{
	double d = s->n * s->xx - s->x * s->x;
	if (s->n < 3 || d <= 1e-9)
		return false;
	l->b = (s->n * s->xy - s->x * s->y) / d;
	l->a = (s->y - l->b * s->x) / s->n;
	l->residual = MAX(s->yy - l->a * s->y - l->b * s->xy, 0);
	double variance = l->residual / (s->n - 2);
	l->b_error = sqrt(variance * s->n / d);
	l->a_error = sqrt(variance * s->xx / d);
	return true;
}

/* The line through the last points of them all. False with too few. */
static bool fit_line(const float *v, int points, int least, struct line *l, double *seen_s)
{
	struct sums s = {0};
	*seen_s = 0;
	for (int i = POINTS - 1; i >= POINTS - points; i--) {
		double t = (i - (POINTS - 1)) * STEP_S;
		if (isnan(v[i]))
			continue;
		add(&s, t, (double)v[i]);
		*seen_s = -t;
	}
	return s.n >= least && solve(&s, l);
}

/* y = end + b exp(-t/tau) with t from the first point: linear in end and b for each tau. */
static void fit_curve(const float *v, double seen_s, double line_residual, struct trend_fit *out)
{
	static const double taus[] = {20, 30, 45, 60, 90, 120, 180, 240, 300};
	double best = BEND * line_residual;
	for (gsize k = 0; k < G_N_ELEMENTS(taus); k++) {
		struct sums s = {0};
		struct line l;
		double decay = exp(-STEP_S / taus[k]), x = 1;
		for (int i = 0; i < POINTS; i++, x *= decay)
			if (!isnan(v[i]))
				add(&s, x, (double)v[i]);
		/* without a bend that was seen for about its own length any end fits */
		if (seen_s < taus[k] || !solve(&s, &l) || l.residual >= best || l.a_error > SURE_END_C ||
		    sqrt(l.residual / s.n) > CURVE_NOISE_C)
			continue;
		best = l.residual;
		out->tends_to_c = l.a;
		out->tau_s = taus[k];
	}
}

static double mean_of_last(const float *v, int n)
{
	double sum = 0;
	int seen = 0;
	for (int i = POINTS - n; i < POINTS; i++)
		if (!isnan(v[i]))
			sum += (double)v[i], seen++;
	return seen ? sum / seen : (double)NAN;
}

/* The slope at the end of what bends lies between that of all and that of the last half: both bound it. */
static void take_slopes(const float *v, const struct line *all, struct trend_fit *out)
{
	struct line recent;
	double seen_s;
	double late = fit_line(v, POINTS / 2, LEAST_POINTS / 2, &recent, &seen_s) ? recent.b : all->b;
	double margin = MAX(2 * all->b_error, 0.3 * all->b); /* load and air are no constants */
	out->slope_c_s = (all->b + late) / 2;
	out->slope_high_c_s = MAX(all->b, late) + margin;
	out->slope_low_c_s = MAX(MIN(all->b, late) - margin, 0.1 * all->b);
}

void trend_fit(const struct ring *r, int64_t to_ns, struct trend_fit *out)
{
	float v[POINTS];
	struct line l;
	double seen_s;
	ring_sample(r, to_ns, (int64_t)(SPAN_S * 1000), v, POINTS);
	*out = (struct trend_fit){.value_c = NAN,
				  .slope_c_s = NAN,
				  .slope_low_c_s = NAN,
				  .slope_high_c_s = NAN,
				  .tends_to_c = NAN,
				  .tau_s = NAN};
	if (!fit_line(v, POINTS, LEAST_POINTS, &l, &seen_s))
		return;
	bool moves = fabs(l.b) * seen_s >= LEAST_CHANGE && fabs(l.b) > SURE_ERRORS * l.b_error;
	take_slopes(v, &l, out);
	out->value_c = mean_of_last(v, 3);
	out->steady = !moves;
	out->rising = moves && l.b > 0 && out->slope_c_s > 0;
	if (out->steady)
		out->tends_to_c = mean_of_last(v, 12);
	else
		fit_curve(v, seen_s, l.residual, out);
}

void trend_minutes(const struct trend_fit *fit, double limit_c, double *minutes, double *low, double *high)
{
	double room = limit_c - fit->value_c;
	*minutes = *low = *high = NAN;
	bool stays_below = !isnan(fit->tends_to_c) && fit->tends_to_c < limit_c - 0.5;
	if (!fit->rising || stays_below || isnan(room))
		return;
	room = MAX(room, 0);
	*minutes = room / fit->slope_c_s / 60;
	*low = room / fit->slope_high_c_s / 60;
	*high = room / fit->slope_low_c_s / 60;
	if (!isnan(fit->tends_to_c) && fit->tends_to_c > limit_c && room > 0) {
		double end = fit->tends_to_c; /* the curve is later than the line */
		*high = MAX(*high,
			    -fit->tau_s / 60 * log((end - limit_c) / MAX(end - fit->value_c, end - limit_c)));
	}
}

void trend_void(struct lab_trend *t)
{
	*t = (struct lab_trend){.nearest = -1,
				.limit_c = NAN,
				.room_c = NAN,
				.slope_c_min = NAN,
				.minutes = NAN,
				.minutes_low = NAN,
				.minutes_high = NAN,
				.tends_to_c = NAN};
}

static const struct ring *history(const struct gpu_thing *gpu, int metric)
{
	const struct ring *hist = gpu->pub.hist;
	return metric == M_TEMP_JUNCTION_C ? &hist[HIST_JUNCTION]
	       : metric == M_TEMP_MEM_C    ? &hist[HIST_MEM]
					   : &hist[HIST_EDGE];
}

void trend_take(struct gpu_thing *gpu, int64_t at_ns)
{
	struct lab_trend *t = &gpu->pub.trend;
	struct trend_fit fit;
	int nearest = heat_nearest(gpu->pub.row, &gpu->sample, &t->limit_c, &t->room_c);
	if (nearest == t->nearest && at_ns - gpu->trend_ns < AGAIN_NS)
		return;
	gpu->trend_ns = at_ns;
	t->nearest = nearest;
	int shown = gpu->pub.hist[HIST_JUNCTION].n > 0 ? M_TEMP_JUNCTION_C : M_TEMP_EDGE_C;
	trend_fit(history(gpu, shown), at_ns, &fit);
	t->tends_to_c = fit.tends_to_c;
	if (nearest >= 0 && nearest != shown)
		trend_fit(history(gpu, nearest), at_ns, &fit);
	t->slope_c_min = fit.slope_c_s * 60;
	t->rising = fit.rising;
	t->steady = fit.steady;
	trend_minutes(&fit, t->limit_c, &t->minutes, &t->minutes_low, &t->minutes_high);
}
