/* gpu_words.c - what a joined row is called, and the sentence in place of numbers that nobody tells. */
#include "config.h"

#include "tui/gpu_words.h"

#include "lab/text.h"
#include "tui/format.h"

#include <string.h>

#define PART_WIDTH 10 /* of the column GPU, behind the mark of a part */

const char *row_address(const struct lab_row *r)
{
	if (r->device && *r->device->bdf)
		return format_bdf(r->device->bdf);
	if (r->gpu && *r->gpu->row->bdf)
		return format_bdf(r->gpu->row->bdf);
	return "";
}

const char *row_part_name(const struct lab_row *r)
{
	enum gpu_kind kind = lab_row_kind(r);
	const char *mig = strstr(r->label, " MIG ");
	gsize card = strlen(r->parent->label);
	if (kind == GPU_KIND_VF)
		return row_address(r);
	if (kind == GPU_KIND_MIG && mig)
		return mig + strlen(" MIG ");
	if (strncmp(r->label, r->parent->label, card) != 0)
		return r->label;
	if (r->label[card] == '\0')
		return row_address(r);
	return r->label[card] == ' ' && text_width(r->label) > PART_WIDTH ? r->label + card + 1 : r->label;
}

enum metric row_heat_metric(const struct lab_row *r)
{
	return lab_row_metric(r, M_TEMP_JUNCTION_C, NULL).state != NUM_UNKNOWN ? M_TEMP_JUNCTION_C
									       : M_TEMP_EDGE_C;
}

/* ---- rows without numbers ------------------------------------------------------------------------------------ */

static const struct {
	const char *text;
	enum role role;
} passthru_sentence[PT_COUNT] = {
	[PT_UNAVAILABLE] = {"used by the host: no passthrough", ROLE_DIM},
	[PT_AVAILABLE] = {"passthrough available, off", ROLE_DIM},
	[PT_ENABLE_PENDING] = {"passthrough enabled: needs reboot", ROLE_WARN},
	[PT_DISABLE_PENDING] = {"passthrough off: needs reboot", ROLE_WARN},
	[PT_STALE] = {"passthrough enabled, not active (lost at boot)", ROLE_CRIT},
	[PT_ACTIVE] = {"free: passed through, no VM has it", ROLE_INFO},
};

static const char *vm_sentence(const struct lab_row *r, enum role *role)
{
	static const char *const out_of_reach[VM_CONNECTION_COUNT] = {
		[VM_DISCONNECTED] = "VM is disconnected",
		[VM_ORPHANED] = "VM is orphaned",
		[VM_INACCESSIBLE] = "VM is inaccessible",
		[VM_INVALID] = "VM is invalid"};
	*role = ROLE_WARN;
	if (!r->guest && !vm_is_in_reach(r->vm->row))
		return out_of_reach[r->vm->row->connection];
	*role = ROLE_DIM;
	if (r->vm->row->power == POWER_OFF)
		return "VM is off";
	if (r->vm->row->power == POWER_SUSPENDED)
		return "VM is suspended";
	if (!r->guest)
		return "no guest source for this VM";
	if (r->guest->stale)
		return "guest is silent";
	*role = ROLE_WARN;
	return "the guest does not see this card";
}

/* By the hypervisor. The memory's size is known of a card that nobody measures, too; a part has only its card's heat. */
static bool is_measured(const struct lab_row *r)
{
	for (int m = 0; m < M_COUNT && !r->parent; m++)
		if (m != M_VRAM_TOTAL_BYTES && num_known(lab_row_metric(r, m, NULL)))
			return true;
	return false;
}

static const char *device_sentence(const struct pci_row *d, enum role *role)
{
	*role = ROLE_DIM;
	if (d->sriov_active == TRI_YES)
		return "SR-IOV: its functions are handed out";
	if (graphics_is_shared(d->graphics))
		return "the hypervisor's driver has it, and tells nothing";
	*role = passthru_sentence[d->pt_state].role;
	return passthru_sentence[d->pt_state].text;
}

/* What is known of a spare function: its passthrough state; on this machine, who drives it. */
static const char *spare_state(const struct lab_row *r)
{
	const struct pci_row *d = r->device;
	if (d->pt_state != PT_UNKNOWN)
		return passthru_screen[d->pt_state];
	if (r->host->row->is_local)
		return *d->driver ? d->driver : "no driver";
	return "state not known";
}

const char *row_sentence(const struct lab_row *r, enum role *role)
{
	if (r->gpu && r->gpu->sample && r->gpu->sample->state == GPU_LOST) {
		*role = ROLE_CRIT;
		return "LOST: the card no longer answers";
	}
	if (r->gpu && r->gpu->sample && r->gpu->sample->state == GPU_SUSPENDED) {
		*role = ROLE_DIM;
		return "suspended";
	}
	if (r->gpu || is_measured(r))
		return NULL;
	if (r->vm)
		return vm_sentence(r, role);
	if (!r->device)
		return NULL;
	*role = ROLE_DIM;
	return lab_row_is_spare(r) && r->device->pt_state == PT_UNKNOWN ? spare_state(r)
									: device_sentence(r->device, role);
}

const char *row_sentence_mark(const struct lab_row *r)
{
	bool old = r->gpu ? r->gpu->stale : r->vm ? r->vm->stale : r->host && r->host->stale;
	return old ? "~" : "";
}

void row_spares_sentence(const struct lab *lab, const struct lab_row *card, char *out, gsize size)
{
	g_autoptr(GPtrArray) states = g_ptr_array_new();
	g_autoptr(GString) line = g_string_new(NULL);
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->parent == card && lab_row_is_spare(r))
			g_ptr_array_add(states, (gpointer)spare_state(r));
	}
	for (bool first = true; states->len; first = false) {
		const char *state = states->pdata[0];
		guint before = states->len;
		for (guint i = states->len; i-- > 0;)
			if (strcmp(states->pdata[i], state) == 0)
				g_ptr_array_remove_index(states, i);
		g_string_append_printf(line, "%s%u %s",
				       !first                      ? ", "
				       : card->host->row->is_local ? ""
								   : "free: ",
				       before - states->len, state);
	}
	g_strlcpy(out, line->str, size);
}
