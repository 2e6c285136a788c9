/* request.h - what is wanted from a backend: plain data made by a key, a command or a plan that is carried out. */
#ifndef LAB_REQUEST_H
#define LAB_REQUEST_H

#include "lab/run.h"
#include "lab/target.h"

enum request_kind {
	REQ_REFRESH, /* read everything again now; watching worker */
	REQ_RETRY,   /* a person asked to try again after a refusal (password, certificate) */
	REQ_APPLY,   /* carry out a step: the acting worker, which has a login of its own */
	REQ_LOOK, /* read a step's target again now; the acting worker, so that it is seen behind what it did */
	REQ_WRITE,  /* append a line to a plan's journal */
	REQ_CANCEL, /* break off what is under way for `id`, where that can be done */
};

struct request {
	enum request_kind kind;
	enum target_kind target_kind;
	char *target;      /* name */
	uint64_t id;       /* stands in every answer (OBS_REPLY); 0: nobody waits for one */
	struct plan *plan; /* APPLY, LOOK, WRITE: a reference, dropped with the request */
	struct step step;  /* APPLY, LOOK */
	struct note note;  /* WRITE */
	struct box *box;   /* holds the texts of step and note, or NULL */
};

struct request *request_new(enum request_kind kind, enum target_kind target_kind, const char *target);
void request_free(struct request *rq);

/* The request that a run's want is; everything that the want borrows is copied or held. */
struct request *request_of_want(const struct want *want);

/* For log lines: "vm.firmware of llm-1", "refresh". Borrowed, or static. */
const char *request_word(const struct request *rq);

#endif
