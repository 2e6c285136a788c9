/* act.c - requests carried out and answered. */
#include "config.h"
#include "backends/act.h"

#include <string.h>

const struct act *act_find(const struct act *table, const char *op)
{
	for (; table && table->op; table++)
		if (strcmp(table->op, op) == 0)
			return table;
	return NULL;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void post(struct backend *b, const struct request *rq, const struct reply *reply)
{
	if (rq->id == 0)
		return;
	struct obs *obs = obs_new(OBS_REPLY, b->target);
	struct reply *kept = box_new0(obs->box, struct reply);
	*kept = *reply;
	kept->id = rq->id;
	kept->call = box_text(obs->box, reply->call, -1);
	kept->task = box_raw(obs->box, reply->task ? reply->task : "", -1);
	kept->text = box_text(obs->box, reply->text, -1);
	obs->u.reply = kept;
	mailbox_post(b->out, obs);
}

void act_sent(struct backend *b, const struct request *rq, const char *call, const char *task)
{
	b->sent = true;
	post(b, rq, &(struct reply){.state = REPLY_SENT, .call = call, .task = task});
}

void act_leaves(struct backend *b)
{
	b->sent = true;
}

void act_progress(struct backend *b, const struct request *rq, struct num pct, const char *text)
{
	post(b, rq, &(struct reply){.state = REPLY_PROGRESS, .progress_pct = pct, .text = text});
}

void act_under_way(struct backend *b, const struct request *rq, struct num pct, const char *text)
{
	b->under_way = true;
	act_progress(b, rq, pct, text);
}

void act_done(struct backend *b, const struct request *rq)
{
	post(b, rq, &(struct reply){.state = REPLY_DONE});
}

void act_refused(struct backend *b, const struct request *rq, const char *why)
{
	post(b, rq, &(struct reply){.state = REPLY_REFUSED, .text = why});
}

enum reply_state act_outcome(bool sent, const GError *error)
{
	static const int no_answer[] = {LAB_ERR_UNREACHABLE, LAB_ERR_TIMEOUT, LAB_ERR_CANCELLED,
					LAB_ERR_PROTOCOL};
	if (!sent)
		return REPLY_REFUSED;
	for (gsize i = 0; i < G_N_ELEMENTS(no_answer); i++)
		if (g_error_matches(error, LAB_ERROR, no_answer[i]))
			return REPLY_LOST;
	return REPLY_FAILED;
}

/* ---- doing ------------------------------------------------------------------------------------------------------- */

static bool unsupported(struct backend *b, const struct request *rq, GError **error)
{
	g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED, "%s: %s cannot do that", request_word(rq),
		    b->target->name);
	return false;
}

static bool carry_out(struct backend *b, const struct request *rq, GError **error)
{
	const struct backend_ops *ops = b->ops;
	const struct act *act;
	switch (rq->kind) {
	case REQ_APPLY:
		act = act_find(ops->acts, rq->step.ops->name);
		return act ? act->apply(b, rq, error) : unsupported(b, rq, error);
	case REQ_LOOK:
		return ops->look ? ops->look(b, rq, error) : unsupported(b, rq, error);
	case REQ_WRITE:
		return ops->write ? ops->write(b, rq, error) : unsupported(b, rq, error);
	default:
		return unsupported(b, rq, error);
	}
}

void act_on(struct backend *b, const struct request *rq)
{
	g_autoptr(GError) error = NULL;
	b->sent = b->under_way = false;
	if (carry_out(b, rq, &error)) {
		if (!b->under_way)
			act_done(b, rq);
		return;
	}
	const char *why = error ? error->message : "no reason given";
	backend_log(b, b->target, G_LOG_LEVEL_WARNING, "%s: not done: %s", request_word(rq), why);
	post(b, rq, &(struct reply){.state = act_outcome(b->sent, error), .text = why});
}
