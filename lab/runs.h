/* runs.h - the plans that a lab carries out. Runs are state like any other: changed by observations, advanced by settling,
 * read by views. What they want from backends waits here until the session sends it. */
#ifndef LAB_RUNS_H
#define LAB_RUNS_H

#include "lab/lab.h"
#include "lab/request.h"

/* Begins; the run is the lab's. It moves with the next lab_settle(). */
struct run *lab_start(struct lab *lab, struct plan *plan);
/* Goes on with what a journal tells. */
struct run *lab_resume(struct lab *lab, struct plan *plan, const struct note *notes, int n_notes);

/* What runs have asked for since the last call, oldest first: struct request *, all the caller's. NULL: nothing. */
GPtrArray *lab_take_requests(struct lab *lab);

/* A request that found nobody to carry it out. */
void lab_refused(struct lab *lab, const struct request *rq, const char *why);

/* Whether a run is under way. */
bool lab_is_acting(const struct lab *lab);

#endif
