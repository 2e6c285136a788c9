/* function.h - which device of a host is a virtual function of which card (SR-IOV).
 *
 * A function's routing id (bus, device, function as one number) is its card's plus "first VF offset" plus a multiple of
 * "VF stride" (PCI Express base specification, 9.3.3.9 and 9.3.3.10), so functions of one card run over onto bus numbers
 * behind its own, where no bridge leads. Linux says whose a function is (the link physfn) and, like the configuration
 * space, tells offset and stride. vSphere tells neither: how many functions a card has, and the bridge above a device.
 */
#ifndef LAB_FUNCTION_H
#define LAB_FUNCTION_H

#include "lab/rows.h"

/* Fills .physical of the devices of one host, where it is not told already: exactly where the card tells offset and
 * stride, else (GPUs only, marked .physical_guessed) by what fits. What was guessed before is forgotten first. */
void function_link(struct pci_row *pci, int n);

#endif
