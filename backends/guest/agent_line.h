/* agent_line.h - one line of the agent stream (design.md, Formats) into rows. Pure: no I/O, no clock. */
#ifndef BACKENDS_GUEST_AGENT_LINE_H
#define BACKENDS_GUEST_AGENT_LINE_H

#include "lab/error.h"
#include "lab/rows.h"

#define AGENT_LINE_CAP (256 * 1024)

/* What a line was; at most one of the two. Both NULL: an object of a kind that is not known yet, to be passed over. */
struct agent_line {
	struct guest_row *hello; /* source and transport are the caller's to fill */
	struct sample *sample;
};

/* Rows and strings go into box. False: LAB_ERR_PROTOCOL (not JSON, not an object, too long), or LAB_ERR_UNSUPPORTED for a
 * hello of a protocol that is not ours. */
bool agent_line_parse(struct box *box, const char *line, size_t len, struct agent_line *out, GError **error);

/* Where in the line something begins that looks like a hello, with *len of it from there; NULL: nowhere. Cheap, before parsing.
 * A login's start-up file may have written before it without ending its line: a window's title, a prompt. */
const char *agent_line_hello(const char *line, size_t *len);

#endif
