/* index.h - from a word (UUID, MAC, address, name) to everything that carries it. */
#ifndef LAB_INDEX_H
#define LAB_INDEX_H

#include <glib.h>

/* A table of key -> GSList of borrowed items. */
GHashTable *index_new(void);
void index_add(GHashTable *index, const char *key, void *item);
void index_remove(GHashTable *index, const char *key, void *item);

/* The items of a key, or NULL. Borrowed until the next change. */
GSList *index_get(GHashTable *index, const char *key);

#endif
