/* inventory.h - hosts, VMs and datastores of one server, kept up to date and posted row by row; tasks and events beside
 * them. The worker keeps the last row of each object, as it was posted. */
#ifndef BACKENDS_VSPHERE_INVENTORY_H
#define BACKENDS_VSPHERE_INVENTORY_H

#include "backends/backend.h"
#include "backends/vsphere/collector.h"
#include "backends/vsphere/kind.h"

struct inventory;

struct inventory *inventory_new(struct backend *b, struct vim *v);
void inventory_free(struct inventory *inv);

/* The session is another one: views and filters of the one before are gone. What is known stays until the next load. */
void inventory_session_changed(struct inventory *inv);

/* Everything is to be read again. */
void inventory_forget(struct inventory *inv);
bool inventory_is_loaded(const struct inventory *inv);

/* Reads all objects in one go and posts them, first without the VMs' settings. */
bool inventory_load(struct inventory *inv, GError **error);

/* Settings (the detail set) that are to be read, of some objects at most; false from the second when none are. */
bool inventory_details_due(const struct inventory *inv);
bool inventory_read_details(struct inventory *inv, GError **error);

/* One turn of following changes: waits up to wait_s for some. */
bool inventory_follow(struct inventory *inv, int wait_s, int64_t slack_ms, GError **error);

/* Hardware sensors of all connected hosts, read every interval_ms, and the gpu.* counters of those that drive cards
 * themselves. */
bool inventory_read_sensors(struct inventory *inv, int64_t interval_ms, GError **error);
bool inventory_read_counters(struct inventory *inv, GError **error);

/* Tasks and events, once before the source counts as settled; afterwards they are followed. A refusal is no failure. */
bool inventory_read_recent(struct inventory *inv, GError **error);

/* Load, details, sensors, tasks and events were read once: the source has answered. */
void inventory_settled(struct inventory *inv);

#endif
