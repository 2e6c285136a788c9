/* mailbox.c - a chain of observations under a mutex; the eventfd is readable exactly while the chain is not empty. */
#include "config.h"

#include "backends/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
	pthread_mutex_t lock;
	int fd;
	struct obs *first, *last;
	int waiting;
	int refs;
	bool closed;
};

struct mailbox *mailbox_new(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return NULL;
	struct mailbox *m = g_new0(struct mailbox, 1);
	pthread_mutex_init(&m->lock, NULL);
	m->refs = 1;
	m->fd = fd;
	return m;
}

struct mailbox *mailbox_ref(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	m->refs++;
	pthread_mutex_unlock(&m->lock);
	return m;
}

void mailbox_unref(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	bool last = --m->refs == 0;
	pthread_mutex_unlock(&m->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&m->lock);
	close(m->fd);
	g_free(m);
}

static void free_chain(struct obs *obs)
{
	for (struct obs *next; obs; obs = next) {
		next = obs->next;
		obs_free(obs);
	}
}

void mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	struct obs *left = m->first;
	m->first = m->last = NULL;
	m->waiting = 0;
	m->closed = true;
	pthread_mutex_unlock(&m->lock);
	free_chain(left);
	mailbox_unref(m);
}

int mailbox_fd(const struct mailbox *m)
{
	return m->fd;
}

/* True for what is told whole and again soon: losing one costs an interval, not the truth. */
static bool can_be_missed(enum obs_kind kind)
{
	switch (kind) {
	case OBS_SAMPLE:
	case OBS_SENSORS:
	case OBS_TASKS:
	case OBS_ENGINE:
	case OBS_LOG:
		return true;
	default:
		return false;
	}
}

void mailbox_post(struct mailbox *m, struct obs *take_obs)
{
	take_obs->next = NULL;
	pthread_mutex_lock(&m->lock);
	if (m->closed || (m->waiting >= MAILBOX_CROWDED && can_be_missed(take_obs->kind))) {
		pthread_mutex_unlock(&m->lock);
		obs_free(take_obs);
		return;
	}
	if (m->last) {
		m->last->next = take_obs;
	} else {
		m->first = take_obs;
		ssize_t n = write(m->fd, &(uint64_t){1}, sizeof(uint64_t));
		(void)n;
	}
	m->last = take_obs;
	m->waiting++;
	pthread_mutex_unlock(&m->lock);
}

struct obs *mailbox_take(struct mailbox *m, int max)
{
	pthread_mutex_lock(&m->lock);
	struct obs *taken = max > 0 ? m->first : NULL, *end = taken;
	for (int i = 1; end && end->next && i < max; i++) {
		end = end->next;
		m->waiting--;
	}
	if (end) {
		m->waiting--;
		m->first = end->next;
		end->next = NULL;
	}
	if (taken && !m->first) {
		uint64_t count;
		m->last = NULL;
		ssize_t n = read(m->fd, &count, sizeof count);
		(void)n;
	}
	pthread_mutex_unlock(&m->lock);
	return taken;
}

bool mailbox_wait(struct mailbox *m, int64_t timeout_ms)
{
	int64_t until_us = g_get_monotonic_time() + timeout_ms * 1000;
	for (;;) {
		struct pollfd p = {.fd = m->fd, .events = POLLIN};
		int64_t left_ms = (until_us - g_get_monotonic_time() + 999) / 1000;
		int n = poll(&p, 1, (int)CLAMP(left_ms, 0, G_MAXINT));
		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}
