/* test_xml.c - the push parser's caps and tolerance, and the writer's escaping. */
#include "config.h"

#include "backends/xml.h"
#include "tests/unit/unit.h"

#include <string.h>

struct heard {
	GString *text; /* "<name>" at starts, "</text>" at ends */
	const char *skip;
	struct xml *x;
	const char *stop_at;
};

static bool on_start(void *data, const struct xml_tag *tag)
{
	struct heard *h = data;
	char buf[64];
	if (g_strcmp0(h->skip, tag->name) == 0)
		return false;
	if (g_strcmp0(h->stop_at, tag->name) == 0)
		xml_stop(h->x, g_error_new(LAB_ERROR, LAB_ERR_CONFLICT, "enough"));
	const char *type = xml_type(tag, buf, sizeof buf);
	g_string_append_printf(h->text, "<%s%s%s%s%s>", *tag->ns ? tag->ns : "", *tag->ns ? "|" : "",
			       tag->name, type ? " " : "", type ? type : "");
	return true;
}

static void on_end(void *data, int depth, const char *text, size_t len)
{
	g_assert_cmpuint(strlen(text), ==, len);
	g_string_append_printf(((struct heard *)data)->text, "%s</%d>", text, depth);
}

static const struct xml_handler handler = {on_start, on_end};

/* Reads text in pieces; NULL and error when it is refused. */
static char *read_in(const char *text, size_t len, size_t piece, const char *skip, GError **error)
{
	struct heard h = {.text = g_string_new(NULL), .skip = skip};
	struct xml *x = xml_new(&handler, &h);
	bool good = true;
	h.x = x;
	for (size_t at = 0; good && at < len; at += piece)
		good = xml_push(x, text + at, MIN(piece, len - at), error);
	good = good && xml_finish(x, error);
	xml_free(x);
	return g_string_free(h.text, !good);
}

static char *read_text(const char *text, GError **error)
{
	return read_in(text, strlen(text), strlen(text), NULL, error);
}

static void expect(const char *text, const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = read_text(text, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, want);
}

static void test_tells(void)
{
	expect("<a><b>one</b><c/></a>", "<a><b>one</1><c></1></0>");
	expect("<a xmlns='urn:x'><p:b xmlns:p='urn:y'>1</p:b></a>", "<urn:x|a><urn:y|b>1</1></0>");
	/* Prefixes are the server's own choice. */
	expect("<a xmlns:XMLSchema-instance='" XML_NS_XSI "' XMLSchema-instance:type='ns2:VirtualE1000'/>",
	       "<a VirtualE1000></0>");
	expect("<a type='VirtualE1000'/>", "<a></0>");
	/* Text in many forms is one text. */
	expect("<a>x<![CDATA[<&>]]>&amp;&#34;&#x41;<!-- no --><?pi no?>y</a>", "<a>x<&>&\"Ay</0>");
}

static void test_pieces(void)
{
	const char *text = "<?xml version='1.0'?><a><b k='v'>one &amp; two</b><c>\xe2\x82\xac</c></a>";
	for (size_t piece = 1; piece < 40; piece++) {
		g_autofree char *got = read_in(text, strlen(text), piece, NULL, NULL);
		g_assert_cmpstr(got, ==, "<a><b>one & two</1><c>\xe2\x82\xac</1></0>");
	}
}

static void test_skips(void)
{
	const char *text = "<a><b><c>no</c>no</b><d>yes</d><b/><e>too</e></a>";
	g_autofree char *got = read_in(text, strlen(text), 3, "b", NULL);
	g_assert_cmpstr(got, ==, "<a><d>yes</1><e>too</1></0>");
}

static void refuse(const char *text, size_t len, const char *why)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = read_in(text, len, 16384, NULL, &error);
	g_assert_null(got);
	g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
	g_assert_nonnull(strstr(error->message, why));
}

static void test_refuses(void)
{
	static const char *const dtds[] = {
		"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
		"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
		"<!DOCTYPE lolz [<!ENTITY l 'l'><!ENTITY m '&l;&l;&l;&l;'>]><lolz>&m;</lolz>",
	};
	static const char *const broken[] = {"<a>",          "<a></b>", "<a>&x;</a>", "<a>\x1b</a>",
					     "<a>&#27;</a>", "hello",   "<a/><b/>"};
	for (size_t i = 0; i < G_N_ELEMENTS(dtds); i++)
		refuse(dtds[i], strlen(dtds[i]), "document type");
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++)
		refuse(broken[i], strlen(broken[i]), "reading XML");
	refuse("", 0, "empty");
}

