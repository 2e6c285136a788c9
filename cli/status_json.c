/* status_json.c - the lab printed: from the model alone, nothing is asked or worked out here. */
#include "config.h"
#include "cli/status_json.h"

#include "cli/json_value.h"
#include "cli/status_json_vsphere.h"

#include <string.h>

/* An array of what one() makes of each element. */
static json_t *each(const struct lab *lab, const GPtrArray *things,
		    json_t *(*one)(const struct lab *, const void *))
{
	json_t *array = json_array();
	for (guint i = 0; i < things->len; i++)
		json_array_append_new(array, one(lab, things->pdata[i]));
	return array;
}

/* The same of what not every source has told: none that is known is not "none". */
static json_t *each_if(bool told, const struct lab *lab, const GPtrArray *things,
		       json_t *(*one)(const struct lab *, const void *))
{
	return told || things->len > 0 ? each(lab, things, one) : json_null();
}

/* ---- lab and sources -------------------------------------------------------------------------------------------- */

static json_t *lab_object(const struct lab *lab)
{
	json_t *o = json_object();
	value_set(o, "name", value_text(lab->name));
	value_set(o, "demo", json_boolean(lab->demo));
	value_set(o, "at", value_wall(lab->now_wall_ms));
	return o;
}

/* What may not be read: nobody can tell before the first answer, and only vSphere tells at all. */
static json_t *source_partial(const struct lab *lab, const struct lab_source *s)
{
	if (s->kind != TARGET_VSPHERE || s->last_ns == 0)
		return json_null();
	json_t *array = json_array();
	g_autoptr(GPtrArray) gaps = lab_source_partial(lab, s);
	for (guint i = 0; i < gaps->len; i++)
		json_array_append_new(array, value_text(gaps->pdata[i]));
	return array;
}

static json_t *source_object(const struct lab *lab, const void *thing)
{
	const struct lab_source *s = thing;
	json_t *o = json_object();
	value_set(o, "name", value_text(s->name));
	value_set(o, "kind", value_text(target_kind_names[s->kind]));
	value_set(o, "state", value_text(source_state_names[s->state]));
	value_set(o, "age_ms", value_ms(s->age_ms));
	value_set(o, "reason", value_text(s->reason));
	value_set(o, "hint", value_text(s->hint));
	value_set(o, "detail", value_text(s->detail));
	value_set(o, "insecure", json_boolean(s->insecure));
	value_set(o, "partial", source_partial(lab, s));
	return o;
}

/* ---- guests and GPUs: status_json_guest.c --------------------------------------------------------------------------- */

static json_t *guest_object(const struct lab *lab, const void *thing)
{
	return status_json_guest(thing);
}

static json_t *gpu_object(const struct lab *lab, const void *thing)
{
	return status_json_gpu(lab, thing);
}

/* ---- engines ------------------------------------------------------------------------------------------------------------ */

json_t *status_json_model(const struct model_row *m)
{
	json_t *o = json_object();
	value_set(o, "name", value_text(m->name));
	value_set(o, "size_bytes", value_int(m->size_bytes));
	value_set(o, "loaded", value_tri(m->loaded));
	value_set(o, "vram_bytes", value_int(m->vram_bytes));
	value_set(o, "state", value_text(model_state_names[m->state]));
	value_set(o, "digest", value_text(m->digest));
	value_set(o, "family", value_text(m->family));
	value_set(o, "params", value_text(m->params));
	value_set(o, "quant", value_text(m->quant));
	value_set(o, "context", value_int(m->context));
	return o;
}

json_t *status_json_engine(const struct lab_engine *engine)
{
	const struct engine_row *row = engine->row;
	json_t *o = json_object(), *models = json_array();
	for (int i = 0; i < row->n_models; i++)
		json_array_append_new(models, status_json_model(&row->models[i]));
	value_set(o, "name", value_text(engine->ref.source));
	value_set(o, "kind", value_text(engine_kind_names[row->kind]));
	value_set(o, "url", value_text(row->url));
	value_set(o, "state",
		  engine->stale && !row->refused ? json_null() : value_text(engine_state_names[row->state]));
	value_set(o, "stale", json_boolean(engine->stale));
	value_set(o, "version", value_text(row->version));
	value_set(o, "guest", engine->guest ? value_text(engine->guest->ref.source) : json_null());
	value_set(o, "models", models);
	value_set(o, "tokens_per_second", value_real(row->tokens_per_second, 1));
	value_set(o, "tokens_estimated", json_boolean(row->tokens_estimated));
	value_set(o, "running", value_int(row->running));
	value_set(o, "queue", value_int(row->queue));
	value_set(o, "kv_used_pct", value_real(row->kv_used_pct, 1));
	value_set(o, "kv_estimated", json_boolean(row->kv_estimated));
	value_set(o, "note", value_text(row->note));
	return o;
}

static json_t *engine_object(const struct lab *lab, const void *thing)
{
	return status_json_engine(thing);
}

/* ---- rows and findings ---------------------------------------------------------------------------------------------------- */

static json_t *placed_models(const struct lab_row *row, bool *estimated)
{
	json_t *array = json_array();
	*estimated = false;
	for (guint i = 0; i < row->placed->len; i++) {
		const struct lab_placed *p = &g_array_index(row->placed, struct lab_placed, i);
		*estimated |= p->estimated;
		if (p->model)
			json_array_append_new(array, value_text(p->model->name));
	}
	return array;
}

