/* label.c - what a row is called: the card's short name, and which share of it. */
#include "config.h"
#include "lab/gpu_names.h"
#include "lab/private.h"
#include "lab/text.h"

#include <string.h>

/* "grid_a40-8q", "nvidia_a40-8q": the card stands before the last dash, the share behind it. */
static const char *profile_share(const char *profile)
{
	const char *dash = strrchr(profile, '-');
	return dash ? dash + 1 : profile;
}

static void profile_card(const char *profile, char *out, gsize size)
{
	const char *begin = strchr(profile, '_'), *end = strrchr(profile, '-');
	begin = begin ? begin + 1 : profile;
	char *name = g_ascii_strup(begin, end && end > begin ? end - begin : -1);
	text_copy(out, name, size);
	g_free(name);
}

/* "A100-PCIE-40GB MIG 1g.5gb" */
static const char *mig_share(const char *name)
{
	const char *mig = strstr(name, "MIG ");
	return mig ? mig + 4 : "MIG";
}

void row_set_label(struct lab *lab, struct lab_row *row)
{
	char name[48], label[64];
	const struct pci_row *d = row->device;
	const struct gpu_row *g = row->gpu ? row->gpu->row : NULL;
	uint16_t vendor = d                ? d->vendor_id
			  : g              ? g->vendor_id
			  : row->vm_device ? row->vm_device->vendor_id
					   : 0;
	uint16_t device = d                ? d->device_id
			  : g              ? g->device_id
			  : row->vm_device ? row->vm_device->device_id
					   : 0;
	gpu_short_name(vendor, device,
		       g                ? g->name
		       : d              ? d->name
		       : row->vm_device ? row->vm_device->label
					: "",
		       name, sizeof name);
	bool vgpu = row->vm_device && row->vm_device->kind == VMDEV_VGPU && *row->vm_device->profile;
	if (vgpu && vendor == 0)
		profile_card(row->vm_device->profile, name, sizeof name);
	if (vgpu)
		g_snprintf(label, sizeof label, "%s %s", name, profile_share(row->vm_device->profile));
	else if (g && strcmp(g->kind, "mig") == 0)
		g_snprintf(label, sizeof label, "%s %s", row->parent ? row->parent->label : name,
			   mig_share(g->name));
	else
		g_strlcpy(label, name, sizeof label);
	text_mend(label);
	row->label = g_string_chunk_insert(lab->p->words, label);
}
