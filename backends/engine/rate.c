/* rate.c - see rate.h. */
#include "config.h"

#include "backends/engine/rate.h"

#include <math.h>

#define FEW_UNITS     3.0
#define SHORTEST_US   (100 * 1000) /* two readings closer than this measure the network, not the engine */
#define PATIENCE_US   (10 * 1000 * 1000)
#define US_PER_SECOND 1e6

static void start(struct rate *r, double value, int64_t now_us)
{
	*r = (struct rate){.base = value, .base_us = now_us, .seen = true};
}

struct num rate_step(struct rate *r, struct num counter, int64_t now_us)
{
	if (!num_known(counter) || !isfinite(counter.v) || counter.v < 0) {
		*r = (struct rate){0};
		return num_none(NUM_UNKNOWN);
	}
	if (!r->seen || counter.v < r->base) {
		start(r, counter.v, now_us);
		return num_none(NUM_UNKNOWN);
	}
	const double grown = counter.v - r->base;
	const int64_t took_us = now_us - r->base_us;
	const bool too_soon = took_us < SHORTEST_US;
	const bool too_few = grown > 0 && grown < FEW_UNITS && took_us < PATIENCE_US;
	if (!too_soon && !too_few) {
		start(r, counter.v, now_us);
		r->last = grown * US_PER_SECOND / (double)took_us;
		r->has_last = isfinite(r->last);
	}
	return r->has_last ? num_of(r->last) : num_none(NUM_UNKNOWN);
}

struct num num_ratio(struct num value, struct num over)
{
	if (!num_known(value) || !num_known(over) || !(over.v > 0))
		return num_none(NUM_UNKNOWN);
	const double q = value.v / over.v;
	return isfinite(q) ? num_of(q) : num_none(NUM_BAD);
}
