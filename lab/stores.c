/* stores.c - datastores: which of the sources' records are about one volume, and which of them speaks for it.
 *
 * The same rule as for hosts and VMs (merge.c). They are few and joined with nothing, so the list is made anew whenever
 * one changes or a source comes or goes.
 */
#include "config.h"
#include "lab/private.h"
#include "lab/text.h"

#include <string.h>

struct store_thing {
	struct lab_store pub; /* first: the lab's array points here */
	struct things of;
};

void store_free(struct lab_store *store)
{
	g_free(store);
}

/* One source may name a volume twice, once a datacenter: those stay two. */
static struct store_thing *find(const struct lab *lab, const struct rec *rec)
{
	const char *volume = ((const struct datastore_row *)rec->row)->volume;
	for (guint i = 0; *volume && i < lab->datastores->len; i++) {
		struct store_thing *store = lab->datastores->pdata[i];
		if (strcmp(store->pub.row->volume, volume) == 0 && !things_know(&store->of, rec->src))
			return store;
	}
	return NULL;
}

static void take(struct lab *lab, struct rec *rec)
{
	struct store_thing *store = find(lab, rec);
	if (!store) {
		store = g_new0(struct store_thing, 1);
		store->pub.row = rec->row;
		store->pub.name = store->pub.row->name;
		g_ptr_array_add(lab->datastores, store);
	}
	things_add(&store->of, rec);
}

static void pick(struct store_thing *store)
{
	const struct rec *best, *second;
	things_pick(&store->of, &best, &second);
	store->pub.row = best->row;
	store->pub.also = second ? second->row : NULL;
	store->pub.stale = !source_live(best->src);
	store->pub.taken_ns = best->taken_ns;
}

/* Of one source: in the order of its own identities, so that what stays two stays in one order. */
static gint by_moref(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct rec *const *)a)->moref, (*(const struct rec *const *)b)->moref);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	const struct lab_store *x = *(const struct lab_store *const *)a,
			       *y = *(const struct lab_store *const *)b;
	int c = text_natural(x->name, y->name);
	c = c ? c : strcmp(x->row->volume, y->row->volume);
	return c ? c : strcmp(x->row->moref, y->row->moref);
}

void stores_gather(struct lab *lab)
{
	g_ptr_array_set_size(lab->datastores, 0);
	for (guint i = 0; i < lab->sources->len; i++) { /* as configured: the first one names it */
		struct source *src = lab->sources->pdata[i];
		g_autoptr(GPtrArray) recs = g_ptr_array_new();
		GHashTableIter it;
		gpointer rec;
		g_hash_table_iter_init(&it, src->recs[REC_DATASTORE]);
		while (g_hash_table_iter_next(&it, NULL, &rec))
			g_ptr_array_add(recs, rec);
		g_ptr_array_sort(recs, by_moref);
		for (guint k = 0; k < recs->len; k++)
			take(lab, recs->pdata[k]);
	}
	for (guint i = 0; i < lab->datastores->len; i++)
		pick(lab->datastores->pdata[i]);
	g_ptr_array_sort(lab->datastores, by_name);
}
