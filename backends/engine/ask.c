/* ask.c - every request to an engine goes through here: a GET of a path in the list, judged in the engine's own words. */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/secret.h"
#include "lab/text.h"

#include <string.h>

#define CONNECT_MS 2000
#define TOTAL_MS \
	10000 /* engines answer these from memory; a list of many models on a slow disk takes seconds */
#define PROBE_MS  3000
#define PROBE_CAP ((size_t)256 * 1024)
#define WORDS_CAP 300
#define BARRED_US (5 * 60 * G_USEC_PER_SEC)

static char *url_of(const struct engine *e, enum engine_path path, const char *model)
{
	const char *p = engine_paths[path].path;
	if (!model)
		return g_strconcat(e->url.base, p, NULL);
	/* Without autoload=false the router starts a model that is asked about, and may stop another for it. */
	g_autofree char *escaped = g_uri_escape_string(model, NULL, FALSE);
	return g_strconcat(e->url.base, p, "?model=", escaped, "&autoload=false", NULL);
}

/* No compression is asked for, so an answer that is compressed comes from something between that asks nobody. An error's
 * status stands all the same, without its words. */
static bool is_readable(const char *url, struct http_response *answer, GError **error)
{
	const char *how = answer->encoding;
	if (!how || !*how || g_ascii_strcasecmp(how, "identity") == 0)
		return true;
	if (answer->body)
		g_string_truncate(answer->body, 0);
	if (answer->status != 200)
		return true;
	g_autofree char *where = text_clean(url, -1);
	g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
		    "GET %s: the answer is encoded (%s), although identity was asked for", where, how);
	return false;
}

bool engine_get(struct engine *e, enum engine_path path, const char *model, struct http_response *out,
		GError **error)
{
	g_assert(!model || engine_paths[path].per_model);
	g_autofree char *url = url_of(e, path, model);
	const struct http_request rq = {
		.method = "GET",
		.url = url,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.cap_bytes = engine_paths[path].cap_bytes,
		.retry_once = true,
	};
	return http_perform(e->http, &rq, out, error) && is_readable(url, out, error);
}

/* Keeps the beginning of a body; what follows is not even waited for. */
struct beginning {
	GString *text;
	bool cut;
};

static bool keep_beginning(void *data, const char *bytes, size_t n, GError **error)
{
	struct beginning *b = data;
	const size_t room = PROBE_CAP - b->text->len;
	g_string_append_len(b->text, bytes, (gssize)MIN(n, room));
	b->cut = n > room;
	if (b->cut)
		g_set_error_literal(error, LAB_ERROR, LAB_ERR_PROTOCOL, "enough is known");
	return !b->cut;
}

bool engine_probe(struct engine *e, enum engine_path path, struct http_response *out, GError **error)
{
	g_autofree char *url = url_of(e, path, NULL);
	struct beginning b = {.text = g_string_new(NULL)};
	const struct http_request rq = {
		.method = "GET",
		.url = url,
		.connect_ms = CONNECT_MS,
		.total_ms = PROBE_MS,
		.cap_bytes = 2 * PROBE_CAP,
		.on_body = keep_beginning,
		.data = &b,
		.retry_once = true,
	};
	g_autoptr(GError) why = NULL;
	const bool answered = http_perform(e->http, &rq, out, &why) || b.cut;
	if (!answered)
		g_propagate_error(error, g_steal_pointer(&why));
	if (out->body)
		g_string_free(out->body, TRUE);
	out->body = b.text;
	return answered && is_readable(url, out, error);
}

/* The text in a refusal. Four forms are in use: {"error":"text"}, {"error":{"message":...}}, {"message":...} and
 * {"detail":...}. Borrowed. */
static const char *words_of_json(const json_t *answer)
{
	const json_t *inner = json_object_get(answer, "error");
	if (json_is_string(inner))
		return json_string_value(inner);
	if (json_is_object(inner) && json_raw(inner, "message"))
		return json_raw(inner, "message");
	const char *words = json_raw(answer, "message");
	return words ? words : json_raw(answer, "detail");
}

static bool is_html(const struct http_response *answer)
{
	const char *b = answer->body ? answer->body->str : "";
	while (g_ascii_isspace(*b))
		b++;
	return g_ascii_strncasecmp(b, "<!doctype", 9) == 0 || g_ascii_strncasecmp(b, "<html", 5) == 0;
}

/* ": what it says", clean and short; "" when it says nothing that people can read. */
static char *words_of(const struct http_response *answer)
{
	if (!answer->body || answer->body->len == 0)
		return g_strdup("");
	if (is_html(answer))
		return g_strdup(" (an HTML page)");
	json_t *json = json_read(answer->body->str, answer->body->len, JSON_ENGINE, NULL);
	const char *words = json ? words_of_json(json) : answer->body->str;
	g_autoptr(GString) said = g_string_new(words);
	json_decref(json);
	secret_hide(said); /* a server may echo what it was sent */
	g_autoptr(GString) clean = g_string_new(NULL);
	text_clean_append(clean, g_strstrip(said->str), -1, WORDS_CAP, TEXT_LINE);
	return clean->len ? g_strconcat(": ", clean->str, NULL) : g_strdup("");
}

