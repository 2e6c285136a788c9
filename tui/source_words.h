/* source_words.h - what the state of a source means, in words. */
#ifndef TUI_SOURCE_WORDS_H
#define TUI_SOURCE_WORDS_H

#include "lab/lab.h"
#include "tui/canvas.h"

struct source_look {
	enum glyph mark;
	enum role role;
};
struct source_look source_look(const struct lab_source *s);

/* Why it is not live and what to do, or what it says of itself when it is. */
void source_words(const struct lab_source *s, char *out, gsize size);

/* How long a source has been silent, in the words of the header: "down 46s"; "" when it is live or nobody. */
const char *source_silence(const struct lab *lab, enum target_kind kind, const char *name, char *out,
			   gsize size);

const char *source_silence_of_host(const struct lab *lab, const struct lab_host *host, char *out, gsize size);

/* "vc: down 46s; this is the last known"; nothing when it is live. Returns the columns used. */
int source_draw_silence(const struct lab *lab, enum target_kind kind, const char *name, struct canvas *c,
			int x, int y);
int source_draw_silence_of_host(const struct lab *lab, const struct lab_host *host, struct canvas *c, int x,
				int y);

/* Each source that is down with its reason, wrapped as far as there are rows, of which `keep` stay for what follows; at least
 * a line each as far as there are any. Returns the rows used. */
int source_draw_down(const struct lab *lab, struct canvas *c, struct rect r, int keep);

/* Rows that all of their reasons take whole. */
int source_down_rows(const struct lab *lab, int width);

#endif
