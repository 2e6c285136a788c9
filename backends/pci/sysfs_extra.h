/* sysfs_extra.h - what sysfs tells about a PCI function and libpci does not. */
#ifndef BACKENDS_PCI_SYSFS_EXTRA_H
#define BACKENDS_PCI_SYSFS_EXTRA_H

#include "lab/rows.h"

/* Adds link status (where configuration space was closed), reset method and AER counters to row, from the device's
 * directory below root ("/sys"). Files that are missing leave the fields unknown. */
void sysfs_extra_read(const char *root, struct box *box, struct pci_row *row);

/* "16.0 GT/s PCIe" -> 4; 0 when it is no known speed. */
int sysfs_link_gen(const char *speed);

/* Number of processors in a list such as "0-15,32-47"; -1 when malformed. */
int sysfs_cpulist_count(const char *list);

/* Reads a small file below root, at most 4 KiB, trailing white space stripped; NULL when it cannot be read. */
char *sysfs_slurp(const char *root, const char *relative);

#endif
