/* toast.h - the message line: what came of the last key, for a few seconds of the lab's clock or until the next key. */
#ifndef TUI_TOAST_H
#define TUI_TOAST_H

#include "tui/view.h"

#define TOAST_NS (6 * G_GINT64_CONSTANT(1000000000))

struct toast {
	char text[256];
	enum say say;
	int64_t until_ns;
};

void toast_say(struct toast *t, const struct lab *lab, enum say say, const char *text);
bool toast_shown(const struct toast *t, const struct lab *lab);
void toast_dismiss(struct toast *t);

/* Mark and text over a row. */
void toast_draw(const struct toast *t, struct canvas *c, struct rect r);

#endif
