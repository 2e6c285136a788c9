/* session.h - one lab with everything that fills it: what the console and every verb stand on. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "backends/mailbox.h"
#include "backends/worker.h"
#include "cli/configuration.h"
#include "cli/options.h"
#include "lab/lab.h"

struct session {
	struct config *config;
	struct lab *lab;
	struct mailbox *mail;
	GPtrArray *workers;   /* struct worker * */
	GPtrArray *targets;   /* struct target *, owned */
	GString *passed_over; /* names that were not wished for, each after a space */
	const char *hint;     /* how to add more, when nothing was configured; else NULL */
	bool moving;          /* the demo's clock goes on */
	int64_t at_ms;        /* the demo's clock at the start */
	int64_t start_ns;     /* CLOCK_MONOTONIC then */
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

/* The lab's clocks now. */
void session_now(const struct session *s, int64_t *now_ns, int64_t *wall_ms);

/* Folds what waits, for at most so many microseconds (negative: all of it), without settling. The kinds that did,
 * a set of 1 << enum obs_kind; 0: nothing. */
unsigned session_drain(struct session *s, int64_t budget_us);

/* Folds what waits, tells the time and settles. True when anything did wait. */
bool session_pump(struct session *s);

/* Pumps until every source has answered, the time is over, or a signal asked us to leave. */
void session_wait(struct session *s, int64_t wait_ms);

/* The worker that serves a request is given it; false when there is none. Takes the request. */
bool session_request(struct session *s, struct request *take_rq);

/* What the state of the named sources means as an exit status. */
int session_exit_status(const struct session *s);

/* The worst of two exit statuses, by the order of design.md: 6 2 4 3 5 1 0. */
int exit_status_worse(int a, int b);

/* TERM, HUP and INT from now on end waiting in an orderly way; 0, or the signal that came. */
void session_catch_signals(void);
int session_signal(void);

#endif
