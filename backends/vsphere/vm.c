/* vm.c - a virtual machine: which properties are read, and how its devices of every backing kind, its advanced settings
 * and its addresses become a row. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <string.h>

enum { LIST_DEVICES = 1, LIST_EXTRA, LIST_NETS };

/* ---- the tables --------------------------------------------------------------------------------------------- */

/* Any virtual device: those that pass hardware through, and network cards for their addresses. */
struct device_item {
	const char *type, *backing; /* xsi:types */
	int32_t key;
	struct num slot;
	const char *mac;
	/* VirtualPCIPassthrough, by backing */
	char id[BDF_SIZE], assigned[BDF_SIZE];
	uint16_t vendor, device, allowed_vendor, allowed_device;
	const char *name, *custom_label, *profile, *device_class;
	/* VirtualSriovEthernetCard */
	char function[BDF_SIZE], physical[BDF_SIZE];
	uint16_t physical_vendor, physical_device;
};

struct net_item {
	const char *mac;
	const struct leaf_text *addresses;
};

static const char *const power_words[] = {"poweredOff", "poweredOn", "suspended", NULL};
static const char *const tools_words[] = {"guestToolsRunning", "guestToolsNotRunning",
					  "guestToolsExecutingScripts", NULL};

#define VM(field, kind, path) LEAF(struct vm_row, field, kind, path)

static const struct leaf name[] = {VM(name, LEAF_NAME, ""), {0}};
static const struct leaf power[] = {LEAF_ENUM(struct vm_row, power, power_words, ""), {0}};
static const struct leaf connection[] = {LEAF_ENUM(struct vm_row, connection, vm_connection_names + 1, ""),
					 {0}};
static const struct leaf host[] = {VM(host, LEAF_RAW, ""), {0}};
static const struct leaf question[] = {VM(question, LEAF_TEXT, "text"), {0}};
static const struct leaf is_template[] = {VM(is_template, LEAF_TRI, ""), {0}};
static const struct leaf uuid[] = {VM(uuid, LEAF_LOWER, ""), {0}};
static const struct leaf instance_uuid[] = {VM(instance_uuid, LEAF_LOWER, ""), {0}};
static const struct leaf vcpus[] = {VM(vcpus, LEAF_NUM, ""), {0}};
static const struct leaf memory[] = {VM(memory_mb, LEAF_NUM, ""), {0}};
static const struct leaf guest_ip[] = {VM(guest_ip, LEAF_TEXT, ""), {0}};
static const struct leaf guest_hostname[] = {VM(guest_hostname, LEAF_TEXT, ""), {0}};
static const struct leaf tools[] = {LEAF_ENUM(struct vm_row, tools, tools_words, ""), {0}};
static const struct leaf change_version[] = {VM(change_version, LEAF_RAW, ""), {0}};
/* Every node of the tree holds one reference called snapshot. */
static const struct leaf snapshots[] = {VM(snapshots, LEAF_COUNT, "**/snapshot"), {0}};
static const struct leaf cores[] = {VM(cores_per_socket, LEAF_NUM, ""), {0}};
static const struct leaf reservation[] = {VM(memory_reserved_mb, LEAF_NUM, ""), {0}};
static const struct leaf locked[] = {VM(memory_locked, LEAF_TRI, ""), {0}};
static const struct leaf firmware[] = {LEAF_ENUM(struct vm_row, firmware, vm_firmware_names + 1, ""), {0}};
static const struct leaf hw_version[] = {VM(hw_version, LEAF_TEXT, ""), {0}};
static const struct leaf cpu_hot_add[] = {VM(cpu_hot_add, LEAF_TRI, ""), {0}};
static const struct leaf memory_hot_add[] = {VM(memory_hot_add, LEAF_TRI, ""), {0}};
static const struct leaf nested_hv[] = {VM(nested_hv, LEAF_TRI, ""), {0}};
static const struct leaf secure_boot[] = {VM(secure_boot, LEAF_TRI, ""), {0}};

#define DEVICE(field, kind, path) LEAF(struct device_item, field, kind, path)

