/* backend.h - how one outside thing is talked to: four functions of plain blocking code.
 *
 * They run in a worker's thread and share nothing with others; every wait listens to cancel. A test calls the same
 * functions with no thread at all.
 */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include "backends/cancel.h"
#include "backends/mailbox.h"
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
	bool acting;           /* this is the second worker of a target, with a login of its own */
	void *priv;
};

struct backend_ops {
	const char *kind;    /* "vsphere" */
	bool many;           /* one backend serves all targets of its kind and tells their states itself */
	int64_t interval_ms; /* between observe() calls; 0: observe() itself waits (long poll, stream) */
	bool (*open)(struct backend *b, GError **error);    /* connect, log in */
	bool (*observe)(struct backend *b, GError **error); /* read once, or follow for one turn */
	bool (*act)(struct backend *b, const struct request *rq, GError **error);
	void (*close)(struct backend *b); /* log out; never fails; priv is NULL afterwards */
	/* Optional: a target's own interval, when the configuration sets one. */
	int64_t (*interval)(const struct backend *b);
};

/* The table of all backends by target kind; ends with NULL. A plain table, so that it can be read and tested. */
extern const struct backend_ops *const backend_table[];
const struct backend_ops *backend_for(enum target_kind kind);

extern const struct backend_ops vsphere_backend, guest_backend, engine_backend, pci_backend, demo_backend;

/* Posts how a target is doing. reason and hint may be NULL. */
void backend_post_state(struct backend *b, const struct target *t, enum source_state state,
			const GError *error, const char *detail, int64_t interval_ms, int64_t retry_ms);

#endif
