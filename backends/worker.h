/* worker.h - one thread a target: back-off, status, requests, the acting twin, shutdown. Everything that every backend
 * would otherwise repeat. */
#ifndef BACKENDS_WORKER_H
#define BACKENDS_WORKER_H

#include "backends/backend.h"
#include "lab/backoff.h"

struct worker;

/* Starts a thread that opens and observes until stopped. After a failure it backs off (lab/backoff.h) with 20 % jitter; after
 * what waits for a person (lab_error_waits_for_person()) it waits for REQ_RETRY: a wrong password is tried once. Each new
 * connection has its turn in the ration of its kind. When threads or descriptors run out the target is down, and tried
 * again. Targets are borrowed and must outlive the worker. */
struct worker *worker_start(const struct backend_ops *ops, const struct target *const *targets, int n,
			    struct mailbox *out);

/* Takes the request. Any thread. REQ_REFRESH also ends a back-off. REQ_APPLY and REQ_LOOK of a kind that acts apart go to the acting twin, which is started by
 * the first one, only once this worker is live, and logs out after five idle minutes; while the target is down an action is
 * refused (a line in the log), never kept for later. */
void worker_request(struct worker *w, struct request *take_rq);

/* Fires the cancel of every worker, waits up to ms in all for them to log out, frees them and empties the array. Those that
 * hang are left behind, detached, with all they may still touch: how many. The targets must then not be freed. */
int workers_stop(GPtrArray *workers, int64_t ms);

/* Whether requests about this target are for it. */
bool worker_serves(const struct worker *w, enum target_kind kind, const char *name);

/* It failed at now_ms: the delay until the next try, at the present pace and with jitter. */
int64_t worker_retry_ms(struct backoff *b, const GError *error, int64_t now_ms, GRand *rand);

/* How long things take; tests make them shorter before the first worker starts. */
struct worker_pace {
	int64_t backoff_unit_ms; /* 1000: what backoff_delay_ms() counts as a second */
	int64_t steady_ms;       /* BACKOFF_STEADY_MS */
	int64_t acting_idle_ms;  /* five minutes */
};
extern struct worker_pace worker_pace;

#endif