static const struct leaf device[] = {
	DEVICE(type, LEAF_TYPE, ""),
	DEVICE(key, LEAF_INT, "key"),
	DEVICE(slot, LEAF_NUM, "slotInfo/pciSlotNumber"),
	DEVICE(mac, LEAF_LOWER, "macAddress"),
	DEVICE(backing, LEAF_TYPE, "backing"),
	DEVICE(id, LEAF_BDF, "backing/id"),
	DEVICE(vendor, LEAF_ID16, "backing/vendorId"),
	DEVICE(device, LEAF_HEX16, "backing/deviceId"),
	DEVICE(name, LEAF_TEXT, "backing/deviceName"),
	DEVICE(allowed_vendor, LEAF_ID16, "backing/allowedDevice/vendorId"),
	DEVICE(allowed_device, LEAF_ID16, "backing/allowedDevice/deviceId"),
	DEVICE(custom_label, LEAF_TEXT, "backing/customLabel"),
	DEVICE(assigned, LEAF_BDF, "backing/assignedId"),
	DEVICE(profile, LEAF_TEXT, "backing/vgpu"),
	DEVICE(device_class, LEAF_TEXT, "backing/deviceClass"),
	DEVICE(function, LEAF_BDF, "sriovBacking/virtualFunctionBacking/id"),
	DEVICE(physical, LEAF_BDF, "sriovBacking/physicalFunctionBacking/id"),
	DEVICE(physical_vendor, LEAF_ID16, "sriovBacking/physicalFunctionBacking/vendorId"),
	DEVICE(physical_device, LEAF_HEX16, "sriovBacking/physicalFunctionBacking/deviceId"),
	{0},
};

static const struct leaf extra[] = {
	LEAF(struct kv, key, LEAF_TEXT, "key"),
	LEAF(struct kv, value, LEAF_TEXT, "value"),
	{0},
};

static const struct leaf net[] = {
	LEAF(struct net_item, mac, LEAF_LOWER, "macAddress"),
	LEAF(struct net_item, addresses, LEAF_LIST, "ipAddress"),
	{0},
};

static const struct prop props[] = {
	PROP_VALUE("name", SET_LIVE, NULL, name),
	PROP_VALUE("runtime.powerState", SET_LIVE, NULL, power),
	PROP_VALUE("runtime.connectionState", SET_LIVE, NULL, connection),
	PROP_VALUE("runtime.host", SET_LIVE, NULL, host),
	PROP_VALUE("runtime.question", SET_LIVE, NULL, question),
	PROP_VALUE("config.template", SET_LIVE, NULL, is_template),
	PROP_VALUE("config.uuid", SET_LIVE, NULL, uuid),
	PROP_VALUE("config.instanceUuid", SET_LIVE, NULL, instance_uuid),
	PROP_VALUE("config.hardware.numCPU", SET_LIVE, NULL, vcpus),
	PROP_VALUE("config.hardware.memoryMB", SET_LIVE, NULL, memory),
	PROP_VALUE("config.changeVersion", SET_LIVE, NULL, change_version),
	PROP_VALUE("guest.ipAddress", SET_LIVE, NULL, guest_ip),
	PROP_VALUE("guest.hostName", SET_LIVE, NULL, guest_hostname),
	PROP_VALUE("guest.toolsRunningStatus", SET_LIVE, NULL, tools),
	PROP_VALUE("snapshot", SET_LIVE, NULL, snapshots),
	PROP_VALUE("config.hardware.numCoresPerSocket", SET_DETAIL, "5.0", cores),
	PROP_VALUE("config.memoryAllocation.reservation", SET_DETAIL, NULL, reservation),
	PROP_VALUE("config.memoryReservationLockedToMax", SET_DETAIL, "5.0", locked),
	PROP_VALUE("config.firmware", SET_DETAIL, "5.0", firmware),
	PROP_VALUE("config.version", SET_DETAIL, NULL, hw_version),
	PROP_VALUE("config.cpuHotAddEnabled", SET_DETAIL, NULL, cpu_hot_add),
	PROP_VALUE("config.memoryHotAddEnabled", SET_DETAIL, NULL, memory_hot_add),
	PROP_VALUE("config.nestedHVEnabled", SET_DETAIL, "5.1", nested_hv),
	PROP_VALUE("config.bootOptions.efiSecureBootEnabled", SET_DETAIL, "6.5", secure_boot),
	{.path = "config.hardware.device", .sets = SET_DETAIL, .leaves = device, .list = LIST_DEVICES},
	{.path = "config.extraConfig", .sets = SET_DETAIL, .leaves = extra, .list = LIST_EXTRA},
	{.path = "guest.net", .sets = SET_DETAIL, .leaves = net, .list = LIST_NETS},
	{0},
};

static const size_t texts[] = {
	offsetof(struct vm_row, source),         offsetof(struct vm_row, moref),
	offsetof(struct vm_row, name),           offsetof(struct vm_row, uuid),
	offsetof(struct vm_row, instance_uuid),  offsetof(struct vm_row, host),
	offsetof(struct vm_row, guest_hostname), offsetof(struct vm_row, guest_ip),
	offsetof(struct vm_row, question),       offsetof(struct vm_row, hw_version),
	offsetof(struct vm_row, change_version),
};

/* ---- devices ------------------------------------------------------------------------------------------------- */

