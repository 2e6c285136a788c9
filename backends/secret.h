/* secret.h - passwords and keys: where they come from, where they are kept, and keeping them out of everything else.
 *
 * They live in memory that is locked and not dumped. The first one switches core dumps and ptrace off. Never in argv, in the
 * environment of a child, in a log, in an observation. Pointers hold until the program ends.
 */
#ifndef BACKENDS_SECRET_H
#define BACKENDS_SECRET_H

#include "lab/target.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define SECRET_CAP (16 * 1024) /* bytes of one secret; more is an error */

/* Keeps a secret of target t under key ("password", "key"). What text stands in is the caller's to wipe. */
void secret_put(const struct target *t, const char *key, const char *text);

/* The secret of t, or NULL without error when none is configured. What was put comes first; then KEY-command (10 s, first
 * line), KEY-file (first line; owner and mode are checked), both kept from then on. Blocks; for worker threads. */
const char *secret_find(const struct target *t, const char *key, GError **error);

/* Forgets what a command or file gave, so that the next secret_find() asks again (it was refused). What was put stays. */
void secret_ask_again(const struct target *t, const char *key);

/* Forgets what was put: it is hidden still, and not given any more. True when there was one. */
bool secret_forget(const struct target *t, const char *key);

/* Replaces every secret that is known, also in its XML, JSON and percent-encoded forms, by "***". */
void secret_hide(GString *text);

/* Wipes memory for good. */
void secret_wipe(void *p, size_t n);

/* Wipes everything that was kept: at the end. */
void secret_wipe_all(void);

/* Opens a file that holds a secret, for reading; -1 when it is not a file of this user that nobody else may read. */
int secret_file_open(const char *path, GError **error);

#endif
