/* restart.h - when a child that died is started again, and which calls it is better spared. Pure: time is told. */
#ifndef GPU_RESTART_H
#define GPU_RESTART_H

#include "lab/backoff.h"

#include <glib.h>
#include <stdbool.h>

#define RESTART_STEADY_MS 60000 /* a start may hang for a while before it fails: that is no life */
#define BLAME_LIMIT       3     /* deaths at one call before it is left out */

struct restart {
	struct backoff backoff;
	gint64 started_ms;
	gint64 due_ms; /* not to be started before */
};

void restart_started(struct restart *r, gint64 now_ms);

/* The child died: the next start is after a back-off. A child that has lived for a minute begins anew. */
void restart_died(struct restart *r, gint64 now_ms);

/* Starts again after exactly this time, without counting a death. */
void restart_after(struct restart *r, gint64 now_ms, gint64 delay_ms);

bool restart_is_due(const struct restart *r, gint64 now_ms);

/* How often each call of each card was the last one of a child. */
struct blame;

struct blame *blame_new(void);
void blame_free(struct blame *b);

/* A death at this call. True when the call has just reached the limit and is left out from now on. */
bool blame_add(struct blame *b, const char *card, const char *call);

/* The calls left out, as "card/call"; a call of no card is "/call". Owned array, borrowed strings. */
GPtrArray *blame_left_out(const struct blame *b);

bool blame_is_left_out(const struct blame *b, const char *card, const char *call);

#endif
