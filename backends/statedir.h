/* statedir.h - the folder for what the program remembers: log, pins, traces, plans (design.md, Formats). */
#ifndef BACKENDS_STATEDIR_H
#define BACKENDS_STATEDIR_H

#include <glib.h>
#include <stdbool.h>

/* Finds and makes it (0700): $LABTOP_STATE, $XDG_STATE_HOME/labtop, ~/.local/state/labtop; with demo its demo/ below, and
 * nothing outside that. One that is there already keeps its mode, must be a folder of ours and no link, and nobody else may
 * write in it. Once, before the first thread. False when there is none to use: then nothing is remembered. */
bool statedir_open(bool demo, GError **error);

/* The path of a file in it, or NULL when it is not open. The caller frees. */
char *statedir_path(const char *name);

/* Reads a file of it whole (at most 4 MiB); NULL without error when there is none, with one when it cannot be read. The
 * caller frees. */
char *statedir_read(const char *name, GError **error);

/* Replaces a file of it: whole or not at all, 0600. */
bool statedir_write(const char *name, const char *text, gsize n, GError **error);

/* Waits until no other process of this user holds the lock `name` of the state directory. What is returned is closed to give
 * it back; -1 when it cannot be had. */
int statedir_lock(const char *name, GError **error);

/* Writes all of it to an open file of it, and returns when it is on the disk. False with errno. */
bool statedir_write_synced(int fd, const char *text, gsize n);

#endif
