/* http.c - one request over libcurl: blocking, cancellable at once, capped. Knows nothing of what is asked or answered.
 *
 * Every rule of reliability.md section 5 stands here once, so that no backend can forget one.
 */
#include "config.h"

#include "backends/http_private.h"

#include "backends/secret.h"
#include "lab/error.h"
#include "lab/text.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#define DEFAULT_CAP        (16u * 1024 * 1024)
#define DEFAULT_CONNECT_MS 5000
#define DEFAULT_SILENCE_MS 10000
#define LOW_SPEED          10L /* bytes a second: on average over the time of silence, less is a slow-loris body */
#define RETRY_AFTER_CAP_MS (300 * 1000)
#define POLL_MAX_MS        60000
#define DEAD_PEER_MS       10000 /* sent bytes that nobody acknowledged for so long: the link is gone */

struct http {
	CURL *easy;
	CURLM *multi;
	struct cancel *cancel;
	struct http_options o; /* strings owned */
	struct http_validity validity;
};

struct transfer {
	struct http *h;
	const struct http_request *rq;
	struct http_response *out;
	uint64_t cap;
	GError *error;       /* why our own callback stopped it */
	int64_t silence_ms;  /* 0: may be silent for ever */
	int64_t patience_ms; /* of the present silence: the first one may be longer */
	int64_t deadline_us; /* when silence has lasted too long; INT64_MAX never */
	struct http_trace *trace;
	char detail[CURL_ERROR_SIZE];
};

/* ---- connection rules ---------------------------------------------------------------------------------------- */

/* libcurl 7.88 has options for idle and interval only; the rest is set by hand. A long poll sends nothing for a minute, so
 * only the kernel can notice that its link has gone. */
static int tune_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
	const int probes = 3;
	const unsigned dead_ms = DEAD_PEER_MS;
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_ms, sizeof dead_ms);
	return CURL_SOCKOPT_OK; /* Unix sockets refuse both, and need neither */
}

/* Why the last socket could not be made, or 0: libcurl only says that it could not connect. A transfer stays in its thread. */
static _Thread_local int socket_errno;

/* As libcurl's own, but no child inherits it. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	socket_errno = fd < 0 ? errno : 0;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

int http_socket_errno(void)
{
	return socket_errno;
}

static void set_protocols(CURL *easy, bool allow_http)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, allow_http ? "https,http" : "https");
#else
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS,
			 (long)(CURLPROTO_HTTPS | (allow_http ? CURLPROTO_HTTP : 0)));
#endif
}

void http_set_transport(CURL *easy, bool allow_http, const char *proxy, const char *unix_socket)
{
	set_protocols(easy, allow_http);
	curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	char *proxy_url = http_url_escape_user(proxy ? proxy : "");
	curl.easy_setopt(easy, CURLOPT_PROXY, proxy_url);
	secret_wipe(proxy_url, strlen(proxy_url));
	g_free(proxy_url);
	curl.easy_setopt(easy, CURLOPT_NOPROXY, proxy ? "" : "*");
	curl.easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl.easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl.easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl.easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl.easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 5L);
	curl.easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 2L);
	curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl.easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, tune_socket);
	if (unix_socket)
		curl.easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, unix_socket);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Without it curl_multi_perform() joins the resolver's thread: 9 s in one call when no name server answers. */
	curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static bool set_tls(struct http *h, GError **error)
{
	bool verify = h->o.tls == TLS_CA;
	if (h->o.tls == TLS_PIN && !h->o.pin) {
		g_set_error(error, LAB_ERROR, LAB_ERR_TRUST, "no certificate is pinned for it yet");
		return false;
	}
	/* With verification on, a self-signed host fails even when the pin is right; so a pin stands instead of it. */
	curl.easy_setopt(h->easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl.easy_setopt(h->easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (h->o.tls == TLS_PIN) {
		curl.easy_setopt(h->easy, CURLOPT_PINNEDPUBLICKEY, h->o.pin);
		curl.easy_setopt(h->easy, CURLOPT_CERTINFO, 1L);
	}
	if (h->o.ca_file)
		curl.easy_setopt(h->easy, CURLOPT_CAINFO, h->o.ca_file);
	return true;
}

/* Silence itself is timed by us: libcurl's rule averages over seconds, so that it only bounds what drips. It begins before the
 * answer does. */
static void set_limits(CURL *easy, const struct http_request *rq, int64_t silence_ms)
{
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(rq->connect_ms ? rq->connect_ms : DEFAULT_CONNECT_MS));
	curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)rq->total_ms);
	if (silence_ms == 0)
		return;
	curl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED);
	curl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)(MAX(silence_ms, rq->first_ms) / 1000 + 1));
}

