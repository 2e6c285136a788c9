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
	 .help = "Findings of the selection, and what to do.",
	 .run = why},
	{.name = "findings", .keys = "D", .brief = "", .help = "All findings of the lab.", .run = findings},
	{.name = "log",
	 .keys = "L",
	 .brief = "",
	 .help = "Tasks, events and the program's own log.",
	 .run = log_lines},
	{.name = "actions",
	 .keys = "a",
	 .brief = "actions",
	 .help = "Actions on the selection, or why not.",
	 .op = OP_ACTIONS},
	{.name = "filter",
	 .keys = "/",
	 .brief = "filter",
	 .help = "Rows with these words; ! first: without them.",
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
	 .help = "Copy marked rows or the row, through ssh too.",
	 .op = OP_COPY},
	{.name = "refresh", .keys = "r", .brief = "", .help = "Refresh all sources now.", .op = OP_REFRESH},
	{.name = "retry",
	 .keys = "R",
	 .brief = "",
	 .help = "Retry refused sources; never done automatically.",
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
	{.name = "repaint", .keys = "ctrl-l", .brief = "", .help = "Redraw the screen.", .op = OP_REPAINT},
	{.name = "pause",
	 .keys = "",
	 .brief = "",
	 .help = "Pause the screen; again: resume.",
	 .op = OP_PAUSE},
	{.name = "suspend",
	 .keys = "ctrl-z",
	 .brief = "",
	 .help = "Back to the shell; fg comes back here.",
	 .op = OP_SUSPEND},
	{.name = "back",
	 .keys = "esc",
	 .brief = "back",
	 .help = "Clear the filter, clear marks, or one page back.",
	 .op = OP_BACK},
	{.name = "quit",
	 .keys = "q",
	 .brief = "quit",
	 .help = "One page back; on the first page leave labtop.",
	 .op = OP_QUIT},
	{.name = "leave",
	 .keys = "Q ctrl-c",
	 .brief = "",
	 .help = "Leave labtop, from any page.",
	 .op = OP_LEAVE},
	{.name = "help", .keys = "? f1", .brief = "help", .help = "The keys of this view.", .op = OP_HELP},
	{NULL},
};

const struct motion global_motions[] = {
	{"j k down up", NULL, "down, up", true},
	{"g G home end", NULL, "first, last", true},
	{"pgup pgdn", NULL, "a page up, down", true},
	{"space", NULL, "mark the row: y copies all that are marked", true},
	{"1 2 3 4 5 6 7 8 9", "1 to 9", "a view by its number", false},
	{NULL},
};

bool global_key_moves(int key)
{
	static const int moving[] = {'h', 'j', 'k', 'l', K_UP, K_DOWN, K_LEFT, K_RIGHT};
	for (gsize i = 0; i < G_N_ELEMENTS(moving); i++)
		if (moving[i] == key)
			return true;
	return false;
}

bool global_key_reserved(int key)
{
	static const int reserved[] = {'g', 'G', K_SPACE, K_HOME, K_END, K_PGUP, K_PGDN};
	if ((key >= '0' && key <= '9') || global_key_moves(key))
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++)
		if (reserved[i] == key)
			return true;
	return false;
}
