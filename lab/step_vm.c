/* step_vm.c - what can be changed of a VM (vsphere.md 4.3 to 4.9). Pure: reads rows, changes nothing. */
#include "config.h"
#include "lab/step_tables.h"

#include <string.h>

#define PHASE_VM_STOP     20
#define PHASE_VM_CLEAR    60 /* what is in the way of the settings */
#define PHASE_VM_SETTINGS 70
#define PHASE_VM_DEVICES  80
#define PHASE_VM_START    90

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool read_power(const struct step *s, const struct seen *seen, GString *value)
{
	const char *word = vm_power_names[seen->vm->power];
	if (word)
		g_string_append(value, word);
	return word != NULL;
}

static bool read_firmware(const struct step *s, const struct seen *seen, GString *value)
{
	const char *word = vm_firmware_names[seen->vm->firmware];
	if (word)
		g_string_append(value, word);
	return word != NULL;
}

/* "all": reserved whole and locked to its size; else what is reserved, "4096 MB". */
static bool read_reservation(const struct step *s, const struct seen *seen, GString *value)
{
	const struct vm_row *vm = seen->vm;
	if (!num_known(vm->memory_mb) || !num_known(vm->memory_reserved_mb))
		return false;
	if (vm->memory_locked == TRI_YES && vm->memory_reserved_mb.v >= vm->memory_mb.v)
		g_string_append(value, "all");
	else
		g_string_append_printf(value, "%.0f MB", vm->memory_reserved_mb.v);
	return true;
}

static bool read_tri(enum tri t, GString *value)
{
	if (t != TRI_UNKNOWN)
		g_string_append(value, t == TRI_YES ? "on" : "off");
	return t != TRI_UNKNOWN;
}

static bool read_cpu_hot_add(const struct step *s, const struct seen *seen, GString *value)
{
	return read_tri(seen->vm->cpu_hot_add, value);
}

static bool read_memory_hot_add(const struct step *s, const struct seen *seen, GString *value)
{
	return read_tri(seen->vm->memory_hot_add, value);
}

static bool read_nested(const struct step *s, const struct seen *seen, GString *value)
{
	return read_tri(seen->vm->nested_hv, value);
}

static bool read_number(struct num n, GString *value)
{
	if (num_known(n))
		g_string_append_printf(value, "%.0f", n.v);
	return num_known(n);
}

static bool read_vcpus(const struct step *s, const struct seen *seen, GString *value)
{
	return read_number(seen->vm->vcpus, value);
}

static bool read_snapshots(const struct step *s, const struct seen *seen, GString *value)
{
	return read_number(seen->vm->snapshots, value);
}

/* "" is not set: so vSphere takes a key away. TRUE and FALSE are compared without case, as vSphere does. */
static bool read_extra(const struct step *s, const struct seen *seen, GString *value)
{
	const char *set = vm_extra(seen->vm, s->key);
	if (!seen->vm->settings_read)
		return false;
	if (set && (g_ascii_strcasecmp(set, "TRUE") == 0 || g_ascii_strcasecmp(set, "FALSE") == 0))
		g_string_append(value, g_ascii_strcasecmp(set, "TRUE") == 0 ? "TRUE" : "FALSE");
	else if (set)
		g_string_append(value, set);
	return true;
}

static void word_extra(const char *value, GString *out)
{
	g_string_append(out, *value ? value : "not set");
}

static const struct vm_device *fixed_device(const struct vm_row *vm, const char *bdf)
{
	for (int i = 0; i < vm->n_devices; i++)
		if (vm->devices[i].kind == VMDEV_FIXED && strcmp(vm->devices[i].bdf, bdf) == 0)
			return &vm->devices[i];
	return NULL;
}

static bool read_pci_device(const struct step *s, const struct seen *seen, GString *value)
{
	if (!seen->vm->settings_read)
		return false;
	g_string_append(value, fixed_device(seen->vm, s->key) ? "attached" : "detached");
	return true;
}

/* ---- what stands in the way -------------------------------------------------------------------------------------- */

