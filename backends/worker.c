/* worker.c - the life of a backend in its thread: open, observe again and again, wait after failures, act in a twin.
 *
 * A worker has two lanes, watching and acting, each a thread with a backend, a cancel and an inbox of its own. The acting
 * lane has a thread and descriptors only while there is something to do, the watching one descriptors only while it is
 * connected. What both threads and callers share stands under one lock.
 */
#include "config.h"

#include "backends/worker.h"

#include "backends/act.h"
#include "backends/descriptors.h"
#include "lab/clock.h"

#include <pthread.h>
#include <signal.h>

struct worker_pace worker_pace = {
	.backoff_unit_ms = 1000, .steady_ms = BACKOFF_STEADY_MS, .acting_idle_ms = 5 * 60 * 1000};

struct lane {
	struct worker *worker;
	struct backend backend;
	GQueue inbox; /* struct request *, under the worker's lock */
	pthread_t thread;
	bool started;  /* a thread was made and not joined yet */
	bool finished; /* it has ended, or is about to without touching anything any more */
};

struct worker {
	const struct target **targets;
	int n_targets;
	pthread_mutex_t lock;
	pthread_cond_t ended; /* on CLOCK_MONOTONIC */
	struct lane watching, acting;
	bool live;    /* under the lock: the acting lane may start */
	bool refused; /* under the lock: down, actions are not taken */
	bool stopping;
	GRand *rand;
};

/* ---- the inbox ------------------------------------------------------------------------------------------------ */

static struct request *take_request(struct lane *lane)
{
	pthread_mutex_lock(&lane->worker->lock);
	struct request *rq = g_queue_pop_head(&lane->inbox);
	pthread_mutex_unlock(&lane->worker->lock);
	return rq;
}

static bool changes(const struct request *rq)
{
	return rq->kind != REQ_REFRESH && rq->kind != REQ_RETRY;
}

static void refuse(struct lane *lane, struct request *take_rq, const char *why)
{
	/* A host that reboots is looked for every other second. */
	GLogLevelFlags level = take_rq->kind == REQ_LOOK ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING;
	backend_log(&lane->backend, lane->backend.target, level, "%s: not done: %s", request_word(take_rq),
		    why);
	act_refused(&lane->backend, take_rq, why);
	request_free(take_rq);
}

/* What waits now; what is asked meanwhile has another try. */
static void refuse_all(struct lane *lane, const char *why)
{
	pthread_mutex_lock(&lane->worker->lock);
	GQueue waiting = lane->inbox;
	g_queue_init(&lane->inbox);
	pthread_mutex_unlock(&lane->worker->lock);
	for (struct request *rq; (rq = g_queue_pop_head(&waiting));)
		refuse(lane, rq, why);
}

/* ---- the acting lane ---------------------------------------------------------------------------------------- */

static void act_on_all(struct lane *lane)
{
	for (struct request *rq; !cancel_fired(lane->backend.cancel) && (rq = take_request(lane));) {
		act_on(&lane->backend, rq);
		request_free(rq);
	}
}

/* Ends the thread when its inbox is empty; false when a request slipped in meanwhile. */
static bool lane_may_end(struct lane *lane)
{
	struct worker *w = lane->worker;
	pthread_mutex_lock(&w->lock);
	bool may = w->stopping || g_queue_is_empty(&lane->inbox);
	if (may) {
		lane->finished = true;
		pthread_cond_broadcast(&w->ended);
	}
	pthread_mutex_unlock(&w->lock);
	return may;
}

static bool inbox_empty(struct lane *lane)
{
	pthread_mutex_lock(&lane->worker->lock);
	bool empty = g_queue_is_empty(&lane->inbox);
	pthread_mutex_unlock(&lane->worker->lock);
	return empty;
}

/* Acts until nothing was asked for during the idle time, or until cancelled. */
static void act_while_wanted(struct lane *lane)
{
	struct cancel *cancel = lane->backend.cancel;
	do {
		act_on_all(lane);
		cancel_clear_nudge(cancel);
	} while (!cancel_fired(cancel) &&
		 (!inbox_empty(lane) ||
		  (cancel_sleep(cancel, worker_pace.acting_idle_ms) && !inbox_empty(lane))));
}

/* The last that a backend does in its thread. */
static void release(struct backend *b)
{
	if (b->ops->release)
		b->ops->release(b);
}

/* Waits for the lane's turn in the ration of its kind; false when cancelled. A backend of many asks for each connection. */
static bool wait_for_turn(struct lane *lane)
{
	const struct backend *b = &lane->backend;
	int64_t now_us = g_get_monotonic_time();
	if (b->ops->many)
		return !cancel_fired(b->cancel);
	return cancel_sleep_through(b->cancel, (ration_book(b->ration, now_us) - now_us + 999) / 1000);
}

