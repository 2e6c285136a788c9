/* test_http.c - the HTTP client against a server that misbehaves: FC-040 to FC-056 where they can be had on loopback. */
#include "config.h"

#include "backends/http.h"
#include "backends/json.h"
#include "backends/secret.h"
#include "lab/text.h"
#include "tests/unit/server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct server plain;

static struct http *client(struct cancel *cancel)
{
	return http_new(&(struct http_options){.allow_http = true, .accept_gzip = true}, cancel, NULL);
}

/* One GET of path; the status, or -1 with *error. */
static int get(struct http *h, const char *path, struct http_request rq, struct http_response *out,
	       GError **error)
{
	g_autofree char *url = server_url(&plain, "http", path);
	rq.url = url;
	rq.method = rq.method ? rq.method : "GET";
	rq.retry_once = true;
	memset(out, 0, sizeof *out);
	return http_perform(h, &rq, out, error) ? out->status : -1;
}

/* How often the server saw a request line, and how many connections. */
static int times_seen(const struct server *s, const char *scheme, const char *line, int *connections)
{
	struct http *h =
		http_new(&(struct http_options){.allow_http = true, .tls = TLS_INSECURE}, NULL, NULL);
	struct http_response r = {0};
	g_autofree char *url = server_url(s, scheme, "/log");
	g_autoptr(GError) error = NULL;
	http_perform(h, &(struct http_request){.method = "GET", .url = url}, &r, &error);
	g_assert_no_error(error);
	json_t *root = json_read(r.body->str, r.body->len, JSON_ENGINE, &error), *item;
	size_t i;
	int n = 0;
	g_assert_no_error(error);
	json_array_foreach(json_object_get(root, "seen"), i, item)
	{
		n += strcmp(json_string_value(item), line) == 0;
	}
	if (connections)
		*connections = (int)json_integer_value(json_object_get(root, "connections"));
	json_decref(root);
	http_response_clear(&r);
	http_free(h);
	return n;
}

static void test_answers(void)
{
	struct http *h = client(NULL);
	struct http_response r;
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(get(h, "/ok", (struct http_request){0}, &r, &error), ==, 200);
	g_assert_no_error(error);
	g_assert_cmpstr(r.body->str, ==, "hello");
	g_assert_cmpstr(r.server, ==, "replay");
	g_assert_cmpint(r.retry_after_ms, ==, -1);
	g_assert_cmpuint(r.bytes, ==, 5);
	http_response_clear(&r);
	/* the first byte may take longer than the silences after it */
	g_assert_cmpint(
		get(h, "/late", (struct http_request){.first_ms = 60000, .silence_ms = 50}, &r, &error), ==,
		200);
	g_assert_no_error(error);
	http_response_clear(&r);

	const char *headers[] = {"X-Own: 1", NULL};
	g_assert_cmpint(get(h, "/echo",
			    (struct http_request){.method = "DELETE",
						  .body = "{\"a\":1}",
						  .body_len = -1,
						  .content_type = "application/json",
						  .headers = headers},
			    &r, &error),
			==, 200);
	json_t *told = json_read(r.body->str, r.body->len, JSON_ENGINE, &error);
	json_t *sent = json_object_get(told, "headers");
	g_assert_cmpstr(json_raw(told, "method"), ==, "DELETE");
	g_assert_cmpstr(json_raw(told, "body"), ==, "{\"a\":1}");
	g_assert_cmpstr(json_raw(sent, "content-type"), ==, "application/json");
	g_assert_cmpstr(json_raw(sent, "x-own"), ==, "1");
	g_assert_null(json_raw(sent, "expect"));
	json_decref(told);
	http_response_clear(&r);
	http_free(h);
}

/* The cookie that the server is sent with a request, or NULL; the caller frees. */
static char *cookie_sent(struct http *h)
{
	struct http_response r;
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(get(h, "/echo", (struct http_request){0}, &r, &error), ==, 200);
	json_t *told = json_read(r.body->str, r.body->len, JSON_ENGINE, &error);
	char *cookie = g_strdup(json_raw(json_object_get(told, "headers"), "cookie"));
	json_decref(told);
	http_response_clear(&r);
	return cookie;
}