static void be_patient(struct transfer *t, int64_t ms)
{
	t->patience_ms = ms;
	t->deadline_us = ms ? g_get_monotonic_time() + ms * 1000 : INT64_MAX;
}

static void heard(struct transfer *t)
{
	be_patient(t, t->silence_ms);
}

static void set_method(CURL *easy, const struct http_request *rq)
{
	if (rq->body) {
		size_t n = rq->body_len < 0 ? strlen(rq->body) : (size_t)rq->body_len;
		curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
		curl.easy_setopt(easy, CURLOPT_POSTFIELDS, rq->body);
	} else if (strcmp(rq->method, "POST") == 0) {
		curl.easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	}
	if (strcmp(rq->method, "HEAD") == 0)
		curl.easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, rq->method);
}

static struct curl_slist *make_headers(const struct http *h, const struct http_request *rq)
{
	/* No server here answers 100-continue: each larger POST would wait a second for it. */
	struct curl_slist *list = curl.slist_append(NULL, "Expect:");
	if (!h->o.accept_gzip)
		list = curl.slist_append(list, "Accept-Encoding: identity");
	if (rq->content_type) {
		g_autofree char *type = g_strconcat("Content-Type: ", rq->content_type, NULL);
		list = curl.slist_append(list, type);
	}
	if (h->o.bearer) {
		g_autofree char *auth = g_strconcat("Authorization: Bearer ", h->o.bearer, NULL);
		list = curl.slist_append(list, auth);
		secret_wipe(auth, strlen(auth));
	}
	for (const char *const *line = rq->headers; line && *line; line++)
		list = curl.slist_append(list, *line);
	return list;
}

/* ---- what comes back ----------------------------------------------------------------------------------------- */

/* The value of header `name` when the line is that header, else NULL. The caller frees. */
static char *header_value(const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);
	if (n <= len || line[len] != ':' || g_ascii_strncasecmp(line, name, len) != 0)
		return NULL;
	g_autofree char *raw = g_strndup(line + len + 1, n - len - 1);
	return text_clean(g_strstrip(raw), -1);
}

/* Seconds or a date (RFC 9110, 10.2.3); nonsense is as if it were not there. */
static int64_t parse_retry_after(const char *value)
{
	char *end;
	guint64 seconds = g_ascii_strtoull(value, &end, 10);
	if (g_ascii_isdigit(*value) && !*end)
		return (int64_t)MIN(seconds, RETRY_AFTER_CAP_MS / 1000) * 1000;
	time_t when = g_ascii_isdigit(*value) ? -1 : curl.getdate(value, NULL);
	if (when < 0)
		return -1;
	return CLAMP((int64_t)when - g_get_real_time() / G_USEC_PER_SEC, 0, RETRY_AFTER_CAP_MS / 1000) * 1000;
}

static void set_header(char **to, char *take_value)
{
	if (!take_value)
		return;
	g_free(*to);
	*to = take_value;
}

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	g_autofree char *retry = header_value(line, n, "Retry-After");
	heard(t);
	http_trace_response_head(t->trace, line, n);
	set_header(&t->out->server, header_value(line, n, "Server"));
	set_header(&t->out->content_type, header_value(line, n, "Content-Type"));
	set_header(&t->out->location, header_value(line, n, "Location"));
	set_header(&t->out->encoding, header_value(line, n, "Content-Encoding"));
	if (retry)
		t->out->retry_after_ms = parse_retry_after(retry);
	return n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	long status = 0;
	heard(t);
	t->out->bytes += n;
	http_trace_response_body(t->trace, bytes, n);
	if (t->out->bytes > t->cap) {
		bool mib = t->cap >= 1 << 20;
		g_set_error(&t->error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "the answer is larger than %" G_GUINT64_FORMAT " %s", t->cap >> (mib ? 20 : 10),
			    mib ? "MiB" : "KiB");
		return 0;
	}
	curl.easy_getinfo(t->h->easy, CURLINFO_RESPONSE_CODE, &status);
	t->out->status = (int)status;
	if (!t->rq->on_body)
		g_string_append_len(t->out->body, bytes, (gssize)n);
	else if (!t->rq->on_body(t->rq->data, bytes, n, &t->error))
		return 0;
	return n;
}

