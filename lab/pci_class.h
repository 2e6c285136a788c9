/* pci_class.h - what a PCI device is, by the number that it tells of itself. */
#ifndef LAB_PCI_CLASS_H
#define LAB_PCI_CLASS_H

#include <stdint.h>

/* Base class and subclass in the words of pci.ids ("3D controller"); of a subclass that is not known here the base class's
 * ("Display controller"); "" where not even that is known. */
const char *pci_class_name(uint16_t class_id);

#endif