/* A session's cookie is kept where that is wanted, and until it is forgotten. */
static void test_cookies(void)
{
	for (int keeps = 0; keeps < 2; keeps++) {
		struct http *h =
			http_new(&(struct http_options){.allow_http = true, .cookies = keeps}, NULL, NULL);
		struct http_response r;
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(get(h, "/cookie", (struct http_request){0}, &r, &error), ==, 200);
		http_response_clear(&r);
		g_autofree char *kept = cookie_sent(h);
		g_assert_cmpstr(kept, ==, keeps ? "session=canary" : NULL);
		http_forget_cookies(h);
		g_assert_null(cookie_sent(h));
		http_free(h);
	}
}

/* What must not be compressed is not left to a proxy's taste; what is all the same is told as such. */
static void test_encoding(void)
{
	static const struct {
		bool gzip;
		const char *accepted;
	} cases[] = {{false, "identity"}, {true, "gzip"}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http *h = http_new(
			&(struct http_options){.allow_http = true, .accept_gzip = cases[i].gzip}, NULL, NULL);
		struct http_response r;
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(get(h, "/echo", (struct http_request){0}, &r, &error), ==, 200);
		g_assert_null(r.encoding);
		json_t *told = json_read(r.body->str, r.body->len, JSON_ENGINE, &error);
		g_assert_cmpstr(json_raw(json_object_get(told, "headers"), "accept-encoding"), ==,
				cases[i].accepted);
		json_decref(told);
		http_response_clear(&r);
		g_assert_cmpint(get(h, "/packed", (struct http_request){0}, &r, &error), ==, 200);
		g_assert_cmpstr(r.encoding, ==, "gzip");
		g_assert_cmpint(strcmp(r.body->str, "hello") == 0, ==, cases[i].gzip);
		http_response_clear(&r);
		http_free(h);
	}
}

static void test_statuses(void)
{
	static const struct {
		const char *path;
		int status;
		int64_t retry_after_ms;
	} cases[] = {
		{"/status/503/120", 503, 120000},
		{"/status/429/99999", 429, 300000},
		{"/status/503/garbage", 503, -1},
		{"/status/503/-5", 503, -1},
		{"/status/401", 401, -1},
		{"/status/503/Thu,%2001%20Jan%201970%2000:00:00%20GMT", 503, -1},
		{"/redirect/301", 301, -1},
		{"/redirect/302", 302, -1},
		{"/redirect/307", 307, -1},
		{"/redirect/308", 308, -1},
	};
	struct http *h = client(NULL);
	int before = times_seen(&plain, "http", "GET /ok", NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_response r;
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(get(h, cases[i].path, (struct http_request){0}, &r, &error), ==,
				cases[i].status);
		g_assert_cmpint(r.retry_after_ms, ==, cases[i].retry_after_ms);
		http_response_clear(&r);
	}
	g_assert_cmpint(times_seen(&plain, "http", "GET /ok", NULL), ==, before);
	http_free(h);
}

