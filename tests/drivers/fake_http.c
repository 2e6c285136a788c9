/* fake_http.c - see fake_http.h. */
#include "config.h"

#include "tests/drivers/fake_http.h"

#include "lab/error.h"

#define PIECE 997 /* bodies arrive in pieces, whose borders fall anywhere */

struct http {
	int unused;
};

struct http_validity fake_http_validity;
void (*fake_http_on_forget)(void *data);

static fake_http_fn *serve;
static void *serve_data;

void fake_http_serve(fake_http_fn *fn, void *data)
{
	serve = fn;
	serve_data = data;
}

struct http *http_new(const struct http_options *o, struct cancel *cancel, GError **error)
{
	return g_new0(struct http, 1);
}

void http_free(struct http *h)
{
	g_free(h);
}

struct http_validity http_validity(const struct http *h)
{
	return fake_http_validity;
}

void http_forget_cookies(struct http *h)
{
	if (fake_http_on_forget)
		fake_http_on_forget(serve_data);
}

static bool feed(const struct http_request *rq, const GString *body, GError **error)
{
	for (gsize at = 0; at < body->len; at += PIECE)
		if (!rq->on_body(rq->data, body->str + at, MIN(PIECE, body->len - at), error))
			return false;
	return true;
}

bool http_perform(struct http *h, const struct http_request *rq, struct http_response *out, GError **error)
{
	GString *body = g_string_new(NULL);
	bool good = true;
	out->retry_after_ms = -1;
	out->status = serve(serve_data, rq, body, &out->server);
	out->bytes = body->len;
	if (out->status == 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_UNREACHABLE, "nobody is there");
		good = false;
	} else if (rq->cap_bytes && body->len > rq->cap_bytes) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "the answer is too big");
		good = false;
	} else if (rq->on_body) {
		good = feed(rq, body, error);
	} else {
		out->body = g_string_new_len(body->str, (gssize)body->len);
	}
	g_string_free(body, TRUE);
	return good;
}

void http_response_clear(struct http_response *r)
{
	if (r->body)
		g_string_free(r->body, TRUE);
	g_free(r->server);
	g_free(r->content_type);
	*r = (struct http_response){0};
}

bool http_probe_certificate(const char *url, const char *proxy, int64_t timeout_ms, struct cancel *cancel,
			    struct http_certificate *out, GError **error)
{
	g_set_error(error, LAB_ERROR, LAB_ERR_UNREACHABLE, "%s: nobody is there", url);
	return false;
}

void http_certificate_clear(struct http_certificate *c)
{
	*c = (struct http_certificate){0};
}
