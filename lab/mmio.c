/* mmio.c - sizes of BARs and of the window that has to hold them. */
#include "config.h"
#include "lab/mmio.h"

#include "lab/backing.h"
#include "lab/gpu_names.h"

#include <string.h>

#define LEAST_GIB 16 /* below that the 32-bit hole and the default window do (rules.md 1.1) */
#define PAGE      4096.0

static int power_above(double gib)
{
	int w = 1;
	while (w <= gib && w < 1 << 20)
		w *= 2;
	return w;
}

int mmio_window_gb(double sum_gib)
{
	return sum_gib < LEAST_GIB ? 0 : power_above(sum_gib);
}

int mmio_window_gb_of_pages(uint64_t pages)
{
	return power_above((double)pages * PAGE / GIB);
}

int mmio_size_gb(const char *text)
{
	guint64 gb;
	if (!text || !g_ascii_string_to_unsigned(text, 10, 1, 1 << 20, &gb, NULL))
		return 0;
	return gb & (gb - 1) ? 0 : (int)gb;
}

double mmio_card_gib(const struct pci_row *card)
{
	/* a virtual function maps its share of the card, whose size its ids do not tell */
	return *card->physical ? -1 : gpu_large_bar_gib(card->vendor_id, card->device_id);
}

/* As its guest sees it; 0 not known. */
static double seen_gib(const struct lab *lab, const struct vm_device *d)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		uint64_t largest = 0;
		if (row->vm_device != d || !row->gpu)
			continue;
		for (int b = 0; b < row->gpu->row->n_bars; b++)
			largest = MAX(largest, row->gpu->row->bar_bytes[b]);
		return (double)largest / GIB;
	}
	return 0;
}

double mmio_bar_gib(const struct lab *lab, const struct vm_device *d, const struct pci_row *backing)
{
	double seen = seen_gib(lab, d);
	if (seen > 0)
		return seen;
	if (backing && *backing->physical)
		return -1;
	return gpu_large_bar_gib(d->vendor_id ? d->vendor_id
				 : backing    ? backing->vendor_id
					      : 0,
				 d->device_id ? d->device_id
				 : backing    ? backing->device_id
					      : 0);
}

bool mmio_sum_gib(const struct lab *lab, const struct lab_vm *vm, double *sum)
{
	*sum = 0;
	for (int i = 0; i < vm->row->n_devices; i++) {
		const struct vm_device *d = &vm->row->devices[i];
		const struct pci_row *backing = vm->host ? backing_at(vm->host->row, d->bdf) : NULL;
		if (d->kind == VMDEV_VGPU || !backing_wants_row(d, backing))
			continue;
		double bar = mmio_bar_gib(lab, d, backing);
		if (bar < 0)
			return false;
		*sum += bar;
	}
	return true;
}
