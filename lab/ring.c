/* ring.c - the last minutes of one value.
 *
 * Entries stand on a grid of step_ms whose phase follows the source: samples of a steady source that jitter by less
 * than half a step fill every slot, whatever the phase they began with.
 */
#include "config.h"
#include "lab/ring.h"

#include "lab/clock.h"

#include <glib.h>
#include <math.h>

static float ring_at(const struct ring *r, int back)
{
	return r->v[(r->head - 1 - back + 2 * RING_SIZE) % RING_SIZE];
}

static void ring_push(struct ring *r, float v)
{
	r->v[r->head] = v;
	r->head = (r->head + 1) % RING_SIZE;
	r->n = MIN(r->n + 1, RING_SIZE);
}

void ring_add(struct ring *r, int64_t at_ns, int step_ms, double value)
{
	if (!r->v)
		r->v = g_new0(float, RING_SIZE);
	if (r->n > 0 && r->step_ms != step_ms)
		r->n = r->head = 0;
	r->step_ms = step_ms;
	int64_t step = step_ms * NS_PER_MS;
	if (r->n == 0) {
		r->last_ns = at_ns;
		ring_push(r, (float)value);
		return;
	}
	int64_t late = at_ns - r->last_ns;
	if (late < -step / 2)
		return; /* older than the newest: the past is not rewritten */
	int64_t steps = (late + step / 2) / step;
	if (steps == 0) {
		r->v[(r->head - 1 + RING_SIZE) % RING_SIZE] = (float)value;
		return;
	}
	for (int64_t i = 1; i < MIN(steps, RING_SIZE); i++)
		ring_push(r, NAN);
	ring_push(r, (float)value);
	r->last_ns += steps * step;
	r->last_ns += (at_ns - r->last_ns) / 8; /* follow the source's phase slowly */
}

void ring_sample(const struct ring *r, int64_t to_ns, int64_t span_ms, float *out, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = NAN;
	if (r->n == 0 || n < 1 || span_ms <= 0)
		return;
	/* Without a division a sample, as this runs for every one of every plot of a frame: slot n - 1 - k holds ages from
	 * (2k - 1) to (2k + 1) half slots, in units of span_ms / (n - 1) that stay whole numbers. */
	int64_t slots = MAX(n - 1, 1), newest_ms = (to_ns - r->last_ns) / NS_PER_MS, slot = n - 1;
	int64_t slot_end = span_ms;
	for (int back = 0; back < r->n; back++) {
		int64_t age_ms = MAX(newest_ms + (int64_t)back * r->step_ms, 0);
		for (; slot >= 0 && 2 * age_ms * slots >= slot_end; slot_end += 2 * span_ms)
			slot--;
		if (slot < 0)
			break;
		if (isnan(out[slot])) /* newest first: a slot keeps the newest that is told */
			out[slot] = ring_at(r, back);
	}
}

double ring_newest(const struct ring *r)
{
	return r->n > 0 ? (double)ring_at(r, 0) : (double)NAN;
}

void ring_clear(struct ring *r)
{
	g_free(r->v);
	*r = (struct ring){0};
}
