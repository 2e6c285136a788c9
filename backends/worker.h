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

/* Takes the request. REQ_ACT goes to the acting twin, which is started by the first one, only once this worker is
 * live, and logs out after five idle minutes. Any thread. */
void worker_request(struct worker *w, struct request *take_rq);

/* Fires the cancel of every worker, waits up to ms for them to log out, and leaves behind (detached, their memory
 * untouched) those that hang. */
void workers_stop(GPtrArray *workers, int64_t ms);

const struct target *worker_target(const struct worker *w);
bool worker_serves(const struct worker *w, enum target_kind kind, const char *name);

/* The delay after the n-th failure in a row (n from 1), without jitter. Pure. */
int64_t worker_backoff_ms(int n, int error_code);

#endif
