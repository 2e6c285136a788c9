/* fake_http.h - stands in for backends/http.c in a test: no socket, no thread; a function of the test answers at once.
 *
 * A program that links fake_http.c gets these definitions of http.h's functions in place of the library's.
 */
#ifndef TESTS_FAKE_HTTP_H
#define TESTS_FAKE_HTTP_H

#include "backends/http.h"

/* Returns the HTTP status and appends the body; 0: nobody is there. *server (may be left NULL) is freed by the caller. */
typedef int fake_http_fn(void *data, const struct http_request *rq, GString *body, char **server);

/* Called, unless NULL, with the data of fake_http_serve() when the cookies are forgotten. */
extern void (*fake_http_on_forget)(void *data);

/* What http_validity() tells of the server's certificate. */
extern struct http_validity fake_http_validity;

void fake_http_serve(fake_http_fn *fn, void *data);

#endif
