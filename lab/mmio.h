/* mmio.h - how large the 64-bit MMIO window of a GPU VM has to be (rules.md 1.1). Pure arithmetic. */
#ifndef LAB_MMIO_H
#define LAB_MMIO_H

#include "lab/lab.h"

/* The keys of a VM's advanced configuration. */
#define MMIO_USE_KEY  "pciPassthru.use64bitMMIO"
#define MMIO_SIZE_KEY "pciPassthru.64bitMMIOSizeGB"

/* The window in GB for cards whose large BARs add up to sum_gib: the smallest power of two above it, for small BARs stand
 * beside the large ones. 0: below 16 GiB none is needed. */
int mmio_window_gb(double sum_gib);

/* The same from a failed power-on: vmware.log's "total number of pages needed (N)", pages of 4 KiB. */
int mmio_window_gb_of_pages(uint64_t pages);

/* What a VM's key says: whole GB, a power of two, no unit; 0 when it is none of that. */
int mmio_size_gb(const char *text);

/* The large BAR in GiB of a card that a VM has: as its guest sees it, else by its ids, the largest that is sold under
 * them. 0: needs no window. -1: not known. backing may be NULL. */
double mmio_bar_gib(const struct lab *lab, const struct vm_device *d, const struct pci_row *backing);
/* The same of a host's card that no VM has yet. */
double mmio_card_gib(const struct pci_row *card);

/* Of all cards of a VM; false when one of them is not known. */
bool mmio_sum_gib(const struct lab *lab, const struct lab_vm *vm, double *sum);

#endif
