/* act_host.c - steps about a host, as calls (vsphere.md 4.2 and 4.11). */
#include "config.h"
#include "backends/vsphere/acting.h"
#include "backends/vsphere/spec.h"
#include "lab/bdf.h"

#include <string.h>

#define MAINTENANCE_S 300 /* with a VM that runs on it waits; without an end, for ever */

/* ---- what the host tells of its passthrough ---------------------------------------------------------------------- */

enum { LIST_ITEMS = 1 };

struct item {
	char bdf[BDF_SIZE];
	const char *id, *dependent; /* in the host's own spelling */
};

struct facts {
	const char *system; /* HostPciPassthruSystem */
	enum tri can_rebind;
};

static const struct leaf system_of[] = {LEAF(struct facts, system, LEAF_RAW, ""), {0}};
static const struct leaf rebind[] = {LEAF(struct facts, can_rebind, LEAF_TRI, ""), {0}};
static const struct leaf passthru[] = {
	LEAF(struct item, bdf, LEAF_BDF, "id"),
	LEAF(struct item, id, LEAF_RAW, "id"),
	LEAF(struct item, dependent, LEAF_RAW, "dependentDevice"),
	{0},
};
static const struct prop props[] = {
	PROP_VALUE("configManager.pciPassthruSystem", SET_LIVE, NULL, system_of),
	PROP_VALUE("capability.deviceRebindWithoutRebootSupported", SET_LIVE, "7.0", rebind),
	{.path = "config.pciPassthruInfo", .sets = SET_LIVE, .leaves = passthru, .list = LIST_ITEMS},
	{0},
};
static const struct prop_type facts_type = {.vim = "HostSystem",
					    .props = props,
					    .row_size = sizeof(struct facts),
					    .item_size = {[LIST_ITEMS] = sizeof(struct item)}};

struct known_facts {
	struct box *box;
	struct facts facts;
	GArray *items; /* struct item */
};

static bool begin_facts(void *data, struct draft *d)
{
	*(struct facts *)d->row = (struct facts){.system = ""};
	return true;
}

static void end_facts(void *data, struct draft *d)
{
	struct known_facts *k = data;
	const GArray *items = d->lists[LIST_ITEMS];
	k->facts = *(const struct facts *)d->row;
	k->facts.system = box_raw(k->box, k->facts.system, -1);
	g_array_set_size(k->items, 0);
	for (guint i = 0; i < items->len; i++) {
		struct item item = g_array_index(items, struct item, i);
		item.id = box_raw(k->box, item.id, -1);
		item.dependent = box_raw(k->box, item.dependent, -1);
		g_array_append_val(k->items, item);
	}
}

static void facts_clear(struct known_facts *k)
{
	box_unref(k->box);
	g_array_unref(k->items);
}

static bool read_facts(struct acting *a, const struct sight *sight, struct known_facts *k, GError **error)
{
	static const struct props_handler handler = {begin_facts, end_facts, NULL};
	static const struct prop_read reads[] = {{&facts_type, SET_LIVE}, {0}};
	g_autoptr(GString) object = g_string_new(NULL);
	*k = (struct known_facts){.box = box_new(), .items = g_array_new(FALSE, FALSE, sizeof(struct item))};
	props_append_object(object, sight->ref);
	const struct collector_query q = {.what = "reading what the host passes through",
					  .reads = reads,
					  .objects = object->str,
					  .handler = &handler,
					  .data = k};
	if (!acting_read(a, &q, error))
		return false;
	if (k->facts.system && *k->facts.system)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED, "%s has no passthrough that could be set",
		    sight->host->name);
	return false;
}

/* ---- passthrough ------------------------------------------------------------------------------------------------- */

/* The functions that move together are set by the device that they depend on. NULL: the host tells of no such device. */
static const char *device_to_set(const struct known_facts *k, const char *bdf)
{
	for (guint i = 0; i < k->items->len; i++) {
		const struct item *item = &g_array_index(k->items, struct item, i);
		if (strcmp(item->bdf, bdf) == 0)
			return *item->dependent ? item->dependent : item->id;
	}
	return NULL;
}

/* The value of device i of the step's key: one word for all, or one each ("enabled,disabled"). */
static bool wants_enabled(char *const *words, guint i)
{
	guint n = g_strv_length((char **)words);
	return n > 0 && strcmp(words[MIN(i, n - 1)], "enabled") == 0;
}

/* Sent as true only where the host says that it can; where it is not known, the host decides. */
static enum tri apply_now(struct acting *a, const struct known_facts *k)
{
	return acting_knows(a, "7.0") && k->facts.can_rebind == TRI_YES ? TRI_YES : TRI_UNKNOWN;
}

