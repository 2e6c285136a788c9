/* demo.h - the built-in lab: which sources it pretends to be, and what time it is there.
 *
 * Its worker posts the same observations as the real backends, stamped by the demo's own clock: second 0 is
 * 2026-01-01 08:00 UTC. Same seed and same second: same observations.
 */
#ifndef BACKENDS_DEMO_DEMO_H
#define BACKENDS_DEMO_DEMO_H

#include "backends/mailbox.h"
#include "lab/clock.h"
#include "lab/lab.h"

#include <glib.h>
#include <stdint.h>

struct world;

#define DEMO_SEED    1
#define DEMO_AT_S    600
#define DEMO_AT_MAX  (366 * 24 * 3600)
#define DEMO_FILL_S  600 /* history is posted so far back: what plots show, and what a mailbox holds */
#define DEMO_WALL_MS 1767254400000    /* 2026-01-01T08:00:00Z */
#define DEMO_ZERO_NS 1000000000000000 /* the demo's monotonic clock at second 0 */

/* The sources of the built-in lab (struct target *, owned by the array): two hosts, three guests, two engines. Each carries
 * `seed` and `at`; they are given to demo_backend together. */
GPtrArray *demo_targets(uint32_t seed, int64_t at_s);

/* Which fan cools which card, as a person would have written it in [card] sections. */
void demo_add_card_notes(struct lab *lab);

/* The world that the next demo_fill() shows: each process begins with a fresh one, and what an earlier process of a plan
 * did is done to it first. Not once a worker runs. */
struct world *demo_world(void);
void demo_forget(void);

/* The demo's clocks at a moment. */
static inline int64_t demo_ns(int64_t at_ms)
{
	return DEMO_ZERO_NS + at_ms * NS_PER_MS;
}

static inline int64_t demo_wall(int64_t at_ms)
{
	return DEMO_WALL_MS + at_ms;
}

/* Posts the history up to the moment that the targets name, in this thread, and returns. drain (may be NULL) is called
 * every minute of it with the demo's time, so that ten minutes need not lie in the mailbox at once. A worker that is
 * started with the same targets afterwards goes on from there when they carry `filled = yes`. */
void demo_fill(const struct target *const *targets, int n, struct mailbox *out,
	       void (*drain)(void *data, int64_t at_ms), void *data);

#endif
