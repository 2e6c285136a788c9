/* problem.h - making findings. */
#ifndef LAB_PROBLEM_H
#define LAB_PROBLEM_H

#include "lab/lab.h"

/* What a finding is made of; texts are borrowed and copied. fix NULL: nothing to do about it. */
struct problem {
	const char *id;
	enum severity severity;
	bool unknown;
	struct ref subject;
	const char *subject_text, *text, *evidence, *fix;
	int64_t since_ns;
	uint64_t place; /* as in struct finding */
	bool ticks, live, last;
};

struct finding *finding_new(const struct problem *p);
struct finding *finding_copy(const struct finding *f);
void finding_free(struct finding *f);

#endif
