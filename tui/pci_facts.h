/* pci_facts.h - all that is known of one PCI device, below the list that has no room for it. */
#ifndef TUI_PCI_FACTS_H
#define TUI_PCI_FACTS_H

#include "lab/lab.h"
#include "tui/canvas.h"

#define PCI_FACTS_ROWS 6 /* with the rule above */

/* The GPU's joined row of a device, or NULL when it is none. */
const struct lab_row *pci_gpu(const struct lab *lab, const struct pci_row *p);

void pci_draw_facts(const struct pci_row *p, const struct lab *lab, struct canvas *c, struct rect r);

#endif
