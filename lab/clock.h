/* clock.h - units of time, and the clocks that observations are stamped by.
 *
 * For whoever reads the world. The lab itself has no clock: it is told the time (lab_set_time()).
 */
#ifndef LAB_CLOCK_H
#define LAB_CLOCK_H

#include <glib.h>
#include <stdint.h>

#define NS_PER_US 1000LL
#define NS_PER_MS 1000000LL
#define NS_PER_S  1000000000LL

/* CLOCK_MONOTONIC, to the microsecond. */
static inline int64_t clock_ns(void)
{
	return g_get_monotonic_time() * NS_PER_US;
}

static inline int64_t clock_wall_ms(void)
{
	return g_get_real_time() / 1000;
}

#endif
