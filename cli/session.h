/* session.h - one lab with everything that fills it: what the console and every verb stand on. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "backends/mailbox.h"
#include "backends/worker.h"
#include "cli/configuration.h"
#include "cli/options.h"
#include "cli/session_clock.h"
#include "lab/lab.h"

struct session {
	struct config *config;
	struct lab *lab;
	struct mailbox *mail;
	GPtrArray *workers;   /* struct worker * */
	GPtrArray *targets;   /* struct target *, owned */
	GString *passed_over; /* names that were not wished for, each after a space */
	const char *hint;     /* how to add more, when nothing was configured; else NULL */
	struct session_clock clock;
	struct log_tap *log_tap;
	GArray *taps; /* who sees every observation before it is folded */
};

/* What a verb wants of the lab. */
struct session_wish {
	unsigned
		kinds; /* a set of 1 << enum target_kind; 0: this machine as a guest, whatever is configured */
	const char *only; /* a target's name: no other is asked; or NULL */
	bool silent;      /* targets are collected and not asked */
	bool moving;      /* the demo goes on; complaints go to the log and not to stderr */
};
#define SESSION_ALL (~0u)

/* Reads the configuration and the environment, and starts what they name; without either a first look at this machine.
 * With --demo the built-in lab, filled up to its moment, stands there at once. NULL when a named configuration file
 * cannot be read, or when no target is called `only`. */
struct session *session_open(const struct options *o, const struct session_wish *wish, GError **error);

/* Stops the workers (they get a moment to log out) and frees everything. */
void session_close(struct session *s);

/* ---- turning ---- */

/* Sees each observation before it is folded, in the order in which they were added: the log, later recorder, history and
 * alerts. What it is shown is only lent. */
typedef void (*session_see_fn)(void *data, const struct obs *obs);
void session_add_tap(struct session *s, session_see_fn see, void *data);

/* A turn has two halves, so that the console can keep each of them short. session_drain() shows the taps what waits and
 * folds it, for some budget_us microseconds (negative: all of it): the kinds that did, a set of 1 << enum obs_kind.
 * session_settle() tells the lab the time, draws the conclusions, and sends what plans under way want of backends. */
unsigned session_drain(struct session *s, int64_t budget_us);
void session_settle(struct session *s);
void session_turn(struct session *s);

/* Turns whenever something waits: until done() says so after a turn (true), or CLOCK_MONOTONIC reaches until_ns, or a signal
 * asked us to leave (false). done may be NULL. At least one turn. */
typedef bool (*session_done_fn)(const struct lab *lab);
bool session_run(struct session *s, session_done_fn done, int64_t until_ns);
/* The same for what is brought to an end because a signal came: it takes a second one to be broken off. */
bool session_finish(struct session *s, session_done_fn done, int64_t until_ns);

/* The worker that serves a request is given it; false when there is none, and then a plan that waits for it is told.
 * Takes the request. */
bool session_request(struct session *s, struct request *take_rq);

/* What the state of the named sources means as an exit status. */
int session_exit_status(const struct session *s);

/* The worst of two exit statuses, by the order of design.md: 6 2 4 3 5 1 0. */
int exit_status_worse(int a, int b);

#endif
