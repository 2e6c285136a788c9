/* backend.h - how one outside thing is talked to: four functions of plain blocking code.
 *
 * They run in a worker's thread and share nothing with others; every wait listens to cancel. A test calls the same
 * functions with no thread at all.
 */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include "backends/cancel.h"
#include "backends/mailbox.h"
#include "backends/ration.h"
#include "lab/error.h"
#include "lab/request.h"
#include "lab/target.h"

struct backend {
	const struct backend_ops *ops;
	const struct target *target; /* borrowed from the configuration, outlives us */
	const struct target *const
		*targets; /* all of them where one worker serves many (guests); else just the one */
	int n_targets;
	struct mailbox *out;   /* where observations are posted */
	struct cancel *cancel; /* every wait in this backend listens to it */
	struct ration *
		ration; /* of new connections, where one backend serves many; else the worker's matter. NULL: none */
	bool acting;    /* this is the second worker of a target, with a login of its own */
	bool sent;      /* the request in hand has left: see act.h */
	bool under_way; /* what it looks for still goes on: see act.h */
	bool refresh; /* set by the worker before observe(): somebody asked to read everything again; cleared after */
	enum source_state state; /* as last posted */
	void *priv;
	void *kept; /* a backend's own as priv is, but from one open() to the next; NULL at first, freed by release() */
};

struct act;

/* Who carries out what changes something. */
enum acts {
	ACTS_NOT, /* it only watches */
	ACTS_APART, /* a second worker of the target, with a login of its own: a long poll must not delay an action */
	ACTS_HERE, /* the watching worker, between two turns: there is one of what it changes (the demo, the journal) */
};

struct backend_ops {
	const char *kind; /* "vsphere" */
	bool many;        /* one backend serves all targets of its kind and tells their states itself */
	bool tells_all; /* it posts every state of its targets itself, the first as well (the built-in lab's are live already) */
	int64_t interval_ms; /* between observe() calls; 0: observe() itself waits (long poll, stream) */
	bool (*open)(struct backend *b, GError **error); /* connect, log in */
	/* Read once, or follow for one turn. A turn that a nudge broke off may end with true or LAB_ERR_CANCELLED. */
	bool (*observe)(struct backend *b, GError **error);
	/* Where one backend serves many: a REQ_REFRESH or REQ_RETRY of one of them, in the watching worker. */
	void (*ask)(struct backend *b, const struct request *rq);
	enum acts acting;
	const struct act *acts; /* steps that it carries out: act.h; NULL: none */
	/* REQ_LOOK and REQ_WRITE; as an act's apply. NULL: it has none. */
	bool (*look)(struct backend *b, const struct request *rq, GError **error);
	bool (*write)(struct backend *b, const struct request *rq, GError **error);
	/* Log out; never fails, is also called after a failed open(); priv is NULL afterwards. */
	void (*close)(struct backend *b);
	/* Optional: the worker ends; frees what outlived close(). */
	void (*release)(struct backend *b);
	/* Optional: a target's own interval, when the configuration sets one. */
	int64_t (*interval)(const struct backend *b);
};

/* The table of all backends by target kind; ends with NULL. A plain table, so that it can be read and tested. */
extern const struct backend_ops *const backend_table[];
const struct backend_ops *backend_for(enum target_kind kind);

extern const struct backend_ops vsphere_backend, guest_backend, engine_backend, pci_backend, demo_backend,
	journal_backend;

/* Posts how a target is doing. error (its message is the reason, its code gives the hint) and detail may be NULL.
 * The worker tells "connecting", "down", and "live" after the first observe(); a backend tells "live" itself, as early
 * as it likes, when it has a detail to tell. */
void backend_post_state(struct backend *b, const struct target *t, enum source_state state,
			const GError *error, const char *detail, int64_t interval_ms, int64_t retry_ms);

/* A line for the program's log about target t, redacted and cleaned. */
void backend_log(struct backend *b, const struct target *t, GLogLevelFlags level, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif
