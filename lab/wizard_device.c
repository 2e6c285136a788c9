/* wizard_device.c - which devices of a host may be handed out, who has them, and what moves with them. */
#include "config.h"
#include "lab/wizards.h"

#include "lab/backing.h"

#include <string.h>

/* HOST-PT-BOOTDEV: what the host itself may stand on, by PCI class. Whether it does is not told, so none is taken. */
static const struct {
	uint16_t class_id, mask;
	const char *why;
} hosts_own[] = {
	{0x0100, 0xff00, "a storage controller: the host may boot from it or keep its datastores on it"},
	{0x0200, 0xff00, "a network controller: the host may be managed through it"},
	{0x0c03, 0xffff, "a USB controller: the host may boot from it"},
	{0x0600, 0xff00, "a bridge"},
	{0x0800, 0xff00, "part of the system board"},
};

static const char *own_reason(const struct pci_row *device)
{
	for (gsize i = 0; i < G_N_ELEMENTS(hosts_own); i++)
		if ((device->class_id & hosts_own[i].mask) == hosts_own[i].class_id)
			return hosts_own[i].why;
	return NULL;
}

const struct lab_vm *holder_of(const struct lab *lab, const struct lab_host *host, const char *bdf)
{
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		for (int k = 0; vm->host == host && k < vm->row->n_devices; k++)
			if (strcmp(vm->row->devices[k].bdf, bdf) == 0)
				return vm;
	}
	return NULL;
}

void refuse_device(struct choice *c, const struct pci_row *device)
{
	const char *own = own_reason(device);
	if (own)
		choice_refuse(c, "%s", own);
	else if (device->pt_capable == TRI_NO)
		choice_refuse(c, "the host cannot pass it through");
	else if (device->pt_capable == TRI_UNKNOWN)
		choice_refuse(c, "whether it can be passed through is not known");
}

/* The functions that move with it: those that name the same dependent device (vsphere.md 4.2). */
char *with_dependents(const struct lab_host *host, const char *bdfs)
{
	g_auto(GStrv) asked = g_strsplit(bdfs, ",", -1);
	GString *all = g_string_new(NULL);
	for (int i = 0; i < host->row->n_pci; i++) {
		const struct pci_row *device = &host->row->pci[i];
		bool moves = g_strv_contains((const char *const *)asked, device->bdf);
		for (char **bdf = asked; *bdf && !moves; bdf++) {
			const struct pci_row *one = backing_at(host->row, *bdf);
			moves = one && *one->dependent && strcmp(one->dependent, device->dependent) == 0;
		}
		if (moves)
			g_string_append_printf(all, "%s%s", all->len ? "," : "", device->bdf);
	}
	return g_string_free(all, FALSE);
}
