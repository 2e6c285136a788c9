/* worker.h - one thread a target: back-off, status, requests, the acting twin, shutdown. Everything that every backend
 * would otherwise repeat. */
#ifndef BACKENDS_WORKER_H
#define BACKENDS_WORKER_H

#include "backends/backend.h"

struct worker;

/* Starts a thread that opens and observes until stopped. After a failure it waits 1, 2, 4 ... 60 s with 20 % jitter
 * (at least 10 s after a failed name look-up); after a refusal of password, key or certificate it waits for REQ_RETRY:
 * a wrong password is tried once. Targets are borrowed and must outlive the worker. */
struct worker *worker_start(const struct backend_ops *ops, const struct target *const *targets, int n,
			    struct mailbox *out);

/* Takes the request. Any thread. REQ_REFRESH also ends a back-off. REQ_ACT goes to the acting twin, which is started by
 * the first one, only once this worker is live, and logs out after five idle minutes; while the target is down an action is
 * refused (a line in the log), never kept for later. */
void worker_request(struct worker *w, struct request *take_rq);

/* Fires the cancel of every worker, waits up to ms in all for them to log out, frees them and empties the array. Those that
 * hang are left behind, detached, with all they may still touch: how many. The targets must then not be freed. */
int workers_stop(GPtrArray *workers, int64_t ms);

/* Whether requests about this target are for it. */
bool worker_serves(const struct worker *w, enum target_kind kind, const char *name);

/* The delay after the n-th failure in a row (n from 1), without jitter. Pure. */
int64_t worker_backoff_ms(int n, int error_code);

/* How long things take; tests make them shorter before the first worker starts. */
struct worker_pace {
	int64_t backoff_unit_ms; /* 1000: what worker_backoff_ms() counts as a second */
	int64_t acting_idle_ms;  /* five minutes */
};
extern struct worker_pace worker_pace;

#endif
