/* vm_facts.c - the settings that keep a GPU VM from starting, or its driver from loading: one row each. */
#include "config.h"

#include "tui/vm_facts.h"

#include <string.h>

const struct vm_setting_info vm_setting_info[VMSET_COUNT] = {
	[VMSET_FIRMWARE] = {"firmware", "efi", "BARs above 4 GB need EFI"},
	[VMSET_RESERVATION] = {"memory reservation", "all",
			       "a passed-through device may write anywhere: every page is pinned"},
	[VMSET_CPU_HOT_ADD] = {"CPU hot add", "off", "it hides the NUMA nodes from the guest"},
	[VMSET_MEM_HOT_ADD] = {"memory hot add", "off", "memory that is added later is not reserved"},
	[VMSET_MMIO] = {"pciPassthru.use64bitMMIO", "TRUE", "the card's memory does not fit below 4 GB"},
	[VMSET_MMIO_SIZE] = {"pciPassthru.64bitMMIOSizeGB", "a power of two above all BARs",
			     "too small: the VM does not start"},
	[VMSET_CPUID] = {"hypervisor.cpuid.v0", "FALSE for an MI50",
			 "some drivers refuse to start where they see a hypervisor"},
	[VMSET_NESTED] = {"nested virtualization", "off", "not together with passthrough"},
	[VMSET_SNAPSHOTS] = {"snapshots", "none",
			     "a VM with a passed-through device cannot have them while it runs"},
};

/* ---- one function a setting ---------------------------------------------------------------------------------------- */

static bool has_vendor(const struct lab_vm *vm, uint16_t vendor)
{
	for (int i = 0; i < vm->row->n_devices; i++)
		if (vm->row->devices[i].vendor_id == vendor)
			return true;
	return false;
}

static enum verdict_of text_is(const char *now, const char *wanted, char *out, size_t size)
{
	if (!*now)
		return VERDICT_UNKNOWN;
	g_strlcpy(out, now, size);
	return g_ascii_strcasecmp(now, wanted) == 0 ? VERDICT_GOOD : VERDICT_WRONG;
}

static enum verdict_of tri_is_off(enum tri now, char *out, size_t size)
{
	if (now == TRI_UNKNOWN)
		return VERDICT_UNKNOWN;
	g_strlcpy(out, now == TRI_YES ? "on" : "off", size);
	return now == TRI_NO ? VERDICT_GOOD : VERDICT_WRONG;
}

static enum verdict_of firmware_now(const struct lab_vm *vm, char *out, size_t size)
{
	return text_is(vm->row->firmware, "efi", out, size);
}

static enum verdict_of reservation_now(const struct lab_vm *vm, char *out, size_t size)
{
	struct num mem = vm->row->memory_mb, reserved = vm->row->memory_reserved_mb;
	if (vm->row->memory_locked == TRI_YES) {
		g_strlcpy(out, "all", size);
		return VERDICT_GOOD;
	}
	if (!num_known(mem) || !num_known(reserved))
		return VERDICT_UNKNOWN;
	if (reserved.v >= mem.v && mem.v > 0)
		g_strlcpy(out, "all", size);
	else if (reserved.v > 0)
		g_snprintf(out, size, "%.0f of %.0f G", reserved.v / 1024, mem.v / 1024);
	else
		g_strlcpy(out, "none", size);
	return reserved.v >= mem.v ? VERDICT_GOOD : VERDICT_WRONG;
}

static enum verdict_of cpu_hot_add_now(const struct lab_vm *vm, char *out, size_t size)
{
	return tri_is_off(vm->row->cpu_hot_add, out, size);
}

static enum verdict_of mem_hot_add_now(const struct lab_vm *vm, char *out, size_t size)
{
	return tri_is_off(vm->row->memory_hot_add, out, size);
}

/* extraConfig: a key that is absent is not set, once the settings were read at all. */
static enum verdict_of extra_is(const struct lab_vm *vm, const char *key, const char *wanted, char *out,
				size_t size)
{
	const char *now = vm_extra(vm->row, key);
	if (!now && !vm->row->settings_read)
		return VERDICT_UNKNOWN;
	g_strlcpy(out, now ? now : "not set", size);
	return now && g_ascii_strcasecmp(now, wanted) == 0 ? VERDICT_GOOD : VERDICT_WRONG;
}

static enum verdict_of mmio_now(const struct lab_vm *vm, char *out, size_t size)
{
	return extra_is(vm, "pciPassthru.use64bitMMIO", "TRUE", out, size);
}

static enum verdict_of mmio_size_now(const struct lab_vm *vm, char *out, size_t size)
{
	const char *now = vm_extra(vm->row, "pciPassthru.64bitMMIOSizeGB");
	guint64 gb;
	if (!now && !vm->row->settings_read)
		return VERDICT_UNKNOWN;
	g_snprintf(out, size, "%s%s", now ? now : "not set", now ? " G" : "");
	bool number = now && g_ascii_string_to_unsigned(now, 10, 1, 1 << 20, &gb, NULL);
	return number && (gb & (gb - 1)) == 0 ? VERDICT_GOOD : VERDICT_WRONG;
}

/* A choice by vendor: NVIDIA's drivers do without, an MI50's may need it. */
static enum verdict_of cpuid_now(const struct lab_vm *vm, char *out, size_t size)
{
	enum verdict_of v = extra_is(vm, "hypervisor.cpuid.v0", "FALSE", out, size);
	return v == VERDICT_WRONG && !has_vendor(vm, 0x1002) ? VERDICT_MOOT : v;
}

static enum verdict_of nested_now(const struct lab_vm *vm, char *out, size_t size)
{
	return tri_is_off(vm->row->nested_hv, out, size);
}

static enum verdict_of snapshots_now(const struct lab_vm *vm, char *out, size_t size)
{
	struct num n = vm->row->snapshots;
	if (!num_known(n))
		return VERDICT_UNKNOWN;
	g_snprintf(out, size, n.v > 0 ? "%.0f" : "none", n.v);
	return n.v > 0 ? VERDICT_WRONG : VERDICT_GOOD;
}

static enum verdict_of (*const setting_now[VMSET_COUNT])(const struct lab_vm *, char *, size_t) = {
	[VMSET_FIRMWARE] = firmware_now,
	[VMSET_RESERVATION] = reservation_now,
	[VMSET_CPU_HOT_ADD] = cpu_hot_add_now,
	[VMSET_MEM_HOT_ADD] = mem_hot_add_now,
	[VMSET_MMIO] = mmio_now,
	[VMSET_MMIO_SIZE] = mmio_size_now,
	[VMSET_CPUID] = cpuid_now,
	[VMSET_NESTED] = nested_now,
	[VMSET_SNAPSHOTS] = snapshots_now,
};

enum verdict_of vm_setting_now(const struct lab_vm *vm, enum vm_setting setting, char *out, size_t size)
{
	g_strlcpy(out, "-", size);
	enum verdict_of verdict = setting_now[setting](vm, out, size);
	return verdict == VERDICT_WRONG && !vm_is_about_gpus(vm) ? VERDICT_MOOT : verdict;
}

int vm_count_wrong(const struct lab_vm *vm)
{
	char now[64];
	int wrong = 0;
	for (int s = 0; s < VMSET_COUNT; s++)
		wrong += vm_setting_now(vm, (enum vm_setting)s, now, sizeof now) == VERDICT_WRONG;
	return wrong;
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
