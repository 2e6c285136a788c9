/* merge.c - which records are about the same thing, and which of them speaks for it.
 *
 * A host or VM that a vCenter and a direct connection both know is one thing. Two objects of one source never are:
 * VMs copied as files carry the same UUIDs. Of several records the one of a live source speaks, of these the newest.
 */
#include "config.h"
#include "lab/index.h"
#include "lab/marks.h"
#include "lab/private.h"
#include "lab/text.h"
#include "lab/uuid.h"

#include <string.h>

/* ---- things ------------------------------------------------------------------------------------------------------ */

void things_add(struct things *of, struct rec *rec)
{
	struct rec **at = &of->recs;
	while (*at && (*at)->src->rank < rec->src->rank)
		at = &(*at)->next;
	rec->next = *at;
	*at = rec;
	rec->of = of;
}

static void unthings_add(struct rec *rec)
{
	for (struct rec **at = &rec->of->recs; *at; at = &(*at)->next) {
		if (*at != rec)
			continue;
		*at = rec->next;
		break;
	}
	rec->of = NULL;
	rec->next = NULL;
}

bool things_know(const struct things *of, const struct source *src)
{
	for (const struct rec *r = of->recs; r; r = r->next)
		if (r->src == src)
			return true;
	return false;
}

/* The best id that is still free: one that does not depend on who told it, else the source's own. */
static struct ref free_ref(struct lab *lab, enum thing kind, const char *id, const struct rec *rec)
{
	struct ref ref = ref_make(kind, "", id, "");
	if (!*id || g_hash_table_contains(lab->p->refs, &ref))
		ref = ref_make(kind, rec->src->name, rec->moref, "");
	return ref;
}

static struct things *host_new(struct lab *lab, struct rec *rec, const char *key)
{
	struct host_thing *h = g_new0(struct host_thing, 1);
	const char *uuid = ((const struct host_row *)rec->row)->uuid;
	h->of.thing = h;
	g_strlcpy(h->key, key, sizeof h->key);
	h->pub.ref = free_ref(lab, THING_HOST, uuid_placeholder(uuid) ? "" : uuid, rec);
	g_hash_table_insert(lab->p->refs, &h->pub.ref, h);
	index_add(lab->p->hosts_by_key, key, h);
	g_ptr_array_add(lab->hosts, h);
	lab->p->names_moved = true;
	return &h->of;
}

static struct things *vm_new(struct lab *lab, struct rec *rec)
{
	struct vm_thing *vm = g_new0(struct vm_thing, 1);
	const struct vm_row *row = rec->row;
	vm->of.thing = vm;
	vm->pub.ref = free_ref(lab, THING_VM, *row->instance_uuid ? row->instance_uuid : row->uuid, rec);
	g_hash_table_insert(lab->p->refs, &vm->pub.ref, vm);
	g_ptr_array_add(lab->vms, vm);
	lab->p->names_moved = true;
	return &vm->of;
}

void sensor_free(struct lab_sensor *s)
{
	ring_clear(&s->history);
	g_free((char *)s->name);
	g_free((char *)s->type);
	g_free((char *)s->unit);
	g_free((char *)s->state);
	g_free(s);
}

void host_thing_free(struct host_thing *h)
{
	for (guint i = 0; h->pub.sensors && i < h->pub.sensors->len; i++)
		sensor_free(h->pub.sensors->pdata[i]);
	if (h->pub.sensors)
		g_ptr_array_unref(h->pub.sensors);
	g_free(h->of.label);
	g_free(h);
}

void vm_thing_free(struct vm_thing *vm)
{
	g_free(vm->of.label);
	g_free(vm);
}

/* The record no longer belongs to its thing; a thing without records is dead from the next settle on. */
void merge_detach(struct lab *lab, struct rec *rec)
{
	struct things *of = rec->of;
	if (!of)
		return;
	unthings_add(rec);
	lab->p->dirty |= DIRTY_RECORDS | DIRTY_MATCH;
	if (!of->recs)
		of->dead = true;
	else if (!of->recs->queued) {
		of->recs->queued = true;
		g_ptr_array_add(lab->p->queue, of->recs);
	}
}

/* ---- which thing ------------------------------------------------------------------------------------------------- */

/* What tells a host from others; "" when it has nothing of the kind. */
static void host_key(const struct host_row *row, char *key, gsize size)
{
	char uuid[UUID_SIZE] = "";
	if (!uuid_placeholder(row->uuid) && uuid_canonical(row->uuid, uuid)) {
		g_snprintf(key, size, "%s%s", row->is_local ? "local:" : "", uuid);
	} else if (!name_is_default(row->name)) {
		char *lower = g_ascii_strdown(row->name, -1);
		g_snprintf(key, size, "%sname:%s", row->is_local ? "local:" : "", lower);
		g_free(lower);
	} else {
		key[0] = '\0';
	}
}

