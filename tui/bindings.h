/* bindings.h - [keys] of the configuration: what of it holds, and why the rest does not. The one place that decides it. */
#ifndef TUI_BINDINGS_H
#define TUI_BINDINGS_H

#include <glib.h>

/* One that does not hold: the command as it was written, the reason in words. Both are borrowed for the call. */
typedef void (*bindings_refused)(void *data, const char *command, const char *why);

/* Takes out of `keys` (command -> keys, as written) what names no command or no key, what could never work (keys that move
 * in every list, keys that another command of the same view has) and what would leave no key to go back or out with. The
 * rest holds: ui_new() takes it. */
void bindings_check(GHashTable *keys, bindings_refused refused, void *data);

#endif
