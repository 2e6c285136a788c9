/* backing.h - which device of a host stands behind a VM's passthrough device. */
#ifndef LAB_BACKING_H
#define LAB_BACKING_H

#include "lab/lab.h"

/* A GPU for work: a display or accelerator class of a maker of such. The host's own console is none. */
bool backing_is_gpu(const struct pci_row *device);

/* The device at an address, or NULL. */
const struct pci_row *backing_at(const struct host_row *host, const char *bdf);

/* For a virtual function: the card it is cut from; NULL when device is a card itself. */
const struct pci_row *backing_physical(const struct host_row *host, const struct pci_row *device);

/* Whether a VM's device belongs in the table of GPUs: yes unless it is known to be something else. */
bool backing_wants_row(const struct vm_device *d, const struct pci_row *backing);

/* What stands behind the devices of VMs. */
struct backings {
	GHashTable *
		device; /* struct vm_device * -> struct pci_row *, where it is known or follows by elimination */
	GHashTable *guessed; /* set of struct vm_device *: those by elimination */
};

/* For all devices of the VMs (struct lab_vm *). */
void backing_resolve(struct backings *b, const GPtrArray *vms);
void backing_clear(struct backings *b);

#endif