static bool same_name(const struct host_row *a, const struct host_row *b)
{
	return !name_is_default(a->name) && g_ascii_strcasecmp(a->name, b->name) == 0;
}

static bool differ(struct num a, struct num b)
{
	return num_known(a) && num_known(b) && a.v != b.v;
}

static bool differ_text(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

/* What both read of the hardware is not of one machine. */
static bool other_hardware(const struct host_row *a, const struct host_row *b)
{
	return differ(a->mem_bytes, b->mem_bytes) || differ(a->cpu_threads, b->cpu_threads) ||
	       differ_text(a->cpu_model, b->cpu_model) || differ_text(a->model, b->model) ||
	       differ_text(a->vendor, b->vendor);
}

/* Whether two records with one key may be about one host. A vCenter knows a host by a name of its own; two hosts that are
 * asked directly tell their own names, and one firmware's UUID stands in whole series of boards. */
static bool may_be_same_host(const struct rec *a, const struct rec *b)
{
	const struct host_row *x = a->row, *y = b->row;
	if (a->src == b->src || other_hardware(x, y))
		return false;
	return a->src->is_vcenter || b->src->is_vcenter || same_name(x, y);
}

static bool may_join_host(const struct host_thing *h, const struct rec *rec)
{
	for (const struct rec *r = h->of.recs; r; r = r->next)
		if (!may_be_same_host(r, rec))
			return false;
	return true;
}

static bool goes_by_name(const struct host_thing *h, const struct rec *rec)
{
	for (const struct rec *r = h->of.recs; r; r = r->next)
		if (same_name(r->row, rec->row))
			return true;
	return false;
}

/* The source tells another host with the key: it proves nothing there. */
static bool tells_twice(const struct rec *rec, const char *key)
{
	GHashTableIter it;
	gpointer other;
	char its[HOST_KEY_SIZE];
	g_hash_table_iter_init(&it, rec->src->recs[REC_HOST]);
	while (g_hash_table_iter_next(&it, NULL, &other)) {
		if (other == rec)
			continue;
		host_key(((const struct rec *)other)->row, its, sizeof its);
		if (strcmp(its, key) == 0)
			return true;
	}
	return false;
}

static bool is_sure(const struct host_thing *h, const struct rec *rec, const char *key)
{
	for (const struct rec *r = h->of.recs; r; r = r->next)
		if (tells_twice(r, key))
			return false;
	return !tells_twice(rec, key);
}

/* The host that has the key and the name, else the only one that has the key at all. */
static struct things *find_host(const struct lab *lab, const struct rec *rec, const char *key)
{
	struct host_thing *found = NULL;
	int n = 0;
	for (GSList *l = index_get(lab->p->hosts_by_key, key); l; l = l->next) {
		struct host_thing *h = l->data;
		if (!may_join_host(h, rec))
			continue;
		if (goes_by_name(h, rec))
			return &h->of;
		found = h;
		n++;
	}
	return n == 1 && is_sure(found, rec, key) ? &found->of : NULL;
}

static void attach_host(struct lab *lab, struct rec *rec)
{
	char key[HOST_KEY_SIZE];
	host_key(rec->row, key, sizeof key);
	struct things *of = find_host(lab, rec, key);
	things_add(of ? of : host_new(lab, rec, key), rec);
	lab->p->hosts_unsorted = true;
}

static struct lab_host *host_of_vm(const struct rec *rec)
{
	const struct vm_row *row = rec->row;
	return rec_host(g_hash_table_lookup(rec->src->recs[REC_HOST], row->host));
}

/* Whether two records of different sources may be about one VM. Copies on different hosts can share every UUID. */
static bool may_be_same_vm(const struct rec *a, const struct rec *b)
{
	const struct vm_row *va = a->row, *vb = b->row;
	if (a->src == b->src || !b->of || things_know(b->of, a->src))
		return false;
	if (*va->instance_uuid && *vb->instance_uuid && strcmp(va->instance_uuid, vb->instance_uuid) != 0)
		return false;
	const struct lab_host *ha = host_of_vm(a), *hb = host_of_vm(b);
	return !ha || !hb || ha == hb;
}

/* The only thing that the records of a list allow, or NULL when none or several do. */
static struct things *only_match(GSList *list, const struct rec *rec)
{
	struct things *found = NULL;
	for (; list; list = list->next) {
		const struct rec *other = list->data;
		if (other == rec || !may_be_same_vm(rec, other) || other->of == found)
			continue;
		if (found)
			return NULL;
		found = other->of;
	}
	return found;
}

static void attach_vm(struct lab *lab, struct rec *rec)
{
	const struct vm_row *row = rec->row;
	char uuid[UUID_SIZE];
	struct things *of = only_match(index_get(lab->p->vms_by_instance, row->instance_uuid), rec);
	if (!of && uuid_canonical(row->uuid, uuid))
		of = only_match(index_get(lab->p->vms_by_uuid, uuid), rec);
	things_add(of ? of : vm_new(lab, rec), rec);
}

/* ---- which record ------------------------------------------------------------------------------------------------ */

static bool settings_read(const struct rec *rec)
{
	return rec->kind != REC_VM || ((const struct vm_row *)rec->row)->settings_read;
}

/* A vCenter that lost touch with a host, or with a VM, tells what it last knew. */
static bool in_reach(const struct rec *rec)
{
	if (rec->kind == REC_VM)
		return vm_is_in_reach(rec->row);
	enum host_state state =
		rec->kind == REC_HOST ? ((const struct host_row *)rec->row)->state : HOST_CONNECTED;
	return state != HOST_DISCONNECTED && state != HOST_NOT_RESPONDING;
}

static bool speaks_before(const struct rec *a, const struct rec *b)
{
	if (source_live(a->src) != source_live(b->src))
		return source_live(a->src);
	if (in_reach(a) != in_reach(b))
		return in_reach(a);
	if (settings_read(a) != settings_read(b))
		return settings_read(a);
	return a->taken_ns > b->taken_ns;
}

void things_pick(const struct things *of, const struct rec **best, const struct rec **second)
{
	*best = of->recs, *second = NULL;
	for (const struct rec *r = of->recs->next; r; r = r->next) {
		if (speaks_before(r, *best))
			*second = *best, *best = r;
		else if (!*second || speaks_before(r, *second))
			*second = r;
	}
}

static bool renamed(const char *old, const char *name)
{
	return !old || strcmp(old, name) != 0;
}

static void pick_host(struct lab *lab, struct host_thing *h)
{
	const struct rec *best, *second;
	things_pick(&h->of, &best, &second);
	if (h->pub.row != best->row)
		lab->p->dirty |= DIRTY_JOIN;
	h->pub.row = best->row;
	h->pub.also = second ? second->row : NULL;
	h->pub.stale = !source_live(best->src);
	h->pub.taken_ns = best->taken_ns;
	const char *name = ((const struct host_row *)h->of.recs->row)->name;
	lab->p->hosts_unsorted |= h->pub.name != name;
	lab->p->names_moved |= renamed(h->pub.name, name);
	h->pub.name = name;
	h->pub.shown = h->of.label ? h->of.label : name;
	lab->p->work.picked++;
}

static bool has_devices(const struct vm_row *row)
{
	return row && row->n_devices > 0;
}

static void pick_vm(struct lab *lab, struct vm_thing *vm)
{
	const struct rec *best, *second;
	things_pick(&vm->of, &best, &second);
	if (vm->pub.row != best->row && (has_devices(vm->pub.row) || has_devices(best->row)))
		lab->p->dirty |= DIRTY_JOIN;
	vm->pub.row = best->row;
	vm->pub.also = second ? second->row : NULL;
	vm->pub.stale = !source_live(best->src);
	vm->pub.taken_ns = best->taken_ns;
	const char *name = ((const struct vm_row *)vm->of.recs->row)->name;
	const struct lab_host *host = host_of_vm(best);
	for (const struct rec *r = vm->of.recs; r && !host; r = r->next)
		host = host_of_vm(r);
	lab->p->vms_unsorted |= vm->pub.name && renamed(vm->pub.name, name);
	lab->p->names_moved |= renamed(vm->pub.name, name) || vm->pub.host != host;
	vm->pub.host = host;
	vm->pub.name = name;
	vm->pub.shown = vm->of.label ? vm->of.label : name;
	lab->p->work.picked++;
}

/* ---- settling ---------------------------------------------------------------------------------------------------- */

static int by_name(const char *x, const struct ref *xref, const char *y, const struct ref *yref)
{
	int c = text_natural(x, y);
	c = c ? c : strcmp(xref->id, yref->id);
	return c ? c : strcmp(xref->source, yref->source);
}

static int vms_by_name(gconstpointer a, gconstpointer b)
{
	const struct lab_vm *x = *(struct lab_vm *const *)a, *y = *(struct lab_vm *const *)b;
	return by_name(x->name, &x->ref, y->name, &y->ref);
}

static int hosts_by_name(gconstpointer a, gconstpointer b)
{
	const struct lab_host *x = *(struct lab_host *const *)a, *y = *(struct lab_host *const *)b;
	return by_name(x->name, &x->ref, y->name, &y->ref);
}

static bool bury_hosts(struct lab *lab)
{
	guint kept = 0, n = lab->hosts->len;
	for (guint i = 0; i < n; i++) {
		struct host_thing *h = lab->hosts->pdata[i];
		if (!h->of.dead) {
			lab->hosts->pdata[kept++] = h;
			continue;
		}
		g_hash_table_remove(lab->p->refs, &h->pub.ref);
		index_remove(lab->p->hosts_by_key, h->key, h);
		g_ptr_array_add(lab->p->dead_hosts, h);
	}
	lab->hosts->len = kept;
	lab->p->names_moved |= kept < n;
	return kept < n;
}

static void bury_vms(struct lab *lab)
{
	guint kept = 0, sorted = lab->p->vms_sorted;
	for (guint i = 0; i < lab->vms->len; i++) {
		if (i == sorted)
			lab->p->vms_sorted = kept;
		struct vm_thing *vm = lab->vms->pdata[i];
		if (!vm->of.dead) {
			lab->vms->pdata[kept++] = vm;
			continue;
		}
		g_hash_table_remove(lab->p->refs, &vm->pub.ref);
		g_ptr_array_add(lab->p->dead_vms, vm);
		lab->p->names_moved = true;
	}
	if (sorted >= lab->vms->len)
		lab->p->vms_sorted = kept;
	lab->vms->len = kept;
}

static void attach_queued(struct lab *lab, enum rec_kind kind)
{
	for (guint i = 0; i < lab->p->queue->len; i++) {
		struct rec *rec = lab->p->queue->pdata[i];
		if (rec->kind != kind || rec->of)
			continue;
		lab->p->work.merged++;
		if (kind == REC_HOST)
			attach_host(lab, rec);
		else
			attach_vm(lab, rec);
	}
}

/* Where a VM belongs among the first n. */
static guint place_of(const struct lab *lab, guint n, gconstpointer vm)
{
	guint from = 0;
	while (from < n) {
		guint middle = from + (n - from) / 2;
		if (vms_by_name(&lab->vms->pdata[middle], &vm) < 0)
			from = middle + 1;
		else
			n = middle;
	}
	return from;
}

/* A few hundred new ones among thousands: they are sorted, then each gap is moved up once, from the last on. */
static void insert_new_vms(struct lab *lab)
{
	gpointer *all = lab->vms->pdata;
	guint sorted = lab->p->vms_sorted, n = lab->vms->len - sorted;
	if (n == 0)
		return;
	qsort(all + sorted, n, sizeof *all, vms_by_name);
	gpointer *new = g_memdup2(all + sorted, n * sizeof *all);
	for (guint end = sorted; n > 0; n--) {
		guint at = place_of(lab, end, new[n - 1]);
		memmove(all + at + n, all + at, (end - at) * sizeof *all);
		all[at + n - 1] = new[n - 1];
		end = at;
	}
	g_free(new);
	lab->p->work.sorted++;
}

static void sort_things(struct lab *lab)
{
	if (lab->p->hosts_unsorted)
		g_ptr_array_sort(lab->hosts, hosts_by_name);
	if (lab->p->vms_unsorted)
		lab->p->vms_sorted = 0;
	insert_new_vms(lab);
	lab->p->vms_sorted = lab->vms->len;
	lab->p->hosts_unsorted = lab->p->vms_unsorted = false;
}

/* Everything that is queued finds its thing; what nobody tells of any more goes. */
void merge_records(struct lab *lab)
{
	/* the dead go first: what comes again under the same identity takes over its reference */
	bool hosts_moved = bury_hosts(lab);
	guint hosts_before = lab->hosts->len;
	attach_queued(lab, REC_HOST);
	hosts_moved |= lab->hosts->len != hosts_before;
	bury_vms(lab);
	attach_queued(lab, REC_VM);
	for (guint i = 0; i < lab->p->queue->len; i++) {
		struct rec *rec = lab->p->queue->pdata[i];
		rec->queued = false;
		if (rec->kind == REC_HOST)
			pick_host(lab, rec->of->thing);
		else
			pick_vm(lab, rec->of->thing);
	}
	g_ptr_array_set_size(lab->p->queue, 0);
	if (hosts_moved)
		merge_repick(lab);
	sort_things(lab);
}

GPtrArray *merge_gpu_vms(const struct lab *lab)
{
	GPtrArray *vms = g_ptr_array_new();
	GHashTableIter it;
	gpointer key;
	g_hash_table_iter_init(&it, lab->p->gpu_vms);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		const struct rec *rec = key;
		struct lab_vm *vm = rec_vm(rec);
		if (vm && vm->row == rec->row)
			g_ptr_array_add(vms, vm);
	}
	g_ptr_array_sort(vms, vms_by_name);
	return vms;
}

/* Which record speaks is decided again for all: a source came, went or grew old. */
void merge_repick(struct lab *lab)
{
	for (guint i = 0; i < lab->hosts->len; i++)
		pick_host(lab, lab->hosts->pdata[i]);
	for (guint i = 0; i < lab->vms->len; i++)
		pick_vm(lab, lab->vms->pdata[i]);
	sort_things(lab);
}