static void append_many(GString *out, const char *what, int n)
{
	while (n-- > 0)
		g_string_append(out, what);
}

static void test_depth(void)
{
	static const int depths[] = {XML_DEPTH_CAP, XML_DEPTH_CAP + 1, 300, 100000};
	for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		append_many(text, "<a>", depths[i]);
		append_many(text, "</a>", depths[i]);
		if (depths[i] > XML_DEPTH_CAP) {
			refuse(text->str, text->len, "too deeply");
			continue;
		}
		g_autofree char *got = read_in(text->str, text->len, 100, NULL, NULL);
		g_assert_nonnull(got);
	}
}

/* What is skipped is counted too: it is the server's bytes all the same. */
static void test_long_text(void)
{
	g_autoptr(GString) text = g_string_new("<a><b>");
	append_many(text, "0123456789abcdef", XML_TEXT_CAP / 16);
	GString *fits = g_string_new(text->str);
	g_string_append(fits, "</b></a>");
	g_autofree char *got = read_in(fits->str, fits->len, 5000, NULL, NULL);
	g_assert_nonnull(got);
	g_string_free(fits, TRUE);
	g_string_append(text, "x</b></a>");
	refuse(text->str, text->len, "longer than 1 MiB");
	g_autoptr(GError) error = NULL;
	g_assert_null(read_in(text->str, text->len, 5000, "b", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
}

static void test_stop(void)
{
	struct heard h = {.text = g_string_new(NULL), .stop_at = "b"};
	struct xml *x = xml_new(&handler, &h);
	g_autoptr(GError) error = NULL;
	h.x = x;
	g_assert_false(xml_push(x, "<a><b/><c/></a>", 15, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_CONFLICT);
	g_assert_null(strstr(h.text->str, "<c>"));
	g_assert_false(xml_finish(x, NULL));
	xml_free(x);
	g_string_free(h.text, TRUE);
}

static void test_encodings(void)
{
	g_autofree char *utf16 = NULL;
	gsize len;
	expect("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "<a>\xc3\xa9</0>");
	utf16 = g_convert("<a>\xc3\xa9</a>", -1, "UTF-16", "UTF-8", NULL, &len, NULL);
	g_autofree char *got = read_in(utf16, len, 7, NULL, NULL);
	g_assert_cmpstr(got, ==, "<a>\xc3\xa9</0>");
	refuse("<?xml version='1.0' encoding='bogus'?><a/>", 42, "reading XML");
	refuse("<a>\xff\xfe</a>", 9, "reading XML");
}

static void test_writes(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	xml_element(out, "password", "p&ss<1>\"'\r\n\t\xc3\xa9");
	g_assert_cmpstr(out->str, ==, "<password>p&amp;ss&lt;1&gt;&quot;&apos;&#13;\n\t\xc3\xa9</password>");
	g_string_truncate(out, 0);
	xml_element_with(out, "obj", "type", "A\"B", "vm-<1>");
	g_assert_cmpstr(out->str, ==, "<obj type=\"A&quot;B\">vm-&lt;1&gt;</obj>");
	g_string_truncate(out, 0);
	xml_text(out, "\x1b[2J\xff\x01");
	g_assert_cmpstr(out->str, ==, "\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd");
}

/* Whatever was written reads back as it was. */
static void test_round_trip(void)
{
	static const char *const texts[] = {
		"", "a&b", "]]>", "<![CDATA[", "  spaces  ", "\"'&#x41;", "\xf0\x9f\x98\x80"};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *want = g_strdup_printf("<t>%s</0>", texts[i]);
		xml_element(out, "t", texts[i]);
		expect(out->str, want);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/xml/tells", test_tells);
	g_test_add_func("/xml/pieces", test_pieces);
	g_test_add_func("/xml/skips", test_skips);
	g_test_add_func("/xml/refuses", test_refuses);
	g_test_add_func("/xml/depth", test_depth);
	g_test_add_func("/xml/long-text", test_long_text);
	g_test_add_func("/xml/stop", test_stop);
	g_test_add_func("/xml/encodings", test_encodings);
	g_test_add_func("/xml/writes", test_writes);
	g_test_add_func("/xml/round-trip", test_round_trip);
	return g_test_run();
}
