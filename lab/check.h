/* check.h - one rule as data: what it looks at and a pure function that says hit or unknown. Pass says nothing.
 *
 * The doctor's rules take the same shape: a table of these beside ours, run by check_run().
 */
#ifndef LAB_CHECK_H
#define LAB_CHECK_H

#include "lab/lab.h"

struct check_out;

struct check {
	const char *id; /* rules.md */
	enum severity severity;
	enum thing scope; /* THING_ROW, THING_VM (GPU VMs only), THING_GUEST, THING_HOST */
	/* thing: const struct lab_row *, lab_vm *, lab_guest * or lab_host * by scope. */
	void (*look)(const struct lab *lab, const void *thing, struct check_out *out);
	const char *fix;
};

/* Wrong, with the check's own severity and fix; text is short and leaves its subject out. evidence is printf-like. */
void check_hit(struct check_out *out, const char *text, const char *evidence, ...) G_GNUC_PRINTF(3, 4);

/* Could not be told: a fact that it needs is missing, named in what ("firmware"). */
void check_unknown(struct check_out *out, const char *what);

/* For the next hit only: about something else than the thing, worse or milder, known since then. */
void check_about(struct check_out *out, const struct ref *subject, const char *subject_text);
void check_severity(struct check_out *out, enum severity severity);
void check_since(struct check_out *out, int64_t since_ns);

/* Runs a table, ended by an entry without id, over the lab; findings are appended. */
void check_run(struct lab *lab, const struct check *table);

/* The model's own tables. */
extern const struct check check_gpu_table[], check_vm_table[], check_host_table[];

#endif
