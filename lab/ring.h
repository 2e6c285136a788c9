/* ring.h - the last minutes of one value, for plots. Times are the lab's clock; a gap is NAN. */
#ifndef LAB_RING_H
#define LAB_RING_H

#include <stdint.h>

#define RING_SIZE 1200 /* 20 minutes at one a second */

struct ring {
	float *v;        /* allocated with the first value */
	int64_t last_ns; /* time of the newest entry */
	int step_ms;     /* nominal distance of entries */
	int head, n;
};

/* Adds a value at a time; skipped steps become gaps, a second value within one step replaces the first. */
void ring_add(struct ring *r, int64_t at_ns, int step_ms, double value);

/* Fills out[0..n) with the values at to_ns - (n-1-i) * span_ms / (n-1); NAN where nothing was told. For each slot the
 * newest value within it is taken. */
void ring_sample(const struct ring *r, int64_t to_ns, int64_t span_ms, float *out, int n);

/* The newest value, or NAN. */
double ring_newest(const struct ring *r);

void ring_clear(struct ring *r);

#endif
