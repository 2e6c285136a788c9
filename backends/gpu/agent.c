/* agent.c - rounds: ask every card, wait for the answers up to a deadline, print what is known by then. */
#include "config.h"
#include "backends/gpu/agent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backends/gpu/outlet.h"
#include "backends/gpu/roster.h"
#include "backends/gpu/stream.h"

#define GRACE_MS    250  /* how long a line waits for its slowest card */
#define GREETING_MS 500  /* how long the first line waits for the libraries */
#define MOUNTS_MS   300  /* how long --once waits for file servers */
#define ONCE_MS     3000 /* --once has no next line to put things right */

struct agent {
	bool lost; /* what was told could not be written */
	const struct agent_options *options;
	struct roster roster;
	struct stream stream;
	GString *lines; /* of a round, not written yet */
	int wake_fd;
	bool ending;
};

static gint64 mono_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

/* Sleeps until something happens or until_ms; sees to it. */
static void turn(struct agent *a, gint64 until_ms)
{
	enum { WAKE, READER, LIBRARIES, COUNT = LIBRARIES + ROSTER_LIBRARIES };
	struct pollfd fds[COUNT] = {
		[WAKE] = {.fd = a->wake_fd, .events = POLLIN},
		[READER] = {.fd = STDOUT_FILENO, .events = 0}, /* tells only that nobody reads any more */
	};
	uint64_t count;

	roster_poll(&a->roster, &fds[LIBRARIES]);
	gint64 wait_ms = MIN(until_ms, roster_due_ms(&a->roster)) - mono_ms();
	int n = poll(fds, G_N_ELEMENTS(fds), (int)CLAMP(wait_ms, 0, 60000));
	if (n > 0 && (fds[WAKE].revents & POLLIN) && read(a->wake_fd, &count, sizeof count) < 0)
		return;
	if (n > 0 && (fds[READER].revents & (POLLERR | POLLHUP | POLLNVAL)))
		a->ending = true;
	if (outlet_signal())
		a->ending = true;
	if (!a->ending)
		roster_collect(&a->roster, mono_ms());
}

static void wait_for(struct agent *a, bool (*done)(const struct agent *), gint64 until_ms)
{
	while (!a->ending && !(done && done(a)) && mono_ms() < until_ms)
		turn(a, until_ms);
}

static bool all_in(const struct agent *a)
{
	return roster_all_in(&a->roster);
}

static bool introduced(const struct agent *a)
{
	return roster_introduced(&a->roster);
}

static bool processes_in(const struct agent *a)
{
	return stream_processes_in(&a->stream);
}

static bool mounts_in(const struct agent *a)
{
	return stream_mounts_in(&a->stream);
}

static void put(struct agent *a, const GString *lines)
{
	if (a->ending || outlet_write(lines->str, lines->len))
		return;
	a->ending = true;
	if (outlet_signal() || errno == EPIPE) /* the reader had enough */
		return;
	a->lost = true;
	fprintf(stderr, "labtop-agent: writing the output: %s\n", g_strerror(errno));
}

static void add_line(struct agent *a, const GString *line)
{
	if (line)
		g_string_append_len(a->lines, line->str, (gssize)line->len);
}

/* One deadline's work, begun at round_ms. */
static void do_round(struct agent *a, gint64 round_ms)
{
	int grace_ms = a->options->once ? ONCE_MS : MIN(GRACE_MS, a->options->interval_ms / 2);

	roster_rescan(&a->roster, round_ms);
	roster_kick(&a->roster, round_ms);
	wait_for(a, all_in, round_ms + grace_ms);
	stream_kick(&a->stream, &a->roster);
	wait_for(a, processes_in, round_ms + 2 * grace_ms);
	roster_settle(&a->roster, mono_ms());
	g_string_truncate(a->lines, 0);
	if (a->roster.changed)
		add_line(a, stream_hello(&a->stream, &a->roster));
	a->roster.changed = false;
	add_line(a, stream_sample(&a->stream, &a->roster));
	put(a, a->lines); /* hello and sample in one: --once is whole or absent */
	roster_told(&a->roster, round_ms);
}

/* Libraries that open quickly are in the first hello already; --once has no second one. */
static void greet(struct agent *a, gint64 now_ms)
{
	roster_rescan(&a->roster, now_ms);
	roster_kick(&a->roster, now_ms);
	wait_for(a, introduced, now_ms + (a->options->once ? ONCE_MS : GREETING_MS));
}

/* What --once does beforehand: servers get a moment, and the rates of processes need two looks. */
static void look_twice(struct agent *a, gint64 now_ms)
{
	stream_kick(&a->stream, &a->roster);
	wait_for(a, processes_in, now_ms + ONCE_MS);
	wait_for(a, mounts_in, now_ms + MOUNTS_MS);
	if (stream_wants_second_look(&a->stream))
		wait_for(a, NULL, mono_ms() + STREAM_SECOND_LOOK_MS);
}

int agent_run(const struct agent_options *o)
{
	struct agent a = {.options = o, .lines = g_string_new(NULL)};

	a.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a.wake_fd < 0) {
		g_printerr("labtop-agent: cannot start: %s\n", g_strerror(errno));
		g_string_free(a.lines, TRUE);
		return 1;
	}
	outlet_init(a.wake_fd);
	roster_init(&a.roster, o->sysfs, a.wake_fd, o->interval_ms, o->rocm_smi, o->nvml);
	stream_init(&a.stream, o, a.wake_fd);
	greet(&a, mono_ms());
	if (o->once)
		look_twice(&a, mono_ms());
	for (gint64 next_ms = mono_ms(); !a.ending;) {
		do_round(&a, next_ms);
		if (o->once)
			break;
		/* Absolute deadlines: what a round took does not add up. Rounds that were missed are left out. */
		next_ms += o->interval_ms;
		gint64 late_ms = mono_ms() - next_ms;
		if (late_ms > 0)
			next_ms += (late_ms / o->interval_ms + 1) * o->interval_ms;
		wait_for(&a, NULL, next_ms);
	}
	g_string_free(a.lines, TRUE);
	stream_clear(&a.stream);
	roster_clear(&a.roster);
	return outlet_signal() ? 128 + outlet_signal() : a.lost ? 6 : 0;
}
