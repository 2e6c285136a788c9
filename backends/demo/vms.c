/* vms.c - the virtual machines of the built-in lab (design.md names them), right ones and wrong ones. */
#include "config.h"
#include "backends/demo/post.h"

#include <stdlib.h>
#include <string.h>

#define FIXED(k, address, number)                                                                      \
	{                                                                                              \
		.key = 13000 + (k), .kind = VMDEV_FIXED, .bdf = address, .profile = "",                \
		.label = "PCI device " #k, .vendor_id = PCI_VENDOR_AMD, .device_id = 0x66a1, .slot = { \
			number,                                                                        \
			NUM_OK                                                                         \
		}                                                                                      \
	}

/* A slot number is FFF.BBBBB.DDDDD (vsphere.md section 9). Bridges 4 to 7 stand at 00:15 to 00:18 with eight functions
 * each. The cards of llm-1 sit behind 00:16.0, 00:17.0, 00:16.1 and 00:17.1, so that the guest sees them in another order
 * than the host: only the slot numbers tell which is which. */
static struct vm_device llm_1_devices[] = {
	FIXED(0, "0000:03:00.0", 192),
	FIXED(1, "0000:43:00.0", 224),
	FIXED(2, "0000:83:00.0", 1216),
	FIXED(3, "0000:c3:00.0", 1248),
};
static struct kv llm_1_extra[] = {
	{"hypervisor.cpuid.v0", "FALSE"},       {"numa.nodeAffinity", "0"},
	{"pciBridge0.pciSlotNumber", "17"},     {"pciBridge4.pciSlotNumber", "21"},
	{"pciBridge5.pciSlotNumber", "22"},     {"pciBridge6.pciSlotNumber", "23"},
	{"pciBridge7.pciSlotNumber", "24"},     {"pciPassthru.64bitMMIOSizeGB", "256"},
	{"pciPassthru.use64bitMMIO", "TRUE"},   {"pciPassthru0.pciSlotNumber", "192"},
	{"pciPassthru1.pciSlotNumber", "224"},  {"pciPassthru2.pciSlotNumber", "1216"},
	{"pciPassthru3.pciSlotNumber", "1248"}, {"svga.present", "TRUE"},
};

static struct vm_device vllm_1_devices[] = {
	{.key = 13000,
	 .kind = VMDEV_FIXED,
	 .bdf = "0000:17:00.0",
	 .profile = "",
	 .label = "PCI device 0",
	 .vendor_id = PCI_VENDOR_NVIDIA,
	 .device_id = 0x20b7,
	 .slot = {160, NUM_OK}},
};
static struct kv vllm_1_extra[] = {
	{"pciBridge0.pciSlotNumber", "17"},    {"pciBridge4.pciSlotNumber", "21"},
	{"pciPassthru.64bitMMIOSizeGB", "64"}, {"pciPassthru.use64bitMMIO", "TRUE"},
	{"pciPassthru0.pciSlotNumber", "160"},
};

static struct vm_device vgpu_1_devices[] = {
	{.key = 13000,
	 .kind = VMDEV_VGPU,
	 .bdf = "0000:65:00.0",
	 .profile = "grid_a40-8q",
	 .label = "PCI device 0",
	 .vendor_id = PCI_VENDOR_NVIDIA,
	 .device_id = 0x2235,
	 .slot = {33, NUM_OK}},
};
static struct kv vgpu_1_extra[] = {
	{"pciBridge0.pciSlotNumber", "17"},
	{"pciPassthru0.pciSlotNumber", "33"},
};

/* A first try that stopped half way: the window of one card's size, the switch for it not set. */
static struct kv new_llm_extra[] = {
	{"pciPassthru.64bitMMIOSizeGB", "64"},
};

struct vm_fact {
	enum demo_source host;
	bool on, efi, reserved, hot_add, nic_up, empty;
	int vcpus, memory_gib, snapshots;
	const char *moref, *name, *uuid, *instance_uuid, *hostname, *hw_version;
	const char *const *ips, *const *macs;
	struct kv *extra;
	int n_extra;
	struct vm_device *devices;
	int n_devices;
};

#define EXTRA(list)   .extra = list, .n_extra = G_N_ELEMENTS(list)
#define DEVICES(list) .devices = list, .n_devices = G_N_ELEMENTS(list)

