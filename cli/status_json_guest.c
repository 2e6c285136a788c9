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

/* The vendors' libraries as its agent found them. */
static json_t *libraries_array(const struct guest_row *row)
{
	json_t *array = json_array();
	for (int i = 0; i < row->n_libraries; i++) {
		const struct library_row *l = &row->libraries[i];
		json_t *o = json_object();
		value_set(o, "name", value_text(l->name));
		value_set(o, "path", value_text(l->path));
		value_set(o, "version", value_text(l->version));
		value_set(o, "driver", value_text(l->driver));
		value_set(o, "state", value_text(l->state));
		value_set(o, "reason", value_text(l->reason));
		json_array_append_new(array, o);
	}
	return array;
}

/* What the machine told of itself. */
static void set_machine(json_t *o, const struct guest_row *row)
{
	value_set(o, "version", value_text(row->agent_version));
	value_set(o, "interval_ms", json_integer(row->interval_ms));
	value_set(o, "macs", value_words(row->macs));
	value_set(o, "addresses", value_words(row->addresses));
	value_set(o, "os", value_text(row->os));
	value_set(o, "kernel", value_text(row->kernel));
	value_set(o, "cmdline", value_text(row->cmdline));
	value_set(o, "boot_ms", row->boot_ms > 0 ? json_integer(row->boot_ms) : json_null());
	value_set(o, "ncpu", value_int(row->ncpu));
	value_set(o, "mem_bytes", value_int(row->mem_bytes));
	value_set(o, "root", value_tri(row->is_root));
	value_set(o, "libraries", libraries_array(row));
}

json_t *status_json_guest(const struct lab_guest *g)
{
	json_t *o = json_object();
	value_set(o, "name", value_text(g->ref.source));
	value_set(o, "uuid", value_text(g->row->uuid));
	value_set(o, "transport", value_text(transport_names[g->row->transport]));
	value_set(o, "hostname", value_text(g->row->hostname));
	value_set(o, "vm", g->vm ? value_text(g->vm->name) : json_null());
	value_set(o, "match", value_text(guest_match_names[g->match]));
	value_set(o, "stale", json_boolean(g->stale));
	value_set(o, "mounts", mounts_array(g));
	set_machine(o, g->row);
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
		value_set(o, "ppid", p->ppid > 0 ? json_integer(p->ppid) : json_null());
		value_set(o, "start_ms", p->start_ms > 0 ? json_integer(p->start_ms) : json_null());
		value_set(o, "cmdline", value_text(p->cmdline));
		value_set(o, "unit", value_text(p->unit));
		value_set(o, "vram_bytes", value_int(p->gpus[i].vram_bytes));
		value_set(o, "busy_pct", value_real(p->gpus[i].busy_pct, 1));
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

/* Which metrics cannot be read, and why; null: all that the card offers can. */
static json_t *errors_object(const struct gpu_sample *s)
{
	json_t *o = NULL;
	for (int m = 0; s && m < M_COUNT; m++) {
		enum num_state state = s->metric[m].state;
		const char *why = state == NUM_DENIED ? "denied"
				  : state == NUM_BAD  ? "bad"
				  : state == NUM_BUSY ? "busy"
						      : NULL;
		if (!why)
			continue;
		o = o ? o : json_object();
		value_set(o, metric_info[m].key, value_text(why));
	}
	return o ? o : json_null();
}

static json_t *bars_array(const struct gpu_row *row)
{
	json_t *array = json_array();
	for (int i = 0; i < row->n_bars; i++)
		json_array_append_new(array, json_integer((json_int_t)row->bar_bytes[i]));
	return array;
}

static json_t *origins_object(const struct gpu_row *row)
{
	json_t *o = json_object();
	for (int m = 0; m < M_COUNT; m++)
		if (*row->origin[m])
			value_set(o, metric_info[m].key, value_text(row->origin[m]));
	return o;
}

static json_t *subsystem_of(const struct gpu_row *row)
{
	char text[16];
	g_snprintf(text, sizeof text, "%04x:%04x", row->subvendor_id, row->subdevice_id);
	return row->subvendor_id ? value_text(text) : json_null();
}

/* What does not change while the card is there. */
static void set_card(json_t *o, const struct gpu_row *row)
{
	value_set(o, "path", value_text(row->path));
	value_set(o, "slot", value_text(row->slot));
	value_set(o, "vendor_id", value_id16(row->vendor_id));
	value_set(o, "device_id", value_id16(row->device_id));
	value_set(o, "subsystem", subsystem_of(row));
	value_set(o, "arch", value_text(row->arch));
	value_set(o, "vbios", value_text(row->vbios));
	value_set(o, "unique_id", value_text(row->unique_id));
	value_set(o, "serial", value_text(row->serial));
	value_set(o, "driver", value_text(row->driver));
	value_set(o, "numa_node", value_int(row->numa_node));
	value_set(o, "kfd_id", value_int(row->kfd_id));
	value_set(o, "bar_bytes", bars_array(row));
	value_set(o, "passive", value_tri(row->passive));
	value_set(o, "origin", origins_object(row));
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
	value_set(o, "kind", value_text(gpu_kind_names[gpu->row->kind]));
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
	value_set(o, "throttle_bits",
		  s && s->has_throttle_bits ? json_integer((json_int_t)s->throttle_bits) : json_null());
	value_set(o, "perf_level", s ? value_text(s->perf_level) : json_null());
	value_set(o, "err", errors_object(s));
	set_card(o, gpu->row);
	value_set(o, "slowed_ms_hour", value_int(gpu->slowed_ms_hour));
	value_set(o, "processes", processes_array(lab, gpu));
	value_set(o, "unexplained_bytes", value_int(gpu->unexplained_bytes));
	value_set(o, "source", gpu_source(gpu));
	return o;
}
