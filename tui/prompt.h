/* prompt.h - one line to type in: for ":" and "/". Text is kept clean; nothing pasted is ever taken for keys. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "tui/canvas.h"
#include "tui/keys.h"

#define PROMPT_CAP     512 /* bytes; longer pastes are cut */
#define PROMPT_HISTORY 50

struct prompt {
	const char *sign; /* ":" or "/" */
	GString *text;
	gsize cursor;       /* byte offset */
	GPtrArray *history; /* char *, oldest first */
	guint at;           /* in history; its length: the new line */
};

enum prompt_result { PROMPT_IGNORED, PROMPT_EDITED, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_init(struct prompt *p, const char *sign);
void prompt_clear(struct prompt *p);
void prompt_open(struct prompt *p, const char *text);

/* Editing keys, enter, esc. IGNORED: not one of these (arrows up and down are history only when with_history). */
enum prompt_result prompt_key(struct prompt *p, const struct key_event *e, bool with_history);

/* Puts text into the history, newest last, without doubles. */
void prompt_remember(struct prompt *p, const char *text);

/* Sign and text over a whole row, scrolled so that the cursor shows. */
void prompt_draw(const struct prompt *p, struct canvas *c, struct rect r);

#endif
