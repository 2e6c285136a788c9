/* check_vm.c - the settings that a GPU VM needs (rules.md section 3), on VMs that have or had passthrough devices. */
#include "config.h"
#include "lab/check.h"

#include "lab/backing.h"
#include "lab/gpu_names.h"
#include "lab/mmio.h"

#include <string.h>

/* Devices that map whole cards: what the rules of DirectPath are about. A vGPU has rules of its own. */
static int direct_devices(const struct vm_row *vm)
{
	int n = 0;
	for (int i = 0; i < vm->n_devices; i++)
		n += vm->devices[i].kind != VMDEV_VGPU;
	return n;
}

/* ---- what they are about, and what they need ----------------------------------------------------------------------- */

static bool maps_cards(const struct lab *lab, const void *thing)
{
	return direct_devices(((const struct lab_vm *)thing)->row) > 0;
}

/* Cards that it had count as well: their settings are still there. */
static bool mapped_cards(const struct lab *lab, const void *thing)
{
	return ((const struct lab_vm *)thing)->row->n_devices == 0 || maps_cards(lab, thing);
}

static bool has_devices(const struct lab *lab, const void *thing)
{
	return ((const struct lab_vm *)thing)->row->n_devices > 0;
}

static bool has_fixed(const struct lab *lab, const void *thing)
{
	const struct vm_row *vm = ((const struct lab_vm *)thing)->row;
	for (int i = 0; i < vm->n_devices; i++)
		if (vm->devices[i].kind == VMDEV_FIXED)
			return true;
	return false;
}

static bool firmware_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_vm *)thing)->row->firmware != FIRMWARE_UNKNOWN;
}

static bool reservation_told(const struct lab *lab, const void *thing)
{
	const struct vm_row *vm = ((const struct lab_vm *)thing)->row;
	return vm->memory_locked == TRI_YES ||
	       (num_known(vm->memory_mb) && num_known(vm->memory_reserved_mb));
}

/* One of the two that is on is enough to hit. */
static bool hot_add_told(const struct lab *lab, const void *thing)
{
	const struct vm_row *vm = ((const struct lab_vm *)thing)->row;
	return vm->cpu_hot_add != TRI_UNKNOWN || vm->memory_hot_add == TRI_YES;
}

static bool snapshots_told(const struct lab *lab, const void *thing)
{
	return num_known(((const struct lab_vm *)thing)->row->snapshots);
}

static bool nested_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_vm *)thing)->row->nested_hv != TRI_UNKNOWN;
}

static bool settings_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_vm *)thing)->row->settings_read;
}

static bool window_told(const struct lab *lab, const void *thing)
{
	double sum;
	return settings_told(lab, thing) && mmio_sum_gib(lab, thing, &sum);
}

static bool host_devices_told(const struct lab *lab, const void *thing)
{
	const struct lab_vm *vm = thing;
	return vm->host && vm->host->row->n_pci > 0;
}

/* Quiet are those that are missing together with one that is not. */
static const struct check_need firmware = {"firmware", firmware_told},
			       reservation = {"memory reservation", reservation_told},
			       hot_add = {"CPU hot add", hot_add_told},
			       snapshots = {"snapshots", snapshots_told},
			       nested = {"nested virtualisation", nested_told, true},
			       settings = {"advanced settings", settings_told, true},
			       window = {"size of the cards' memory windows", window_told},
			       host_devices = {"PCI devices of its host", host_devices_told, true};

/* ---- settings ------------------------------------------------------------------------------------------------------ */

/* A VM that only kept the settings of its cards is not stopped by anything: there the rule is a reminder. */
static void hit(const struct lab_vm *vm, struct check_out *out, enum severity with_cards, const char *text,
		const char *evidence)
{
	bool has_cards = vm->row->n_devices > 0;
	if (!has_cards)
		check_last(out);
	check_severity(out, has_cards ? with_cards : MIN(with_cards, SEV_WARN));
	check_hit(out, text, "%s%s", evidence, has_cards ? "" : "; it has no card now, and settings of one");
}

