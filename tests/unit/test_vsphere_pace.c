/* test_vsphere_pace.c - how often a vSphere server is asked for what is read by the clock, counted at the server. The
 * clock is the test's own: whoever asks GLib for the time in this program is told it. */
#include "config.h"

#include "backends/backend.h"
#include "tests/drivers/fake_http.h"
#include "tests/drivers/vsphere_fed.h"
#include "tests/unit/unit.h"

#define US_PER_S G_GINT64_CONSTANT(1000000)
#define SETTLING 8 /* turns until everything was read once, within one second */

static int64_t now_us = 3600 * US_PER_S;

gint64 g_get_monotonic_time(void)
{
	return now_us;
}

struct setting {
	struct vsphere_fed fed;
	struct backend b;
	struct target *target;
};

static void pass_seconds(struct setting *s, int n)
{
	for (int i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		now_us += US_PER_S;
		s->b.ops->observe(&s->b, &error);
		g_assert_no_error(error);
	}
}

static void open_it(struct setting *s)
{
	g_autoptr(GError) error = NULL;
	s->b.ops->open(&s->b, &error);
	g_assert_no_error(error);
	for (int i = 0; i < SETTLING; i++) {
		s->b.ops->observe(&s->b, &error);
		g_assert_no_error(error);
	}
}

static struct setting *begin(const char *interval)
{
	struct setting *s = g_new0(struct setting, 1);
	for (int i = 0; i < ANSWER_COUNT; i++) {
		g_autofree char *relative =
			g_build_filename("data", "vsphere", vsphere_answer_files[i], NULL);
		g_autofree char *path = unit_data(relative);
		char *text;
		g_assert_true(g_file_get_contents(path, &text, &s->fed.len[i], NULL));
		s->fed.text[i] = text;
	}
	s->target = target_new(TARGET_VSPHERE, "vc");
	target_set(s->target, "url", "https://root:secret@127.0.0.1");
	target_set(s->target, "tls", "insecure");
	target_set(s->target, "interval", interval);
	s->b = (struct backend){
		.ops = &vsphere_backend, .target = s->target, .out = mailbox_new(), .cancel = cancel_new()};
	fake_http_serve(vsphere_fed_serve, &s->fed);
	open_it(s);
	return s;
}

static void end(struct setting *s)
{
	s->b.ops->close(&s->b);
	s->b.ops->release(&s->b);
	mailbox_free(s->b.out);
	cancel_free(s->b.cancel);
	target_free(s->target);
	for (int i = 0; i < ANSWER_COUNT; i++)
		g_free((char *)s->fed.text[i]);
	g_free(s);
}

/* How often sensors and counters were asked for. */
static void assert_asked(const struct setting *s, int sensors, int counters)
{
	g_assert_cmpint(s->fed.given[ANSWER_SENSORS], ==, sensors);
	g_assert_cmpint(s->fed.given[ANSWER_COUNTERS], ==, counters);
}

static void test_short_interval(void)
{
	struct setting *s = begin("2s");
	assert_asked(s, 1, 1);
	pass_seconds(s, 19);
	assert_asked(s, 1, 1);
	pass_seconds(s, 1);
	assert_asked(s, 1, 2); /* counters have a new value every 20 s */
	pass_seconds(s, 39);
	assert_asked(s, 1, 3);
	pass_seconds(s, 1);
	assert_asked(s, 2, 4);
	pass_seconds(s, 120);
	assert_asked(s, 4, 10);
	end(s);
}

static void test_long_interval(void)
{
	struct setting *s = begin("5m");
	pass_seconds(s, 299);
	assert_asked(s, 1, 1);
	pass_seconds(s, 1);
	assert_asked(s, 2, 2);
	end(s);
}

/* Neither somebody's `r` nor a connection that comes and goes makes it more often; each still gets a settled inventory. */
static void test_asked_again(void)
{
	struct setting *s = begin("2s");
	for (int i = 0; i < 5; i++) {
		int loads = s->fed.given[ANSWER_INVENTORY];
		s->b.refresh = true;
		pass_seconds(s, 1);
		s->b.refresh = false;
		g_assert_cmpint(s->fed.given[ANSWER_INVENTORY], ==, loads + 1);
		pass_seconds(s, SETTLING);
	}
	assert_asked(s, 1, 6);
	s->b.ops->close(&s->b);
	open_it(s);
	assert_asked(s, 1, 7);
	pass_seconds(s, 15);
	assert_asked(s, 2, 7);
	end(s);
}

/* Who asks does not wait for a long interval, but for the minute. */
static void test_asked_once(void)
{
	struct setting *s = begin("1h");
	s->b.refresh = true;
	pass_seconds(s, 1);
	s->b.refresh = false;
	pass_seconds(s, 58);
	assert_asked(s, 1, 2);
	pass_seconds(s, 1);
	assert_asked(s, 2, 3);
	pass_seconds(s, 120);
	assert_asked(s, 2, 3);
	end(s);
}

/* The first inventory that is said to be whole is: --wait ends with it, in a session without sensors of its own as well. */
static void test_settled(void)
{
	struct setting *s = begin("60s");
	s->b.ops->close(&s->b);
	for (struct obs *o = mailbox_take(s->b.out, G_MAXINT), *next; o; o = next) {
		next = o->next;
		obs_free(o);
	}
	open_it(s);
	bool settled = false;
	for (struct obs *o = mailbox_take(s->b.out, G_MAXINT), *next; o; o = next) {
		next = o->next;
		settled |= o->kind == OBS_INVENTORY && o->u.inventory->complete && !o->u.inventory->more;
		obs_free(o);
	}
	g_assert_true(settled);
	assert_asked(s, 1, 2);
	end(s);
}

/* Tasks and events are told before the source counts as settled, be there none; where they are refused that is no failure,
 * and nothing is claimed about them. */
static void test_tasks_before_settled(void)
{
	enum { TOLD, REFUSED, NO_EVENTS, CASES };
	for (int how = 0; how < CASES; how++) {
		struct setting *s = begin("60s");
		s->b.ops->close(&s->b);
		for (struct obs *o = mailbox_take(s->b.out, G_MAXINT), *next; o; o = next) {
			next = o->next;
			obs_free(o);
		}
		s->fed.no_recent = how == REFUSED;
		s->fed.no_events = how == NO_EVENTS;
		open_it(s);
		bool settled = false, tasks = false, events = false;
		for (struct obs *o = mailbox_take(s->b.out, G_MAXINT), *next; o; o = next) {
			next = o->next;
			if (o->kind == OBS_TASKS && !settled) {
				tasks = o->u.tasks->has_tasks;
				events = o->u.tasks->has_events;
			}
			settled |=
				o->kind == OBS_INVENTORY && o->u.inventory->complete && !o->u.inventory->more;
			obs_free(o);
		}
		g_assert_true(settled);
		g_assert_cmpint(tasks, ==, how != REFUSED);
		g_assert_cmpint(events, ==, how == TOLD);
		end(s);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/vsphere-pace/short-interval", test_short_interval);
	g_test_add_func("/vsphere-pace/long-interval", test_long_interval);
	g_test_add_func("/vsphere-pace/asked-again", test_asked_again);
	g_test_add_func("/vsphere-pace/asked-once", test_asked_once);
	g_test_add_func("/vsphere-pace/settled", test_settled);
	g_test_add_func("/vsphere-pace/tasks-before-settled", test_tasks_before_settled);
	return g_test_run();
}
