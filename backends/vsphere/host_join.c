/* host_join.c - PCI devices, passthrough, NUMA nodes and graphics of a host arrive as lists of their own in any order; here
 * they become one list of devices. */
#include "config.h"
#include "backends/vsphere/host.h"

#include "lab/bdf.h"
#include "lab/function.h"
#include "lab/pci_class.h"

#include <string.h>

struct pci_row *host_pci_at(const struct host_row *host, const char *bdf)
{
	for (int i = 0; *bdf && i < host->n_pci; i++)
		if (strcmp(host->pci[i].bdf, bdf) == 0)
			return &host->pci[i];
	return NULL;
}

/* What the list of devices itself tells of one. */
static void take_identity(struct pci_row *row, const struct pci_row *told)
{
	memcpy(row->parent, told->parent, sizeof row->parent);
	row->class_id = told->class_id;
	row->vendor_id = told->vendor_id;
	row->device_id = told->device_id;
	row->subvendor_id = told->subvendor_id;
	row->subdevice_id = told->subdevice_id;
	row->name = told->name;
	row->vendor_name = told->vendor_name;
	row->class_name = told->class_name;
}

/* The device list is the one that arrived, with what the other lists told before; else the one before. */
static void take_pci(struct draft *d, struct host_row *host, const struct host_row *old)
{
	bool fresh = d->arrived[LIST_PCI];
	int n = fresh ? (int)d->lists[LIST_PCI]->len : host->n_pci;
	const struct pci_row *from = fresh ? (const void *)d->lists[LIST_PCI]->data : host->pci;
	struct pci_row *pci = box_array0(d->box, struct pci_row, (size_t)MAX(n, 1));
	host->pci = pci;
	host->n_pci = 0;
	for (int i = 0; i < n; i++) {
		struct pci_row *row = &pci[host->n_pci];
		const struct pci_row *before = fresh && old ? host_pci_at(old, from[i].bdf) : NULL;
		if (!*from[i].bdf)
			continue;
		*row = before ? *before : from[i];
		if (before)
			take_identity(row, &from[i]);
		else if (fresh)
			row->hardware_label = row->vgpu_mode = row->driver = row->iommu_group =
				row->reset_method = "";
		if (!*row->class_name) /* told from API 8.0.3 on */
			row->class_name = pci_class_name(row->class_id);
		host->n_pci++;
	}
}

static void take_passthru(const GArray *items, struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		p->pt_capable = p->pt_enabled = p->pt_active = TRI_UNKNOWN;
		p->sriov_capable = p->sriov_enabled = p->sriov_active = TRI_UNKNOWN;
		p->sriov_vfs = p->sriov_max = num_none(NUM_UNKNOWN);
		p->dependent[0] = '\0';
		p->hardware_label = "";
	}
	for (guint i = 0; i < items->len; i++) {
		const struct passthru_item *item = &g_array_index(items, struct passthru_item, i);
		struct pci_row *p = host_pci_at(host, item->bdf);
		if (!p)
			continue;
		p->pt_capable = item->capable;
		p->pt_enabled = item->enabled;
		p->pt_active = item->active;
		p->sriov_capable = item->sriov_capable;
		p->sriov_enabled = item->sriov_enabled;
		p->sriov_active = item->sriov_active;
		p->sriov_vfs = item->sriov_vfs;
		p->sriov_max = item->sriov_max;
		p->hardware_label = item->label;
		memcpy(p->dependent, item->dependent, sizeof p->dependent);
	}
}

