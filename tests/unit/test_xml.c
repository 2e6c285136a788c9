/* test_xml.c - the push parser's caps and tolerance, and the writer's escaping. */
#include "config.h"

#include "backends/xml.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct heard {
	GString *text; /* "<name>" at starts, "</text>" at ends */
	const char *skip;
	struct xml *x;
	const char *stop_at;
	int n_lost[2]; /* by enum xml_loss */
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

static const struct xml_handler handler = {on_start, on_end, NULL};

/* One that can live without what is over a cap. */
static bool on_lost(void *data, enum xml_loss what)
{
	struct heard *h = data;
	h->n_lost[what]++;
	g_string_append(h->text, what == XML_LOST_TEXT ? "(long)" : "(deep)");
	return true;
}

static const struct xml_handler patient = {on_start, on_end, on_lost};

static bool read_with(struct heard *h, const struct xml_handler *by, const char *text, size_t len,
		      size_t piece, GError **error)
{
	struct xml *x = xml_new(by, h);
	bool good = true;
	h->x = x;
	for (size_t at = 0; good && at < len; at += piece)
		good = xml_push(x, text + at, MIN(piece, len - at), error);
	good = good && xml_finish(x, error);
	xml_free(x);
	return good;
}

/* Reads text in pieces; NULL and error when it is refused. */
static char *read_in(const char *text, size_t len, size_t piece, const char *skip, GError **error)
{
	struct heard h = {.text = g_string_new(NULL), .skip = skip};
	bool good = read_with(&h, &handler, text, len, piece, error);
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

#define REFUSE(text, why) refuse(text, sizeof(text) - 1, why)

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
	REFUSE("", "empty");
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
	/* What nobody asked for may be as long as it likes. */
	g_autoptr(GError) error = NULL;
	g_autofree char *without = read_in(text->str, text->len, 5000, "b", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(without, ==, "<a></0>");
}

/* Who can live without what is over a cap gets the rest of the document. */
static void test_loses(void)
{
	struct heard h = {.text = g_string_new(NULL)};
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) text = g_string_new("<a><b>");
	append_many(text, "0123456789abcdef", 3 * XML_TEXT_CAP / 16);
	g_string_append(text, "</b><c>short</c></a>");
	g_assert_true(read_with(&h, &patient, text->str, text->len, 5000, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(h.text->str, ==, "<a><b>(long)</1><c>short</1></0>");
	g_assert_cmpint(h.n_lost[XML_LOST_TEXT], ==, 1);

	g_string_truncate(h.text, 0);
	g_string_assign(text, "<r>");
	append_many(text, "<a>", XML_DEPTH_CAP + 100);
	g_string_append(text, "deep");
	append_many(text, "</a>", XML_DEPTH_CAP + 100);
	g_string_append(text, "<b>near</b></r>");
	g_assert_true(read_with(&h, &patient, text->str, text->len, 100, &error));
	g_assert_no_error(error);
	g_assert_cmpint(h.n_lost[XML_LOST_DEPTH], ==, 1);
	g_assert_null(strstr(h.text->str, "deep)deep"));
	g_assert_null(strstr(h.text->str, "deep<"));
	g_assert_true(g_str_has_suffix(h.text->str, "</1><b>near</1></0>"));

	g_string_assign(text, "");
	append_many(text, "<a>", XML_DEPTH_LIMIT + 1);
	append_many(text, "</a>", XML_DEPTH_LIMIT + 1);
	g_assert_false(read_with(&h, &patient, text->str, text->len, 100, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
	g_string_free(h.text, TRUE);
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

/* All that is UTF-8, said so or not, in pieces of any size. */
static void test_utf8(void)
{
	static const char *const texts[] = {
		"<a>\xc3\xa9</a>",
		"\xef\xbb\xbf<a>\xc3\xa9</a>",
		"<?xml version='1.0' encoding='UTF-8'?><a>\xc3\xa9</a>",
		"\xef\xbb\xbf<?xml version=\"1.0\" encoding = \"utf-8\" standalone='yes'?>\n<a>\xc3\xa9</a>",
		"<?xml version='1.0' encoding='US-ASCII'?><a>&#233;</a>",
		"<?xml version='1.0'?>\r\n<a>\xc3\xa9</a>",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		for (size_t piece = 1; piece < 80; piece += piece < 10 ? 1 : 23) {
			g_autofree char *got = read_in(texts[i], strlen(texts[i]), piece, NULL, NULL);
			g_assert_cmpstr(got, ==, "<a>\xc3\xa9</0>");
		}
}

/* Whoever declares another encoding, or shows one, is refused whatever follows: libxml2's converters write on the terminal and
 * take what breaks off for a whole document. */
static void test_encodings(void)
{
	static const char *const names[] = {
		"EUC-JP", "Shift_JIS", "GBK",   "GB18030",   "UTF-7",   "BIG5",        "UTF-16", "ISO-8859-1",
		"latin1", "bogus",     "CP932", "UTF-8\x1b", "UCS-4LE", "ISO-2022-JP", "HZ",     "EBCDIC-US"};
	static const char *const bodies[] = {"<a>x</a>", "<a>\xff\xfe\x80\xa1</a>",
					     "<a><b>1</b>\x8f\xff<c/></a>", "<a>\xe9</a>",
					     "<a>+AGEAYg-+//</a>"};
	static const char *const marks[] = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "EBCDIC-US"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(bodies); k++) {
			g_autofree char *text =
				g_strdup_printf("<?xml version='1.0' encoding='%s'?>%s", names[i], bodies[k]);
			refuse(text, strlen(text), "reading XML: its encoding is ");
		}
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		gsize len = 0;
		g_autofree char *text = g_convert("<a>x</a>", -1, marks[i], "UTF-8", NULL, &len, NULL);
		if (text) /* a C library may lack one */
			refuse(text, len, "does not begin as XML in UTF-8");
	}
	REFUSE("<?xml version='1.0' encoding = \"GBK\"?><a/>", "its encoding is GBK,");
	REFUSE("<?xml version='1.0' encoding\t=\n'GBK'?><a/>", "its encoding is GBK,");
	g_autofree char *blanks = g_strnfill(600, ' ');
	g_autofree char *far = g_strdup_printf("<?xml version='1.0'%sencoding='GBK'?><a/>", blanks);
	refuse(far, strlen(far), "declaration does not end");
	REFUSE("<a>\xff\xfe</a>", "reading XML");
	REFUSE("<?xml version='1.0' encoding='utf-8'?><a>\x80\xa1</a>", "reading XML");
	REFUSE("<a/>\x8f", "reading XML");
	REFUSE("<?xml version='1.0", "reading XML");
}

/* Cut or broken anywhere, in pieces of any size, it is never a whole document. */
static void test_broken_off(void)
{
	static const char text[] =
		"<?xml version='1.0' encoding='UTF-8'?><r xmlns='urn:x'><!-- c --><a k='v'>1 &amp; "
		"\xe2\x82\xac</a><![CDATA[x]]><p:q xmlns:p='urn:y'/></r>";
	size_t len = strlen(text);
	for (size_t cut = 1; cut < len; cut++)
		for (size_t piece = 1; piece < len; piece = piece * 3 + 1) {
			g_autofree char *got = read_in(text, cut, piece, NULL, NULL);
			g_assert_null(got);
		}
	for (size_t at = 38; at < len; at++) {
		g_autofree char *broken = g_strdup(text);
		broken[at] = (char)0xff;
		g_autofree char *got = read_in(broken, len, 7, NULL, NULL);
		g_assert_null(got);
	}
}

/* The parser's own words go nowhere: in no thread, and whoever reads. */
static void *read_hostile(void *data)
{
	test_refuses();
	test_encodings();
	test_broken_off();
	return NULL;
}

static void test_silence(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	struct stat st;
	int heard = g_file_open_tmp("labtop-xml-XXXXXX", &path, &error), terminal = dup(STDERR_FILENO);
	g_assert_no_error(error);
	unlink(path);
	dup2(heard, STDERR_FILENO);
	read_hostile(NULL);
	g_thread_join(g_thread_new("reader", read_hostile, NULL));
	dup2(terminal, STDERR_FILENO);
	g_assert_cmpint(fstat(heard, &st), ==, 0);
	g_assert_cmpint(st.st_size, ==, 0);
	close(heard);
	close(terminal);
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
	g_test_add_func("/xml/loses", test_loses);
	g_test_add_func("/xml/utf8", test_utf8);
	g_test_add_func("/xml/encodings", test_encodings);
	g_test_add_func("/xml/broken-off", test_broken_off);
	g_test_add_func("/xml/silence", test_silence);
	g_test_add_func("/xml/writes", test_writes);
	g_test_add_func("/xml/round-trip", test_round_trip);
	return g_test_run();
}
