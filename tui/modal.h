/* modal.h - what takes the keys in place of the view: the palette, the help, the actions, the prompt of a filter. A form and
 * a question that wants an answer are two more.
 *
 * One at a time, ui->modal. To write one: a struct modal_ops, its state a member of struct ui or of its own, a command of
 * global.c and a line in ui_ops.c that opens it. It knows the state below it (ui.h) and nothing of the keys above
 * (ui_keys.c): what is to be run is returned, and run after the modal has closed itself.
 */
#ifndef TUI_MODAL_H
#define TUI_MODAL_H

#include "tui/ui.h"

struct modal_ops {
	void (*open)(struct ui *ui, const struct lab *lab);
	/* Has every key, paste and mouse event while it is open; ends itself with ui_modal_close(). Returns the command that
	 * was chosen, or NULL. */
	const struct command *(*key)(struct ui *ui, const struct lab *lab, const struct key_event *e);
	void (*draw)(struct ui *ui, struct canvas *c,
		     struct rect body); /* over the view; NULL: the view stays */
	void (*draw_line)(const struct ui *ui, struct canvas *c, struct rect r); /* in place of the hints */
	bool of_list; /* it works on the view's list, whose position stays beside the line */
};

/* The table of what can be open. */
extern const struct modal_ops modal_palette, modal_help, modal_actions; /* modal_menu.c */
extern const struct modal_ops modal_filter;                             /* modal_filter.c */

#endif
