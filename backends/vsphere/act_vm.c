/* act_vm.c - steps about a virtual machine, as calls (vsphere.md 4.3 to 4.9). */
#include "config.h"
#include "backends/vsphere/acting.h"
#include "backends/vsphere/spec.h"
#include "lab/bdf.h"

#include <string.h>

/* ---- power ------------------------------------------------------------------------------------------------------- */

static const char *power_method(const char *op)
{
	return strcmp(op, "vm.shutdown") == 0
		       ? "ShutdownGuest" /* returns at once: the power state proves it */
	       : strcmp(op, "vm.power-off") == 0 ? "PowerOffVM_Task"
						 : "PowerOnVM_Task";
}

static bool call_vm(struct backend *b, const struct request *rq, const struct sight *sight,
		    const char *method, const char *arguments, GError **error)
{
	const struct act_call call = {
		.what = request_word(rq), .method = method, .self = sight->ref, .arguments = arguments};
	return acting_call(vsphere_acting(b), rq, &call, sight->ref, error);
}

/* What every step about a VM does around its own call. */
static bool on_vm(struct backend *b, const struct request *rq,
		  bool (*change)(struct backend *b, const struct request *rq, const struct sight *sight,
				 GError **error),
		  GError **error)
{
	struct sight sight;
	bool as_wanted = false;
	bool good = acting_begin(vsphere_acting(b), &rq->step, &sight, &as_wanted, error);
	if (good && !as_wanted)
		good = change(b, rq, &sight, error);
	sight_clear(&sight);
	return good;
}

static bool switch_power(struct backend *b, const struct request *rq, const struct sight *sight,
			 GError **error)
{
	return call_vm(b, rq, sight, power_method(rq->step.ops->name), NULL, error);
}

bool act_vm_power(struct backend *b, const struct request *rq, GError **error)
{
	return on_vm(b, rq, switch_power, error);
}

static bool remove_snapshots(struct backend *b, const struct request *rq, const struct sight *sight,
			     GError **error)
{
	return call_vm(b, rq, sight, "RemoveAllSnapshots_Task", NULL, error);
}

bool act_vm_remove_snapshots(struct backend *b, const struct request *rq, GError **error)
{
	return on_vm(b, rq, remove_snapshots, error);
}

/* ---- settings ---------------------------------------------------------------------------------------------------- */

static bool reconfigure(struct backend *b, const struct request *rq, const struct sight *sight,
			struct vm_spec *spec, GError **error)
{
	g_autoptr(GString) arguments = g_string_new(NULL);
	spec->change_version = sight->vm->change_version;
	spec_vm(arguments, spec);
	return call_vm(b, rq, sight, "ReconfigVM_Task", arguments->str, error);
}

static enum tri on_off(const char *value)
{
	return strcmp(value, "on") == 0 ? TRI_YES : TRI_NO;
}

static bool put_number(struct num *into, const char *text)
{
	gint64 v;
	g_auto(GStrv) words = g_strsplit(text, " ", 2); /* "4096 MB" */
	if (!words[0] || !g_ascii_string_to_signed(words[0], 10, 0, G_MAXINT32, &v, NULL))
		return false;
	*into = num_of((double)v);
	return true;
}

static bool put_firmware(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	spec->firmware = s->want;
	return true;
}

/* Locked, and reserved by number as well: the flag alone does not move the reservation everywhere. While it is locked the
 * reservation cannot be lowered, so that both stand in one spec. */
static bool put_reservation(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	bool all = strcmp(s->want, "all") == 0;
	spec->memory_locked = all ? TRI_YES : TRI_NO;
	if (!all)
		return put_number(&spec->reservation_mb, s->want);
	spec->reservation_mb = sight->vm->memory_mb;
	return num_known(spec->reservation_mb);
}

static bool put_cpu_hot_add(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	spec->cpu_hot_add = on_off(s->want);
	return true;
}

static bool put_memory_hot_add(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	spec->memory_hot_add = on_off(s->want);
	return true;
}

static bool put_nested(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	spec->nested_hv = on_off(s->want);
	return true;
}

static bool put_vcpus(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	return put_number(&spec->vcpus, s->want);
}

static bool put_extra(struct vm_spec *spec, const struct step *s, const struct sight *sight)
{
	spec->key = s->key;
	spec->value = s->want;
	return true;
}

