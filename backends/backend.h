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
	bool acting; /* this is the second worker of a target, with a login of its own */
	bool refresh; /* set by the worker before observe(): somebody asked to read everything again; cleared after */
	enum source_state state; /* as last posted */
	void *priv;
	void *kept; /* a backend's own as priv is, but from one open() to the next; NULL at first, freed by release() */
};

struct backend_ops {
	const char *kind; /* "vsphere" */
	bool many;        /* one backend serves all targets of its kind and tells their states itself */
	bool tells_all; /* it posts every state of its targets itself, the first as well (the built-in lab's are live already) */
	int64_t interval_ms; /* between observe() calls; 0: observe() itself waits (long poll, stream) */
	bool (*open)(struct backend *b, GError **error); /* connect, log in */
	/* Read once, or follow for one turn. A turn that a nudge broke off may end with true or LAB_ERR_CANCELLED. */
	bool (*observe)(struct backend *b, GError **error);
	/* Carries out a REQ_ACT in the acting twin. Where one backend serves many, it also gets every REQ_REFRESH and
	 * REQ_RETRY, in the watching worker. */
	bool (*act)(struct backend *b, const struct request *rq, GError **error);
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

extern const struct backend_ops vsphere_backend, guest_backend, engine_backend, pci_backend, demo_backend;

/* Posts how a target is doing. error (its message is the reason, its code gives the hint) and detail may be NULL.
 * The worker tells "connecting", "down", and "live" after the first observe(); a backend tells "live" itself, as early
 * as it likes, when it has a detail to tell. */
void backend_post_state(struct backend *b, const struct target *t, enum source_state state,
			const GError *error, const char *detail, int64_t interval_ms, int64_t retry_ms);

/* A line for the program's log about target t, redacted and cleaned. */
void backend_log(struct backend *b, const struct target *t, GLogLevelFlags level, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif
