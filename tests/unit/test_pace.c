/* When frames are drawn: a day of readings, news and keys is played to pace.c against a clock of our own. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/pace.h"

/* A console in small: one timer, as app.c keeps it. */
struct play {
	struct pace pace;
	int64_t now_ms, timer_ms;
	enum pace_why why;
	int frames;
	int64_t leaves_ms; /* how long a frame takes to leave */
};

static void draw(struct play *t, enum pace_why why)
{
	t->frames++;
	pace_drawn(&t->pace, why, t->now_ms);
	t->now_ms += t->leaves_ms;
	pace_left(&t->pace, t->leaves_ms);
	t->timer_ms = pace_due(&t->pace, PACE_TICK, t->now_ms);
	t->why = PACE_TICK;
}

static void want(struct play *t, enum pace_why why)
{
	int64_t due_ms = pace_due(&t->pace, why, t->now_ms);
	if (due_ms <= t->now_ms) {
		draw(t, why);
	} else if (due_ms < t->timer_ms) {
		t->timer_ms = due_ms;
		t->why = why;
	}
}

static void play_until(struct play *t, int64_t until_ms)
{
	while (MAX(t->timer_ms, t->now_ms) <= until_ms) {
		t->now_ms = MAX(t->timer_ms, t->now_ms);
		draw(t, t->why);
	}
	t->now_ms = MAX(t->now_ms, until_ms);
}

static struct play start(int interval_ms)
{
	struct play t = {.now_ms = 1000000};
	pace_init(&t.pace, interval_ms);
	want(&t, PACE_TICK);
	t.frames = 0;
	return t;
}

static void test_ticks(void)
{
	struct play t = start(1000);
	play_until(&t, t.now_ms + 60500);
	g_assert_cmpint(t.frames, ==, 60);
}

/* Three guests tell once a second, each in its own moment and never quite on time: one frame a second all the same, and
 * what the guest that leads told is on the screen at once. */
static void test_readings(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);
	struct play t = start(1000);
	int64_t begin_ms = t.now_ms + 400;
	for (int second = 0; second < 600; second++)
		for (int guest = 0; guest < 3; guest++) {
			play_until(&t,
				   begin_ms + second * 1000 + guest * 300 + g_rand_int_range(rand, -20, 20));
			want(&t, PACE_READINGS);
		}
	g_assert_cmpint(t.frames, >=, 598);
	g_assert_cmpint(t.frames, <=, 602);
}

/* Whatever moment ticks began with, they fall in behind the readings, which are then shown as they come. */
static void test_follows(void)
{
	for (int phase_ms = 0; phase_ms < 1000; phase_ms += 10) {
		struct play t = start(1000);
		int64_t begin_ms = t.now_ms + phase_ms, at_ms = 0;
		for (int second = 0; second < 20; second++) {
			at_ms = begin_ms + second * 1000;
			play_until(&t, at_ms);
			want(&t, PACE_READINGS);
		}
		play_until(&t, at_ms + 100);
		g_assert_cmpint(t.pace.drawn_ms - at_ms, >=, 0);
		g_assert_cmpint(t.pace.drawn_ms - at_ms, <, 50);
	}
}

/* What comes within a moment makes one frame. */
static void test_gathers(void)
{
	struct play t = start(1000);
	play_until(&t, t.now_ms + 950);
	for (int i = 0; i < 5; i++) {
		play_until(&t, t.now_ms + 3);
		want(&t, PACE_READINGS);
	}
	g_assert_cmpint(t.frames, ==, 0);
	play_until(&t, t.now_ms + 200);
	g_assert_cmpint(t.frames, ==, 1);
}

/* One source alone is drawn as it tells, without a second wake-up; two that tell together still make one frame. */
static void test_alone(void)
{
	struct play t = start(1000);
	int64_t begin_ms = t.now_ms + 400;
	for (int second = 0; second < 60; second++) {
		int64_t at_ms = begin_ms + second * 1000;
		bool together = second >= 30, learnt = second >= 12 && second != 30;
		play_until(&t, at_ms);
		t.frames = 0;
		want(&t, PACE_READINGS);
		if (learnt)
			g_assert_cmpint(t.frames, ==, !together);
		play_until(&t, at_ms + 3);
		if (together)
			want(&t, PACE_READINGS);
		play_until(&t, at_ms + 100);
		if (learnt)
			g_assert_cmpint(t.frames, ==, 1);
	}
}

static void test_news_and_keys(void)
{
	struct play t = start(1000);
	play_until(&t, t.now_ms + 300);
	want(&t, PACE_NEWS);
	g_assert_cmpint(t.frames, ==, 1);
	for (int64_t from_ms = t.now_ms; t.now_ms < from_ms + 2000;) { /* a flood of it: ten a second */
		want(&t, PACE_NEWS);
		play_until(&t, t.now_ms + 7);
	}
	g_assert_cmpint(t.frames, >=, 18);
	g_assert_cmpint(t.frames, <=, 21);
	t.frames = 0;
	for (int i = 0; i < 30; i++)
		want(&t, PACE_KEY);
	g_assert_cmpint(t.frames, ==, 30);
}

/* Keys do not make the screen miss its readings, nor draw them twice. */
static void test_keys_between(void)
{
	struct play t = start(1000);
	int64_t begin_ms = t.now_ms;
	for (int second = 1; second <= 100; second++) {
		play_until(&t, begin_ms + second * 1000);
		want(&t, PACE_READINGS);
		play_until(&t, begin_ms + second * 1000 + 500);
		want(&t, PACE_KEY);
	}
	g_assert_cmpint(t.frames, >=, 199);
	g_assert_cmpint(t.frames, <=, 201);
}

static void test_slow_terminal(void)
{
	struct play t = start(1000);
	t.leaves_ms = 2000;
	play_until(&t, t.now_ms + 60000);
	g_assert_cmpint(t.frames, >=, 10); /* half of the line is left to keys */
	g_assert_cmpint(t.frames, <=, 16);
	g_assert_true(t.pace.sparing);
	t.leaves_ms = 10; /* small frames leave at once */
	t.frames = 0;
	play_until(&t, t.now_ms + 6000);
	g_assert_cmpint(t.frames, >=, 4);
	g_assert_true(t.pace.sparing);
	play_until(&t, t.now_ms + 10000); /* and after a while plots are tried again */
	g_assert_false(t.pace.sparing);
}

/* A link that stood still is no slow link: the next frame comes soon after it is back. */
static void test_stall(void)
{
	struct play t = start(1000);
	t.leaves_ms = 3600 * 1000;
	play_until(&t, t.now_ms + 1500);
	t.leaves_ms = 0;
	t.frames = 0;
	play_until(&t, t.now_ms + 1500);
	g_assert_cmpint(t.frames, >=, 1);
	g_assert_cmpint(t.frames, <=, 3);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/pace/ticks", test_ticks);
	g_test_add_func("/pace/readings", test_readings);
	g_test_add_func("/pace/follows", test_follows);
	g_test_add_func("/pace/gathers", test_gathers);
	g_test_add_func("/pace/alone", test_alone);
	g_test_add_func("/pace/news-and-keys", test_news_and_keys);
	g_test_add_func("/pace/keys-between", test_keys_between);
	g_test_add_func("/pace/slow-terminal", test_slow_terminal);
	g_test_add_func("/pace/stall", test_stall);
	return g_test_run();
}
