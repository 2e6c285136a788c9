/* finding_group.h - findings as people read them: one sentence a subject, with its cause. JSON and status keep one a rule. */
#ifndef TUI_FINDING_GROUP_H
#define TUI_FINDING_GROUP_H

#include "lab/lab.h"

struct finding_group {
	const struct finding *first; /* the worst: its subject, its mark */
	GPtrArray *members;          /* const struct finding *, worst first; a cause of them is the last */
	char *sentence; /* "88 °C, slowed 3 min, HBM at its limit in ~5 min: Fan 3 1,240 rpm since 08:06" */
	int64_t since_ns; /* the earliest beginning among them; 0 none is known */
};

/* struct finding_group * in the order of the findings (const struct finding *), which they point to; the caller unrefs. */
GPtrArray *finding_groups(const struct lab *lab, const GPtrArray *findings);

#endif
