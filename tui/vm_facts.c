/* vm_facts.c - the settings that keep a GPU VM from starting, or its driver from loading: one row each. */
#include "config.h"

#include "tui/vm_facts.h"

/* ---- what a setting is now: one function each; false when it is not known ------------------------------------------ */

static bool show_text(const char *now, char *out, size_t size)
{
	g_strlcpy(out, now, size);
	return *now;
}

static bool show_tri(enum tri now, char *out, size_t size)
{
	g_strlcpy(out, now == TRI_YES ? "on" : "off", size);
	return now != TRI_UNKNOWN;
}

static bool show_firmware(const struct vm_row *vm, char *out, size_t size)
{
	const char *name = vm_firmware_names[vm->firmware];
	return show_text(name ? name : "", out, size);
}

static bool show_reservation(const struct vm_row *vm, char *out, size_t size)
{
	struct num mem = vm->memory_mb, reserved = vm->memory_reserved_mb;
	bool known = num_known(mem) && num_known(reserved);
	if (vm->memory_locked == TRI_YES || (known && reserved.v >= mem.v))
		return show_text("all", out, size);
	if (known && reserved.v > 0)
		g_snprintf(out, size, mem.v < 1024 ? "%.0f of %.0f M" : "%.0f of %.0f G",
			   mem.v < 1024 ? reserved.v : reserved.v / 1024,
			   mem.v < 1024 ? mem.v : mem.v / 1024);
	else
		g_strlcpy(out, "none", size);
	return known;
}

static bool show_hot_add(const struct vm_row *vm, char *out, size_t size)
{
	bool cpu = vm->cpu_hot_add == TRI_YES, memory = vm->memory_hot_add == TRI_YES;
	g_strlcpy(out, cpu && memory ? "on" : cpu ? "CPU" : memory ? "memory" : "off", size);
	return vm->cpu_hot_add != TRI_UNKNOWN || memory;
}

/* extraConfig: a key that is absent is not set, once the settings were read at all. */
static bool show_extra(const struct vm_row *vm, const char *key, const char *unit, char *out, size_t size)
{
	const char *now = vm_extra(vm, key);
	g_strlcpy(out, now ? now : "not set", size);
	g_strlcat(out, now ? unit : "", size);
	return now || vm->settings_read;
}

static bool show_mmio(const struct vm_row *vm, char *out, size_t size)
{
	return show_extra(vm, "pciPassthru.use64bitMMIO", "", out, size);
}

static bool show_mmio_size(const struct vm_row *vm, char *out, size_t size)
{
	return show_extra(vm, "pciPassthru.64bitMMIOSizeGB", "G", out, size);
}

static bool show_cpuid(const struct vm_row *vm, char *out, size_t size)
{
	return show_extra(vm, "hypervisor.cpuid.v0", "", out, size);
}

static bool show_nested(const struct vm_row *vm, char *out, size_t size)
{
	return show_tri(vm->nested_hv, out, size);
}

static bool show_snapshots(const struct vm_row *vm, char *out, size_t size)
{
	if (vm->snapshots.v > 0)
		g_snprintf(out, size, "%.0f", vm->snapshots.v);
	else
		g_strlcpy(out, "none", size);
	return num_known(vm->snapshots);
}

static bool (*const show[VMSET_COUNT])(const struct vm_row *, char *, size_t) = {
	[VMSET_FIRMWARE] = show_firmware,   [VMSET_RESERVATION] = show_reservation,
	[VMSET_HOT_ADD] = show_hot_add,     [VMSET_MMIO] = show_mmio,
	[VMSET_MMIO_SIZE] = show_mmio_size, [VMSET_CPUID] = show_cpuid,
	[VMSET_NESTED] = show_nested,       [VMSET_SNAPSHOTS] = show_snapshots,
};

/* ---- what is said about it ------------------------------------------------------------------------------------------- */

const struct vm_setting_info vm_setting_info[VMSET_COUNT] = {
	[VMSET_FIRMWARE] = {"firmware", "VM-EFI", "efi", "BARs above 4 GB need EFI"},
	[VMSET_RESERVATION] = {"memory reservation", "VM-MEMRES", "all",
			       "the device may write to any page: all are pinned"},
	[VMSET_HOT_ADD] = {"CPU and memory hot add", "VM-HOTADD", "off",
			   "hides NUMA; added memory is not reserved"},
	[VMSET_MMIO] = {"pciPassthru.use64bitMMIO", "VM-MMIO64", "TRUE",
			"the card's memory does not fit below 4 GB"},
	[VMSET_MMIO_SIZE] = {"pciPassthru.64bitMMIOSizeGB", "VM-MMIO64", "a power of two above all BARs",
			     "too small: the VM does not start"},
	[VMSET_CPUID] = {"hypervisor.cpuid.v0", "VM-CPUID", "FALSE for an MI50",
			 "a driver may refuse under a hypervisor"},
	[VMSET_NESTED] = {"nested virtualization", "VM-NESTED", "off", "not together with passthrough"},
	[VMSET_SNAPSHOTS] = {"snapshots", "VM-SNAP-EXISTS", "none",
			     "impossible while a card is passed through"},
};

enum setting_verdict vm_setting_now(const struct lab *lab, const struct lab_vm *vm, enum vm_setting setting,
				    char *out, size_t size)
{
	bool known = show[setting](vm->row, out, size);
	if (!known)
		g_strlcpy(out, "-", size);
	if (!vm_is_about_gpus(vm))
		return VERDICT_MOOT;
	const struct finding *f = lab_find_finding(lab, vm_setting_info[setting].rule, &vm->ref);
	if (f)
		return f->unknown ? VERDICT_UNKNOWN : VERDICT_WRONG;
	if (!vm->row->n_devices)
		return VERDICT_MOOT; /* nothing was looked at: there is no device yet */
	return known ? VERDICT_GOOD : VERDICT_UNKNOWN;
}

int vm_severity(const struct lab *lab, const struct lab_vm *vm, GHashTable *worst_findings)
{
	const struct finding *f = g_hash_table_lookup(worst_findings, &vm->ref);
	int worst = f ? (int)f->severity : 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		worst = r->vm == vm ? MAX(worst, r->severity) : worst;
	}
	return worst;
}

bool vm_is_about_gpus(const struct lab_vm *vm)
{
	if (vm->row->n_devices)
		return true;
	for (int i = 0; i < vm->row->n_extra; i++)
		if (g_ascii_strncasecmp(vm->row->extra[i].key, "pciPassthru.", 12) == 0)
			return true;
	return false;
}

struct num vm_memory_bytes(const struct vm_row *vm)
{
	return (struct num){vm->memory_mb.v * 1048576, vm->memory_mb.state};
}

void vm_describe_devices(const struct lab_vm *vm, const struct lab *lab, char *out, size_t size)
{
	const char *label = NULL;
	int n = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->vm != vm)
			continue;
		n++;
		label = label ? label : r->label;
	}
	if (n > 1)
		g_snprintf(out, size, "%d × %s", n, label);
	else if (n == 1)
		g_strlcpy(out, label, size);
	else if (vm->row->n_devices)
		g_snprintf(out, size, "%d passed through", vm->row->n_devices);
	else
		g_strlcpy(out, "-", size);
}

const struct lab_guest *vm_guest(const struct lab *lab, const struct lab_vm *vm)
{
	for (guint i = 0; i < lab->guests->len; i++) {
		const struct lab_guest *g = lab->guests->pdata[i];
		if (g->vm == vm)
			return g;
	}
	return NULL;
}
