/* plan_make.h - making a plan. A wizard fills a draft and seals it.
 *
 * Sealing puts the steps in the order of their kinds' phases, so that a VM goes off once and a host reboots once however
 * the wizard came to them; steps of one phase stay as they were asked for.
 */
#ifndef LAB_PLAN_MAKE_H
#define LAB_PLAN_MAKE_H

#include "lab/plan.h"

struct plan_draft;

struct plan_draft *plan_begin(const struct lab *lab, const char *wizard);
/* The box that subjects and values of steps are put in. */
struct box *plan_box(struct plan_draft *draft);
void plan_title(struct plan_draft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);
void plan_answer(struct plan_draft *draft, const char *name, const char *value);
void plan_manual(struct plan_draft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);
void plan_remark(struct plan_draft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Adds a step unless the draft has the same already; its index either way, for plan_only_for() and plan_only_if(). */
int plan_step(struct plan_draft *draft, const char *op, const struct subject *target, const char *key,
	      const char *want, const char *rule);
/* The step that leaves the same value of the same subject, whatever it wants; -1 none. */
int plan_find(const struct plan_draft *draft, const char *op, const struct subject *target, const char *key);
/* Whether one of the steps from the first-th on has something to do. */
bool plan_pending(const struct plan_draft *draft, int first);
void plan_only_for(struct plan_draft *draft, int step, int other);
void plan_only_if(struct plan_draft *draft, int step, int other);
int plan_n_steps(const struct plan_draft *draft);

/* The plan; the draft is gone. id is made of the lab's time and of what the plan holds, so that the same answers in the
 * same lab make the same plan, byte for byte. */
struct plan *plan_seal(struct plan_draft *take_draft);
void plan_drop(struct plan_draft *take_draft);

/* The id that belongs to what a plan holds; in its box. */
const char *plan_make_id(const struct plan *plan);

#endif
