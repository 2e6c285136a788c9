/* http_url.c - URLs of the configuration taken apart, by libcurl's own parser so that both read them alike. */
#include "config.h"

#include "backends/http_private.h"

#include "backends/secret.h"
#include "lab/error.h"
#include "lab/text.h"

#include <string.h>

static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL;
	if (curl.url_get(u, what, &text, flags) != CURLUE_OK || !text)
		return NULL;
	char *copy = g_strdup(text);
	secret_wipe(text, strlen(text));
	curl.free(text);
	return copy;
}

static char *without_brackets(const char *host)
{
	size_t n = strlen(host);
	return n > 2 && host[0] == '[' && host[n - 1] == ']' ? g_strndup(host + 1, n - 2) : g_strdup(host);
}

/* A user is often NAME@DOMAIN, and a password may hold an @ as well: the last one divides, as govc and browsers have it.
 * libcurl takes the first. The caller frees. */
char *http_url_escape_user(const char *text)
{
	const char *start = strstr(text, "://");
	start = start ? start + 3 : text;
	const char *end = start + strcspn(start, "/?#"), *last = g_strrstr_len(start, end - start, "@");
	GString *out = g_string_sized_new(3 * strlen(text)); /* so that no copy is left behind by growing */
	for (const char *at = text; *at; at++)
		if (*at == '@' && at >= start && last && at < last)
			g_string_append(out, "%40");
		else
			g_string_append_c(out, *at);
	return g_string_free(out, FALSE);
}

bool http_url_parse(const char *text, struct http_url *out, GError **error)
{
	if (!curl_load(error))
		return false;
	CURLU *u = curl.url();
	char *escaped = http_url_escape_user(text);
	CURLUcode bad = curl.url_set(u, CURLUPART_URL, escaped, 0);
	secret_wipe(escaped, strlen(escaped));
	g_free(escaped);
	if (bad == CURLUE_OK) {
		out->user = part(u, CURLUPART_USER, CURLU_URLDECODE);
		out->password = part(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
		curl.url_set(u, CURLUPART_USER, NULL, 0);
		curl.url_set(u, CURLUPART_PASSWORD, NULL, 0);
		curl.url_set(u, CURLUPART_FRAGMENT, NULL, 0);
		out->clean = part(u, CURLUPART_URL, 0);
		out->scheme = part(u, CURLUPART_SCHEME, 0);
		g_autofree char *host = part(u, CURLUPART_HOST, 0),
				*port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		out->port = port ? (int)g_ascii_strtoull(port, NULL, 10) : 0;
		if (host && *host) {
			out->host = without_brackets(host);
			out->zone = part(u, CURLUPART_ZONEID, 0);
			out->host_port = g_strdup_printf("%s:%d", host, out->port);
		}
	}
	curl.url_cleanup(u);
	/* It is shown as it stands, in lists and in messages, so it has to be fit for that. */
	if (out->host && out->port >= 1 && text_is_clean(out->clean) && text_is_clean(out->host_port) &&
	    (g_strcmp0(out->scheme, "https") == 0 || g_strcmp0(out->scheme, "http") == 0))
		return true;
	/* The text is not repeated: there may be a password in it. */
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "url: not of the form http(s)://host[:port]/path");
	http_url_clear(out);
	return false;
}

void http_url_clear(struct http_url *u)
{
	if (u->password)
		secret_wipe(u->password, strlen(u->password));
	g_free(u->clean);
	g_free(u->scheme);
	g_free(u->host);
	g_free(u->zone);
	g_free(u->host_port);
	g_free(u->user);
	g_free(u->password);
	memset(u, 0, sizeof *u);
}
