/* journal.c - the journal as a backend: the disk is an outside system too, and fsync may take its time. It reads nothing by
 * itself; it appends what runs want noted, in the order in which they want it. */
#include "config.h"
#include "backends/backend.h"
#include "backends/journal/store.h"
#include "lab/clock.h"

#include <string.h>

#define IDLE_MS (3600 * 1000)

static void close_file(gpointer file)
{
	journal_close(file);
}

static bool journal_open(struct backend *b, GError **error)
{
	b->priv = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_file); /* by plan id */
	return true;
}

static bool journal_observe(struct backend *b, GError **error)
{
	cancel_sleep(b->cancel, IDLE_MS);
	return true;
}

/* The first line makes the file; a run that goes on opens what is there. */
static struct journal_file *file_of(GHashTable *files, const struct request *rq, GError **error)
{
	struct journal_file *file = g_hash_table_lookup(files, rq->plan->id);
	if (file)
		return file;
	file = rq->note.event == NOTE_PLAN ? journal_create(rq->plan->id, error)
					   : journal_reopen(rq->plan->id, error);
	if (file)
		g_hash_table_insert(files, g_strdup(rq->plan->id), file);
	return file;
}

static bool journal_write(struct backend *b, const struct request *rq, GError **error)
{
	struct journal_file *file = file_of(b->priv, rq, error);
	if (!file || !journal_append(file, rq->plan, &rq->note, clock_wall_ms(), error))
		return false;
	if (rq->note.event == NOTE_END) /* others may work on it now: to take it back, for one */
		g_hash_table_remove(b->priv, rq->plan->id);
	return true;
}

static void journal_end(struct backend *b)
{
	g_clear_pointer(&b->priv, g_hash_table_unref);
}

const struct backend_ops journal_backend = {
	.kind = "journal",
	.many = true, /* with tells_all: it is no source of the lab, and has no state there */
	.tells_all = true,
	.acting = ACTS_HERE,
	.open = journal_open,
	.observe = journal_observe,
	.write = journal_write,
	.close = journal_end,
};
