/* menu.h - one list that is filtered as one types: the ":" palette, the "?" help, the "a" actions. */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "tui/canvas.h"
#include "tui/keys.h"

enum menu_kind {
	MENU_PALETTE, /* best match first, a few lines above the prompt */
	MENU_HELP,    /* in the order of the tables, over the whole body */
	MENU_ACTIONS, /* what can be done with the selection, or why not */
};

enum menu_what { ITEM_COMMAND, ITEM_VIEW, ITEM_THEME, ITEM_NOTE };

struct menu_item {
	char name[48];
	char keys[24];
	char help[160];
	char why[96];      /* not usable now: the reason; "" usable */
	const char *group; /* heading in help; static */
	enum menu_what what;
	const void *thing; /* struct command *, struct view_ops *; themes go by name */
};

struct menu {
	enum menu_kind kind;
	GArray *items; /* struct menu_item */
	GArray *order; /* guint: what matches, in the order it is shown */
	int cursor, top;
};

void menu_init(struct menu *m);
void menu_clear(struct menu *m);

/* Empties it; items are added to m->items, then menu_filter() shows them. */
void menu_open(struct menu *m, enum menu_kind kind);

/* What fits the typed text; the cursor goes to the first. */
void menu_filter(struct menu *m, const char *typed);

/* Arrows, page keys, Home and End. */
bool menu_key(struct menu *m, int key);

/* The item under the cursor, or NULL. */
const struct menu_item *menu_current(const struct menu *m);

/* Over `body`: help takes all of it, the others its lower part. */
void menu_draw(struct menu *m, struct canvas *c, struct rect body, const char *title);

#endif
