/* act.h - what a backend can carry out, as data, and how it answers.
 *
 * One row of a table is a kind of step. The worker finds it by name, so that what nobody can do is refused in one place
 * and in words, and a test can hold the table against the kinds of steps that there are.
 */
#ifndef BACKENDS_ACT_H
#define BACKENDS_ACT_H

#include "backends/backend.h"
#include "lab/request.h"

struct act {
	const char *op; /* struct step_ops.name */
	/* Carries rq->step out and returns when the other side says that it is done. Tells REPLY_SENT once the call has
	 * left. False with error: by its code and by whether it was sent the worker tells failed, refused or lost. */
	bool (*apply)(struct backend *b, const struct request *rq, GError **error);
};

/* The row of a table (ended by one without op) for a kind of step, or NULL. */
const struct act *act_find(const struct act *table, const char *op);

/* From here on it may have happened: a connection that breaks while the call is out leaves it unknown (lost). */
void act_leaves(struct backend *b);
/* Answers a look: what an earlier process began still goes on, and no other answer follows. */
void act_under_way(struct backend *b, const struct request *rq, struct num pct, const char *text);

/* Answers a request. The texts are other people's words: they are cleaned here. */
void act_sent(struct backend *b, const struct request *rq, const char *call, const char *task);
void act_progress(struct backend *b, const struct request *rq, struct num pct, const char *text);
void act_done(struct backend *b, const struct request *rq);
void act_refused(struct backend *b, const struct request *rq, const char *why);

/* Carries out an APPLY, LOOK or WRITE and answers it, whatever becomes of it. */
void act_on(struct backend *b, const struct request *rq);

/* What a failure means for what was asked: with `sent` a broken connection leaves it unknown (lost), a no of the other side
 * does not (failed); before that nothing has happened (refused). Pure. */
enum reply_state act_outcome(bool sent, const GError *error);

#endif
