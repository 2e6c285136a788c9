/* test_text.c - the gate for outside text: the cases FC-001 to FC-018 of the fault catalogue, as tables. */
#include "config.h"

#include "lab/box.h"
#include "lab/text.h"
#include "tests/unit/unit.h"

#include <locale.h>
#include <string.h>

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *what, *raw, *want;
} lines[] = {
	{"plain", "mi50-a", "mi50-a"},
	{"empty", "", ""},
	{"clear screen", "a\033[2Jb", "a^[[2Jb"},
	{"clipboard write", "\033]52;c;AAAA\a", "^[]52;c;AAAA^G"},
	{"C1 CSI",
	 "x\xc2\x9b"
	 "31m",
	 "x<U+009B>31m"},
	{"C1 OSC and ST", "\xc2\x9dtitle\xc2\x9c", "<U+009D>title<U+009C>"},
	{"bidi",
	 "a\xe2\x80\xae"
	 "b\xe2\x81\xa6"
	 "c\xe2\x80\x8f",
	 "a<U+202E>b<U+2066>c<U+200F>"},
	{"zero width",
	 "a\xe2\x80\x8b\xef\xbb\xbf"
	 "b\xe2\x81\xa0",
	 "a<U+200B><U+FEFF>b<U+2060>"},
	{"arabic letter mark", "\xd8\x9c", "<U+061C>"},
	{"tag", "\xf3\xa0\x81\x81", "<U+E0041>"},
	{"hidden selector", "a\xf3\xa0\x84\x80", "a<U+E0100>"},
	{"nothing to the eye", "a\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",
	 "a<U+034F><U+115F><U+1160><U+17B4><U+17B5><U+2800><U+3164><U+FFA0>"},
	{"braille", "\u2801\u28ff", "\u2801\u28ff"},
	{"line noise", "Q\rR\bS\tT\nU\vV\f", "Q^MR^HS T U^KV^L"},
	{"CR before LF goes", "a\r\nb", "a b"},
	{"line separator",
	 "a\xe2\x80\xa8"
	 "b",
	 "a b"},
	{"DEL", "\x7f", "^?"},
	{"format", "%s%n%1000000d", "%s%n%1000000d"},
	{"query", "\033[6n\033[c\033P$q", "^[[6n^[[c^[P$q"},
	{"umlaut",
	 "K\xc3\xbc"
	 "che",
	 "K\xc3\xbc"
	 "che"},
	{"CJK", "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97"},
	{"emoji", "\xf0\x9f\x94\xa5", "\xf0\x9f\x94\xa5"},
	{"unassigned", "\xcd\xb8", FFFD},
	{"private", "\xee\x80\x80", FFFD},
	{"four marks stay", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84"},
	{"a fifth does not", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86x",
	 "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84" FFFD "x"},
	{"mark without base", "\xcc\x81x", "\xe2\x97\x8c\xcc\x81x"},
	/* maximal subparts: Unicode, table 3-8 */
	{"lone continuation", "a\x80z", "a" FFFD "z"},
	{"overlong", "\xc0\xaf", FFFD FFFD},
	{"overlong of three", "\xe0\x80\xaf", FFFD FFFD FFFD},
	{"surrogate", "\xed\xa0\x80", FFFD FFFD FFFD},
	{"beyond Unicode", "\xf4\x91\x92\x93\xff", FFFD FFFD FFFD FFFD FFFD},
	{"cut short",
	 "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
	 "A",
	 FFFD FFFD FFFD FFFD "A"},
};

static void test_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *got = text_clean(lines[i].raw, -1);
		g_test_message("%s", lines[i].what);
		g_assert_cmpstr(got, ==, lines[i].want);
		g_assert_true(text_is_clean(got));
		g_assert_cmpint(text_is_clean(lines[i].raw), ==, strcmp(lines[i].raw, lines[i].want) == 0);
	}
}

static void test_bytes(void)
{
	g_autofree char *null = text_clean(NULL, -1), *nul = text_clean("a\0b", 3);
	g_assert_cmpstr(null, ==, "");
	g_assert_cmpstr(nul, ==, "a^@b");
	g_autoptr(GString) out = g_string_new("> ");
	text_clean_append(out, "a\nb\xcc\x81", -1, 100, TEXT_LINES);
	g_assert_cmpstr(out->str, ==, "> a\nb\xcc\x81");
}

