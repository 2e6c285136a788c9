/* ration.c - a sliding window: a turn is at least a span after the one that is RATION_MOST before it. Knows no clock. */
#include "config.h"

#include "backends/ration.h"

static struct ration rations[TARGET_COUNT] = {
	[TARGET_VSPHERE] = RATION_INIT, [TARGET_GUEST] = RATION_INIT, [TARGET_ENGINE] = RATION_INIT,
	[TARGET_PCI] = RATION_INIT,     [TARGET_DEMO] = RATION_INIT,
};

struct ration *ration_of(enum target_kind kind)
{
	return &rations[kind];
}

int64_t ration_book(struct ration *r, int64_t now_us)
{
	pthread_mutex_lock(&r->lock);
	int64_t *oldest = &r->turns_us[r->next], turn_us = now_us;
	if (*oldest && turn_us < *oldest + RATION_SPAN_US)
		turn_us = *oldest + RATION_SPAN_US;
	*oldest = turn_us;
	r->next = (r->next + 1) % RATION_MOST;
	pthread_mutex_unlock(&r->lock);
	return turn_us;
}
