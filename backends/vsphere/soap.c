/* soap.c - the envelope, the walk to the method's answer, and the three ways in which an answer can be none: a fault, a
 * page that is no SOAP, no answer at all. */
#include "config.h"
#include "backends/vsphere/soap.h"

#include "lab/clock.h"

#include <string.h>

#define NS_SOAP       "http://schemas.xmlsoap.org/soap/envelope/"
#define SILENCE_MS    25000
#define SWALLOW_BYTES (64 * 1024) /* read on after XML broke, so that the HTTP status can be told */

void soap_init(struct soap *s, struct http *http, const char *url, const char *version)
{
	*s = (struct soap){.http = http, .url = g_strdup(url), .version = g_strdup(version)};
}

void soap_clear(struct soap *s)
{
	soap_fault_clear(&s->fault);
	g_free(s->url);
	g_free(s->version);
	*s = (struct soap){0};
}

void soap_ref(GString *out, const char *name, struct vim_ref ref)
{
	xml_element_with(out, name, "type", ref.type, ref.id);
}

GString *soap_envelope(const struct soap_call *call)
{
	/* Large enough at once: growing would leave a password in what was freed. */
	GString *out = g_string_sized_new(1024 + 6 * (strlen(call->self.type) + strlen(call->self.id)) +
					  (call->arguments ? strlen(call->arguments) : 0));
	g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			     "<soapenv:Envelope xmlns:soapenv=\"" NS_SOAP "\""
			     " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
			     " xmlns:xsi=\"" XML_NS_XSI "\"><soapenv:Body>");
	g_string_append_printf(out, "<%s xmlns=\"" VIM_NS "\">", call->method);
	soap_ref(out, "_this", call->self);
	if (call->arguments)
		g_string_append(out, call->arguments);
	g_string_append_printf(out, "</%s></soapenv:Body></soapenv:Envelope>\n", call->method);
	return out;
}

/* ---- the answer --------------------------------------------------------------------------------------------- */

enum place { AT_ENVELOPE, AT_BODY, AT_ANSWER, IN_ANSWER, AT_FAULT, AT_DETAIL, IN_FAULT };

struct answer {
	const struct soap_call *call;
	struct soap_fault *fault;
	struct xml *xml;
	enum place place;
	int answer_depth; /* of <MethodResponse> */
	bool answered;    /* the method's response, or a fault, was there */
	struct leaf_reader leaf;
	GError *broken; /* why the XML is none */
	size_t swallowed;
};

/* <Envelope>, then <Body>; a <Header> is skipped. */
static bool start_in_envelope(struct answer *a, const struct xml_tag *tag)
{
	if (strcmp(tag->ns, NS_SOAP) != 0 || strcmp(tag->name, tag->depth == 0 ? "Envelope" : "Body") != 0)
		return false;
	if (tag->depth == 1)
		a->place = AT_BODY;
	return true;
}

static bool start_in_body(struct answer *a, const struct xml_tag *tag)
{
	g_autofree char *expected = g_strconcat(a->call->method, "Response", NULL);
	if (strcmp(tag->ns, NS_SOAP) == 0 && strcmp(tag->name, "Fault") == 0) {
		soap_fault_init(a->fault);
		a->place = AT_FAULT;
		return true;
	}
	if (strcmp(tag->name, expected) != 0 || !g_str_has_prefix(tag->ns, VIM_NS))
		return false;
	a->answered = true;
	a->answer_depth = tag->depth;
	a->place = IN_ANSWER;
	return true;
}

/* Below <Fault>: faultcode, faultstring, detail. */
static bool start_in_fault(struct answer *a, const struct xml_tag *tag)
{
	if (strcmp(tag->name, "detail") == 0)
		a->place = AT_DETAIL;
	else if (strcmp(tag->name, "faultstring") != 0)
		return false;
	return true;
}

