/* status_json.c - the lab printed: from the model alone, nothing is asked or worked out here. */
#include "config.h"
#include "cli/status_json.h"

#include "cli/json_value.h"

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

static void set(json_t *object, const char *key, json_t *take_value)
{
	json_object_set_new(object, key, take_value);
}

/* ---- lab and sources -------------------------------------------------------------------------------------------- */

static json_t *lab_object(const struct lab *lab)
{
	json_t *o = json_object();
	set(o, "name", value_text(lab->name));
	set(o, "demo", json_boolean(lab->demo));
	set(o, "at", value_wall(lab->now_wall_ms));
	return o;
}

static json_t *source_object(const struct lab *lab, const void *thing)
{
	const struct lab_source *s = thing;
	json_t *o = json_object();
	set(o, "name", value_text(s->name));
	set(o, "kind", value_text(target_kind_names[s->kind]));
	set(o, "state", value_text(source_state_names[s->state]));
	set(o, "age_ms", value_ms(s->age_ms));
	set(o, "reason", value_text(s->reason));
	set(o, "hint", value_text(s->hint));
	set(o, "detail", value_text(s->detail));
	set(o, "insecure", json_boolean(s->insecure));
	return o;
}

/* ---- hosts and their devices -------------------------------------------------------------------------------------- */

static json_t *sensors_array(const struct lab_host *host)
{
	if (!host->sensors)
		return json_null();
	json_t *array = json_array();
	for (guint i = 0; i < host->sensors->len; i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		json_t *o = json_object();
		set(o, "name", value_text(s->name));
		set(o, "type", value_text(s->type));
		set(o, "value", value_real(s->value, 2));
		set(o, "unit", value_text(s->unit));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *host_object(const struct lab *lab, const void *thing)
{
	const struct lab_host *h = thing;
	json_t *o = json_object();
	set(o, "name", value_text(h->name));
	set(o, "version", value_text(h->row->version));
	set(o, "state", value_text(h->row->state));
	set(o, "numa_nodes", h->row->n_nodes > 0 ? json_integer(h->row->n_nodes) : json_null());
	set(o, "sensors", sensors_array(h));
	set(o, "product", value_text(h->row->product));
	set(o, "uuid", value_text(h->row->uuid));
	set(o, "memory_bytes", value_int(h->row->mem_bytes));
	set(o, "reboot_required", value_tri(h->row->reboot_required));
	set(o, "source", value_text(h->row->source));
	set(o, "stale", json_boolean(h->stale));
	return o;
}

/* Who holds the devices: struct pci_row * -> struct lab_vm *. Of two VMs that name one device the one that runs. */
static GHashTable *find_holders(const struct lab *lab)
{
	GHashTable *holders = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		for (int k = 0; vm->host && k < vm->row->n_devices; k++) {
			const struct pci_row *d = lab_host_device(vm->host, vm->row->devices[k].bdf);
			if (d && (vm->row->power == POWER_ON || !g_hash_table_contains(holders, d)))
				g_hash_table_insert(holders, (gpointer)d, (gpointer)vm);
		}
	}
	for (guint i = 0; i < lab->rows->len; i++) { /* assigned and by elimination */
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->device && row->vm && !row->parent)
			g_hash_table_insert(holders, (gpointer)row->device, (gpointer)row->vm);
	}
	return holders;
}

static json_t *link_object(const struct pci_link *link)
{
	if (!num_known(link->max_gen) && !num_known(link->gen))
		return json_null();
	json_t *o = json_object();
	set(o, "gen", value_int(link->gen));
	set(o, "width", value_int(link->width));
	set(o, "max_gen", value_int(link->max_gen));
	set(o, "max_width", value_int(link->max_width));
	return o;
}

static json_t *bars_array(const struct pci_row *d)
{
	json_t *array = json_array();
	for (int i = 0; i < d->n_bars; i++) {
		const struct pci_bar *bar = &d->bars[i];
		json_t *o = json_object();
		set(o, "index", json_integer(bar->index));
		set(o, "size_bytes", bar->size ? json_integer((json_int_t)bar->size) : json_null());
		set(o, "io", json_boolean(bar->io));
		set(o, "64bit", json_boolean(bar->is_64bit));
		set(o, "prefetchable", json_boolean(bar->prefetchable));
		json_array_append_new(array, o);
	}
	return array;
}

