/* model.h - how a passively cooled card behaves: watts in, air over it, degrees out. Pure arithmetic, no clock.
 *
 * One thermal mass (the heat sink) between the chip and the air; the sensors sit on the chip side and follow with a
 * short lag. Heat-sink resistance rises as the air slows, roughly with its power of -0.8 (turbulent flow through fins).
 */
#ifndef BACKENDS_DEMO_MODEL_H
#define BACKENDS_DEMO_MODEL_H

#include <stdbool.h>

/* What a kind of card is like. Degrees are Celsius, resistances °C per watt. */
struct thermal_card {
	double idle_w, busy_w, cap_w; /* asleep; added at full load and full clock; never above */
	double sink_c_per_w;          /* heat sink to air, with the full stream */
	double sink_j_per_c;          /* heat that warms the sink by one degree */
	double edge_c_per_w, junction_c_per_w, mem_c_per_w; /* sensor above sink */
	double slow_at_c;                     /* junction from which the firmware gives clock away, gently */
	double junction_limit_c, mem_limit_c; /* here it gives away whatever it takes */
	double sclk_idle_mhz, sclk_max_mhz;
};

/* What it is like at the moment. */
struct thermal {
	double sink_c, edge_c, junction_c, mem_c;
	double power_w, sclk_mhz;
	double slowed; /* share of the clock given away for heat, 0..0.6 */
};

/* busy 0..1; air_c: at the inlet; stream: 1 is the full stream of its fan. */
struct thermal_inputs {
	double busy, air_c, stream;
};

/* °C per watt of the heat sink in this stream. */
double thermal_sink_c_per_w(const struct thermal_card *card, double stream);

/* Puts the card where it ends up under these inputs, as if they had held for hours. */
void thermal_settle(struct thermal *th, const struct thermal_card *card, const struct thermal_inputs *in);

/* Goes on by dt_s seconds (at most a few). */
void thermal_step(struct thermal *th, const struct thermal_card *card, const struct thermal_inputs *in,
		  double dt_s);

#endif
