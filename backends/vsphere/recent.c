/* recent.c - keeps the tasks that the server calls recent and its newest page of events. */
#include "config.h"
#include "backends/vsphere/recent.h"

#include <string.h>

#define TASKS_CAP 200

const struct prop_read recent_reads[] = {
	{&task_kind.type, SET_LIVE},
	{&events_kind.type, SET_LIVE},
	{0},
};

struct kept {
	char *moref;
	struct box *box;
	const void *row;
};

struct recent {
	struct backend *b;
	struct vim *v;
	GHashTable *tasks;  /* moref -> struct kept of struct vs_task */
	struct kept events; /* struct vs_events */
	char *collector;
	bool read, events_read; /* tasks were read, the events were told */
	bool changed;
};

static void kept_set(struct kept *k, const struct kind *kind, const void *row)
{
	struct box *box = box_new();
	k->row = kind_copy(kind, box, row);
	box_unref(k->box);
	k->box = box;
}

static void kept_free(void *data)
{
	struct kept *k = data;
	box_unref(k->box);
	g_free(k->moref);
	g_free(k);
}

struct recent *recent_new(struct backend *b, struct vim *v)
{
	struct recent *r = g_new0(struct recent, 1);
	r->b = b;
	r->v = v;
	r->tasks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kept_free);
	return r;
}

void recent_free(struct recent *r)
{
	if (!r)
		return;
	g_hash_table_unref(r->tasks);
	box_unref(r->events.box);
	g_free(r->collector);
	g_free(r);
}

void recent_session_changed(struct recent *r)
{
	g_clear_pointer(&r->collector, g_free);
	g_hash_table_remove_all(r->tasks);
	r->read = false;
}

/* An unfiltered collector keeps the newest events ready; QueryEvents is missing on standalone hosts. */
static void make_collector(struct recent *r)
{
	static const struct leaf id_leaf[] = {{.path = "", .kind = LEAF_RAW, .offset = 0}, {0}};
	struct soap_call call = {.what = "reading events",
				 .method = "CreateCollectorForEvents",
				 .self = {"EventManager", r->v->content.event_manager},
				 .arguments = "<filter></filter>"};
	g_autoptr(GError) error = NULL;
	struct box *box;
	const char *id = "";
	if (r->collector || !*r->v->content.event_manager)
		return;
	box = box_new();
	if (soap_call_into(&r->v->soap, call, id_leaf, &id, box, &error) && *id)
		r->collector = g_strdup(id);
	else if (error)
		backend_log(r->b, r->b->target, G_LOG_LEVEL_INFO, "%s", error->message);
	box_unref(box);
}

void recent_append_objects(struct recent *r, GString *out)
{
	if (*r->v->content.task_manager)
		props_append_traversal(out, (struct vim_ref){"TaskManager", r->v->content.task_manager},
				       "recentTask");
	make_collector(r);
	if (r->collector)
		props_append_object(out, (struct vim_ref){"EventHistoryCollector", r->collector});
}

void recent_were_read(struct recent *r)
{
	bool tasks = *r->v->content.task_manager;
	r->changed |= r->read != tasks;
	r->read = tasks;
}

bool recent_begin(struct recent *r, struct draft *d)
{
	if (d->type == &events_kind.type)
		return true;
	struct kept *k = g_hash_table_lookup(r->tasks, d->moref);
	if (d->change == PROP_LEAVE) {
		r->changed = g_hash_table_remove(r->tasks, d->moref) || r->changed;
		return false;
	}
	if (k) {
		memcpy(d->row, k->row, sizeof(struct vs_task));
		return true;
	}
	row_blank(d->row, task_kind.texts, task_kind.n_texts);
	((struct vs_task *)d->row)->row.moref = d->moref;
	return true;
}

void recent_end(struct recent *r, struct draft *d)
{
	if (d->type == &events_kind.type) {
		if (d->missing->len)
			return; /* not "no events": they may not be read */
		events_kind.finish(d, NULL);
		kept_set(&r->events, &events_kind, d->row);
		r->events_read = r->changed = true;
		return;
	}
	struct kept *k = g_hash_table_lookup(r->tasks, d->moref);
	task_kind.finish(d, NULL);
	if (!k) {
		k = g_new0(struct kept, 1);
		k->moref = g_strdup(d->moref);
		g_hash_table_insert(r->tasks, k->moref, k);
	}
	kept_set(k, &task_kind, d->row);
	r->changed = true;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
	const struct task_row *x = a, *y = b;
	return (x->start_ms < y->start_ms) - (x->start_ms > y->start_ms);
}

static int newest_event_first(gconstpointer a, gconstpointer b)
{
	const struct event_row *x = a, *y = b;
	return (x->when_ms < y->when_ms) - (x->when_ms > y->when_ms);
}

static void copy_tasks(struct recent *r, struct box *box, struct obs_tasks *out)
{
	GHashTableIter iter;
	void *value;
	out->tasks = box_array0(box, struct task_row, MAX(g_hash_table_size(r->tasks), 1));
	g_hash_table_iter_init(&iter, r->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct vs_task copy = *(const struct vs_task *)((struct kept *)value)->row;
		row_copy_texts(box, &copy, task_kind.texts, task_kind.n_texts);
		out->tasks[out->n_tasks++] = copy.row;
	}
	qsort(out->tasks, (size_t)out->n_tasks, sizeof *out->tasks, newest_first);
	out->n_tasks = MIN(out->n_tasks, TASKS_CAP);
}

void recent_post(struct recent *r)
{
	if (!r->changed)
		return;
	struct obs *obs = obs_new(OBS_TASKS, r->b->target);
	struct obs_tasks *out = box_new0(obs->box, struct obs_tasks);
	copy_tasks(r, obs->box, out);
	out->has_tasks = r->read;
	out->has_events = r->events_read;
	if (r->events.row) {
		const struct vs_events *e = kind_copy(&events_kind, obs->box, r->events.row);
		out->events = e->events;
		out->n_events = e->n_events;
		qsort(out->events, (size_t)out->n_events, sizeof *out->events, newest_event_first);
	}
	obs->u.tasks = out;
	mailbox_post(r->b->out, obs);
	r->changed = false;
}
