/* test_worker.c - mailbox, cancel, and the life of a worker with a backend that does what the test says.
 *
 * Nothing here sleeps for a time: the test waits for observations and counts calls.
 */
#include "config.h"

#include "backends/worker.h"

#include "backends/act.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- a backend under the test's thumb ------------------------------------------------------------------------ */

static struct {
	atomic_int opens, closes, observes, acts, acting_opens, acting_closes, refreshes;
	atomic_int open_error;    /* enum lab_error + 1, 0 succeeds */
	atomic_int observe_error; /* likewise */
	atomic_bool hang;         /* observe() ignores its cancel */
	atomic_bool fail_second;  /* observe() fails the second time after an open() */
	atomic_bool lived;        /* it was called since open() */
	atomic_bool follow;       /* observe() waits for nudge or cancel and says "cancelled" */
	struct cancel *unhang;
} fake;

static bool fail_as_told(int code, GError **error)
{
	if (code)
		g_set_error(error, LAB_ERROR, code - 1, "told to fail");
	return code == 0;
}

static bool fake_open(struct backend *b, GError **error)
{
	atomic_fetch_add(b->acting ? &fake.acting_opens : &fake.opens, 1);
	atomic_store(&fake.lived, false);
	return fail_as_told(atomic_load(&fake.open_error), error);
}

static bool fake_observe(struct backend *b, GError **error)
{
	atomic_fetch_add(&fake.observes, 1);
	if (b->refresh)
		atomic_fetch_add(&fake.refreshes, 1);
	if (atomic_load(&fake.hang))
		cancel_sleep(fake.unhang, 60 * 1000);
	if (atomic_load(&fake.follow)) {
		cancel_sleep(b->cancel, 60 * 1000);
		g_set_error(error, LAB_ERROR, LAB_ERR_CANCELLED, "cancelled");
		return false;
	}
	backend_log(b, b->target, G_LOG_LEVEL_INFO, "observed");
	if (atomic_exchange(&fake.lived, true) && atomic_load(&fake.fail_second))
		return fail_as_told(LAB_ERR_TIMEOUT + 1, error);
	return fail_as_told(atomic_load(&fake.observe_error), error);
}

static bool fake_act(struct backend *b, const struct request *rq, GError **error)
{
	g_assert_true(b->acting);
	atomic_fetch_add(&fake.acts, 1);
	backend_log(b, b->target, G_LOG_LEVEL_INFO, "did %s", rq->step.key);
	return true;
}

static void fake_close(struct backend *b)
{
	atomic_fetch_add(b->acting ? &fake.acting_closes : &fake.closes, 1);
	if (b->acting)
		backend_log(b, b->target, G_LOG_LEVEL_INFO, "acting closed");
}

static const struct act fake_acts[] = {{"vm.firmware", fake_act}, {NULL}};

static const struct backend_ops fake_ops = {
	.kind = "fake",
	.interval_ms = 60 * 1000,
	.open = fake_open,
	.observe = fake_observe,
	.acting = ACTS_APART,
	.acts = fake_acts,
	.close = fake_close,
};

static struct request *act_request(const char *verb)
{
	struct request *rq = request_new(REQ_APPLY, TARGET_ENGINE, "e1");
	rq->step = (struct step){.ops = step_ops_find("vm.firmware"), .key = verb};
	return rq;
}

struct bench {
	struct target *target;
	struct mailbox *mail;
	GPtrArray *workers;
	struct worker *worker;
};

static struct bench bench_start(void)
{
	struct bench t = {.target = target_new(TARGET_ENGINE, "e1"),
			  .mail = mailbox_new(),
			  .workers = g_ptr_array_new()};
	const struct target *targets[] = {t.target};
	t.worker = worker_start(&fake_ops, targets, 1, t.mail);
	g_ptr_array_add(t.workers, t.worker);
	return t;
}

static void bench_stop(struct bench *t)
{
	g_assert_cmpint(workers_stop(t->workers, 10 * 1000), ==, 0);
	g_ptr_array_free(t->workers, TRUE);
	mailbox_free(t->mail);
	target_free(t->target);
}

