/* host.c - an ESXi host: which properties are read, and how PCI devices, passthrough, NUMA nodes and graphics, which
 * arrive as lists of their own in any order, become one list of devices. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <string.h>

enum {
	LIST_PCI = 1,
	LIST_PASSTHRU,
	LIST_NUMA,
	LIST_GRAPHICS,
	LIST_GRAPHICS_CONFIG,
	LIST_PROFILES,
	LIST_BINDINGS
};

/* ---- the tables --------------------------------------------------------------------------------------------- */

struct passthru_item {
	char bdf[BDF_SIZE], dependent[BDF_SIZE];
	enum tri capable, enabled, active, sriov_capable, sriov_enabled, sriov_active;
	struct num sriov_vfs, sriov_max;
	const char *label;
};

struct numa_item {
	struct num id, cpus, memory_bytes, range_bytes;
	const struct leaf_text *pci;
};

struct graphics_item {
	char bdf[BDF_SIZE];
	const char *type, *mode;
	struct num memory_bytes;
	const struct leaf_text *vms;
};

struct profile_item {
	const char *name;
};

struct binding_item {
	const char *instance, *vm;
};

#define HOST(field, kind, path) LEAF(struct vs_host, row.field, kind, path)

static const struct leaf name[] = {HOST(name, LEAF_NAME, ""), {0}};
static const struct leaf connection[] = {LEAF(struct vs_host, connection, LEAF_TEXT, ""), {0}};
static const struct leaf power[] = {HOST(power, LEAF_TEXT, ""), {0}};
static const struct leaf maintenance[] = {HOST(maintenance, LEAF_TRI, ""), {0}};
static const struct leaf boot[] = {HOST(boot_ms, LEAF_TIME, ""), {0}};
static const struct leaf reboot[] = {HOST(reboot_required, LEAF_TRI, ""), {0}};
static const struct leaf cpu_used[] = {HOST(cpu_used_mhz, LEAF_NUM, ""), {0}};
static const struct leaf mem_used[] = {LEAF_SCALED(struct vs_host, row.mem_used_bytes, 1048576, ""), {0}};

static const struct leaf product[] = {
	HOST(product, LEAF_TEXT, "name"),
	HOST(version, LEAF_TEXT, "version"),
	HOST(build, LEAF_TEXT, "build"),
	{0},
};

static const struct leaf hardware[] = {
	HOST(uuid, LEAF_LOWER, "uuid"),           HOST(vendor, LEAF_TEXT, "vendor"),
	HOST(model, LEAF_TEXT, "model"),          HOST(cpu_model, LEAF_TEXT, "cpuModel"),
	HOST(cpu_mhz, LEAF_NUM, "cpuMhz"),        HOST(cpu_packages, LEAF_NUM, "numCpuPkgs"),
	HOST(cpu_cores, LEAF_NUM, "numCpuCores"), HOST(cpu_threads, LEAF_NUM, "numCpuThreads"),
	HOST(mem_bytes, LEAF_NUM, "memorySize"),  {0},
};

static const struct leaf pci_device[] = {
	LEAF(struct pci_row, bdf, LEAF_BDF, "id"),
	LEAF(struct pci_row, parent, LEAF_BDF, "parentBridge"),
	LEAF(struct pci_row, class_id, LEAF_ID16, "classId"),
	LEAF(struct pci_row, vendor_id, LEAF_ID16, "vendorId"),
	LEAF(struct pci_row, device_id, LEAF_ID16, "deviceId"),
	LEAF(struct pci_row, subvendor_id, LEAF_ID16, "subVendorId"),
	LEAF(struct pci_row, subdevice_id, LEAF_ID16, "subDeviceId"),
	LEAF(struct pci_row, vendor_name, LEAF_TEXT, "vendorName"),
	LEAF(struct pci_row, name, LEAF_TEXT, "deviceName"),
	LEAF(struct pci_row, class_name, LEAF_TEXT, "deviceClassName"),
	{0},
};

