/* reply.h - what became of a request, in the words of whoever carries it out. A reply is no proof: see run.h. */
#ifndef LAB_REPLY_H
#define LAB_REPLY_H

#include "lab/num.h"

#include <stdint.h>

enum reply_state {
	REPLY_SENT,     /* it has left: from here on it may have happened */
	REPLY_PROGRESS, /* it runs */
	REPLY_DONE,     /* the other side says so; the lab has not seen it yet */
	REPLY_FAILED,   /* the other side says no: nothing was changed */
	REPLY_REFUSED,  /* never sent: down, no login, unsupported, stopping */
	REPLY_LOST,     /* sent, and no answer: look, never repeat blindly */
};

struct reply {
	uint64_t id;
	enum reply_state state;
	struct num progress_pct;
	const char *call, *task; /* SENT; "" where there is none */
	const char *text; /* FAILED, REFUSED, LOST: in the other side's words; PROGRESS: what it does */
};

#endif