static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t n, void *data)
{
	struct transfer *t = data;
	if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
		http_trace_request(t->trace, bytes, n);
	return 0;
}

/* ---- the transfer -------------------------------------------------------------------------------------------- */

/* How long the next poll may be; 0 when the deadline has passed. */
static int poll_ms(const int64_t *deadline_us)
{
	int64_t left_us = deadline_us ? *deadline_us - g_get_monotonic_time() : INT64_MAX;
	return (int)CLAMP(left_us / 1000 + (left_us > 0), 0, POLL_MAX_MS);
}

static CURLcode drive(CURLM *multi, CURL *easy, struct cancel *cancel, bool end_on_nudge,
		      const int64_t *deadline_us)
{
	struct curl_waitfd wake = {.events = CURL_WAIT_POLLIN};
	struct CURLMsg *message;
	int running = 1, left;
	if (cancel)
		wake.fd = end_on_nudge ? cancel_fd(cancel) : cancel_fire_fd(cancel);
	while (curl.multi_perform(multi, &running) == CURLM_OK && running) {
		int wait_ms = poll_ms(deadline_us);
		if (wait_ms == 0)
			return CURLE_OPERATION_TIMEDOUT;
		wake.revents = 0;
		if (curl.multi_poll(multi, &wake, cancel ? 1 : 0, wait_ms, NULL) != CURLM_OK)
			break;
		if (wake.revents)
			return CURLE_ABORTED_BY_CALLBACK;
	}
	while ((message = curl.multi_info_read(multi, &left)))
		if (message->msg == CURLMSG_DONE && message->easy_handle == easy)
			return message->data.result;
	return CURLE_FAILED_INIT;
}

CURLcode http_drive(CURLM *multi, CURL *easy, struct cancel *cancel, bool end_on_nudge,
		    const int64_t *deadline_us)
{
	socket_errno = 0;
	if (curl.multi_add_handle(multi, easy) != CURLM_OK)
		return CURLE_FAILED_INIT;
	return drive(multi, easy, cancel, end_on_nudge, deadline_us);
}

/* The whole of it, with the grace that a request has which was cancelled on its way. */
static CURLcode run(struct transfer *t, struct cancel *cancel)
{
	if (cancel && cancel_fired(cancel))
		return CURLE_ABORTED_BY_CALLBACK; /* nothing was sent */
	CURLcode code = http_drive(t->h->multi, t->h->easy, cancel, t->rq->end_on_nudge, &t->deadline_us);
	if (code != CURLE_ABORTED_BY_CALLBACK || t->rq->grace_ms == 0)
		return code;
	int64_t grace_us = g_get_monotonic_time() + t->rq->grace_ms * 1000;
	code = drive(t->h->multi, t->h->easy, NULL, false, &grace_us);
	return code == CURLE_OPERATION_TIMEDOUT ? CURLE_ABORTED_BY_CALLBACK : code;
}

static void prepare(struct transfer *t, struct curl_slist *headers)
{
	CURL *easy = t->h->easy;
	const struct http_options *o = &t->h->o;
	http_set_transport(easy, o->allow_http, o->proxy, o->unix_socket);
	set_limits(easy, t->rq, t->silence_ms);
	set_method(easy, t->rq);
	curl.easy_setopt(easy, CURLOPT_URL, t->rq->url);
	curl.easy_setopt(easy, CURLOPT_USERAGENT, "labtop/" PACKAGE_VERSION);
	curl.easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
	curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl.easy_setopt(easy, CURLOPT_WRITEDATA, t);
	/* libcurl repeats any request, writes too, on a kept connection that turns out dead; never on a fresh one. */
	curl.easy_setopt(easy, CURLOPT_FRESH_CONNECT, t->rq->retry_once ? 0L : 1L);
	if (o->accept_gzip)
		curl.easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (t->trace) {
		curl.easy_setopt(easy, CURLOPT_VERBOSE, 1L);
		curl.easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
		curl.easy_setopt(easy, CURLOPT_DEBUGDATA, t);
	}
}

/* "GET https://host/path": the query is left out, there may be a key in it. */
static char *what_is_asked(const struct http_request *rq)
{
	g_autofree char *url = g_strndup(rq->url, strcspn(rq->url, "?#"));
	g_autofree char *safe = text_redact(url);
	g_autofree char *clean = text_clean(safe, -1);
	return g_strdup_printf("%s %s", rq->method, clean);
}

