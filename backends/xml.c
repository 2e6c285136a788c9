/* xml.c - libxml2's SAX2 push parser behind caps, and an escaping writer. Knows nothing of SOAP. */
#include "config.h"
#include "backends/xml.h"

#include "backends/library.h"
#include "lab/text.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

LIBRARY_NOTE(LIBXML_SONAME, "vsphere", "answers of the vSphere API");

#define XML_FUNCTIONS(X)          \
	X(CreatePushParserCtxt)   \
	X(CtxtGetLastError)       \
	X(CtxtUseOptions)         \
	X(FreeParserCtxt)         \
	X(InitParser)             \
	X(ParseChunk)             \
	X(SetGenericErrorFunc)    \
	X(SetStructuredErrorFunc) \
	X(StopParser)

#define XML_POINTER(name) __typeof__(xml##name) *name;
static struct {
	XML_FUNCTIONS(XML_POINTER)
} libxml; /* libxml.ParseChunk() is xmlParseChunk() */

static void start_libxml(void)
{
	libxml.InitParser();
}

static bool load_libxml(GError **error)
{
#define XML_NAME(name) "xml" #name,
	static const char *const names[] = {XML_FUNCTIONS(XML_NAME) NULL};
	static struct library library = LIBRARY(LIBXML_SONAME, names, &libxml, start_libxml);
	return library_load(&library, error);
}

struct xml {
	const struct xml_handler *handler;
	void *data;
	xmlParserCtxtPtr parser; /* NULL when there is no libxml2; the error says why */
	GString *prolog;         /* the document's first bytes until its encoding is known, then NULL */
	int depth;               /* elements open */
	int skip_from;           /* depth of the element that is skipped with all below it, -1 none */
	GString *text;
	bool text_lost; /* it is over the cap */
	size_t total;
	GError *error; /* why it stopped, for good */
};

void xml_stop(struct xml *x, GError *take_error)
{
	if (x->error)
		g_error_free(take_error);
	else
		x->error = take_error;
	if (x->parser)
		libxml.StopParser(x->parser);
}

static void stop(struct xml *x, const char *why)
{
	xml_stop(x, g_error_new(LAB_ERROR, LAB_ERR_PROTOCOL, "reading XML: %s", why));
}

/* Something is over a cap: it costs itself, where the reader can live without it. */
static void lose(struct xml *x, enum xml_loss what)
{
	if (!x->handler->lost || !x->handler->lost(x->data, what))
		stop(x, what == XML_LOST_TEXT ? "a text is longer than 1 MiB"
					      : "elements are nested too deeply");
}

static void forget_text(struct xml *x)
{
	g_string_truncate(x->text, 0);
	x->text_lost = false;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
		     const xmlChar **attributes)
{
	struct xml *x = ctx;
	struct xml_tag tag = {.ns = uri ? (const char *)uri : "",
			      .name = (const char *)name,
			      .depth = x->depth,
			      .attributes = attributes,
			      .n_attributes = n_attributes};
	if (x->error)
		return;
	if (x->depth >= XML_DEPTH_LIMIT) {
		stop(x, "elements are nested too deeply");
		return;
	}
	forget_text(x);
	if (x->skip_from < 0 && x->depth >= XML_DEPTH_CAP) {
		x->skip_from = x->depth;
		lose(x, XML_LOST_DEPTH);
	} else if (x->skip_from < 0 && !x->handler->start(x->data, &tag)) {
		x->skip_from = x->depth;
	}
	x->depth++;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = ctx;
	if (x->error)
		return;
	x->depth--;
	if (x->skip_from < 0)
		x->handler->end(x->data, x->depth, x->text->str, x->text->len);
	else if (x->skip_from == x->depth)
		x->skip_from = -1;
	forget_text(x);
}

/* One text may come in several pieces. What is skipped may be as long as it likes: nobody keeps it. */
static void on_text(void *ctx, const xmlChar *bytes, int n)
{
	struct xml *x = ctx;
	if (x->error || n <= 0 || x->skip_from >= 0 || x->text_lost)
		return;
	if (x->text->len + (size_t)n <= XML_TEXT_CAP) {
		g_string_append_len(x->text, (const char *)bytes, n);
		return;
	}
	g_string_truncate(x->text, 0);
	x->text_lost = true;
	lose(x, XML_LOST_TEXT);
}

/* A DTD is refused before any entity of it exists: nothing that we talk to has one. */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	stop(ctx, "it has a document type definition, which is refused");
}

