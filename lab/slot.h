/* slot.h - where a VM's pciSlotNumber puts a device in the guest's PCI tree.
 *
 * Source: Broadcom article 311606 (formerly KB 2047927). The number is FFF.BBBBB.DDDDD in bits. BBBBB 0: primary bus,
 * device DDDDD. Else: device DDDDD behind bridge number BBBBB-1, whose own place its extraConfig number
 * pciBridge<N>.pciSlotNumber tells in the same way, with FFF as its function.
 */
#ifndef LAB_SLOT_H
#define LAB_SLOT_H

#include "lab/rows.h"

#define SLOT_DEPTH 8 /* bridges above each other; more is a loop */

struct slot_path {
	int n;
	struct {
		uint8_t device, function;
	} hop[SLOT_DEPTH + 1]; /* from the root; the last is the device itself */
};

/* Decodes number with the bridges that vm's extraConfig names. False when a bridge is missing or loops. */
bool slot_decode(const struct vm_row *vm, int number, struct slot_path *out);

/* Whether a guest's resolved path ("0000:00:16.1/0000:0b:00.0") is this place. Bus numbers are the guest's own
 * affair and are not looked at. */
bool slot_is_path(const struct slot_path *path, const char *guest_path);

/* "bridge 00:16.1", "bridges 00:15.0, 00.1" or "00:15.0", into out. */
void slot_describe(const struct slot_path *path, char *out, size_t size);

#endif
