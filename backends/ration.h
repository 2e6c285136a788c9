/* ration.h - new connections to all targets of a kind, so many a second: a hundred guests that drop at once come back one
 * after the other and not in a wave, and do not start in one either. */
#ifndef BACKENDS_RATION_H
#define BACKENDS_RATION_H

#include "lab/target.h"

#include <pthread.h>
#include <stdint.h>

#define RATION_MOST    20
#define RATION_SPAN_US 1250000 /* a second, and what a connection may be late behind its turn */

struct ration {
	pthread_mutex_t lock;
	int64_t turns_us[RATION_MOST]; /* the last ones, a ring; 0: none yet */
	unsigned next;
};

#define RATION_INIT                               \
	{                                         \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* The one that all workers of a kind share. */
struct ration *ration_of(enum target_kind kind);

/* Books a connection: its turn, now_us at the earliest, such that no span holds more than RATION_MOST. First come, first
 * served; a turn that is not used is lost. Any thread; now_us of CLOCK_MONOTONIC, above 0. */
int64_t ration_book(struct ration *r, int64_t now_us);

#endif
