/* trend.h - where a temperature is going: a straight line for "when", a saturating curve for "where to". Estimates. */
#ifndef LAB_TREND_H
#define LAB_TREND_H

#include "lab/lab.h"

/* What the last minutes of one sensor say. NAN is "cannot be told". */
struct trend_fit {
	double value_c;                                  /* now, without the noise */
	double slope_c_s, slope_low_c_s, slope_high_c_s; /* with its bounds */
	bool rising, steady;                             /* beyond what noise and rounding do */
	double tends_to_c; /* steady: its mean; else the curve's end, where the curve shows */
	double tau_s;      /* of that curve */
};

void trend_fit(const struct ring *r, int64_t to_ns, struct trend_fit *out);

/* Minutes until limit_c with a range; all NAN when it is not rising or will not get there. */
void trend_minutes(const struct trend_fit *fit, double limit_c, double *minutes, double *low, double *high);

struct gpu_thing;

/* Works out the trend of a GPU from its history, at most once in a few seconds. */
void trend_take(struct gpu_thing *gpu, int64_t at_ns);

/* Nothing is known. */
void trend_void(struct lab_trend *t);

#endif