static void reset_fake(void)
{
	atomic_int *counts[] = {&fake.opens,     &fake.closes,       &fake.observes,
				&fake.acts,      &fake.acting_opens, &fake.acting_closes,
				&fake.refreshes, &fake.open_error,   &fake.observe_error};
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		atomic_store(counts[i], 0);
	atomic_store(&fake.hang, false);
	atomic_store(&fake.follow, false);
	atomic_store(&fake.fail_second, false);
	worker_pace = (struct worker_pace){
		.backoff_unit_ms = 1, .steady_ms = BACKOFF_STEADY_MS, .acting_idle_ms = 60 * 1000};
}

/* The next state that was posted. The caller frees. */
static struct obs *next_state(struct mailbox *mail)
{
	for (;;) {
		g_assert_true(mailbox_wait(mail, 20 * 1000));
		struct obs *obs = mailbox_take(mail, 1);
		if (obs && obs->kind == OBS_SOURCE)
			return obs;
		obs_free(obs);
	}
}

static void wait_for_state(struct mailbox *mail, enum source_state want)
{
	for (bool found = false; !found;) {
		struct obs *obs = next_state(mail);
		found = obs->u.src->state == want;
		obs_free(obs);
	}
}

static void wait_for_log(struct mailbox *mail, const char *want)
{
	for (bool found = false; !found;) {
		g_assert_true(mailbox_wait(mail, 20 * 1000));
		struct obs *obs = mailbox_take(mail, 1);
		found = obs && obs->kind == OBS_LOG && strstr(obs->u.log->text, want);
		obs_free(obs);
	}
}

/* ---- mailbox and cancel --------------------------------------------------------------------------------------- */

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

static void test_mailbox(void)
{
	struct target *t = target_new(TARGET_ENGINE, "e1");
	struct mailbox *m = mailbox_new();
	g_assert_null(mailbox_take(m, G_MAXINT));
	g_assert_false(readable(mailbox_fd(m)));
	g_assert_false(mailbox_wait(m, 0));
	for (int i = 0; i < 5; i++) {
		struct obs *obs = obs_new(OBS_HELLO, t);
		obs->wall_ms = i;
		mailbox_post(m, obs);
	}
	g_assert_true(mailbox_wait(m, 0));
	struct obs *two = mailbox_take(m, 2);
	g_assert_cmpint(two->wall_ms, ==, 0);
	g_assert_cmpint(two->next->wall_ms, ==, 1);
	g_assert_null(two->next->next);
	g_assert_true(readable(mailbox_fd(m)));
	struct obs *rest = mailbox_take(m, G_MAXINT);
	g_assert_false(readable(mailbox_fd(m)));
	int n = 0;
	for (struct obs *next; rest; rest = next, n++) {
		next = rest->next;
		obs_free(rest);
	}
	g_assert_cmpint(n, ==, 3);
	obs_free(two->next);
	obs_free(two);

	/* a reader that stopped: what comes again is dropped, what does not is kept */
	for (int i = 0; i < MAILBOX_CROWDED + 10; i++)
		mailbox_post(m, obs_new(OBS_SAMPLE, t));
	mailbox_post(m, obs_new(OBS_INVENTORY, t));
	for (n = 0, rest = mailbox_take(m, G_MAXINT); rest; n++) {
		struct obs *next = rest->next;
		g_assert_cmpint(rest->kind, ==, next ? OBS_SAMPLE : OBS_INVENTORY);
		obs_free(rest);
		rest = next;
	}
	g_assert_cmpint(n, ==, MAILBOX_CROWDED + 1);

	/* a writer may outlive the reader */
	mailbox_ref(m);
	mailbox_post(m, obs_new(OBS_HELLO, t));
	mailbox_free(m);
	mailbox_post(m, obs_new(OBS_HELLO, t));
	mailbox_unref(m);
	target_free(t);
}

static void *post_many(void *data)
{
	struct target *t = target_new(TARGET_ENGINE, "e1");
	for (int i = 0; i < 1000; i++)
		mailbox_post(data, obs_new(OBS_HELLO, t));
	target_free(t);
	return NULL;
}

