/* global.h - the commands that mean the same in every view. */
#ifndef TUI_GLOBAL_H
#define TUI_GLOBAL_H

#include "tui/command.h"

extern const struct command global_commands[];

/* Keys that move or change the view everywhere and that no view may take: `h j k l g G`, space, arrows, digits. */
bool global_key_reserved(int key);

/* What these do, for the help page: pairs of keys and words, ends with a NULL. */
extern const char *const global_motions[][2];

#endif