static const struct {
	const char *op;
	bool (*put)(struct vm_spec *spec, const struct step *s, const struct sight *sight);
} settings[] = {
	{"vm.firmware", put_firmware},       {"vm.reserve-all-memory", put_reservation},
	{"vm.cpu-hot-add", put_cpu_hot_add}, {"vm.memory-hot-add", put_memory_hot_add},
	{"vm.nested-hv", put_nested},        {"vm.vcpus", put_vcpus},
	{"vm.extra-config", put_extra},
};

static bool change_setting(struct backend *b, const struct request *rq, const struct sight *sight,
			   GError **error)
{
	struct vm_spec spec = {.vcpus = num_none(NUM_UNKNOWN), .reservation_mb = num_none(NUM_UNKNOWN)};
	for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
		if (strcmp(settings[i].op, rq->step.ops->name) != 0)
			continue;
		if (settings[i].put(&spec, &rq->step, sight))
			return reconfigure(b, rq, sight, &spec, error);
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: \"%s\" is no value for it", request_word(rq),
		    rq->step.want);
	return false;
}

bool act_vm_setting(struct backend *b, const struct request *rq, GError **error)
{
	return on_vm(b, rq, change_setting, error);
}

/* ---- passthrough devices: what is sent back as it was read ------------------------------------------------------- */

enum { LIST_RAW = 1 };

struct raw_device {
	int32_t key;
	const char *id, *name, *device_id, *system_id, *vendor_id;
	char bdf[BDF_SIZE];
};

struct raw_vm {
	const char *browser;
};

static const struct leaf browser[] = {LEAF(struct raw_vm, browser, LEAF_RAW, ""), {0}};
static const struct leaf raw_backing[] = {
	LEAF(struct raw_device, key, LEAF_INT, "key"),
	LEAF(struct raw_device, bdf, LEAF_BDF, "backing/id"),
	LEAF(struct raw_device, id, LEAF_RAW, "backing/id"),
	LEAF(struct raw_device, name, LEAF_RAW, "backing/deviceName"),
	LEAF(struct raw_device, device_id, LEAF_RAW, "backing/deviceId"),
	LEAF(struct raw_device, system_id, LEAF_RAW, "backing/systemId"),
	LEAF(struct raw_device, vendor_id, LEAF_RAW, "backing/vendorId"),
	{0},
};
static const struct prop vm_props[] = {
	PROP_VALUE("environmentBrowser", SET_LIVE, NULL, browser),
	{.path = "config.hardware.device", .sets = SET_DETAIL, .leaves = raw_backing, .list = LIST_RAW},
	{0},
};
static const struct prop_type raw_vm_type = {.vim = "VirtualMachine",
					     .props = vm_props,
					     .row_size = sizeof(struct raw_vm),
					     .item_size = {[LIST_RAW] = sizeof(struct raw_device)}};

static const struct leaf raw_pci[] = {
	LEAF(struct raw_device, bdf, LEAF_BDF, "id"),
	LEAF(struct raw_device, id, LEAF_RAW, "id"),
	LEAF(struct raw_device, name, LEAF_RAW, "deviceName"),
	LEAF(struct raw_device, device_id, LEAF_RAW, "deviceId"),
	LEAF(struct raw_device, vendor_id, LEAF_RAW, "vendorId"),
	{0},
};
static const struct prop host_props[] = {
	{.path = "hardware.pciDevice", .sets = SET_DETAIL, .leaves = raw_pci, .list = LIST_RAW},
	{0},
};
static const struct prop_type raw_host_type = {.vim = "HostSystem",
					       .props = host_props,
					       .row_size = sizeof(struct raw_vm),
					       .item_size = {[LIST_RAW] = sizeof(struct raw_device)}};

/* Looks for the device of one address; what is found lives in box. */
struct search {
	struct box *box;
	const char *bdf;
	const char *browser;
	struct raw_device found;
	bool there;
};

static bool begin_search(void *data, struct draft *d)
{
	((struct raw_vm *)d->row)->browser = "";
	return true;
}

static void end_search(void *data, struct draft *d)
{
	struct search *s = data;
	const GArray *items = d->lists[LIST_RAW];
	s->browser = box_raw(s->box, ((const struct raw_vm *)d->row)->browser, -1);
	for (guint i = 0; i < items->len && !s->there; i++) {
		struct raw_device item = g_array_index(items, struct raw_device, i);
		if (strcmp(item.bdf, s->bdf) != 0)
			continue;
		const char **const texts[] = {&item.id, &item.name, &item.device_id, &item.system_id,
					      &item.vendor_id};
		for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
			*texts[t] = box_raw(s->box, *texts[t] ? *texts[t] : "", -1);
		s->found = item;
		s->there = true;
	}
}