static void test_mailbox_threads(void)
{
	struct mailbox *m = mailbox_new();
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, post_many, m);
	for (int n = 0; n < 4000;) {
		g_assert_true(mailbox_wait(m, 20 * 1000));
		for (struct obs *obs = mailbox_take(m, 7), *next; obs; obs = next, n++) {
			next = obs->next;
			obs_free(obs);
		}
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	mailbox_free(m);
}

static void test_cancel(void)
{
	struct cancel *c = cancel_new();
	g_assert_true(cancel_sleep(c, 0));
	/* it sleeps and wakes without descriptors; opened it shows what was before */
	g_assert_cmpint(cancel_fd(c), ==, -1);
	g_assert_cmpint(cancel_fire_fd(c), ==, -1);
	cancel_nudge(c);
	g_assert_true(cancel_sleep(c, 60 * 1000));
	int64_t began_us = g_get_monotonic_time();
	g_assert_true(cancel_sleep_through(c, 20)); /* the nudge still stands */
	g_assert_cmpint(g_get_monotonic_time() - began_us, >=, 20 * 1000);
	g_assert_true(cancel_open(c, NULL));
	g_assert_true(readable(cancel_fd(c)));
	g_assert_false(readable(cancel_fire_fd(c)));
	cancel_clear_nudge(c);
	g_assert_false(readable(cancel_fd(c)));
	int fd = cancel_fd(c);
	g_assert_true(cancel_open(c, NULL));
	g_assert_cmpint(cancel_fd(c), ==, fd);
	cancel_nudge(c);
	g_assert_true(readable(cancel_fd(c)));
	g_assert_false(readable(cancel_fire_fd(c)));
	g_assert_true(cancel_sleep(c, 60 * 1000));
	cancel_clear_nudge(c);
	g_assert_false(readable(cancel_fd(c)));
	cancel_fire(c);
	g_assert_true(cancel_fired(c));
	cancel_clear_nudge(c);
	g_assert_true(readable(cancel_fd(c)));
	g_assert_true(readable(cancel_fire_fd(c)));
	g_assert_false(cancel_sleep(c, 60 * 1000));
	g_assert_false(cancel_sleep_through(c, 60 * 1000));
	cancel_close(c);
	g_assert_cmpint(cancel_fd(c), ==, -1);
	g_assert_true(cancel_open(c, NULL));
	g_assert_true(readable(cancel_fd(c)) && readable(cancel_fire_fd(c)));
	cancel_free(c);
	cancel_free(NULL);
}

/* ---- worker --------------------------------------------------------------------------------------------------- */

