/* theme_files.h - where themes lie: $XDG_CONFIG_HOME/labtop/themes, then the installed ones, then, for a program that is
 * run from its build directory, the source tree's. */
#ifndef TUI_THEME_FILES_H
#define TUI_THEME_FILES_H

#include "tui/theme.h"

/* The theme of a name ("nord"), or of a path when it contains a "/". "default" is compiled in and is found in any case.
 * Problems inside are added as theme_parse() does. NULL with error when there is no such theme: the message lists those
 * that there are. */
struct theme *theme_load(const char *name, GPtrArray *problems, GError **error);

/* The names of all themes, sorted, without doubles; a GStrv the caller frees. */
char **theme_names(void);

#endif
