/* load.h - what people ask of the engines: bursts of work and pauses, repeatable by seed. */
#ifndef BACKENDS_DEMO_LOAD_H
#define BACKENDS_DEMO_LOAD_H

#include <stdint.h>

/* A small generator of our own: GLib's may change between versions, and the same seed must give the same frame. */
struct chance {
	uint64_t state;
};

void chance_seed(struct chance *c, uint64_t seed);
double chance_between(struct chance *c, double low, double high);

/* How somebody works: levels 0..1 and how long each phase takes, in seconds. */
struct load_habit {
	double work_low, work_high, rest_low, rest_high;
	double work_s_low, work_s_high, rest_s_low, rest_s_high;
	double lag_s; /* how fast the level follows */
};

struct load {
	const struct load_habit *habit;
	struct chance chance;
	double level, target; /* 0..1 */
	double left_s;
	int working;
};

void load_init(struct load *l, const struct load_habit *habit, uint64_t seed);
void load_step(struct load *l, double dt_s);

#endif
