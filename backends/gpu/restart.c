/* restart.c - see the header. */
#include "config.h"
#include "backends/gpu/restart.h"

void restart_started(struct restart *r, gint64 now_ms)
{
	r->started_ms = now_ms;
	backoff_lives(&r->backoff, now_ms);
}

void restart_died(struct restart *r, gint64 now_ms)
{
	r->due_ms = now_ms + backoff_fails(&r->backoff, -1, now_ms, RESTART_STEADY_MS);
}

void restart_after(struct restart *r, gint64 now_ms, gint64 delay_ms)
{
	r->due_ms = now_ms + delay_ms;
}

bool restart_is_due(const struct restart *r, gint64 now_ms)
{
	return now_ms >= r->due_ms;
}

struct blame {
	GHashTable *deaths; /* "card/call" -> count */
};

struct blame *blame_new(void)
{
	struct blame *b = g_new0(struct blame, 1);

	b->deaths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return b;
}

void blame_free(struct blame *b)
{
	if (!b)
		return;
	g_hash_table_unref(b->deaths);
	g_free(b);
}

bool blame_add(struct blame *b, const char *card, const char *call)
{
	char *key = g_strconcat(card, "/", call, NULL);
	int count = GPOINTER_TO_INT(g_hash_table_lookup(b->deaths, key)) + 1;

	g_hash_table_replace(b->deaths, key, GINT_TO_POINTER(count));
	return count == BLAME_LIMIT;
}

GPtrArray *blame_left_out(const struct blame *b)
{
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter iter;
	void *key, *count;

	g_hash_table_iter_init(&iter, b->deaths);
	while (g_hash_table_iter_next(&iter, &key, &count))
		if (GPOINTER_TO_INT(count) >= BLAME_LIMIT)
			g_ptr_array_add(list, key);
	return list;
}

bool blame_is_left_out(const struct blame *b, const char *card, const char *call)
{
	g_autofree char *key = g_strconcat(card, "/", call, NULL);

	return GPOINTER_TO_INT(g_hash_table_lookup(b->deaths, key)) >= BLAME_LIMIT;
}