static bool start_in_detail(struct answer *a, const struct xml_tag *tag)
{
	if (*a->fault->type)
		return false; /* one fault is enough */
	a->fault->type = soap_fault_type_of_element(a->fault->box, tag->name);
	leaf_begin(&a->leaf, soap_fault_leaves, a->fault, a->fault->box, tag);
	a->answer_depth = tag->depth;
	a->place = IN_FAULT;
	return true;
}

static bool on_start(void *data, const struct xml_tag *tag)
{
	struct answer *a = data;
	struct xml_tag below = *tag;
	switch (a->place) {
	case AT_ENVELOPE:
		return start_in_envelope(a, tag);
	case AT_BODY:
		return start_in_body(a, tag);
	case IN_ANSWER:
		below.depth -= a->answer_depth + 1;
		return a->call->reply && a->call->reply->start(a->call->data, &below);
	case AT_FAULT:
		return start_in_fault(a, tag);
	case AT_DETAIL:
		return start_in_detail(a, tag);
	case IN_FAULT:
		return leaf_start(&a->leaf, tag);
	default:
		return false;
	}
}

static void on_end(void *data, int depth, const char *text, size_t len)
{
	struct answer *a = data;
	switch (a->place) {
	case IN_ANSWER:
		if (depth == a->answer_depth)
			a->place = AT_BODY;
		else
			a->call->reply->end(a->call->data, depth - a->answer_depth - 1, text, len);
		break;
	case IN_FAULT:
		leaf_end(&a->leaf, text, len);
		if (depth == a->answer_depth)
			a->place = AT_DETAIL;
		break;
	case AT_DETAIL:
		a->place = AT_FAULT;
		break;
	case AT_FAULT:
		if (depth == 2)
			a->place = AT_BODY;
		else
			a->fault->message = box_text(a->fault->box, text, -1);
		break;
	default:
		break;
	}
}

/* What the answer can lose its reader knows; a fault is one without some of its words. */
static bool on_lost(void *data, enum xml_loss what)
{
	struct answer *a = data;
	if (a->place == IN_ANSWER)
		return a->call->reply && a->call->reply->lost && a->call->reply->lost(a->call->data, what);
	return a->place == IN_FAULT || a->place == AT_FAULT;
}

static const struct xml_handler answer_handler = {on_start, on_end, on_lost};

/* Broken XML does not end the transfer at once: a proxy's or a booting server's page is read to its end, so that its
 * HTTP status can be told instead of a parser's complaint. */
static bool on_body(void *data, const char *bytes, size_t n, GError **error)
{
	struct answer *a = data;
	if (!a->broken && xml_push(a->xml, bytes, n, &a->broken))
		return true;
	a->swallowed += n;
	if (a->swallowed <= SWALLOW_BYTES)
		return true;
	if (error)
		*error = g_error_copy(a->broken);
	return false;
}

static bool looks_like_a_page(const struct http_response *r)
{
	return r->content_type && strstr(r->content_type, "html");
}

static void no_soap(const struct http_response *r, const struct answer *a, const char *what, GError **error)
{
	if (r->status == 503)
		g_set_error(error, LAB_ERROR, LAB_ERR_UNREACHABLE,
			    "%s: the server says 503: its management service is starting or overloaded",
			    what);
	else if (r->status >= 300 && r->status < 400)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "%s: the server sends us elsewhere (HTTP %d), which is not followed: is the URL "
			    "right?",
			    what, r->status);
	else if (r->status != 200 && r->status != 500)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: the server says HTTP %d", what,
			    r->status);
	else if (r->status == 500 && a->broken && !looks_like_a_page(r)) /* a fault would have been XML */
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: the server says HTTP 500%s%s", what,
			    r->bytes ? ": " : "", r->bytes ? a->broken->message : "");
	else if (looks_like_a_page(r))
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "%s: a web page came instead of an answer: is the URL right?", what);
	else if (a->broken)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: %s", what, a->broken->message);
	else
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: the answer holds no %sResponse", what,
			    a->call->method);
}