/* What a status means to us, and what people need to hear with it. */
struct status_meaning {
	int status;
	enum lab_error code;
	const char *text;
};

static const struct status_meaning meanings[] = {
	{401, LAB_ERR_AUTH, NULL}, /* the text depends on whether a key was sent */
	{403, LAB_ERR_DENIED,
	 "refused (an Ollama on loopback refuses host names it does not know: ask it as 127.0.0.1 or "
	 "localhost)"},
	{404, LAB_ERR_NOT_FOUND, "no such path"},
	{405, LAB_ERR_NOT_FOUND, "no such path"},
	{501, LAB_ERR_UNSUPPORTED, "switched off"},
	{503, LAB_ERR_UNREACHABLE, "not ready"},
	{0, LAB_ERR_PROTOCOL, "unexpected answer"},
};

char *engine_redirect(const struct http_response *answer)
{
	if (answer->status / 100 != 3 || !answer->location)
		return NULL;
	g_autoptr(GString) to = g_string_new(answer->location);
	/* What stands behind the place are states and tickets of a log-in, which are nobody else's to read. */
	gsize place = strcspn(to->str, "?#");
	if (place < to->len)
		g_string_append(g_string_truncate(to, place + 1), "...");
	secret_hide(to);
	g_autoptr(GString) clean = g_string_new(NULL);
	text_clean_append(clean, to->str, -1, WORDS_CAP, TEXT_LINE);
	return g_strdup_printf("redirects to %s, which is not followed", clean->str);
}

bool engine_judge(const struct engine *e, enum engine_path path, const struct http_response *answer,
		  GError **error)
{
	if (answer->status == 200)
		return true;
	const struct status_meaning *m = meanings;
	while (m->status && m->status != answer->status)
		m++;
	g_autofree char *redirect = engine_redirect(answer);
	const char *text = redirect  ? redirect
			   : m->text ? m->text
			   : e->key  ? "the key was refused"
				     : "needs a key (key-command, key-file or key-env)";
	g_autofree char *words = redirect ? g_strdup("") : words_of(answer);
	g_autofree char *where = text_clean(e->url.base, -1);
	g_set_error(error, LAB_ERROR, (int)m->code, "GET %s%s: HTTP %d, %s%s", where, engine_paths[path].path,
		    answer->status, text, words);
	return false;
}

static bool has_error(const json_t *json)
{
	const json_t *inner = json_object_get(json, "error");
	return inner && !json_is_null(inner);
}

static json_t *json_of(const struct engine *e, enum engine_path path, const struct http_response *answer,
		       json_type type, GError **error)
{
	g_autoptr(GError) why = NULL;
	json_t *json =
		is_html(answer) ? NULL : json_read(answer->body->str, answer->body->len, JSON_ENGINE, &why);
	if (json && json_typeof(json) == type && !has_error(json))
		return json;
	g_autofree char *words = json && has_error(json) ? words_of(answer) : NULL;
	g_autofree char *where = text_clean(e->url.base, -1);
	g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "GET %s%s: %s%s", where, engine_paths[path].path,
		    words             ? "the engine tells an error"
		    : is_html(answer) ? "an HTML page in place of JSON"
		    : why             ? why->message
				      : "JSON of another kind than expected",
		    words ? words : "");
	json_decref(json);
	return NULL;
}

json_t *engine_get_json(struct engine *e, enum engine_path path, const char *model, json_type type,
			int *status, GError **error)
{
	struct http_response answer = {0};
	json_t *json = NULL;
	const bool answered = engine_get(e, path, model, &answer, error);
	if (status)
		*status = answered ? answer.status : 0;
	if (answered && engine_judge(e, path, &answer, error))
		json = json_of(e, path, &answer, type, error);
	http_response_clear(&answer);
	return json;
}

bool engine_is_gone(const GError *why)
{
	static const int harmless[] = {LAB_ERR_NOT_FOUND, LAB_ERR_UNSUPPORTED, LAB_ERR_AUTH, LAB_ERR_DENIED,
				       LAB_ERR_PROTOCOL};
	for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++)
		if (g_error_matches(why, LAB_ERROR, harmless[i]))
			return false;
	return true;
}

bool engine_optional(GError **error)
{
	if (engine_is_gone(*error))
		return false;
	g_clear_error(error);
	return true;
}

void engine_bar(struct engine *e, enum engine_path path, int status)
{
	const bool passes = status >= 500 && status != 501;
	e->barred_us[path] = passes ? 0 : MAX(e->clock_us(), 1);
}

bool engine_barred(const struct engine *e, enum engine_path path)
{
	const int64_t since_us = e->barred_us[path];
	return since_us && !e->refresh && e->clock_us() - since_us < BARRED_US;
}

bool engine_get_optional(struct engine *e, enum engine_path path, json_type type, json_t **out, int *status,
			 GError **error)
{
	GError *why = NULL;
	int answered = 0;
	*out = engine_barred(e, path) ? NULL : engine_get_json(e, path, NULL, type, &answered, &why);
	if (status)
		*status = answered;
	if (!why)
		return true;
	if (!engine_optional(&why)) {
		g_propagate_error(error, why);
		return false;
	}
	engine_bar(e, path, answered);
	return true;
}
