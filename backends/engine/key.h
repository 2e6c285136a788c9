/* key.h - an engine's API key: secrets (backends/secret.h) plus key-env, and only what can stand in a header. */
#ifndef ENGINE_KEY_H
#define ENGINE_KEY_H

#include "lab/error.h"
#include "lab/target.h"

#include <glib.h>
#include <stdbool.h>

/* The key that the target's configuration names, by key-command, key-file or key-env, in this order. *key is NULL when it
 * names none; it is owned by the store of secrets. LAB_ERR_AUTH or LAB_ERR_USAGE when one is named and cannot be had. */
bool engine_key_find(const struct target *t, const char **key, GError **error);

/* It was refused: the next find asks the command or file again. */
void engine_key_refused(const struct target *t);

#endif
