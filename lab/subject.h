/* subject.h - whom a step is about, whole, and what its source last said of it.
 *
 * A struct ref is cut to fixed sizes, which is right for a cursor and wrong for "change this". A subject is bound to the
 * source that will carry the change out: only that source's own word counts as a fact to act on, and a machine that now
 * stands under the same id is told from the one that was meant.
 */
#ifndef LAB_SUBJECT_H
#define LAB_SUBJECT_H

#include "lab/lab.h"

struct subject {
	enum thing kind;    /* THING_HOST or THING_VM */
	const char *source; /* the vSphere target that carries it out */
	const char *moref;  /* raw */
	const char *uuid; /* VM: instance uuid, else SMBIOS uuid; host: SMBIOS uuid; "" where none is told */
	const char *name; /* for people; a renamed one is still the same */
};

/* What the subject's own source says: exactly one of the rows by kind. */
struct seen {
	const struct vm_row *vm;
	const struct host_row *host;
	int64_t taken_ns; /* when it was told, on the lab's clock */
};

enum subject_state {
	SUBJECT_THERE,
	SUBJECT_UNKNOWN, /* its source is silent or has not told of it: not known */
	SUBJECT_OTHER,   /* it is gone, or another one stands under its id */
};

/* The subject as the lab has it now, its strings in the box. The source is that of the row which is believed. */
struct subject subject_of_vm(struct box *box, const struct lab_vm *vm);
struct subject subject_of_host(struct box *box, const struct lab_host *host);

/* What is known of it now. why says what is in the way unless it is SUBJECT_THERE. */
enum subject_state subject_see(const struct lab *lab, const struct subject *s, struct seen *out,
			       GString *why);

bool subject_equal(const struct subject *a, const struct subject *b);

#endif