/* What a broken answer becomes: an error of the right kind, and nothing is asked a second time. */
static void test_broken(void)
{
	static const struct {
		const char *path;
		struct http_request rq;
		int code;
		const char *words; /* of the message; NULL: any */
	} cases[] = {
		{"/cut", {0}, LAB_ERR_UNREACHABLE},
		{"/reset", {0}, LAB_ERR_UNREACHABLE},
		{"/bad-chunk", {0}, LAB_ERR_UNREACHABLE},
		{"/header-flood", {0}, LAB_ERR_UNREACHABLE},
		{"/bomb", {.cap_bytes = 1 << 20, .silence_ms = 120000}, LAB_ERR_PROTOCOL}, /* packed first */
		{"/endless", {.cap_bytes = 1 << 20}, LAB_ERR_PROTOCOL, "larger than 1 MiB"},
		{"/endless", {.cap_bytes = 256 << 10}, LAB_ERR_PROTOCOL, "larger than 256 KiB"},
		{"/silent", {.total_ms = 50}, LAB_ERR_TIMEOUT},
		{"/silent", {.silence_ms = 50}, LAB_ERR_TIMEOUT, "no answer for 0.05 s"},
		{"/silent", {.first_ms = 80, .silence_ms = 60000}, LAB_ERR_TIMEOUT, "no answer for 0.08 s"},
		{"/stops", {.first_ms = 60000, .silence_ms = 50}, LAB_ERR_TIMEOUT, "no answer for 0.05 s"},
		{"/drip", {.silence_ms = 1000}, LAB_ERR_TIMEOUT},
		{"/drip-head", {.total_ms = 300}, LAB_ERR_TIMEOUT},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http *h = client(NULL);
		struct http_response r;
		GError *error = NULL;
		g_autofree char *line = g_strconcat("GET ", cases[i].path, NULL);
		int before = times_seen(&plain, "http", line, NULL);
		g_assert_cmpint(get(h, cases[i].path, cases[i].rq, &r, &error), ==, -1);
		g_test_message("%s: %s", cases[i].path, error ? error->message : "");
		if (cases[i].code == LAB_ERR_UNREACHABLE)
			g_assert_true(error->code == LAB_ERR_UNREACHABLE || error->code == LAB_ERR_PROTOCOL);
		else
			g_assert_error(error, LAB_ERROR, cases[i].code);
		g_assert_true(!cases[i].words || strstr(error->message, cases[i].words));
		g_assert_cmpuint(r.bytes, <, 2 << 20);
		g_assert_cmpint(times_seen(&plain, "http", line, NULL), ==, before + 1);
		g_clear_error(&error);
		http_response_clear(&r);
		http_free(h);
	}
}

/* A kept connection that went away: a read is asked again without a word, a write comes over a fresh one. */
static void test_kept_connection(void)
{
	struct http *h = client(NULL);
	struct http_response r;
	for (int i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(get(h, "/hang-up", (struct http_request){0}, &r, &error), ==, 200);
		g_assert_no_error(error);
		http_response_clear(&r);
	}
	g_assert_cmpint(times_seen(&plain, "http", "GET /hang-up", NULL), ==, 3);
	int before, after;
	times_seen(&plain, "http", "", &before);
	for (int i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(get(h, "/ok", (struct http_request){0}, &r, &error), ==, 200);
		http_response_clear(&r);
	}
	times_seen(&plain, "http", "", &after);
	g_assert_cmpint(after, <=, before + 2); /* one kept for all three, and the one that asks */
	/* silence on a kept connection is silence, not an unreachable host */
	g_autoptr(GError) silence = NULL;
	g_assert_cmpint(get(h, "/silent", (struct http_request){.total_ms = 50}, &r, &silence), ==, -1);
	g_assert_error(silence, LAB_ERROR, LAB_ERR_TIMEOUT);
	http_response_clear(&r);
	times_seen(&plain, "http", "", &after);
	g_autofree char *url = server_url(&plain, "http", "/ok");
	for (int i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		memset(&r, 0, sizeof r);
		g_assert_true(http_perform(
			h, &(struct http_request){.method = "POST", .url = url, .body = "x", .body_len = 1},
			&r, &error));
		http_response_clear(&r);
	}
	times_seen(&plain, "http", "", &before);
	g_assert_cmpint(before, >=, after + 3);
	http_free(h);
}

/* ---- cancelling ---------------------------------------------------------------------------------------------- */

struct ask {
	struct cancel *cancel;
	const char *path;
	bool end_on_nudge;
	int64_t grace_ms;
	int code;
};

static void *ask_thread(void *data)
{
	struct ask *a = data;
	struct http *h = client(a->cancel);
	struct http_response r;
	g_autoptr(GError) error = NULL;
	int status = get(h, a->path,
			 (struct http_request){
				 .silence_ms = -1, .end_on_nudge = a->end_on_nudge, .grace_ms = a->grace_ms},
			 &r, &error);
	a->code = error ? error->code : -status;
	http_response_clear(&r);
	http_free(h);
	return NULL;
}

