/* view.h - a screen: pure drawing of the lab, with nothing of its own but cursor, sort, filter and page.
 *
 * How to write one (tui/view_x.c, exporting one `const struct view_ops view_x`):
 *
 *  1. struct x_view { struct view base; struct table table; ... } with base first; .size = sizeof(struct x_view).
 *  2. .enter: table_init() the first time (base.entered == 0), remember the subject. Called again with another subject.
 *  3. .update: refill the table from the lab. Comes before every draw; pointers into the lab hold until the next one.
 *  4. .draw: into r only (the clip is set). const: asks no clock (lab->now_ns), no file, nobody. Text through
 *     canvas_text()/draw_text(); write "°C" and "─" plainly, the canvas translates for other glyph sets.
 *  5. .commands: its own keys; .usable says in words why one may not run. Enter is a command named "open". Movement,
 *     filter, sort, mark, copy, help, back come from the program when .table tells which table has the keys; what works
 *     on several things takes table_chosen(). Keys that move (global.h) only for a command that moves, and up and down
 *     only without a table; no digits, none of global.c's keys.
 *  6. A line in views.c.
 *
 * What a key or command wants from the program goes into *out (struct intent) and is done after the call.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "lab/lab.h"
#include "tui/canvas.h"
#include "tui/command.h"
#include "tui/table.h"

enum intent_kind {
	INTENT_NONE,
	INTENT_GO,   /* to another view; back comes here again */
	INTENT_TURN, /* the same view about another subject; back leads where it led */
	INTENT_SAY,  /* a message on the message line */
};

enum say { SAY_OK, SAY_INFO, SAY_WARN, SAY_ERROR };

struct intent {
	enum intent_kind kind;
	const char *view; /* INTENT_GO: a view's name, static */
	struct ref ref;   /* its subject, or of INTENT_TURN the new one */
	enum say say;
	char *text; /* INTENT_SAY: owned */
};

void intent_go(struct intent *out, const char *view, const struct ref *subject); /* subject NULL: none */
void intent_turn(struct intent *out, const struct ref *subject);
void intent_say(struct intent *out, enum say how, const char *format, ...) G_GNUC_PRINTF(3, 4);
void intent_clear(struct intent *intent);

struct view_ops {
	const char *name;  /* ":" name and --view: "gpus" */
	const char *help;  /* what it shows, one short sentence; NULL: only reached from others */
	const char *title; /* tab: "GPUs"; NULL: no tab, reached from other views */
	int number;        /* 1..9, fixed by design.md; 0 none */
	size_t size;       /* of the view's own struct, zeroed when made */
	const struct command *commands; /* ends with a NULL name; or NULL */

	/* Shown for the first time or with another subject (NULL: none). Coming back with the same one does not call it.
	 * May be NULL, as update(): a view that keeps nothing needs neither. */
	void (*enter)(struct view *v, const struct lab *lab, const struct ref *subject);
	void (*update)(struct view *v, const struct lab *lab); /* NULL: it keeps nothing of the lab */
	void (*draw)(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r);

	/* The rest may be NULL. */
	struct table *(*table)(struct view *v); /* the one that has the keys now, or NULL */
	bool (*selected)(const struct view *v, const struct lab *lab,
			 struct ref *out); /* default: the table's cursor */
	/* Crumbs after the view's name, parts divided by " › ": "esx01 83:00.0 → llm-1 0b:00.0". */
	void (*crumb)(const struct view *v, const struct lab *lab, char *out, size_t size);
	void (*leave)(struct view *v); /* frees what enter() and update() made */
};

/* What every view has; the program sets it. */
struct view {
	const struct view_ops *ops;
	int entered; /* how often enter() was called */
	struct ref subject;
	bool has_subject;
};

struct view *view_new(const struct view_ops *ops);
void view_free(struct view *v); /* leave() included */

/* Shows it with a subject (NULL: none): enter() when that is another one than before. */
void view_enter(struct view *v, const struct lab *lab, const struct ref *subject);

/* What is selected in it now; false when nothing is. */
bool view_selected(const struct view *v, const struct lab *lab, struct ref *out);

struct table *view_table(struct view *v);

#endif
