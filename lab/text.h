/* text.h - the one gate for text from outside (reliability: "text to the terminal").
 *
 * Everything that did not come from our own source code passes through here once, when it is read into a row. What
 * leaves is valid UTF-8 without anything that could drive a terminal, reorder a line or vanish.
 */
#ifndef LAB_TEXT_H
#define LAB_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define TEXT_CAP 4096 /* bytes of any one string that is shown */

enum text_flags {
	TEXT_LINE = 0,       /* one line: newline and tab become a space */
	TEXT_LINES = 1 << 0, /* newlines stay (multi-line widgets only) */
};

/* Appends a harmless form of raw[0..len) to out: bad UTF-8 is U+FFFD (one per maximal subpart), C0, DEL and C1 become
 * visible (^[, ^G, <U+009B>), bidi controls, zero-width and tag characters too (<U+202E>), unassigned and private ones
 * U+FFFD, at most 4 combining marks stay on a base; at most cap bytes are appended, a cut shows as an ellipsis.
 * len -1: up to the NUL. */
void text_clean_append(GString *out, const char *raw, gssize len, gsize cap, enum text_flags flags);

/* The same as a new string, capped at TEXT_CAP; the caller frees it. NULL gives "". */
char *text_clean(const char *raw, gssize len);

/* True when s would pass through text_clean() unchanged. */
bool text_is_clean(const char *s);

/* True when s[0..n) is printable ASCII and short enough: the quick way for nearly all text. */
bool text_is_plain(const char *s, size_t n);

/* For fields of a fixed size: copies clean text, cut between characters where it does not fit. */
void text_copy(char *out, const char *text, size_t size);

/* Takes off the half character that a cut by bytes (g_snprintf) left at the end of clean text. */
void text_mend(char *s);

/* The place of a word in a table of words, whose entries may be NULL; -1 when it is none of them (NULL is none). */
int text_index(const char *const *words, int count, const char *word);

/* The order of names as people count: digits by their value, so that VM2 comes before VM10. 0 only for equal strings. */
int text_natural(const char *a, const char *b);

/* Writes what text_natural() compares, as text whose bytes are in that order; cut at size. Words with a colon are addresses
 * and times, which are in order as they are. */
void text_natural_key(char *out, size_t size, const char *text);

/* Columns that s takes on a terminal (wcwidth; wide characters are 2, combining 0). s must be clean. */
int text_width(const char *s);

/* Secrets in command lines and logs: values of options and variables that look like keys, tokens or passwords are
 * replaced by "***". Returns a new string. */
char *text_redact(const char *s);

#endif
