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
	g_free(((struct recording_answer *)data)->line);
}

/* "GET /path 200" */
static struct recording_answer answer_of(const char *title)
{
	const char *space = strrchr(title, ' ');
	struct recording_answer a = {.line = space ? g_strndup(title, (gsize)(space - title))
						   : g_strdup(title)};
	a.status = space ? (int)g_ascii_strtoll(space + 1, NULL, 10) : 200;
	return a;
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
		} else if (now && g_str_has_prefix(line, "Server: ")) {
			g_free(r->server);
			r->server = g_strdup(line + strlen("Server: "));
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

/* The next answer to a request line; the last one of its path stays; "*" where there is none. */
static struct recording_answer *find(struct recording *r, const char *line)
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
	return found ? found : any;
}

int recording_serve(void *data, const struct http_request *rq, GString *body, char **server)
{
	struct recording *r = data;
	g_autofree char *line = g_strdup_printf("%s %s", rq->method, path_of(rq->url));
	struct recording_answer *a = find(r, line);
	*server = g_strdup(r->server);
	if (!a)
		return 404;
	a->given++;
	g_string_append_len(body, r->text + a->at, (gssize)a->len);
	return a->status;
}
