/* inventory.c - one load, then changes: which objects are known, which rows are new, what is to be read again. */
#include "config.h"
#include "backends/vsphere/inventory.h"

#include "backends/vsphere/counters.h"
#include "backends/vsphere/post.h"
#include "backends/vsphere/recent.h"

#include <string.h>

#define DETAILS_AT_ONCE 100 /* objects whose settings are read in one call */

enum { HOSTS, VMS, DATASTORES, N_KINDS };

static const struct kind *const kinds[N_KINDS] = {&host_kind, &vm_kind, &datastore_kind};

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

/* An object and the last row that was posted of it. */
struct known {
	char *moref;
	const void *row;
	struct box *box; /* holds the row */
	bool seen;       /* by the load, or the first updates after it */
	bool due;        /* its detail set is to be read */
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
	GHashTable *known[N_KINDS]; /* moref -> struct known */
	enum phase phase;
	bool loaded;
	guint n_due;
	char *view;       /* id of the container view, NULL: none in this session */
	GString *version; /* of the updates; "" none seen yet */
	bool watching;    /* the filters exist */
};

/* ---- what is known ------------------------------------------------------------------------------------------- */

static void known_free(void *data)
{
	struct known *k = data;
	box_unref(k->box);
	g_free(k->moref);
	g_free(k);
}

static int kind_of(const struct draft *d)
{
	for (int i = 0; i < N_KINDS; i++)
		if (&kinds[i]->type == d->type)
			return i;
	return -1;
}

static struct known *known_at(const struct inventory *inv, int kind, const char *moref)
{
	return g_hash_table_lookup(inv->known[kind], moref);
}

static const struct host_row *host_at(const struct inventory *inv, const char *moref)
{
	const struct known *k = known_at(inv, HOSTS, moref);
	return k ? &((const struct vs_host *)k->row)->row : NULL;
}

static void set_due(struct inventory *inv, struct known *k, bool due)
{
	if (k->due != due)
		inv->n_due += due ? 1 : (guint)-1;
	k->due = due;
}

/* Reading the settings of every VM of a large vCenter would be most of its bytes, for VMs that no GPU is near. */
static bool wants_detail(const struct inventory *inv, int kind, const void *row)
{
	if (kind != VMS)
		return kind == HOSTS;
	if (g_hash_table_size(inv->known[VMS]) < INVENTORY_SMALL)
		return true;
	const struct host_row *host = host_at(inv, ((const struct vm_row *)row)->host);
	return host && host_lends_gpus(host);
}

/* Puts a row that was posted in the place of the one before. Takes the reference to its box. */
static void know(struct inventory *inv, int kind, const char *moref, const void *row)
{
	struct known *k = known_at(inv, kind, moref);
	struct box *box = *(struct box *const *)((const char *)row + kinds[kind]->box_at);
	if (!k) {
		k = g_new0(struct known, 1);
		k->moref = g_strdup(moref);
		g_hash_table_insert(inv->known[kind], k->moref, k);
	}
	box_unref(k->box);
	k->row = row;
	k->box = box;
	k->seen = true;
}

static void forget(struct inventory *inv, int kind, const char *moref)
{
	struct known *k = known_at(inv, kind, moref);
	if (!k)
		return;
	set_due(inv, k, false);
	post_gone(inv->post, moref);
	g_hash_table_remove(inv->known[kind], moref);
}

static void set_all_seen(struct inventory *inv, bool seen)
{
	for (int i = 0; i < N_KINDS; i++) {
		GHashTableIter iter;
		void *value;
		g_hash_table_iter_init(&iter, inv->known[i]);
		while (g_hash_table_iter_next(&iter, NULL, &value))
			((struct known *)value)->seen = seen;
	}
}

/* Objects that a whole reading did not tell of are gone. */
static void forget_unseen(struct inventory *inv)
{
	for (int i = 0; i < N_KINDS; i++) {
		GHashTableIter iter;
		void *value;
		g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_iter_init(&iter, inv->known[i]);
		while (g_hash_table_iter_next(&iter, NULL, &value))
			if (!((struct known *)value)->seen)
				g_ptr_array_add(gone, g_strdup(((struct known *)value)->moref));
		for (guint g = 0; g < gone->len; g++)
			forget(inv, i, gone->pdata[g]);
	}
}

