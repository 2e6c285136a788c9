/* canvas.h - a frame as cells: a character, its width, its role. Views draw here; nobody but screen.c knows a terminal.
 *
 * canvas_text() is the single gate for text. Everything is clipped to the canvas and to its clip rectangle, so a view
 * cannot draw outside the place it was given.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include "tui/glyph.h"
#include "tui/layout.h"
#include "tui/role.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CANVAS_MAX_W    1000
#define CANVAS_MAX_H    500
#define CELL_TEXT_BYTES 20 /* a base and four combining marks of four bytes */

/* One column of one row. A wide character has width 2 and is followed by a cell of width 0 with no text. */
struct cell {
	char text[CELL_TEXT_BYTES + 1]; /* UTF-8, NUL-terminated */
	uint8_t width;
	uint8_t role; /* enum role */
	uint8_t selected; /* the select role is laid over: its background and attributes, this role's foreground */
};

struct canvas {
	int w, h;
	enum glyph_set glyphs;      /* what draw functions may use */
	bool sparing;               /* the terminal is slow: what costs many bytes is left out */
	struct rect clip;           /* nothing outside is touched */
	int cursor_x, cursor_y;     /* where the terminal's cursor belongs; x < 0: nowhere */
	bool show_cursor;           /* in prompts; else it is only put there, hidden */
	struct cell *cells;         /* h rows of w */
	struct canvas_watch *watch; /* in tests: what was painted over; NULL else */
};

/* Cells that were painted and painted again, since canvas_clear(): one thing stands on another. A fill with blanks takes away
 * what was there, and what comes on it is no overlap. */
struct canvas_watch {
	int twice;        /* cells */
	int x, y;         /* the first of them */
	uint8_t *painted; /* one byte a cell */
};

/* A blank canvas. Sizes are brought into 1..CANVAS_MAX. */
struct canvas *canvas_new(int w, int h, enum glyph_set glyphs);
void canvas_free(struct canvas *c);

/* Changes the size; everything is blank afterwards. */
void canvas_resize(struct canvas *c, int w, int h);

/* Blanks everything, hides the cursor and lifts the clip. */
void canvas_clear(struct canvas *c);

/* From here on cells that are painted twice are counted in c->watch: for tests. Everything is blank afterwards. */
void canvas_watch(struct canvas *c);

/* Limits drawing to what r and the present clip have in common; returns the clip to put back with canvas_unclip(). */
struct rect canvas_clip(struct canvas *c, struct rect r);
void canvas_unclip(struct canvas *c, struct rect saved);

/* Writes text from (x, y) on, at most `width` columns (-1: to the edge), never half a wide character. Bad UTF-8 becomes
 * U+FFFD, control characters become visible, combining marks join the cell before (four at most). Returns the columns
 * that were advanced, also where the clip hid them, so that calls can be chained: x += canvas_text(...). */
int canvas_text(struct canvas *c, int x, int y, int width, enum role role, const char *text);

/* The columns that canvas_text() would take for it, without a limit. */
int canvas_text_width(const struct canvas *c, const char *text);

/* printf form of canvas_text() without a width limit; the result is cut at 1 KiB. */
int canvas_printf(struct canvas *c, int x, int y, enum role role, const char *format, ...)
	G_GNUC_PRINTF(5, 6);

/* One glyph of the canvas's set. Returns 1. */
int canvas_glyph(struct canvas *c, int x, int y, enum role role, enum glyph g);

/* A braille character with these dots (Unicode's order): only for the unicode set. */
void canvas_dots(struct canvas *c, int x, int y, enum role role, uint8_t dots);

/* Fills a rectangle with a one-column text. */
void canvas_fill(struct canvas *c, struct rect r, enum role role, const char *text);

/* Gives the cells of r another role, or lays the selection over them. */
void canvas_role(struct canvas *c, struct rect r, enum role role);
void canvas_select(struct canvas *c, struct rect r);

/* Where the terminal's own cursor belongs: screen readers follow it (style 12.5). */
void canvas_cursor(struct canvas *c, int x, int y, bool visible);

/* The cell at (x, y), or NULL outside. */
const struct cell *canvas_cell(const struct canvas *c, int x, int y);

/* The text of one row without trailing blanks, or of all rows with newlines. The caller frees. */
char *canvas_row_text(const struct canvas *c, int y);
char *canvas_dump_text(const struct canvas *c);

/* The roles as letters (role.h), a line a row, trailing plain cells cut; a selected cell has the letter's upper case
 * (digits: the signs over them, '.': '_'). The caller frees. */
char *canvas_dump_roles(const struct canvas *c);

/* Columns that a character takes: 0 combining, 1, 2; -1 for what must not reach a terminal (controls, bidi marks...). */
int char_width(gunichar ch);

#endif