bool http_perform(struct http *h, const struct http_request *rq, struct http_response *out, GError **error)
{
	struct transfer t = {
		.h = h, .rq = rq, .out = out, .cap = rq->cap_bytes ? rq->cap_bytes : DEFAULT_CAP};
	struct cancel *cancel = rq->even_when_cancelled ? NULL : h->cancel;
	t.silence_ms = rq->silence_ms < 0 ? 0 : rq->silence_ms ? rq->silence_ms : DEFAULT_SILENCE_MS;
	g_autofree char *what = what_is_asked(rq);
	long status = 0;
	g_assert(!rq->even_when_cancelled || rq->total_ms > 0);
	out->retry_after_ms = -1;
	if (!rq->on_body && !out->body)
		out->body = g_string_new(NULL);
	curl.easy_reset(h->easy);
	if (!set_tls(h, error)) {
		g_prefix_error(error, "%s: ", what);
		return false;
	}
	struct curl_slist *headers = make_headers(h, rq);
	t.trace = http_trace_begin();
	prepare(&t, headers);
	be_patient(&t, rq->first_ms ? rq->first_ms : t.silence_ms);
	CURLcode code = run(&t, cancel);
	if (code == CURLE_OPERATION_TIMEDOUT && !*t.detail)
		g_snprintf(t.detail, sizeof t.detail, "no answer for %g s", (double)t.patience_ms / 1000);
	curl.easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	http_take_validity(h->easy, &h->validity);
	http_trace_end(t.trace, rq->url, code == CURLE_OK ? NULL : http_error_words(code, t.detail));
	if (t.error) {
		g_propagate_prefixed_error(error, t.error, "%s: ", what);
		code = CURLE_WRITE_ERROR;
	} else if (code != CURLE_OK) {
		http_set_error(error, what, h->easy, code, t.detail);
		http_name_proxy(error, h->o.proxy);
	}
	curl.multi_remove_handle(h->multi, h->easy);
	curl.easy_setopt(h->easy, CURLOPT_HTTPHEADER, NULL);
	curl.slist_free_all(headers);
	return code == CURLE_OK;
}

void http_response_clear(struct http_response *r)
{
	if (r->body)
		g_string_free(r->body, TRUE);
	g_free(r->server);
	g_free(r->content_type);
	g_free(r->location);
	g_free(r->encoding);
	memset(r, 0, sizeof *r);
}

/* ---- the client ---------------------------------------------------------------------------------------------- */

struct http *http_new(const struct http_options *o, struct cancel *cancel, GError **error)
{
	if (!curl_load(error) || (cancel && !cancel_open(cancel, error)))
		return NULL;
	struct http *h = g_new0(struct http, 1);
	h->easy = curl.easy_init();
	h->multi = curl.multi_init();
	if (!h->easy || !h->multi) {
		curl.easy_cleanup(h->easy);
		curl.multi_cleanup(h->multi);
		g_free(h);
		g_set_error(error, LAB_ERROR, LAB_ERR_LIMIT,
			    "libcurl cannot start: no memory or open files left");
		return NULL;
	}
	curl.multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 2L);
	/* Starts the cookie engine, which outlives curl_easy_reset(); COOKIEFILE "" would leak a list at each of those. */
	if (o->cookies)
		curl.easy_setopt(h->easy, CURLOPT_COOKIELIST, "Set-Cookie: none=; Max-Age=0");
	h->cancel = cancel;
	h->o = *o;
	h->o.ca_file = g_strdup(o->ca_file);
	h->o.pin = g_strdup(o->pin);
	h->o.proxy = g_strdup(o->proxy);
	h->o.bearer = g_strdup(o->bearer);
	h->o.unix_socket = g_strdup(o->unix_socket);
	return h;
}

struct http_validity http_validity(const struct http *h)
{
	return h->validity;
}

void http_forget_cookies(struct http *h)
{
	if (h->o.cookies)
		curl.easy_setopt(h->easy, CURLOPT_COOKIELIST, "ALL");
}

void http_free(struct http *h)
{
	if (!h)
		return;
	curl.easy_cleanup(h->easy);
	curl.multi_cleanup(h->multi);
	if (h->o.bearer)
		secret_wipe((char *)h->o.bearer, strlen(h->o.bearer));
	g_free((char *)h->o.ca_file);
	g_free((char *)h->o.pin);
	g_free((char *)h->o.proxy);
	g_free((char *)h->o.bearer);
	g_free((char *)h->o.unix_socket);
	g_free(h);
}