/* The nodes name their devices; a device that no node names has no known node. */
static void take_numa(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_NUMA];
	for (int i = 0; i < host->n_pci; i++)
		host->pci[i].numa_node = num_none(NUM_UNKNOWN);
	host->n_nodes = (int)items->len;
	host->nodes = box_array0(d->box, struct numa_node, MAX(items->len, 1));
	for (guint i = 0; i < items->len; i++) {
		const struct numa_item *item = &g_array_index(items, struct numa_item, i);
		struct numa_node *node = &host->nodes[i];
		node->id = item->id.state == NUM_OK ? (int)item->id.v : (int)i;
		node->cpus = item->cpus;
		node->mem_bytes = item->memory_bytes.state == NUM_OK ? item->memory_bytes : item->range_bytes;
		for (const struct leaf_text *id = item->pci; id; id = id->next) {
			char bdf[BDF_SIZE];
			struct pci_row *p = bdf_parse(id->text, bdf) ? host_pci_at(host, bdf) : NULL;
			if (p)
				p->numa_node = num_of(node->id);
		}
	}
}

static void take_graphics(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_GRAPHICS];
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		p->graphics = GRAPHICS_UNKNOWN;
		p->vgpu_mode = "";
		p->graphics_mem_bytes = num_none(NUM_UNKNOWN);
		p->graphics_vms = NULL;
	}
	for (guint i = 0; i < items->len; i++) {
		const struct graphics_item *item = &g_array_index(items, struct graphics_item, i);
		struct pci_row *p = host_pci_at(host, item->bdf);
		if (!p)
			continue;
		p->graphics = item->type;
		p->vgpu_mode = item->mode;
		p->graphics_mem_bytes = item->memory_bytes;
		p->graphics_vms = leaf_texts(d->box, item->vms);
	}
}

/* What is configured stands in for what is not told. */
static void take_graphics_config(const GArray *items, struct host_row *host)
{
	for (guint i = 0; i < items->len; i++) {
		const struct graphics_item *item = &g_array_index(items, struct graphics_item, i);
		struct pci_row *p = host_pci_at(host, item->bdf);
		if (p && !p->graphics)
			p->graphics = item->type;
		if (p && !*p->vgpu_mode)
			p->vgpu_mode = item->mode;
	}
}

/* A device handed out by name of its address: which VM has it now. The instance id ends with the address. */
static void take_bindings(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_BINDINGS];
	for (guint i = 0; i < items->len; i++) {
		const struct binding_item *item = &g_array_index(items, struct binding_item, i);
		size_t len = strlen(item->instance);
		char bdf[BDF_SIZE];
		struct pci_row *p = NULL;
		if (len >= 12 && bdf_parse(item->instance + len - 12, bdf))
			p = host_pci_at(host, bdf);
		if (!p || p->graphics_vms || !*item->vm)
			continue;
		const char **vms = box_array0(d->box, const char *, 2);
		vms[0] = item->vm;
		p->graphics_vms = vms;
	}
}

/* Two properties name vGPU profiles, the newer one more of them: each once. */
static void take_profiles(struct draft *d, struct host_row *host)
{
	const GArray *items = d->lists[LIST_PROFILES];
	const char **out = box_array0(d->box, const char *, items->len + 1);
	guint n = 0;
	for (guint i = 0; i < items->len; i++) {
		const char *profile_name = g_array_index(items, struct profile_item, i).name;
		if (*profile_name && !g_strv_contains(out, profile_name))
			out[n++] = profile_name;
	}
	host->vgpu_profiles = out; /* unset: there are none */
}

void host_join(struct draft *d, const void *before)
{
	struct vs_host *h = d->row;
	struct host_row *host = &h->row;
	const struct host_row *old = before ? &((const struct vs_host *)before)->row : NULL;
	take_pci(d, host, old);
	if (d->arrived[LIST_PASSTHRU])
		take_passthru(d->lists[LIST_PASSTHRU], host);
	function_link(host->pci, host->n_pci);
	if (d->arrived[LIST_NUMA])
		take_numa(d, host);
	if (d->arrived[LIST_GRAPHICS])
		take_graphics(d, host);
	if (d->arrived[LIST_GRAPHICS_CONFIG])
		take_graphics_config(d->lists[LIST_GRAPHICS_CONFIG], host);
	if (d->arrived[LIST_BINDINGS])
		take_bindings(d, host);
	if (d->arrived[LIST_PROFILES])
		take_profiles(d, host);
	host->partial = row_partial(d, host->partial);
	host_set_states(h, old);
}
