/* model.c - the physics of a card in a stream of air. Knows nothing of labs, clocks or chance. */
#include "config.h"
#include "backends/demo/model.h"

#include <math.h>

#define STREAM_MIN   0.05 /* natural convection is left when a fan stops */
#define STREAM_POWER 0.8
#define SENSOR_LAG_S 3.0
#define MEM_LAG_S    12.0

#define SLOWED_GENTLE   0.20 /* what the firmware gives away above slow_at_c ... */
#define SLOWED_MOST     0.60 /* ... and at a limit */
#define SLOWED_GENTLE_S 0.002
#define SLOWED_HARD_S   0.01
#define SLOWED_BACK_S   0.004
#define SLOW_HYSTERESIS 3.0

#define SETTLED_C 1e-9 /* a step that changes less than this is the last one */

double thermal_sink_c_per_w(const struct thermal_card *card, double stream)
{
	return card->sink_c_per_w * pow(fmax(stream, STREAM_MIN), -STREAM_POWER);
}

/* Power follows the clock a little more than in proportion, as the voltage comes down with it. */
static double power_at(const struct thermal_card *card, double busy, double slowed)
{
	return fmin(card->cap_w, card->idle_w + card->busy_w * busy * pow(1 - slowed, 1.1));
}

static double clock_at(const struct thermal_card *card, double busy, double slowed)
{
	double want = busy < 0.02 ? card->sclk_idle_mhz : card->sclk_max_mhz * (0.9 + 0.08 * busy);
	return fmax(card->sclk_idle_mhz, want * (1 - slowed));
}

static double lag(double from, double to, double dt_s, double lag_s)
{
	return to + (from - to) * exp(-dt_s / lag_s);
}

static void read_sensors(struct thermal *th, const struct thermal_card *card, double dt_s)
{
	th->edge_c = lag(th->edge_c, th->sink_c + card->edge_c_per_w * th->power_w, dt_s, SENSOR_LAG_S);
	th->junction_c =
		lag(th->junction_c, th->sink_c + card->junction_c_per_w * th->power_w, dt_s, SENSOR_LAG_S);
	th->mem_c = lag(th->mem_c, th->sink_c + card->mem_c_per_w * th->power_w, dt_s, MEM_LAG_S);
}

static void slow_down(struct thermal *th, const struct thermal_card *card, double dt_s)
{
	bool at_limit = th->junction_c >= card->junction_limit_c - 1 || th->mem_c >= card->mem_limit_c - 0.5;
	if (at_limit)
		th->slowed = fmin(SLOWED_MOST, th->slowed + SLOWED_HARD_S * dt_s);
	else if (th->junction_c >= card->slow_at_c && th->slowed < SLOWED_GENTLE)
		th->slowed = fmin(SLOWED_GENTLE, th->slowed + SLOWED_GENTLE_S * dt_s);
	else if (th->junction_c < card->slow_at_c - SLOW_HYSTERESIS)
		th->slowed = fmax(0, th->slowed - SLOWED_BACK_S * dt_s);
}

void thermal_step(struct thermal *th, const struct thermal_card *card, const struct thermal_inputs *in,
		  double dt_s)
{
	double resistance = thermal_sink_c_per_w(card, in->stream);
	slow_down(th, card, dt_s);
	th->power_w = power_at(card, in->busy, th->slowed);
	th->sclk_mhz = clock_at(card, in->busy, th->slowed);
	/* The exact answer of one mass and one resistance over dt, so that any step length gives the same curve. */
	th->sink_c =
		lag(th->sink_c, in->air_c + th->power_w * resistance, dt_s, card->sink_j_per_c * resistance);
	read_sensors(th, card, dt_s);
}

void thermal_settle(struct thermal *th, const struct thermal_card *card, const struct thermal_inputs *in)
{
	*th = (struct thermal){
		.sink_c = in->air_c, .edge_c = in->air_c, .junction_c = in->air_c, .mem_c = in->air_c};
	for (int i = 0; i < 2000; i++) {
		struct thermal before = *th;
		thermal_step(th, card, in, 5);
		if (fabs(th->sink_c - before.sink_c) < SETTLED_C &&
		    fabs(th->mem_c - before.mem_c) < SETTLED_C && th->slowed == before.slowed)
			break;
	}
}
