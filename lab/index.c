/* index.c - a hash table whose keys may name several things. */
#include "config.h"
#include "lab/index.h"

static void list_free(gpointer list)
{
	g_slist_free(list);
}

GHashTable *index_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
}

GSList *index_get(GHashTable *index, const char *key)
{
	return key && *key ? g_hash_table_lookup(index, key) : NULL;
}

/* The list is stolen and put back, so that the table does not free it. */
static GSList *take(GHashTable *index, const char *key, char **own_key)
{
	gpointer k = NULL, list = NULL;
	if (!g_hash_table_steal_extended(index, key, &k, &list))
		k = g_strdup(key);
	*own_key = k;
	return list;
}

static void put(GHashTable *index, char *take_key, GSList *take_list)
{
	if (take_list)
		g_hash_table_insert(index, take_key, take_list);
	else
		g_free(take_key);
}

void index_add(GHashTable *index, const char *key, void *item)
{
	char *own_key;
	if (!key || !*key)
		return;
	GSList *list = take(index, key, &own_key);
	put(index, own_key, g_slist_prepend(list, item));
}

void index_remove(GHashTable *index, const char *key, void *item)
{
	char *own_key;
	if (!key || !*key)
		return;
	GSList *list = take(index, key, &own_key);
	put(index, own_key, g_slist_remove(list, item));
}
