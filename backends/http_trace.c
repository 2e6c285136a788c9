/* http_trace.c - one file an exchange, redacted, in the form that tests/replay serves: a user's bug report is a test.
 *
 *   labtop-exchange 1 https://esx01/sdk
 *   request 123
 *   <123 bytes: request line, headers, empty line, body>
 *   response 456
 *   <456 bytes: status line, headers, empty line, body as decoded>
 *   failed Operation timed out                      (in place of, or after, a response)
 */
#include "config.h"

#include "backends/http_private.h"

#include "backends/secret.h"
#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define TRACE_CAP (4 * 1024 * 1024) /* of each part; the rest is only counted */

struct http_trace {
	GString *request, *head, *body;
	size_t lost;
};

static char *trace_dir;

void http_trace_to(const char *dir)
{
	g_free(trace_dir);
	trace_dir = g_strdup(dir);
}

struct http_trace *http_trace_begin(void)
{
	if (!trace_dir)
		return NULL;
	struct http_trace *t = g_new0(struct http_trace, 1);
	t->request = g_string_new(NULL);
	t->head = g_string_new(NULL);
	t->body = g_string_new(NULL);
	return t;
}

static void keep(struct http_trace *t, GString *to, const char *bytes, size_t n)
{
	size_t room = TRACE_CAP - MIN(to->len, TRACE_CAP);
	g_string_append_len(to, bytes, (gssize)MIN(n, room));
	t->lost += n - MIN(n, room);
}

void http_trace_request(struct http_trace *t, const char *bytes, size_t n)
{
	if (t)
		keep(t, t->request, bytes, n);
}

void http_trace_response_head(struct http_trace *t, const char *bytes, size_t n)
{
	if (!t)
		return;
	if (n > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		g_string_truncate(t->head, 0); /* what came before was an interim answer */
	/* The body is kept as decoded; how it was packed would only mislead who replays it. */
	if (g_ascii_strncasecmp(bytes, "Transfer-Encoding:", MIN(n, 18)) != 0 &&
	    g_ascii_strncasecmp(bytes, "Content-Encoding:", MIN(n, 17)) != 0)
		keep(t, t->head, bytes, n);
}

void http_trace_response_body(struct http_trace *t, const char *bytes, size_t n)
{
	if (t)
		keep(t, t->body, bytes, n);
}

/* The key of a login's answer is the id of the session. */
static void hide_session(GString *raw)
{
	const char *login = strstr(raw->str, "<LoginResponse");
	const char *key = login ? strstr(login, "<key>") : NULL;
	if (!key)
		return;
	gssize from = key - raw->str + (gssize)strlen("<key>");
	g_string_erase(raw, from, (gssize)strcspn(raw->str + from, "<"));
	g_string_insert(raw, from, "***");
}

/* Whoever looks at a trace in a terminal shall see what was sent, not obey it. */
static char *escape_controls(const char *text)
{
	GString *out = g_string_sized_new(strlen(text));
	while (*text) {
		gunichar c = g_utf8_get_char_validated(text, -1);
		bool broken = c == (gunichar)-1 || c == (gunichar)-2;
		size_t len = broken ? 1 : (size_t)(g_utf8_next_char(text) - text);
		bool raw = broken || (c < 0x20 && !strchr("\t\r\n", (int)c)) || (c >= 0x7F && c < 0xA0);
		for (size_t i = 0; i < len && raw; i++)
			g_string_append_printf(out, "\\x%02x", (unsigned char)text[i]);
		if (!raw)
			g_string_append_len(out, text, (gssize)len);
		text += len;
	}
	return g_string_free(out, FALSE);
}

/* A part without secrets: by value first, while they are whole, then by name. */
static char *harmless(GString *raw)
{
	for (size_t i = 0; i < raw->len; i++)
		if (!raw->str[i])
			raw->str[i] = ' ';
	secret_hide(raw);
	hide_session(raw);
	g_autofree char *redacted = text_redact(raw->str);
	return escape_controls(redacted);
}

static void write_file(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	for (size_t done = 0; fd >= 0 && done < n;) {
		ssize_t w = write(fd, text + done, n - done);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		done += (size_t)w;
	}
	if (fd >= 0)
		close(fd);
}

void http_trace_end(struct http_trace *t, const char *url, const char *failure)
{
	static atomic_uint count;
	if (!t)
		return;
	g_string_append_len(t->head, t->body->str, (gssize)t->body->len);
	g_autofree char *request = harmless(t->request), *response = harmless(t->head),
			*where = text_redact(url);
	g_autoptr(GString) file = g_string_new(NULL);
	g_string_printf(file, "labtop-exchange 1 %s\nrequest %zu\n%s\n", where, strlen(request), request);
	if (*response)
		g_string_append_printf(file, "response %zu\n%s\n", strlen(response), response);
	if (t->lost)
		g_string_append_printf(file, "lost %zu\n", t->lost);
	if (failure) { /* it may quote the server's certificate */
		g_autofree char *clean = text_clean(failure, -1);
		g_string_append_printf(file, "failed %s\n", clean);
	}
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT "-%d-%04u.http", g_get_real_time() / 1000,
						(int)getpid(), atomic_fetch_add(&count, 1));
	g_autofree char *path = g_build_filename(trace_dir, name, NULL);
	write_file(path, file->str, file->len);
	g_string_free(t->request, TRUE);
	g_string_free(t->head, TRUE);
	g_string_free(t->body, TRUE);
	g_free(t);
}
