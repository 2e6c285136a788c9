/* test_session.c - turns of a session, and what the state of its sources means as an exit status. */
#include "config.h"
#include "cli/session_private.h"

#include "backends/demo/demo.h"
#include "cli/signals.h"
#include "lab/clock.h"

#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>

static void test_worse(void)
{
	static const int order[] = {6, 2, 4, 3, 5, 1, 0};
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(order); k++)
			g_assert_cmpint(exit_status_worse(order[i], order[k]), ==, order[MIN(i, k)]);
	g_assert_cmpint(exit_status_worse(143, 0), ==, 143);
}

/* One source: l live, d down, t down for trust, a refused, p may not, u configured wrongly, c still connecting;
 * upper case: named. */
static void add_source(struct session *s, char letter, int number)
{
	static const struct {
		char letter;
		enum source_state state;
		int error;
	} kinds[] = {
		{'l', SRC_LIVE, -1},
		{'d', SRC_DOWN, LAB_ERR_UNREACHABLE},
		{'t', SRC_DOWN, LAB_ERR_TRUST},
		{'a', SRC_DOWN, LAB_ERR_AUTH},
		{'p', SRC_DOWN, LAB_ERR_DENIED},
		{'u', SRC_DOWN, LAB_ERR_USAGE},
		{'c', SRC_CONNECTING, -1},
	};
	g_autofree char *name = g_strdup_printf("s%d", number);
	struct target *t = target_new(TARGET_ENGINE, name);
	t->named = g_ascii_isupper(letter);
	g_ptr_array_add(s->targets, t);
	lab_add_target(s->lab, t);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].letter != g_ascii_tolower(letter))
			continue;
		struct obs *obs = obs_new(OBS_SOURCE, t);
		obs->u.src = box_new0(obs->box, struct obs_source);
		*obs->u.src = (struct obs_source){.state = kinds[i].state,
						  .reason = "",
						  .hint = "",
						  .detail = "",
						  .error = kinds[i].error};
		lab_fold(s->lab, obs);
		return;
	}
	g_assert_not_reached();
}

static void test_sources(void)
{
	static const struct {
		const char *sources;
		int status;
	} cases[] = {
		{"", 0},   {"L", 0},  {"LL", 0}, {"D", 3},  {"DD", 3}, {"LD", 5}, {"C", 3}, {"LC", 5},
		{"d", 0},  {"cd", 0}, {"Ld", 0}, {"lD", 3}, {"A", 3},  {"LA", 5}, {"T", 4}, {"LT", 4},
		{"TD", 4}, {"t", 0},  {"P", 3},  {"LP", 5}, {"LU", 2}, {"UT", 2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct session s = {.lab = lab_new("test", false),
				    .targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free)};
		for (int k = 0; cases[i].sources[k]; k++)
			add_source(&s, cases[i].sources[k], k);
		lab_settle(s.lab);
		g_test_message("%s", cases[i].sources);
		g_assert_cmpint(session_exit_status(&s), ==, cases[i].status);
		lab_free(s.lab);
		g_ptr_array_unref(s.targets);
	}
}

/* ---- turning ------------------------------------------------------------------------------------------------ */

#define NEVER_NS INT64_MAX

static struct session *bare_session(void)
{
	struct session *s = g_new0(struct session, 1);
	s->lab = lab_new("test", false);
	s->mail = mailbox_new();
	s->taps = session_taps_new();
	s->clock.ops = &clock_machine;
	return s;
}

static void bare_free(struct session *s)
{
	mailbox_free(s->mail);
	g_array_unref(s->taps);
	lab_free(s->lab);
	g_free(s);
}

static void post_log(struct mailbox *mail, const char *text)
{
	struct target *t = target_new(TARGET_GUEST, "g");
	struct obs *obs = obs_new(OBS_LOG, t);
	obs->u.log = box_new0(obs->box, struct obs_log);
	obs->u.log->level = G_LOG_LEVEL_INFO;
	obs->u.log->text = box_text(obs->box, text, -1);
	mailbox_post(mail, obs);
	target_free(t);
}

struct tap_seen {
	const struct session *s;
	GString *said;
	char letter;
};

static void see(void *data, const struct obs *obs)
{
	struct tap_seen *seen = data;
	g_string_append_printf(seen->said, "%c%s%u ", seen->letter, obs->u.log->text, seen->s->lab->log->len);
}