static void wait_until_seen(const char *line, int n)
{
	while (times_seen(&plain, "http", line, NULL) < n)
		g_thread_yield();
}

static void test_cancel(void)
{
	struct ask a = {.cancel = cancel_new(), .path = "/silent?cancel"};
	pthread_t thread;
	pthread_create(&thread, NULL, ask_thread, &a);
	wait_until_seen("GET /silent?cancel", 1);
	cancel_nudge(a.cancel); /* is not for this one */
	cancel_fire(a.cancel);
	pthread_join(thread, NULL);
	g_assert_cmpint(a.code, ==, LAB_ERR_CANCELLED);

	/* and a cancelled worker asks nothing any more, but may log out */
	struct http *h = client(a.cancel);
	struct http_response r;
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(get(h, "/ok?late", (struct http_request){0}, &r, &error), ==, -1);
	g_assert_error(error, LAB_ERROR, LAB_ERR_CANCELLED);
	g_assert_cmpint(times_seen(&plain, "http", "GET /ok?late", NULL), ==, 0);
	http_response_clear(&r);
	g_clear_error(&error);
	g_assert_cmpint(get(h, "/ok?logout",
			    (struct http_request){.even_when_cancelled = true, .total_ms = 10000}, &r,
			    &error),
			==, 200);
	http_response_clear(&r);
	http_free(h);
	cancel_free(a.cancel);
}

/* A request with grace gets its answer though it was cancelled on its way; but nobody waits for ever. */
static void test_grace(void)
{
	struct ask a = {.cancel = cancel_new(), .path = "/held/grace", .grace_ms = 60000};
	pthread_t thread;
	pthread_create(&thread, NULL, ask_thread, &a);
	wait_until_seen("GET /held/grace", 1);
	cancel_fire(a.cancel);
	struct http *h = client(NULL);
	struct http_response r;
	g_assert_cmpint(get(h, "/ok?grace", (struct http_request){0}, &r, NULL), ==, 200);
	http_response_clear(&r);
	pthread_join(thread, NULL);
	g_assert_cmpint(a.code, ==, -200);

	struct ask late = {.cancel = a.cancel, .path = "/ok?never", .grace_ms = 60000};
	ask_thread(&late); /* what was not sent yet is not sent any more */
	g_assert_cmpint(late.code, ==, LAB_ERR_CANCELLED);
	g_assert_cmpint(times_seen(&plain, "http", "GET /ok?never", NULL), ==, 0);

	struct ask b = {.cancel = cancel_new(), .path = "/silent?grace", .grace_ms = 1};
	pthread_create(&thread, NULL, ask_thread, &b);
	wait_until_seen("GET /silent?grace", 1);
	cancel_fire(b.cancel);
	pthread_join(thread, NULL);
	g_assert_cmpint(b.code, ==, LAB_ERR_CANCELLED);
	http_free(h);
	cancel_free(a.cancel);
	cancel_free(b.cancel);
}

static void test_nudge(void)
{
	struct ask a = {.cancel = cancel_new(), .path = "/silent?nudge", .end_on_nudge = true};
	pthread_t thread;
	pthread_create(&thread, NULL, ask_thread, &a);
	wait_until_seen("GET /silent?nudge", 1);
	cancel_nudge(a.cancel);
	pthread_join(thread, NULL);
	g_assert_cmpint(a.code, ==, LAB_ERR_CANCELLED);
	g_assert_false(cancel_fired(a.cancel));

	struct ask b = {.cancel = a.cancel, .path = "/ok"};
	ask_thread(&b); /* the nudge still stands, and does not matter */
	g_assert_cmpint(b.code, ==, -200);
	cancel_free(a.cancel);
}

/* ---- unreachable --------------------------------------------------------------------------------------------- */

