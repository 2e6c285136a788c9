/* paint.h - a theme as terminal bytes: one SGR sequence a role, made once when theme or depth change. */
#ifndef TUI_PAINT_H
#define TUI_PAINT_H

#include "tui/canvas.h"
#include "tui/theme.h"

#define SGR_SIZE 64

struct look_bytes {
	char sgr[SGR_SIZE]; /* complete: starts from a reset */
	bool fills;         /* has a background or reverse: blanks of it must be written */
};

struct paint {
	struct look_bytes as[ROLE_COUNT][2]; /* second: with the selection laid over */
};

/* attrs: those the terminal has (all: ~0u). */
void paint_make(struct paint *paint, const struct theme *theme, enum depth depth, unsigned attrs);

static inline const struct look_bytes *paint_look(const struct paint *paint, const struct cell *cell)
{
	return &paint->as[cell->role][cell->selected ? 1 : 0];
}

#endif
