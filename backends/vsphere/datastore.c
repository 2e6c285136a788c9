/* datastore.c - datastores: a table, and which volume it is. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <string.h>

#define VOLUMES "/vmfs/volumes/"

static const struct leaf summary[] = {
	LEAF(struct datastore_row, name, LEAF_NAME, "name"),
	LEAF(struct datastore_row, url, LEAF_LOWER, "url"),
	LEAF(struct datastore_row, type, LEAF_TEXT, "type"),
	LEAF(struct datastore_row, capacity_bytes, LEAF_NUM, "capacity"),
	LEAF(struct datastore_row, free_bytes, LEAF_NUM, "freeSpace"),
	LEAF(struct datastore_row, accessible, LEAF_TRI, "accessible"),
	{0},
};

static const struct prop props[] = {
	PROP_VALUE("summary", SET_LIVE, NULL, summary),
	{0},
};

static const size_t texts[] = {
	offsetof(struct datastore_row, source), offsetof(struct datastore_row, moref),
	offsetof(struct datastore_row, name),   offsetof(struct datastore_row, type),
	offsetof(struct datastore_row, url),    offsetof(struct datastore_row, volume),
};

/* A vCenter and a host write the URL differently; the part that both take from the volume itself is its last. */
static const char *volume_of(struct box *box, const char *url)
{
	const char *at = strstr(url, VOLUMES);
	if (!at)
		return "";
	at += strlen(VOLUMES);
	size_t n = strcspn(at, "/");
	return at[n + strspn(at + n, "/")] ? "" : box_raw(box, at, (gssize)n);
}

static void finish(struct draft *d, const void *old)
{
	struct datastore_row *row = d->row;
	row->volume = volume_of(d->box, row->url);
	row->partial = row_partial(d, row->partial);
}

static void copy_lists(struct box *box, void *row)
{
	struct datastore_row *store = row;
	store->partial = row_copy_strings(box, store->partial);
}

const struct kind datastore_kind = {
	.type = {.vim = "Datastore", .props = props, .row_size = sizeof(struct datastore_row)},
	.box_at = offsetof(struct datastore_row, box),
	.source_at = offsetof(struct datastore_row, source),
	.moref_at = offsetof(struct datastore_row, moref),
	.name_at = offsetof(struct datastore_row, name),
	.texts = texts,
	.n_texts = G_N_ELEMENTS(texts),
	.finish = finish,
	.copy_lists = copy_lists,
};