/* The parser's last error is fetched when a push fails; what it would write goes nowhere. */
#if LIBXML_VERSION >= 21200
static void on_complaint(void *ctx, const xmlError *why)
#else
static void on_complaint(void *ctx, xmlErrorPtr why)
#endif
{
}

static void on_generic_complaint(void *ctx, const char *format, ...)
{
}

static xmlSAXHandler sax = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.internalSubset = on_doctype,
	.serror = on_complaint,
};

/* Errors that libxml2 raises without a parser (converters, memory) go by the thread's own settings, which are stderr. */
static void silence_thread(void)
{
	libxml.SetStructuredErrorFunc(NULL, on_complaint);
	libxml.SetGenericErrorFunc(NULL, on_generic_complaint);
}

struct xml *xml_new(const struct xml_handler *handler, void *data)
{
	struct xml *x = g_new0(struct xml, 1);
	x->handler = handler;
	x->data = data;
	x->skip_from = -1;
	x->text = g_string_sized_new(256);
	x->prolog = g_string_new(NULL);
	if (!load_libxml(&x->error))
		return x;
	silence_thread();
	x->parser = libxml.CreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (!x->parser)
		g_error("out of memory");
	/* Never HUGE, NOENT, DTDLOAD, RECOVER: reliability.md section 6. IGNORE_ENC: its bytes are UTF-8, as check_encoding()
	 * made sure that it claims, and no converter is ever started. */
	libxml.CtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
						 XML_PARSE_IGNORE_ENC);
	return x;
}

void xml_free(struct xml *x)
{
	if (!x)
		return;
	if (x->parser)
		libxml.FreeParserCtxt(x->parser);
	g_string_free(x->text, TRUE);
	if (x->prolog)
		g_string_free(x->prolog, TRUE);
	g_clear_error(&x->error);
	g_free(x);
}

/* ---- the encoding ------------------------------------------------------------------------------------------- */

#define PROLOG_CAP 512 /* longer than any <?xml ...?> */
#define BOM        "\xef\xbb\xbf"

/* The value of encoding="..." in an XML declaration; NULL when it has none. The caller frees it. */
static char *declared_encoding(const char *declaration)
{
	const char *at = strstr(declaration, "encoding");
	at = at ? at + strlen("encoding") : "";
	at += strspn(at, " \t\r\n=");
	if (*at != '"' && *at != '\'')
		return NULL;
	const char *end = strchr(at + 1, *at);
	return end ? g_strndup(at + 1, (gsize)(end - at - 1)) : NULL;
}

/* A document in another encoding would be converted by libxml2, whose converters take a broken one for a whole one. All that
 * we talk to writes UTF-8, so nothing else is read. False: not known yet, more bytes are needed. */
