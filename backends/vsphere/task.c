/* task.c - tasks and events that the server remembers: tables. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <string.h>

enum { LIST_EVENTS = 1 };

#define TASK(field, kind, path) LEAF(struct vs_task, field, kind, path)

static const struct leaf what[] = {TASK(row.what, LEAF_TEXT, ""), {0}};
static const struct leaf entity[] = {TASK(row.entity, LEAF_NAME, ""), {0}};
static const struct leaf reason[] = {TASK(row.user, LEAF_TEXT, "userName"), {0}};
static const struct leaf state[] = {LEAF_ENUM(struct vs_task, row.state, task_state_names + 1, ""), {0}};
static const struct leaf progress[] = {TASK(row.progress_pct, LEAF_NUM, ""), {0}};
static const struct leaf queued[] = {TASK(queued_ms, LEAF_TIME, ""), {0}};
static const struct leaf started[] = {TASK(row.start_ms, LEAF_TIME, ""), {0}};
static const struct leaf ended[] = {TASK(row.end_ms, LEAF_TIME, ""), {0}};
static const struct leaf failure[] = {
	TASK(row.error, LEAF_TEXT, "localizedMessage"),
	TASK(fault, LEAF_TYPE, "fault"),
	{0},
};

static const struct prop task_props[] = {
	PROP_VALUE("info.descriptionId", SET_LIVE, NULL, what),
	PROP_VALUE("info.entityName", SET_LIVE, NULL, entity),
	PROP_VALUE("info.reason", SET_LIVE, NULL, reason),
	PROP_VALUE("info.state", SET_LIVE, NULL, state),
	PROP_VALUE("info.progress", SET_LIVE, NULL, progress),
	PROP_VALUE("info.queueTime", SET_LIVE, NULL, queued),
	PROP_VALUE("info.startTime", SET_LIVE, NULL, started),
	PROP_VALUE("info.completeTime", SET_LIVE, NULL, ended),
	PROP_VALUE("info.error", SET_LIVE, NULL, failure),
	{0},
};

static const size_t task_texts[] = {
	offsetof(struct vs_task, fault),    offsetof(struct vs_task, row.moref),
	offsetof(struct vs_task, row.what), offsetof(struct vs_task, row.entity),
	offsetof(struct vs_task, row.user), offsetof(struct vs_task, row.error),
};

/* A failure reads as words of ours, the server's own, and the type; one that waits began when it was queued. */
static void finish_task(struct draft *d, const void *old)
{
	struct vs_task *t = d->row;
	if (*t->fault) {
		struct soap_fault fault = {.box = d->box,
					   .type = t->fault,
					   .message = t->row.error,
					   .name = "",
					   .object = "",
					   .privilege = ""};
		g_autofree char *text = fault_text(&fault);
		t->row.error = box_text(d->box, text, -1);
		t->fault = "";
	}
	if (!t->row.start_ms)
		t->row.start_ms = t->queued_ms;
}

const struct kind task_kind = {
	.type = {.vim = "Task", .props = task_props, .row_size = sizeof(struct vs_task)},
	.texts = task_texts,
	.n_texts = G_N_ELEMENTS(task_texts),
	.finish = finish_task,
};

/* ---- events -------------------------------------------------------------------------------------------------- */

static const struct leaf event[] = {
	LEAF(struct event_row, type, LEAF_TYPE, ""),
	LEAF(struct event_row, when_ms, LEAF_TIME, "createdTime"),
	LEAF(struct event_row, user, LEAF_TEXT, "userName"),
	LEAF(struct event_row, text, LEAF_TEXT, "fullFormattedMessage"),
	{0},
};

static const struct prop event_props[] = {
	{.path = "latestPage", .sets = SET_LIVE, .leaves = event, .list = LIST_EVENTS},
	{0},
};

static void finish_events(struct draft *d, const void *old)
{
	struct vs_events *e = d->row;
	GArray *items = d->lists[LIST_EVENTS];
	if (!d->arrived[LIST_EVENTS])
		return;
	e->n_events = (int)items->len;
	e->events = box_array0(d->box, struct event_row, MAX(items->len, 1));
	if (items->len)
		memcpy(e->events, items->data, items->len * sizeof *e->events);
	for (int i = 0; i < e->n_events; i++)
		e->events[i].type = box_text(d->box, e->events[i].type, -1);
}

static void copy_events(struct box *box, void *row)
{
	static const size_t texts[] = {offsetof(struct event_row, type), offsetof(struct event_row, text),
				       offsetof(struct event_row, user)};
	struct vs_events *e = row;
	struct event_row *events = box_array0(box, struct event_row, (size_t)MAX(e->n_events, 1));
	for (int i = 0; i < e->n_events; i++) {
		events[i] = e->events[i];
		row_copy_texts(box, &events[i], texts, G_N_ELEMENTS(texts));
	}
	e->events = events;
}

const struct kind events_kind = {
	.type = {.vim = "EventHistoryCollector",
		 .props = event_props,
		 .row_size = sizeof(struct vs_events),
		 .item_size = {[LIST_EVENTS] = sizeof(struct event_row)}},
	.finish = finish_events,
	.copy_lists = copy_events,
};
