/* mailbox.h - the way up: observations from many workers to the one thread that owns the lab.
 *
 * A queue under a pthread mutex with an eventfd that the main loop polls. (Not GAsyncQueue: GLib's locks are futexes in
 * an uninstrumented library, and ThreadSanitizer then reports every message.)
 */
#ifndef BACKENDS_MAILBOX_H
#define BACKENDS_MAILBOX_H

#include "lab/observation.h"

struct mailbox;

struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *m); /* frees what is still in it */

/* Readable while something waits. */
int mailbox_fd(const struct mailbox *m);

/* Any thread. Takes obs. */
void mailbox_post(struct mailbox *m, struct obs *take_obs);

/* Reader only: everything that waits, oldest first, chained by obs->next; NULL when empty. Clears the fd. */
struct obs *mailbox_take_all(struct mailbox *m);

/* Reader only: at most max observations, so that one turn of the loop stays short; the fd stays readable for more. */
struct obs *mailbox_take(struct mailbox *m, int max);

/* Blocks until something waits or the time is over (verbs without a main loop). True when something waits. */
bool mailbox_wait(struct mailbox *m, int64_t timeout_ms);

#endif
