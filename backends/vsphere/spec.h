/* spec.h - what is sent to change something, as data in and XML out, in the order of the schema (vsphere.md 2).
 *
 * A server reads the elements of a request in their order and wants xsi:type wherever the declared type has descendants; a
 * wrong order is no fault that names itself. So the order stands in one table, and nothing else writes these elements.
 */
#ifndef BACKENDS_VSPHERE_SPEC_H
#define BACKENDS_VSPHERE_SPEC_H

#include "backends/vsphere/soap.h"
#include "lab/num.h"

/* A fixed passthrough device as the server names it: ids and addresses in its own spelling, sent back unchanged. */
struct spec_device {
	bool remove;
	int32_t key;      /* remove: the server's; add: negative, another one for each device of a request */
	const char *name; /* deviceName, may be "" */
	const char *id;   /* of the host: "0000:21:00.0" */
	const char *device_id; /* hexadecimal digits: spec_device_id() */
	const char *system_id; /* of QueryConfigTarget: no property of the host tells it */
	const char *vendor_id; /* xsd:short as read: "-32634" is 0x8086 */
};

/* What ReconfigVM changes: only what is set is sent. */
struct vm_spec {
	const char *
		change_version; /* as read: somebody else's change meanwhile is ConcurrentAccess and not overwritten */
	struct num vcpus;
	enum tri memory_hot_add, cpu_hot_add;
	const struct spec_device *devices;
	int n_devices;
	struct num reservation_mb;
	const char *key, *value; /* extraConfig; value "" takes the key away */
	const char *firmware;    /* "efi", "bios" */
	enum tri memory_locked, nested_hv;
};

/* The elements that are sent of a VirtualMachineConfigSpec, in the schema's order; ends with NULL. */
extern const char *const vm_spec_order[];

/* <spec>…</spec> */
void spec_vm(GString *out, const struct vm_spec *spec);

/* One <config> of UpdatePassthruConfig. apply_now: TRI_UNKNOWN sends none, as versions before 7.0 want. */
void spec_passthru(GString *out, const char *id, bool enabled, enum tri apply_now);

/* The backing's deviceId of a PCI device id that was read as xsd:short or xsd:int: 16 bits, lower case hexadecimal. In
 * buf. */
const char *spec_device_id(const char *number, char buf[5]);

#endif
