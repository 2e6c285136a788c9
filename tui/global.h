/* global.h - the commands that mean the same in every view. */
#ifndef TUI_GLOBAL_H
#define TUI_GLOBAL_H

#include "tui/command.h"

extern const struct command global_commands[];

/* Keys that move or change the view everywhere and that no command may have: `h j k l g G`, space, arrows, digits. */
bool global_key_reserved(int key);

/* Those of them that a command which moves may have: `h j k l` and the arrows. */
bool global_key_moves(int key);

/* What they do, for the help page. */
struct motion {
	const char *keys;  /* as keys_parse() reads them; NULL ends the table */
	const char *label; /* how they stand in help; NULL: each by its name */
	const char *help;
	bool of_list; /* only where a list has the keys */
};
extern const struct motion global_motions[];

#endif
