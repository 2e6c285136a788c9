/* fold.c - one function per kind of observation. Folding stores and marks; lab_settle() draws the conclusions. */
#include "config.h"
#include "lab/private.h"
#include "lab/sensor.h"

#include <string.h>

/* Records that wait: more would make the settling after them long, which nothing can interrupt. */
#define MERGE_AT 200

static void fold_inventory(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct obs_inventory *inv = obs->u.inventory;
	src->is_vcenter = inv->is_vcenter;
	for (int i = 0; i < inv->n_hosts; i++)
		record_fold(lab, src, REC_HOST, inv->hosts[i], obs, inv->generation);
	for (int i = 0; i < inv->n_vms; i++)
		record_fold(lab, src, REC_VM, inv->vms[i], obs, inv->generation);
	for (int i = 0; i < inv->n_datastores; i++)
		record_fold(lab, src, REC_DATASTORE, inv->datastores[i], obs, inv->generation);
	if (lab->p->queue->len >= MERGE_AT)
		merge_records(lab);
	for (int i = 0; i < inv->n_gone; i++)
		for (int kind = 0; kind < REC_KINDS; kind++)
			record_remove(lab, src, kind, inv->gone[i]);
	if (inv->complete) {
		record_sweep(lab, src, inv->generation);
		src->pub.answered |= !inv->more;
	}
}

static struct lab_sensor *take_sensor(GPtrArray *old, const struct sensor_row *row)
{
	for (guint i = 0; old && i < old->len; i++) {
		struct lab_sensor *s = old->pdata[i];
		if (s && strcmp(s->name, row->name) == 0 && strcmp(s->type, row->type) == 0 &&
		    strcmp(s->unit, row->unit) == 0) {
			old->pdata[i] = NULL;
			return s;
		}
	}
	struct lab_sensor *s = g_new0(struct lab_sensor, 1);
	s->name = g_strdup(row->name);
	s->type = g_strdup(row->type);
	s->unit = g_strdup(row->unit);
	s->kind = sensor_kind_of(row);
	return s;
}

/* Sensors keep their history by name, type and unit; the board names all of them each time. */
static void fold_sensors(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct obs_sensors *told = obs->u.sensors;
	if (lab->p->dirty & DIRTY_RECORDS)
		merge_records(lab); /* the host may have come in the same breath */
	struct lab_host *host = rec_host(g_hash_table_lookup(src->recs[REC_HOST], told->host));
	if (!host || (host->sensors && obs->taken_ns < host->sensors_ns))
		return;
	GPtrArray *old = host->sensors, *sensors = g_ptr_array_new();
	int step_ms = (int)CLAMP(told->interval_ms ? told->interval_ms : src->pub.interval_ms, 1000, 3600000);
	host->sensors_interval_ms = step_ms;
	for (int i = 0; i < told->n_rows; i++) {
		struct lab_sensor *s = take_sensor(old, &told->rows[i]);
		s->value = told->rows[i].value;
		s->health = told->rows[i].health;
		g_free((char *)s->state);
		s->state = g_strdup(told->rows[i].state);
		s->cools_card = note_names_fan(lab, host, s);
		if (s->value.state == NUM_OK)
			ring_add(&s->history, obs->taken_ns, step_ms, s->value.v);
		g_ptr_array_add(sensors, s);
	}
	for (guint i = 0; old && i < old->len; i++)
		if (old->pdata[i])
			g_ptr_array_add(lab->p->dead_sensors, old->pdata[i]);
	if (old)
		g_ptr_array_unref(old);
	host->sensors = sensors;
	host->sensors_ns = obs->taken_ns;
	lab->p->dirty |= DIRTY_FANS | DIRTY_FINDINGS;
}

static void fold_tasks(struct lab *lab, struct source *src, const struct obs *obs)
{
	lab_bury_box(lab, src->tasks_box);
	src->tasks_box = box_ref(obs->box);
	src->tasks = obs->u.tasks;
	lab->p->dirty |= DIRTY_TASKS;
}

static bool same_place(const struct engine_row *a, const struct engine_row *b)
{
	return g_strv_equal(a->addresses ? a->addresses : (const char *const[]){NULL},
			    b->addresses ? b->addresses : (const char *const[]){NULL}) &&
	       strcmp(a->guest, b->guest) == 0;
}

static void fold_engine(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct engine_row *row = obs->u.engine;
	struct engine_thing *e = src->engine;
	if (!e) {
		e = src->engine = g_new0(struct engine_thing, 1);
		e->src = src;
		e->pub.ref = ref_make(THING_ENGINE, src->name, src->name, "");
		g_ptr_array_add(lab->engines, e);
		g_ptr_array_sort(lab->engines, ref_by_source);
		lab->p->dirty |= DIRTY_JOIN;
	} else if (!same_place(e->pub.row, row)) {
		lab->p->dirty |= DIRTY_JOIN;
	}
	lab_bury_box(lab, e->box);
	e->box = lab_hold(row->box, obs);
	e->pub.row = row;
	e->pub.stale = !source_live(src);
	e->pub.taken_ns = obs->taken_ns;
	if (row->tokens_per_second.state == NUM_OK)
		ring_add(&e->pub.tokens, obs->taken_ns, (int)CLAMP(src->pub.interval_ms, 1000, 60000),
			 row->tokens_per_second.v);
	src->pub.answered |=
		!row->refused; /* the reason why it is down is the answer, and comes after this */
	lab->p->dirty |= DIRTY_PLACE | DIRTY_FINDINGS;
}

static void fold_log(struct lab *lab, struct source *src, const struct obs *obs)
{
	lab_log(lab, obs->u.log->level, obs->source, obs->u.log->text);
}

/* Of whoever carried it out; the journal is no source of the lab. */
static void fold_reply(struct lab *lab, struct source *src, const struct obs *obs)
{
	runs_reply(lab, obs->u.reply);
}

static const struct {
	void (*fold)(struct lab *lab, struct source *src, const struct obs *obs);
	bool is_data; /* shows that the source is alive and how fresh its word is */
	bool of_none; /* says nothing of its source */
} folders[] = {
	[OBS_SOURCE] = {source_set_state, false},    [OBS_INVENTORY] = {fold_inventory, true},
	[OBS_SENSORS] = {fold_sensors, true},        [OBS_TASKS] = {fold_tasks, true},
	[OBS_HELLO] = {guest_fold_hello, true},      [OBS_SAMPLE] = {guest_fold_sample, true},
	[OBS_ENGINE] = {fold_engine, true},          [OBS_LOG] = {fold_log, false},
	[OBS_REPLY] = {fold_reply, .of_none = true},
};

struct obs *lab_fold(struct lab *lab, struct obs *take_obs)
{
	struct obs *next = take_obs->next;
	bool of_none = folders[take_obs->kind].of_none || take_obs->source_kind == TARGET_JOURNAL;
	struct source *src = of_none ? NULL : source_get(lab, take_obs->source_kind, take_obs->source);
	if (folders[take_obs->kind].is_data)
		source_told(lab, src, take_obs);
	folders[take_obs->kind].fold(lab, src, take_obs);
	lab->version++;
	take_obs->next = NULL;
	obs_free(take_obs);
	return next;
}
