/* newer.c - see newer.h. Few at a time, and mostly none: a list, and a count that costs nothing to look at. */
#include "config.h"
#include "backends/vsphere/newer.h"

#include <pthread.h>
#include <string.h>

struct entry {
	const struct target *target;
	const struct kind *kind;
	char *moref;
	const void *row;
	struct box *box;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GArray *entries; /* of struct entry, under the lock; NULL while there are none */
static gint count;      /* of them, atomic */

/* With the lock held, here and below. */
static struct entry *find(const struct target *t, const struct kind *kind, const char *moref)
{
	for (guint i = 0; entries && i < entries->len; i++) {
		struct entry *e = &g_array_index(entries, struct entry, i);
		if (e->target == t && e->kind == kind && strcmp(e->moref, moref) == 0)
			return e;
	}
	return NULL;
}

static void drop(struct entry *e)
{
	g_free(e->moref);
	g_array_remove_index_fast(entries, (guint)(e - (struct entry *)(void *)entries->data));
	if (!entries->len)
		g_clear_pointer(&entries, g_array_unref);
	g_atomic_int_set(&count, entries ? (gint)entries->len : 0);
}

void newer_put(const struct target *t, const struct kind *kind, const char *moref, const void *take_row)
{
	struct entry e = {.target = t, .kind = kind, .row = take_row};
	e.box = *(struct box *const *)((const char *)take_row + kind->box_at);
	pthread_mutex_lock(&lock);
	struct entry *before = find(t, kind, moref);
	if (before) {
		box_unref(before->box);
		drop(before);
	}
	if (!entries)
		entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	e.moref = g_strdup(moref);
	g_array_append_val(entries, e);
	g_atomic_int_set(&count, (gint)entries->len);
	pthread_mutex_unlock(&lock);
}

const void *newer_take(const struct target *t, const struct kind *kind, const char *moref)
{
	const void *row = NULL;
	if (!g_atomic_int_get(&count))
		return NULL;
	pthread_mutex_lock(&lock);
	struct entry *e = find(t, kind, moref);
	if (e) {
		row = e->row;
		drop(e);
	}
	pthread_mutex_unlock(&lock);
	return row;
}

void newer_forget(const struct target *t)
{
	pthread_mutex_lock(&lock);
	for (guint i = entries ? entries->len : 0; i > 0; i--) {
		struct entry *e = &g_array_index(entries, struct entry, i - 1);
		if (e->target != t)
			continue;
		box_unref(e->box);
		drop(e);
		if (!entries)
			break;
	}
	pthread_mutex_unlock(&lock);
}
