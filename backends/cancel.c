/* cancel.c - two eventfds and two flags: everything a wait can poll. Knows nothing of who waits. */
#include "config.h"

#include "backends/cancel.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cancel {
	int any_fd;  /* readable when fired or nudged */
	int fire_fd; /* readable when fired: for waits that a nudge must not break off */
	atomic_bool fired;
};

struct cancel *cancel_new(void)
{
	struct cancel *c = g_new0(struct cancel, 1);
	c->any_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->fire_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->any_fd < 0 || c->fire_fd < 0)
		g_error("cannot make an eventfd: %s", g_strerror(errno));
	return c;
}

void cancel_free(struct cancel *c)
{
	if (!c)
		return;
	close(c->any_fd);
	close(c->fire_fd);
	g_free(c);
}

static void make_readable(int fd)
{
	/* Fails only when the counter is full, and then it is readable. */
	ssize_t n = write(fd, &(uint64_t){1}, sizeof(uint64_t));
	(void)n;
}

void cancel_fire(struct cancel *c)
{
	atomic_store(&c->fired, true);
	make_readable(c->fire_fd);
	make_readable(c->any_fd);
}

void cancel_nudge(struct cancel *c)
{
	make_readable(c->any_fd);
}

bool cancel_fired(const struct cancel *c)
{
	return atomic_load(&c->fired);
}

int cancel_fd(const struct cancel *c)
{
	return c->any_fd;
}

int cancel_fire_fd(const struct cancel *c)
{
	return c->fire_fd;
}

void cancel_clear_nudge(struct cancel *c)
{
	uint64_t count;
	ssize_t n = read(c->any_fd, &count, sizeof count);
	(void)n;
	/* A fire between the two is not lost: its write comes after its flag. */
	if (cancel_fired(c))
		make_readable(c->any_fd);
}

bool cancel_sleep(struct cancel *c, int64_t ms)
{
	int64_t until_us = g_get_monotonic_time() + ms * 1000;
	struct pollfd p = {.fd = c->any_fd, .events = POLLIN};
	while (!cancel_fired(c)) {
		int64_t left_ms = (until_us - g_get_monotonic_time() + 999) / 1000;
		int n = poll(&p, 1, (int)CLAMP(left_ms, 0, 3600 * 1000));
		if (n > 0 || (n == 0 && left_ms <= 3600 * 1000))
			break;
	}
	return !cancel_fired(c);
}
