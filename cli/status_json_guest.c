/* status_json_guest.c - guests and their GPUs as `status --json` prints them. */
#include "config.h"
#include "cli/status_json.h"

#include "cli/json_value.h"

#include <string.h>

/* Network mounts with how old the word about each is; null: nobody told. */
static json_t *mounts_array(const struct lab_guest *g)
{
	if (!g->mounts)
		return json_null();
	json_t *array = json_array();
	for (guint i = 0; i < g->mounts->len; i++) {
		const struct mount_row *m = g->mounts->pdata[i];
		json_t *o = json_object();
		value_set(o, "source", value_text(m->source));
		value_set(o, "target", value_text(m->target));
		value_set(o, "fstype", value_text(m->fstype));
		value_set(o, "age_ms", value_int(m->age_ms));
		value_set(o, "total_bytes", value_int(m->total_bytes));
		value_set(o, "free_bytes", value_int(m->free_bytes));
		json_array_append_new(array, o);
	}
	return array;
}

json_t *status_json_guest(const struct lab_guest *g)
{
	json_t *o = json_object();
	value_set(o, "name", value_text(g->ref.source));
	value_set(o, "uuid", value_text(g->row->uuid));
	value_set(o, "transport", value_text(g->row->transport));
	value_set(o, "hostname", value_text(g->row->hostname));
	value_set(o, "vm", g->vm ? value_text(g->vm->name) : json_null());
	value_set(o, "match", value_text(guest_match_names[g->match]));
	value_set(o, "stale", json_boolean(g->stale));
	value_set(o, "mounts", mounts_array(g));
	return o;
}

static json_t *throttle_array(const struct gpu_sample *s)
{
	if (!s || (s->throttle & THROTTLE_UNKNOWN))
		return json_null();
	json_t *array = json_array();
	for (gsize i = 0; i < G_N_ELEMENTS(throttle_names); i++)
		if (s->throttle & (1u << i))
			json_array_append_new(array, value_text(throttle_names[i]));
	return array;
}

/* How long a process has run that is a job: one of no engine, past ten minutes. */
static json_t *job_ms(const struct lab *lab, const struct proc_row *p)
{
	for (guint i = 0; i < lab->jobs->len; i++) {
		const struct lab_job *job = lab->jobs->pdata[i];
		if (job->proc == p)
			return value_ms(job->runs_ms);
	}
	return json_null();
}

static json_t *process_on(const struct proc_row *p, const char *gpu)
{
	for (int i = 0; i < p->n_gpus; i++) {
		if (strcmp(p->gpus[i].gpu, gpu) != 0)
			continue;
		json_t *o = json_object();
		value_set(o, "pid", json_integer(p->pid));
		value_set(o, "name", value_text(p->name));
		value_set(o, "vram_bytes", value_int(p->gpus[i].vram_bytes));
		return o;
	}
	return NULL;
}

static json_t *processes_array(const struct lab *lab, const struct lab_gpu *gpu)
{
	if (!gpu->guest->procs)
		return json_null();
	json_t *array = json_array();
	for (guint i = 0; i < gpu->guest->procs->len; i++) {
		json_t *o = process_on(gpu->guest->procs->pdata[i], gpu->ref.id);
		if (!o)
			continue;
		const struct lab_engine *owner = gpu->guest->owners->pdata[i];
		value_set(o, "engine", owner ? value_text(owner->ref.source) : json_null());
		value_set(o, "job_ms", job_ms(lab, gpu->guest->procs->pdata[i]));
		json_array_append_new(array, o);
	}
	return array;
}

/* Where the first temperature comes from speaks for the card. */
static const char *origin_of(const struct gpu_row *row)
{
	static const enum metric first[] = {M_TEMP_JUNCTION_C, M_TEMP_EDGE_C, M_VRAM_USED_BYTES};
	for (gsize i = 0; i < G_N_ELEMENTS(first); i++)
		if (*row->origin[first[i]])
			return row->origin[first[i]];
	return "";
}

static json_t *gpu_source(const struct lab_gpu *gpu)
{
	json_t *o = json_object();
	value_set(o, "name", value_text(gpu->ref.source));
	value_set(o, "age_ms", value_ms(gpu->age_ms));
	value_set(o, "origin", value_text(origin_of(gpu->row)));
	return o;
}

json_t *status_json_gpu(const struct lab *lab, const struct lab_gpu *gpu)
{
	const struct gpu_sample *s = gpu->sample;
	json_t *o = json_object();
	value_set(o, "id", value_text(gpu->ref.id));
	value_set(o, "parent", value_text(gpu->row->parent));
	value_set(o, "guest", value_text(gpu->ref.source));
	value_set(o, "bdf", value_text(gpu->row->bdf));
	value_set(o, "name", value_text(gpu->row->name));
	value_set(o, "kind", value_text(gpu->row->kind));
	value_set(o, "gpu_instance", value_int(gpu->row->gpu_instance));
	value_set(o, "compute_instance", value_int(gpu->row->compute_instance));
	/* a state that was true when the source last spoke is not true now */
	value_set(o, "state", s && !gpu->stale ? value_text(gpu_state_names[s->state]) : json_null());
	value_set(o, "stale", json_boolean(gpu->stale));
	for (int m = 0; m < M_COUNT; m++)
		value_set(o, metric_info[m].key,
			  s ? value_metric(s->metric[m], &metric_info[m]) : json_null());
	for (int l = 0; l < LIM_COUNT; l++)
		value_set(o, limit_info[l].key, value_metric(gpu->row->limit[l], &limit_info[l]));
	value_set(o, "throttle", throttle_array(s));
	value_set(o, "slowed_ms_hour", value_int(gpu->slowed_ms_hour));
	value_set(o, "processes", processes_array(lab, gpu));
	value_set(o, "unexplained_bytes", value_int(gpu->unexplained_bytes));
	value_set(o, "source", gpu_source(gpu));
	return o;
}
