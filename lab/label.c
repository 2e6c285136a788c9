/* label.c - what a row is called: the card's short name, and which share of it. */
#include "config.h"
#include "lab/gpu_names.h"
#include "lab/private.h"
#include "lab/text.h"

#include <string.h>

#define MIG_TAIL 4 /* characters of a UUID */

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

/* Instances of one profile look alike but for their numbers; compute instances are only told apart where the profile says
 * that there are several ("1c.3g.40gb"). A driver that tells no numbers leaves the end of the UUID. */
static void mig_share(const struct gpu_row *g, char *out, gsize size)
{
	const char *mig = strstr(g->name, "MIG "), *profile = mig ? mig + strlen("MIG ") : "";
	const char *end = strrchr(g->id, '-'), *tail = end ? end + 1 : g->id;
	bool several = strstr(profile, "c.") && num_known(g->compute_instance);
	char number[32];
	if (!num_known(g->gpu_instance))
		g_snprintf(number, sizeof number, "%s", tail + MAX((int)strlen(tail) - MIG_TAIL, 0));
	else if (several)
		g_snprintf(number, sizeof number, "%.0f/%.0f", g->gpu_instance.v, g->compute_instance.v);
	else
		g_snprintf(number, sizeof number, "%.0f", g->gpu_instance.v);
	g_snprintf(out, size, "MIG %s%s%s", number, *profile ? " " : "", profile);
}

static bool is_vgpu(const struct vm_device *device)
{
	return device && device->kind == VMDEV_VGPU && *device->profile;
}

/* What the host says that the card is, else the guest, else the VM's settings. The guest's driver knows its name best. */
static void card_name(const struct lab_row *row, char *out, gsize size)
{
	const struct pci_row *d = row->device;
	const struct gpu_row *g = row->gpu ? row->gpu->row : NULL;
	const struct vm_device *v = row->vm_device;
	uint16_t vendor = d ? d->vendor_id : g ? g->vendor_id : v ? v->vendor_id : 0;
	if (vendor == 0 && is_vgpu(v))
		profile_card(v->profile, out, size);
	else if (d)
		gpu_short_name(d->vendor_id, d->device_id, g ? g->name : d->name, out, size);
	else if (g)
		gpu_short_name(g->vendor_id, g->device_id, g->name, out, size);
	else
		gpu_short_name(vendor, v ? v->device_id : 0, v ? v->label : "", out, size);
}

void row_set_label(struct lab *lab, struct lab_row *row)
{
	char name[48], label[64], share[40];
	const struct gpu_row *g = row->gpu ? row->gpu->row : NULL;
	card_name(row, name, sizeof name);
	if (is_vgpu(row->vm_device)) {
		g_snprintf(label, sizeof label, "%s %s", name, profile_share(row->vm_device->profile));
	} else if (g && g->kind == GPU_KIND_MIG) {
		mig_share(g, share, sizeof share);
		g_snprintf(label, sizeof label, "%s %s", row->parent ? row->parent->label : name, share);
	} else {
		g_strlcpy(label, name, sizeof label);
	}
	text_mend(label);
	row->label = g_string_chunk_insert(lab->p->words, label);
}
