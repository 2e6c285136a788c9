/* caps.c - decoding of PCI capabilities. Register offsets are those of the PCI Express base specification; each is
 * named by libpci's header where it has a name. */
#include "config.h"
#include "backends/pci/caps.h"

#include <pci/pci.h>

#define MIB (1024.0 * 1024.0)

/* The 64 standard bytes are open to all; the first capability byte behind them only to root. */
static bool space_is_open(struct pci_dev *d)
{
	u8 bytes[4];
	return pci_read_block(d, 0x40, bytes, sizeof bytes) != 0;
}

static struct pci_cap *find(struct pci_dev *d, unsigned id, unsigned type)
{
	return pci_find_cap(d, id, type);
}

/* A lost device reads all ones: generation 15, width 63. */
static struct num plausible(unsigned v, unsigned max)
{
	return v >= 1 && v <= max ? num_of(v) : num_none(NUM_UNKNOWN);
}

static void read_link(struct pci_dev *d, struct pci_row *row)
{
	struct pci_cap *cap = find(d, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
	if (!cap)
		return;
	u32 can = pci_read_long(d, cap->addr + PCI_EXP_LNKCAP);
	u16 is = pci_read_word(d, cap->addr + PCI_EXP_LNKSTA);
	row->link.max_gen = plausible(can & PCI_EXP_LNKCAP_SPEED, 7);
	row->link.max_width = plausible((can & PCI_EXP_LNKCAP_WIDTH) >> 4, 32);
	row->link.gen = plausible(is & PCI_EXP_LNKSTA_SPEED, 7);
	row->link.width = plausible((is & PCI_EXP_LNKSTA_WIDTH) >> 4, 32);
}

#define COMPLETES      (PCI_EXP_DEVCAP2_32BIT_ATOMICOP_COMP | PCI_EXP_DEVCAP2_64BIT_ATOMICOP_COMP)
#define EGRESS_BLOCKED 0x80 /* DEVCTL2: AtomicOp egress blocking */

/* Whether AtomicOps reach the root: every switch on the way must route, no port may block, the root port completes
 * 32 and 64 bit. gfx9 does without, later AMD chips do not (gpu-telemetry notes of the amdkfd driver). */
static enum tri atomics_reach_root(struct pci_dev *d)
{
	bool endpoint = true;
	for (struct pci_dev *up = d->parent; up; up = up->parent, endpoint = false) {
		struct pci_cap *cap = find(up, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
		if (!cap)
			return endpoint ? TRI_UNKNOWN : TRI_NO;
		u32 can = pci_read_long(up, cap->addr + PCI_EXP_DEVCAP2);
		u16 control = pci_read_word(up, cap->addr + PCI_EXP_DEVCTL2);
		unsigned type = (pci_read_word(up, cap->addr + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_TYPE) >> 4;
		if (control & EGRESS_BLOCKED)
			return TRI_NO;
		if (type == PCI_EXP_TYPE_ROOT_PORT)
			return tri_of((can & COMPLETES) == COMPLETES);
		if (!(can & PCI_EXP_DEVCAP2_ATOMICOP_ROUTING))
			return TRI_NO;
	}
	return TRI_UNKNOWN;
}

/* The largest size that BAR 0, or the first resizable one, may take. */
static void read_rebar(struct pci_dev *d, struct pci_row *row)
{
	struct pci_cap *cap = find(d, 0x15, PCI_CAP_EXTENDED);
	row->rebar = tri_of(cap != NULL);
	if (!cap)
		return;
	u32 sizes = pci_read_long(d, cap->addr + 4) >> 4; /* bit n: 2^n MiB */
	for (int n = 27; n >= 0; n--) {
		if (sizes & (1u << n)) {
			row->rebar_max_bytes = num_of(MIB * (double)(1u << n));
			return;
		}
	}
}

static void read_sriov(struct pci_dev *d, struct pci_row *row)
{
	struct pci_cap *cap = find(d, PCI_EXT_CAP_ID_SRIOV, PCI_CAP_EXTENDED);
	row->sriov_capable = tri_of(cap != NULL);
	if (!cap)
		return;
	row->sriov_max = num_of(pci_read_word(d, cap->addr + PCI_IOV_TOTALVF));
	row->sriov_vfs = num_of(pci_read_word(d, cap->addr + PCI_IOV_NUMVF));
	row->sriov_offset = num_of(pci_read_word(d, cap->addr + PCI_IOV_OFFSET));
	row->sriov_stride = num_of(pci_read_word(d, cap->addr + PCI_IOV_STRIDE));
	row->sriov_active = tri_of(row->sriov_vfs.v > 0);
	row->sriov_enabled = row->sriov_active;
}

void caps_read(struct pci_dev *d, struct pci_row *row)
{
	if (!space_is_open(d)) {
		row->needs_root = true;
		return;
	}
	read_link(d, row);
	row->atomics = atomics_reach_root(d);
	row->acs = tri_of(find(d, PCI_EXT_CAP_ID_ACS, PCI_CAP_EXTENDED) != NULL);
	row->aer = tri_of(find(d, PCI_EXT_CAP_ID_AER, PCI_CAP_EXTENDED) != NULL);
	read_rebar(d, row);
	read_sriov(d, row);
}
