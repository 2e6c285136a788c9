/* host_state.c - what the flags of a host and of its devices amount to. */
#include "config.h"
#include "backends/vsphere/host.h"

#include <string.h>

enum passthru_state passthru_derive(enum tri capable, enum tri enabled, enum tri active,
				    enum tri reboot_required)
{
	if (enabled == TRI_UNKNOWN || active == TRI_UNKNOWN)
		return PT_UNKNOWN;
	if (enabled == TRI_YES && active == TRI_YES)
		return PT_ACTIVE;
	if (enabled == TRI_YES) /* the host says that no reboot is due, so the one that was did not help */
		return reboot_required == TRI_NO ? PT_STALE : PT_ENABLE_PENDING;
	if (active == TRI_YES)
		return PT_DISABLE_PENDING;
	if (capable == TRI_UNKNOWN)
		return PT_UNKNOWN;
	return capable == TRI_YES ? PT_AVAILABLE : PT_UNAVAILABLE;
}

/* A device that waited for a reboot, and still is not active after one, is stale whatever rebootRequired says; it stays
 * so until it is toggled or works. */
static enum passthru_state state_after(const struct pci_row *before, enum passthru_state now, bool rebooted)
{
	if (now != PT_ENABLE_PENDING || !before)
		return now;
	if (before->pt_state == PT_STALE || (before->pt_state == PT_ENABLE_PENDING && rebooted))
		return PT_STALE;
	return now;
}

static enum host_state state_of(const struct vs_host *h)
{
	if (h->connection != HOST_CONNECTED)
		return h->connection;
	if (h->standby)
		return HOST_STANDBY;
	return h->row.maintenance == TRI_YES ? HOST_MAINTENANCE : HOST_CONNECTED;
}

void host_set_states(struct vs_host *h, const struct host_row *old)
{
	struct host_row *host = &h->row;
	bool rebooted = old && old->boot_ms && host->boot_ms > old->boot_ms;
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		const struct pci_row *was = old ? host_pci_at(old, p->bdf) : NULL;
		enum passthru_state now =
			passthru_derive(p->pt_capable, p->pt_enabled, p->pt_active, host->reboot_required);
		p->pt_state = state_after(was, now, rebooted);
	}
	host->state = state_of(h);
}

bool host_drives_gpus(const struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++)
		if (graphics_is_shared(host->pci[i].graphics))
			return true;
	return host->vgpu_profiles && host->vgpu_profiles[0];
}

bool host_lends_gpus(const struct host_row *host)
{
	for (int i = 0; i < host->n_pci; i++) {
		const struct pci_row *p = &host->pci[i];
		bool graphics_class = p->class_id >> 8 == 0x03 || p->class_id >> 8 == 0x12;
		if (graphics_class && (p->pt_enabled == TRI_YES || p->pt_active == TRI_YES))
			return true;
	}
	return host_drives_gpus(host);
}
