/* xml.h - XML read as it arrives, never as a tree, and written without pasting.
 *
 * libxml2's push parser with the caps of reliability.md section 6: no DTD, no entities beyond the five, depth, text and
 * size counted here because the push parser limits none of them. Nothing but UTF-8 (and so US-ASCII) is read, and what the
 * parser has to say goes into our error, never to the terminal. Names are matched by namespace and local name; what
 * prefix a server chose is never seen.
 */
#ifndef BACKENDS_XML_H
#define BACKENDS_XML_H

#include "lab/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define XML_DEPTH_CAP   64   /* deeper elements are not told */
#define XML_DEPTH_LIMIT 1024 /* and a document that is deeper still is refused: the parser keeps a stack */
#define XML_TEXT_CAP    (1024 * 1024) /* a longer text is not told */
#define XML_REPLY_CAP   (256 * 1024 * 1024)

#define XML_NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

/* An element that begins. Holds during the call only. */
struct xml_tag {
	const char *ns;   /* namespace URI, "" for none */
	const char *name; /* local name */
	int depth;        /* 0: the root */
	const void *attributes;
	int n_attributes;
};

enum xml_loss {
	XML_LOST_TEXT, /* longer than XML_TEXT_CAP */
	XML_LOST_DEPTH /* deeper than XML_DEPTH_CAP */
};

struct xml_handler {
	/* An element begins. False: neither it, nor what is below it, nor its end is told (and its text is not kept). */
	bool (*start)(void *data, const struct xml_tag *tag);
	/* The element at this depth ends; text is what stood in it since its last child, NUL-terminated, "" for none. */
	void (*end)(void *data, int depth, const char *text, size_t len);
	/* Something of the innermost element that is being told is over a cap and is not told: its text, which end() then
	 * gives as "", or elements deep below it. True: the rest is worth reading without it. NULL: nothing is. */
	bool (*lost)(void *data, enum xml_loss what);
};

struct xml;

/* handler and data are borrowed. */
struct xml *xml_new(const struct xml_handler *handler, void *data);
void xml_free(struct xml *x);

/* The next bytes of the document. False once it is broken or over a cap (LAB_ERR_PROTOCOL): it stays so. */
bool xml_push(struct xml *x, const char *bytes, size_t n, GError **error);

/* There is no more: false when the document is not whole. */
bool xml_finish(struct xml *x, GError **error);

/* From within a handler: nothing more is told, and xml_push() fails with this error. */
void xml_stop(struct xml *x, GError *take_error);

/* The value of an attribute (ns "": one without a namespace) in buf, cut to size; NULL when there is none. */
const char *xml_attribute(const struct xml_tag *tag, const char *ns, const char *name, char *buf,
			  size_t size);

/* xsi:type without its prefix, which may be any; NULL when there is none. */
const char *xml_type(const struct xml_tag *tag, char *buf, size_t size);

bool xml_is_nil(const struct xml_tag *tag);

/* Appends text with everything escaped that has a meaning in XML. What XML cannot carry (control characters, broken
 * UTF-8) becomes U+FFFD. */
void xml_text(GString *out, const char *text);

/* <name>text</name> */
void xml_element(GString *out, const char *name, const char *text);

/* <name attribute="value">text</name> */
void xml_element_with(GString *out, const char *name, const char *attribute, const char *value,
		      const char *text);

#endif
