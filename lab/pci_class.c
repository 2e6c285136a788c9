/* pci_class.c - names of classes for sources that tell only the number: vSphere before API 8.0.3, the built-in lab. After
 * the PCI Code and ID Assignment Specification; words as pci.ids has them, so that hosts read like this machine. */
#include "config.h"
#include "lab/pci_class.h"

#include <glib.h>

#define ANY_SUBCLASS 0x80 /* "other": stands for subclasses that are not listed */

static const struct {
	uint16_t id;
	const char *name;
} names[] = {
	{0x0000, "Non-VGA unclassified device"},
	{0x0001, "VGA compatible unclassified device"},
	{0x0100, "SCSI storage controller"},
	{0x0101, "IDE interface"},
	{0x0104, "RAID bus controller"},
	{0x0105, "ATA controller"},
	{0x0106, "SATA controller"},
	{0x0107, "Serial Attached SCSI controller"},
	{0x0108, "Non-Volatile memory controller"},
	{0x0180, "Mass storage controller"},
	{0x0200, "Ethernet controller"},
	{0x0207, "Infiniband controller"},
	{0x0208, "Fabric controller"},
	{0x0280, "Network controller"},
	{0x0300, "VGA compatible controller"},
	{0x0302, "3D controller"},
	{0x0380, "Display controller"},
	{0x0401, "Multimedia audio controller"},
	{0x0403, "Audio device"},
	{0x0480, "Multimedia controller"},
	{0x0500, "RAM memory"},
	{0x0580, "Memory controller"},
	{0x0600, "Host bridge"},
	{0x0601, "ISA bridge"},
	{0x0604, "PCI bridge"},
	{0x060a, "InfiniBand to PCI host bridge"},
	{0x0680, "Bridge"},
	{0x0700, "Serial controller"},
	{0x0703, "Modem"},
	{0x0780, "Communication controller"},
	{0x0800, "PIC"},
	{0x0801, "DMA controller"},
	{0x0802, "Timer"},
	{0x0803, "RTC"},
	{0x0804, "PCI Hot-plug controller"},
	{0x0805, "SD Host controller"},
	{0x0806, "IOMMU"},
	{0x0807, "Root Complex Event Collector"},
	{0x0880, "System peripheral"},
	{0x0980, "Input device controller"},
	{0x0a80, "Docking station"},
	{0x0b40, "Co-processor"},
	{0x0b80, "Processor"},
	{0x0c00, "FireWire (IEEE 1394)"},
	{0x0c03, "USB controller"},
	{0x0c04, "Fibre Channel"},
	{0x0c05, "SMBus"},
	{0x0c06, "InfiniBand"},
	{0x0c07, "IPMI Interface"},
	{0x0c80, "Serial bus controller"},
	{0x0d80, "Wireless controller"},
	{0x0e80, "Intelligent controller"},
	{0x0f80, "Satellite communications controller"},
	{0x1000, "Network and computing encryption device"},
	{0x1080, "Encryption controller"},
	{0x1101, "Performance counters"},
	{0x1180, "Signal processing controller"},
	{0x1200, "Processing accelerators"},
	{0x1280, "Processing accelerators"},
	{0x1380, "Non-Essential Instrumentation"},
	{0x4080, "Coprocessor"},
	{0xff80, "Unassigned class"},
};

static const char *name_of(uint16_t id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].id == id)
			return names[i].name;
	return NULL;
}

const char *pci_class_name(uint16_t class_id)
{
	const char *name = name_of(class_id);
	if (!name)
		name = name_of((uint16_t)((class_id & 0xff00) | ANY_SUBCLASS));
	return name ? name : "";
}