static void mark_due(struct inventory *inv, int kind)
{
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, inv->known[kind]);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (wants_detail(inv, kind, ((struct known *)value)->row))
			set_due(inv, value, true);
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

static bool begin_object(void *data, struct draft *d)
{
	struct inventory *inv = data;
	int kind = kind_of(d);
	if (kind < 0)
		return recent_begin(inv->recent, d);
	const struct known *k = known_at(inv, kind, d->moref);
	const struct kind *type = kinds[kind];
	if (d->change == PROP_LEAVE) {
		forget(inv, kind, d->moref);
		return false;
	}
	if (!k && (inv->phase == PHASE_DETAIL || d->change == PROP_MODIFY))
		return false; /* removed meanwhile */
	if (k) {
		memcpy(d->row, k->row, d->type->row_size);
		return true;
	}
	row_blank(d->row, type->texts, type->n_texts);
	*(const char **)((char *)d->row + type->source_at) = inv->b->target->name;
	*(const char **)((char *)d->row + type->moref_at) = d->moref;
	return true;
}

/* Rows of a load are always posted: those that are not are gone, for the lab. */
static bool is_news(const struct inventory *inv, int kind, const struct draft *d, const struct known *before)
{
	return inv->phase == PHASE_LOAD || inv->phase == PHASE_DETAIL || !before ||
	       !kind_same(kinds[kind], SET_LIVE, d, before->row);
}

static void end_object(void *data, struct draft *d)
{
	struct inventory *inv = data;
	int kind = kind_of(d);
	if (kind < 0) {
		recent_end(inv->recent, d);
		return;
	}
	struct known *before = known_at(inv, kind, d->moref);
	const struct kind *type = kinds[kind];
	refuse_missing(inv, d);
	if (type->finish)
		type->finish(d, before ? before->row : NULL);
	if (!is_news(inv, kind, d, before)) {
		before->seen = true;
		return;
	}
	bool due = inv->phase >= PHASE_SYNC && inv->phase != PHASE_DETAIL &&
		   (!before || (type->detail_due && type->detail_due(before->row, d->row)));
	know(inv, kind, d->moref, post_row(inv->post, type, d->row, NULL, NULL));
	if (due && type->detail_due && wants_detail(inv, kind, d->row))
		set_due(inv, known_at(inv, kind, d->moref), true);
}

static const struct props_handler objects = {begin_object, end_object};

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
		xml_element(arguments, "type", kinds[i]->type.vim);
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
	GString *from = g_string_new(NULL);
	props_append_traversal(from, (struct vim_ref){"ContainerView", inv->view}, "view");
	struct collector_query q = query(inv, "reading the inventory", load_reads, from);
	inv->phase = PHASE_LOAD;
	set_all_seen(inv, false);
	post_begin_load(inv->post);
	bool good = collector_read(inv->v, &inv->limits, &q, error);
	g_string_free(from, TRUE);
	if (!good) {
		post_flush(inv->post, false);
		return false;
	}
	forget_unseen(inv);
	post_flush(inv->post, true);
	mark_due(inv, VMS);
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
	if (from->len && !collector_watch(inv->v, &inv->limits, &q, &error) && !vim_session_lost(inv->v))
		backend_log(inv->b, inv->b->target, G_LOG_LEVEL_WARNING, "%s", error->message);
	g_string_free(from, TRUE);
}

static bool watch(struct inventory *inv, GError **error)
{
	GString *from = g_string_new(NULL);
	props_append_traversal(from, (struct vim_ref){"ContainerView", inv->view}, "view");
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
		set_all_seen(inv, false);
	do {
		if (!collector_wait(inv->v, &q, inv->version, wait_s, slack_ms, &more, &failure)) {
			post_flush(inv->post, false);
			if (start_over(inv, &failure))
				return true;
			g_propagate_error(error, failure);
			return false;
		}
		if (!more && first)
			forget_unseen(inv);
		post_flush(inv->post, false);
		recent_post(inv->recent);
	} while (more);
	return true;
}

