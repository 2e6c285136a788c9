/* num.h - a value that may not be known. Unknown is a value of its own: never 0, never "no". */
#ifndef LAB_NUM_H
#define LAB_NUM_H

#include <math.h>
#include <stdbool.h>

/* Why a value is or is not there. The order is part of nothing; 0 must be "not known" so that zeroed rows are. */
enum num_state {
	NUM_UNKNOWN = 0, /* nobody told, or the source does not offer it: drawn "-" */
	NUM_OK,          /* v holds */
	NUM_DENIED,      /* may not be read by this user: drawn "root?" */
	NUM_BAD,         /* read, but nonsense: drawn "?" */
	NUM_BUSY,        /* could not be read just now; v is the last one known, or NAN */
	NUM_STATES
};

struct num {
	double v; /* exact for integers up to 2^53, which is 8 PiB */
	enum num_state state;
};

#define GIB 1073741824.0 /* bytes */

enum tri { TRI_UNKNOWN = 0, TRI_NO, TRI_YES };

static inline struct num num_of(double v)
{
	return (struct num){.v = v, .state = NUM_OK};
}

static inline struct num num_none(enum num_state why)
{
	return (struct num){.v = NAN, .state = why};
}

/* True when v may be shown as a measurement. */
static inline bool num_known(struct num n)
{
	return n.state == NUM_OK || (n.state == NUM_BUSY && !isnan(n.v));
}

/* *sum and n: what is known of them; unknown only when neither is. */
static inline void num_add(struct num *sum, struct num n)
{
	if (num_known(n))
		*sum = num_of((num_known(*sum) ? sum->v : 0) + n.v);
}

static inline enum tri tri_of(bool yes)
{
	return yes ? TRI_YES : TRI_NO;
}

#endif
