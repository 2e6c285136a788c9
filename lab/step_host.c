/* step_host.c - what can be changed of a host (vsphere.md 4.2 and 4.11). Pure: reads rows, changes nothing. */
#include "config.h"
#include "lab/step_tables.h"

#include "lab/backing.h"

#include <string.h>

#define PHASE_HOST_CONFIG 10
#define PHASE_HOST_ENTER  30
#define PHASE_HOST_REBOOT 40
#define PHASE_HOST_REPAIR 45
#define PHASE_HOST_EXIT   50

#define REBOOT_S 1200 /* OPS-REBOOT-WAIT: a server with much memory tests it for a quarter of an hour */

static bool read_word(enum tri t, const char *yes, const char *no, GString *value)
{
	if (t != TRI_UNKNOWN)
		g_string_append(value, t == TRI_YES ? yes : no);
	return t != TRI_UNKNOWN;
}

static enum tri enabled_of(const struct pci_row *device)
{
	return device->pt_enabled;
}

static enum tri active_of(const struct pci_row *device)
{
	return device->pt_active;
}

/* One word when all devices of the key agree, else one for each, "enabled,disabled": so that it can be put back. */
static bool read_devices(const struct step *s, const struct seen *seen,
			 enum tri (*tell)(const struct pci_row *device), const char *yes, const char *no,
			 GString *value)
{
	g_auto(GStrv) bdfs = g_strsplit(s->key, ",", -1);
	g_autoptr(GString) all = g_string_new(NULL);
	bool agree = true;
	for (char **bdf = bdfs; *bdf; bdf++) {
		const struct pci_row *device = backing_at(seen->host, *bdf);
		const struct pci_row *first = backing_at(seen->host, bdfs[0]);
		if (!device || !read_word(tell(device), yes, no, all))
			return false;
		agree = agree && tell(device) == tell(first);
		g_string_append_c(all, ',');
	}
	g_string_truncate(all, all->len ? all->len - 1 : 0);
	g_string_append_len(value, all->str, agree ? (gssize)strcspn(all->str, ",") : (gssize)all->len);
	return all->len > 0;
}

static bool read_enabled(const struct step *s, const struct seen *seen, GString *value)
{
	return read_devices(s, seen, enabled_of, "enabled", "disabled", value);
}

static bool read_active(const struct step *s, const struct seen *seen, GString *value)
{
	return read_devices(s, seen, active_of, "active", "inactive", value);
}

static bool read_maintenance(const struct step *s, const struct seen *seen, GString *value)
{
	return read_word(seen->host->maintenance, "on", "off", value);
}

/* The boot time proves a reboot; an answer to a ping does not. A host that is away tells none. */
static bool read_boot(const struct step *s, const struct seen *seen, GString *value)
{
	bool there = seen->host->state == HOST_CONNECTED || seen->host->state == HOST_MAINTENANCE;
	if (!there || seen->host->boot_ms <= 0)
		return false;
	g_string_append_printf(value, "%" G_GINT64_FORMAT, seen->host->boot_ms);
	return true;
}

static void word_boot(const char *value, GString *out)
{
	gint64 ms;
	if (!g_ascii_string_to_signed(value, 10, 1, G_MAXINT64, &ms, NULL)) {
		g_string_append(out, "booted anew");
		return;
	}
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(ms / 1000);
	g_autofree char *when = t ? g_date_time_format(t, "booted %Y-%m-%d %H:%M") : NULL;
	g_string_append(out, when ? when : value);
}

static enum verdict may_pass(const struct step *s, const struct seen *seen, GString *why)
{
	g_auto(GStrv) bdfs = g_strsplit(s->key, ",", -1);
	for (char **bdf = bdfs; *bdf && strstr(s->want, "enabled"); bdf++) {
		const struct pci_row *device = backing_at(seen->host, *bdf);
		if (device && device->pt_capable == TRI_YES)
			continue;
		g_string_append_printf(why, "%s of %s cannot be passed through", *bdf, s->target.name);
		return device && device->pt_capable == TRI_NO ? V_BLOCKED : V_UNKNOWN;
	}
	return V_READY;
}

/* The bounded repair of "enabled, not active" after a reboot (vsphere.md 4.2) is for enabled devices only. */
static const struct step_need enabled[] = {
	{"host.passthrough", "enabled", "passthrough of the device is off", .want = "active",
	 .same_key = true},
	{"host.passthrough", "disabled", "passthrough of the device is on", .want = "inactive",
	 .same_key = true},
	{NULL},
};

static const struct step_need in_maintenance[] = {
	{"host.enter-maintenance", "on", "it must be in maintenance mode"},
	{NULL},
};

const struct step_ops step_host_table[] = {
	{.name = "host.passthrough",
	 .title = "Toggle passthrough",
	 .scope = THING_HOST,
	 .phase = PHASE_HOST_CONFIG,
	 .inverse = "host.passthrough",
	 .usual_s = 5,
	 .patience_s = 60,
	 .read = read_enabled,
	 .may = may_pass},
	{.name = "host.enter-maintenance",
	 .title = "Enter maintenance mode",
	 .scope = THING_HOST,
	 .phase = PHASE_HOST_ENTER,
	 .inverse = "host.exit-maintenance",
	 .usual_s = 15,
	 .patience_s = 300,
	 .read = read_maintenance},
	{.name = "host.reboot",
	 .title = "Reboot",
	 .scope = THING_HOST,
	 .effect = EFFECT_HOST_REBOOT,
	 .phase = PHASE_HOST_REBOOT,
	 .usual_s = 420,
	 .patience_s = REBOOT_S,
	 .once = true,
	 .needs = in_maintenance,
	 .read = read_boot,
	 .word = word_boot},
	{.name = "host.passthrough-active",
	 .title = "Passthrough active",
	 .scope = THING_HOST,
	 .phase = PHASE_HOST_REPAIR,
	 .usual_s = 5,
	 .patience_s = 60,
	 .needs = enabled,
	 .read = read_active},
	{.name = "host.exit-maintenance",
	 .title = "Exit maintenance mode",
	 .scope = THING_HOST,
	 .phase = PHASE_HOST_EXIT,
	 .inverse = "host.enter-maintenance",
	 .usual_s = 5,
	 .patience_s = 120,
	 .read = read_maintenance},
	{NULL},
};
