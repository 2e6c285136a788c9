/* backoff.h - how long to wait before the next try: one rule for sources, guests and the agent's children. Pure. */
#ifndef LAB_BACKOFF_H
#define LAB_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#define BACKOFF_FIRST_MS   1000
#define BACKOFF_LONGEST_MS 60000
#define BACKOFF_NAME_MS \
	10000 /* at least so long after a failed name look-up: resolvers ask several servers */
#define BACKOFF_STEADY_MS 10000 /* what lived so long begins again at the first delay */

/* All zero at first. Times are of any clock that only goes forward. */
struct backoff {
	int failures; /* in a row */
	bool lives;
	int64_t since_ms; /* it lives */
};

/* The delay after the n-th failure in a row (n from 1): 1, 2, 4 ... 60 s. error_code: an enum lab_error, or -1. */
int64_t backoff_delay_ms(int n, int error_code);

/* It works. What counts is the first time since it failed. */
void backoff_lives(struct backoff *b, int64_t now_ms);

/* It failed: the delay until the next try. What has lived for steady_ms (BACKOFF_STEADY_MS) begins again at the first. */
int64_t backoff_fails(struct backoff *b, int error_code, int64_t now_ms, int64_t steady_ms);

#endif