/* What libpci and sysfs tell of this machine's devices and vSphere does not. */
static void set_local_facts(json_t *o, const struct pci_row *d)
{
	set(o, "subvendor_id", value_id16(d->subvendor_id));
	set(o, "subdevice_id", value_id16(d->subdevice_id));
	set(o, "parent", value_text(d->parent));
	set(o, "driver", value_text(d->driver));
	set(o, "iommu_group", value_text(d->iommu_group));
	set(o, "reset_method", value_text(d->reset_method));
	set(o, "link", link_object(&d->link));
	set(o, "bars", bars_array(d));
	set(o, "mmio_bytes", value_int(d->mmio_bytes));
	set(o, "atomics", value_tri(d->atomics));
	set(o, "rebar", value_tri(d->rebar));
	set(o, "rebar_max_bytes", value_int(d->rebar_max_bytes));
	set(o, "acs", value_tri(d->acs));
	set(o, "aer", value_tri(d->aer));
	set(o, "aer_correctable", value_int(d->aer_correctable));
	set(o, "aer_uncorrectable", value_int(d->aer_uncorrectable));
	set(o, "needs_root", json_boolean(d->needs_root));
}

static json_t *device_object(const struct lab_host *host, const struct pci_row *device,
			     const struct lab_vm *holder)
{
	char class_id[8];
	json_t *o = json_object(), *pt = json_object();
	set(o, "host", value_text(host->name));
	set(o, "bdf", value_text(device->bdf));
	set(o, "vendor_id", value_id16(device->vendor_id));
	set(o, "device_id", value_id16(device->device_id));
	set(o, "name", value_text(device->name));
	set(o, "class", value_text(device->class_name));
	g_snprintf(class_id, sizeof class_id, "%04x", device->class_id);
	set(o, "class_id", value_text(class_id));
	set(o, "numa_node", value_int(device->numa_node));
	set(pt, "capable", value_tri(device->pt_capable));
	set(pt, "enabled", value_tri(device->pt_enabled));
	set(pt, "active", value_tri(device->pt_active));
	set(pt, "state", value_text(passthru_json[device->pt_state]));
	set(o, "passthrough", pt);
	set(o, "vm", holder ? value_text(holder->name) : json_null());
	if (host->row->is_local)
		set_local_facts(o, device);
	return o;
}

json_t *status_json_pci(const struct lab *lab, const struct lab_host *host, const struct pci_row *device)
{
	GHashTable *holders = find_holders(lab);
	json_t *o = device_object(host, device, g_hash_table_lookup(holders, device));
	g_hash_table_destroy(holders);
	return o;
}

static json_t *devices_array(const struct lab *lab)
{
	GHashTable *holders = find_holders(lab);
	json_t *array = json_array();
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		for (int k = 0; k < h->row->n_pci; k++) {
			const struct pci_row *d = &h->row->pci[k];
			json_array_append_new(array, device_object(h, d, g_hash_table_lookup(holders, d)));
		}
	}
	g_hash_table_destroy(holders);
	return array;
}

/* ---- VMs ------------------------------------------------------------------------------------------------------------ */