/* Devices that can have virtual functions come as HostSriovInfo, which has the last five as well. */
static const struct leaf passthru[] = {
	LEAF(struct passthru_item, bdf, LEAF_BDF, "id"),
	LEAF(struct passthru_item, dependent, LEAF_BDF, "dependentDevice"),
	LEAF(struct passthru_item, enabled, LEAF_TRI, "passthruEnabled"),
	LEAF(struct passthru_item, capable, LEAF_TRI, "passthruCapable"),
	LEAF(struct passthru_item, active, LEAF_TRI, "passthruActive"),
	LEAF(struct passthru_item, label, LEAF_TEXT, "hardwareLabel"),
	LEAF(struct passthru_item, sriov_enabled, LEAF_TRI, "sriovEnabled"),
	LEAF(struct passthru_item, sriov_capable, LEAF_TRI, "sriovCapable"),
	LEAF(struct passthru_item, sriov_active, LEAF_TRI, "sriovActive"),
	LEAF(struct passthru_item, sriov_vfs, LEAF_NUM, "numVirtualFunction"),
	LEAF(struct passthru_item, sriov_max, LEAF_NUM, "maxVirtualFunctionSupported"),
	{0},
};

static const struct leaf numa[] = {
	LEAF(struct numa_item, id, LEAF_NUM, "typeId"),
	LEAF(struct numa_item, cpus, LEAF_COUNT, "cpuID"),
	LEAF(struct numa_item, memory_bytes, LEAF_NUM, "memorySize"),
	LEAF(struct numa_item, range_bytes, LEAF_NUM, "memoryRangeLength"),
	LEAF(struct numa_item, pci, LEAF_LIST, "pciId"),
	{0},
};

static const struct leaf graphics[] = {
	LEAF(struct graphics_item, bdf, LEAF_BDF, "pciId"),
	LEAF(struct graphics_item, type, LEAF_TEXT, "graphicsType"),
	LEAF(struct graphics_item, mode, LEAF_TEXT, "vgpuMode"),
	LEAF_SCALED(struct graphics_item, memory_bytes, 1024, "memorySizeInKB"),
	LEAF(struct graphics_item, vms, LEAF_LIST, "vm"),
	{0},
};

static const struct leaf graphics_config[] = {
	LEAF(struct graphics_item, bdf, LEAF_BDF, "deviceId"),
	LEAF(struct graphics_item, type, LEAF_TEXT, "graphicsType"),
	LEAF(struct graphics_item, mode, LEAF_TEXT, "vgpuMode"),
	{0},
};

static const struct leaf profile[] = {LEAF(struct profile_item, name, LEAF_TEXT, ""), {0}};
static const struct leaf capability[] = {LEAF(struct profile_item, name, LEAF_TEXT, "vgpu"), {0}};

static const struct leaf binding[] = {
	LEAF(struct binding_item, instance, LEAF_RAW, "instanceId"),
	LEAF(struct binding_item, vm, LEAF_RAW, "vm"),
	{0},
};