static void test_backoff(void)
{
	static const int want_s[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
	struct backoff b = {0};
	for (int n = 1; n <= (int)G_N_ELEMENTS(want_s); n++) {
		g_assert_cmpint(backoff_delay_ms(n, LAB_ERR_TIMEOUT), ==, want_s[n - 1] * 1000);
		g_assert_cmpint(backoff_fails(&b, -1, n, 1000), ==, want_s[n - 1] * 1000);
	}
	g_assert_cmpint(backoff_delay_ms(1, LAB_ERR_NAME), ==, 10 * 1000);
	g_assert_cmpint(backoff_delay_ms(6, LAB_ERR_NAME), ==, 32 * 1000);
	g_assert_cmpint(backoff_delay_ms(1000000, -1), ==, 60 * 1000);

	/* a short life changes nothing, however often it is told; a steady one begins again */
	backoff_lives(&b, 5000);
	g_assert_cmpint(backoff_fails(&b, -1, 5999, 1000), ==, 60 * 1000);
	backoff_lives(&b, 6000);
	backoff_lives(&b, 6900);
	g_assert_cmpint(backoff_fails(&b, -1, 7000, 1000), ==, 1000);
	g_assert_cmpint(backoff_fails(&b, -1, 9999, 1000), ==, 2000); /* it has not lived since */
}

static void test_waits_for_person(void)
{
	static const int codes[] = {LAB_ERR_AUTH, LAB_ERR_TRUST, LAB_ERR_USAGE};
	int n = 0;
	for (int code = -1; code <= LAB_ERR_LIMIT + 1; code++)
		n += lab_error_waits_for_person(code);
	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
		g_assert_true(lab_error_waits_for_person(codes[i]));
	g_assert_cmpint(n, ==, G_N_ELEMENTS(codes));
	g_assert_cmpint(lab_error_of_errno(EMFILE), ==, LAB_ERR_LIMIT);
	g_assert_cmpint(lab_error_of_errno(EAGAIN), ==, LAB_ERR_LIMIT);
	g_assert_cmpint(lab_error_of_errno(ENOENT), ==, LAB_ERR_SYSTEM);
}

/* Back-off as the worker has it: what lived for a while begins again, what only just came up does not. */
static void test_backs_off_anew(void)
{
	static const struct {
		int64_t steady_ms;
		int least_ms, most_ms; /* of the fifth delay, at a pace of 10 ms a second */
	} cases[] = {{0, 8, 12}, {60 * 1000, 127, 193}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		reset_fake();
		worker_pace.backoff_unit_ms = 10;
		worker_pace.steady_ms = cases[i].steady_ms;
		atomic_store(&fake.fail_second, true);
		struct bench t = bench_start();
		for (int n = 1; n <= 5; n++) {
			wait_for_state(t.mail, SRC_LIVE);
			worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
			struct obs *down = next_state(t.mail);
			g_assert_cmpint(down->u.src->state, ==, SRC_DOWN);
			g_assert_cmpint(down->u.src->retry_ms, >=, n < 5 ? 8 : cases[i].least_ms);
			if (n == 5)
				g_assert_cmpint(down->u.src->retry_ms, <=, cases[i].most_ms);
			obs_free(down);
		}
		bench_stop(&t);
	}
}

static void test_lives(void)
{
	reset_fake();
	struct bench t = bench_start();
	struct obs *first = next_state(t.mail);
	g_assert_cmpint(first->u.src->state, ==, SRC_CONNECTING);
	g_assert_cmpint(first->u.src->error, ==, -1);
	g_assert_cmpint(first->u.src->interval_ms, ==, 60 * 1000);
	obs_free(first);
	wait_for_state(t.mail, SRC_LIVE);
	g_assert_true(worker_serves(t.worker, TARGET_ENGINE, "e1"));
	g_assert_false(worker_serves(t.worker, TARGET_GUEST, "e1"));
	/* a request ends the wait of a minute at once */
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	wait_for_log(t.mail, "observed");
	bench_stop(&t);
	g_assert_cmpint(atomic_load(&fake.opens), ==, 1);
	g_assert_cmpint(atomic_load(&fake.closes), ==, 1);
	g_assert_cmpint(atomic_load(&fake.refreshes), ==, 1);
}

static void test_goes_on_after_failures(void)
{
	reset_fake();
	atomic_store(&fake.open_error, LAB_ERR_UNREACHABLE + 1);
	struct bench t = bench_start();
	for (int i = 0; i < 4; i++) {
		wait_for_state(t.mail, SRC_DOWN);
	}
	atomic_store(&fake.open_error, 0);
	wait_for_state(t.mail, SRC_LIVE);
	/* and after a failure in the middle */
	atomic_store(&fake.observe_error, LAB_ERR_TIMEOUT + 1);
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	struct obs *down = next_state(t.mail);
	g_assert_cmpint(down->u.src->state, ==, SRC_DOWN);
	g_assert_cmpint(down->u.src->error, ==, LAB_ERR_TIMEOUT);
	g_assert_cmpstr(down->u.src->reason, ==, "told to fail");
	obs_free(down);
	bench_stop(&t);
	g_assert_cmpint(atomic_load(&fake.opens), ==, atomic_load(&fake.closes));
}

/* A wrong password is tried once; only a person's retry tries it again. */
static void test_refused_once(void)
{
	reset_fake();
	worker_pace.backoff_unit_ms = 1000;
	atomic_store(&fake.open_error, LAB_ERR_AUTH + 1);
	struct bench t = bench_start();
	wait_for_state(t.mail, SRC_CONNECTING);
	struct obs *down = next_state(t.mail);
	g_assert_cmpint(down->u.src->state, ==, SRC_DOWN);
	g_assert_cmpint(down->u.src->retry_ms, ==, 0);
	g_assert_cmpstr(down->u.src->hint, !=, "");
	obs_free(down);
	/* neither a refresh nor an action makes it knock again */
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	worker_request(t.worker, act_request("load"));
	wait_for_log(t.mail, "not done: the target is down");
	g_assert_cmpint(atomic_load(&fake.opens), ==, 1);
	g_assert_cmpint(atomic_load(&fake.acting_opens), ==, 0);
	worker_request(t.worker, request_new(REQ_RETRY, TARGET_ENGINE, "e1"));
	wait_for_state(t.mail, SRC_CONNECTING);
	wait_for_state(t.mail, SRC_DOWN);
	g_assert_cmpint(atomic_load(&fake.opens), ==, 2);
	bench_stop(&t);
}

static void test_long_poll_is_nudged(void)
{
	reset_fake();
	atomic_store(&fake.follow, true);
	struct bench t = bench_start();
	wait_for_state(t.mail, SRC_CONNECTING);
	while (atomic_load(&fake.observes) < 1)
		g_thread_yield();
	atomic_store(&fake.follow, false);
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	wait_for_log(t.mail, "observed");
	bench_stop(&t);
	g_assert_cmpint(atomic_load(&fake.opens), ==, 1);
}

static void test_acting_twin(void)
{
	reset_fake();
	struct bench t = bench_start();
	worker_request(t.worker, act_request("one")); /* perhaps before it is live: waits for that */
	wait_for_log(t.mail, "did one");
	worker_request(t.worker, act_request("two"));
	wait_for_log(t.mail, "did two");
	g_assert_cmpint(atomic_load(&fake.acting_opens), ==, 1);
	bench_stop(&t);
	g_assert_cmpint(atomic_load(&fake.acts), ==, 2);
	g_assert_cmpint(atomic_load(&fake.acting_closes), ==, 1);
	g_assert_cmpint(atomic_load(&fake.opens), ==, 1);
}

static void test_acting_twin_goes_home(void)
{
	reset_fake();
	worker_pace.acting_idle_ms = 1;
	struct bench t = bench_start();
	for (int i = 1; i <= 3; i++) {
		worker_request(t.worker, act_request("it"));
		wait_for_log(t.mail, "did it");
		wait_for_log(t.mail, "acting closed");
	}
	worker_pace.acting_idle_ms = 60 * 1000; /* the next one stays, and takes more than one */
	for (int i = 0; i < 2; i++) {
		worker_request(t.worker, act_request("it"));
		wait_for_log(t.mail, "did it");
	}
	bench_stop(&t);
	g_assert_cmpint(atomic_load(&fake.acts), ==, 5);
	g_assert_cmpint(atomic_load(&fake.acting_opens), ==, atomic_load(&fake.acting_closes));
}

/* ---- when this machine has no room ------------------------------------------------------------------------------ */

/* Lowers the limit of open files to what is open now and so many more. */
static void leave_descriptors(unsigned more)
{
	struct rlimit limit;
	int next = dup(STDERR_FILENO);
	close(next);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)next + more;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &limit), ==, 0);
}