static void look_firmware(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	if (vm->row->firmware != FIRMWARE_EFI)
		hit(vm, out, SEV_BLOCK, "BIOS firmware",
		    "firmware is bios; large BARs and the MI50 want EFI");
}

static void look_memory(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	const struct vm_row *row = vm->row;
	if (row->memory_locked == TRI_YES)
		return;
	char evidence[96];
	g_snprintf(evidence, sizeof evidence, "%.4g of %.4g GiB reserved", row->memory_reserved_mb.v / 1024,
		   row->memory_mb.v / 1024);
	if (row->memory_reserved_mb.v < row->memory_mb.v)
		hit(vm, out, SEV_BLOCK, "memory not fully reserved", evidence);
}

static void look_hot_add(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	bool cpu = vm->row->cpu_hot_add == TRI_YES, memory = vm->row->memory_hot_add == TRI_YES;
	if (cpu || memory)
		hit(vm, out, SEV_WARN,
		    cpu && memory ? "CPU and memory hot add on"
		    : cpu         ? "CPU hot add on"
				  : "memory hot add on",
		    "not available with passthrough; CPU hot add also hides NUMA from the guest");
}

static void look_snapshots(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	char evidence[64];
	g_snprintf(evidence, sizeof evidence, "%.0f in its tree", vm->row->snapshots.v);
	if (vm->row->snapshots.v > 0)
		hit(vm, out, SEV_BLOCK, "has snapshots", evidence);
}

static void look_nested(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	if (vm->row->nested_hv == TRI_YES)
		check_hit(out, "nested virtualisation on", "not supported together with passthrough");
}

/* ---- the MMIO window --------------------------------------------------------------------------------------------- */

static const struct pci_row *backing_of(const struct lab_vm *vm, const struct vm_device *d)
{
	return vm->host ? backing_at(vm->host->row, d->bdf) : NULL;
}

/* By what the VM says, else by what its host does; 0 not known. */
static void ids_of(const struct lab_vm *vm, const struct vm_device *d, uint16_t *vendor, uint16_t *device)
{
	const struct pci_row *backing = backing_of(vm, d);
	*vendor = d->vendor_id ? d->vendor_id : backing ? backing->vendor_id : 0;
	*device = d->device_id ? d->device_id : backing ? backing->device_id : 0;
}

static void look_mmio(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	double sum = 0;
	mmio_sum_gib(lab, vm, &sum);
	const char *use = vm_extra(vm->row, MMIO_USE_KEY);
	const char *size = vm_extra(vm->row, MMIO_SIZE_KEY);
	int want = mmio_window_gb(sum);
	if (want == 0)
		return;
	if (!use || g_ascii_strcasecmp(use, "TRUE") != 0)
		check_hit(out, "64-bit MMIO not on", "its cards map %.0f GiB: pciPassthru.use64bitMMIO is %s",
			  sum, use ? use : "not set");
	else if (!size || g_ascii_strtoll(size, NULL, 10) < want)
		check_hit(out, "MMIO window too small", "%s GB set, %d GB needed: its cards map %.0f GiB",
			  size ? size : "nothing", want, sum);
}

static void look_cpuid(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	const char *set = vm_extra(vm->row, "hypervisor.cpuid.v0");
	for (int i = 0; i < vm->row->n_devices; i++) {
		uint16_t vendor, device;
		ids_of(vm, &vm->row->devices[i], &vendor, &device);
		const struct gpu_fact *fact = gpu_fact_find(vendor, device);
		if (!fact || strcmp(fact->arch, "gfx906") != 0 ||
		    (set && g_ascii_strcasecmp(set, "FALSE") == 0))
			continue;
		check_hit(out, "the hypervisor shows itself to the MI50's driver",
			  "hypervisor.cpuid.v0 is %s", set ? set : "not set");
		return;
	}
}

