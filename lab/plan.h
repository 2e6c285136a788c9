/* plan.h - steps in their order, as shown, confirmed and carried out. Immutable; how one is made: plan_make.h. */
#ifndef LAB_PLAN_H
#define LAB_PLAN_H

#include "lab/step.h"

struct plan_answer {
	const char *name, *value;
};

struct plan {
	struct box *box;
	const char *id;     /* "p-20260101-080000-1a2b" */
	const char *wizard; /* "gpu-vm" */
	const char *title;  /* "esx01: pass through 0000:83:00.0" */
	bool demo;          /* made from the built-in lab: refused elsewhere, and the other way round */
	int64_t made_ms;    /* wall clock */
	const struct plan_answer *answers;
	int n_answers;
	const struct step *steps;
	int n_steps;
	const char *const *manual;  /* what a person has to do, complete sentences; NULL-terminated or NULL */
	const char *const *remarks; /* what is worth knowing before: assumptions, estimates; as manual */
};

struct plan *plan_ref(struct plan *plan);
void plan_unref(struct plan *plan);

/* ---- asking about one ---------------------------------------------------------------------------------------- */

/* May this step be done once those before it are, by the facts of now? V_ALREADY also where what it is for, or what it
 * follows, has nothing to do. */
enum verdict plan_check(const struct plan *plan, int step, const struct lab *lab, GString *why);

/* What is left to do. */
struct plan_sum {
	int n[4];          /* steps by enum verdict */
	enum effect worst; /* of the steps that are not done already */
	bool irreversible; /* one of them cannot be taken back */
	GPtrArray *
		disrupted; /* names of targets whose steps disrupt or destroy, each once, borrowed from the plan */
};
void plan_sum(const struct plan *plan, const struct lab *lab, struct plan_sum *out);
void plan_sum_clear(struct plan_sum *sum);

#endif
