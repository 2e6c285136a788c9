/* inventory.c - one load, then changes: which objects are known, which rows are new, what is to be read again. */
#include "config.h"
#include "backends/vsphere/inventory.h"

#include "backends/vsphere/known.h"
#include "backends/vsphere/newer.h"
#include "backends/vsphere/post.h"
#include "backends/vsphere/readings.h"
#include "backends/vsphere/recent.h"

#include <string.h>

#define DETAILS_AT_ONCE 100 /* objects whose settings are read in one call */

/* The first read: hosts whole, since there are few; VMs without their settings. */
static const struct prop_read load_reads[] = {
	{&host_kind.type, SET_LIVE | SET_DETAIL},
	{&vm_kind.type, SET_LIVE},
	{&datastore_kind.type, SET_LIVE},
	{0},
};
static const struct prop_read live_reads[] = {
	{&host_kind.type, SET_LIVE},
	{&vm_kind.type, SET_LIVE},
	{&datastore_kind.type, SET_LIVE},
	{0},
};
static const struct prop_read detail_reads[] = {
	{&host_kind.type, SET_DETAIL},
	{&vm_kind.type, SET_DETAIL},
	{0},
};
/* Everything that an answer of WaitForUpdatesEx can hold. */
static const struct prop_read update_reads[] = {
	{&host_kind.type, SET_LIVE}, {&vm_kind.type, SET_LIVE},     {&datastore_kind.type, SET_LIVE},
	{&task_kind.type, SET_LIVE}, {&events_kind.type, SET_LIVE}, {0},
};

/* What is being read: decides what a row that is the same as before means. */
enum phase { PHASE_LOAD, PHASE_SYNC, PHASE_FOLLOW, PHASE_DETAIL };

struct inventory {
	struct backend *b;
	struct vim *v;
	struct post *post;
	struct recent *recent;
	struct counters *counters;
	struct prop_limits limits;
	struct known_table *known;
	enum phase phase;
	bool loaded;
	char *view;                     /* id of the container view, NULL: none in this session */
	GString *version;               /* of the updates; "" none seen yet */
	bool watching, watching_recent; /* the filters exist */
};

/* ---- what came and went ---------------------------------------------------------------------------------------- */

static void forget(struct inventory *inv, int kind, struct known *k)
{
	if (!k)
		return;
	post_gone(inv->post, k->moref);
	known_drop(inv->known, kind, k);
}

/* Objects that a whole reading did not tell of are gone. */
static void forget_unseen(struct inventory *inv)
{
	for (int i = 0; i < N_KINDS; i++) {
		g_autoptr(GPtrArray) list = known_list(inv->known, i);
		for (guint k = 0; k < list->len; k++)
			if (!((struct known *)list->pdata[k])->seen)
				forget(inv, i, list->pdata[k]);
	}
}

static void mark_vms_due(struct inventory *inv)
{
	g_autoptr(GPtrArray) vms = known_list(inv->known, VMS);
	for (guint i = 0; i < vms->len; i++) {
		struct known *k = vms->pdata[i];
		if (known_wants_detail(inv->known, VMS, k->row))
			known_set_due(inv->known, k, true);
	}
}

/* ---- objects of an answer ------------------------------------------------------------------------------------ */

static void refuse_missing(struct inventory *inv, const struct draft *d)
{
	for (guint i = 0; i < d->missing->len; i++) {
		const struct prop_missing *m = &g_array_index(d->missing, struct prop_missing, i);
		if (strcmp(m->fault, "InvalidProperty") == 0 && *m->path)
			g_hash_table_add(inv->limits.refused, g_strdup(m->path));
	}
}

/* What is known of an object, by whichever lane has read it last. */
static struct known *latest(struct inventory *inv, int kind, const char *moref)
{
	struct known *k = known_at(inv->known, kind, moref);
	const void *row = k ? newer_take(inv->b->target, known_kinds[kind], moref) : NULL;
	if (!row)
		return k;
	bool seen = k->seen;
	known_put(inv->known, kind, moref, row);
	k->seen = seen;
	return k;
}

static bool begin_object(void *data, struct draft *d)
{
	struct inventory *inv = data;
	int kind = known_kind(d);
	if (kind < 0)
		return recent_begin(inv->recent, d);
	struct known *k = latest(inv, kind, d->moref);
	const struct kind *type = known_kinds[kind];
	if (d->change == PROP_LEAVE) {
		forget(inv, kind, k);
		return false;
	}
	if (!k && (inv->phase == PHASE_DETAIL || d->change == PROP_MODIFY))
		return false; /* removed meanwhile */
	if (k) {
		memcpy(d->row, k->row, d->type->row_size);
		return true;
	}
	kind_begin(type, d, inv->b->target->name);
	return true;
}

