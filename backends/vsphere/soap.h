/* soap.h - one method call: envelope out, answer fed as it arrives to whoever asked, faults decoded.
 *
 * Knows HTTP and SOAP; what a method means is its caller's business.
 */
#ifndef BACKENDS_VSPHERE_SOAP_H
#define BACKENDS_VSPHERE_SOAP_H

#include "backends/http.h"
#include "backends/vsphere/fault.h"
#include "backends/xml.h"

#define VIM_NS "urn:vim25"

/* A managed object: both parts are needed to name it, and either may hold any character. Raw, never drawn. */
struct vim_ref {
	const char *type, *id;
};

struct soap {
	struct http *http;       /* borrowed */
	char *url;               /* https://HOST/sdk */
	char *version;           /* announced in SOAPAction: the server answers as of this API version */
	struct soap_fault fault; /* of the last call, when it was refused by a fault */
	int64_t last_ns;         /* when the last answer was complete (CLOCK_MONOTONIC) */
	bool unheard;            /* the last call got no answer, and not because we broke it off */
};

void soap_init(struct soap *s, struct http *http, const char *url, const char *version);
void soap_clear(struct soap *s);

struct soap_call {
	const char *what; /* what is attempted, for messages: "reading the inventory" */
	const char *method;
	struct vim_ref self;
	const char *arguments; /* XML after _this, in schema order; or NULL */
	/* What stands in the answer below <MethodResponse>; depth 0 is <returnval>. NULL: nothing of it matters. */
	const struct xml_handler *reply;
	void *data;
	int64_t total_ms;         /* 0: as long as it takes */
	int64_t first_ms;         /* no byte of the answer for so long; 0: as silence_ms */
	int64_t silence_ms;       /* no byte for so long; 0: 25 s */
	bool reads_only;          /* may be sent once more when a kept connection had gone away */
	bool end_on_nudge;        /* a long poll: a request to us ends it */
	int64_t grace_ms;         /* as in http.h: a log-in */
	bool even_when_cancelled; /* a log-out */
};

/* Performs it. False: s->fault tells the fault type when the server refused by one, else s->fault.box is NULL. */
bool soap_call(struct soap *s, const struct soap_call *call, GError **error);

/* The same, and the answer's <returnval> through a leaf table into a struct whose strings live in box. */
bool soap_call_into(struct soap *s, struct soap_call call, const struct leaf *leaves, void *into,
		    struct box *box, GError **error);

/* What soap_call() makes of an answer that is there whole: for tests, and for what was recorded. fault is cleared first. */
bool soap_read(struct soap_fault *fault, const struct soap_call *call, int status, const char *content_type,
	       const char *bytes, size_t n, GError **error);

/* The envelope of a call, for tests as well. The caller frees it. */
GString *soap_envelope(const struct soap_call *call);

/* <name type="T">id</name> */
void soap_ref(GString *out, const char *name, struct vim_ref ref);

#endif