static const struct prop props[] = {
	PROP_VALUE("name", SET_LIVE, NULL, name),
	PROP_VALUE("runtime.connectionState", SET_LIVE, NULL, connection),
	PROP_VALUE("runtime.powerState", SET_LIVE, NULL, power),
	PROP_VALUE("runtime.inMaintenanceMode", SET_LIVE, NULL, maintenance),
	PROP_VALUE("runtime.bootTime", SET_LIVE, NULL, boot),
	PROP_VALUE("summary.rebootRequired", SET_LIVE, NULL, reboot),
	PROP_VALUE("summary.quickStats.overallCpuUsage", SET_LIVE, NULL, cpu_used),
	PROP_VALUE("summary.quickStats.overallMemoryUsage", SET_LIVE, NULL, mem_used),
	PROP_VALUE("summary.config.product", SET_DETAIL, NULL, product),
	PROP_VALUE("summary.hardware", SET_DETAIL, NULL, hardware),
	{.path = "hardware.pciDevice", .sets = SET_DETAIL, .leaves = pci_device, .list = LIST_PCI},
	{.path = "hardware.numaInfo",
	 .sets = SET_DETAIL,
	 .leaves = numa,
	 .list = LIST_NUMA,
	 .item = "numaNode"},
	{.path = "config.pciPassthruInfo",
	 .sets = SET_LIVE | SET_DETAIL,
	 .leaves = passthru,
	 .list = LIST_PASSTHRU},
	{.path = "config.graphicsInfo",
	 .sets = SET_LIVE | SET_DETAIL,
	 .since = "5.5",
	 .leaves = graphics,
	 .list = LIST_GRAPHICS},
	{.path = "config.graphicsConfig",
	 .sets = SET_DETAIL,
	 .since = "6.5",
	 .leaves = graphics_config,
	 .list = LIST_GRAPHICS_CONFIG,
	 .item = "deviceType"},
	{.path = "config.sharedPassthruGpuTypes",
	 .sets = SET_DETAIL,
	 .since = "6.0",
	 .leaves = profile,
	 .list = LIST_PROFILES},
	{.path = "config.sharedGpuCapabilities",
	 .sets = SET_DETAIL,
	 .since = "6.7",
	 .leaves = capability,
	 .list = LIST_PROFILES},
	{.path = "config.assignableHardwareBinding",
	 .sets = SET_LIVE | SET_DETAIL,
	 .since = "7.0",
	 .leaves = binding,
	 .list = LIST_BINDINGS},
	{0},
};

static const size_t texts[] = {
	offsetof(struct vs_host, connection),    offsetof(struct vs_host, row.source),
	offsetof(struct vs_host, row.moref),     offsetof(struct vs_host, row.name),
	offsetof(struct vs_host, row.uuid),      offsetof(struct vs_host, row.product),
	offsetof(struct vs_host, row.version),   offsetof(struct vs_host, row.build),
	offsetof(struct vs_host, row.state),     offsetof(struct vs_host, row.power),
	offsetof(struct vs_host, row.vendor),    offsetof(struct vs_host, row.model),
	offsetof(struct vs_host, row.cpu_model),
};

static const size_t pci_texts[] = {
	offsetof(struct pci_row, name),          offsetof(struct pci_row, vendor_name),
	offsetof(struct pci_row, class_name),    offsetof(struct pci_row, hardware_label),
	offsetof(struct pci_row, graphics_type), offsetof(struct pci_row, vgpu_mode),
	offsetof(struct pci_row, driver),        offsetof(struct pci_row, iommu_group),
	offsetof(struct pci_row, reset_method),
};

/* ---- passthrough states -------------------------------------------------------------------------------------- */

enum passthru_state passthru_derive(enum tri capable, enum tri enabled, enum tri active,
				    enum tri reboot_required)
{
	if (enabled == TRI_UNKNOWN || active == TRI_UNKNOWN)
		return PT_UNKNOWN;
	if (enabled == TRI_YES && active == TRI_YES)
		return PT_ACTIVE;
	if (enabled == TRI_YES) /* the host says that no reboot is due, so the one that was did not help */
		return reboot_required == TRI_NO ? PT_STALE : PT_ENABLE_PENDING;
	if (active == TRI_YES)
		return PT_DISABLE_PENDING;
	if (capable == TRI_UNKNOWN)
		return PT_UNKNOWN;
	return capable == TRI_YES ? PT_AVAILABLE : PT_UNAVAILABLE;
}

/* A device that waited for a reboot, and still is not active after one, is stale whatever rebootRequired says; it stays
 * so until it is toggled or works. */
static enum passthru_state state_after(const struct pci_row *before, enum passthru_state now, bool rebooted)
{
	if (now != PT_ENABLE_PENDING || !before)
		return now;
	if (before->pt_state == PT_STALE || (before->pt_state == PT_ENABLE_PENDING && rebooted))
		return PT_STALE;
	return now;
}