/* Rows of a load are always posted: those that are not are gone, for the lab. */
static bool is_news(const struct inventory *inv, int kind, const struct draft *d, const struct known *before)
{
	return inv->phase == PHASE_LOAD || inv->phase == PHASE_DETAIL || !before ||
	       !kind_same(known_kinds[kind], SET_LIVE, d, before->row);
}

static void end_object(void *data, struct draft *d)
{
	struct inventory *inv = data;
	int kind = known_kind(d);
	if (kind < 0) {
		recent_end(inv->recent, d);
		return;
	}
	struct known *before = known_at(inv->known, kind, d->moref);
	const struct kind *type = known_kinds[kind];
	refuse_missing(inv, d);
	if (!kind_end(type, d, before ? before->row : NULL)) {
		forget(inv, kind, before);
		return;
	}
	if (!is_news(inv, kind, d, before)) {
		before->seen = true;
		return;
	}
	bool due = inv->phase >= PHASE_SYNC && inv->phase != PHASE_DETAIL &&
		   (!before || (type->detail_due && type->detail_due(before->row, d->row)));
	known_put(inv->known, kind, d->moref, post_row(inv->post, type, d->row, NULL, NULL));
	if (due && type->detail_due && known_wants_detail(inv->known, kind, d->row))
		known_set_due(inv->known, known_at(inv->known, kind, d->moref), true);
}

static void page_of_objects(void *data, enum props_page how)
{
	struct inventory *inv = data;
	post_page(inv->post, inv->known, how);
}

static const struct props_handler objects = {begin_object, end_object, page_of_objects};

/* ---- the calls ----------------------------------------------------------------------------------------------- */

/* One view of everything below the root folder, made once a session. */
static bool make_view(struct inventory *inv, GError **error)
{
	static const struct leaf id_leaf[] = {{.path = "", .kind = LEAF_RAW, .offset = 0}, {0}};
	GString *arguments;
	const char *id = "";
	if (inv->view)
		return true;
	arguments = g_string_new(NULL);
	soap_ref(arguments, "container", (struct vim_ref){"Folder", inv->v->content.root_folder});
	for (int i = 0; i < N_KINDS; i++)
		xml_element(arguments, "type", known_kinds[i]->type.vim);
	xml_element(arguments, "recursive", "true");
	struct soap_call call = {.what = "making a view of the inventory",
				 .method = "CreateContainerView",
				 .self = {"ViewManager", inv->v->content.view_manager},
				 .arguments = arguments->str};
	struct box *box = box_new();
	bool good = soap_call_into(&inv->v->soap, call, id_leaf, &id, box, error);
	if (good)
		inv->view = g_strdup(id);
	box_unref(box);
	g_string_free(arguments, TRUE);
	return good;
}

/* <objectSet> of all that the view shows. */
static GString *everything(const struct inventory *inv)
{
	GString *from = g_string_new(NULL);
	props_append_traversal(from, (struct vim_ref){"ContainerView", inv->view}, "view");
	return from;
}

static struct collector_query query(struct inventory *inv, const char *what, const struct prop_read *reads,
				    const GString *from)
{
	return (struct collector_query){.what = what,
					.reads = reads,
					.objects = from ? from->str : "",
					.handler = &objects,
					.data = inv};
}

bool inventory_load(struct inventory *inv, GError **error)
{
	if (!make_view(inv, error))
		return false;
	GString *from = everything(inv);
	struct collector_query q = query(inv, "reading the inventory", load_reads, from);
	inv->phase = PHASE_LOAD;
	known_set_all_seen(inv->known, false);
	post_begin_load(inv->post);
	bool good = collector_read(inv->v, &inv->limits, &q, error);
	g_string_free(from, TRUE);
	if (!good)
		return false;
	forget_unseen(inv);
	post_flush(inv->post, true);
	mark_vms_due(inv);
	inv->loaded = true;
	return true;
}

/* Tasks and events are extras: a product that has them differently, or a user who may not see them, is served without. */
static void watch_recent(struct inventory *inv)
{
	g_autoptr(GError) error = NULL;
	GString *from = g_string_new(NULL);
	recent_append_objects(inv->recent, from);
	struct collector_query q = query(inv, "watching tasks and events", recent_reads, from);
	inv->watching_recent = from->len && collector_watch(inv->v, &inv->limits, &q, &error);
	if (error && !vim_session_lost(inv->v))
		backend_log(inv->b, inv->b->target, G_LOG_LEVEL_WARNING, "%s", error->message);
	g_string_free(from, TRUE);
}

static bool watch(struct inventory *inv, GError **error)
{
	GString *from = everything(inv);
	struct collector_query q = query(inv, "watching the inventory", live_reads, from);
	bool good = collector_watch(inv->v, &inv->limits, &q, error);
	g_string_free(from, TRUE);
	if (!good)
		return false;
	watch_recent(inv);
	inv->watching = true;
	g_string_truncate(inv->version, 0);
	return true;
}

