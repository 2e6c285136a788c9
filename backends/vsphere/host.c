/* host.c - an ESXi host: which properties are read, and into what. Joining them is host_join.c's. */
#include "config.h"
#include "backends/vsphere/host.h"

#include <string.h>

/* ---- the tables --------------------------------------------------------------------------------------------- */

/* As enum host_state counts them. */
static const char *const connection_words[] = {"connected", "disconnected", "notResponding", NULL};
static const char *const standby_words[] = {"standBy", NULL};

#define HOST(field, kind, path) LEAF(struct vs_host, row.field, kind, path)

static const struct leaf name[] = {HOST(name, LEAF_NAME, ""), {0}};
static const struct leaf connection[] = {LEAF_ENUM(struct vs_host, connection, connection_words, ""), {0}};
static const struct leaf power[] = {LEAF_ENUM(struct vs_host, standby, standby_words, ""), {0}};
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
	LEAF_ENUM(struct graphics_item, type, graphics_names + 1, "graphicsType"),
	LEAF(struct graphics_item, mode, LEAF_TEXT, "vgpuMode"),
	LEAF_SCALED(struct graphics_item, memory_bytes, 1024, "memorySizeInKB"),
	LEAF(struct graphics_item, vms, LEAF_LIST, "vm"),
	{0},
};

static const struct leaf graphics_config[] = {
	LEAF(struct graphics_item, bdf, LEAF_BDF, "deviceId"),
	LEAF_ENUM(struct graphics_item, type, graphics_names + 1, "graphicsType"),
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
	offsetof(struct vs_host, row.source),  offsetof(struct vs_host, row.moref),
	offsetof(struct vs_host, row.name),    offsetof(struct vs_host, row.uuid),
	offsetof(struct vs_host, row.product), offsetof(struct vs_host, row.version),
	offsetof(struct vs_host, row.build),   offsetof(struct vs_host, row.vendor),
	offsetof(struct vs_host, row.model),   offsetof(struct vs_host, row.cpu_model),
};

static const size_t pci_texts[] = {
	offsetof(struct pci_row, name),        offsetof(struct pci_row, vendor_name),
	offsetof(struct pci_row, class_name),  offsetof(struct pci_row, hardware_label),
	offsetof(struct pci_row, vgpu_mode),   offsetof(struct pci_row, driver),
	offsetof(struct pci_row, iommu_group), offsetof(struct pci_row, reset_method),
};

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
	return old->row.boot_ms != row->row.boot_ms || old->connection != row->connection;
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
	.name_at = offsetof(struct vs_host, row.name),
	.texts = texts,
	.n_texts = G_N_ELEMENTS(texts),
	.finish = host_join,
	.copy_lists = copy_lists,
	.detail_due = detail_due,
};