static bool check_encoding(struct xml *x, bool last)
{
	static const char *const good[] = {"utf-8", "utf8", "us-ascii", "ascii", NULL};
	const char *start = x->prolog->str;
	if (x->prolog->len < strlen(BOM "<?xml") && !last)
		return false;
	if (g_str_has_prefix(start, BOM))
		start += strlen(BOM);
	/* UTF-16, UTF-32 and EBCDIC show themselves by a mark, zeros, or another "<". */
	if (memchr(x->prolog->str, '\0', MIN(x->prolog->len, 4)) || !strchr(" \t\r\n<", *start)) {
		stop(x, "it does not begin as XML in UTF-8 does");
		return true;
	}
	const char *end = strstr(start, "?>");
	if (!g_str_has_prefix(start, "<?xml") || (!end && last))
		return true;
	if (!end && x->prolog->len < PROLOG_CAP)
		return false;
	g_autofree char *declaration = g_strndup(start, end ? (gsize)(end - start) : 0);
	g_autofree char *encoding = declared_encoding(declaration);
	g_autofree char *lower = g_ascii_strdown(encoding ? encoding : "utf-8", -1);
	if (!end) {
		stop(x, "its XML declaration does not end");
	} else if (!g_strv_contains(good, lower)) {
		g_autofree char *name = text_clean(encoding, (gssize)MIN(strlen(encoding), 40));
		g_autofree char *why = g_strdup_printf("its encoding is %s, and only UTF-8 is read", name);
		stop(x, why);
	}
	return true;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static bool feed(struct xml *x, const char *bytes, size_t n, bool last, GError **error)
{
	if (!x->error) {
		/* Its word counts at each piece: after some errors it takes no more bytes, and calls them well-formed. */
		int rc = libxml.ParseChunk(x->parser, bytes, (int)n, last);
		if (!x->error && (rc != XML_ERR_OK || !x->parser->wellFormed)) {
			const xmlError *why = libxml.CtxtGetLastError(x->parser);
			/* It quotes the document, and some of them are two lines. */
			g_autofree char *raw = g_strchomp(
				g_strdup(why && why->message ? why->message : "it is not well-formed"));
			g_autofree char *words = text_clean(raw, -1);
			g_autofree char *line =
				g_strdup_printf("%s (error %d, line %d)", words, rc, why ? why->line : 0);
			stop(x, line);
		}
	}
	if (x->error && error)
		*error = g_error_copy(x->error);
	return !x->error;
}

/* Large pieces are cut, so that the caps are looked at in between. */
static bool feed_all(struct xml *x, const char *bytes, size_t n, bool last, GError **error)
{
	const size_t piece = 64 * 1024;
	for (; n > piece; bytes += piece, n -= piece)
		if (!feed(x, bytes, piece, false, error))
			return false;
	return feed(x, bytes, n, last, error);
}

/* The first bytes are held back until they tell the encoding. */
static bool begin(struct xml *x, const char *bytes, size_t n, bool last, GError **error)
{
	size_t taken = MIN(n, PROLOG_CAP - x->prolog->len);
	g_string_append_len(x->prolog, bytes, (gssize)taken);
	if (!x->error && !check_encoding(x, last))
		return true;
	GString *first = g_steal_pointer(&x->prolog);
	bool good = feed(x, first->str, first->len, false, error) &&
		    feed_all(x, bytes + taken, n - taken, last, error);
	g_string_free(first, TRUE);
	return good;
}

bool xml_push(struct xml *x, const char *bytes, size_t n, GError **error)
{
	x->total += n;
	if (x->total > XML_REPLY_CAP)
		stop(x, "the answer is larger than 256 MiB");
	return x->prolog ? begin(x, bytes, n, false, error) : feed_all(x, bytes, n, false, error);
}

bool xml_finish(struct xml *x, GError **error)
{
	if (!x->error && x->total == 0)
		stop(x, "there is none: the answer is empty");
	return x->prolog ? begin(x, "", 0, true, error) : feed(x, "", 0, true, error);
}

/* libxml2 gives attributes as five pointers: local name, prefix, URI, begin and end of the value. */
const char *xml_attribute(const struct xml_tag *tag, const char *ns, const char *name, char *buf, size_t size)
{
	const char *const *a = tag->attributes;
	for (int i = 0; i < tag->n_attributes; i++, a += 5) {
		if (strcmp(a[0], name) != 0 || strcmp(a[2] ? a[2] : "", ns) != 0)
			continue;
		size_t len = MIN((size_t)(a[4] - a[3]), size - 1);
		memcpy(buf, a[3], len);
		buf[len] = '\0';
		return buf;
	}
	return NULL;
}

const char *xml_type(const struct xml_tag *tag, char *buf, size_t size)
{
	const char *type = xml_attribute(tag, XML_NS_XSI, "type", buf, size);
	const char *colon = type ? strrchr(type, ':') : NULL;
	return colon ? colon + 1 : type;
}

bool xml_is_nil(const struct xml_tag *tag)
{
	char buf[8];
	const char *nil = xml_attribute(tag, XML_NS_XSI, "nil", buf, sizeof buf);
	return nil && (strcmp(nil, "true") == 0 || strcmp(nil, "1") == 0);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static const char *escape(gunichar c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\r':
		return "&#13;"; /* a bare one would arrive as a newline */
	case '\t':
	case '\n':
		return NULL;
	default:
		return c < 0x20 || c == 0xFFFE || c == 0xFFFF ? "\xef\xbf\xbd" : NULL;
	}
}

void xml_text(GString *out, const char *text)
{
	while (*text) {
		gunichar c = g_utf8_get_char_validated(text, -1);
		bool broken = c == (gunichar)-1 || c == (gunichar)-2;
		const char *instead = broken ? "\xef\xbf\xbd" : escape(c);
		size_t len = broken ? 1 : (size_t)(g_utf8_next_char(text) - text);
		if (instead)
			g_string_append(out, instead);
		else
			g_string_append_len(out, text, (gssize)len);
		text += len;
	}
}

void xml_element(GString *out, const char *name, const char *text)
{
	g_string_append_printf(out, "<%s>", name);
	xml_text(out, text);
	g_string_append_printf(out, "</%s>", name);
}

void xml_element_with(GString *out, const char *name, const char *attribute, const char *value,
		      const char *text)
{
	g_string_append_printf(out, "<%s %s=\"", name, attribute);
	xml_text(out, value);
	g_string_append(out, "\">");
	xml_text(out, text);
	g_string_append_printf(out, "</%s>", name);
}