bool inventory_details_due(const struct inventory *inv)
{
	return inv->n_due > 0;
}

bool inventory_read_details(struct inventory *inv, GError **error)
{
	GString *from = g_string_new(NULL);
	int n = 0;
	for (int i = 0; i < N_KINDS; i++) {
		GHashTableIter iter;
		void *value;
		g_hash_table_iter_init(&iter, inv->known[i]);
		while (inv->n_due && n < DETAILS_AT_ONCE && g_hash_table_iter_next(&iter, NULL, &value)) {
			struct known *k = value;
			if (!k->due)
				continue;
			props_append_object(from, (struct vim_ref){kinds[i]->type.vim, k->moref});
			set_due(inv, k, false);
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

/* ---- sensors and counters ------------------------------------------------------------------------------------ */

static bool begin_sensors(void *data, struct draft *d)
{
	const struct host_row *host = host_at(data, d->moref);
	return host && (strcmp(host->state, "connected") == 0 || strcmp(host->state, "maintenance") == 0);
}

static void end_sensors(void *data, struct draft *d)
{
	static const size_t texts[] = {offsetof(struct sensor_row, name), offsetof(struct sensor_row, type),
				       offsetof(struct sensor_row, unit)};
	struct inventory *inv = data;
	const struct vs_sensors *read = d->row;
	if (d->missing->len)
		return; /* not "no sensors": they may not be read */
	sensors_kind.finish(d, NULL);
	struct obs *obs = obs_new(OBS_SENSORS, inv->b->target);
	struct obs_sensors *out = box_new0(obs->box, struct obs_sensors);
	out->host = box_raw(obs->box, d->moref, -1);
	out->n_rows = read->n_rows;
	out->rows = box_array0(obs->box, struct sensor_row, (size_t)MAX(read->n_rows, 1));
	for (int i = 0; i < read->n_rows; i++) {
		out->rows[i] = read->rows[i];
		row_copy_texts(obs->box, &out->rows[i], texts, G_N_ELEMENTS(texts));
	}
	obs->u.sensors = out;
	mailbox_post(inv->b->out, obs);
}

bool inventory_read_sensors(struct inventory *inv, GError **error)
{
	static const struct prop_read reads[] = {{&sensors_kind.type, SET_LIVE}, {0}};
	static const struct props_handler handler = {begin_sensors, end_sensors};
	GString *from = g_string_new(NULL);
	props_append_traversal(from, (struct vim_ref){"ContainerView", inv->view}, "view");
	struct collector_query q = query(inv, "reading hardware sensors", reads, from);
	q.handler = &handler;
	bool good = collector_read(inv->v, &inv->limits, &q, error);
	g_string_free(from, TRUE);
	return good;
}

static void put_counters(struct box *box, void *row, void *data)
{
	counters_apply(data, &((struct vs_host *)row)->row);
}

bool inventory_read_counters(struct inventory *inv, GError **error)
{
	GHashTableIter iter;
	void *value;
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	g_hash_table_iter_init(&iter, inv->known[HOSTS]);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (host_drives_gpus(&((const struct vs_host *)((struct known *)value)->row)->row))
			g_ptr_array_add(hosts, value);
	for (guint i = 0; i < hosts->len; i++) {
		struct known *k = hosts->pdata[i];
		if (!counters_read(inv->counters, k->moref, error))
			return false;
		if (counters_any(inv->counters))
			know(inv, HOSTS, k->moref,
			     post_row(inv->post, &host_kind, k->row, put_counters, inv->counters));
	}
	post_flush(inv->post, false);
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
	for (int i = 0; i < N_KINDS; i++)
		inv->known[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, known_free);
	inv->version = g_string_new(NULL);
	return inv;
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	for (int i = 0; i < N_KINDS; i++)
		g_hash_table_unref(inv->known[i]);
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
