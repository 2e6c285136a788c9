/* backing.c - a fixed backing names the host's address, others only once assigned; the rest is elimination. */
#include "config.h"
#include "lab/backing.h"

#include "lab/gpu_names.h"

#include <string.h>

static bool makes_gpus(uint16_t vendor_id)
{
	return vendor_id == PCI_VENDOR_AMD || vendor_id == PCI_VENDOR_NVIDIA;
}

bool backing_is_gpu(const struct pci_row *device)
{
	static const uint16_t classes[] = {0x0300, 0x0302, 0x0380, 0x1200};
	for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
		if (device->class_id == classes[i])
			return makes_gpus(device->vendor_id);
	return false;
}

const struct pci_row *backing_at(const struct host_row *host, const char *bdf)
{
	for (int i = 0; *bdf && i < host->n_pci; i++)
		if (strcmp(host->pci[i].bdf, bdf) == 0)
			return &host->pci[i];
	return NULL;
}

const struct pci_row *backing_physical(const struct host_row *host, const struct pci_row *device)
{
	const struct pci_row *card = backing_at(host, device->physical);
	return card != device ? card : NULL;
}

bool backing_wants_row(const struct vm_device *d, const struct pci_row *backing)
{
	if (d->kind == VMDEV_VGPU)
		return true;
	if (d->kind == VMDEV_SRIOV && !backing)
		return false; /* vSphere hands out functions of network cards alone */
	if (backing)          /* passed through, a console is a GPU as well; a network card is none */
		return (backing->class_id >> 8) == 0x03 || backing->class_id == 0x1200;
	return d->vendor_id == 0 || makes_gpus(d->vendor_id);
}

/* ---- elimination ------------------------------------------------------------------------------------------------- */

static bool uses_graphics(const struct pci_row *device, const char *moref)
{
	for (const char *const *vm = device->graphics_vms; vm && *vm; vm++)
		if (strcmp(*vm, moref) == 0)
			return true;
	return false;
}

static bool serves_vgpu(const struct pci_row *device)
{
	return backing_is_gpu(device) && graphics_is_shared(device->graphics);
}

static const struct pci_row *told_backing(const struct lab_vm *vm, const struct vm_device *d)
{
	const struct host_row *host = vm->host->row;
	const struct pci_row *found = backing_at(host, d->bdf);
	for (int i = 0; !found && d->kind == VMDEV_VGPU && i < host->n_pci; i++)
		if (uses_graphics(&host->pci[i], vm->row->moref))
			found = &host->pci[i];
	return found;
}

/* Whether a host's device may be what the VM's device stands for, as far as ids tell. */
static bool could_be(const struct vm_device *d, const struct pci_row *device)
{
	if (d->kind == VMDEV_VGPU)
		return serves_vgpu(device);
	if (d->kind == VMDEV_SRIOV)
		return false; /* its ids are its card's, and the card is not what it has */
	return backing_is_gpu(device) && device->pt_active != TRI_NO && d->vendor_id == device->vendor_id &&
	       d->device_id == device->device_id;
}

/* The only device left that it can be, or NULL. A card that shares itself is never used up. */
static const struct pci_row *only_left(const struct lab_vm *vm, const struct vm_device *d, GHashTable *used)
{
	const struct host_row *host = vm->host->row;
	const struct pci_row *found = NULL;
	for (int i = 0; i < host->n_pci; i++) {
		const struct pci_row *device = &host->pci[i];
		if (!could_be(d, device) || (d->kind != VMDEV_VGPU && g_hash_table_contains(used, device)))
			continue;
		if (found)
			return NULL;
		found = device;
	}
	return found;
}

static void take_told(struct backings *b, const struct lab_vm *vm, GHashTable *used)
{
	for (int i = 0; vm->host && i < vm->row->n_devices; i++) {
		const struct pci_row *told = told_backing(vm, &vm->row->devices[i]);
		if (!told)
			continue;
		g_hash_table_insert(b->device, &vm->row->devices[i], (gpointer)told);
		if (vm->row->power != POWER_OFF)
			g_hash_table_add(used, (gpointer)told);
	}
}

/* A VM that is off holds nothing but what it names. */
static void take_left(struct backings *b, const struct lab_vm *vm, GHashTable *used)
{
	for (int i = 0; vm->host && vm->row->power == POWER_ON && i < vm->row->n_devices; i++) {
		const struct vm_device *d = &vm->row->devices[i];
		const struct pci_row *left =
			g_hash_table_contains(b->device, d) ? NULL : only_left(vm, d, used);
		if (!left)
			continue;
		g_hash_table_insert(b->device, (gpointer)d, (gpointer)left);
		g_hash_table_add(b->guessed, (gpointer)d);
		g_hash_table_add(used, (gpointer)left);
	}
}

void backing_resolve(struct backings *b, const GPtrArray *vms)
{
	GHashTable *used = g_hash_table_new(NULL, NULL);
	b->device = g_hash_table_new(NULL, NULL);
	b->guessed = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < vms->len; i++)
		take_told(b, vms->pdata[i], used);
	for (guint i = 0; i < vms->len; i++)
		take_left(b, vms->pdata[i], used);
	g_hash_table_destroy(used);
}

void backing_clear(struct backings *b)
{
	g_hash_table_destroy(b->device);
	g_hash_table_destroy(b->guessed);
}
