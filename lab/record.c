/* record.c - one source's word about one object: kept, replaced, indexed, dropped. What it is about: merge.c. */
#include "config.h"
#include "lab/index.h"
#include "lab/private.h"
#include "lab/uuid.h"

#include <string.h>

struct row_head row_head(enum rec_kind kind, const void *row)
{
	const struct host_row *host = row;
	const struct vm_row *vm = row;
	const struct datastore_row *store = row;
	switch (kind) {
	case REC_HOST:
		return (struct row_head){host->box, host->moref, host->partial};
	case REC_VM:
		return (struct row_head){vm->box, vm->moref, vm->partial};
	default:
		return (struct row_head){store->box, store->moref, store->partial};
	}
}

/* ---- the index of VMs -------------------------------------------------------------------------------------------- */

typedef void (*index_change)(GHashTable *, const char *, void *);

static void index_list(GHashTable *table, const char *const *words, struct rec *rec, index_change change)
{
	for (; words && *words; words++)
		change(table, *words, rec);
}

static void index_vm(struct lab_private *p, struct rec *rec, index_change change)
{
	const struct vm_row *vm = rec->row;
	char uuid[UUID_SIZE];
	p->work.indexed++;
	change(p->vms_by_instance, vm->instance_uuid, rec);
	if (uuid_canonical(vm->uuid, uuid))
		change(p->vms_by_uuid, uuid, rec);
	index_list(p->vms_by_mac, vm->macs, rec, change);
	change(p->vms_by_ip, vm->guest_ip, rec);
	for (const char *const *ip = vm->guest_ips; ip && *ip; ip++)
		if (g_strcmp0(*ip, vm->guest_ip) != 0)
			change(p->vms_by_ip, *ip, rec);
	change(p->vms_by_name, vm->guest_hostname, rec);
}

static bool same_words(const char *const *a, const char *const *b)
{
	while (a && b && *a && *b && strcmp(*a, *b) == 0)
		a++, b++;
	return (!a || !*a) && (!b || !*b);
}

/* Whether two words about one VM lead to the same joins. */
static bool same_identity(const struct vm_row *a, const struct vm_row *b)
{
	return strcmp(a->uuid, b->uuid) == 0 && strcmp(a->instance_uuid, b->instance_uuid) == 0 &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->guest_hostname, b->guest_hostname) == 0 &&
	       strcmp(a->guest_ip, b->guest_ip) == 0 && same_words(a->guest_ips, b->guest_ips) &&
	       same_words(a->macs, b->macs);
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static void enqueue(struct lab *lab, struct rec *rec)
{
	if (!rec->queued)
		g_ptr_array_add(lab->p->queue, rec);
	rec->queued = true;
	lab->p->dirty |= DIRTY_RECORDS | DIRTY_FINDINGS;
}

/* It has passthrough devices, or keeps settings from when it had: the checks of GPU VMs are for it. */
static bool wants_gpu(const struct vm_row *vm)
{
	for (int i = 0; i < vm->n_extra; i++)
		if (g_ascii_strncasecmp(vm->extra[i].key, "pciPassthru", strlen("pciPassthru")) == 0)
			return true;
	return vm->n_devices > 0;
}

static unsigned joins_of(const struct vm_row *vm)
{
	return wants_gpu(vm) ? DIRTY_JOIN : DIRTY_MATCH;
}

static void vm_added(struct lab *lab, struct rec *rec)
{
	const struct vm_row *vm = rec->row;
	index_vm(lab->p, rec, index_add);
	if (wants_gpu(vm))
		g_hash_table_add(lab->p->gpu_vms, rec);
	lab->p->dirty |= joins_of(vm);
}

static void vm_removed(struct lab *lab, struct rec *rec)
{
	index_vm(lab->p, rec, index_remove);
	g_hash_table_remove(lab->p->gpu_vms, rec);
	lab->p->dirty |= joins_of(rec->row);
}

/* A VM without devices that keeps its identity (power, load, tools) moves no join. */
static void vm_replaced(struct lab *lab, struct rec *rec, const struct vm_row *new_row)
{
	const struct vm_row *old = rec->row;
	if (old->n_devices > 0 || new_row->n_devices > 0)
		lab->p->dirty |= DIRTY_JOIN;
	if (old->power != new_row->power || strcmp(old->name, new_row->name) != 0 ||
	    old->tools != new_row->tools || old->connection != new_row->connection)
		lab->p->dirty |= DIRTY_MATCH;
	if (same_identity(old, new_row) && wants_gpu(old) == wants_gpu(new_row)) {
		rec->row = new_row;
		return;
	}
	if (strcmp(old->uuid, new_row->uuid) != 0 || strcmp(old->instance_uuid, new_row->instance_uuid) != 0)
		merge_detach(lab, rec);
	vm_removed(lab, rec);
	rec->row = new_row;
	vm_added(lab, rec);
}

