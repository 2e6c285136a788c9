/* task_wait.c - see task_wait.h. A task is read again and again, at a pace that slows down: most end within a second. */
#include "config.h"
#include "backends/vsphere/task_wait.h"

#include "backends/vsphere/fault.h"

#include <string.h>

#define POLL_FIRST_MS 50
#define POLL_MOST_MS  1000

/* ---- what is read ------------------------------------------------------------------------------------------------ */

struct progress {
	int state; /* enum task_state */
	struct num pct;
	const char *what; /* descriptionId */
	int64_t end_ms;
	struct soap_fault fault; /* without a box of its own */
};

struct question {
	const char *text;
	const struct leaf_text *choices;
};

#define PROGRESS(field, kind, path) LEAF(struct progress, field, kind, path)

static const struct leaf state[] = {LEAF_ENUM(struct progress, state, task_state_names + 1, ""), {0}};
static const struct leaf percent[] = {PROGRESS(pct, LEAF_NUM, ""), {0}};
static const struct leaf what[] = {PROGRESS(what, LEAF_TEXT, ""), {0}};
static const struct leaf ended[] = {PROGRESS(end_ms, LEAF_TIME, ""), {0}};
static const struct leaf failure[] = {
	PROGRESS(fault.message, LEAF_TEXT, "localizedMessage"),
	PROGRESS(fault.type, LEAF_TYPE, "fault"),
	PROGRESS(fault.name, LEAF_TEXT, "fault/property"),
	PROGRESS(fault.name, LEAF_TEXT, "fault/invalidProperty"),
	PROGRESS(fault.object, LEAF_RAW, "fault/object"),
	PROGRESS(fault.privilege, LEAF_TEXT, "fault/privilegeId"),
	PROGRESS(fault.details, LEAF_LIST, "fault/faultMessage/message"),
	{0},
};

static const struct prop task_props[] = {
	PROP_VALUE("info.state", SET_LIVE, NULL, state),
	PROP_VALUE("info.progress", SET_LIVE, NULL, percent),
	PROP_VALUE("info.descriptionId", SET_LIVE, NULL, what),
	PROP_VALUE("info.completeTime", SET_LIVE, NULL, ended),
	PROP_VALUE("info.error", SET_LIVE, NULL, failure),
	{0},
};
static const struct prop_type task_type = {
	.vim = "Task", .props = task_props, .row_size = sizeof(struct progress)};

static const struct leaf asked[] = {
	LEAF(struct question, text, LEAF_TEXT, "text"),
	LEAF(struct question, choices, LEAF_LIST, "choice/choiceInfo/label"),
	{0},
};
static const struct prop question_props[] = {
	PROP_VALUE("runtime.question", SET_LIVE, NULL, asked),
	{0},
};
static const struct prop_type question_type = {
	.vim = "VirtualMachine", .props = question_props, .row_size = sizeof(struct question)};

static void blank_progress(struct progress *p)
{
	*p = (struct progress){.what = ""};
	p->fault.type = p->fault.message = p->fault.name = p->fault.object = p->fault.privilege = "";
}

/* ---- following --------------------------------------------------------------------------------------------------- */

struct watched {
	struct box *box; /* holds the words below */
	bool there;
	int state;
	struct num pct;
	char *question;
	GError *error; /* the task's own */
	const char *about;
};

static bool begin_watched(void *data, struct draft *d)
{
	if (d->type == &task_type)
		blank_progress(d->row);
	else
		*(struct question *)d->row = (struct question){.text = ""};
	return true;
}

static void take_progress(struct watched *w, struct draft *d)
{
	struct progress *p = d->row;
	w->there = p->state != TASK_UNKNOWN;
	w->state = p->state;
	w->pct = p->pct;
	if (p->state != TASK_ERROR)
		return;
	p->fault.box = d->box;
	g_clear_error(&w->error);
	fault_error(&w->error, w->about, &p->fault);
	if (act_outcome(true, w->error) == REPLY_LOST) /* it came to an end: no answer is missing */
		w->error->code = LAB_ERR_SYSTEM;
}

static void take_question(struct watched *w, struct draft *d)
{
	const struct question *q = d->row;
	g_autoptr(GString) text = g_string_new(NULL);
	g_clear_pointer(&w->question, g_free);
	if (!*q->text)
		return;
	g_string_append_printf(text, "waits for an answer: %s", q->text);
	const char *const *choices = leaf_texts(d->box, q->choices);
	for (int i = 0; choices && choices[i]; i++) {
		g_autofree char *clean = text_clean(choices[i], -1);
		g_string_append_printf(text, "%s%s", i ? ", " : " (", clean);
	}
	g_string_append(text, choices ? ")" : "");
	w->question = g_strdup(text->str);
}

