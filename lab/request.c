/* request.c - making and dropping requests. */
#include "config.h"

#include "lab/request.h"

struct request *request_new(enum request_kind kind, enum target_kind target_kind, const char *target)
{
	struct request *rq = g_new0(struct request, 1);
	rq->kind = kind;
	rq->target_kind = target_kind;
	rq->target = g_strdup(target);
	return rq;
}

void request_free(struct request *rq)
{
	if (!rq)
		return;
	g_free(rq->target);
	g_free(rq->verb);
	g_free(rq->object);
	g_free(rq->args);
	g_free(rq);
}
