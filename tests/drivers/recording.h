/* recording.h - the answers of a recorded engine (the text format of tests/replay/replay.h), given by function call.
 *
 * To be served through fake_http.h. Bodies may hold any byte, NUL too.
 */
#ifndef TESTS_RECORDING_H
#define TESTS_RECORDING_H

#include "backends/http.h"

struct recording;

/* Where a body stands in the text. */
struct recording_answer {
	char *line; /* "GET /path", or "*" */
	int status; /* 0: the connection breaks */
	gsize at, len;
	int given;
};

struct recording *recording_new(const char *text, gsize len);
void recording_free(struct recording *r);

const GArray *recording_answers(const struct recording *r);

/* A fake_http_fn; data is the recording. */
int recording_serve(void *data, const struct http_request *rq, GString *body, char **server);

#endif
