/* collector.c - builds PropertyFilterSpecs in schema order and runs the three calls (reference vsphere.md 3). */
#include "config.h"
#include "backends/vsphere/collector.h"

#include <string.h>

#define PAGES_CAP 100000 /* a server whose tokens never end */

static struct soap_call collector_call(struct vim *v, const char *what, const char *method,
				       const GString *arguments)
{
	return (struct soap_call){.what = what,
				  .method = method,
				  .self = {"PropertyCollector", v->content.property_collector},
				  .arguments = arguments->str,
				  .first_ms = v->first_answer_ms,
				  .reads_only = true};
}

static void append_spec(GString *out, const char *element, const struct collector_query *q,
			const struct prop_limits *limits)
{
	g_string_append_printf(out, "<%s>", element);
	for (const struct prop_read *read = q->reads; read->type; read++)
		props_append_set(out, read->type, read->sets, limits);
	g_string_append(out, q->objects);
	g_string_append(out, "<reportMissingObjectsInResults>true</reportMissingObjectsInResults>");
	g_string_append_printf(out, "</%s>", element);
}

/* True when the last call was refused because of one property, which is not asked for again. */
static bool refused_property(struct vim *v, struct prop_limits *limits)
{
	const struct soap_fault *fault = &v->soap.fault;
	if (!soap_fault_is(fault, "InvalidProperty") || !*fault->name)
		return false;
	return g_hash_table_add(limits->refused, g_strdup(fault->name));
}

/* An ended session is told by the missingSet of an answer that is otherwise good. */
static bool session_held(struct vim *v, const struct props_reader *reader, const char *what, GError **error)
{
	if (!props_session_lost(reader))
		return true;
	v->session_lost = true;
	g_set_error(error, LAB_ERROR, LAB_ERR_AUTH, "%s: %s", what, fault_words("NotAuthenticated"));
	return false;
}

/* One call whose answer the reader goes through: a page. */
static bool read_page(struct vim *v, const char *what, struct soap_call call, struct props_reader *reader,
		      GError **error)
{
	call.reply = &props_reply;
	call.data = reader;
	props_page_begin(reader);
	bool whole = soap_call(&v->soap, &call, error) && session_held(v, reader, what, error);
	props_page_end(reader, whole);
	return whole;
}

static bool continue_reading(struct vim *v, const char *what, struct props_reader *reader, GError **error)
{
	for (int page = 0; *props_token(reader); page++) {
		GString *arguments = g_string_new(NULL);
		xml_element(arguments, "token", props_token(reader));
		struct soap_call call = collector_call(v, what, "ContinueRetrievePropertiesEx", arguments);
		bool good = page < PAGES_CAP && read_page(v, what, call, reader, error);
		g_string_free(arguments, TRUE);
		if (page >= PAGES_CAP)
			g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: the server's pages never end",
				    what);
		if (!good)
			return false;
	}
	return true;
}

static bool read_first(struct vim *v, const struct prop_limits *limits, const struct collector_query *q,
		       struct props_reader *reader, GError **error)
{
	GString *arguments = g_string_new(NULL);
	append_spec(arguments, "specSet", q, limits);
	g_string_append(arguments, "<options></options>");
	bool good = read_page(v, q->what, collector_call(v, q->what, "RetrievePropertiesEx", arguments),
			      reader, error);
	g_string_free(arguments, TRUE);
	return good;
}

bool collector_read(struct vim *v, struct prop_limits *limits, const struct collector_query *q,
		    GError **error)
{
	struct props_reader *reader = props_reader_new(q->reads, true, q->handler, q->data);
	GError *failure = NULL;
	bool good;
	while (!(good = read_first(v, limits, q, reader, &failure)) && refused_property(v, limits))
		g_clear_error(&failure);
	if (good)
		good = continue_reading(v, q->what, reader, &failure);
	if (failure)
		g_propagate_error(error, failure);
	props_reader_free(reader);
	return good;
}

static bool create_filter(struct vim *v, const struct prop_limits *limits, const struct collector_query *q,
			  GError **error)
{
	GString *arguments = g_string_new(NULL);
	append_spec(arguments, "spec", q, limits);
	xml_element(arguments, "partialUpdates", "false");
	struct soap_call call = collector_call(v, q->what, "CreateFilter", arguments);
	call.reads_only = false;
	bool good = soap_call(&v->soap, &call, error);
	g_string_free(arguments, TRUE);
	return good;
}

bool collector_watch(struct vim *v, struct prop_limits *limits, const struct collector_query *q,
		     GError **error)
{
	GError *failure = NULL;
	bool good;
	while (!(good = create_filter(v, limits, q, &failure)) && refused_property(v, limits))
		g_clear_error(&failure);
	if (failure)
		g_propagate_error(error, failure);
	return good;
}

bool collector_wait(struct vim *v, const struct collector_query *q, GString *version, int wait_s,
		    int64_t slack_ms, bool *more, GError **error)
{
	struct props_reader *reader = props_reader_new(q->reads, false, q->handler, q->data);
	GString *arguments = g_string_new(NULL);
	xml_element(arguments, "version", version->str);
	g_string_append_printf(arguments, "<options><maxWaitSeconds>%d</maxWaitSeconds></options>", wait_s);
	struct soap_call call = collector_call(v, q->what, "WaitForUpdatesEx", arguments);
	call.silence_ms = wait_s * INT64_C(1000) + slack_ms;
	if (version->len) /* the first one tells of everything, the others of what changes meanwhile */
		call.first_ms = 0;
	call.end_on_nudge = true;
	*more = false;
	bool good = read_page(v, q->what, call, reader, error);
	if (good && *props_version(reader)) {
		g_string_assign(version, props_version(reader));
		*more = props_truncated(reader);
	}
	g_string_free(arguments, TRUE);
	props_reader_free(reader);
	return good;
}
