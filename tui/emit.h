/* emit.h - the bytes that turn one frame into the next: only what differs, short cursor moves, no blanks at line ends.
 * Pure; screen.c writes them. */
#ifndef TUI_EMIT_H
#define TUI_EMIT_H

#include "tui/paint.h"

/* Where the terminal is after what was emitted so far. */
struct emit {
	int x, y;                      /* of its cursor; x < 0: not known */
	const struct look_bytes *look; /* in force, of the paint; NULL: not known */
	bool cursor_shown;
};

/* Appends what turns `shown` into `next`; shown NULL: the terminal's content is not known, all is cleared and drawn.
 * Nothing is appended when nothing differs. Both canvases have the same size. */
void emit_frame(struct emit *e, GString *out, const struct canvas *shown, const struct canvas *next,
		const struct paint *paint);

#endif
