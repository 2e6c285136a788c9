/* mailbox.h - the way up: observations from many workers to the one thread that owns the lab.
 *
 * A queue under a pthread mutex with an eventfd that the main loop polls. (Not GAsyncQueue: GLib's locks are futexes in
 * an uninstrumented library, and ThreadSanitizer then reports every message.)
 */
#ifndef BACKENDS_MAILBOX_H
#define BACKENDS_MAILBOX_H

#include "lab/observation.h"

struct mailbox;

/* NULL with errno when there is no descriptor for it. */
struct mailbox *mailbox_new(void);

/* The reader is done: frees what is still in it and whatever is posted from now on. The memory itself goes with the last
 * writer, so that a worker that hangs and was left behind may still post. */
void mailbox_free(struct mailbox *m);

/* A writer's own hold on it, for as long as it may post. */
struct mailbox *mailbox_ref(struct mailbox *m);
void mailbox_unref(struct mailbox *m);

/* Readable while something waits. */
int mailbox_fd(const struct mailbox *m);

/* Any thread. Takes obs. While more than MAILBOX_CROWDED wait (the reader is stopped), samples, engines, tasks, sensors and
 * log lines are dropped: a newer one follows. */
#define MAILBOX_CROWDED 4096
void mailbox_post(struct mailbox *m, struct obs *take_obs);

/* Reader only: at most max observations, oldest first and chained by obs->next, so that one turn of the loop stays short;
 * NULL when empty. The descriptor stays readable while there are more. */
struct obs *mailbox_take(struct mailbox *m, int max);

/* Blocks until something waits or the time is over (verbs without a main loop). True when something waits. */
bool mailbox_wait(struct mailbox *m, int64_t timeout_ms);

#endif