/* Each tap sees each observation once, in order, before the lab has it. */
static void test_taps(void)
{
	struct session *s = bare_session();
	g_autoptr(GString) said = g_string_new(NULL);
	struct tap_seen a = {s, said, 'a'}, b = {s, said, 'b'};
	session_add_tap(s, see, &a);
	session_add_tap(s, see, &b);
	post_log(s->mail, "x");
	post_log(s->mail, "y");
	g_assert_cmpuint(session_drain(s, -1), ==, 1u << OBS_LOG);
	g_assert_cmpstr(said->str, ==, "ax0 bx0 ay1 by1 ");
	g_assert_cmpuint(session_drain(s, -1), ==, 0);
	bare_free(s);
}

/* A budget that is over ends a turn after the observation at hand; the rest stays for the next. */
static void test_budget(void)
{
	struct session *s = bare_session();
	post_log(s->mail, "x");
	post_log(s->mail, "y");
	post_log(s->mail, "z");
	session_drain(s, 0);
	g_assert_cmpuint(s->lab->log->len, ==, 1);
	session_drain(s, -1);
	g_assert_cmpuint(s->lab->log->len, ==, 3);
	bare_free(s);
}

static void test_clocks(void)
{
	int64_t now_ns, wall_ms, before_ns = clock_ns(), before_ms = clock_wall_ms();
	struct session_clock c = {.ops = &clock_machine, .at_ms = 600000};
	session_clock_now(&c, &now_ns, &wall_ms);
	g_assert_cmpint(now_ns, >=, before_ns);
	g_assert_cmpint(now_ns, <=, clock_ns());
	g_assert_cmpint(wall_ms, >=, before_ms);
	c.ops = &clock_still;
	session_clock_now(&c, &now_ns, &wall_ms);
	g_assert_cmpint(now_ns, ==, demo_ns(600000));
	g_assert_cmpint(wall_ms, ==, demo_wall(600000));
	c.ops = &clock_demo;
	c.start_ns = clock_ns() - 5 * NS_PER_S;
	session_clock_now(&c, &now_ns, &wall_ms);
	g_assert_cmpint(now_ns, >=, demo_ns(605000));
	g_assert_cmpint(now_ns, <, demo_ns(665000));
	g_assert_cmpint(wall_ms, ==, demo_wall((now_ns - DEMO_ZERO_NS) / NS_PER_MS));
}

static bool has_log(const struct lab *lab)
{
	return lab->log->len > 0;
}

static void *post_soon(void *mail)
{
	post_log(mail, "x");
	return NULL;
}

/* What another thread posts ends the wait; so does the time; the lab knows the time either way. */
static void test_run(void)
{
	struct session *s = bare_session();
	pthread_t poster;
	int64_t until_ns = clock_ns() + 20 * NS_PER_MS;
	g_assert_false(session_run(s, has_log, until_ns));
	g_assert_cmpint(clock_ns(), >=, until_ns);
	g_assert_cmpint(s->lab->now_ns, >=, until_ns);
	g_assert_false(session_run(s, NULL, 0)); /* one turn, at once */
	g_assert_cmpint(pthread_create(&poster, NULL, post_soon, s->mail), ==, 0);
	g_assert_true(session_run(s, has_log, NEVER_NS));
	pthread_join(poster, NULL);
	bare_free(s);
}

static void *hang_up_soon(void *main_thread)
{
	pthread_kill(*(pthread_t *)main_thread, SIGHUP);
	return NULL;
}

/* A signal ends it whenever it comes; one that is ignored (nohup) stays so. Last: it stays in mind. */
static void test_signal(void)
{
	struct session *s = bare_session();
	pthread_t killer, self = pthread_self();
	struct sigaction now;
	signal(SIGTERM, SIG_IGN);
	signals_catch();
	g_assert_cmpint(sigaction(SIGTERM, NULL, &now), ==, 0);
	g_assert_true(now.sa_handler == SIG_IGN);
	raise(SIGTERM);
	g_assert_cmpint(signals_came(), ==, 0);
	g_assert_cmpint(pthread_create(&killer, NULL, hang_up_soon, &self), ==, 0);
	g_assert_false(session_run(s, NULL, NEVER_NS));
	pthread_join(killer, NULL);
	g_assert_cmpint(signals_came(), ==, SIGHUP);
	g_assert_false(session_run(s, NULL, NEVER_NS)); /* and no wait is begun any more */
	bare_free(s);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/session/exit-status-worse", test_worse);
	g_test_add_func("/session/exit-status-of-sources", test_sources);
	g_test_add_func("/session/taps", test_taps);
	g_test_add_func("/session/budget", test_budget);
	g_test_add_func("/session/clocks", test_clocks);
	g_test_add_func("/session/run", test_run);
	g_test_add_func("/session/signal", test_signal);
	return g_test_run();
}