static void test_nobody_there(void)
{
	static const struct {
		const char *url;
		int code;
	} cases[] = {
		{"http://127.0.0.1:1/", LAB_ERR_UNREACHABLE}, {"http://no-such-name.invalid/", LAB_ERR_NAME},
		{"ftp://127.0.0.1/", LAB_ERR_USAGE},          {"file:///etc/passwd", LAB_ERR_USAGE},
		{"http://user@127.0.0.1/", LAB_ERR_USAGE},    {"http://", LAB_ERR_USAGE},
	};
	struct http *h = client(NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_response r = {0};
		GError *error = NULL;
		g_assert_false(http_perform(
			h, &(struct http_request){.method = "GET", .url = cases[i].url, .total_ms = 20000},
			&r, &error));
		g_test_message("%s", error->message);
		/* without any network a look-up may also time out */
		g_assert_error(error, LAB_ERROR, cases[i].code);
		g_clear_error(&error);
		http_response_clear(&r);
	}
	http_free(h);
}

/* A host that takes no connection: its accept queue is full, as behind a firewall that drops. */
static void test_black_hole(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), waiting[8];
	g_assert_cmpint(bind(listener, (struct sockaddr *)&at, n), ==, 0);
	g_assert_cmpint(listen(listener, 0), ==, 0);
	g_assert_cmpint(getsockname(listener, (struct sockaddr *)&at, &n), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(waiting[i], (struct sockaddr *)&at, n);
	}
	struct http *h = client(NULL);
	struct http_response r = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/", ntohs(at.sin_port));
	g_assert_false(http_perform(h, &(struct http_request){.method = "GET", .url = url, .connect_ms = 100},
				    &r, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, LAB_ERROR, LAB_ERR_UNREACHABLE);
	http_response_clear(&r);
	http_free(h);
	for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++)
		close(waiting[i]);
	close(listener);
}

/* ---- TLS ----------------------------------------------------------------------------------------------------- */

static int get_tls(const struct server *s, const char *path, struct http_options o, GError **error)
{
	struct http *h = http_new(&o, NULL, NULL);
	struct http_response r = {0};
	g_autofree char *url = server_url(s, "https", path);
	bool ok = http_perform(h, &(struct http_request){.method = "GET", .url = url}, &r, error);
	int status = r.status;
	http_response_clear(&r);
	http_free(h);
	return ok ? status : -1;
}

/* Not known before there was a connection; told by it, and kept while it is used again. */
static void check_validity(const struct server *s, const char *pin)
{
	struct http *h = http_new(&(struct http_options){.tls = TLS_PIN, .pin = pin}, NULL, NULL);
	g_autofree char *url = server_url(s, "https", "/ok");
	int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
	g_assert_cmpint(http_validity(h).to_s, ==, 0);
	for (int i = 0; i < 2; i++) {
		struct http_response r = {0};
		g_assert_true(http_perform(
			h, &(struct http_request){.method = "GET", .url = url, .retry_once = true}, &r,
			NULL));
		http_response_clear(&r);
		g_assert_cmpint(http_validity(h).from_s, <=, now_s);
		g_assert_cmpint(http_validity(h).from_s, >, now_s - 3600);
		g_assert_cmpint(http_validity(h).to_s - http_validity(h).from_s, ==, 2 * 24 * 3600);
	}
	http_free(h);
}

