/* session_turn.c - one turn: what waits is seen by the taps and folded, the time is told, the lab settled. */
#include "config.h"
#include "cli/session_private.h"

#include "cli/signals.h"
#include "lab/clock.h"
#include "lab/runs.h"

#include <poll.h>

struct tap {
	session_see_fn see;
	void *data;
};

GArray *session_taps_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct tap));
}

void session_add_tap(struct session *s, session_see_fn see, void *data)
{
	const struct tap tap = {see, data};
	g_array_append_val(s->taps, tap);
}

static void show_taps(const struct session *s, const struct obs *obs)
{
	for (guint i = 0; i < s->taps->len; i++) {
		const struct tap *tap = &g_array_index(s->taps, struct tap, i);
		tap->see(tap->data, obs);
	}
}

unsigned session_drain(struct session *s, int64_t budget_us)
{
	int64_t start_ns = clock_ns();
	unsigned kinds = 0;
	do {
		struct obs *obs = mailbox_take(
			s->mail, 1); /* 200 VMs may be in it: the clock is looked at after each */
		if (!obs)
			break;
		kinds |= 1u << obs->kind;
		show_taps(s, obs);
		lab_fold(s->lab, obs);
	} while (budget_us < 0 || clock_ns() - start_ns < budget_us * NS_PER_US);
	return kinds;
}

/* What the plans under way want now. */
static void send_requests(struct session *s)
{
	g_autoptr(GPtrArray) requests = lab_take_requests(s->lab);
	for (guint i = 0; requests && i < requests->len; i++)
		session_request(s, requests->pdata[i]);
}

void session_settle(struct session *s)
{
	int64_t now_ns, wall_ms;
	session_clock_now(&s->clock, &now_ns, &wall_ms);
	lab_set_time(s->lab, now_ns, wall_ms);
	lab_settle(s->lab);
	send_requests(s);
}

void session_turn(struct session *s)
{
	session_drain(s, -1);
	session_settle(s);
}

/* Until something waits, another signal came or the time is over. The descriptor stays readable after the first one: from
 * then on the next interrupts the call. */
static void sleep_until(const struct session *s, int64_t until_ns)
{
	struct pollfd fds[] = {{.fd = mailbox_fd(s->mail), .events = POLLIN},
			       {.fd = signals_fd(), .events = POLLIN}};
	int64_t left_ns = until_ns - clock_ns(); /* rounded up: not a moment too early */
	int64_t left_ms = left_ns / NS_PER_MS + (left_ns % NS_PER_MS > 0);
	poll(fds, signals_count() ? 1 : 2, (int)CLAMP(left_ms, 0, G_MAXINT));
}

/* patience: so many signals are gone on after. */
static bool turn_until(struct session *s, session_done_fn done, int64_t until_ns, int patience)
{
	for (;;) {
		session_turn(s);
		if (done && done(s->lab))
			return true;
		if (signals_count() > patience || clock_ns() >= until_ns)
			return false;
		sleep_until(s, until_ns);
	}
}

bool session_run(struct session *s, session_done_fn done, int64_t until_ns)
{
	return turn_until(s, done, until_ns, 0);
}

bool session_finish(struct session *s, session_done_fn done, int64_t until_ns)
{
	return turn_until(s, done, until_ns, 1);
}
