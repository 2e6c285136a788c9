/* step.h - one change, as data: which value of whom goes from what to what.
 *
 * A step is a row of a plan and never changes once the plan is made. What kinds of steps there are stands in tables of
 * step_ops (step_vm.c, step_host.c). Everything said about a step follows from one question that its kind answers, `read`:
 * what is the value now? Equal to what is wanted: nothing to do, or proved. Neither that nor what was planned: somebody
 * else changed it. Taking a step back is the same step with its two values swapped.
 *
 * Nothing here acts. Who carries a step out stands in the backend's table of acts, under the same name.
 */
#ifndef LAB_STEP_H
#define LAB_STEP_H

#include "lab/subject.h"

enum verdict {
	V_ALREADY, /* as wanted: nothing to do */
	V_READY,
	V_BLOCKED,
	V_UNKNOWN, /* could not be told; never taken for ready */
};
extern const char *const verdict_names[4]; /* "already", "ready", "blocked", "unknown" */

enum effect {
	EFFECT_NONE,
	EFFECT_VM_OFF,
	EFFECT_HOST_REBOOT,
	EFFECT_DATA_LOSS,
};
extern const char *const effect_names[4]; /* "none", "vm-off", "host-reboot", "data-loss" */

struct step;

/* A value that the platform wants to be there before the step, of the same subject. Its own earlier steps may see to it,
 * so it is data and can be asked of a plan that has not run. */
struct step_need {
	const char *op;    /* whose value: "vm.power-on" reads the power state */
	const char *value; /* as it must be */
	const char *words; /* "it must be powered off" */
	const char *want;  /* only for a step that wants this; NULL: always */
	bool same_key;     /* asked for the step's key */
};

struct step_ops {
	const char *name;  /* "vm.firmware": stands in plans, journals and tables of acts */
	const char *title; /* in the platform's words */
	enum thing scope;  /* THING_VM, THING_HOST */
	enum effect effect;
	int phase;           /* order within a plan: so a VM goes off once and a host reboots once */
	const char *inverse; /* the kind of step that takes it back; NULL: cannot be taken back */
	int usual_s;         /* what it takes as a rule, for an estimate; believed, not measured */
	int patience_s;      /* how long the lab may take to show it, once the other side says it is done */
	bool once; /* done when the value is another than before, whatever it is then (a reboot: the boot time) */
	const struct step_need *needs; /* ended by one without an op; NULL: none */
	/* The value now, in the words of before and want; false: not known. */
	bool (*read)(const struct step *s, const struct seen *seen, GString *value);
	/* Optional: a value as people read it; else it is shown as it is. */
	void (*word)(const char *value, GString *out);
	/* Optional: what else stands in the way, that no step could change. V_READY, V_BLOCKED or V_UNKNOWN, with why. */
	enum verdict (*may)(const struct step *s, const struct seen *seen, GString *why);
};

#define STEP_ANY (-1)

struct step {
	const char *id; /* "s3" */
	const struct step_ops *ops;
	struct subject target;
	const char *key; /* extraConfig key, PCI address of a host; "" where the op needs none */
	const char *
		before; /* the value that it was planned for: of then, or what an earlier step of the plan leaves */
	const char *want;
	const char *rule; /* why: the id of the rule that asks for it, or "" */
	/* Needed only while step [only_for] is not as wanted yet: a reboot for a device that may become active without.
	 * STEP_ANY: always needed. */
	int only_for;
	/* Wanted only where step [only_if] was done by this plan and not found done: what somebody else stopped is not
	 * started. STEP_ANY: always. */
	int only_if;
};

/* The kind of step of that name, or NULL. */
const struct step_ops *step_ops_find(const char *name);
/* All tables, one after the other; NULL behind the last. */
const struct step_ops *step_ops_nth(guint i);

/* A value of the step (before, want, or one that was seen) in words for people. */
void step_word(const struct step *s, const char *value, GString *out);

/* Steps that come before, for asking of a plan what is not so yet: their values count as reached. */
struct steps_ahead {
	const struct step *steps;
	int n;
};

/* Whether both are about the same value of the same subject. */
bool step_same_value(const struct step *a, const struct step *b);

/* The value now, or the one that the last step of ahead (NULL: none) about it leaves. False: not known; why is appended to. */
bool step_value(const struct step *s, const struct lab *lab, const struct steps_ahead *ahead, GString *value,
		GString *why);

/* May it be done, against the facts of now and what ahead (NULL: none) will have changed? why is appended to for all
 * verdicts but V_READY. */
enum verdict step_check(const struct step *s, const struct lab *lab, const struct steps_ahead *ahead,
			GString *why);

/* Whether a word of its source that is not older than since_ns shows it: V_ALREADY seen, V_READY not yet as wanted,
 * V_UNKNOWN nothing newer or not readable, V_BLOCKED another one stands there. */
enum verdict step_verify(const struct step *s, const struct lab *lab, int64_t since_ns, GString *why);

static inline bool step_reversible(const struct step_ops *ops)
{
	return ops->inverse != NULL;
}

/* The step that takes s back, given the value that was there before it was done. Strings are borrowed from s and before. */
struct step step_inverse(const struct step *s, const char *before);

#endif