static void test_tls(void)
{
	g_autofree char *dir = g_dir_make_tmp("labtop-tls-XXXXXX", NULL),
			*cert = server_certificate(dir, "a");
	g_autofree char *key = cert ? g_strdup_printf("%s/a.key", dir) : NULL;
	struct server s;
	struct http_certificate seen = {0};
	GError *error = NULL;
	if (!cert || !server_start(&s, (const char *const[]){"--tls", cert, key, NULL}))
		return;

	/* first contact: the certificate is looked at, no request is sent */
	g_autofree char *url = server_url(&s, "https", "/secret");
	g_assert_true(http_probe_certificate(url, NULL, 10000, NULL, &seen, &error));
	g_assert_no_error(error);
	g_test_message("%s", seen.subject);
	g_assert_nonnull(strstr(seen.subject, "[2J01"));
	g_assert_true(text_is_clean(seen.subject));
	g_assert_nonnull(strstr(seen.names, "127.0.0.1"));
	g_assert_cmpuint(strlen(seen.sha256), ==, 32 * 3 - 1);
	g_assert_cmpuint(strlen(seen.sha1), ==, 20 * 3 - 1);
	g_assert_true(g_str_has_prefix(seen.key_pin, "sha256//"));
	g_assert_cmpint(times_seen(&s, "https", "GET /secret", NULL), ==, 0);

	/* the pin that was found is the one libcurl computes */
	g_assert_cmpint(
		get_tls(&s, "/ok", (struct http_options){.tls = TLS_PIN, .pin = seen.key_pin}, &error), ==,
		200);
	g_assert_no_error(error);

	check_validity(&s, seen.key_pin);

	/* a wrong pin, no pin, an unknown CA: nothing is sent */
	static const struct http_options wrong[] = {
		{.tls = TLS_PIN, .pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{.tls = TLS_PIN},
		{.tls = TLS_CA}};
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_cmpint(get_tls(&s, "/secret", wrong[i], &error), ==, -1);
		g_test_message("%s", error->message);
		g_assert_error(error, LAB_ERROR, LAB_ERR_TRUST);
		g_clear_error(&error);
	}
	g_assert_cmpint(times_seen(&s, "https", "GET /secret", NULL), ==, 0);

	/* its own certificate as CA is as good as any */
	g_assert_cmpint(get_tls(&s, "/ok", (struct http_options){.tls = TLS_CA, .ca_file = cert}, &error), ==,
			200);
	g_assert_no_error(error);
	/* plain HTTP to it is refused by us */
	struct http *h = http_new(&(struct http_options){.tls = TLS_INSECURE}, NULL, NULL);
	struct http_response r = {0};
	g_autofree char *http = server_url(&plain, "http", "/ok");
	g_assert_false(http_perform(h, &(struct http_request){.method = "GET", .url = http}, &r, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
	g_clear_error(&error);
	http_response_clear(&r);
	http_free(h);
	/* and a server that speaks none is told apart */
	g_assert_cmpint(get_tls(&plain, "/ok", (struct http_options){.tls = TLS_INSECURE}, &error), ==, -1);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, "does not speak TLS"));
	g_clear_error(&error);
	http_certificate_clear(&seen);
	server_stop(&s);
}

/* ---- URLs and traces ----------------------------------------------------------------------------------------- */

static void test_urls(void)
{
	static const struct {
		const char *text, *clean, *host_port, *host, *user, *password;
	} cases[] = {
		{"https://root@esxi1/sdk", "https://esxi1/sdk", "esxi1:443", "esxi1", "root", NULL},
		{"https://a%40b:p%3Aw@h:8443/", "https://h:8443/", "h:8443", "h", "a@b", "p:w"},
		{"https://administrator@vsphere.local@vc/sdk", "https://vc/sdk", "vc:443", "vc",
		 "administrator@vsphere.local", NULL},
		{"https://ops@lab@[fd00::2]:8443/sdk?a=b@c", "https://[fd00::2]:8443/sdk?a=b@c",
		 "[fd00::2]:8443", "fd00::2", "ops@lab", NULL},
		{"https://a@b:p@w@h/x@y", "https://h/x@y", "h:443", "h", "a@b", "p@w"},
		{"https://h/x@y", "https://h/x@y", "h:443", "h", NULL, NULL},
		{"http://[fd00::1]:11434", "http://[fd00::1]:11434/", "[fd00::1]:11434", "fd00::1", NULL,
		 NULL},
		{"http://h#frag", "http://h/", "h:80", "h", NULL, NULL},
		{"https://h:0/", NULL},
		{"https://h\xf5/", NULL},
		{"https://h/\xe2\x80\xae/", NULL},
		{"https://h/\xc2\x9b"
		 "2J",
		 NULL},
		{"esxi1", NULL},
		{"ftp://h/", NULL},
		{"", NULL},
		{"https://", NULL},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct http_url u = {0};
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(http_url_parse(cases[i].text, &u, &error), ==, cases[i].clean != NULL);
		g_assert_cmpstr(u.clean, ==, cases[i].clean);
		g_assert_cmpstr(u.host_port, ==, cases[i].host_port);
		g_assert_cmpstr(u.host, ==, cases[i].host);
		g_assert_cmpstr(u.user, ==, cases[i].user);
		g_assert_cmpstr(u.password, ==, cases[i].password);
		g_assert_true(cases[i].clean || error->code == LAB_ERR_USAGE);
		http_url_clear(&u);
	}
}