/* Whatever comes in, what goes out is valid, bounded and passes a second time unchanged. */
static void test_any_bytes(void)
{
	GRand *rand = g_rand_new_with_seed(4711);
	for (int round = 0; round < 20000; round++) {
		char raw[24];
		gsize n = (gsize)g_rand_int_range(rand, 0, sizeof raw);
		for (gsize i = 0; i < n; i++)
			raw[i] = (char)(g_rand_boolean(rand) ? g_rand_int(rand)
							     : (guint32) "\xe2\x80\xae\xcc\x81\033"[i % 6]);
		g_autoptr(GString) out = g_string_new(NULL);
		gsize cap = (gsize)g_rand_int_range(rand, 0, 40);
		text_clean_append(out, raw, (gssize)n, cap, TEXT_LINE);
		g_assert_cmpuint(out->len, <=, cap);
		g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
		g_assert_true(text_is_clean(out->str));
	}
	g_rand_free(rand);
}

static void test_caps(void)
{
	g_autofree char *million = g_strnfill(1 << 20, 'x');
	g_autofree char *cut = text_clean(million, -1);
	g_assert_cmpuint(strlen(cut), ==, TEXT_CAP);
	g_assert_true(g_str_has_suffix(cut, "x\xe2\x80\xa6"));

	g_autoptr(GString) marks = g_string_new("a");
	for (int i = 0; i < 10000; i++)
		g_string_append(marks, "\xcc\x81");
	g_autofree char *few = text_clean(marks->str, -1);
	g_assert_cmpuint(g_utf8_strlen(few, -1), ==, 6);
	g_assert_cmpint(text_width(few), ==, 2);

	g_autoptr(GString) small = g_string_new(NULL);
	text_clean_append(small, "abcdef", -1, 5, TEXT_LINE);
	g_assert_cmpstr(small->str, ==, "ab\xe2\x80\xa6");
	g_string_truncate(small, 0);
	text_clean_append(small, "abcde", -1, 5, TEXT_LINE);
	g_assert_cmpstr(small->str, ==, "abcde");
}

/* A field of any size keeps whole characters, whatever their length. */
static void test_fields(void)
{
	static const char *const texts[] = {"plain", "°C °C", "世界世界", "😀😀", "e\xcc\x81\xcc\x81", ""};
	char field[32], cut[32];
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		for (size_t size = 1; size < sizeof field; size++) {
			text_copy(field, texts[i], size);
			g_assert_true(g_str_has_prefix(texts[i], field));
			g_assert_true(g_utf8_validate(field, -1, NULL));
			g_assert_cmpuint(strlen(field) + 4, >=, MIN(size, strlen(texts[i]) + 1));
			g_snprintf(cut, size, "%s", texts[i]);
			text_mend(cut);
			g_assert_cmpstr(cut, ==, field);
		}
}

static void test_width(void)
{
	g_assert_cmpint(text_width(""), ==, 0);
	g_assert_cmpint(text_width("abc"), ==, 3);
	g_assert_cmpint(text_width("\xe6\xbc\xa2\xe5\xad\x97"), ==, 4);
	g_assert_cmpint(text_width("e\xcc\x81"), ==, 1);
	g_assert_cmpint(text_width("\xf0\x9f\x94\xa5"), ==, 2);
}

static const struct {
	const char *raw, *want;
} secrets[] = {
	{"vllm serve --api-key hunter2 --port 8000", "vllm serve --api-key *** --port 8000"},
	{"--api-key=hunter2", "--api-key=***"},
	{"HF_TOKEN=abc cmd", "HF_TOKEN=*** cmd"},
	{"curl -H 'Authorization: Bearer abc.def' x", "curl -H 'Authorization: Bearer ***' x"},
	{"Authorization: Negotiate YIIZ/a+b=", "Authorization: Negotiate ***"},
	{"Proxy-Authorization: NTLM TlRMTVNTUAAB", "Proxy-Authorization: NTLM ***"},
	{"vmware-api-session-id: 52a1b2c3", "vmware-api-session-id: ***"},
	{"<sessionId>52a1b2c3</sessionId>", "<sessionId>***</sessionId>"},
	{"OPENAI_KEY=abc ENCRYPTION-KEY=abc --hf-key abc", "OPENAI_KEY=*** ENCRYPTION-KEY=*** --hf-key ***"},
	{"monkey=1 --sort-keys x --key-file f", "monkey=1 --sort-keys x --key-file f"},
	/* a word of a shell ends at a blank, one of a query or a list ends sooner */
	{"llama-server --api-key=a,b;c LLAMA_TOKEN=a;b&c --port=1",
	 "llama-server --api-key=*** LLAMA_TOKEN=*** --port=1"},
	{"GET /x?access_token=a.b&x=1", "GET /x?access_token=***&x=1"},
	{"(password=abc) [token=abc]", "(password=***) [token=***]"},
	{"used eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x here", "used *** here"},
	{"Cookie: vmware_soap_session=\"52a1\"; Path=/", "Cookie: ***"},
	{"{\"password\": \"a\\\"b,c\", \"n\": 1}", "{\"password\": \"***\", \"n\": 1}"},
	{"<password>p&lt;w</password>", "<password>***</password>"},
	{"<password>a;b</password><locale>en</locale>", "<password>***</password><locale>en</locale>"},
	{"<v:password xsi:type=\"xsd:string\">a&amp;b</v:password>",
	 "<v:password xsi:type=\"xsd:string\">***</v:password>"},
	{"<password/>b<a>b</a>", "<password/>b<a>b</a>"},
	{"<password></password>", "<password></password>"},
	{"https://ops@lab:s3cret@esx/sdk", "https://ops@lab:***@esx/sdk"},
	{"https://ops:s3@cret@esx/a@b", "https://ops:***@esx/a@b"},
	{"https://ops@lab@esx:443/sdk", "https://ops@lab@esx:443/sdk"},
	{"<view type=\"ContainerView\">session[52d04a11-08e8-bd8c-f0a7-1e4b3d5a6c7f]52bb9c1e</view>",
	 "<view type=\"ContainerView\">session[***]52bb9c1e</view>"},
	{"session[0] of session[abc]", "session[0] of session[abc]"},
	{"https://root:s3cret@esx/sdk", "https://root:***@esx/sdk"},
	{"ssh://ops@esx:22/", "ssh://ops@esx:22/"},
	{"used hf_abcdefghijklmnopqrst here", "used *** here"},
	{"--max-tokens 100 --tokenizer x", "--max-tokens 100 --tokenizer x"},
	{"max_tokens=100", "max_tokens=100"},
	{"the token is gone", "the token is gone"},
	{"--password", "--password"},
	{"", ""},
};

