/* pair.h - which GPU of a guest is which passthrough device of its VM. Plain arithmetic over rows. */
#ifndef LAB_PAIR_H
#define LAB_PAIR_H

#include "lab/lab.h"

struct pair {
	const struct vm_device *device;
	const struct pci_row *backing; /* the host's device behind it, or NULL when not known */
	/* answer */
	int card; /* index into cards, -1 none */
	enum row_match match;
	bool refused; /* the place agrees and the ids do not */
	char why[96];
};

/* Fills the answers. Best evidence first: the slot number's place in the guest's tree, the guest's own slot name, ids
 * with equal counts in order ("order"), and what is left in order ("guess"). */
void pair_devices(const struct vm_row *vm, struct pair *pairs, int n_pairs,
		  const struct gpu_row *const *cards, int n_cards);

#endif
