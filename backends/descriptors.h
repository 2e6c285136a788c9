/* descriptors.h - this process's open files: as many as it may have, and a few kept for those who cannot wait. */
#ifndef BACKENDS_DESCRIPTORS_H
#define BACKENDS_DESCRIPTORS_H

#include <glib.h>
#include <stdbool.h>

/* Raises the soft limit as far as it may be raised (and is of use). Once, before the first thread. */
void descriptors_raise(void);

/* Sets the limit back to what it was: what a child is given, for programs that still use select(). Between fork and exec. */
void descriptors_restore(void);

/* True when a source may take some: the screen's, the log's and a file's must be left. False with LAB_ERR_LIMIT. */
bool descriptors_room(GError **error);

/* Keeps some aside until they are let go: for a part that opens its own only when the sources have begun to. Before the first
 * thread. */
void descriptors_hold(void);
void descriptors_let_go(void);

/* True when not one more can be opened at this moment: what failed just now has most likely failed for that. */
bool descriptors_used_up(void);

#endif