static void give_descriptors_back(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = MIN(limit.rlim_max, 1024);
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &limit), ==, 0);
}

static void test_out_of_descriptors(void)
{
	static const unsigned left[] = {0, 1, 7}; /* the last few are for the screen */
	for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
		reset_fake();
		struct target *target = target_new(TARGET_ENGINE, "e1");
		const struct target *targets[] = {target};
		struct bench t = {.target = target, .mail = mailbox_new(), .workers = g_ptr_array_new()};
		leave_descriptors(left[i]);
		t.worker = worker_start(&fake_ops, targets, 1, t.mail);
		g_ptr_array_add(t.workers, t.worker);
		wait_for_state(t.mail, SRC_CONNECTING);
		for (int n = 0; n < 3; n++) {
			struct obs *down = next_state(t.mail);
			g_assert_cmpint(down->u.src->state, ==, SRC_DOWN);
			g_assert_cmpint(down->u.src->error, ==, LAB_ERR_LIMIT);
			g_assert_nonnull(strstr(down->u.src->reason, "Too many open files"));
			g_assert_nonnull(strstr(down->u.src->hint, "ulimit -n"));
			obs_free(down);
		}
		g_assert_cmpint(atomic_load(&fake.opens), ==, 0);
		give_descriptors_back();
		wait_for_state(t.mail, SRC_LIVE);

		/* its acting lane comes later, and takes its own then */
		leave_descriptors(left[i]);
		worker_request(t.worker, act_request("one"));
		wait_for_log(t.mail, "vm.firmware: not done: no connection was tried: Too many open files");
		g_assert_cmpint(atomic_load(&fake.acting_opens), ==, 0);
		give_descriptors_back();
		worker_request(t.worker, act_request("two"));
		wait_for_log(t.mail, "did two");
		bench_stop(&t);
	}
}