static bool judge(struct answer *a, const struct http_response *r, GError **error)
{
	if (!a->broken)
		xml_finish(a->xml, &a->broken);
	if (a->broken || (r->status != 200 && r->status != 500) || !(a->answered || a->fault->box)) {
		soap_fault_clear(a->fault);
		no_soap(r, a, a->call->what, error);
		return false;
	}
	if (a->fault->box) {
		fault_error(error, a->call->what, a->fault);
		return false;
	}
	return true;
}

static void answer_begin(struct answer *a, const struct soap_call *call, struct soap_fault *fault)
{
	soap_fault_clear(fault);
	*a = (struct answer){.call = call, .fault = fault};
	leaf_reader_init(&a->leaf);
	a->xml = xml_new(&answer_handler, a);
}

static void answer_clear(struct answer *a)
{
	xml_free(a->xml);
	g_clear_error(&a->broken);
	leaf_reader_clear(&a->leaf);
}

bool soap_read(struct soap_fault *fault, const struct soap_call *call, int status, const char *content_type,
	       const char *bytes, size_t n, GError **error)
{
	struct http_response r = {.status = status, .content_type = (char *)content_type, .bytes = n};
	struct answer a;
	answer_begin(&a, call, fault);
	bool good = on_body(&a, bytes, n, error) && judge(&a, &r, error);
	answer_clear(&a);
	return good;
}

bool soap_call(struct soap *s, const struct soap_call *call, GError **error)
{
	struct answer a;
	struct http_response r = {0};
	GString *envelope = soap_envelope(call);
	g_autofree char *action = g_strdup_printf("SOAPAction: " VIM_NS "/%s", s->version);
	const char *const headers[] = {action, NULL};
	struct http_request rq = {.method = "POST",
				  .url = s->url,
				  .content_type = "text/xml; charset=utf-8",
				  .headers = headers,
				  .body = envelope->str,
				  .body_len = (gssize)envelope->len,
				  .total_ms = call->total_ms,
				  .first_ms = call->first_ms,
				  .silence_ms = call->silence_ms ? call->silence_ms : SILENCE_MS,
				  .cap_bytes = XML_REPLY_CAP,
				  .on_body = on_body,
				  .data = &a,
				  .retry_once = call->reads_only,
				  .end_on_nudge = call->end_on_nudge,
				  .grace_ms = call->grace_ms,
				  .even_when_cancelled = call->even_when_cancelled};
	answer_begin(&a, call, &s->fault);
	GError *failure = NULL;
	bool done = http_perform(s->http, &rq, &r, &failure);
	s->unheard = !done && !g_error_matches(failure, LAB_ERROR, LAB_ERR_CANCELLED);
	if (done)
		s->last_ns = clock_ns();
	else
		g_propagate_prefixed_error(error, failure, "%s: ", call->what);
	done = done && judge(&a, &r, error);
	answer_clear(&a);
	http_response_clear(&r);
	/* Login bodies hold a password. */
	explicit_bzero(envelope->str, envelope->allocated_len);
	g_string_free(envelope, TRUE);
	return done;
}

/* ---- answers that fit one table ------------------------------------------------------------------------------- */

struct into {
	struct leaf_reader leaf;
	const struct leaf *leaves;
	void *into;
	struct box *box;
};

static bool into_start(void *data, const struct xml_tag *tag)
{
	struct into *in = data;
	if (tag->depth > 0)
		return leaf_start(&in->leaf, tag);
	if (strcmp(tag->name, "returnval") != 0)
		return false;
	leaf_begin(&in->leaf, in->leaves, in->into, in->box, tag);
	return true;
}

static void into_end(void *data, int depth, const char *text, size_t len)
{
	struct into *in = data;
	leaf_end(&in->leaf, text, len);
}

bool soap_call_into(struct soap *s, struct soap_call call, const struct leaf *leaves, void *into,
		    struct box *box, GError **error)
{
	static const struct xml_handler handler = {into_start, into_end};
	struct into in = {.leaves = leaves, .into = into, .box = box};
	leaf_reader_init(&in.leaf);
	call.reply = &handler;
	call.data = &in;
	bool done = soap_call(s, &call, error);
	leaf_reader_clear(&in.leaf);
	return done;
}
