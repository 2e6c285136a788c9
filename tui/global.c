/* global.c - the commands that mean the same in every view; most are the program's own (ui_ops.c). */
#include "config.h"

#include "tui/global.h"

#include "tui/view.h"

static void why(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "why", r);
}

static void findings(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "why", NULL);
}

static void log_lines(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "tasks", NULL);
}

const struct command global_commands[] = {
	{.name = "why",
	 .keys = "d",
	 .brief = "why",
	 .help = "What is wrong with it, and what to do.",
	 .run = why},
	{.name = "findings",
	 .keys = "D",
	 .brief = "",
	 .help = "All that is wrong in the whole lab.",
	 .run = findings},
	{.name = "log",
	 .keys = "L",
	 .brief = "",
	 .help = "Tasks, events and the program's own log.",
	 .run = log_lines},
	{.name = "actions",
	 .keys = "a",
	 .brief = "actions",
	 .help = "What can be done with it, or why not.",
	 .op = OP_ACTIONS},
	{.name = "filter",
	 .keys = "/",
	 .brief = "filter",
	 .help = "Only rows with these words; ! first: without.",
	 .op = OP_FILTER},
	{.name = "sort",
	 .keys = "s",
	 .brief = "sort",
	 .help = "Sort by the next column; then again as it was.",
	 .op = OP_SORT},
	{.name = "sort-reverse",
	 .keys = "S",
	 .brief = "",
	 .help = "Sort the other way round.",
	 .op = OP_SORT_REVERSE},
	{.name = "command",
	 .keys = ":",
	 .brief = "command",
	 .help = "Find any view, command or theme by its name.",
	 .op = OP_PALETTE},
	{.name = "copy",
	 .keys = "y",
	 .brief = "",
	 .help = "Copy the row to the clipboard, through ssh too.",
	 .op = OP_COPY},
	{.name = "refresh",
	 .keys = "r",
	 .brief = "",
	 .help = "Ask every source again now.",
	 .op = OP_REFRESH},
	{.name = "retry",
	 .keys = "R",
	 .brief = "",
	 .help = "Try refused sources again; never done by itself.",
	 .op = OP_RETRY},
	{.name = "read-only",
	 .keys = "!",
	 .brief = "",
	 .help = "Leave or enter read-only mode.",
	 .op = OP_READ_ONLY},
	{.name = "next-view", .keys = "tab", .brief = "", .help = "The next view.", .op = OP_NEXT_TAB},
	{.name = "previous-view",
	 .keys = "shift-tab",
	 .brief = "",
	 .help = "The view before.",
	 .op = OP_PREVIOUS_TAB},
	{.name = "repaint",
	 .keys = "ctrl-l",
	 .brief = "",
	 .help = "Paint the screen anew.",
	 .op = OP_REPAINT},
	{.name = "pause",
	 .keys = "",
	 .brief = "",
	 .help = "Hold the screen still; again: go on.",
	 .op = OP_PAUSE},
	{.name = "suspend",
	 .keys = "ctrl-z",
	 .brief = "",
	 .help = "Back to the shell; fg comes back here.",
	 .op = OP_SUSPEND},
	{.name = "back",
	 .keys = "esc",
	 .brief = "",
	 .help = "Clear the filter, or back to where you came from.",
	 .op = OP_BACK},
	{.name = "quit", .keys = "q ctrl-c", .brief = "quit", .help = "Leave labtop.", .op = OP_QUIT},
	{.name = "help", .keys = "? f1", .brief = "help", .help = "The keys of this view.", .op = OP_HELP},
	{NULL},
};

const char *const global_motions[][2] = {
	{"j k ↓ ↑", "down, up"},   {"g G home end", "first, last"},    {"pgup pgdn", "a page up, down"},
	{"space", "mark the row"}, {"1 to 9", "a view by its number"}, {NULL, NULL},
};

bool global_key_reserved(int key)
{
	static const int reserved[] = {'h',    'j',    'k',     'l',    'g',   'G',    K_SPACE, K_UP,
				       K_DOWN, K_LEFT, K_RIGHT, K_HOME, K_END, K_PGUP, K_PGDN};
	if (key >= '0' && key <= '9')
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++)
		if (reserved[i] == key)
			return true;
	return false;
}
