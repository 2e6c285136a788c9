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

/* Of one object: [] when all of it was read. */
static json_t *object_partial(const char *const *gaps)
{
	json_t *array = json_array();
	for (; gaps && *gaps; gaps++)
		json_array_append_new(array, value_text(*gaps));
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

/* ---- hosts and their devices -------------------------------------------------------------------------------------- */

static json_t *sensors_array(const struct lab_host *host)
{
	if (!host->sensors)
		return json_null();
	json_t *array = json_array();
	for (guint i = 0; i < host->sensors->len; i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		json_t *o = json_object();
		value_set(o, "name", value_text(s->name));
		value_set(o, "type", value_text(s->type));
		value_set(o, "value", value_real(s->value, 2));
		value_set(o, "unit", value_text(s->unit));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *host_object(const struct lab *lab, const void *thing)
{
	const struct lab_host *h = thing;
	json_t *o = json_object();
	value_set(o, "name", value_text(h->name));
	value_set(o, "version", value_text(h->row->version));
	value_set(o, "state", value_text(h->row->state));
	value_set(o, "numa_nodes", h->row->n_nodes > 0 ? json_integer(h->row->n_nodes) : json_null());
	value_set(o, "sensors", sensors_array(h));
	value_set(o, "product", value_text(h->row->product));
	value_set(o, "uuid", value_text(h->row->uuid));
	value_set(o, "memory_bytes", value_int(h->row->mem_bytes));
	value_set(o, "reboot_required", value_tri(h->row->reboot_required));
	value_set(o, "source", value_text(h->row->source));
	value_set(o, "stale", json_boolean(h->stale));
	value_set(o, "partial", object_partial(h->row->partial));
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
		bool share = row->parent && row->parent->device == row->device; /* one VM of many */
		if (row->device && row->vm && !share)
			g_hash_table_insert(holders, (gpointer)row->device, (gpointer)row->vm);
	}
	return holders;
}

static json_t *link_object(const struct pci_link *link)
{
	if (!num_known(link->max_gen) && !num_known(link->gen))
		return json_null();
	json_t *o = json_object();
	value_set(o, "gen", value_int(link->gen));
	value_set(o, "width", value_int(link->width));
	value_set(o, "max_gen", value_int(link->max_gen));
	value_set(o, "max_width", value_int(link->max_width));
	return o;
}

static json_t *bars_array(const struct pci_row *d)
{
	json_t *array = json_array();
	for (int i = 0; i < d->n_bars; i++) {
		const struct pci_bar *bar = &d->bars[i];
		json_t *o = json_object();
		value_set(o, "index", json_integer(bar->index));
		value_set(o, "size_bytes", bar->size ? json_integer((json_int_t)bar->size) : json_null());
		value_set(o, "io", json_boolean(bar->io));
		value_set(o, "64bit", json_boolean(bar->is_64bit));
		value_set(o, "prefetchable", json_boolean(bar->prefetchable));
		json_array_append_new(array, o);
	}
	return array;
}

/* What SR-IOV a card offers; null where it has none or nobody tells. */
static json_t *sriov_object(const struct pci_row *d)
{
	if (d->sriov_capable != TRI_YES)
		return json_null();
	json_t *o = json_object();
	value_set(o, "active", value_tri(d->sriov_active));
	value_set(o, "functions", value_int(d->sriov_vfs));
	value_set(o, "max_functions", value_int(d->sriov_max));
	return o;
}

/* What libpci and sysfs tell of this machine's devices and vSphere does not. */
static void set_local_facts(json_t *o, const struct pci_row *d)
{
	value_set(o, "subvendor_id", value_id16(d->subvendor_id));
	value_set(o, "subdevice_id", value_id16(d->subdevice_id));
	value_set(o, "parent", value_text(d->parent));
	value_set(o, "driver", value_text(d->driver));
	value_set(o, "iommu_group", value_text(d->iommu_group));
	value_set(o, "reset_method", value_text(d->reset_method));
	value_set(o, "link", link_object(&d->link));
	value_set(o, "bars", bars_array(d));
	value_set(o, "mmio_bytes", value_int(d->mmio_bytes));
	value_set(o, "atomics", value_tri(d->atomics));
	value_set(o, "rebar", value_tri(d->rebar));
	value_set(o, "rebar_max_bytes", value_int(d->rebar_max_bytes));
	value_set(o, "acs", value_tri(d->acs));
	value_set(o, "aer", value_tri(d->aer));
	value_set(o, "aer_correctable", value_int(d->aer_correctable));
	value_set(o, "aer_uncorrectable", value_int(d->aer_uncorrectable));
	value_set(o, "needs_root", json_boolean(d->needs_root));
}

static json_t *device_object(const struct lab_host *host, const struct pci_row *device,
			     const struct lab_vm *holder)
{
	char class_id[8];
	json_t *o = json_object(), *pt = json_object();
	value_set(o, "host", value_text(host->name));
	value_set(o, "bdf", value_text(device->bdf));
	value_set(o, "vendor_id", value_id16(device->vendor_id));
	value_set(o, "device_id", value_id16(device->device_id));
	value_set(o, "name", value_text(device->name));
	value_set(o, "class", value_text(device->class_name));
	g_snprintf(class_id, sizeof class_id, "%04x", device->class_id);
	value_set(o, "class_id", value_text(class_id));
	value_set(o, "numa_node", value_int(device->numa_node));
	value_set(pt, "capable", value_tri(device->pt_capable));
	value_set(pt, "enabled", value_tri(device->pt_enabled));
	value_set(pt, "active", value_tri(device->pt_active));
	value_set(pt, "state", value_text(passthru_json[device->pt_state]));
	value_set(o, "passthrough", pt);
	value_set(o, "vm", holder ? value_text(holder->name) : json_null());
	value_set(o, "sriov", sriov_object(device));
	value_set(o, "physical", value_text(device->physical));
	value_set(o, "physical_guessed",
		  *device->physical ? json_boolean(device->physical_guessed) : json_null());
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
		value_set(o, "key", json_integer(d->key));
		value_set(o, "kind", value_text(vm_device_kind_names[d->kind]));
		value_set(o, "bdf", value_text(d->bdf));
		value_set(o, "profile", value_text(d->profile));
		value_set(o, "slot", value_int(d->slot));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *vm_object(const struct lab *lab, const void *thing)
{
	const struct lab_vm *vm = thing;
	const struct vm_row *row = vm->row;
	json_t *o = json_object();
	value_set(o, "name", value_text(vm->name));
	value_set(o, "moref", value_raw(row->moref));
	value_set(o, "host", vm->host ? value_text(vm->host->name) : json_null());
	value_set(o, "power", value_text(vm_power_names[row->power]));
	value_set(o, "uuid", value_text(row->uuid));
	value_set(o, "memory_mb", value_int(row->memory_mb));
	value_set(o, "memory_reserved_mb", value_int(row->memory_reserved_mb));
	value_set(o, "firmware", value_text(row->firmware));
	value_set(o, "cpu_hot_add", value_tri(row->cpu_hot_add));
	value_set(o, "memory_hot_add", value_tri(row->memory_hot_add));
	value_set(o, "vcpus", value_int(row->vcpus));
	value_set(o, "snapshots", value_int(row->snapshots));
	value_set(o, "devices", vm_devices(row));
	value_set(o, "source", value_text(row->source));
	value_set(o, "stale", json_boolean(vm->stale));
	value_set(o, "partial", object_partial(row->partial));
	return o;
}

/* ---- datastores ----------------------------------------------------------------------------------------------------- */

static json_t *store_object(const struct lab *lab, const void *thing)
{
	const struct lab_store *store = thing;
	const struct datastore_row *row = store->row;
	json_t *o = json_object();
	value_set(o, "name", value_text(store->name));
	value_set(o, "type", value_text(row->type));
	value_set(o, "volume", value_text(row->volume));
	value_set(o, "capacity_bytes", value_int(row->capacity_bytes));
	value_set(o, "free_bytes", value_int(row->free_bytes));
	value_set(o, "accessible", value_tri(row->accessible));
	value_set(o, "source", value_text(row->source));
	value_set(o, "stale", json_boolean(store->stale));
	value_set(o, "partial", object_partial(row->partial));
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
	value_set(o, "state", value_text(m->state));
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
	value_set(o, "kind", value_text(row->kind));
	value_set(o, "url", value_text(row->url));
	value_set(o, "state", engine->stale ? json_null() : value_text(row->state));
	value_set(o, "stale", json_boolean(engine->stale));
	value_set(o, "version", value_text(row->version));
	value_set(o, "guest", engine->guest ? value_text(engine->guest->ref.source) : json_null());
	value_set(o, "models", models);
	value_set(o, "tokens_per_second", value_real(row->tokens_per_second, 1));
	value_set(o, "tokens_estimated", json_boolean(row->tokens_estimated));
	value_set(o, "running", value_int(row->running));
	value_set(o, "queue", value_int(row->queue));
	value_set(o, "kv_used_pct", value_real(row->kv_used_pct, 1));
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

static json_t *row_object(const struct lab *lab, const void *thing)
{
	const struct lab_row *row = thing;
	bool estimated;
	json_t *o = json_object();
	value_set(o, "host", row->host ? value_text(row->host->name) : json_null());
	value_set(o, "host_bdf", row->device ? value_text(row->device->bdf) : json_null());
	value_set(o, "label", value_text(row->label));
	value_set(o, "kind", value_text(lab_row_kind(row)));
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
	value_set(
		o, "temp_junction_c",
		value_metric(lab_row_metric(row, M_TEMP_JUNCTION_C, NULL), &metric_info[M_TEMP_JUNCTION_C]));
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

json_t *status_json_finding(const struct finding *f)
{
	json_t *o = json_object();
	value_set(o, "id", value_text(f->id));
	value_set(o, "severity", value_text(severity_names[f->severity]));
	value_set(o, "outcome", value_text(f->unknown ? "unknown" : "hit"));
	value_set(o, "subject", value_text(f->subject_text));
	value_set(o, "text", value_text(f->text));
	value_set(o, "evidence", value_text(f->evidence));
	value_set(o, "fix", value_text(f->fix));
	return o;
}

static json_t *finding_object(const struct lab *lab, const void *thing)
{
	return status_json_finding(thing);
}

json_t *status_json(const struct lab *lab)
{
	json_t *o = json_object();
	value_set(o, "lab", lab_object(lab));
	value_set(o, "sources", each(lab, lab->sources, source_object));
	value_set(o, "hosts", each(lab, lab->hosts, host_object));
	value_set(o, "devices", devices_array(lab));
	value_set(o, "vms", each(lab, lab->vms, vm_object));
	value_set(o, "datastores", each(lab, lab->datastores, store_object));
	value_set(o, "guests", each(lab, lab->guests, guest_object));
	value_set(o, "gpus", each(lab, lab->gpus, gpu_object));
	value_set(o, "engines", each(lab, lab->engines, engine_object));
	value_set(o, "rows", each(lab, lab->rows, row_object));
	value_set(o, "findings", each(lab, lab->findings, finding_object));
	return o;
}