static const struct vm_fact facts[] = {
	{.host = DEMO_ESX01,
	 .moref = "4",
	 .name = "llm-1",
	 .uuid = DEMO_UUID_LLM_1,
	 .instance_uuid = "52a1f0c4-11d2-4f06-9a3e-2f77b0c3e101",
	 .on = true,
	 .efi = true,
	 .reserved = true,
	 .vcpus = 8,
	 .memory_gib = 128,
	 .snapshots = 0,
	 .hostname = "llm-1",
	 .hw_version = "vmx-19",
	 .ips = LIST("10.0.4.11", "fe80::20c:29ff:fe3e:9d01"),
	 .macs = LIST(DEMO_MAC_LLM_1),
	 EXTRA(llm_1_extra),
	 DEVICES(llm_1_devices)},
	{.host = DEMO_ESX01,
	 .moref = "7",
	 .name = "mgmt",
	 .uuid = "564d4d47-4d54-40aa-b1c2-93de10ab2204",
	 .instance_uuid = "52b3e7d1-22c3-4a17-8b4f-3a88c1d4f202",
	 .on = true,
	 .efi = true,
	 .vcpus = 2,
	 .memory_gib = 8,
	 .snapshots = 1,
	 .hostname = "mgmt",
	 .hw_version = "vmx-19",
	 .ips = LIST("10.0.4.5"),
	 .macs = LIST("00:0c:29:11:22:05")},
	{.host = DEMO_ESX01,
	 .moref = "9",
	 .name = "nas",
	 .uuid = "564d4e41-5300-4c11-a7d8-0044f1be6605",
	 .instance_uuid = "52c4d8e2-33b4-4b28-9c5a-4b99d2e5a303",
	 .on = true,
	 .efi = false,
	 .vcpus = 2,
	 .memory_gib = 16,
	 .hostname = "nas",
	 .hw_version = "vmx-14",
	 .ips = LIST("10.0.4.9"),
	 .macs = LIST("00:0c:29:33:44:09")},
	{.host = DEMO_ESX01,
	 .moref = "12",
	 .name = "new-llm",
	 .empty = true,
	 .uuid = "564d4e45-5700-4d22-90f1-1155a2cf7706",
	 .instance_uuid = "52d5c9f3-44a5-4c39-8d6b-5caae3f6b404",
	 .on = false,
	 .efi = false,
	 .hot_add = true,
	 .vcpus = 16,
	 .memory_gib = 128,
	 .snapshots = 1,
	 .hostname = "",
	 .hw_version = "vmx-19",
	 .macs = LIST("00:0c:29:55:66:12"),
	 EXTRA(new_llm_extra)},
	{.host = DEMO_ESX02,
	 .moref = "3",
	 .name = "vllm-1",
	 .uuid = "564d564c-4c4d-6e31-b0a4-2266b3d08802",
	 .instance_uuid = "52e6bad4-5596-4d4a-9e7c-6dbbf407c505",
	 .on = true,
	 .efi = true,
	 .reserved = true,
	 .vcpus = 8,
	 .memory_gib = 64,
	 .hostname = "vllm-1",
	 .hw_version = "vmx-20",
	 .ips = LIST("10.0.4.12"),
	 .macs = LIST(DEMO_MAC_VLLM_1),
	 EXTRA(vllm_1_extra),
	 DEVICES(vllm_1_devices)},
	{.host = DEMO_ESX02,
	 .moref = "5",
	 .name = "vgpu-1",
	 .uuid = DEMO_UUID_VGPU_1,
	 .instance_uuid = "52f7abe5-6687-4e5b-8f8d-7ecca518d606",
	 .on = true,
	 .efi = true,
	 .reserved = true,
	 .vcpus = 4,
	 .memory_gib = 32,
	 .snapshots = 1,
	 .hostname = "vgpu-1",
	 .hw_version = "vmx-20",
	 .ips = LIST("10.0.4.13"),
	 .macs = LIST(DEMO_MAC_VGPU_1),
	 EXTRA(vgpu_1_extra),
	 DEVICES(vgpu_1_devices)},
};

static int by_key(gconstpointer a, gconstpointer b)
{
	return strcmp(((const struct kv *)a)->key, ((const struct kv *)b)->key);
}

