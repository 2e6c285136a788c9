/* datastore.c - datastores: a table and nothing else. */
#include "config.h"
#include "backends/vsphere/kind.h"

static const struct leaf summary[] = {
	LEAF(struct datastore_row, name, LEAF_NAME, "name"),
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
	offsetof(struct datastore_row, source),
	offsetof(struct datastore_row, moref),
	offsetof(struct datastore_row, name),
	offsetof(struct datastore_row, type),
};

const struct kind datastore_kind = {
	.type = {.vim = "Datastore", .props = props, .row_size = sizeof(struct datastore_row)},
	.box_at = offsetof(struct datastore_row, box),
	.source_at = offsetof(struct datastore_row, source),
	.moref_at = offsetof(struct datastore_row, moref),
	.texts = texts,
	.n_texts = G_N_ELEMENTS(texts),
};
