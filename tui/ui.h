/* ui.h - what the person sees and has typed, without a terminal: views, the way through them, prompts, messages.
 *
 * The console (app.c), `labtop snapshot` and the tests drive the same struct ui:
 *
 *     ui_update(ui, lab);  ui_draw(ui, lab, canvas);  ui_key(ui, lab, &event);
 *
 * Each layer knows those below it only: keys (ui_keys.c), the program's own commands (ui_ops.c), what takes the keys from the
 * view (modal.h), this state.
 *
 * What only somebody with a terminal or backends can do is left in .effects for the caller.
 */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "tui/menu.h"
#include "tui/prompt.h"
#include "tui/toast.h"
#include "tui/view.h"

#define UI_DEPTH 16 /* views one can go into before the way back forgets its beginning */

struct ui_options {
	enum glyph_set glyphs;
	bool read_only, locked; /* locked: no key lifts read-only */
	const char *view;       /* name of the first one; NULL: the first in the table */
	GHashTable *keys;       /* [keys] as bindings_check() leaves it, shared; NULL: none */
};

/* Done by the caller, then cleared by ui_effects_clear(). */
struct ui_effects {
	bool quit, repaint, suspend;
	char *copy;          /* to the clipboard */
	char *theme;         /* to be loaded */
	GPtrArray *requests; /* struct request *, to be sent; who takes them sets the length to 0 */
};

struct modal_ops;

struct ui_place {
	const struct view_ops *ops;
	struct ref subject;
};

/* A place of the last frame that is a button: a tab or a hint. */
struct ui_hit {
	struct rect r;
	const struct view_ops *ops; /* or */
	const struct command *command;
};
#define UI_HITS 48

struct ui {
	enum glyph_set glyphs;
	bool read_only, locked, paused;
	GHashTable *views;             /* const struct view_ops * -> struct view * */
	struct ui_place way[UI_DEPTH]; /* the last is shown */
	int depth;
	uint64_t
		seen; /* the lab's version at the last update: what views point to holds as long as it does */
	struct keymap *keymap;
	const struct view_ops *keys_of; /* whose keys are in it */
	const struct modal_ops *modal;  /* has the keys in place of the view: modal.h; NULL: nothing has */
	struct prompt command, filter;
	struct menu menu;
	struct toast toast;
	struct ui_hit hits[UI_HITS];
	int n_hits;
	struct ui_effects effects;
};

/* NULL with error when there is no view of that name. */
struct ui *ui_new(const struct ui_options *o, GError **error);
void ui_free(struct ui *ui);

struct view *ui_view(const struct ui *ui);

/* Brings the shown view up to date with the lab. Drawing and keys do it themselves where the lab has changed. */
void ui_update(struct ui *ui, const struct lab *lab);

/* The same, when what the view points to may be gone: keys may come before the first frame, or after the lab has settled. */
void ui_refresh(struct ui *ui, const struct lab *lab);

/* One whole frame, at any size: frame.c. */
void ui_draw(struct ui *ui, const struct lab *lab, struct canvas *c);

void ui_say(struct ui *ui, const struct lab *lab, enum say say, const char *text);

/* To a view of the table by name; false when there is none. subject NULL: none. */
bool ui_go(struct ui *ui, const struct lab *lab, const char *view, const struct ref *subject);

/* To the next tab (1) or the one before (-1), going round. */
void ui_step_tab(struct ui *ui, int by);

/* Gives the keys to it, and back to the view. */
void ui_modal_open(struct ui *ui, const struct lab *lab, const struct modal_ops *modal);
void ui_modal_close(struct ui *ui);

/* May the command run where the person is now? command_usable(), and what only the screen knows: whether there is a list,
 * or a place to go to. why: the reason when it may not, else "". */
bool ui_usable(const struct ui *ui, const struct lab *lab, const struct command *cmd, char *why, size_t size);

/* Does it filter or sort the list that is shown? */
bool op_is_of_list(enum app_op op);

void ui_effects_clear(struct ui *ui);

#endif
