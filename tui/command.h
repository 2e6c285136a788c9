/* command.h - what a user can ask: one table entry feeds the key, the palette, the hint line and the help page.
 *
 * A view has a table of its own (view.h), the program one for everywhere (global.h). Read-only mode is decided here and
 * nowhere else: danger > DANGER_NONE is unusable in it.
 */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include "lab/lab.h"
#include "tui/keys.h"

#include <stdbool.h>
#include <stddef.h>

struct view;
struct intent;

/* What the program itself does for a command: ui_ops.c. */
enum app_op {
	OP_NONE, /* nothing: the command has a function of its own */
	OP_NEXT_TAB,
	OP_PREVIOUS_TAB,
	OP_BACK,
	OP_HELP,
	OP_PALETTE,
	OP_ACTIONS,
	OP_FILTER,
	OP_SORT,
	OP_SORT_REVERSE,
	OP_COPY,
	OP_REFRESH,
	OP_RETRY,
	OP_READ_ONLY,
	OP_PAUSE,
	OP_REPAINT,
	OP_SUSPEND,
	OP_QUIT,
	OP_LEAVE,
	OP_COUNT
};

enum danger {
	DANGER_NONE,    /* only looks */
	DANGER_CHANGE,  /* reversible */
	DANGER_DISRUPT, /* something stops */
	DANGER_DESTROY, /* something is gone */
};

struct command {
	const char *name;   /* "filter": ":" line, help, [keys] of the configuration; NULL ends a table */
	const char *keys;   /* default keys as keys_parse() reads them, "" for the palette only */
	const char *brief;  /* at most 12 columns, for the hint line; "" keeps it out of there */
	const char *help;   /* one sentence, for "?" and the manual */
	enum danger danger; /* above NONE never on a bare letter: a test walks the tables */
	enum thing subject; /* what must be selected; THING_NONE: nothing */
	/* May it run now? When not, why is told in words. NULL: always. */
	bool (*usable)(const struct lab *lab, const struct ref *r, char *why, size_t size);
	/* What it does, told to the program through *out; pure but for the view's own cursor, sort, filter, page. NULL: op
	 * says what the program itself does. */
	void (*run)(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out);
	enum app_op op;
	bool moves; /* may have keys that move, as left and right: global.h */
};

#define COMMAND_KEYS 8

/* A command with the keys it has now. */
struct binding {
	const struct command *command;
	int keys[COMMAND_KEYS];
	int n_keys;
};

/* The bindings of the tables that hold at the moment: the view's own first, then the global one. */
struct keymap {
	GArray *bindings;      /* struct binding */
	GHashTable *overrides; /* command name -> keys as written in [keys], shared */
};

/* keys: [keys] of the configuration as bindings_check() leaves it, shared; NULL: none. */
struct keymap *keymap_new(GHashTable *keys);
void keymap_free(struct keymap *map);

/* Fills the map from tables (each ends with a NULL name; NULL tables are skipped). */
void keymap_load(struct keymap *map, const struct command *const *tables, int n);

/* By key or by name; NULL when there is none. */
const struct binding *keymap_by_key(const struct keymap *map, int key);
const struct binding *keymap_by_name(const struct keymap *map, const char *name);

/* May it run? The one place that knows read-only mode, the subject and the command's own word. why: the reason when it may
 * not, else "". */
bool command_usable(const struct command *cmd, const struct lab *lab, const struct ref *selected,
		    bool read_only, char *why, size_t size);

/* How well `typed` fits `name`: letters in order, better when they begin words or stand together. 0: does not fit. */
int fuzzy_score(const char *typed, const char *name);

#endif