/* ---- joining ------------------------------------------------------------------------------------------------- */

static struct pci_row *pci_at(const struct host_row *host, const char *bdf)
{
	for (int i = 0; *bdf && i < host->n_pci; i++)
		if (strcmp(host->pci[i].bdf, bdf) == 0)
			return &host->pci[i];
	return NULL;
}

/* The device list is the one that arrived, with what the other lists told before; else the one before. */
static void take_pci(struct draft *d, struct host_row *host, const struct host_row *old)
{
	bool fresh = d->arrived[LIST_PCI];
	int n = fresh ? (int)d->lists[LIST_PCI]->len : host->n_pci;
	const struct pci_row *from = fresh ? (const void *)d->lists[LIST_PCI]->data : host->pci;
	struct pci_row *pci = box_array0(d->box, struct pci_row, (size_t)MAX(n, 1));
	host->pci = pci;
	host->n_pci = 0;
	for (int i = 0; i < n; i++) {
		struct pci_row *row = &pci[host->n_pci];
		const struct pci_row *before = fresh && old ? pci_at(old, from[i].bdf) : NULL;
		if (!*from[i].bdf)
			continue;
		*row = before ? *before : from[i];
		if (fresh && !before)
			row->hardware_label = row->graphics_type = row->vgpu_mode = row->driver =
				row->iommu_group = row->reset_method = "";
		if (before) {
			memcpy(row->parent, from[i].parent, sizeof row->parent);
			row->class_id = from[i].class_id;
			row->vendor_id = from[i].vendor_id;
			row->device_id = from[i].device_id;
			row->subvendor_id = from[i].subvendor_id;
			row->subdevice_id = from[i].subdevice_id;
			row->name = from[i].name;
			row->vendor_name = from[i].vendor_name;
			row->class_name = from[i].class_name;
		}
		host->n_pci++;
	}
}

static void take_passthru(const GArray *items, struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		p->pt_capable = p->pt_enabled = p->pt_active = TRI_UNKNOWN;
		p->sriov_capable = p->sriov_enabled = p->sriov_active = TRI_UNKNOWN;
		p->sriov_vfs = p->sriov_max = num_none(NUM_UNKNOWN);
		p->dependent[0] = '\0';
		p->hardware_label = "";
	}
	for (guint i = 0; i < items->len; i++) {
		const struct passthru_item *item = &g_array_index(items, struct passthru_item, i);
		struct pci_row *p = pci_at(host, item->bdf);
		if (!p)
			continue;
		p->pt_capable = item->capable;
		p->pt_enabled = item->enabled;
		p->pt_active = item->active;
		p->sriov_capable = item->sriov_capable;
		p->sriov_enabled = item->sriov_enabled;
		p->sriov_active = item->sriov_active;
		p->sriov_vfs = item->sriov_vfs;
		p->sriov_max = item->sriov_max;
		p->hardware_label = item->label;
		memcpy(p->dependent, item->dependent, sizeof p->dependent);
	}
}

/* The nodes name their devices; a device that no node names has no known node. */
static void take_numa(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_NUMA];
	for (int i = 0; i < host->n_pci; i++)
		host->pci[i].numa_node = num_none(NUM_UNKNOWN);
	host->n_nodes = (int)items->len;
	host->nodes = box_array0(d->box, struct numa_node, MAX(items->len, 1));
	for (guint i = 0; i < items->len; i++) {
		const struct numa_item *item = &g_array_index(items, struct numa_item, i);
		struct numa_node *node = &host->nodes[i];
		node->id = item->id.state == NUM_OK ? (int)item->id.v : (int)i;
		node->cpus = item->cpus;
		node->mem_bytes = item->memory_bytes.state == NUM_OK ? item->memory_bytes : item->range_bytes;
		for (const struct leaf_text *id = item->pci; id; id = id->next) {
			char bdf[BDF_SIZE];
			struct pci_row *p = leaf_parse_bdf(id->text, bdf) ? pci_at(host, bdf) : NULL;
			if (p)
				p->numa_node = num_of(node->id);
		}
	}
}

