/* store.h - the files of plans in the state directory: one journal a plan, locked while somebody works on it. */
#ifndef BACKENDS_JOURNAL_STORE_H
#define BACKENDS_JOURNAL_STORE_H

#include "backends/journal/line.h"

/* ---- reading: any thread ---- */

/* What is known of one journal without trusting more of it than needed. */
struct journal_entry {
	char *id;
	struct journal journal; /* empty when error is set */
	GError *error;          /* why it is not acted on, or NULL */
	bool locked;            /* somebody works on it now */
};

/* All of them, newest first: struct journal_entry *, which the array frees. Never NULL; without a state directory empty. */
GPtrArray *journal_list(void);

/* One by its id, or by the beginning of one; NULL with error: LAB_ERR_NOT_FOUND, or LAB_ERR_USAGE when it could mean
 * several. The caller frees it with journal_entry_free(). */
struct journal_entry *journal_find(const char *id, GError **error);
void journal_entry_free(struct journal_entry *entry);

/* It can be gone on with: begun, usable, and not at an end. */
bool journal_is_open(const struct journal_entry *entry);

/* ---- writing: one thread ---- */

struct journal_file;

/* A new journal for a plan; LAB_ERR_CONFLICT where the plan was begun already. */
struct journal_file *journal_create(const char *id, GError **error);
/* One that exists, to go on with; a torn line is cut off. LAB_ERR_CONFLICT while another process works on it. */
struct journal_file *journal_reopen(const char *id, GError **error);
void journal_close(struct journal_file *file);

/* Appends a line and does not return before it is on the disk. */
bool journal_append(struct journal_file *file, const struct plan *plan, const struct note *note,
		    int64_t wall_ms, GError **error);

/* The plan will not be gone on with: its end is noted. */
bool journal_forget(const char *id, int64_t wall_ms, GError **error);

/* Who works here: "user@machine". Static. */
const char *journal_by(void);

#endif