static void host_replaced(struct lab *lab, struct rec *rec, const struct host_row *new_row)
{
	const struct host_row *old = rec->row;
	if (strcmp(old->uuid, new_row->uuid) != 0)
		merge_detach(lab, rec);
	rec->row = new_row;
	lab->p->dirty |= DIRTY_JOIN;
}

/* VMs that came before their host may have been merged without it: they are looked at again. */
static void host_added(struct lab *lab, struct rec *host)
{
	GHashTableIter it;
	gpointer value;
	g_hash_table_iter_init(&it, host->src->recs[REC_VM]);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		struct rec *rec = value;
		if (strcmp(((const struct vm_row *)rec->row)->host, host->moref) != 0)
			continue;
		merge_detach(lab, rec);
		enqueue(lab, rec);
	}
	lab->p->dirty |= DIRTY_JOIN;
}

static void record_add(struct lab *lab, struct source *src, struct rec *rec)
{
	g_hash_table_insert(src->recs[rec->kind], (gpointer)rec->moref, rec);
	if (rec->kind == REC_VM)
		vm_added(lab, rec);
	else if (rec->kind == REC_HOST)
		host_added(lab, rec);
}

static void record_replace(struct lab *lab, struct rec *rec, const void *row)
{
	if (rec->kind == REC_VM)
		vm_replaced(lab, rec, row);
	else if (rec->kind == REC_HOST)
		host_replaced(lab, rec, row);
	else
		rec->row = row;
}

void record_fold(struct lab *lab, struct source *src, enum rec_kind kind, const void *row,
		 const struct obs *obs, uint32_t generation)
{
	const struct row_head head = row_head(kind, row);
	const char *moref = head.moref;
	struct box *box = lab_hold(head.box, obs), *old_box = NULL;
	struct rec *rec = g_hash_table_lookup(src->recs[kind], moref);
	if (rec) {
		old_box = rec->box;
		record_replace(lab, rec, row);
		/* the key lives in the box that is let go */
		g_hash_table_steal(src->recs[kind], rec->moref);
		rec->moref = moref;
		g_hash_table_insert(src->recs[kind], (gpointer)moref, rec);
	} else {
		rec = g_new0(struct rec, 1);
		*rec = (struct rec){.kind = kind, .src = src, .moref = moref, .row = row};
		record_add(lab, src, rec);
	}
	rec->box = box;
	if (generation) /* else of the load that it was in */
		rec->generation = generation;
	rec->taken_ns = obs->taken_ns;
	lab_bury_box(lab, old_box);
	if (kind == REC_DATASTORE)
		lab->p->dirty |= DIRTY_STORES;
	else
		enqueue(lab, rec);
}

void record_free(struct rec *rec)
{
	box_unref(rec->box);
	g_free(rec);
}

static void drop(struct lab *lab, struct rec *rec)
{
	if (rec->queued)
		g_ptr_array_remove_fast(lab->p->queue, rec);
	if (rec->kind == REC_VM)
		vm_removed(lab, rec);
	if (rec->kind != REC_DATASTORE)
		merge_detach(lab, rec);
	lab->p->dirty |= DIRTY_RECORDS | DIRTY_FINDINGS;
	if (rec->kind == REC_HOST)
		lab->p->dirty |= DIRTY_JOIN;
	if (rec->kind == REC_DATASTORE)
		lab->p->dirty |= DIRTY_STORES;
	lab_bury_box(lab, rec->box);
	g_free(rec);
}

void record_remove(struct lab *lab, struct source *src, enum rec_kind kind, const char *moref)
{
	struct rec *rec = g_hash_table_lookup(src->recs[kind], moref);
	if (!rec)
		return;
	g_hash_table_steal(src->recs[kind], moref);
	drop(lab, rec);
}

/* An inventory was read to its end: what it did not name again is gone. */
void record_sweep(struct lab *lab, struct source *src, uint32_t generation)
{
	for (int kind = 0; kind < REC_KINDS; kind++) {
		GHashTableIter it;
		gpointer value;
		g_hash_table_iter_init(&it, src->recs[kind]);
		while (g_hash_table_iter_next(&it, NULL, &value)) {
			struct rec *rec = value;
			if (rec->generation == generation)
				continue;
			g_hash_table_iter_steal(&it);
			drop(lab, rec);
		}
	}
}