/* A shutdown is asked of the guest: without running tools nobody hears it. */
static enum verdict may_shut_down(const struct step *s, const struct seen *seen, GString *why)
{
	if (seen->vm->tools == TOOLS_RUNNING)
		return V_READY;
	g_string_append_printf(why,
			       "VMware Tools are not running in %s: shut the guest down by hand, or "
			       "power it off",
			       s->target.name);
	return seen->vm->tools == TOOLS_UNKNOWN ? V_UNKNOWN : V_BLOCKED;
}

static enum verdict may_power_on(const struct step *s, const struct seen *seen, GString *why)
{
	if (seen->vm->is_template == TRI_YES) {
		g_string_append_printf(why, "%s is a template", s->target.name);
		return V_BLOCKED;
	}
	return V_READY;
}

static const struct step_need off[] = {
	{"vm.power-on", "off", "it must be powered off"},
	{NULL},
};

static const struct step_need off_without_snapshots[] = {
	{"vm.power-on", "off", "it must be powered off"},
	{"vm.remove-snapshots", "0", "it has snapshots, which passthrough does not allow",
	 .want = "attached"},
	{NULL},
};

#define SETTING .scope = THING_VM, .phase = PHASE_VM_SETTINGS, .needs = off, .usual_s = 2, .patience_s = 60

const struct step_ops step_vm_table[] = {
	{.name = "vm.shutdown",
	 .title = "Shut down guest",
	 .scope = THING_VM,
	 .effect = EFFECT_VM_OFF,
	 .phase = PHASE_VM_STOP,
	 .inverse = "vm.power-on",
	 .usual_s = 30,
	 .patience_s = 300, /* OPS-REBOOT-VMS */
	 .read = read_power,
	 .may = may_shut_down},
	{.name = "vm.power-off",
	 .title = "Power off",
	 .scope = THING_VM,
	 .effect = EFFECT_DATA_LOSS,
	 .phase = PHASE_VM_STOP,
	 .inverse = "vm.power-on",
	 .usual_s = 5,
	 .patience_s = 60,
	 .read = read_power},
	{.name = "vm.remove-snapshots",
	 .title = "Delete all snapshots",
	 .scope = THING_VM,
	 .effect = EFFECT_DATA_LOSS,
	 .phase = PHASE_VM_CLEAR,
	 .usual_s = 60,
	 .patience_s = 3600,
	 .read = read_snapshots},
	{.name = "vm.firmware",
	 .title = "Firmware",
	 SETTING,
	 .inverse = "vm.firmware",
	 .read = read_firmware},
	{.name = "vm.reserve-all-memory",
	 .title = "Reserve all guest memory",
	 SETTING,
	 .inverse = "vm.reserve-all-memory",
	 .read = read_reservation},
	{.name = "vm.cpu-hot-add",
	 .title = "CPU hot add",
	 SETTING,
	 .inverse = "vm.cpu-hot-add",
	 .read = read_cpu_hot_add},
	{.name = "vm.memory-hot-add",
	 .title = "Memory hot plug",
	 SETTING,
	 .inverse = "vm.memory-hot-add",
	 .read = read_memory_hot_add},
	{.name = "vm.nested-hv",
	 .title = "Hardware-assisted virtualization",
	 SETTING,
	 .inverse = "vm.nested-hv",
	 .read = read_nested},
	{.name = "vm.vcpus", .title = "vCPUs", SETTING, .inverse = "vm.vcpus", .read = read_vcpus},
	{.name = "vm.extra-config",
	 .title = "Advanced configuration",
	 SETTING,
	 .inverse = "vm.extra-config",
	 .read = read_extra,
	 .word = word_extra},
	{.name = "vm.pci-device",
	 .title = "PCI device",
	 .scope = THING_VM,
	 .phase = PHASE_VM_DEVICES,
	 .needs = off_without_snapshots,
	 .inverse = "vm.pci-device",
	 .usual_s = 3,
	 .patience_s = 60,
	 .read = read_pci_device},
	{.name = "vm.power-on",
	 .title = "Power on",
	 .scope = THING_VM,
	 .phase = PHASE_VM_START,
	 .inverse = "vm.shutdown",
	 .usual_s = 15,
	 .patience_s = 120,
	 .read = read_power,
	 .may = may_power_on},
	{NULL},
};