static json_t *vm_devices(const struct vm_row *vm)
{
	json_t *array = json_array();
	for (int i = 0; i < vm->n_devices; i++) {
		const struct vm_device *d = &vm->devices[i];
		json_t *o = json_object();
		set(o, "key", json_integer(d->key));
		set(o, "kind", value_text(vm_device_kind_names[d->kind]));
		set(o, "bdf", value_text(d->bdf));
		set(o, "profile", value_text(d->profile));
		set(o, "slot", value_int(d->slot));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *vm_object(const struct lab *lab, const void *thing)
{
	const struct lab_vm *vm = thing;
	const struct vm_row *row = vm->row;
	json_t *o = json_object();
	set(o, "name", value_text(vm->name));
	set(o, "moref", value_raw(row->moref));
	set(o, "host", vm->host ? value_text(vm->host->name) : json_null());
	set(o, "power", value_text(vm_power_names[row->power]));
	set(o, "uuid", value_text(row->uuid));
	set(o, "memory_mb", value_int(row->memory_mb));
	set(o, "memory_reserved_mb", value_int(row->memory_reserved_mb));
	set(o, "firmware", value_text(row->firmware));
	set(o, "cpu_hot_add", value_tri(row->cpu_hot_add));
	set(o, "memory_hot_add", value_tri(row->memory_hot_add));
	set(o, "vcpus", value_int(row->vcpus));
	set(o, "snapshots", value_int(row->snapshots));
	set(o, "devices", vm_devices(row));
	set(o, "source", value_text(row->source));
	set(o, "stale", json_boolean(vm->stale));
	return o;
}

/* ---- guests and GPUs -------------------------------------------------------------------------------------------------- */

static json_t *guest_object(const struct lab *lab, const void *thing)
{
	const struct lab_guest *g = thing;
	json_t *o = json_object();
	set(o, "name", value_text(g->ref.source));
	set(o, "uuid", value_text(g->row->uuid));
	set(o, "transport", value_text(g->row->transport));
	set(o, "hostname", value_text(g->row->hostname));
	set(o, "vm", g->vm ? value_text(g->vm->name) : json_null());
	set(o, "match", value_text(guest_match_names[g->match]));
	set(o, "stale", json_boolean(g->stale));
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

static json_t *process_on(const struct proc_row *p, const char *gpu)
{
	for (int i = 0; i < p->n_gpus; i++) {
		if (strcmp(p->gpus[i].gpu, gpu) != 0)
			continue;
		json_t *o = json_object();
		set(o, "pid", json_integer(p->pid));
		set(o, "name", value_text(p->name));
		set(o, "vram_bytes", value_int(p->gpus[i].vram_bytes));
		return o;
	}
	return NULL;
}

static json_t *processes_array(const struct lab_gpu *gpu)
{
	if (!gpu->guest->procs)
		return json_null();
	json_t *array = json_array();
	for (guint i = 0; i < gpu->guest->procs->len; i++) {
		json_t *o = process_on(gpu->guest->procs->pdata[i], gpu->ref.id);
		if (!o)
			continue;
		const struct lab_engine *owner = gpu->guest->owners->pdata[i];
		set(o, "engine", owner ? value_text(owner->ref.source) : json_null());
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
	set(o, "name", value_text(gpu->ref.source));
	set(o, "age_ms", value_ms(gpu->age_ms));
	set(o, "origin", value_text(origin_of(gpu->row)));
	return o;
}

json_t *status_json_gpu(const struct lab *lab, const struct lab_gpu *gpu)
{
	const struct gpu_sample *s = gpu->sample;
	json_t *o = json_object();
	set(o, "id", value_text(gpu->ref.id));
	set(o, "parent", value_text(gpu->row->parent));
	set(o, "guest", value_text(gpu->ref.source));
	set(o, "bdf", value_text(gpu->row->bdf));
	set(o, "name", value_text(gpu->row->name));
	set(o, "kind", value_text(gpu->row->kind));
	/* a state that was true when the source last spoke is not true now */
	set(o, "state", s && !gpu->stale ? value_text(gpu_state_names[s->state]) : json_null());
	set(o, "stale", json_boolean(gpu->stale));
	for (int m = 0; m < M_COUNT; m++)
		set(o, metric_info[m].key, s ? value_metric(s->metric[m], &metric_info[m]) : json_null());
	for (int l = 0; l < LIM_COUNT; l++)
		set(o, limit_info[l].key, value_metric(gpu->row->limit[l], &limit_info[l]));
	set(o, "throttle", throttle_array(s));
	set(o, "slowed_ms_hour", value_int(gpu->slowed_ms_hour));
	set(o, "processes", processes_array(gpu));
	set(o, "unexplained_bytes", value_int(gpu->unexplained_bytes));
	set(o, "source", gpu_source(gpu));
	return o;
}

static json_t *gpu_object(const struct lab *lab, const void *thing)
{
	return status_json_gpu(lab, thing);
}

/* ---- engines ------------------------------------------------------------------------------------------------------------ */

json_t *status_json_model(const struct model_row *m)
{
	json_t *o = json_object();
	set(o, "name", value_text(m->name));
	set(o, "size_bytes", value_int(m->size_bytes));
	set(o, "loaded", value_tri(m->loaded));
	set(o, "vram_bytes", value_int(m->vram_bytes));
	set(o, "state", value_text(m->state));
	set(o, "digest", value_text(m->digest));
	set(o, "family", value_text(m->family));
	set(o, "params", value_text(m->params));
	set(o, "quant", value_text(m->quant));
	set(o, "context", value_int(m->context));
	return o;
}

json_t *status_json_engine(const struct lab_engine *engine)
{
	const struct engine_row *row = engine->row;
	json_t *o = json_object(), *models = json_array();
	for (int i = 0; i < row->n_models; i++)
		json_array_append_new(models, status_json_model(&row->models[i]));
	set(o, "name", value_text(engine->ref.source));
	set(o, "kind", value_text(row->kind));
	set(o, "url", value_text(row->url));
	set(o, "state", engine->stale ? json_null() : value_text(row->state));
	set(o, "stale", json_boolean(engine->stale));
	set(o, "version", value_text(row->version));
	set(o, "guest", engine->guest ? value_text(engine->guest->ref.source) : json_null());
	set(o, "models", models);
	set(o, "tokens_per_second", value_real(row->tokens_per_second, 1));
	set(o, "tokens_estimated", json_boolean(row->tokens_estimated));
	set(o, "running", value_int(row->running));
	set(o, "queue", value_int(row->queue));
	set(o, "kv_used_pct", value_real(row->kv_used_pct, 1));
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

static json_t *row_object(const struct lab *lab, const void *thing)
{
	const struct lab_row *row = thing;
	bool estimated;
	json_t *o = json_object();
	set(o, "host", row->host ? value_text(row->host->name) : json_null());
	set(o, "host_bdf", row->device ? value_text(row->device->bdf) : json_null());
	set(o, "label", value_text(row->label));
	set(o, "part", json_boolean(row->parent != NULL));
	set(o, "vm", row->vm ? value_text(row->vm->name) : json_null());
	set(o, "guest", row->guest ? value_text(row->guest->ref.source) : json_null());
	set(o, "guest_bdf", row->gpu ? value_text(row->gpu->row->bdf) : json_null());
	set(o, "gpu", row->gpu ? value_text(row->gpu->ref.id) : json_null());
	set(o, "temp_junction_c",
	    value_metric(lab_row_metric(row, M_TEMP_JUNCTION_C, NULL), &metric_info[M_TEMP_JUNCTION_C]));
	set(o, "engine", row->engine ? value_text(row->engine->ref.source) : json_null());
	set(o, "models", placed_models(row, &estimated));
	set(o, "models_estimated", json_boolean(estimated));
	set(o, "match", value_text(row_match_names[row->match]));
	set(o, "match_why", value_text(row->match_why));
	set(o, "stale", json_boolean(lab_row_stale(row)));
	return o;
}

json_t *status_json_finding(const struct finding *f)
{
	json_t *o = json_object();
	set(o, "id", value_text(f->id));
	set(o, "severity", value_text(severity_names[f->severity]));
	set(o, "outcome", value_text(f->unknown ? "unknown" : "hit"));
	set(o, "subject", value_text(f->subject_text));
	set(o, "text", value_text(f->text));
	set(o, "evidence", value_text(f->evidence));
	set(o, "fix", value_text(f->fix));
	return o;
}

static json_t *finding_object(const struct lab *lab, const void *thing)
{
	return status_json_finding(thing);
}

json_t *status_json(const struct lab *lab)
{
	json_t *o = json_object();
	set(o, "lab", lab_object(lab));
	set(o, "sources", each(lab, lab->sources, source_object));
	set(o, "hosts", each(lab, lab->hosts, host_object));
	set(o, "devices", devices_array(lab));
	set(o, "vms", each(lab, lab->vms, vm_object));
	set(o, "guests", each(lab, lab->guests, guest_object));
	set(o, "gpus", each(lab, lab->gpus, gpu_object));
	set(o, "engines", each(lab, lab->engines, engine_object));
	set(o, "rows", each(lab, lab->rows, row_object));
	set(o, "findings", each(lab, lab->findings, finding_object));
	return o;
}