static const struct {
	const char *backing;
	enum vm_device_kind kind;
} backings[] = {
	{"VirtualPCIPassthroughDeviceBackingInfo", VMDEV_FIXED},
	{"VirtualPCIPassthroughDynamicBackingInfo", VMDEV_DYNAMIC},
	{"VirtualPCIPassthroughDvxBackingInfo", VMDEV_DYNAMIC},
	{"VirtualPCIPassthroughVmiopBackingInfo", VMDEV_VGPU},
	{"VirtualPCIPassthroughPluginBackingInfo", VMDEV_VGPU},
};

static const char *first_text(const char *a, const char *b, const char *c)
{
	return *a ? a : *b ? b : c;
}

static void set_bdf(char to[BDF_SIZE], const char *a, const char *b)
{
	g_strlcpy(to, *a ? a : b, BDF_SIZE);
}

/* False when the device passes nothing through. */
static bool take_device(const struct device_item *item, struct vm_device *out)
{
	bool sriov = strcmp(item->type, "VirtualSriovEthernetCard") == 0;
	*out = (struct vm_device){.key = item->key, .slot = item->slot, .profile = item->profile};
	if (sriov) {
		out->kind = VMDEV_SRIOV;
		out->label = item->name;
		out->vendor_id = item->physical_vendor;
		out->device_id = item->physical_device;
		/* The address of its card is not the device's: the hypervisor keeps the card. */
		set_bdf(out->bdf, item->function, "");
		set_bdf(out->physical, item->physical, "");
		return true;
	}
	if (strcmp(item->type, "VirtualPCIPassthrough") != 0)
		return false;
	out->kind =
		VMDEV_FIXED; /* a backing that is not known here yet passes something through all the same */
	for (size_t i = 0; i < G_N_ELEMENTS(backings); i++)
		if (strcmp(item->backing, backings[i].backing) == 0)
			out->kind = backings[i].kind;
	out->label = first_text(item->custom_label, item->name, item->device_class);
	out->vendor_id = item->vendor ? item->vendor : item->allowed_vendor;
	out->device_id = item->device ? item->device : item->allowed_device;
	set_bdf(out->bdf, item->id, item->assigned);
	return true;
}

static void take_devices(struct draft *d, struct vm_row *vm)
{
	const GArray *items = d->lists[LIST_DEVICES];
	vm->devices = box_array0(d->box, struct vm_device, MAX(items->len, 1));
	vm->n_devices = 0;
	for (guint i = 0; i < items->len; i++)
		if (take_device(&g_array_index(items, struct device_item, i), &vm->devices[vm->n_devices]))
			vm->n_devices++;
}

static void take_extra(struct draft *d, struct vm_row *vm)
{
	const GArray *items = d->lists[LIST_EXTRA];
	vm->extra = box_array0(d->box, struct kv, MAX(items->len, 1));
	vm->n_extra = 0;
	for (guint i = 0; i < items->len; i++) {
		const struct kv *kv = &g_array_index(items, struct kv, i);
		if (vm_extra_wanted(kv->key))
			vm->extra[vm->n_extra++] = *kv;
	}
}

/* pciPassthruN counts the passthrough devices in the order of their keys, which the server gives from 13000 up. */
static void slots_from_extra(struct vm_row *vm)
{
	for (int i = 0; i < vm->n_devices; i++) {
		struct vm_device *dev = &vm->devices[i];
		int n = dev->key >= 13000 && dev->key < 13100 ? dev->key - 13000 : i;
		g_autofree char *key = g_strdup_printf("pciPassthru%d.pciSlotNumber", n);
		const char *value = dev->kind == VMDEV_SRIOV ? NULL : vm_extra(vm, key);
		char *end;
		gint64 slot = value ? g_ascii_strtoll(value, &end, 10) : -1;
		if (dev->slot.state != NUM_OK && slot > 0 && slot < 65536 && !*end)
			dev->slot = num_of((double)slot);
		else if (dev->slot.state == NUM_OK && dev->slot.v < 0)
			dev->slot = num_none(NUM_UNKNOWN);
	}
}

/* Addresses: the devices' MACs are the VM's own; those that tools tell may be of bridges in the guest, so they count only
 * where the device list was not read. */
static void take_macs(struct draft *d, struct vm_row *vm)
{
	const GArray *items = d->lists[LIST_DEVICES];
	const char **macs = box_array0(d->box, const char *, items->len + 1);
	guint n = 0;
	for (guint i = 0; i < items->len; i++) {
		const char *mac = g_array_index(items, struct device_item, i).mac;
		if (*mac)
			macs[n++] = mac;
	}
	vm->macs = n ? macs : NULL;
}

