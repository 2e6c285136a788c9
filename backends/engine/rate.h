/* rate.h - counters that only grow, made rates. Pure. */
#ifndef ENGINE_RATE_H
#define ENGINE_RATE_H

#include "lab/num.h"

#include <stdbool.h>
#include <stdint.h>

/* One counter's past. Zeroed memory is a counter that was never seen. */
struct rate {
	double base;     /* the counter at base_us */
	int64_t base_us; /* monotonic */
	double last;     /* per second */
	bool seen, has_last;
};

/* Takes the counter's value as of now_us (monotonic) and tells the units per second since the reading before.
 * Not known: at the first reading, after a restart (the counter fell), when the counter is not known, and when no time
 * has passed. One or two tokens between two polls say little about a slow engine: the reading before is then kept as the
 * start, for at most 10 s, and the rate told last stands. */
struct num rate_step(struct rate *r, struct num counter, int64_t now_us);

/* value / over where both are known, over is positive and the result is finite; else not known. */
struct num num_ratio(struct num value, struct num over);

#endif
