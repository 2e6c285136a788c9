/* cancel.h - one switch a worker that ends every wait in it at once. */
#ifndef BACKENDS_CANCEL_H
#define BACKENDS_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

struct cancel;

struct cancel *cancel_new(void);
void cancel_free(struct cancel *c);

/* Any thread: from now on every wait returns at once. */
void cancel_fire(struct cancel *c);

/* Any thread: the current wait returns early (a request came), later ones wait again. */
void cancel_nudge(struct cancel *c);

bool cancel_fired(const struct cancel *c);

/* Becomes readable when fired or nudged: for poll() loops and as an extra descriptor of curl_multi_poll(). */
int cancel_fd(const struct cancel *c);

/* Becomes readable when fired only: for waits that a request must not break off. */
int cancel_fire_fd(const struct cancel *c);

/* Clears a nudge. Owner only, before it looks at what the nudge was about. */
void cancel_clear_nudge(struct cancel *c);

/* Sleeps up to ms; false when fired, true when the time is over or it was nudged (the nudge stays until cleared). */
bool cancel_sleep(struct cancel *c, int64_t ms);

#endif
