/* pci.c - every PCI device of the two hosts of the built-in lab, as one table. */
#include "config.h"
#include "backends/demo/post.h"

#include "lab/pci_class.h"

#include <string.h>

#define PCI_AMD    PCI_VENDOR_AMD
#define PCI_NVIDIA PCI_VENDOR_NVIDIA

enum passthru {
	NEVER,  /* bridges and what the host lives on */
	OFF,    /* could be passed through */
	ACTIVE, /* is */
	STALE,  /* was enabled, and the last boot did not make it active */
};

struct device_fact {
	enum demo_source host;
	const char *bdf, *parent;
	uint16_t vendor, device, subvendor, subdevice, class_id;
	const char *vendor_name, *name;
	int node;
	enum passthru passthru;
	const char *dependent;
};

#define MI50_NAME "Vega 20 [Radeon Pro VII/Radeon Instinct MI50 32GB]"
#define AMD_INC   "Advanced Micro Devices, Inc. [AMD]"
#define AMD_ATI   "Advanced Micro Devices, Inc. [AMD/ATI]"

static const struct device_fact facts[] = {
	/* esx01: two sockets of 16 cores; buses below 80 hang on the first */
	{DEMO_ESX01, "0000:00:00.0", "", 0x1022, 0x1480, 0x1022, 0x1480, 0x0600, AMD_INC,
	 "Starship/Matisse Root Complex", 0},
	{DEMO_ESX01, "0000:00:01.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 0},
	{DEMO_ESX01, "0000:00:03.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 0},
	{DEMO_ESX01, "0000:00:07.1", "", 0x1022, 0x1484, 0, 0, 0x0604, AMD_INC,
	 "Starship/Matisse Internal PCIe GPP Bridge 0 to bus[E:B]", 0},
	{DEMO_ESX01, "0000:00:14.3", "", 0x1022, 0x790e, 0x1022, 0x790e, 0x0601, AMD_INC, "FCH LPC Bridge",
	 0},
	{DEMO_ESX01, "0000:02:00.0", "0000:00:03.1", 0x1a03, 0x2000, 0x1a03, 0x2000, 0x0300,
	 "ASPEED Technology, Inc.", "ASPEED Graphics Family", 0},
	{DEMO_ESX01, "0000:03:00.0", "0000:00:01.1", PCI_AMD, 0x66a1, PCI_AMD, 0x0834, 0x0380, AMD_ATI,
	 MI50_NAME, 0, ACTIVE},
	{DEMO_ESX01, "0000:05:00.3", "0000:00:07.1", 0x1022, 0x148c, 0x1022, 0x148c, 0x0c03, AMD_INC,
	 "Starship USB 3.0 Host Controller", 0, OFF},
	{DEMO_ESX01, "0000:40:01.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 0},
	{DEMO_ESX01, "0000:40:03.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 0},
	{DEMO_ESX01, "0000:41:00.0", "0000:40:03.1", 0x8086, 0x1572, 0x8086, 0x0007, 0x0200,
	 "Intel Corporation", "Ethernet Controller X710 for 10GbE SFP+", 0, OFF, "0000:41:00.0"},
	{DEMO_ESX01, "0000:41:00.1", "0000:40:03.1", 0x8086, 0x1572, 0x8086, 0x0000, 0x0200,
	 "Intel Corporation", "Ethernet Controller X710 for 10GbE SFP+", 0, OFF, "0000:41:00.0"},
	{DEMO_ESX01, "0000:43:00.0", "0000:40:01.1", PCI_AMD, 0x66a1, PCI_AMD, 0x0834, 0x0380, AMD_ATI,
	 MI50_NAME, 0, ACTIVE},
	{DEMO_ESX01, "0000:80:01.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 1},
	{DEMO_ESX01, "0000:80:03.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 1},
	{DEMO_ESX01, "0000:81:00.0", "0000:80:03.1", 0x144d, 0xa808, 0x144d, 0xa801, 0x0108,
	 "Samsung Electronics Co Ltd", "NVMe SSD Controller SM981/PM981/PM983", 1, OFF},
	{DEMO_ESX01, "0000:83:00.0", "0000:80:01.1", PCI_AMD, 0x66a1, PCI_AMD, 0x0834, 0x0380, AMD_ATI,
	 MI50_NAME, 1, ACTIVE},
	{DEMO_ESX01, "0000:c0:01.1", "", 0x1022, 0x1483, 0, 0, 0x0604, AMD_INC, "Starship/Matisse GPP Bridge",
	 1},
	{DEMO_ESX01, "0000:c1:00.0", "0000:c0:01.1", 0x1022, 0x7901, 0x1022, 0x7901, 0x0106, AMD_INC,
	 "FCH SATA Controller [AHCI mode]", 1, OFF},
	{DEMO_ESX01, "0000:c3:00.0", "0000:c0:01.1", PCI_AMD, 0x66a1, PCI_AMD, 0x0834, 0x0380, AMD_ATI,
	 MI50_NAME, 1, ACTIVE},
	/* esx02 */
	{DEMO_ESX02, "0000:00:00.0", "", 0x8086, 0x09a2, 0x8086, 0x0000, 0x0880, "Intel Corporation",
	 "Ice Lake Memory Map/VT-d", 0},
	{DEMO_ESX02, "0000:00:14.0", "", 0x8086, 0xa1af, 0x1028, 0x0a6b, 0x0c03, "Intel Corporation",
	 "C620 Series Chipset Family USB 3.0 xHCI Controller", 0, OFF},
	{DEMO_ESX02, "0000:00:17.0", "", 0x8086, 0xa182, 0x1028, 0x0a6b, 0x0106, "Intel Corporation",
	 "C620 Series Chipset Family SATA Controller [AHCI mode]", 0, OFF},
	{DEMO_ESX02, "0000:00:1c.0", "", 0x8086, 0xa190, 0, 0, 0x0604, "Intel Corporation",
	 "C620 Series Chipset Family PCI Express Root Port #1", 0},
	{DEMO_ESX02, "0000:03:00.0", "0000:00:1c.0", 0x102b, 0x0536, 0x1028, 0x0a6b, 0x0300,
	 "Matrox Electronics Systems Ltd.", "Integrated Matrox G200eW3 Graphics Controller", 0},
	{DEMO_ESX02, "0000:16:02.0", "", 0x8086, 0x347a, 0, 0, 0x0604, "Intel Corporation",
	 "Ice Lake PCIe Root Port A", 0},
	{DEMO_ESX02, "0000:17:00.0", "0000:16:02.0", PCI_NVIDIA, 0x20b7, PCI_NVIDIA, 0x1532, 0x0302,
	 "NVIDIA Corporation", "GA100GL [A30 PCIe]", 0, ACTIVE},
	{DEMO_ESX02, "0000:30:02.0", "", 0x8086, 0x347a, 0, 0, 0x0604, "Intel Corporation",
	 "Ice Lake PCIe Root Port A", 0},
	{DEMO_ESX02, "0000:31:00.0", "0000:30:02.0", 0x14e4, 0x16d7, 0x14e4, 0x4146, 0x0200,
	 "Broadcom Inc. and subsidiaries", "BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller", 0, OFF,
	 "0000:31:00.0"},
	{DEMO_ESX02, "0000:31:00.1", "0000:30:02.0", 0x14e4, 0x16d7, 0x14e4, 0x4146, 0x0200,
	 "Broadcom Inc. and subsidiaries", "BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller", 0, OFF,
	 "0000:31:00.0"},
	{DEMO_ESX02, "0000:64:02.0", "", 0x8086, 0x347a, 0, 0, 0x0604, "Intel Corporation",
	 "Ice Lake PCIe Root Port A", 0},
	{DEMO_ESX02, "0000:65:00.0", "0000:64:02.0", PCI_NVIDIA, 0x2235, PCI_NVIDIA, 0x145a, 0x0302,
	 "NVIDIA Corporation", "GA102GL [A40]", 0, OFF},
	{DEMO_ESX02, "0000:b0:02.0", "", 0x8086, 0x347a, 0, 0, 0x0604, "Intel Corporation",
	 "Ice Lake PCIe Root Port A", 1},
	{DEMO_ESX02, "0000:b1:00.0", "0000:b0:02.0", PCI_NVIDIA, 0x20b7, PCI_NVIDIA, 0x1532, 0x0302,
	 "NVIDIA Corporation", "GA100GL [A30 PCIe]", 1, STALE},
};

static void set_passthru(struct pci_row *row, const struct world_device *d)
{
	row->pt_capable = tri_of(d->capable);
	row->pt_enabled = tri_of(d->enabled);
	row->pt_active = tri_of(d->active);
	row->pt_state = !d->capable               ? PT_UNAVAILABLE
			: d->enabled && d->active ? PT_ACTIVE
			: d->stale                ? PT_STALE
			: d->enabled              ? PT_ENABLE_PENDING
			: d->active               ? PT_DISABLE_PENDING
						  : PT_AVAILABLE;
	row->sriov_capable = row->sriov_enabled = row->sriov_active = TRI_NO;
}

static void fill_row(struct pci_row *row, const struct device_fact *f, const struct world_device *d)
{
	g_strlcpy(row->bdf, f->bdf, sizeof row->bdf);
	g_strlcpy(row->parent, f->parent, sizeof row->parent);
	g_strlcpy(row->dependent, f->dependent ? f->dependent : f->bdf, sizeof row->dependent);
	row->vendor_id = f->vendor;
	row->device_id = f->device;
	row->subvendor_id = f->subvendor;
	row->subdevice_id = f->subdevice;
	row->class_id = f->class_id;
	row->name = f->name;
	row->vendor_name = f->vendor_name;
	row->class_name = pci_class_name(f->class_id);
	row->numa_node = num_of(f->node);
	row->hardware_label = row->vgpu_mode = "";
	row->driver = row->iommu_group = row->reset_method = "";
	set_passthru(row, d);
	if (f->class_id >> 8 == 0x03)
		row->graphics = f->passthru == NEVER ? GRAPHICS_BASIC : GRAPHICS_DIRECT;
}

struct pci_row *demo_pci_rows(struct box *box, const struct world *w, enum demo_source host, int *n_out)
{
	struct pci_row *rows = box_array0(box, struct pci_row, G_N_ELEMENTS(facts));
	int n = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		if (facts[i].host == host)
			fill_row(&rows[n++], &facts[i], world_device(w, host, facts[i].bdf));
	*n_out = n;
	return rows;
}

void demo_begin_devices(GArray *devices)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		const struct device_fact *f = &facts[i];
		const struct world_device d = {.host = f->host,
					       .bdf = f->bdf,
					       .capable = f->passthru != NEVER,
					       .enabled = f->passthru == ACTIVE || f->passthru == STALE,
					       .active = f->passthru == ACTIVE,
					       .stale = f->passthru == STALE};
		g_array_append_val(devices, d);
	}
}

void demo_device_ids(enum demo_source host, const char *bdf, uint16_t *vendor, uint16_t *device)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		if (facts[i].host == host && strcmp(facts[i].bdf, bdf) == 0) {
			*vendor = facts[i].vendor;
			*device = facts[i].device;
		}
}
