/* replay.h - a server inside a test: answers HTTP from a recorded text and notes what it was asked.
 *
 * A recording is a text file:
 *   # comment (before the first answer)
 *   === GET /path?query 200            one answer; further words "Name: value" on the lines below, a blank line, the body
 *   Content-Type: application/json
 *
 *   {"version":"1"}
 *   === * 404                          what everything else gets (default: 404 with an empty body)
 *   === GET /path STALL                takes the request and never answers
 *   === GET /path CUT                  half of the body, then the connection is closed
 * Several answers to one path are given in their order, the last again and again. A header on "=== headers" stands in
 * every answer. The closing newline of a body belongs to the file, not to the body.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <glib.h>

struct replay;

/* Serves text on a free port of 127.0.0.1 in a thread of its own. */
struct replay *replay_start(const char *text);
void replay_stop(struct replay *r);

int replay_port(const struct replay *r);

/* "http://127.0.0.1:PORT"; the caller frees. */
char *replay_url(const struct replay *r);

/* Another recording from now on; counts of answers start anew. */
void replay_load(struct replay *r, const char *text);

/* What was asked since the last call, a line each: "GET /path?query". The caller frees. */
char *replay_requests(struct replay *r);

/* The value of a header of the last request, or NULL; the caller frees. */
char *replay_last_header(struct replay *r, const char *name);

#endif
