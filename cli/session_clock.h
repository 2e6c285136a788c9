/* session_clock.h - what time it is in a lab: the machine's, or that of the built-in lab, which goes on or stands. */
#ifndef CLI_SESSION_CLOCK_H
#define CLI_SESSION_CLOCK_H

#include <stdint.h>

struct session_clock {
	const struct clock_ops *ops;
	int64_t at_ms;    /* the lab's own clock at start_ns; the machine's has none */
	int64_t start_ns; /* CLOCK_MONOTONIC */
};

struct clock_ops {
	const char *name;
	/* Both clocks that the lab is told: monotonic nanoseconds, and milliseconds since 1970. */
	void (*now)(const struct session_clock *c, int64_t *now_ns, int64_t *wall_ms);
};

extern const struct clock_ops clock_machine;
extern const struct clock_ops clock_demo;  /* from at_ms on, as fast as the machine's */
extern const struct clock_ops clock_still; /* the demo's, standing at at_ms */

static inline void session_clock_now(const struct session_clock *c, int64_t *now_ns, int64_t *wall_ms)
{
	c->ops->now(c, now_ns, wall_ms);
}

#endif