static void take_graphics(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_GRAPHICS];
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		p->graphics_type = p->vgpu_mode = "";
		p->graphics_mem_bytes = num_none(NUM_UNKNOWN);
		p->graphics_vms = NULL;
	}
	for (guint i = 0; i < items->len; i++) {
		const struct graphics_item *item = &g_array_index(items, struct graphics_item, i);
		struct pci_row *p = pci_at(host, item->bdf);
		if (!p)
			continue;
		p->graphics_type = item->type;
		p->vgpu_mode = item->mode;
		p->graphics_mem_bytes = item->memory_bytes;
		p->graphics_vms = leaf_texts(d->box, item->vms);
	}
}

/* What is configured stands in for what is not told. */
static void take_graphics_config(const GArray *items, struct host_row *host)
{
	for (guint i = 0; i < items->len; i++) {
		const struct graphics_item *item = &g_array_index(items, struct graphics_item, i);
		struct pci_row *p = pci_at(host, item->bdf);
		if (p && !*p->graphics_type)
			p->graphics_type = item->type;
		if (p && !*p->vgpu_mode)
			p->vgpu_mode = item->mode;
	}
}

/* A device handed out by name of its address: which VM has it now. The instance id ends with the address. */
static void take_bindings(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_BINDINGS];
	for (guint i = 0; i < items->len; i++) {
		const struct binding_item *item = &g_array_index(items, struct binding_item, i);
		size_t len = strlen(item->instance);
		char bdf[BDF_SIZE];
		struct pci_row *p = NULL;
		if (len >= 12 && leaf_parse_bdf(item->instance + len - 12, bdf))
			p = pci_at(host, bdf);
		if (!p || p->graphics_vms || !*item->vm)
			continue;
		const char **vms = box_array0(d->box, const char *, 2);
		vms[0] = item->vm;
		p->graphics_vms = vms;
	}
}

/* Two properties name vGPU profiles, the newer one more of them: each once. */
static void take_profiles(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_PROFILES];
	const char **out = box_array0(d->box, const char *, items->len + 1);
	guint n = 0;
	for (guint i = 0; i < items->len; i++) {
		const char *profile_name = g_array_index(items, struct profile_item, i).name;
		if (*profile_name && !g_strv_contains(out, profile_name))
			out[n++] = profile_name;
	}
	host->vgpu_profiles = n ? out : NULL;
}

static void take_missing(struct draft *d, struct host_row *host)
{
	const char **out = box_array0(d->box, const char *, d->missing->len + 1);
	guint n = 0;
	for (guint i = 0; i < d->missing->len; i++) {
		const struct prop_missing *m = &g_array_index(d->missing, struct prop_missing, i);
		const char *words = fault_words(m->fault);
		if (strcmp(m->fault, "InvalidProperty") == 0)
			continue; /* this version does not have it: nothing is wrong */
		g_autofree char *line = g_strdup_printf("%s: %s", m->path, words ? words : m->fault);
		out[n++] = box_text(d->box, line, -1);
	}
	host->partial = n ? out : NULL;
}

static const char *state_of(const struct vs_host *h)
{
	if (strcmp(h->connection, "connected") != 0)
		return h->connection;
	if (strcmp(h->row.power, "standBy") == 0)
		return "standby";
	return h->row.maintenance == TRI_YES ? "maintenance" : h->connection;
}

