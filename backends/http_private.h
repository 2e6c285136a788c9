/* http_private.h - what http.c shares with its helpers: connection rules that every transfer keeps, and traces. */
#ifndef BACKENDS_HTTP_PRIVATE_H
#define BACKENDS_HTTP_PRIVATE_H

#include "backends/curl.h"
#include "backends/http.h"

/* Rules of reliability.md 5 that hold for every transfer: no signals, no redirects, no inherited proxy, dead peers noticed. */
void http_set_transport(CURL *easy, bool allow_http, const char *proxy, const char *unix_socket);

/* The text of a URL with each @ of its user and password escaped. The caller frees, and wipes what may hold a password. */
char *http_url_escape_user(const char *text);

/* Drives one easy handle to its end. CURLE_ABORTED_BY_CALLBACK when cancelled or nudged, CURLE_OPERATION_TIMEDOUT past the
 * deadline, which callbacks of the transfer may move meanwhile (monotonic). cancel and deadline_us may be NULL. */
CURLcode http_drive(CURLM *multi, CURL *easy, struct cancel *cancel, bool end_on_nudge,
		    const int64_t *deadline_us);

/* errno of the last socket of this thread that could not be made, or 0. */
int http_socket_errno(void);

/* Puts a libcurl failure into our words. what: "GET https://host/path". */
void http_set_error(GError **error, const char *what, CURL *easy, CURLcode code, const char *detail);

/* Puts the proxy (NULL: none) before the reason: it may be its address that is to be checked. Never a password in it. */
void http_name_proxy(GError **error, const char *proxy);

/* Why, in words: libcurl's detail or its general text, or ours where that says it better. */
const char *http_error_words(CURLcode code, const char *detail);

/* What the connection's certificate says of itself; leaves *v alone where a kept connection told nothing anew. */
void http_take_validity(CURL *easy, struct http_validity *v);

/* ---- traces ---- */

struct http_trace;

struct http_trace *http_trace_begin(void); /* NULL when tracing is off */
void http_trace_request(struct http_trace *t, const char *bytes, size_t n);
void http_trace_response_head(struct http_trace *t, const char *bytes, size_t n);
void http_trace_response_body(struct http_trace *t, const char *bytes, size_t n);
/* Writes the file, redacted; failure is what libcurl said, or NULL. Frees. */
void http_trace_end(struct http_trace *t, const char *url, const char *failure);

#endif
