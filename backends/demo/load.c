/* load.c - bursts and pauses. Only load_step() draws from chance, so one seed always gives one history. */
#include "config.h"
#include "backends/demo/load.h"

#include <math.h>

void chance_seed(struct chance *c, uint64_t seed)
{
	c->state = seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
}

/* splitmix64: every seed, also 0, starts well mixed. */
static uint64_t chance_next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

double chance_between(struct chance *c, double low, double high)
{
	double unit = (double)(chance_next(c) >> 11) / 9007199254740992.0; /* 2^53: every value is exact */
	return low + (high - low) * unit;
}

static void next_phase(struct load *l)
{
	const struct load_habit *h = l->habit;
	l->working = !l->working;
	l->target = l->working ? chance_between(&l->chance, h->work_low, h->work_high)
			       : chance_between(&l->chance, h->rest_low, h->rest_high);
	l->left_s = l->working ? chance_between(&l->chance, h->work_s_low, h->work_s_high)
			       : chance_between(&l->chance, h->rest_s_low, h->rest_s_high);
}

void load_init(struct load *l, const struct load_habit *habit, uint64_t seed)
{
	*l = (struct load){.habit = habit};
	chance_seed(&l->chance, seed);
	next_phase(l);
	l->level = l->target;
}

void load_step(struct load *l, double dt_s)
{
	l->left_s -= dt_s;
	if (l->left_s <= 0)
		next_phase(l);
	double wobble = chance_between(&l->chance, -0.012, 0.012);
	l->level = l->target + (l->level - l->target) * exp(-dt_s / l->habit->lag_s) + wobble;
	l->level = fmin(1, fmax(0, l->level));
}
