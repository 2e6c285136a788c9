/* test_ration.c - new connections of a kind, counted by a clock of the test's own: no second, wherever it begins, holds more
 * than twenty. */
#include "config.h"

#include "backends/guest/link.h"
#include "backends/worker.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define GUESTS    100
#define SECOND_US 1000000

/* The most of the times (in order) that any second holds, ends included. */
static int most_in_a_second(const GArray *times)
{
	int most = 0;
	for (guint first = 0, last = 0; last < times->len; last++) {
		while (g_array_index(times, int64_t, last) - g_array_index(times, int64_t, first) > SECOND_US)
			first++;
		most = MAX(most, (int)(last - first) + 1);
	}
	return most;
}

static int64_t last_of(const GArray *times)
{
	return g_array_index(times, int64_t, times->len - 1);
}

/* ---- the object ------------------------------------------------------------------------------------------------ */

static void test_books(void)
{
	struct ration r = RATION_INIT;
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int64_t now_us = 5 * SECOND_US, before_us = 0;
	for (int i = 0; i < GUESTS; i++) {
		int64_t turn_us = ration_book(&r, now_us);
		g_assert_cmpint(turn_us, >=, before_us); /* first come, first served */
		if (i < RATION_MOST)
			g_assert_cmpint(turn_us, ==, now_us); /* a small lab never waits */
		g_array_append_val(times, turn_us);
		before_us = turn_us;
	}
	g_assert_cmpint(most_in_a_second(times), ==, 20);
	g_assert_cmpint(last_of(times) - now_us, ==, 4 * RATION_SPAN_US);

	/* what comes slowly waits for nothing, and what comes at its own times keeps the rule too */
	now_us = last_of(times) + 60 * SECOND_US;
	g_array_set_size(times, 0);
	for (int i = 0; i < 1000; i++) {
		now_us += g_test_rand_int_range(0, 100000);
		int64_t turn_us = ration_book(&r, now_us);
		g_assert_cmpint(turn_us, >=, now_us);
		g_array_append_val(times, turn_us);
	}
	g_assert_cmpint(most_in_a_second(times), <=, 20);
	now_us = last_of(times) + RATION_SPAN_US;
	g_assert_cmpint(ration_book(&r, now_us), ==, now_us);

	/* one for each kind */
	for (int kind = 1; kind < TARGET_COUNT; kind++)
		g_assert_true(ration_of(kind) != ration_of(kind - 1));
}

/* ---- a hundred guests ------------------------------------------------------------------------------------------ */

/* Says hello, and ends when it gets a line through the gate. */
static const char fake_ssh[] =
	"#!/bin/sh\necho '{\"labtop-agent\":1,\"version\":\"9\",\"interval_ms\":1000}'\n"
	"read line <\"$LABTOP_TEST_GATE\"\nexit 0\n";

struct lab_of_links {
	struct backend backend;
	struct ration ration;
	struct target *targets[GUESTS];
	struct link *links[GUESTS];
	int64_t now_us;
	GArray *starts;
};

static bool runs(const struct link *l)
{
	struct pollfd fds[LINK_FDS];
	link_poll_fds(l, fds);
	return fds[0].fd >= 0;
}

/* Time goes on until all of them run; when each was started is noted. */
static void start_all(struct lab_of_links *t)
{
	g_array_set_size(t->starts, 0);
	for (int64_t end_us = t->now_us + 30 * SECOND_US; t->starts->len < GUESTS; t->now_us += 10000) {
		g_assert_cmpint(t->now_us, <, end_us);
		for (int i = 0; i < GUESTS; i++) {
			bool ran = runs(t->links[i]);
			link_advance(t->links[i], t->now_us);
			if (!ran && runs(t->links[i]))
				g_array_append_val(t->starts, t->now_us);
			g_assert_cmpint(link_due_us(t->links[i]), >,
					t->now_us); /* nobody looks again at once */
		}
	}
}

static void forget_all(struct mailbox *mail)
{
	for (struct obs *obs = mailbox_take(mail, G_MAXINT), *next; obs; obs = next) {
		next = obs->next;
		obs_free(obs);
	}
}

