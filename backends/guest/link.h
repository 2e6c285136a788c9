/* link.h - the way to one guest: a child that is started, listened to, and started again after it ended. Never blocks. */
#ifndef BACKENDS_GUEST_LINK_H
#define BACKENDS_GUEST_LINK_H

#include "backends/backend.h"

#include <poll.h>

#define LINK_FDS 2

struct link;

/* b and t are borrowed. Nothing is started before link_advance(). */
struct link *link_new(struct backend *b, const struct target *t);

/* Tells the child to go, and frees. Tell all first (link_part()), then free: they leave together. */
void link_part(struct link *l);
void link_free(struct link *l);

const struct target *link_target(const struct link *l);

/* Does what is due at now_us (g_get_monotonic_time()): start, give up waiting, notice the end. */
void link_advance(struct link *l, int64_t now_us);

/* When link_advance() is next due; INT64_MAX when only the child can make something happen. */
int64_t link_due_us(const struct link *l);

/* Fills what is to be polled; -1 where there is nothing. */
void link_poll_fds(const struct link *l, struct pollfd out[LINK_FDS]);

/* Reads what came, at most a fair share of it. True when more stands in its buffer already. */
bool link_read(struct link *l, int64_t now_us);

/* A person asked: try again now instead of later, the agent first. After a refusal only when they mean just that. */
void link_retry(struct link *l, bool after_refusal);

#endif
