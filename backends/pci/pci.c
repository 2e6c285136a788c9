/* pci.c - the scan: libpci's list of devices as rows. */
#include "config.h"
#include "backends/pci/pci.h"

#include "backends/pci/caps.h"
#include "backends/pci/sysfs_extra.h"
#include "lab/bdf.h"
#include "lab/function.h"

#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES_CAP 4096 /* more functions than any machine has; a hostile tree ends here */

/* libpci's own error handler calls exit(1), and it expects that a handler does not return. */
static __thread jmp_buf escape;
static __thread char complaint[256];

static void on_error(char *format, ...) G_GNUC_PRINTF(1, 2) G_GNUC_NORETURN;
static void on_error(char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_vsnprintf(complaint, sizeof complaint, format, args);
	va_end(args);
	longjmp(escape, 1);
}

/* Warnings are about single files that cannot be read: the fields stay unknown, which says the same. */
static void on_warning(char *format, ...) G_GNUC_PRINTF(1, 2);
static void on_warning(char *format, ...)
{
}

static void on_debug(char *format, ...) G_GNUC_PRINTF(1, 2);
static void on_debug(char *format, ...)
{
}

static void set_param(struct pci_access *access, const char *name, const char *value)
{
	char key[32];
	g_strlcpy(key, name, sizeof key);
	g_autofree char *copy = g_strdup(value); /* libpci keeps a copy of its own, but takes no const */
	pci_set_param(access, key, copy);
}

static struct pci_access *open_access(const struct pci_place *place)
{
	struct pci_access *access = pci_alloc();
	access->error = on_error;
	access->warning = on_warning;
	access->debug = on_debug;
	if (place->dump) {
		access->method = PCI_ACCESS_DUMP;
		set_param(access, "dump.name", place->dump);
	} else {
		g_autofree char *path =
			g_build_filename(place->sysfs_root ? place->sysfs_root : "/sys", "bus/pci", NULL);
		access->method = PCI_ACCESS_SYS_BUS_PCI;
		set_param(access, "sysfs.path", path);
	}
	return access;
}

static void format_bdf(const struct pci_dev *d, char out[BDF_SIZE])
{
	bdf_make((uint32_t)d->domain, d->bus << 8 | (d->dev & 0x1fu) << 3 | (d->func & 7u), out);
}

static const char *look_up(struct pci_access *access, struct box *box, int what, const struct pci_dev *d)
{
	char name[256];
	const char *got = NULL;
	switch (what) {
	case PCI_LOOKUP_CLASS:
		got = pci_lookup_name(access, name, sizeof name, what, d->device_class);
		break;
	case PCI_LOOKUP_VENDOR:
		got = pci_lookup_name(access, name, sizeof name, what, d->vendor_id);
		break;
	default:
		got = pci_lookup_name(access, name, sizeof name, what, d->vendor_id, d->device_id);
	}
	return box_text(box, got, -1);
}

/* BARs with their sizes; the address of a BAR carries its type in the low bits. Dumps tell no sizes. */
static void read_bars(struct box *box, const struct pci_dev *d, struct pci_row *row)
{
	bool sizes = d->known_fields & PCI_FILL_SIZES;
	double total = 0;
	row->bars = box_array0(box, struct pci_bar, 6);
	for (int i = 0; i < 6; i++) {
		pciaddr_t base = d->base_addr[i];
		uint64_t size = sizes ? d->size[i] : 0;
		if (!base && !size)
			continue;
		struct pci_bar *bar = &row->bars[row->n_bars++];
		bar->index = i;
		bar->io = base & PCI_BASE_ADDRESS_SPACE_IO;
		bar->address = base & (bar->io ? PCI_ADDR_IO_MASK : PCI_ADDR_MEM_MASK);
		bar->size = size;
		bar->is_64bit =
			!bar->io && (base & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
		bar->prefetchable = !bar->io && (base & PCI_BASE_ADDRESS_MEM_PREFETCH);
		if (!bar->io)
			total += (double)size;
	}
	if (sizes)
		row->mmio_bytes = num_of(total);
}

static const char *property(struct box *box, struct pci_dev *d, u32 which)
{
	return box_text(box, pci_get_string_property(d, which), -1);
}

static void fill_row(struct pci_access *access, const struct pci_place *place, struct box *box,
		     struct pci_dev *d, struct pci_row *row)
{
	pci_fill_info(d, PCI_FILL_IDENT | PCI_FILL_CLASS | PCI_FILL_SUBSYS | PCI_FILL_BASES | PCI_FILL_SIZES |
				 PCI_FILL_IO_FLAGS | PCI_FILL_NUMA_NODE | PCI_FILL_IOMMU_GROUP |
				 PCI_FILL_DRIVER | PCI_FILL_PARENT | PCI_FILL_CAPS | PCI_FILL_EXT_CAPS);
	format_bdf(d, row->bdf);
	if (d->parent)
		format_bdf(d->parent, row->parent);
	row->vendor_id = d->vendor_id;
	row->device_id = d->device_id;
	row->subvendor_id = d->subsys_vendor_id;
	row->subdevice_id = d->subsys_id;
	row->class_id = d->device_class;
	row->name = look_up(access, box, PCI_LOOKUP_DEVICE, d);
	row->vendor_name = look_up(access, box, PCI_LOOKUP_VENDOR, d);
	row->class_name = look_up(access, box, PCI_LOOKUP_CLASS, d);
	row->driver = property(box, d, PCI_FILL_DRIVER);
	row->iommu_group = property(box, d, PCI_FILL_IOMMU_GROUP);
	row->hardware_label = row->vgpu_mode = row->reset_method = "";
	if ((d->known_fields & PCI_FILL_NUMA_NODE) && d->numa_node >= 0)
		row->numa_node = num_of(d->numa_node);
	read_bars(box, d, row);
	caps_read(d, row);
	if (!place->dump)
		sysfs_extra_read(place->sysfs_root ? place->sysfs_root : "/sys", box, row);
}

static int by_address(const void *a, const void *b)
{
	const struct pci_row *x = a, *y = b;
	return strcmp(x->bdf, y->bdf);
}

static int count_devices(const struct pci_access *access)
{
	int n = 0;
	for (const struct pci_dev *d = access->devices; d && n < DEVICES_CAP; d = d->next)
		n++;
	return n;
}

bool pci_read_all(const struct pci_place *place, struct box *box, struct pci_row **out, int *n,
		  GError **error)
{
	struct pci_access *volatile access = open_access(place);
	if (setjmp(escape)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "reading PCI devices: %s", complaint);
		pci_cleanup(access);
		return false;
	}
	pci_init(access);
	pci_scan_bus(access);

	int count = count_devices(access), i = 0;
	struct pci_row *rows = box_array0(box, struct pci_row, (size_t)count);
	for (struct pci_dev *d = access->devices; d && i < count; d = d->next)
		fill_row(access, place, box, d, &rows[i++]);
	if (count)
		qsort(rows, (size_t)count, sizeof *rows, by_address);
	function_link(rows, count);
	pci_cleanup(access);
	*out = rows;
	*n = count;
	return true;
}