static void fill_extra(struct vm_row *vm, const struct world_vm *state)
{
	GHashTableIter iter;
	gpointer key, value;
	vm->extra = box_array0(vm->box, struct kv, g_hash_table_size(state->extra) + 1);
	g_hash_table_iter_init(&iter, state->extra);
	while (g_hash_table_iter_next(&iter, &key, &value))
		vm->extra[vm->n_extra++] =
			(struct kv){box_text(vm->box, key, -1), box_text(vm->box, value, -1)};
	qsort(vm->extra, (size_t)vm->n_extra, sizeof *vm->extra, by_key);
}

static void fill_settings(struct vm_row *vm, const struct world_vm *state)
{
	vm->vcpus = num_of(state->vcpus);
	vm->cores_per_socket = num_of(state->vcpus);
	vm->memory_mb = num_of(state->memory_gib * 1024.0);
	vm->memory_reserved_mb = num_of(state->reserved ? state->memory_gib * 1024.0 : state->reserved_mb);
	vm->memory_locked = tri_of(state->reserved);
	vm->firmware = state->efi ? FIRMWARE_EFI : FIRMWARE_BIOS;
	vm->cpu_hot_add = tri_of(state->cpu_hot_add);
	vm->memory_hot_add = tri_of(state->memory_hot_add);
	vm->nested_hv = tri_of(state->nested);
	vm->secure_boot = TRI_NO;
	vm->snapshots = num_of(state->snapshots);
	vm->devices = box_array0(vm->box, struct vm_device, WORLD_DEVICES);
	memcpy(vm->devices, state->devices, sizeof state->devices);
	vm->n_devices = state->n_devices;
	vm->settings_read = true;
	fill_extra(vm, state);
}

/* The addresses that tools tell are of the guest as it is set up in the tables. */
static void fill_guest(struct vm_row *vm, const struct vm_fact *f, bool on)
{
	vm->guest_hostname = f->hostname;
	vm->guest_ip = f->ips ? f->ips[0] : "";
	vm->guest_ips = f->ips;
	vm->tools = on ? TOOLS_RUNNING : TOOLS_NOT_RUNNING;
}

static char *change_version(struct box *box, const struct world_vm *state)
{
	g_autofree char *text = g_strdup_printf("2025-12-12T06:40:%02d.117Z", 21 + state->changes % 38);
	return (char *)box_raw(box, text, -1);
}

static struct vm_row *vm_row(struct box *box, const struct world *w, const struct vm_fact *f)
{
	const struct world_vm *state = world_vm(w, f->host, f->moref);
	struct vm_row *vm = box_new0(box, struct vm_row);
	vm->box = box;
	vm->source = f->host == DEMO_ESX01 ? "esx01" : "esx02";
	vm->moref = f->moref;
	vm->name = f->name;
	vm->uuid = f->uuid;
	vm->instance_uuid = f->instance_uuid;
	vm->host = DEMO_HOST_MOREF;
	vm->power = state->on ? POWER_ON : POWER_OFF;
	vm->connection = VM_CONNECTED;
	vm->is_template = TRI_NO;
	vm->macs = f->macs;
	vm->question = "";
	vm->hw_version = f->hw_version;
	vm->disks_empty = tri_of(f->empty);
	vm->change_version = change_version(box, state);
	fill_guest(vm, f, state->on);
	fill_settings(vm, state);
	return vm;
}

const struct vm_row **demo_vm_rows(struct box *box, const struct world *w, enum demo_source host, int *n_out)
{
	const struct vm_row **rows = box_array0(box, const struct vm_row *, G_N_ELEMENTS(facts));
	int n = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		if (facts[i].host == host)
			rows[n++] = vm_row(box, w, &facts[i]);
	*n_out = n;
	return rows;
}

static struct world_vm begin(const struct vm_fact *f)
{
	struct world_vm vm = {.host = f->host,
			      .moref = f->moref,
			      .name = f->name,
			      .on = f->on,
			      .efi = f->efi,
			      .reserved = f->reserved,
			      .cpu_hot_add = f->hot_add,
			      .vcpus = f->vcpus,
			      .memory_gib = f->memory_gib,
			      .snapshots = f->snapshots,
			      .n_devices = f->n_devices};
	vm.extra = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (int i = 0; i < f->n_extra; i++)
		g_hash_table_insert(vm.extra, g_strdup(f->extra[i].key), g_strdup(f->extra[i].value));
	for (int i = 0; i < f->n_devices; i++)
		vm.devices[i] = f->devices[i];
	return vm;
}

void demo_begin_vms(GArray *vms)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		const struct world_vm vm = begin(&facts[i]);
		g_array_append_val(vms, vm);
	}
}
