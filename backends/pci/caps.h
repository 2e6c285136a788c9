/* caps.h - what a function's PCI configuration space tells: link, AtomicOps, Resizable BAR, ACS, AER, SR-IOV. */
#ifndef BACKENDS_PCI_CAPS_H
#define BACKENDS_PCI_CAPS_H

#include "lab/rows.h"

struct pci_dev;

/* Fills the capability fields of row from the configuration space of d. Where the space beyond the 64 bytes that
 * everybody may read is closed, row->needs_root is set and those fields stay unknown. */
void caps_read(struct pci_dev *d, struct pci_row *row);

#endif