static void take_addresses(struct draft *d, struct vm_row *vm)
{
	const GArray *nets = d->lists[LIST_NETS];
	const struct leaf_text *all = NULL;
	for (guint i = 0; i < nets->len; i++) {
		const char *const *ips =
			leaf_texts(d->box, g_array_index(nets, struct net_item, i).addresses);
		for (int j = 0; ips && ips[j] && (!all || all->n < 64); j++) {
			struct leaf_text *entry = box_new0(d->box, struct leaf_text);
			entry->text = box_text(d->box, ips[j], -1);
			entry->next = all;
			entry->n = all ? all->n + 1 : 1;
			all = entry;
		}
	}
	vm->guest_ips = leaf_texts(d->box, all);
}

/* The configuration as a whole is unset where it cannot be read: no device in it is not "no device". */
static bool has_configuration(const struct vm_row *vm)
{
	return vm_is_in_reach(vm) || *vm->uuid;
}

static void finish(struct draft *d, const void *old)
{
	struct vm_row *vm = d->row;
	if (d->arrived[LIST_DEVICES]) {
		take_devices(d, vm);
		take_macs(d, vm);
	}
	if (d->arrived[LIST_EXTRA])
		take_extra(d, vm);
	if (d->arrived[LIST_NETS])
		take_addresses(d, vm);
	if (d->sets & SET_DETAIL)
		vm->settings_read =
			d->arrived[LIST_DEVICES] && d->arrived[LIST_EXTRA] && has_configuration(vm);
	if (d->arrived[LIST_DEVICES] || d->arrived[LIST_EXTRA])
		slots_from_extra(vm);
	vm->partial = row_partial(d, vm->partial);
	for (guint i = 0; i < d->missing->len; i++) {
		const struct prop_missing *m = &g_array_index(d->missing, struct prop_missing, i);
		if (strcmp(m->path, "snapshot") ==
		    0) /* a chain that is too deep to be counted is not denied */
			vm->snapshots = num_none(*m->fault ? NUM_DENIED : NUM_BAD);
	}
	/* The property is unset where there are none. */
	if (vm->snapshots.state == NUM_UNKNOWN && has_configuration(vm))
		vm->snapshots = num_of(0);
}

static void copy_lists(struct box *box, void *row)
{
	struct vm_row *vm = row;
	struct vm_device *devices = box_array0(box, struct vm_device, (size_t)MAX(vm->n_devices, 1));
	struct kv *kvs = box_array0(box, struct kv, (size_t)MAX(vm->n_extra, 1));
	static const size_t device_texts[] = {offsetof(struct vm_device, profile),
					      offsetof(struct vm_device, label)};
	static const size_t kv_texts[] = {offsetof(struct kv, key), offsetof(struct kv, value)};
	for (int i = 0; i < vm->n_devices; i++) {
		devices[i] = vm->devices[i];
		row_copy_texts(box, &devices[i], device_texts, G_N_ELEMENTS(device_texts));
	}
	for (int i = 0; i < vm->n_extra; i++) {
		kvs[i] = vm->extra[i];
		row_copy_texts(box, &kvs[i], kv_texts, G_N_ELEMENTS(kv_texts));
	}
	vm->devices = vm->n_devices ? devices : NULL;
	vm->extra = vm->n_extra ? kvs : NULL;
	vm->macs = row_copy_strings(box, vm->macs);
	vm->guest_ips = row_copy_strings(box, vm->guest_ips);
	vm->partial = row_copy_strings(box, vm->partial);
}

/* A reconfiguration moves changeVersion; a power-on assigns devices and slots; another address comes with other ones; a VM
 * that came back shows again what it hid. */
static bool detail_due(const void *before, const void *now)
{
	const struct vm_row *old = before, *vm = now;
	if (vm_is_in_reach(vm) && !vm_is_in_reach(old))
		return true;
	return strcmp(old->change_version, vm->change_version) != 0 || old->power != vm->power ||
	       strcmp(old->guest_ip, vm->guest_ip) != 0 || strcmp(old->host, vm->host) != 0;
}

const struct kind vm_kind = {
	.type = {.vim = "VirtualMachine",
		 .props = props,
		 .row_size = sizeof(struct vm_row),
		 .item_size = {[LIST_DEVICES] = sizeof(struct device_item),
			       [LIST_EXTRA] = sizeof(struct kv),
			       [LIST_NETS] = sizeof(struct net_item)}},
	.box_at = offsetof(struct vm_row, box),
	.source_at = offsetof(struct vm_row, source),
	.moref_at = offsetof(struct vm_row, moref),
	.name_at = offsetof(struct vm_row, name),
	.texts = texts,
	.n_texts = G_N_ELEMENTS(texts),
	.finish = finish,
	.copy_lists = copy_lists,
	.detail_due = detail_due,
};
