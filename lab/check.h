/* check.h - one rule as data: what it is about, what it has to be told, and a pure function that says what it hits.
 *
 * A rule can be asked for any purpose: what comes out goes to a sink. That of lab_settle() keeps the findings; the
 * doctor's rules take the same shape, a table of these beside ours.
 */
#ifndef LAB_CHECK_H
#define LAB_CHECK_H

#include "lab/lab.h"
#include "lab/problem.h"

/* rules.md 0.1. What could not be told is never a pass. */
enum outcome { OUTCOME_UNKNOWN = 0, OUTCOME_PASS, OUTCOME_HIT, OUTCOME_NA };

/* A fact that a rule cannot do without. */
struct check_need {
	const char *what; /* "firmware" */
	bool (*known)(const struct lab *lab, const void *thing);
	bool quiet; /* not in the list of findings: something else says so once, not each rule that wants it */
};

#define CHECK_NEEDS 3

struct check_out;

/* thing: const struct lab_row *, lab_vm *, lab_guest *, lab_host *, lab_source * or lab_engine * by scope. */
struct check {
	const char *id; /* rules.md */
	enum severity severity;
	enum thing
		scope; /* THING_ROW, THING_VM (GPU VMs only), THING_GUEST, THING_HOST, THING_SOURCE, THING_ENGINE */
	bool ticks; /* its answer changes with the clock alone: asked each second, not only when something was told */
	bool live; /* it goes on now and may pass, unlike a setting: told before those as bad */
	bool (*applies)(const struct lab *lab, const void *thing); /* NULL: always */
	const struct check_need *needs[CHECK_NEEDS + 1];           /* ended by NULL */
	/* Called when it applies and what it needs is known. To say nothing is to pass. */
	void (*look)(const struct lab *lab, const void *thing, struct check_out *out);
	const char *fix;
};

/* ---- for rules ---------------------------------------------------------------------------------------------------- */

/* Wrong, with the check's own severity and fix; text is short and leaves its subject out. evidence is printf-like. */
void check_hit(struct check_out *out, const char *text, const char *evidence, ...) G_GNUC_PRINTF(3, 4);

/* For the next hit only: about something else than the thing, worse or milder, known since then. */
void check_about(struct check_out *out, const struct ref *subject, const char *subject_text);
void check_severity(struct check_out *out, enum severity severity);
void check_since(struct check_out *out, int64_t since_ns); /* on the lab's clock; 0 not known */
void check_fix(struct check_out *out, const char *fix);    /* borrowed until the hit */
void check_last(struct check_out *out);                    /* nothing is hurt by it: after all others */

/* ---- for those who ask -------------------------------------------------------------------------------------------- */

/* What a rule said of one thing, or of one of its parts: a rule may hit more than once. */
struct ruling {
	const struct check *check;
	enum outcome outcome;
	const struct check_need *need; /* that is not known: UNKNOWN only, else NULL */
	const struct ref *thing;       /* that was asked about; a hit may have a subject of its own */
	struct problem problem;        /* subject and texts are there for HIT and UNKNOWN only */
};

struct check_sink {
	void (*take)(void *data, const struct ruling *ruling); /* what it points to holds during the call */
	void *data;
};

/* Who is asked: tables, each ended by an entry without id, the list by NULL. */
struct check_question {
	const struct check *const *tables;
	const struct ref *about; /* this one thing, or NULL: each that there is */
	bool only_ticking;
};
void check_ask(const struct lab *lab, const struct check_question *question, const struct check_sink *sink);

/* The model's own tables. */
extern const struct check check_source_table[], check_gpu_table[], check_engine_table[], check_vm_table[],
	check_host_table[];
extern const struct check *const check_tables[];

#endif
