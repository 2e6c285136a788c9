/* vm_facts.h - a VM's settings against what a GPU VM needs, as a table; the views show it, the rules of the doctor and
 * the wizards come on top. */
#ifndef TUI_VM_FACTS_H
#define TUI_VM_FACTS_H

#include "lab/lab.h"

#include <stddef.h>

enum vm_setting {
	VMSET_FIRMWARE,
	VMSET_RESERVATION,
	VMSET_CPU_HOT_ADD,
	VMSET_MEM_HOT_ADD,
	VMSET_MMIO,
	VMSET_MMIO_SIZE,
	VMSET_CPUID,
	VMSET_NESTED,
	VMSET_SNAPSHOTS,
	VMSET_COUNT
};

enum verdict_of {
	VERDICT_UNKNOWN,
	VERDICT_GOOD,
	VERDICT_WRONG,
	VERDICT_MOOT /* the VM has no GPU: nothing is needed */
};

struct vm_setting_info {
	const char *name;  /* as vSphere calls it */
	const char *wants; /* what a GPU VM needs */
	const char *why;
};
extern const struct vm_setting_info vm_setting_info[VMSET_COUNT];

/* What it is now, in words, and whether that will do. */
enum verdict_of vm_setting_now(const struct lab_vm *vm, enum vm_setting setting, char *out, size_t size);

/* Settings that are wrong; unknown ones do not count. */
int vm_count_wrong(const struct lab_vm *vm);

/* True when it has passthrough devices or settings that only make sense with them. */
bool vm_is_about_gpus(const struct lab_vm *vm);

/* "4 × MI50", "A30", "grid_a40-8q", "-". */
void vm_describe_devices(const struct lab_vm *vm, const struct lab *lab, char *out, size_t size);

/* The guest that was matched with it, or NULL. */
const struct lab_guest *vm_guest(const struct lab *lab, const struct lab_vm *vm);

#endif
