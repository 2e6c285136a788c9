/* partial.c - what a source was refused: the gaps of all of its objects, each told once. */
#include "config.h"
#include "lab/private.h"

static void add_gaps(GPtrArray *out, GHashTable *seen, GHashTable *records)
{
	GHashTableIter it;
	gpointer value;
	g_hash_table_iter_init(&it, records);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct rec *rec = value;
		for (const char *const *gap = row_head(rec->kind, rec->row).partial; gap && *gap; gap++)
			if (g_hash_table_add(seen, (gpointer)*gap))
				g_ptr_array_add(out, (gpointer)*gap);
	}
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *lab_source_partial(const struct lab *lab, const struct lab_source *source)
{
	/* the public part of a source is its first member */
	const struct source *src = (const struct source *)source;
	GPtrArray *out = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (int kind = 0; kind < REC_KINDS; kind++)
		add_gaps(out, seen, src->recs[kind]);
	g_ptr_array_sort(out, by_text);
	return out;
}
