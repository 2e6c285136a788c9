/* backoff.c - see the header. */
#include "config.h"

#include "lab/backoff.h"

#include "lab/error.h"

int64_t backoff_delay_ms(int n, int error_code)
{
	int64_t ms = n < 7 ? (int64_t)BACKOFF_FIRST_MS << MAX(n - 1, 0) : BACKOFF_LONGEST_MS;
	if (error_code == LAB_ERR_NAME)
		ms = MAX(ms, BACKOFF_NAME_MS);
	return MIN(ms, BACKOFF_LONGEST_MS);
}

void backoff_lives(struct backoff *b, int64_t now_ms)
{
	if (!b->lives)
		b->since_ms = now_ms;
	b->lives = true;
}

int64_t backoff_fails(struct backoff *b, int error_code, int64_t now_ms, int64_t steady_ms)
{
	if (b->lives && now_ms - b->since_ms >= steady_ms)
		b->failures = 0;
	b->lives = false;
	return backoff_delay_ms(++b->failures, error_code);
}
