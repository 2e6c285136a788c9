/* vm_facts.h - a VM's settings as they are, against what a GPU VM needs. Whether a setting will do is not decided here:
 * the model's checks say so, and the views look their findings up. */
#ifndef TUI_VM_FACTS_H
#define TUI_VM_FACTS_H

#include "lab/lab.h"

#include <stddef.h>

enum vm_setting {
	VMSET_FIRMWARE,
	VMSET_RESERVATION,
	VMSET_HOT_ADD,
	VMSET_MMIO,
	VMSET_MMIO_SIZE,
	VMSET_CPUID,
	VMSET_NESTED,
	VMSET_SNAPSHOTS,
	VMSET_COUNT
};

enum setting_verdict {
	VERDICT_UNKNOWN,
	VERDICT_GOOD,
	VERDICT_WRONG,
	VERDICT_MOOT, /* the VM has nothing to do with GPUs */
};

struct vm_setting_info {
	const char *name;  /* as vSphere calls it */
	const char *rule;  /* the check that looks at it */
	const char *wants; /* what a GPU VM needs */
	const char *why;
};
extern const struct vm_setting_info vm_setting_info[VMSET_COUNT];

/* What it is now, in words ("-" not known), and what the model's check says about it. */
enum setting_verdict vm_setting_now(const struct lab *lab, const struct lab_vm *vm, enum vm_setting setting,
				    char *out, size_t size);

/* How bad the worst is that was found of the VM or its cards; 0 nothing. worst_findings: lab_worst_findings(). */
int vm_severity(const struct lab *lab, const struct lab_vm *vm, GHashTable *worst_findings);

/* True when it has passthrough devices or settings that only make sense with them. */
bool vm_is_about_gpus(const struct lab_vm *vm);

/* What the VM has, pinned or not. */
struct num vm_memory_bytes(const struct vm_row *vm);

/* "4 × MI50", "A30", "grid_a40-8q", "-". */
void vm_describe_devices(const struct lab_vm *vm, const struct lab *lab, char *out, size_t size);

/* The guest that was matched with it, or NULL. */
const struct lab_guest *vm_guest(const struct lab *lab, const struct lab_vm *vm);

#endif