/* The server has forgotten what we had seen: everything again, which is always right. */
static bool start_over(struct inventory *inv, GError **error)
{
	if (!soap_fault_is(&inv->v->soap.fault, "InvalidCollectorVersion"))
		return false;
	g_clear_error(error);
	g_string_truncate(inv->version, 0);
	inv->loaded = false;
	return true;
}

bool inventory_follow(struct inventory *inv, int wait_s, int64_t slack_ms, GError **error)
{
	struct collector_query q = query(inv, "waiting for changes", update_reads, NULL);
	GError *failure = NULL;
	bool more, first;
	if (!inv->watching && !watch(inv, error))
		return false;
	first = inv->version->len == 0;
	inv->phase = first ? PHASE_SYNC : PHASE_FOLLOW;
	if (first)
		known_set_all_seen(inv->known, false);
	do {
		if (!collector_wait(inv->v, &q, inv->version, wait_s, slack_ms, &more, &failure)) {
			if (start_over(inv, &failure))
				return true;
			g_propagate_error(error, failure);
			return false;
		}
		if (!more && first)
			forget_unseen(inv);
		if (!more && first && inv->watching_recent)
			recent_were_read(inv->recent);
		post_flush(inv->post, false);
		recent_post(inv->recent);
	} while (more);
	return true;
}

bool inventory_details_due(const struct inventory *inv)
{
	return known_count_due(inv->known) > 0;
}

bool inventory_read_details(struct inventory *inv, GError **error)
{
	GString *from = g_string_new(NULL);
	int n = 0;
	for (int i = 0; i < N_KINDS && known_count_due(inv->known); i++) {
		g_autoptr(GPtrArray) list = known_list(inv->known, i);
		for (guint at = 0; at < list->len && n < DETAILS_AT_ONCE; at++) {
			struct known *k = list->pdata[at];
			if (!k->due)
				continue;
			props_append_object(from, (struct vim_ref){known_kinds[i]->type.vim, k->moref});
			known_set_due(inv->known, k, false);
			n++;
		}
	}
	struct collector_query q = query(inv, "reading settings", detail_reads, from);
	inv->phase = PHASE_DETAIL;
	bool good = n == 0 || collector_read(inv->v, &inv->limits, &q, error);
	post_flush(inv->post, false);
	g_string_free(from, TRUE);
	return good;
}

bool inventory_read_sensors(struct inventory *inv, int64_t interval_ms, GError **error)
{
	GString *from = everything(inv);
	bool good = readings_sensors(inv->b, inv->v, &inv->limits, from->str, interval_ms, inv->post,
				     inv->known, error);
	g_string_free(from, TRUE);
	return good;
}

bool inventory_read_counters(struct inventory *inv, GError **error)
{
	return readings_counters(inv->counters, inv->post, inv->known, error);
}

bool inventory_read_recent(struct inventory *inv, GError **error)
{
	GError *failure = NULL;
	GString *from = g_string_new(NULL);
	recent_append_objects(inv->recent, from);
	struct collector_query q = query(inv, "reading tasks and events", recent_reads, from);
	bool good = !from->len || collector_read(inv->v, &inv->limits, &q, &failure);
	g_string_free(from, TRUE);
	if (good)
		recent_were_read(inv->recent);
	recent_post(inv->recent);
	if (good || !inv->v->soap.fault.box || vim_session_lost(inv->v)) {
		if (failure)
			g_propagate_error(error, failure);
		return good;
	}
	backend_log(inv->b, inv->b->target, G_LOG_LEVEL_WARNING, "%s", failure->message);
	g_error_free(failure);
	return true;
}

void inventory_settled(struct inventory *inv)
{
	post_settled(inv->post);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

struct inventory *inventory_new(struct backend *b, struct vim *v)
{
	struct inventory *inv = g_new0(struct inventory, 1);
	inv->b = b;
	inv->v = v;
	inv->post = post_new(b, v);
	inv->recent = recent_new(b, v);
	inv->counters = counters_new(v, &inv->limits);
	inv->limits.version = v->soap.version;
	inv->limits.refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	inv->known = known_new();
	inv->version = g_string_new(NULL);
	return inv;
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	known_free(inv->known);
	g_hash_table_unref(inv->limits.refused);
	post_free(inv->post);
	recent_free(inv->recent);
	counters_free(inv->counters);
	g_string_free(inv->version, TRUE);
	g_free(inv->view);
	g_free(inv);
}

void inventory_session_changed(struct inventory *inv)
{
	g_clear_pointer(&inv->view, g_free);
	g_string_truncate(inv->version, 0);
	inv->watching = false;
	recent_session_changed(inv->recent);
	inv->loaded = false;
}

void inventory_forget(struct inventory *inv)
{
	inv->loaded = false;
}

bool inventory_is_loaded(const struct inventory *inv)
{
	return inv->loaded;
}