/* A trace holds the exchange without its secrets, and can be played back. */
static void test_trace(void)
{
	g_autofree char *dir = g_dir_make_tmp("labtop-trace-XXXXXX", NULL);
	struct target *t = target_new(TARGET_VSPHERE, "esx");
	struct http_response r = {0};
	g_autoptr(GError) error = NULL;
	secret_put(t, "password", "canary<&7");
	secret_put(t, "short", "a;&");
	http_trace_to(dir);
	struct http *h =
		http_new(&(struct http_options){.allow_http = true, .bearer = "bear-canary", .cookies = true},
			 NULL, NULL);
	g_autofree char *url = server_url(&plain, "http", "/echo");
	const char *headers[] = {"Cookie: vmware_soap_session=cookie-canary", NULL};
	g_assert_true(http_perform(
		h,
		&(struct http_request){.method = "POST",
				       .url = url,
				       .headers = headers,
				       .body_len = -1,
				       .body = "<password>other-canary</password><x>canary&lt;&amp;7</x>"
					       "<password>a;&amp;canary</password>"
					       "<obj>session[52aa-canary-11]52bb</obj>"
					       "<LoginResponse><returnval><key>52-canary</key></returnval>"
					       "\x1b[2J\x07\x7f\xc2\x9b\xff\xc3\xa9"},
		&r, &error));
	http_response_clear(&r);
	http_free(h);
	http_trace_to(NULL);

	GDir *files = g_dir_open(dir, 0, NULL);
	const char *name = g_dir_read_name(files);
	g_assert_nonnull(name);
	g_autofree char *path = g_build_filename(dir, name, NULL), *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_null(strstr(text, "canary"));
	g_assert_nonnull(strstr(text, "POST /echo HTTP/1.1"));
	g_assert_nonnull(strstr(text, "<obj>session[***]52bb</obj><LoginResponse><returnval><key>***</key>"));
	/* what drives a terminal is shown, not sent to it; text stays as it is */
	g_assert_nonnull(strstr(text, "</returnval>\\x1b[2J\\x07\\x7f\\xc2\\x9b\\xff\xc3\xa9"));
	for (const char *at = text; *at; at++)
		g_assert_true((unsigned char)*at >= 0x20 || strchr("\t\r\n", *at));
	struct stat st;
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 077, ==, 0);
	g_assert_null(g_dir_read_name(files));
	g_dir_close(files);

	struct server again;
	if (server_start(&again, (const char *const[]){"--exchanges", dir, NULL})) {
		g_autofree char *replayed = server_url(&again, "http", "/nothing");
		h = client(NULL);
		g_assert_true(http_perform(h, &(struct http_request){.method = "GET", .url = replayed}, &r,
					   &error));
		g_assert_cmpint(r.status, ==, 404);
		http_response_clear(&r);
		http_free(h);
		server_stop(&again);
	}
	secret_wipe_all();
	target_free(t);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	if (!server_start(&plain, NULL))
		return 77;
	g_test_add_func("/http/answers", test_answers);
	g_test_add_func("/http/cookies", test_cookies);
	g_test_add_func("/http/encoding", test_encoding);
	g_test_add_func("/http/statuses", test_statuses);
	g_test_add_func("/http/broken", test_broken);
	g_test_add_func("/http/kept-connection", test_kept_connection);
	g_test_add_func("/http/cancel", test_cancel);
	g_test_add_func("/http/grace", test_grace);
	g_test_add_func("/http/nudge", test_nudge);
	g_test_add_func("/http/nobody-there", test_nobody_there);
	g_test_add_func("/http/black-hole", test_black_hole);
	g_test_add_func("/http/tls", test_tls);
	g_test_add_func("/http/urls", test_urls);
	g_test_add_func("/http/trace", test_trace);
	int rc = g_test_run();
	server_stop(&plain);
	return rc;
}
