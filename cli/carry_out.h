/* carry_out.h - a plan carried out on the command line: consent, progress, and what it means as an exit status. */
#ifndef CLI_CARRY_OUT_H
#define CLI_CARRY_OUT_H

#include "cli/options.h"
#include "cli/session.h"
#include "lab/run.h"

/* A session that acts, once its sources have answered. NULL: it was told why, and *status is what to return. */
struct session *carry_begin(const struct options *o, int *status);

/* Whether the plan belongs to this lab, can be carried out now, and was agreed to. 0, or the exit status; -1: there is
 * nothing to do, which was said. */
int carry_consent(const struct options *o, const struct session *s, const struct plan *plan);

/* Turns until the run has come to an end, telling each step. The exit status. */
int carry_run(const struct options *o, struct session *s, struct run *run);

/* Closes the session. Its sources do not count: a plan may have silenced some. The exit status. */
int carry_end(struct session *s, int status);

#endif
