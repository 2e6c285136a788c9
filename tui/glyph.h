/* glyph.h - what can be drawn: three character sets, one table, one row a glyph.
 *
 * Every glyph takes one column in each set, so that a layout does not depend on the set.
 */
#ifndef TUI_GLYPH_H
#define TUI_GLYPH_H

#include <stdbool.h>

enum glyph_set {
	GLYPHS_UNICODE, /* braille, eighth blocks, box lines */
	GLYPHS_BLOCK,   /* whole blocks and box lines: fonts without braille */
	GLYPHS_ASCII,
	GLYPHS_COUNT
};

enum glyph {
	G_CURSOR,  /* the row under the cursor */
	G_MARKED,  /* a row marked with space */
	G_CRIT,    /* cannot work */
	G_WARN,    /* look at this */
	G_ADVICE,  /* could be better */
	G_UNKNOWN, /* not known */
	G_SAME,    /* so already, or accepted */
	G_OK,      /* done */
	G_LIVE,    /* a source that answers */
	G_SILENT,  /* one that does not */
	G_CRUMB,   /* between crumbs */
	G_ARROW,   /* host device -> guest device */
	G_UP,
	G_DOWN,
	G_LEFT,
	G_RIGHT,
	G_ENTER,
	G_ELLIPSIS,
	G_DOT, /* between parts of a line */
	G_DEGREE,
	G_TIMES,
	G_MINUS,
	G_DASH,    /* a range */
	G_GE,      /* greater or equal */
	G_NEAREST, /* points back at what it follows */
	G_CROSS,   /* crosses a node */
	G_HERE,    /* below an axis: this happened here */
	G_TEXT_CURSOR,
	G_TREE_TEE,  /* one of several below */
	G_TREE_END,  /* the last one below */
	G_TREE_DOWN, /* goes on below */
	G_H,         /* box lines */
	G_V,
	G_TOP_LEFT,
	G_TOP_RIGHT,
	G_BOTTOM_LEFT,
	G_BOTTOM_RIGHT,
	G_TEE_DOWN,
	G_TEE_UP,
	G_TEE_RIGHT,
	G_TEE_LEFT,
	G_CROSSING,
	G_AXIS,  /* a y axis with a tick */
	G_LIMIT, /* a threshold line */
	G_QUOTE, /* typographic quotes of our own sentences */
	G_QUOTE_OPEN,
	G_QUOTE_CLOSE,
	G_BAR_FULL,
	G_BAR_EMPTY,
	G_BAR_1, /* eighths of a cell from the left; sets without them round to full or empty */
	G_BAR_2,
	G_BAR_3,
	G_BAR_4,
	G_BAR_5,
	G_BAR_6,
	G_BAR_7,
	G_COUNT
};

/* The text of a glyph in a set: static, UTF-8. */
const char *glyph_text(enum glyph_set set, enum glyph g);

/* What a character of the unicode column is in another set, or NULL when it is no glyph. This lets views write "71 °C"
 * plainly: the canvas translates. */
const char *glyph_translate(enum glyph_set set, const char *utf8, int len);

/* The set that locale and terminal can show: unicode when the codeset is UTF-8 (block where TERM is linux, the kernel's
 * own console), else ascii. setlocale() must have been called. */
enum glyph_set glyph_set_of_locale(void);

/* "unicode", "block", "ascii"; -1 for anything else. */
int glyph_set_by_name(const char *name);

#endif
