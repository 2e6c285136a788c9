/* glyph.c - the table of glyphs and the choice of a set. */
#include "config.h"

#include "tui/glyph.h"

#include <glib.h>
#include <langinfo.h>
#include <string.h>

/* Columns: unicode, block, ascii. What block has as in unicode is written out all the same: the row is the whole truth. */
static const char *const glyphs[G_COUNT][GLYPHS_COUNT] = {
	[G_CURSOR] = {"▸", "►", ">"},
	[G_MARKED] = {"•", "•", "*"},
	[G_CRIT] = {"✗", "X", "X"},
	[G_WARN] = {"!", "!", "!"},
	[G_ADVICE] = {"·", "·", "-"},
	[G_UNKNOWN] = {"?", "?", "?"},
	[G_SAME] = {"=", "=", "="},
	[G_OK] = {"✓", "√", "+"},
	[G_LIVE] = {"●", "■", "*"},
	[G_SILENT] = {"◌", "□", "o"},
	[G_CRUMB] = {"›", "›", ">"},
	[G_ARROW] = {"→", "→", ">"},
	[G_UP] = {"↑", "↑", "^"},
	[G_DOWN] = {"↓", "↓", "v"},
	[G_LEFT] = {"←", "←", "<"},
	[G_RIGHT] = {"→", "→", ">"},
	[G_ENTER] = {"⏎", "┘", "^"},
	[G_ELLIPSIS] = {"…", "…", "$"}, /* as Emacs and nano mark it; "~" is the last known */
	[G_DOT] = {"·", "·", "-"},
	[G_DEGREE] = {"°", "°", " "}, /* in ASCII behind a blank nothing: canvas_text() */
	[G_TIMES] = {"×", "×", "x"},
	[G_MINUS] = {"−", "-", "-"},
	[G_DASH] = {"–", "-", "-"},
	[G_GE] = {"≥", "≥", ">"},
	[G_NEAREST] = {"◂", "◄", "<"},
	[G_CROSS] = {"╳", "X", "X"},
	[G_HERE] = {"▲", "▲", "^"},
	[G_TEXT_CURSOR] = {"▌", "▌", "_"},
	[G_TREE_TEE] = {"├", "├", "|"},
	[G_TREE_END] = {"└", "└", "`"},
	[G_TREE_DOWN] = {"│", "│", "|"},
	[G_H] = {"─", "─", "-"},
	[G_V] = {"│", "│", "|"},
	[G_TOP_LEFT] = {"┌", "┌", "+"},
	[G_TOP_RIGHT] = {"┐", "┐", "+"},
	[G_BOTTOM_LEFT] = {"└", "└", "+"},
	[G_BOTTOM_RIGHT] = {"┘", "┘", "+"},
	[G_TEE_DOWN] = {"┬", "┬", "+"},
	[G_TEE_UP] = {"┴", "┴", "+"},
	[G_TEE_RIGHT] = {"├", "├", "+"},
	[G_TEE_LEFT] = {"┤", "┤", "+"},
	[G_CROSSING] = {"┼", "┼", "+"},
	[G_AXIS] = {"┤", "┤", "|"},
	[G_LIMIT] = {"┄", "-", "."},
	[G_QUOTE] = {"’", "'", "'"},
	[G_QUOTE_OPEN] = {"“", "\"", "\""},
	[G_QUOTE_CLOSE] = {"”", "\"", "\""},
	[G_BAR_FULL] = {"█", "█", "#"},
	[G_BAR_EMPTY] = {"·", "░", "."},
	[G_BAR_1] = {"▏", "░", "."},
	[G_BAR_2] = {"▎", "░", "."},
	[G_BAR_3] = {"▍", "░", "."},
	[G_BAR_4] = {"▌", "▌", "#"},
	[G_BAR_5] = {"▋", "▌", "#"},
	[G_BAR_6] = {"▊", "█", "#"},
	[G_BAR_7] = {"▉", "█", "#"},
};

static const char *const set_names[GLYPHS_COUNT] = {"unicode", "block", "ascii"};

const char *glyph_text(enum glyph_set set, enum glyph g)
{
	return glyphs[g][set];
}

const char *glyph_translate(enum glyph_set set, const char *utf8, int len)
{
	for (int i = 0; i < G_COUNT; i++)
		if (strncmp(glyphs[i][GLYPHS_UNICODE], utf8, (size_t)len) == 0 &&
		    glyphs[i][GLYPHS_UNICODE][len] == '\0')
			return glyphs[i][set];
	return NULL;
}

enum glyph_set glyph_set_of_locale(void)
{
	const char *codeset = nl_langinfo(CODESET);
	if (g_ascii_strcasecmp(codeset, "UTF-8") != 0 && g_ascii_strcasecmp(codeset, "utf8") != 0)
		return GLYPHS_ASCII;
	/* the fonts of Linux' own console have 256 or 512 characters: boxes and blocks, no braille */
	return g_strcmp0(g_getenv("TERM"), "linux") == 0 ? GLYPHS_BLOCK : GLYPHS_UNICODE;
}

int glyph_set_by_name(const char *name)
{
	for (int i = 0; i < GLYPHS_COUNT; i++)
		if (strcmp(set_names[i], name) == 0)
			return i;
	return -1;
}
