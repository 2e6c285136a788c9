/* recording.h - the answers of a recorded engine (the text format of tests/replay/replay.h): read, found, and given by
 * function call through fake_http.h. Bodies may hold any byte, NUL too.
 */
#ifndef TESTS_RECORDING_H
#define TESTS_RECORDING_H

#include "backends/http.h"

struct recording;

/* Where a body stands in the text. */
struct recording_answer {
	char *line;       /* "GET /path", or "*" */
	char *word;       /* behind it: a status, "STALL", "CUT" */
	int status;       /* of word; 0: the connection breaks */
	GString *headers; /* each with its CR LF */
	gsize at, len;
	int given; /* how often */
};

struct recording *recording_new(const char *text, gsize len);
void recording_free(struct recording *r);

const GArray *recording_answers(const struct recording *r);

/* The next answer to a request line, which counts as given; the last one of its path stays, "*" is for what has none, and
 * NULL says that there is none at all. */
const struct recording_answer *recording_find(struct recording *r, const char *line);

/* Where the body of an answer begins; it is a->len long. */
const char *recording_body(const struct recording *r, const struct recording_answer *a);

/* Headers that stand in every answer, each with its CR LF. */
const char *recording_headers(const struct recording *r);

/* A fake_http_fn; data is the recording. */
int recording_serve(void *data, const struct http_request *rq, GString *body, char **server);

#endif
