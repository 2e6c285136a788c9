/* session_clock.c - see the header. */
#include "config.h"
#include "cli/session_clock.h"

#include "backends/demo/demo.h"

static void machine_now(const struct session_clock *c, int64_t *now_ns, int64_t *wall_ms)
{
	(void)c;
	*now_ns = clock_ns();
	*wall_ms = clock_wall_ms();
}

static void still_now(const struct session_clock *c, int64_t *now_ns, int64_t *wall_ms)
{
	*now_ns = demo_ns(c->at_ms);
	*wall_ms = demo_wall(c->at_ms);
}

static void demo_now(const struct session_clock *c, int64_t *now_ns, int64_t *wall_ms)
{
	int64_t at_ms = c->at_ms + (clock_ns() - c->start_ns) / NS_PER_MS;
	*now_ns = demo_ns(at_ms);
	*wall_ms = demo_wall(at_ms);
}

const struct clock_ops clock_machine = {"machine", machine_now};
const struct clock_ops clock_demo = {"demo", demo_now};
const struct clock_ops clock_still = {"still", still_now};