static void look_missing(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	for (int i = 0; i < vm->row->n_devices; i++) {
		const struct vm_device *d = &vm->row->devices[i];
		if (d->kind == VMDEV_FIXED && *d->bdf && !backing_at(vm->host->row, d->bdf))
			check_hit(out, "its device is not in the host", "%s has nothing at %s",
				  vm->host->shown, d->bdf);
	}
}

/* Tools that attach devices write a device id in decimal as well: "8756" may be 0x2234. */
static bool is_id(uint16_t told, uint16_t id)
{
	char digits[8];
	g_snprintf(digits, sizeof digits, "%x", told);
	return told == id ||
	       (strspn(digits, "0123456789") == strlen(digits) && g_ascii_strtoull(digits, NULL, 10) == id);
}

/* What is not told is no 0. */
static const char *id_text(uint16_t id, char buf[8])
{
	g_snprintf(buf, 8, id ? "%04x" : "-", id);
	return buf;
}

/* What the VM was given at an address, and what is there now: cards were swapped, or the addresses moved. */
static void look_ids(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_vm *vm = thing;
	for (int i = 0; i < vm->row->n_devices; i++) {
		char vendor[8], device[8];
		const struct vm_device *d = &vm->row->devices[i];
		const struct pci_row *card = backing_of(vm, d);
		if (d->kind != VMDEV_FIXED || !card || !card->vendor_id || !card->device_id)
			continue;
		if ((d->vendor_id && d->vendor_id != card->vendor_id) ||
		    (d->device_id && !is_id(d->device_id, card->device_id)))
			check_hit(out, "its device is another one in the host",
				  "the VM was given %s:%s at %s, where %s has %04x:%04x",
				  id_text(d->vendor_id, vendor), id_text(d->device_id, device), d->bdf,
				  vm->host->shown, card->vendor_id, card->device_id);
	}
}

const struct check check_vm_table[] = {
	{.id = "VM-EFI",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = mapped_cards,
	 .needs = {&firmware},
	 .look = look_firmware,
	 .fix = "EFI for a new VM; an installed guest must be able to boot by it"},
	{.id = "VM-MEMRES",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .needs = {&reservation},
	 .look = look_memory,
	 .fix = "reserve all of its memory, locked to its size"},
	{.id = "VM-HOTADD",
	 .severity = SEV_WARN,
	 .scope = THING_VM,
	 .needs = {&hot_add},
	 .look = look_hot_add,
	 .fix = "switch CPU and memory hot add off"},
	{.id = "VM-MMIO64",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = maps_cards,
	 .needs = {&window},
	 .look = look_mmio,
	 .fix = "set pciPassthru.use64bitMMIO and pciPassthru.64bitMMIOSizeGB"},
	{.id = "VM-SNAP-EXISTS",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = mapped_cards,
	 .needs = {&snapshots},
	 .look = look_snapshots,
	 .fix = "delete or consolidate its snapshots"},
	{.id = "VM-NESTED",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = maps_cards,
	 .needs = {&nested},
	 .look = look_nested,
	 .fix = "switch nested virtualisation off"},
	{.id = "VM-CPUID",
	 .severity = SEV_ADVICE,
	 .scope = THING_VM,
	 .applies = has_devices,
	 .needs = {&settings},
	 .look = look_cpuid,
	 .fix = "set hypervisor.cpuid.v0 to FALSE; if the driver fails, try without"},
	{.id = "VM-PT-MISSING",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = has_fixed,
	 .needs = {&host_devices},
	 .look = look_missing,
	 .fix = "point it to the card's new address"},
	{.id = "VM-PT-IDS",
	 .severity = SEV_BLOCK,
	 .scope = THING_VM,
	 .applies = has_fixed,
	 .needs = {&host_devices},
	 .look = look_ids,
	 .fix = "remove the device and add the card that is meant"},
	{NULL},
};
