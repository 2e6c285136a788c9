/* recording.c - see recording.h. */
#include "config.h"

#include "tests/drivers/recording.h"

#include <string.h>

struct recording {
	char *text;
	GArray *answers;
	char *server;
};

static void clear_answer(void *data)
{
	struct recording_answer *a = data;
	g_free(a->line);
	g_free(a->word);
	g_string_free(a->headers, TRUE);
}

/* "GET /path 200": all but the last word is the request. */
static struct recording_answer answer_of(const char *title)
{
	const char *space = strrchr(title, ' ');
	struct recording_answer a = {.line = space ? g_strndup(title, (gsize)(space - title))
						   : g_strdup(title)};
	a.word = g_strdup(space ? space + 1 : "200");
	a.status = (int)g_ascii_strtoll(a.word, NULL, 10);
	a.headers = g_string_new(NULL);
	return a;
}

static void take_server(struct recording *r, const char *header)
{
	if (!g_str_has_prefix(header, "Server: "))
		return;
	g_free(r->server);
	r->server = g_strdup(header + strlen("Server: "));
}

struct recording *recording_new(const char *text, gsize len)
{
	struct recording *r = g_new0(struct recording, 1);
	bool in_body = false;
	r->text = g_memdup2(text, len + 1);
	r->answers = g_array_new(FALSE, FALSE, sizeof(struct recording_answer));
	g_array_set_clear_func(r->answers, clear_answer);
	for (gsize at = 0, end; at < len; at = end + 1) {
		const char *newline = memchr(text + at, '\n', len - at);
		end = newline ? (gsize)(newline - text) : len;
		struct recording_answer *now =
			r->answers->len
				? &g_array_index(r->answers, struct recording_answer, r->answers->len - 1)
				: NULL;
		g_autofree char *line = g_strndup(text + at, end - at);
		if (g_str_has_prefix(line, "=== ")) {
			struct recording_answer a = answer_of(line + 4);
			g_array_append_val(r->answers, a);
			in_body = false;
		} else if (in_body) {
			now->len = end - now->at;
		} else if (now && end == at) {
			in_body = true;
			now->at = end + 1;
		} else if (now) {
			g_string_append_printf(now->headers, "%s\r\n", line);
			take_server(r, line);
		}
	}
	return r;
}

void recording_free(struct recording *r)
{
	g_array_unref(r->answers);
	g_free(r->server);
	g_free(r->text);
	g_free(r);
}

const GArray *recording_answers(const struct recording *r)
{
	return r->answers;
}

/* "/path?query" of a URL. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://"), *path = strchr(host ? host + 3 : url, '/');
	return path ? path : "/";
}

const struct recording_answer *recording_find(struct recording *r, const char *line)
{
	struct recording_answer *found = NULL, *any = NULL;
	for (guint i = 0; i < r->answers->len; i++) {
		struct recording_answer *a = &g_array_index(r->answers, struct recording_answer, i);
		if (strcmp(a->line, "*") == 0)
			any = a;
		if (strcmp(a->line, line) != 0)
			continue;
		found = a;
		if (a->given == 0)
			break;
	}
	found = found ? found : any;
	if (found)
		found->given++;
	return found;
}

const char *recording_body(const struct recording *r, const struct recording_answer *a)
{
	return r->text + a->at;
}

const char *recording_headers(const struct recording *r)
{
	for (guint i = 0; i < r->answers->len; i++) {
		const struct recording_answer *a = &g_array_index(r->answers, struct recording_answer, i);
		if (strcmp(a->line, "headers") == 0)
			return a->headers->str;
	}
	return "";
}

int recording_serve(void *data, const struct http_request *rq, GString *body, char **server)
{
	struct recording *r = data;
	g_autofree char *line = g_strdup_printf("%s %s", rq->method, path_of(rq->url));
	const struct recording_answer *a = recording_find(r, line);
	*server = g_strdup(r->server);
	if (!a)
		return 404;
	g_string_append_len(body, recording_body(r, a), (gssize)a->len);
	return a->status;
}
