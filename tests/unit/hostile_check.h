/* hostile_check.h - what may never leave the program, asked of finished output: bytes, JSON, a canvas.
 *
 * An oracle of its own: it shares neither table nor function with lab/text.c and tui/canvas.c, whose work it judges. Each
 * function gives NULL for harmless output, else what was found and where (the caller frees it).
 */
#ifndef TESTS_HOSTILE_CHECK_H
#define TESTS_HOSTILE_CHECK_H

#include "tui/canvas.h"

#include <glib.h>
#include <jansson.h>

enum hostile_allow {
	ALLOW_NOTHING = 0,
	ALLOW_NEWLINE = 1 << 0,
	ALLOW_SGR = 1 << 1,    /* ESC [ digits and semicolons m: what tui/paint.c makes */
	ALLOW_CURSOR = 1 << 2, /* what tui/emit.c moves, clears and hides with */
};

char *hostile_find(const char *bytes, size_t n, unsigned allow);

/* Every key and string of a value, decoded. */
char *hostile_find_json(const json_t *value);

/* Cells: whole characters and nothing but, wide ones whole, no control, known roles. */
char *hostile_find_canvas(const struct canvas *c);

#endif
