/* cancel.c - two flags under a lock, and while somebody polls two eventfds that show them. Knows nothing of who waits. */
#include "config.h"

#include "backends/cancel.h"

#include "lab/clock.h"
#include "lab/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cancel {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* on CLOCK_MONOTONIC */
	atomic_bool fired;      /* written under the lock */
	bool nudged;
	int any_fd;  /* readable when fired or nudged; -1: not open */
	int fire_fd; /* readable when fired: for waits that a nudge must not break off */
};

struct cancel *cancel_new(void)
{
	struct cancel *c = g_new0(struct cancel, 1);
	pthread_condattr_t monotonic;
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	c->any_fd = c->fire_fd = -1;
	return c;
}

void cancel_free(struct cancel *c)
{
	if (!c)
		return;
	cancel_close(c);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	g_free(c);
}

static void make_readable(int fd)
{
	/* Fails only when it is not open, or when the counter is full and it is readable. */
	ssize_t n = write(fd, &(uint64_t){1}, sizeof(uint64_t));
	(void)n;
}

static void drain(int fd)
{
	uint64_t count;
	ssize_t n = read(fd, &count, sizeof count);
	(void)n;
}

void cancel_fire(struct cancel *c)
{
	pthread_mutex_lock(&c->lock);
	atomic_store(&c->fired, true);
	make_readable(c->fire_fd);
	make_readable(c->any_fd);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void cancel_nudge(struct cancel *c)
{
	pthread_mutex_lock(&c->lock);
	c->nudged = true;
	make_readable(c->any_fd);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

bool cancel_fired(const struct cancel *c)
{
	return atomic_load(&c->fired);
}

/* With the lock held. */
static void close_both(struct cancel *c)
{
	if (c->any_fd >= 0)
		close(c->any_fd);
	if (c->fire_fd >= 0)
		close(c->fire_fd);
	c->any_fd = c->fire_fd = -1;
}

bool cancel_open(struct cancel *c, GError **error)
{
	bool good = true;
	pthread_mutex_lock(&c->lock);
	if (c->any_fd < 0) {
		c->any_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		c->fire_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		good = c->any_fd >= 0 && c->fire_fd >= 0;
		if (!good) {
			g_set_error(error, LAB_ERROR, lab_error_of_errno(errno),
				    "no connection was tried: %s", g_strerror(errno));
			close_both(c);
		}
		if (good && (c->nudged || cancel_fired(c)))
			make_readable(c->any_fd);
		if (good && cancel_fired(c))
			make_readable(c->fire_fd);
	}
	pthread_mutex_unlock(&c->lock);
	return good;
}

void cancel_close(struct cancel *c)
{
	pthread_mutex_lock(&c->lock);
	close_both(c);
	pthread_mutex_unlock(&c->lock);
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
	pthread_mutex_lock(&c->lock);
	c->nudged = false;
	if (!cancel_fired(c))
		drain(c->any_fd);
	pthread_mutex_unlock(&c->lock);
}

static bool sleep_until(struct cancel *c, int64_t ms, bool until_nudged)
{
	struct timespec until;
	int64_t ns = clock_ns() + MAX(ms, 0) * NS_PER_MS;
	until.tv_sec = ns / NS_PER_S;
	until.tv_nsec = ns % NS_PER_S;
	pthread_mutex_lock(&c->lock);
	for (int over = 0; !over && !cancel_fired(c) && !(until_nudged && c->nudged);)
		over = pthread_cond_timedwait(&c->changed, &c->lock, &until);
	pthread_mutex_unlock(&c->lock);
	return !cancel_fired(c);
}

bool cancel_sleep(struct cancel *c, int64_t ms)
{
	return sleep_until(c, ms, true);
}

bool cancel_sleep_through(struct cancel *c, int64_t ms)
{
	return sleep_until(c, ms, false);
}
