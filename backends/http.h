/* http.h - requests over libcurl with the rules of reliability.md section 5 in one place.
 *
 * Blocking, cancellable at once (curl_multi_poll with the cancel's descriptor). No redirects, no inherited proxy, bytes
 * counted after decompression, no compression unless asked for: else every request says so, since some proxies compress
 * for whoever says nothing (RFC 9110, 12.5.3). A client belongs to one thread.
 */
#ifndef BACKENDS_HTTP_H
#define BACKENDS_HTTP_H

#include "backends/cancel.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum tls_mode { TLS_CA, TLS_PIN, TLS_INSECURE };

struct http_options {
	enum tls_mode tls;
	const char *ca_file;     /* or NULL: the system's */
	const char *pin;         /* TLS_PIN: "sha256//..." of the public key */
	const char *proxy;       /* or NULL: none, whatever the environment says */
	const char *bearer;      /* secret, or NULL */
	const char *unix_socket; /* or NULL */
	bool allow_http;         /* engines; vSphere is https only */
	bool accept_gzip;
	bool cookies; /* keep them in memory (vSphere session) */
};

struct http;

/* A client with a connection cache. Options are copied. cancel may be NULL. NULL: libcurl cannot be loaded. */
struct http *http_new(const struct http_options *o, struct cancel *cancel, GError **error);
void http_free(struct http *h);

/* From when to when the certificate of the last fresh connection is valid, in seconds since 1970; 0 where not known. Told for
 * TLS_PIN, where nobody else looks at it. */
struct http_validity {
	int64_t from_s, to_s;
};
struct http_validity http_validity(const struct http *h);

/* "expired on 2024-01-31", "not valid before 2027-01-01", or NULL: nothing to say. The caller frees. */
char *http_validity_note(struct http_validity v, int64_t now_s);

/* The same of a certificate that was looked at. */
struct http_certificate;
struct http_validity http_certificate_validity(const struct http_certificate *c);

/* Whoever the server took us for, the next request comes from nobody. */
void http_forget_cookies(struct http *h);

/* One answer or part of it; return false to stop the transfer (the reason stands in error). */
typedef bool http_body_fn(void *data, const char *bytes, size_t n, GError **error);

struct http_request {
	const char *method; /* "GET", "POST" ... */
	const char *url;
	const char *content_type;   /* or NULL */
	const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
	const char *body;           /* or NULL */
	gssize body_len;            /* -1: strlen */
	int64_t connect_ms;         /* 0: 5000 */
	int64_t total_ms;           /* 0: none */
	int64_t first_ms;           /* no byte of the answer for so long; 0: as silence_ms */
	int64_t silence_ms; /* no byte for so long, to the millisecond, ends it; 0: 10000; -1: never (token streams) */
	uint64_t cap_bytes;    /* of the body, after decompression; 0: 16 MiB */
	http_body_fn *on_body; /* NULL: the body is collected into the response */
	void *data;
	bool retry_once; /* a read-only request may be repeated once when a kept connection had gone away; any other
			  * gets a fresh connection, so that libcurl cannot send it twice */
	bool end_on_nudge; /* a long poll: a request that comes meanwhile ends it (LAB_ERR_CANCELLED) */
	int64_t grace_ms; /* when cancelled on its way, its answer is still waited for so long: a log-in whose cookie
			   * nobody took would be a session that nobody can end */
	bool even_when_cancelled; /* a log-out on the way home: listens to total_ms alone, which must be set */
};

struct http_response {
	int status;
	GString *body;      /* when no on_body; NUL-terminated */
	char *server;       /* header "Server", or NULL */
	char *content_type; /* or NULL */
	char *location;     /* of a redirect, which is not followed; or NULL */
	char *encoding; /* header "Content-Encoding", or NULL; without accept_gzip the body is as it came */
	int64_t retry_after_ms; /* from a Retry-After header, at most 300 s; -1 none */
	uint64_t bytes;
};

/* Performs it. False: no complete answer (LAB_ERR_NAME, UNREACHABLE, TIMEOUT, TRUST, CANCELLED, PROTOCOL); an HTTP error status
 * is an answer and gives true. out must be cleared by http_response_clear() in both cases; zero it first. */
bool http_perform(struct http *h, const struct http_request *rq, struct http_response *out, GError **error);
void http_response_clear(struct http_response *r);

/* What a server's certificate is, found without sending a request or a secret. */
struct http_certificate {
	char *subject, *issuer, *names, *not_before, *not_after;
	char *sha256, *sha1; /* of the DER, "AA:BB:..." upper case */
	char *key_pin;       /* "sha256//base64" of the public key, for http_options.pin */
};
bool http_probe_certificate(const char *url, const char *proxy, int64_t timeout_ms, struct cancel *cancel,
			    struct http_certificate *out, GError **error);
void http_certificate_clear(struct http_certificate *c);

/* A URL taken apart. A password in it is there only for GOVC_URL; messages and requests use `clean`. */
struct http_url {
	char *clean;         /* without userinfo and fragment */
	char *scheme, *host; /* host: no brackets */
	int port;
	char *zone;            /* of an IPv6 address that counts on one interface only, or NULL */
	char *host_port;       /* "host:port", IPv6 in brackets: the key of pins */
	char *user, *password; /* percent-decoded; or NULL */
};
bool http_url_parse(const char *text, struct http_url *out, GError **error);
void http_url_clear(struct http_url *u);

/* Where exchanges are written when tracing is on (--trace http): a directory, or NULL. Redacted by header, by element
 * name and by value. Call before the first thread. */
void http_trace_to(const char *dir);

#endif
