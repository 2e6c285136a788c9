/* session_turn.c - one turn of a session: what waits is folded, the time told, the lab settled. */
#include "config.h"
#include "cli/session_private.h"

#include "backends/demo/demo.h"
#include "backends/log.h"

#include <signal.h>

#define SLICE_MS 100 /* how soon a signal is noticed while waiting */

void session_now(const struct session *s, int64_t *now_ns, int64_t *wall_ms)
{
	int64_t mono_ns = clock_ns();
	if (s->at_ms < 0) {
		*now_ns = mono_ns;
		*wall_ms = clock_wall_ms();
		return;
	}
	int64_t at_ms = s->at_ms + (s->moving ? (mono_ns - s->start_ns) / NS_PER_MS : 0);
	*now_ns = demo_ns(at_ms);
	*wall_ms = demo_wall(at_ms);
}

unsigned session_drain(struct session *s, int64_t budget_us)
{
	int64_t start_us = g_get_monotonic_time();
	unsigned kinds = 0;
	do {
		struct obs *obs = mailbox_take(
			s->mail, 1); /* 200 VMs may be in it: the clock is looked at after each */
		if (!obs)
			break;
		while (obs) {
			kinds |= 1u << obs->kind;
			if (obs->kind == OBS_LOG)
				log_line((GLogLevelFlags)obs->u.log->level, obs->source, obs->u.log->text);
			obs = lab_fold(s->lab, obs);
		}
	} while (budget_us < 0 || g_get_monotonic_time() - start_us < budget_us);
	return kinds;
}

bool session_pump(struct session *s)
{
	int64_t now_ns, wall_ms;
	bool any = session_drain(s, -1) != 0;
	session_now(s, &now_ns, &wall_ms);
	lab_set_time(s->lab, now_ns, wall_ms);
	lab_settle(s->lab);
	return any;
}

void session_wait(struct session *s, int64_t wait_ms)
{
	int64_t until_ns = clock_ns() + wait_ms * NS_PER_MS;
	session_pump(s);
	while (!lab_all_answered(s->lab) && !session_signal()) {
		int64_t left_ms = (until_ns - clock_ns()) / NS_PER_MS;
		if (left_ms <= 0)
			return;
		if (mailbox_wait(s->mail, MIN(left_ms, SLICE_MS)))
			session_pump(s);
	}
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void session_catch_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct sigaction action = {.sa_handler = on_signal};
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

int session_signal(void)
{
	return caught;
}
