/* known.c - three tables by moref, and how many objects wait for their settings. */
#include "config.h"
#include "backends/vsphere/known.h"

const struct kind *const known_kinds[N_KINDS] = {&host_kind, &vm_kind, &datastore_kind};

/* What an entry was before it was changed. */
struct before {
	int kind;
	char *moref;
	struct box *box; /* NULL: there was none */
	const void *row;
	bool due;
};

struct known_table {
	GHashTable *of[N_KINDS]; /* moref -> struct known */
	guint n_due;
	GArray *undo; /* of struct before, newest last; NULL: changes hold at once */
};

static void entry_free(void *data)
{
	struct known *k = data;
	box_unref(k->box);
	g_free(k->moref);
	g_free(k);
}

static void before_clear(void *data)
{
	struct before *b = data;
	box_unref(b->box);
	g_free(b->moref);
}

struct known_table *known_new(void)
{
	struct known_table *t = g_new0(struct known_table, 1);
	for (int i = 0; i < N_KINDS; i++)
		t->of[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	return t;
}

void known_free(struct known_table *t)
{
	if (!t)
		return;
	for (int i = 0; i < N_KINDS; i++)
		g_hash_table_unref(t->of[i]);
	g_clear_pointer(&t->undo, g_array_unref);
	g_free(t);
}

int known_kind(const struct draft *d)
{
	for (int i = 0; i < N_KINDS; i++)
		if (&known_kinds[i]->type == d->type)
			return i;
	return -1;
}

struct known *known_at(const struct known_table *t, int kind, const char *moref)
{
	return g_hash_table_lookup(t->of[kind], moref);
}

const struct host_row *known_host(const struct known_table *t, const char *moref)
{
	const struct known *k = known_at(t, HOSTS, moref);
	return k ? &((const struct vs_host *)k->row)->row : NULL;
}

GPtrArray *known_list(const struct known_table *t, int kind)
{
	GPtrArray *list = g_ptr_array_sized_new(g_hash_table_size(t->of[kind]));
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, t->of[kind]);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(list, value);
	return list;
}

static void remember(struct known_table *t, int kind, const char *moref)
{
	const struct known *k = known_at(t, kind, moref);
	struct before b = {.kind = kind, .moref = g_strdup(moref)};
	if (k) {
		b.box = box_ref(k->box);
		b.row = k->row;
		b.due = k->due;
	}
	g_array_append_val(t->undo, b);
}

static struct known *entry(struct known_table *t, int kind, const char *moref)
{
	struct known *k = known_at(t, kind, moref);
	if (k)
		return k;
	k = g_new0(struct known, 1);
	k->moref = g_strdup(moref);
	g_hash_table_insert(t->of[kind], k->moref, k);
	return k;
}

void known_put(struct known_table *t, int kind, const char *moref, const void *take_row)
{
	if (t->undo)
		remember(t, kind, moref);
	struct known *k = entry(t, kind, moref);
	box_unref(k->box);
	k->row = take_row;
	k->box = *(struct box *const *)((const char *)take_row + known_kinds[kind]->box_at);
	k->seen = true;
}

static void drop(struct known_table *t, int kind, struct known *k)
{
	known_set_due(t, k, false);
	g_hash_table_remove(t->of[kind], k->moref);
}

void known_drop(struct known_table *t, int kind, struct known *k)
{
	if (t->undo)
		remember(t, kind, k->moref);
	drop(t, kind, k);
}

void known_begin(struct known_table *t)
{
	known_end(t, true);
	t->undo = g_array_new(FALSE, FALSE, sizeof(struct before));
	g_array_set_clear_func(t->undo, before_clear);
}

static void put_back(struct known_table *t, struct before *b)
{
	struct known *k = known_at(t, b->kind, b->moref);
	if (!b->box) {
		if (k)
			drop(t, b->kind, k);
		return;
	}
	k = entry(t, b->kind, b->moref);
	box_unref(k->box);
	k->box = g_steal_pointer(&b->box);
	k->row = b->row;
	known_set_due(t, k, b->due);
}

void known_end(struct known_table *t, bool keep)
{
	GArray *undo = g_steal_pointer(&t->undo);
	if (!undo)
		return;
	for (guint i = undo->len; !keep && i > 0; i--)
		put_back(t, &g_array_index(undo, struct before, i - 1));
	g_array_unref(undo);
}

void known_set_all_seen(struct known_table *t, bool seen)
{
	for (int i = 0; i < N_KINDS; i++) {
		GHashTableIter iter;
		void *value;
		g_hash_table_iter_init(&iter, t->of[i]);
		while (g_hash_table_iter_next(&iter, NULL, &value))
			((struct known *)value)->seen = seen;
	}
}

/* Reading the settings of every VM of a large vCenter would be most of its bytes, for VMs that no GPU is near. */
bool known_wants_detail(const struct known_table *t, int kind, const void *row)
{
	if (kind != VMS)
		return kind == HOSTS;
	if (g_hash_table_size(t->of[VMS]) < KNOWN_SMALL)
		return true;
	const struct host_row *host = known_host(t, ((const struct vm_row *)row)->host);
	return host && host_lends_gpus(host);
}

void known_set_due(struct known_table *t, struct known *k, bool due)
{
	if (k->due != due)
		t->n_due += due ? 1 : (guint)-1;
	k->due = due;
}

guint known_count_due(const struct known_table *t)
{
	return t->n_due;
}
