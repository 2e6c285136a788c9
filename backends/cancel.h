/* cancel.h - one switch a worker that ends every wait in it at once. */
#ifndef BACKENDS_CANCEL_H
#define BACKENDS_CANCEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct cancel;

/* Takes no descriptors yet, so that it cannot fail. */
struct cancel *cancel_new(void);
void cancel_free(struct cancel *c);

/* Any thread: from now on every wait returns at once. */
void cancel_fire(struct cancel *c);

/* Any thread: the current wait returns early (a request came), later ones wait again. */
void cancel_nudge(struct cancel *c);

bool cancel_fired(const struct cancel *c);

/* Takes the two descriptors that a poll() needs, if it has not got them. False with LAB_ERR_LIMIT when there are none to be
 * had. Owner only, as all below. */
bool cancel_open(struct cancel *c, GError **error);

/* Gives them back: nobody polls any more. Sleeping works without. */
void cancel_close(struct cancel *c);

/* Becomes readable when fired or nudged: for poll() loops and as an extra descriptor of curl_multi_poll(). -1 when not open. */
int cancel_fd(const struct cancel *c);

/* Becomes readable when fired only: for waits that a request must not break off. -1 when not open. */
int cancel_fire_fd(const struct cancel *c);

/* Clears a nudge; to be done before looking at what the nudge was about. */
void cancel_clear_nudge(struct cancel *c);

/* Sleeps up to ms; false when fired, true when the time is over or it was nudged (the nudge stays until cleared). */
bool cancel_sleep(struct cancel *c, int64_t ms);

/* Sleeps ms whatever nudges come; false when fired. */
bool cancel_sleep_through(struct cancel *c, int64_t ms);

#endif
