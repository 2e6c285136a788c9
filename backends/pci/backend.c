/* backend.c - this machine's PCI devices as a backend: scanned at the start, on "read again", and every five minutes. */
#include "config.h"
#include "backends/backend.h"
#include "backends/pci/pci.h"

#define INTERVAL_MS (5 * 60 * 1000)

static bool pci_open(struct backend *b, GError **error)
{
	return true;
}

static bool pci_observe(struct backend *b, GError **error)
{
	struct pci_place place = {
		.sysfs_root = target_get(b->target, "sysfs-root"),
		.dump = target_get(b->target, "dump"),
	};
	struct obs *obs = obs_new(OBS_INVENTORY, b->target);
	const struct host_row *host = pci_read_host(&place, obs->box, b->target->name, error);
	if (!host) {
		obs_free(obs);
		return false;
	}
	struct obs_inventory *inv = box_new0(obs->box, struct obs_inventory);
	inv->complete = true;
	inv->product = inv->version = inv->build = inv->api_version = inv->instance_uuid = "";
	inv->hosts = box_array0(obs->box, const struct host_row *, 1);
	inv->hosts[0] = host;
	inv->n_hosts = 1;
	obs->u.inventory = inv;
	mailbox_post(b->out, obs);
	return true;
}

static void pci_close(struct backend *b)
{
}

const struct backend_ops pci_backend = {
	.kind = "pci",
	.interval_ms = INTERVAL_MS,
	.open = pci_open,
	.observe = pci_observe,
	.close = pci_close,
};
