/* global.c - the commands that mean the same in every view; each only says what it wants. */
#include "config.h"

#include "tui/global.h"

#include "tui/view.h"

#include <string.h>

static void help(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_HELP, 0);
}

static void palette(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_PALETTE, 0);
}

static void actions(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_ACTIONS, 0);
}

static void filter(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_FILTER, 0);
}

static void sort(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_SORT, 0);
}

static void sort_reverse(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_SORT_REVERSE, 0);
}

static void copy(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_COPY_ROW, 0);
}

static void refresh(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_REFRESH, 0);
}

static void retry(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_RETRY, 0);
}

static void repaint(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_REPAINT, 0);
}

static void pause_drawing(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_PAUSE, 0);
}

static void read_only(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_READ_ONLY, 0);
}

static void next_tab(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_NEXT_TAB, 0);
}

static void prev_tab(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_PREV_TAB, 0);
}

static void back(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_back(out);
}

static void suspend(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_op(out, OP_SUSPEND, 0);
}

static void quit(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_clear(out);
	out->kind = INTENT_QUIT;
}

static void why(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	if (strcmp(v->ops->name, "why") != 0) /* which tells it already */
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
	 .run = actions},
	{.name = "filter",
	 .keys = "/",
	 .brief = "filter",
	 .help = "Only rows with these words; ! first: without.",
	 .run = filter},
	{.name = "sort",
	 .keys = "s",
	 .brief = "sort",
	 .help = "Sort by the next column; then again as it was.",
	 .run = sort},
	{.name = "sort-reverse",
	 .keys = "S",
	 .brief = "",
	 .help = "Sort the other way round.",
	 .run = sort_reverse},
	{.name = "command",
	 .keys = ":",
	 .brief = "command",
	 .help = "Find any view, command or theme by its name.",
	 .run = palette},
	{.name = "copy",
	 .keys = "y",
	 .brief = "",
	 .help = "Copy the row to the clipboard, through ssh too.",
	 .run = copy},
	{.name = "refresh", .keys = "r", .brief = "", .help = "Ask every source again now.", .run = refresh},
	{.name = "retry",
	 .keys = "R",
	 .brief = "",
	 .help = "Try refused sources again; never done by itself.",
	 .run = retry},
	{.name = "read-only",
	 .keys = "!",
	 .brief = "",
	 .help = "Leave or enter read-only mode.",
	 .run = read_only},
	{.name = "next-view", .keys = "tab", .brief = "", .help = "The next view.", .run = next_tab},
	{.name = "previous-view",
	 .keys = "shift-tab",
	 .brief = "",
	 .help = "The view before.",
	 .run = prev_tab},
	{.name = "repaint", .keys = "ctrl-l", .brief = "", .help = "Paint the screen anew.", .run = repaint},
	{.name = "pause",
	 .keys = "",
	 .brief = "",
	 .help = "Hold the screen still; again: go on.",
	 .run = pause_drawing},
	{.name = "suspend",
	 .keys = "ctrl-z",
	 .brief = "",
	 .help = "Back to the shell; fg comes back here.",
	 .run = suspend},
	{.name = "back",
	 .keys = "esc",
	 .brief = "",
	 .help = "Clear the filter, or back to where you came from.",
	 .run = back},
	{.name = "quit", .keys = "q ctrl-c", .brief = "quit", .help = "Leave labtop.", .run = quit},
	{.name = "help", .keys = "? f1", .brief = "help", .help = "The keys of this view.", .run = help},
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
