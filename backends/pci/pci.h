/* pci.h - this machine's PCI devices through libpci: what `labtop pci` prints and the Hosts view shows of the machine
 * that the console runs on. */
#ifndef BACKENDS_PCI_PCI_H
#define BACKENDS_PCI_PCI_H

#include "lab/error.h"
#include "lab/rows.h"

/* Where to look; zeroed: this machine. */
struct pci_place {
	const char *sysfs_root; /* in place of /sys, for tests and containers; NULL: /sys */
	const char *
		dump; /* a file made by `lspci -D -xxxx` as root; NULL: none. No sizes, drivers or NUMA then */
};

/* Reads every device, sorted by address, into rows that live in the box. LAB_ERR_SYSTEM with libpci's words on failure.
 * Blocks for some milliseconds; may be called from any thread, one at a time. */
bool pci_read_all(const struct pci_place *place, struct box *box, struct pci_row **out, int *n,
		  GError **error);

/* This machine as a host row with its devices, in the box. NULL and LAB_ERR_SYSTEM on failure. */
const struct host_row *pci_read_host(const struct pci_place *place, struct box *box, const char *source,
				     GError **error);

#endif
