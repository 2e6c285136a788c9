/* line.h - the lines of a plan's journal: made, read back, and proved whole (design.md, Formats). Pure.
 *
 * Each line carries the first 16 hex digits of SHA-256 over the sum of the line before and its own text, so that a byte
 * changed anywhere shows. A torn last line (a power failure) is cut off; anything else that is wrong makes the journal one
 * that is not acted on.
 */
#ifndef BACKENDS_JOURNAL_LINE_H
#define BACKENDS_JOURNAL_LINE_H

#include "lab/run.h"

#define JOURNAL_VERSION  1
#define JOURNAL_LINE_CAP (4 << 20)

/* Where a journal ends: what the next line follows. Zeroed: it has no line yet. */
struct journal_chain {
	int n;
	char sum[17];
};

/* The line, with its end; the caller frees. The chain goes on. by: "user@machine". */
char *journal_line(struct journal_chain *chain, const struct plan *plan, const struct note *note,
		   int64_t wall_ms, const char *by);

struct journal {
	struct plan *plan;
	GArray *notes;     /* struct note; texts in the plan's box */
	char *by;          /* who began it */
	int64_t last_ms;   /* wall clock of the last line */
	gsize whole_bytes; /* a torn line begins here; the length of the file where none does */
	struct journal_chain chain;
};

/* False with error when it must not be acted on: LAB_ERR_PROTOCOL with the line and why. */
bool journal_parse(const char *text, gsize len, struct journal *out, GError **error);
void journal_clear(struct journal *j);

#endif