/* Everything that a backend needs before it connects. False when there is no room for it, with error, or when cancelled. */
static bool lane_ready(struct lane *lane, GError **error)
{
	return wait_for_turn(lane) && descriptors_room(error) && cancel_open(lane->backend.cancel, error);
}

static void act_once(struct lane *lane)
{
	struct backend *b = &lane->backend;
	g_autoptr(GError) error = NULL;
	if (!lane_ready(lane, &error)) {
		refuse_all(lane, error ? error->message : "labtop is ending");
		return;
	}
	if (b->ops->open(b, &error))
		act_while_wanted(lane);
	else
		refuse_all(lane, error ? error->message : "cannot log in");
	b->ops->close(b);
	release(b);
	cancel_close(b->cancel);
}

static void *act_thread(void *data)
{
	struct lane *lane = data;
	do
		act_once(lane);
	while (!lane_may_end(lane));
	return NULL;
}

/* ---- threads ------------------------------------------------------------------------------------------------ */

/* Signals are the main thread's: workers and what they start in it never see one. False with LAB_ERR_LIMIT. */
static bool lane_start(struct lane *lane, void *(*body)(void *), GError **error)
{
	char name[16]; /* what Linux keeps of it */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&lane->thread, NULL, body, lane);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		g_set_error(error, LAB_ERROR, LAB_ERR_LIMIT, "cannot start a thread: %s", g_strerror(failed));
		return false;
	}
	lane->started = true;
	g_snprintf(name, sizeof name, "%s %s", lane->backend.ops->kind, lane->backend.target->name);
	pthread_setname_np(lane->thread, name);
	return true;
}

/* With the lock held: starts the lane's thread when it has none; false when it cannot. */
static bool lane_wake(struct lane *lane, void *(*body)(void *), GError **error)
{
	if (lane->started && !lane->finished) {
		cancel_nudge(lane->backend.cancel);
		return true;
	}
	if (lane->started)
		pthread_join(lane->thread, NULL);
	lane->started = lane->finished = false;
	return lane_start(lane, body, error);
}

/* With the lock held: gives the acting lane a thread when there is something to do and the target lets us in. */
static bool acting_wake(struct worker *w, GError **error)
{
	struct lane *lane = &w->acting;
	if (g_queue_is_empty(&lane->inbox) || !w->live || w->stopping)
		return true;
	return lane_wake(lane, act_thread, error);
}

static void set_standing(struct worker *w, bool live, bool refused)
{
	g_autoptr(GError) error = NULL;
	pthread_mutex_lock(&w->lock);
	w->live = live;
	w->refused = refused;
	acting_wake(w, &error);
	pthread_mutex_unlock(&w->lock);
	if (refused || error)
		refuse_all(&w->acting, error ? error->message : "the target is down");
}

/* ---- the watching lane -------------------------------------------------------------------------------------- */

int64_t worker_retry_ms(struct backoff *b, const GError *error, int64_t now_ms, GRand *rand)
{
	int code = error->domain == LAB_ERROR ? error->code : -1;
	int64_t ms = backoff_fails(b, code, now_ms, worker_pace.steady_ms);
	return (int64_t)((double)(ms * worker_pace.backoff_unit_ms / 1000) *
			 g_rand_double_range(rand, 0.8, 1.2));
}

static bool waits_for_person(const GError *error)
{
	return error->domain == LAB_ERROR && lab_error_waits_for_person(error->code);
}

static int64_t interval_of(const struct backend *b)
{
	return b->ops->interval ? b->ops->interval(b) : b->ops->interval_ms;
}

static void post_state_of_all(struct backend *b, enum source_state state, const GError *error,
			      int64_t retry_ms)
{
	if (b->ops->tells_all)
		return;
	for (int i = 0; i < b->n_targets; i++)
		backend_post_state(b, b->targets[i], state, error, NULL, interval_of(b), retry_ms);
}

enum { ASKED_NOTHING = 0, ASKED_REFRESH = 1, ASKED_RETRY = 2 };

/* Empties the inbox; what was asked for. A backend of many sorts requests by target itself, when it is open. */
static int take_watch_requests(struct lane *lane, bool open)
{
	struct backend *b = &lane->backend;
	int asked = ASKED_NOTHING;
	cancel_clear_nudge(b->cancel);
	for (struct request *rq; (rq = take_request(lane)); request_free(rq)) {
		if (changes(rq)) { /* ACTS_HERE */
			if (open)
				act_on(b, rq);
			else
				act_refused(b, rq, "the target is down");
			continue;
		}
		asked |= rq->kind == REQ_RETRY ? ASKED_RETRY : ASKED_REFRESH;
		if (open && b->ops->ask)
			b->ops->ask(b, rq);
	}
	return asked;
}