static bool append_configs(struct acting *a, const struct step *s, const struct known_facts *k,
			   const char *want, GString *out, GError **error)
{
	g_auto(GStrv) bdfs = g_strsplit(s->key, ",", -1);
	g_auto(GStrv) words = g_strsplit(want, ",", -1);
	g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; bdfs[i]; i++) {
		const char *device = device_to_set(k, bdfs[i]);
		if (!device) {
			g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "%s tells of no passthrough of %s",
				    s->target.name, bdfs[i]);
			return false;
		}
		if (g_hash_table_add(set, (void *)device))
			spec_passthru(out, device, wants_enabled(words, i), apply_now(a, k));
	}
	return true;
}

/* The change holds whether or not the host then reads its devices anew. */
static void refresh(struct acting *a, const struct known_facts *k)
{
	g_autoptr(GError) error = NULL;
	const struct soap_call call = {.what = "refreshing the host's passthrough",
				       .method = "Refresh",
				       .self = {"HostPciPassthruSystem", k->facts.system},
				       .first_ms = 120 * 1000};
	if (!soap_call(&acting_vim(a)->soap, &call, &error))
		backend_log(acting_backend(a), acting_backend(a)->target, G_LOG_LEVEL_INFO, "%s",
			    error->message);
}

static bool set_passthrough(struct acting *a, const struct request *rq, const struct sight *sight,
			    const char *want, GError **error)
{
	struct known_facts k;
	g_autoptr(GString) arguments = g_string_new(NULL);
	bool good =
		read_facts(a, sight, &k, error) && append_configs(a, &rq->step, &k, want, arguments, error);
	const struct act_call call = {.what = request_word(rq),
				      .method = "UpdatePassthruConfig",
				      .self = {"HostPciPassthruSystem", good ? k.facts.system : ""},
				      .arguments = arguments->str};
	if (good)
		good = acting_call(a, rq, &call, sight->ref, error);
	if (good)
		refresh(a, &k);
	facts_clear(&k);
	return good;
}

static bool on_host(struct backend *b, const struct request *rq,
		    bool (*change)(struct acting *a, const struct request *rq, const struct sight *sight,
				   GError **error),
		    GError **error)
{
	struct acting *a = vsphere_acting(b);
	struct sight sight;
	bool as_wanted = false;
	bool good = acting_begin(a, &rq->step, &sight, &as_wanted, error);
	if (good && !as_wanted)
		good = change(a, rq, &sight, error);
	sight_clear(&sight);
	return good;
}

static bool toggle(struct acting *a, const struct request *rq, const struct sight *sight, GError **error)
{
	return set_passthrough(a, rq, sight, rq->step.want, error);
}

bool act_host_passthrough(struct backend *b, const struct request *rq, GError **error)
{
	return on_host(b, rq, toggle, error);
}

/* What ESXi 7 leaves behind after some reboots, "enabled, not active": off and on, once; no second reboot. */
static bool repair(struct acting *a, const struct request *rq, const struct sight *sight, GError **error)
{
	bool on = strcmp(rq->step.want, "active") == 0;
	return set_passthrough(a, rq, sight, on ? "disabled" : "enabled", error) &&
	       set_passthrough(a, rq, sight, on ? "enabled" : "disabled", error);
}

bool act_host_passthrough_active(struct backend *b, const struct request *rq, GError **error)
{
	return on_host(b, rq, repair, error);
}

/* ---- maintenance mode and reboot --------------------------------------------------------------------------------- */

static bool call_host(struct acting *a, const struct request *rq, const struct sight *sight,
		      const char *method, const char *argument, const char *value, GError **error)
{
	g_autoptr(GString) arguments = g_string_new(NULL);
	xml_element(arguments, argument, value);
	const struct act_call call = {
		.what = request_word(rq), .method = method, .self = sight->ref, .arguments = arguments->str};
	return acting_call(a, rq, &call, sight->ref, error);
}

static bool change_maintenance(struct acting *a, const struct request *rq, const struct sight *sight,
			       GError **error)
{
	bool on = strcmp(rq->step.want, "on") == 0;
	return call_host(a, rq, sight, on ? "EnterMaintenanceMode_Task" : "ExitMaintenanceMode_Task",
			 "timeout", G_STRINGIFY(MAINTENANCE_S), error);
}

bool act_host_maintenance(struct backend *b, const struct request *rq, GError **error)
{
	return on_host(b, rq, change_maintenance, error);
}

/* Never by force: a host that is not in maintenance mode says no. */
static bool reboot(struct acting *a, const struct request *rq, const struct sight *sight, GError **error)
{
	return call_host(a, rq, sight, "RebootHost_Task", "force", "false", error);
}

bool act_host_reboot(struct backend *b, const struct request *rq, GError **error)
{
	return on_host(b, rq, reboot, error);
}