/* The slowest fan that cools the card; "own": by configuration, else it is the slowest of the whole host. */
static json_t *row_fan(const struct lab_row *row)
{
	const struct lab_sensor *fan = row->slowest_fan;
	if (!fan)
		return json_null();
	json_t *o = json_object();
	value_set(o, "name", value_text(fan->name));
	value_set(o, "value", value_real(fan->value, 2));
	value_set(o, "unit", value_text(fan->unit));
	value_set(o, "own", json_boolean(row->fans != NULL));
	return o;
}

/* What the guest tells of the card, or the host that drives it: "told_by". */
static void set_metrics(json_t *o, const struct lab_row *row)
{
	static const char *const names[] = {
		[FROM_NOBODY] = NULL, [FROM_GUEST] = "guest", [FROM_HOST] = "host"};
	static const enum metric shown[] = {M_TEMP_JUNCTION_C, M_TEMP_EDGE_C,     M_POWER_W,
					    M_BUSY_PCT,        M_VRAM_USED_BYTES, M_VRAM_TOTAL_BYTES};
	enum row_origin by = FROM_NOBODY;
	for (gsize i = 0; i < G_N_ELEMENTS(shown); i++) {
		enum row_origin origin = FROM_NOBODY;
		struct num n = lab_row_metric(row, shown[i], &origin);
		value_set(o, metric_info[shown[i]].key, value_metric(n, &metric_info[shown[i]]));
		if (by == FROM_NOBODY && num_known(n) && shown[i] != M_VRAM_TOTAL_BYTES)
			by = origin;
	}
	value_set(o, "told_by", names[by] ? value_text(names[by]) : json_null());
}

static json_t *row_object(const struct lab *lab, const void *thing)
{
	const struct lab_row *row = thing;
	bool estimated;
	json_t *o = json_object();
	value_set(o, "host", row->host ? value_text(row->host->name) : json_null());
	value_set(o, "host_bdf", row->device ? value_text(row->device->bdf) : json_null());
	value_set(o, "label", value_text(row->label));
	value_set(o, "kind", value_text(gpu_kind_names[lab_row_kind(row)]));
	value_set(o, "part", json_boolean(row->parent != NULL));
	value_set(o, "parent_bdf",
		  row->parent && row->parent->device ? value_text(row->parent->device->bdf) : json_null());
	value_set(o, "parent_gpu",
		  row->parent && row->parent->gpu ? value_text(row->parent->gpu->ref.id) : json_null());
	value_set(o, "passthrough",
		  row->device ? value_text(passthru_json[row->device->pt_state]) : json_null());
	value_set(o, "vm", row->vm ? value_text(row->vm->name) : json_null());
	value_set(o, "guest", row->guest ? value_text(row->guest->ref.source) : json_null());
	value_set(o, "guest_bdf", row->gpu ? value_text(row->gpu->row->bdf) : json_null());
	value_set(o, "gpu", row->gpu ? value_text(row->gpu->ref.id) : json_null());
	set_metrics(o, row);
	value_set(o, "engine", row->engine ? value_text(row->engine->ref.source) : json_null());
	value_set(o, "models", placed_models(row, &estimated));
	value_set(o, "models_estimated", json_boolean(estimated));
	value_set(o, "match", value_text(row_match_names[row->match]));
	value_set(o, "match_why", value_text(row->match_why));
	value_set(o, "fan", row_fan(row));
	value_set(o, "owner", value_text(row->owner));
	value_set(o, "riser", value_tri(row->riser));
	value_set(o, "note", value_text(row->note));
	value_set(o, "stale", json_boolean(lab_row_stale(row)));
	return o;
}

static json_t *finding_object(const struct lab *lab, const void *thing)
{
	const struct finding *f = thing;
	json_t *o = json_object();
	value_set(o, "id", value_text(f->id));
	value_set(o, "severity", value_text(severity_names[f->severity]));
	value_set(o, "outcome", value_text(f->unknown ? "unknown" : "hit"));
	value_set(o, "subject", value_text(f->subject_text));
	value_set(o, "text", value_text(f->text));
	value_set(o, "evidence", value_text(f->evidence));
	value_set(o, "fix", value_text(f->fix));
	value_set(o, "since",
		  value_wall(f->since_ns ? lab->now_wall_ms - (lab->now_ns - f->since_ns) / 1000000 : 0));
	return o;
}

json_t *status_json(const struct lab *lab)
{
	json_t *o = json_object();
	value_set(o, "lab", lab_object(lab));
	value_set(o, "sources", each(lab, lab->sources, source_object));
	value_set(o, "hosts", each(lab, lab->hosts, status_json_host));
	value_set(o, "devices", status_json_devices(lab));
	value_set(o, "vms", each(lab, lab->vms, status_json_vm));
	value_set(o, "datastores", each(lab, lab->datastores, status_json_store));
	value_set(o, "guests", each(lab, lab->guests, guest_object));
	value_set(o, "gpus", each(lab, lab->gpus, gpu_object));
	value_set(o, "engines", each(lab, lab->engines, engine_object));
	value_set(o, "rows", each(lab, lab->rows, row_object));
	value_set(o, "tasks", each_if(lab->tasks_told, lab, lab->tasks, status_json_task));
	value_set(o, "events", each_if(lab->events_told, lab, lab->events, status_json_event));
	value_set(o, "findings", each(lab, lab->findings, finding_object));
	return o;
}
