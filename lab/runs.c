/* runs.c - runs within the lab: begun, fed with replies, advanced, and asked what they want. */
#include "config.h"
#include "lab/runs.h"

#include "lab/private.h"

/* The ids of two runs never meet. */
#define IDS_BITS 32

static void want(void *data, const struct want *w)
{
	struct lab *lab = data;
	g_ptr_array_add(lab->p->wanted, request_of_want(w));
}

static uint64_t first_id(const struct lab *lab)
{
	return ((uint64_t)lab->runs->len + 1) << IDS_BITS;
}

static struct run *add(struct lab *lab, struct run *take_run)
{
	g_ptr_array_add(lab->runs, take_run);
	lab->version++;
	return take_run;
}

struct run *lab_start(struct lab *lab, struct plan *plan)
{
	return add(lab, run_new(plan, first_id(lab), want, lab));
}

struct run *lab_resume(struct lab *lab, struct plan *plan, const struct note *notes, int n_notes)
{
	return add(lab, run_resume(plan, notes, n_notes, first_id(lab), want, lab));
}

GPtrArray *lab_take_requests(struct lab *lab)
{
	GPtrArray *taken = lab->p->wanted;
	if (taken->len == 0)
		return NULL;
	lab->p->wanted = g_ptr_array_new();
	return taken;
}

void lab_refused(struct lab *lab, const struct request *rq, const char *why)
{
	const struct reply reply = {
		.id = rq->id, .state = REPLY_REFUSED, .call = "", .task = "", .text = why};
	runs_reply(lab, &reply);
}

bool lab_is_acting(const struct lab *lab)
{
	for (guint i = 0; i < lab->runs->len; i++)
		if (((const struct run *)lab->runs->pdata[i])->state == RUN_GOES)
			return true;
	return false;
}

void runs_reply(struct lab *lab, const struct reply *reply)
{
	for (guint i = 0; i < lab->runs->len; i++)
		run_reply(lab->runs->pdata[i], lab, reply);
	lab->version++;
}

void runs_advance(struct lab *lab)
{
	for (guint i = 0; i < lab->runs->len; i++)
		run_advance(lab->runs->pdata[i], lab);
	if (lab->p->wanted->len > 0)
		lab->version++;
}
