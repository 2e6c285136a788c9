/* slots.h - what llama-server's GET /slots says, and the live rate between two of them. Pure. */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include "lab/num.h"

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

#define SLOTS_CAP 1024

/* What was seen last, of one model's slots. */
struct slots {
	GArray *seen; /* of struct slot */
	int64_t seen_us;
};

struct slots *slots_new(void);
void slots_free(struct slots *s);

struct slot_sums {
	int total, busy;
	struct num tokens, context; /* held by busy slots; of all slots */
	struct num largest;         /* context of one slot */
	struct num per_second; /* tokens: sum of the busy slots whose task is the one of the reading before */
	struct num prompt_per_second; /* prompt tokens read */
	bool partial;                 /* some busy slots have no rate yet */
};

/* Reads an array of slots as of now_us (monotonic) and remembers it. 0 per second when nothing is busy; not known while all
 * that is busy is new (the first reading of a task gives no rate). */
void slots_read(struct slots *s, const json_t *array, int64_t now_us, struct slot_sums *out);

#endif
