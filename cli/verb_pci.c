/* verb_pci.c - labtop pci: this machine's devices (with --demo those of the built-in hosts). */
#include "config.h"
#include "cli/verbs.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/status_json.h"
#include "tui/format.h"

#include <stdio.h>

static char *link_text(const struct pci_row *d)
{
	const struct pci_link *l = &d->link;
	if (!num_known(l->gen) || !num_known(l->width))
		return g_strdup(d->needs_root ? "root?" : "-");
	bool less = num_known(l->max_gen) && num_known(l->max_width) &&
		    (l->gen.v < l->max_gen.v || l->width.v < l->max_width.v);
	if (!less)
		return g_strdup_printf("gen %.0f x%.0f", l->gen.v, l->width.v);
	return g_strdup_printf("gen %.0f x%.0f of gen %.0f x%.0f", l->gen.v, l->width.v, l->max_gen.v,
			       l->max_width.v);
}

static void add_device(struct sheet *s, const struct lab_host *host, const struct pci_row *d)
{
	char buf[FORMAT_SIZE];
	g_autofree char *link = link_text(d);
	const char *state = passthru_screen[d->pt_state];
	sheet_add(s, host->shown);
	sheet_add(s, d->bdf);
	sheet_addf(s, "%04x:%04x", d->vendor_id, d->device_id);
	sheet_add(s, format_num(buf, d->numa_node, 0, "", false));
	sheet_add(s, format_bytes(buf, d->mmio_bytes));
	sheet_add(s, link);
	sheet_add(s, *d->driver ? d->driver : state ? state : "-");
	sheet_add(s, *d->iommu_group ? d->iommu_group : "-");
	sheet_addf(s, "%s: %s", *d->class_name ? d->class_name : "device", *d->name ? d->name : "unknown");
}

static void print_text(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"HOST", "ADDRESS", "ID",    ">NODE",  ">MMIO",
					     "LINK", "DRIVER",  "GROUP", "DEVICE", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		for (int k = 0; k < host->row->n_pci; k++)
			add_device(s, host, &host->row->pci[k]);
	}
	sheet_print(s, to, "No PCI devices.");
}

static json_t *devices_json(const struct lab *lab)
{
	json_t *devices = json_array();
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		for (int k = 0; k < host->row->n_pci; k++)
			json_array_append_new(devices, status_json_pci(lab, host, &host->row->pci[k]));
	}
	return json_pack("{s:o}", "devices", devices);
}

int verb_pci(struct options *o)
{
	const struct session_wish wish = {.kinds = 1u << TARGET_PCI};
	struct output out;
	int status;
#ifndef HAVE_LIBPCI
	if (!o->demo) {
		complain("pci: this labtop was built without libpci (configure --disable-pci)");
		return 3;
	}
#endif
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	output_open(&out);
	if (o->json)
		verb_print_json(devices_json(s->lab), out.to);
	else
		print_text(s->lab, out.to);
	int sent = output_send(&out);
	verb_explain(s);
	return verb_end(s, sent);
}