/* In this order, each before all that follow; and its key is in the same order. */
static void test_natural(void)
{
	static const char *const names[] = {"",        "VM",      "VM2",      "VM2a",  "VM10",
					    "VM10b2",  "VM10b11", "esx-01",   "esx-1", "esx-02",
					    "esx-010", "esx-10",  "vm-7",     "vm-08", "vm-90000",
					    "x 9",     "x 10 12", "x 10 300", "é1",    "é20"};
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
			char a[64], b[64];
			int want = (i > k) - (i < k), got = text_natural(names[i], names[k]);
			text_natural_key(a, sizeof a, names[i]);
			text_natural_key(b, sizeof b, names[k]);
			g_test_message("%s, %s", names[i], names[k]);
			g_assert_cmpint((got > 0) - (got < 0), ==, want);
			if (!strstr(names[i], "-0") && !strstr(names[k], "-0"))
				g_assert_cmpint((strcmp(a, b) > 0) - (strcmp(a, b) < 0), ==, want);
		}
	char key[64], other[64];
	text_natural_key(key, sizeof key, "MI50 3b:00.0");
	text_natural_key(other, sizeof other, "MI50 12:00.0");
	g_assert_cmpint(strcmp(other, key), <, 0); /* an address is no number */
	text_natural_key(key, sizeof key, "9999999999");
	text_natural_key(other, sizeof other, "123456789012");
	g_assert_cmpint(strcmp(key, other), <, 0);
	text_natural_key(key, 4, "abcdef");
	g_assert_cmpstr(key, ==, "abc");
}

static void test_redact(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
		g_autofree char *got = text_redact(secrets[i].raw);
		g_assert_cmpstr(got, ==, secrets[i].want);
	}
}

static void test_box(void)
{
	struct box *box = box_new();
	g_assert_cmpstr(box_text(box, NULL, -1), ==, "");
	g_assert_cmpstr(box_text(box, "abc", 2), ==, "ab");
	g_assert_cmpstr(box_text(box, "\033", -1), ==, "^[");
	g_assert_cmpstr(box_text(box, "\033x", 2), ==, "^[x");
	g_assert_cmpstr(box_raw(box, "\033", -1), ==, "\033");
	for (size_t n = 1; n < 200000; n = n * 3 + 1) {
		char *at = box_alloc(box, n);
		g_assert_cmpuint((gsize)(guintptr)at % _Alignof(max_align_t), ==, 0);
		for (size_t i = 0; i < n; i++)
			g_assert_cmpint(at[i], ==, 0);
		memset(at, 0xFF, n);
	}
	box_unref(box_ref(box));
	box_unref(box);
	box_unref(NULL);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/text/lines", test_lines);
	g_test_add_func("/text/bytes", test_bytes);
	g_test_add_func("/text/any-bytes", test_any_bytes);
	g_test_add_func("/text/caps", test_caps);
	g_test_add_func("/text/fields", test_fields);
	g_test_add_func("/text/width", test_width);
	g_test_add_func("/text/natural", test_natural);
	g_test_add_func("/text/redact", test_redact);
	g_test_add_func("/box", test_box);
	return g_test_run();
}