static bool search(struct acting *a, const char *what, const struct prop_type *type, unsigned sets,
		   struct vim_ref ref, struct search *s, GError **error)
{
	static const struct props_handler handler = {begin_search, end_search, NULL};
	const struct prop_read reads[] = {{type, sets}, {0}};
	g_autoptr(GString) object = g_string_new(NULL);
	props_append_object(object, ref);
	const struct collector_query q = {
		.what = what, .reads = reads, .objects = object->str, .handler = &handler, .data = s};
	return acting_read(a, &q, error);
}

/* ---- attaching --------------------------------------------------------------------------------------------------- */

struct targets {
	const struct leaf_text *ids, *systems;
};

/* The host's own word on what may be attached now, and the only place that tells the systemId. */
static bool find_system_id(struct acting *a, const struct sight *sight, struct search *s, GError **error)
{
	static const struct leaf leaves[] = {
		LEAF(struct targets, ids, LEAF_LIST, "pciPassthrough/pciDevice/id"),
		LEAF(struct targets, systems, LEAF_LIST, "pciPassthrough/systemId"),
		{0},
	};
	struct targets t = {NULL, NULL};
	g_autoptr(GString) arguments = g_string_new(NULL);
	soap_ref(arguments, "host", (struct vim_ref){host_kind.type.vim, sight->vm->host});
	const struct soap_call call = {.what = "reading what can be attached",
				       .method = "QueryConfigTarget",
				       .self = {"EnvironmentBrowser", s->browser},
				       .arguments = arguments->str,
				       .reads_only = true};
	if (!soap_call_into(&acting_vim(a)->soap, call, leaves, &t, s->box, error))
		return false;
	const struct leaf_text *system = t.systems;
	for (const struct leaf_text *id = t.ids; id && system; id = id->next, system = system->next) {
		char bdf[BDF_SIZE];
		if (bdf_parse(id->text, bdf) && strcmp(bdf, s->bdf) == 0) {
			s->found.system_id = system->text;
			return true;
		}
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT,
		    "the host does not offer %s: passthrough of it is not active there", s->bdf);
	return false;
}

static bool find_on_host(struct acting *a, const struct sight *sight, struct search *s, GError **error)
{
	const struct vim_ref host = {host_kind.type.vim, sight->vm->host};
	s->there = false;
	if (!search(a, "reading the VM's environment", &raw_vm_type, SET_LIVE, sight->ref, s, error))
		return false;
	const char *its_browser = s->browser;
	if (!search(a, "reading the host's devices", &raw_host_type, SET_DETAIL, host, s, error))
		return false;
	s->browser = its_browser;
	if (s->there)
		return find_system_id(a, sight, s, error);
	g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "the VM's host has no device %s", s->bdf);
	return false;
}

static bool change_device(struct backend *b, const struct request *rq, const struct sight *sight,
			  GError **error)
{
	struct acting *a = vsphere_acting(b);
	bool attach = strcmp(rq->step.want, "attached") == 0;
	struct search s = {.box = box_new(), .bdf = rq->step.key};
	char hex[5];
	bool found = attach ? find_on_host(a, sight, &s, error)
			    : search(a, "reading the VM's devices", &raw_vm_type, SET_DETAIL, sight->ref, &s,
				     error);
	if (found && !s.there) {
		g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "%s has no device %s", rq->step.target.name,
			    s.bdf);
		found = false;
	}
	if (found) {
		const struct spec_device device = {
			.remove = !attach,
			.key = attach ? -100 : s.found.key,
			.name = s.found.name,
			.id = s.found.id,
			.device_id = attach ? spec_device_id(s.found.device_id, hex) : s.found.device_id,
			.system_id = s.found.system_id,
			.vendor_id = s.found.vendor_id};
		struct vm_spec spec = {.vcpus = num_none(NUM_UNKNOWN),
				       .reservation_mb = num_none(NUM_UNKNOWN),
				       .devices = &device,
				       .n_devices = 1};
		found = reconfigure(b, rq, sight, &spec, error);
	}
	box_unref(s.box);
	return found;
}

bool act_vm_pci_device(struct backend *b, const struct request *rq, GError **error)
{
	return on_vm(b, rq, change_device, error);
}