/* One turn: observe. False with error set when the connection is no good; being broken off by a nudge is no failure. */
static bool observe_once(struct backend *b, GError **error)
{
	GError *failure = NULL;
	bool ok = b->ops->observe(b, &failure);
	b->refresh = false;
	if (ok && !b->ops->many && b->state != SRC_LIVE)
		backend_post_state(b, b->target, SRC_LIVE, NULL, NULL, interval_of(b), 0);
	if (!ok && g_error_matches(failure, LAB_ERROR, LAB_ERR_CANCELLED) && !cancel_fired(b->cancel)) {
		g_clear_error(&failure);
		ok = true;
	}
	if (failure)
		g_propagate_error(error, failure);
	return ok;
}

static int64_t now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

/* From open to close. Gives the error that ended it, which may be NULL when it was cancelled. */
static GError *one_session(struct lane *lane, struct backoff *backoff)
{
	struct backend *b = &lane->backend;
	GError *error = NULL;
	if (!lane_ready(lane, &error))
		return error;
	bool good = b->ops->open(b, &error);
	if (good)
		set_standing(lane->worker, true, false);
	while (good && !cancel_fired(b->cancel)) {
		int64_t began_us = g_get_monotonic_time();
		good = observe_once(b, &error);
		if (!good)
			break;
		backoff_lives(backoff, now_ms());
		int64_t left_ms = interval_of(b) - (g_get_monotonic_time() - began_us) / 1000;
		if (left_ms > 0)
			cancel_sleep(b->cancel, left_ms);
		if (take_watch_requests(lane, true) && !b->ops->many)
			b->refresh = true;
	}
	if (good) /* what was asked for before the end is still done: a journal's last lines */
		take_watch_requests(lane, true);
	b->ops->close(b);
	cancel_close(b->cancel);
	if (!good && !error)
		g_set_error(&error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s failed and did not say why",
			    b->ops->kind);
	return error;
}

/* Waits after a failure; false when cancelled. */
static bool wait_for_next_try(struct lane *lane, const GError *error, struct backoff *backoff)
{
	struct backend *b = &lane->backend;
	bool person = waits_for_person(error);
	int64_t ms = worker_retry_ms(backoff, error, now_ms(), lane->worker->rand);
	post_state_of_all(b, SRC_DOWN, error, person ? 0 : ms);
	set_standing(lane->worker, false, true);
	int64_t until_us = g_get_monotonic_time() + ms * 1000;
	while (!cancel_fired(b->cancel)) {
		int asked = take_watch_requests(lane, false);
		int64_t left_ms = person ? 3600 * 1000 : (until_us - g_get_monotonic_time()) / 1000;
		if (asked & ASKED_RETRY || (!person && (asked & ASKED_REFRESH || left_ms <= 0))) {
			set_standing(lane->worker, false, !(asked & ASKED_RETRY));
			if (asked & ASKED_RETRY)
				post_state_of_all(b, SRC_CONNECTING, NULL, 0);
			return true;
		}
		cancel_sleep(b->cancel, left_ms);
	}
	return false;
}

static void *watch_thread(void *data)
{
	struct lane *lane = data;
	struct backoff backoff = {0};
	post_state_of_all(&lane->backend, SRC_CONNECTING, NULL, 0);
	for (;;) {
		g_autoptr(GError) error = one_session(lane, &backoff);
		if (cancel_fired(lane->backend.cancel) || !wait_for_next_try(lane, error, &backoff))
			break;
	}
	release(&lane->backend);
	pthread_mutex_lock(&lane->worker->lock);
	lane->finished = true;
	pthread_cond_broadcast(&lane->worker->ended);
	pthread_mutex_unlock(&lane->worker->lock);
	return NULL;
}

/* ---- what is asked ---------------------------------------------------------------------------------------------- */

static void request_act(struct worker *w, struct request *take_rq)
{
	struct lane *lane = &w->acting;
	g_autoptr(GError) error = NULL;
	pthread_mutex_lock(&w->lock);
	bool refused = w->refused;
	if (!refused) {
		g_queue_push_tail(&lane->inbox, take_rq);
		acting_wake(w, &error);
	}
	pthread_mutex_unlock(&w->lock);
	if (refused)
		refuse(lane, take_rq, "the target is down");
	if (error)
		refuse_all(lane, error->message);
}

