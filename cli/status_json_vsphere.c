/* status_json_vsphere.c - what hypervisors tell, as `status --json` prints it: hosts, their devices, VMs, datastores, tasks. */
#include "config.h"
#include "cli/status_json_vsphere.h"

#include "cli/json_value.h"
#include "cli/status_json.h"
#include "lab/sensor.h"

/* Of one object: [] when all of it was read. */
static json_t *object_partial(const char *const *gaps)
{
	json_t *array = json_array();
	for (; gaps && *gaps; gaps++)
		json_array_append_new(array, value_text(*gaps));
	return array;
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
		value_set(o, "health", value_text(sensor_state_names[s->health]));
		value_set(o, "state", value_text(s->state));
		value_set(o, "empty", json_boolean(sensor_is_empty_place(s)));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *nodes_array(const struct host_row *host)
{
	json_t *array = json_array();
	for (int i = 0; i < host->n_nodes; i++) {
		json_t *o = json_object();
		value_set(o, "node", json_integer(host->nodes[i].id));
		value_set(o, "cpus", value_int(host->nodes[i].cpus));
		value_set(o, "memory_bytes", value_int(host->nodes[i].mem_bytes));
		json_array_append_new(array, o);
	}
	return array;
}

json_t *status_json_host(const struct lab *lab, const void *thing)
{
	const struct lab_host *h = thing;
	json_t *o = json_object();
	value_set(o, "name", value_text(h->name));
	value_set(o, "version", value_text(h->row->version));
	value_set(o, "state", value_text(host_state_names[h->row->state]));
	value_set(o, "numa_nodes", h->row->n_nodes > 0 ? json_integer(h->row->n_nodes) : json_null());
	value_set(o, "sensors", sensors_array(h));
	value_set(o, "sensors_age_ms", value_ms(h->sensors ? (lab->now_ns - h->sensors_ns) / 1000000 : -1));
	value_set(o, "product", value_text(h->row->product));
	value_set(o, "build", value_text(h->row->build));
	value_set(o, "model", value_text(h->row->model));
	value_set(o, "cpu_model", value_text(h->row->cpu_model));
	value_set(o, "cpu_cores", value_int(h->row->cpu_cores));
	value_set(o, "cpu_used_mhz", value_int(h->row->cpu_used_mhz));
	value_set(o, "memory_used_bytes", value_int(h->row->mem_used_bytes));
	value_set(o, "booted", value_wall(h->row->boot_ms));
	value_set(o, "nodes", nodes_array(h->row));
	value_set(o, "vgpu_profiles", value_words(h->row->vgpu_profiles));
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
	value_set(o, "graphics", value_text(graphics_names[device->graphics]));
	value_set(o, "vgpu_mode", value_text(device->vgpu_mode));
	value_set(o, "label", value_text(device->hardware_label));
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

json_t *status_json_devices(const struct lab *lab)
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
		value_set(o, "physical", value_text(d->physical));
		value_set(o, "profile", value_text(d->profile));
		value_set(o, "slot", value_int(d->slot));
		json_array_append_new(array, o);
	}
	return array;
}

/* null: the settings were not read. */
static json_t *vm_extras(const struct vm_row *vm)
{
	if (!vm->settings_read)
		return json_null();
	json_t *array = json_array();
	for (int i = 0; i < vm->n_extra; i++) {
		json_t *o = json_object();
		value_set(o, "key", value_text(vm->extra[i].key));
		value_set(o, "value", value_text(vm->extra[i].value));
		json_array_append_new(array, o);
	}
	return array;
}

json_t *status_json_vm(const struct lab *lab, const void *thing)
{
	const struct lab_vm *vm = thing;
	const struct vm_row *row = vm->row;
	json_t *o = json_object();
	value_set(o, "name", value_text(vm->name));
	value_set(o, "moref", value_raw(row->moref));
	value_set(o, "host", vm->host ? value_text(vm->host->name) : json_null());
	value_set(o, "power", value_text(vm_power_names[row->power]));
	value_set(o, "connection", value_text(vm_connection_names[row->connection]));
	value_set(o, "uuid", value_text(row->uuid));
	value_set(o, "memory_mb", value_int(row->memory_mb));
	value_set(o, "memory_reserved_mb", value_int(row->memory_reserved_mb));
	value_set(o, "firmware", value_text(vm_firmware_names[row->firmware]));
	value_set(o, "cpu_hot_add", value_tri(row->cpu_hot_add));
	value_set(o, "memory_hot_add", value_tri(row->memory_hot_add));
	value_set(o, "vcpus", value_int(row->vcpus));
	value_set(o, "snapshots", value_int(row->snapshots));
	value_set(o, "devices", vm_devices(row));
	value_set(o, "instance_uuid", value_text(row->instance_uuid));
	value_set(o, "guest_hostname", value_text(row->guest_hostname));
	value_set(o, "guest_ip", value_text(row->guest_ip));
	value_set(o, "tools", value_text(vm_tools_names[row->tools]));
	value_set(o, "question", value_text(row->question));
	value_set(o, "memory_locked", value_tri(row->memory_locked));
	value_set(o, "nested_hv", value_tri(row->nested_hv));
	value_set(o, "hw_version", value_text(row->hw_version));
	value_set(o, "extra_config", vm_extras(row));
	value_set(o, "source", value_text(row->source));
	value_set(o, "stale", json_boolean(vm->stale));
	value_set(o, "partial", object_partial(row->partial));
	return o;
}

/* ---- datastores ----------------------------------------------------------------------------------------------------- */

json_t *status_json_store(const struct lab *lab, const void *thing)
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

/* ---- tasks and events ------------------------------------------------------------------------------------------------ */

json_t *status_json_task(const struct lab *lab, const void *thing)
{
	const struct task_row *t = thing;
	json_t *o = json_object();
	value_set(o, "what", value_text(t->what));
	value_set(o, "entity", value_text(t->entity));
	value_set(o, "user", value_text(t->user));
	value_set(o, "state", value_text(task_state_names[t->state]));
	value_set(o, "progress_pct", value_int(t->progress_pct));
	value_set(o, "error", value_text(t->error));
	value_set(o, "started", value_wall(t->start_ms));
	value_set(o, "ended", value_wall(t->end_ms));
	return o;
}

json_t *status_json_event(const struct lab *lab, const void *thing)
{
	const struct event_row *e = thing;
	json_t *o = json_object();
	value_set(o, "at", value_wall(e->when_ms));
	value_set(o, "type", value_text(e->type));
	value_set(o, "text", value_text(e->text));
	value_set(o, "user", value_text(e->user));
	return o;
}
