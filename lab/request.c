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
	box_unref(rq->box);
	plan_unref(rq->plan);
	g_free(rq);
}

static void copy_step(struct request *rq, const struct step *step)
{
	rq->step = *step; /* all but its values stands in the plan's box */
	rq->step.before = box_raw(rq->box, step->before, -1);
	rq->step.want = box_raw(rq->box, step->want, -1);
}

static void copy_note(struct request *rq, const struct note *note)
{
	rq->note = *note;
	rq->note.value = box_raw(rq->box, note->value, -1);
	rq->note.call = box_raw(rq->box, note->call, -1);
	rq->note.task = box_raw(rq->box, note->task, -1);
	rq->note.text = box_raw(rq->box, note->text, -1);
}

struct request *request_of_want(const struct want *want)
{
	static const enum request_kind kinds[] = {
		[WANT_NOTE] = REQ_WRITE, [WANT_APPLY] = REQ_APPLY, [WANT_LOOK] = REQ_LOOK};
	struct request *rq =
		want->kind == WANT_NOTE
			? request_new(REQ_WRITE, TARGET_JOURNAL, TARGET_JOURNAL_NAME)
			: request_new(kinds[want->kind], TARGET_VSPHERE, want->step->target.source);
	rq->id = want->id;
	rq->plan = plan_ref(want->plan);
	rq->box = box_new();
	if (want->kind == WANT_NOTE)
		copy_note(rq, &want->note);
	else
		copy_step(rq, want->step);
	return rq;
}

const char *request_word(const struct request *rq)
{
	static const char *const words[] = {
		[REQ_REFRESH] = "refresh", [REQ_RETRY] = "retry",   [REQ_APPLY] = "step",
		[REQ_LOOK] = "look",       [REQ_WRITE] = "journal", [REQ_CANCEL] = "cancel"};
	return rq->step.ops ? rq->step.ops->name : words[rq->kind];
}