void worker_request(struct worker *w, struct request *take_rq)
{
	struct lane *lane = &w->watching;
	g_autoptr(GError) error = NULL;
	enum acts acting = lane->backend.ops->acting;
	if (changes(take_rq) && acting == ACTS_NOT) {
		refuse(lane, take_rq, "this kind of source takes no actions");
		return;
	}
	if (changes(take_rq) && acting == ACTS_APART) {
		request_act(w, take_rq);
		return;
	}
	pthread_mutex_lock(&w->lock);
	g_queue_push_tail(&lane->inbox, take_rq);
	if (!w->stopping)
		lane_wake(lane, watch_thread, &error);
	pthread_mutex_unlock(&w->lock);
	if (error)
		post_state_of_all(&lane->backend, SRC_DOWN, error, 0);
}

/* ---- start and stop ----------------------------------------------------------------------------------------- */

static void lane_init(struct lane *lane, struct worker *w, const struct backend_ops *ops, struct mailbox *out,
		      bool acting)
{
	lane->worker = w;
	g_queue_init(&lane->inbox);
	lane->backend = (struct backend){
		.ops = ops,
		.target = w->targets[0],
		.targets = w->targets,
		.n_targets = w->n_targets,
		.out = mailbox_ref(out),
		.cancel = cancel_new(),
		.ration = ration_of(w->targets[0]->kind),
		.acting = acting,
	};
}

struct worker *worker_start(const struct backend_ops *ops, const struct target *const *targets, int n,
			    struct mailbox *out)
{
	struct worker *w = g_new0(struct worker, 1);
	pthread_condattr_t monotonic;
	g_assert(n > 0 && (n == 1 || ops->many));
	w->targets = g_new0(const struct target *, n + 1);
	w->n_targets = n;
	for (int i = 0; i < n; i++)
		w->targets[i] = targets[i];
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	w->rand = g_rand_new();
	lane_init(&w->watching, w, ops, out, false);
	lane_init(&w->acting, w, ops, out, true);
	g_autoptr(GError) error = NULL;
	if (!lane_start(&w->watching, watch_thread, &error))
		post_state_of_all(&w->watching.backend, SRC_DOWN, error, 0);
	return w;
}

static void lane_clear(struct lane *lane)
{
	if (lane->started)
		pthread_join(lane->thread, NULL);
	g_queue_clear_full(&lane->inbox, (GDestroyNotify)request_free);
	cancel_free(lane->backend.cancel);
	mailbox_unref(lane->backend.out);
}

static void worker_free(struct worker *w)
{
	lane_clear(&w->watching);
	lane_clear(&w->acting);
	pthread_cond_destroy(&w->ended);
	pthread_mutex_destroy(&w->lock);
	g_rand_free(w->rand);
	g_free(w->targets);
	g_free(w);
}

static bool lane_runs(const struct lane *lane)
{
	return lane->started && !lane->finished;
}

/* True when both threads have ended before the deadline. */
static bool worker_wait_end(struct worker *w, const struct timespec *deadline)
{
	int late = 0;
	pthread_mutex_lock(&w->lock);
	while ((lane_runs(&w->watching) || lane_runs(&w->acting)) && !late)
		late = pthread_cond_timedwait(&w->ended, &w->lock, deadline);
	bool ended = !lane_runs(&w->watching) && !lane_runs(&w->acting);
	for (int i = 0; i < 2 && !ended; i++) {
		struct lane *lane = i ? &w->acting : &w->watching;
		if (lane->started)
			pthread_detach(lane->thread);
	}
	pthread_mutex_unlock(&w->lock);
	return ended;
}

int workers_stop(GPtrArray *workers, int64_t ms)
{
	struct timespec deadline;
	int hung = 0;
	for (guint i = 0; i < workers->len; i++) {
		struct worker *w = workers->pdata[i];
		pthread_mutex_lock(&w->lock);
		w->stopping = true;
		pthread_mutex_unlock(&w->lock);
		cancel_fire(w->watching.backend.cancel);
		cancel_fire(w->acting.backend.cancel);
	}
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += ms / 1000;
	deadline.tv_nsec += ms % 1000 * NS_PER_MS;
	if (deadline.tv_nsec >= NS_PER_S) {
		deadline.tv_sec++;
		deadline.tv_nsec -= NS_PER_S;
	}
	for (guint i = 0; i < workers->len; i++) {
		if (worker_wait_end(workers->pdata[i], &deadline))
			worker_free(workers->pdata[i]);
		else
			hung++;
	}
	g_ptr_array_set_size(workers, 0);
	return hung;
}

bool worker_serves(const struct worker *w, enum target_kind kind, const char *name)
{
	for (int i = 0; i < w->n_targets; i++)
		if (w->targets[i]->kind == kind && g_strcmp0(w->targets[i]->name, name) == 0)
			return true;
	return false;
}