/* Reads them at the same moment of the test's clock, until they have said hello or (gone) until they have ended. */
static void read_all(struct lab_of_links *t, bool gone)
{
	for (int i = 0; i < GUESTS; i++) {
		for (struct obs *hello = NULL; gone ? runs(t->links[i]) : !hello;) {
			struct pollfd fds[LINK_FDS];
			link_poll_fds(t->links[i], fds);
			g_assert_cmpint(poll(fds, 1, 20 * 1000), ==, 1);
			link_read(t->links[i], t->now_us);
			hello = mailbox_take(t->backend.out, 1);
			obs_free(hello);
		}
		forget_all(t->backend.out);
		/* its output has ended, the process is about to */
		while (gone && link_due_us(t->links[i]) <= t->now_us)
			link_advance(t->links[i], t->now_us);
	}
}

static void test_hundred_guests(void)
{
	struct lab_of_links t = {.backend = {.ops = &guest_backend, .out = mailbox_new()},
				 .ration = RATION_INIT,
				 .now_us = SECOND_US,
				 .starts = g_array_new(FALSE, FALSE, sizeof(int64_t))};
	g_autofree char *dir = g_dir_make_tmp("labtop-ration-XXXXXX", NULL),
			*ssh = g_build_filename(dir, "ssh", NULL),
			*gate = g_build_filename(dir, "gate", NULL),
			*path = g_strconcat(dir, ":", g_getenv("PATH"), NULL);
	g_assert_true(g_file_set_contents(ssh, fake_ssh, -1, NULL));
	g_assert_cmpint(g_chmod(ssh, 0700), ==, 0);
	g_assert_cmpint(mkfifo(gate, 0600), ==, 0);
	int gate_fd = open(gate, O_RDWR | O_CLOEXEC); /* so that none waits for the other end */
	g_setenv("PATH", path, TRUE);
	g_setenv("LABTOP_TEST_GATE", gate, TRUE);
	t.backend.ration = &t.ration;
	for (int i = 0; i < GUESTS; i++) {
		g_autofree char *name = g_strdup_printf("g%d", i);
		t.targets[i] = target_new(TARGET_GUEST, name);
		target_set(t.targets[i], "ssh", name);
		target_set(t.targets[i], "method", "agent");
		t.links[i] = link_new(&t.backend, t.targets[i]);
	}
	start_all(&t);
	g_assert_cmpint(most_in_a_second(t.starts), ==, 20);
	g_assert_cmpint(g_array_index(t.starts, int64_t, 19), ==, SECOND_US); /* the first twenty at once */
	read_all(&t, false);

	/* all connections are cut at one moment: the switch that they all stand behind */
	t.now_us += 60 * SECOND_US;
	int64_t cut_us = t.now_us;
	for (int i = 0; i < GUESTS; i++)
		g_assert_cmpint(write(gate_fd, "\n", 1), ==, 1);
	read_all(&t, true);
	start_all(&t);
	g_test_message("back after %.2f s, at most %d in a second",
		       (double)(last_of(t.starts) - cut_us) / SECOND_US, most_in_a_second(t.starts));
	g_assert_cmpint(most_in_a_second(t.starts), <=, 20);
	g_assert_cmpint(most_in_a_second(t.starts), >=, 10); /* and no slower than needed */
	g_assert_cmpint(last_of(t.starts) - cut_us, <, 8 * SECOND_US);
	for (int i = 0; i < GUESTS; i++)
		link_part(t.links[i]);
	for (int i = 0; i < GUESTS; i++) {
		link_free(t.links[i]);
		target_free(t.targets[i]);
	}
	mailbox_free(t.backend.out);
	g_array_free(t.starts, TRUE);
	close(gate_fd);
	g_unlink(ssh);
	g_unlink(gate);
	g_rmdir(dir);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/ration/books", test_books);
	g_test_add_func("/ration/hundred-guests", test_hundred_guests);
	return g_test_run();
}
