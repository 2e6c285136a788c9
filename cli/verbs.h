/* verbs.h - the verbs of the command line, one file each (verb_NAME.c), and what they share (verb_status.c). Each returns
 * the exit status. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/session.h"

#include <jansson.h>
#include <stdio.h>

struct options;

int verb_console(struct options *o);
int verb_status(struct options *o);
int verb_gpu(struct options *o);
int verb_pci(struct options *o);
int verb_engine(struct options *o);
int verb_agent(struct options *o);
int verb_snapshot(struct options *o);
int verb_trust(struct options *o);
int verb_plan(struct options *o);
int verb_apply(struct options *o);
int verb_resume(struct options *o);
int verb_plans(struct options *o);

#define VERB_WAIT_MS \
	12000 /* without --wait; longer than a step that is given ten seconds, whose reason is then told */

/* A session whose sources have answered, or had their time. NULL: it was told why, and *status is what to return. */
struct session *verb_begin(const struct options *o, const struct session_wish *wish, int *status);

/* One line on stderr for each named source that is not there. */
void verb_explain(const struct session *s);

/* Closes the session; the exit status that its sources or a signal mean, or the worse one that output_send() told. */
int verb_end(struct session *s, int sent);

/* For people and programs alike. Takes it. */
void verb_print_json(json_t *take_json, FILE *to);

#endif