/* Two lanes, and descriptors for the one that is connected. */
static void test_takes_few_descriptors(void)
{
	reset_fake();
	int before = dup(STDERR_FILENO);
	close(before);
	struct bench t = bench_start();
	wait_for_state(t.mail, SRC_LIVE);
	int next = dup(STDERR_FILENO);
	close(next);
	g_assert_cmpint(next - before, ==, 3); /* the mailbox's and a cancel's two */
	bench_stop(&t);
}

static void test_no_threads(void)
{
	pthread_attr_t usual, huge;
	reset_fake();
	pthread_getattr_default_np(&usual);
	pthread_attr_init(&huge);
	pthread_attr_setstacksize(&huge, (size_t)1 << 46);
	g_assert_cmpint(pthread_setattr_default_np(&huge), ==, 0);
	struct bench t = bench_start();
	struct obs *down = next_state(t.mail);
	g_assert_cmpint(down->u.src->state, ==, SRC_DOWN);
	g_assert_cmpint(down->u.src->error, ==, LAB_ERR_LIMIT);
	g_assert_true(g_str_has_prefix(down->u.src->reason, "cannot start a thread: "));
	obs_free(down);
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	wait_for_state(t.mail, SRC_DOWN);
	pthread_setattr_default_np(&usual);
	worker_request(t.worker, request_new(REQ_REFRESH, TARGET_ENGINE, "e1"));
	wait_for_state(t.mail, SRC_LIVE);

	pthread_setattr_default_np(&huge);
	worker_request(t.worker, act_request("one"));
	wait_for_log(t.mail, "vm.firmware: not done: cannot start a thread: ");
	pthread_setattr_default_np(&usual);
	worker_request(t.worker, act_request("two"));
	wait_for_log(t.mail, "did two");
	bench_stop(&t);
}

/* A backend that hangs is left behind; what it does later harms nobody. */
static void test_hang(void)
{
	reset_fake();
	fake.unhang = cancel_new();
	atomic_store(&fake.hang, true);
	static struct bench t; /* so that what is left behind on purpose is no leak */
	t = bench_start();
	wait_for_state(t.mail, SRC_CONNECTING);
	while (atomic_load(&fake.observes) < 1)
		g_thread_yield();
	g_assert_cmpint(workers_stop(t.workers, 1), ==, 1);
	g_assert_cmpuint(t.workers->len, ==, 0);
	mailbox_free(t.mail);
	cancel_fire(fake.unhang);
	while (atomic_load(&fake.closes) < 1)
		g_thread_yield();
	g_ptr_array_free(t.workers, TRUE);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/mailbox/order", test_mailbox);
	g_test_add_func("/mailbox/threads", test_mailbox_threads);
	g_test_add_func("/cancel", test_cancel);
	g_test_add_func("/worker/backoff", test_backoff);
	g_test_add_func("/worker/waits-for-person", test_waits_for_person);
	g_test_add_func("/worker/backs-off-anew", test_backs_off_anew);
	g_test_add_func("/worker/lives", test_lives);
	g_test_add_func("/worker/goes-on-after-failures", test_goes_on_after_failures);
	g_test_add_func("/worker/refused-once", test_refused_once);
	g_test_add_func("/worker/long-poll-is-nudged", test_long_poll_is_nudged);
	g_test_add_func("/worker/acting-twin", test_acting_twin);
	g_test_add_func("/worker/acting-twin-goes-home", test_acting_twin_goes_home);
	g_test_add_func("/worker/out-of-descriptors", test_out_of_descriptors);
	g_test_add_func("/worker/takes-few-descriptors", test_takes_few_descriptors);
	g_test_add_func("/worker/no-threads", test_no_threads);
	g_test_add_func("/worker/hang", test_hang);
	return g_test_run();
}