static void finish(struct draft *d, const void *before)
{
	struct vs_host *h = d->row;
	struct host_row *host = &h->row;
	const struct host_row *old = before ? &((const struct vs_host *)before)->row : NULL;
	bool rebooted = old && old->boot_ms && host->boot_ms > old->boot_ms;
	take_pci(d, host, old);
	if (d->arrived[LIST_PASSTHRU])
		take_passthru(d->lists[LIST_PASSTHRU], host);
	if (d->arrived[LIST_NUMA])
		take_numa(d, host);
	if (d->arrived[LIST_GRAPHICS])
		take_graphics(d, host);
	if (d->arrived[LIST_GRAPHICS_CONFIG])
		take_graphics_config(d->lists[LIST_GRAPHICS_CONFIG], host);
	if (d->arrived[LIST_BINDINGS])
		take_bindings(d, host);
	if (d->arrived[LIST_PROFILES])
		take_profiles(d, host);
	if (d->missing->len)
		take_missing(d, host);
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		const struct pci_row *was = old ? pci_at(old, p->bdf) : NULL;
		p->pt_state = state_after(
			was,
			passthru_derive(p->pt_capable, p->pt_enabled, p->pt_active, host->reboot_required),
			rebooted);
	}
	host->state = state_of(h);
}

static void copy_lists(struct box *box, void *row)
{
	struct host_row *host = &((struct vs_host *)row)->row;
	struct pci_row *pci = box_array0(box, struct pci_row, (size_t)MAX(host->n_pci, 1));
	struct numa_node *nodes = box_array0(box, struct numa_node, (size_t)MAX(host->n_nodes, 1));
	for (int i = 0; i < host->n_pci; i++) {
		pci[i] = host->pci[i];
		row_copy_texts(box, &pci[i], pci_texts, G_N_ELEMENTS(pci_texts));
		pci[i].graphics_vms = row_copy_strings(box, pci[i].graphics_vms);
	}
	if (host->n_nodes)
		memcpy(nodes, host->nodes, sizeof *nodes * (size_t)host->n_nodes);
	host->pci = pci;
	host->nodes = nodes;
	host->vgpu_profiles = row_copy_strings(box, host->vgpu_profiles);
	host->partial = row_copy_strings(box, host->partial);
}

/* Hardware can have changed over a boot; a host that came back shows again what it hid. */
static bool detail_due(const void *before, const void *now)
{
	const struct vs_host *old = before, *row = now;
	return old->row.boot_ms != row->row.boot_ms || strcmp(old->connection, row->connection) != 0;
}

const struct kind host_kind = {
	.type = {.vim = "HostSystem",
		 .props = props,
		 .row_size = sizeof(struct vs_host),
		 .item_size = {[LIST_PCI] = sizeof(struct pci_row),
			       [LIST_PASSTHRU] = sizeof(struct passthru_item),
			       [LIST_NUMA] = sizeof(struct numa_item),
			       [LIST_GRAPHICS] = sizeof(struct graphics_item),
			       [LIST_GRAPHICS_CONFIG] = sizeof(struct graphics_item),
			       [LIST_PROFILES] = sizeof(struct profile_item),
			       [LIST_BINDINGS] = sizeof(struct binding_item)}},
	.box_at = offsetof(struct vs_host, row.box),
	.source_at = offsetof(struct vs_host, row.source),
	.moref_at = offsetof(struct vs_host, row.moref),
	.texts = texts,
	.n_texts = G_N_ELEMENTS(texts),
	.finish = finish,
	.copy_lists = copy_lists,
	.detail_due = detail_due,
};

/* ---- what others ask ----------------------------------------------------------------------------------------- */

bool host_drives_gpus(const struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++)
		if (g_str_has_prefix(host->pci[i].graphics_type, "shared"))
			return true;
	return host->vgpu_profiles != NULL;
}

bool host_lends_gpus(const struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++) {
		const struct pci_row *p = &host->pci[i];
		bool graphics_class = p->class_id >> 8 == 0x03 || p->class_id >> 8 == 0x12;
		if (graphics_class && (p->pt_enabled == TRI_YES || p->pt_active == TRI_YES))
			return true;
	}
	return host_drives_gpus(host);
}
