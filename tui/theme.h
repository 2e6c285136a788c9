/* theme.h - how the roles look: read from commented data files, brought down to what a terminal can show.
 *
 * A theme is a key file (lab/keyfile.h):
 *
 *     [theme]
 *     name = dusk
 *     description = Quiet colours on a dark background
 *     [roles]
 *     warn = #e69f00 bold             fg [on bg] [bold dim reverse underline]
 *     warn.8 = yellow bold            pinned for a depth: .256 .16 .8 .mono
 *
 * A colour is #rrggbb, 0-255, default, or an ANSI name (black red green yellow blue magenta cyan white, bright-red ...).
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "tui/role.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a terminal can show, in rising order. */
enum depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE, DEPTH_COUNT };

enum attr { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_REVERSE = 4, ATTR_UNDERLINE = 8 };

struct colour {
	enum { COLOUR_DEFAULT, COLOUR_INDEX, COLOUR_RGB } kind;
	uint32_t value; /* index 0..255, or 0xrrggbb */
};

struct look {
	struct colour fg, bg;
	unsigned attrs; /* set of enum attr */
	bool set;
};

struct theme {
	char *name, *description;
	struct look look[ROLE_COUNT];
	struct look pinned[ROLE_COUNT][DEPTH_COUNT]; /* .set where the file pins one */
};

/* themes/default.theme, compiled in: the program is never without one. */
extern const char theme_builtin_text[];

/* Parses a theme. What is wrong is added to problems (not NULL) as "file:line: message" (char *), the rest holds; roles
 * that the file does not name are the built-in theme's. `file` is only for messages. */
struct theme *theme_parse(const char *text, const char *file, GPtrArray *problems);

struct theme *theme_builtin(void);
void theme_free(struct theme *theme);

/* The look of a role at a depth: colours are RGB only at DEPTH_TRUE, an index below 256, 16 or 8 otherwise, none in
 * mono. A grey on the terminal's own background is never mapped to black or white, which might be that background. */
struct look theme_look(const struct theme *theme, enum role role, enum depth depth);

/* The nearest of the first n colours of the xterm palette (8, 16; 256: of the cube and the greys, since the first
 * sixteen are the user's), by distance in OKLab, which is close to what eyes see. */
int colour_nearest(uint32_t rgb, int n);

/* The usual value of a palette entry. */
uint32_t colour_of_index(int index);

/* How well one can be read on the other, 1 to 21 (WCAG 2, contrast ratio); NAN where one is the terminal's own. */
double colour_contrast(struct colour a, struct colour b);

#endif
