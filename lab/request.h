/* request.h - what is wanted from a backend: plain data made by a key, a command or a plan step. */
#ifndef LAB_REQUEST_H
#define LAB_REQUEST_H

#include "lab/target.h"

enum request_kind {
	REQ_REFRESH, /* read everything again now; watching worker */
	REQ_RETRY,   /* a person asked to try again after a refusal (password, certificate) */
	REQ_ACT,     /* change something: the acting worker, which has a login of its own */
};

struct request {
	enum request_kind kind;
	enum target_kind target_kind;
	char *target; /* name */
	char *verb;   /* REQ_ACT: the step's name */
	char *object; /* moref or id, raw */
	char *args;   /* JSON text, for steps */
};

struct request *request_new(enum request_kind kind, enum target_kind target_kind, const char *target);
void request_free(struct request *rq);

#endif