static void end_watched(void *data, struct draft *d)
{
	if (d->type == &task_type)
		take_progress(data, d);
	else
		take_question(data, d);
}

static const struct props_handler watched_handler = {begin_watched, end_watched, NULL};

static bool read_task(struct acting *a, const char *task, struct vim_ref entity, struct watched *w,
		      GError **error)
{
	static const struct prop_read of_vm[] = {{&task_type, SET_LIVE}, {&question_type, SET_LIVE}, {0}};
	static const struct prop_read of_other[] = {{&task_type, SET_LIVE}, {0}};
	bool vm = strcmp(entity.type, question_type.vim) == 0;
	g_autoptr(GString) objects = g_string_new(NULL);
	props_append_object(objects, (struct vim_ref){task_type.vim, task});
	if (vm)
		props_append_object(objects, entity);
	const struct collector_query q = {.what = w->about,
					  .reads = vm ? of_vm : of_other,
					  .objects = objects->str,
					  .handler = &watched_handler,
					  .data = w};
	w->there = false;
	if (!acting_read(a, &q, error))
		return false;
	if (!w->there)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "%s: the server does not tell of its task any more", w->about);
	return w->there;
}

static bool is_over(int task_state)
{
	return task_state == TASK_SUCCESS || task_state == TASK_ERROR;
}

static bool said_before(const struct watched *w, struct num pct, const char *question)
{
	return pct.state == w->pct.state && pct.v == w->pct.v && g_strcmp0(question, w->question) == 0;
}

static void tell_progress(struct acting *a, const struct request *rq, const struct watched *w)
{
	act_progress(acting_backend(a), rq, w->pct,
		     w->question               ? w->question
		     : w->state == TASK_QUEUED ? "queued"
					       : "");
}

/* False when it is to be waited for no longer: w->error, or error for what went wrong on the way. */
static bool follow(struct acting *a, const struct request *rq, const char *task, struct vim_ref entity,
		   struct watched *w, GError **error)
{
	int64_t ms = POLL_FIRST_MS;
	for (;;) {
		struct num pct = w->pct;
		g_autofree char *question = g_strdup(w->question);
		if (!read_task(a, task, entity, w, error))
			return false;
		if (is_over(w->state))
			return true;
		if (!said_before(w, pct, question))
			tell_progress(a, rq, w);
		if (!cancel_sleep_through(acting_backend(a)->cancel, ms)) {
			g_set_error(error, LAB_ERROR, LAB_ERR_CANCELLED, "%s: labtop ends, the task goes on",
				    w->about);
			return false;
		}
		ms = MIN(ms * 3 / 2, POLL_MOST_MS);
	}
}

bool task_wait(struct acting *a, const struct request *rq, const char *task, struct vim_ref entity,
	       GError **error)
{
	struct watched w = {.about = request_word(rq), .pct = num_none(NUM_UNKNOWN)};
	bool good = follow(a, rq, task, entity, &w, error);
	if (good && w.error) {
		g_propagate_error(error, g_steal_pointer(&w.error));
		good = false;
	}
	g_clear_error(&w.error);
	g_free(w.question);
	return good;
}

/* ---- what others began ------------------------------------------------------------------------------------------- */

struct search {
	const char *done;
	int64_t since_ms;
	bool found;
	struct num pct;
	char *what;
};

static bool begin_search(void *data, struct draft *d)
{
	blank_progress(d->row);
	return true;
}

static bool goes_on(const struct search *s, const struct progress *p)
{
	if (p->state == TASK_QUEUED || p->state == TASK_RUNNING)
		return true;
	return s->since_ms > 0 && p->state == TASK_SUCCESS && strcmp(p->what, s->done) == 0 &&
	       p->end_ms > s->since_ms;
}

static void end_search(void *data, struct draft *d)
{
	struct search *s = data;
	const struct progress *p = d->row;
	if (s->found || !goes_on(s, p))
		return;
	s->found = true;
	s->pct = p->pct;
	s->what = g_strdup(p->what);
}

bool task_under_way(struct acting *a, struct vim_ref entity, const char *done, int64_t since_ms,
		    struct num *pct, char **what_out, GError **error)
{
	static const struct props_handler handler = {begin_search, end_search, NULL};
	static const struct prop_read reads[] = {{&task_type, SET_LIVE}, {0}};
	struct search s = {.done = done, .since_ms = since_ms};
	g_autoptr(GString) objects = g_string_new(NULL);
	props_append_traversal(objects, entity, "recentTask");
	const struct collector_query q = {.what = "reading its recent tasks",
					  .reads = reads,
					  .objects = objects->str,
					  .handler = &handler,
					  .data = &s};
	bool read = acting_read(a, &q, error);
	*pct = s.pct;
	*what_out = s.what;
	return read && s.found;
}
