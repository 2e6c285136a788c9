/* pci_bus.h - which cards sysfs shows, and where they sit: the guest's half of the join (design.md, slot).
 * Works below any root, as an ordinary user; libpci is not needed for this. */
#ifndef GPU_PCI_BUS_H
#define GPU_PCI_BUS_H

#include "backends/gpu/gpu.h"

/* Addresses of the devices of this vendor that are displays or accelerators, sorted; driver NULL: any. root is
 * "/sys" or a tree like it. Owned array of owned strings. */
GPtrArray *pci_bus_list(const char *root, unsigned vendor, const char *driver);

/* Fills what PCI alone tells: bdf, path, slot, ids, subsystem, driver, NUMA node, BARs; a virtual function whose
 * physical function is visible gets its kind, and that function's address as parent. False when it is not there. */
bool pci_bus_describe(const char *root, const char *bdf, struct gpu_info *out);

/* Every bridge from the root complex to the device, out of a resolved device path, joined by '/'. */
void pci_path_of(const char *resolved, char *out, gsize size);

/* True for "dddd:bb:dd.f" as sysfs spells it; a domain may have up to eight digits (VMD, some hypervisors). */
bool pci_is_address(const char *s, gsize len);

#endif
