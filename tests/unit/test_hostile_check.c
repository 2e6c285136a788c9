/* test_hostile_check.c - the judge is judged: whatever must not come out is found, what the program itself writes is not. */
#include "config.h"

#include "tests/unit/hostile_check.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"

#include <locale.h>
#include <string.h>

static const struct {
	const char *text;
	gsize len;
	unsigned allow;
	bool harmless;
} cases[] = {
#define T(s) s, sizeof s - 1
	{T("plain text"), ALLOW_NOTHING, true},
	{T("°C ▇ ⣿ 世界 é e\xcc\x81"), ALLOW_NOTHING, true},
	{T("two\nlines"), ALLOW_NOTHING, false},
	{T("two\nlines"), ALLOW_NEWLINE, true},
	{T("\r"), ALLOW_NEWLINE, false},
	{T("\t"), ALLOW_NEWLINE, false},
	{T("\b"), ALLOW_NEWLINE, false},
	{T("a\0b"), ALLOW_NOTHING, false},
	{T("\033[31m"), ALLOW_NOTHING, false},
	{T("\033[0;38;2;1;2;3m"), ALLOW_SGR, true},
	{T("\033[2J"), ALLOW_SGR, false},
	{T("\033[2J\033[?25l\033[3;4H\033[7C\033[K"), ALLOW_CURSOR, true},
	{T("\033[6n"), ALLOW_CURSOR, false},
	{T("\033]52;c;eHh4\a"), ALLOW_CURSOR, false},
	{T("\033c"), ALLOW_CURSOR, false},
	{T("\033"), ALLOW_CURSOR, false},
	{T("\033[?1000h"), ALLOW_CURSOR, false},
	{T("\x7f"), ALLOW_NOTHING, false},
	{T("\xc2\x9b"), ALLOW_NOTHING, false},
	{T("\x9b"), ALLOW_NOTHING, false},
	{T("\xe2\x80\xae"), ALLOW_NOTHING, false},
	{T("\xe2\x80\x8b"), ALLOW_NOTHING, false},
	{T("\xf3\xa0\x81\x81"), ALLOW_NOTHING, false},
	{T("\xc0\xaf"), ALLOW_NOTHING, false},
	{T("\xed\xa0\x80"), ALLOW_NOTHING, false},
	{T("cut \xe2\x82"), ALLOW_NOTHING, false},
	{T("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81"), ALLOW_NOTHING, true},
	{T("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"), ALLOW_NOTHING, false},
#undef T
};

static void test_bytes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *bad = hostile_find(cases[i].text, cases[i].len, cases[i].allow);
		if (!bad != cases[i].harmless)
			g_error("case %zu: %s", i, bad ? bad : "not found");
	}
}

/* Each of the texts is caught when it comes out as it went in; those of plain characters are harmless by nature. */
static void test_texts(void)
{
	static const char *const by_nature[] = {"format", "wide", "5,000 bytes", "1 MiB", "markup"};
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (gsize i = 0; i < n; i++) {
		bool harmless = false;
		for (size_t k = 0; k < G_N_ELEMENTS(by_nature); k++)
			harmless |= strcmp(texts[i].name, by_nature[k]) == 0;
		g_autofree char *bad = hostile_find(texts[i].bytes, texts[i].len, ALLOW_CURSOR);
		if (strcmp(texts[i].name, "csi") == 0) /* its beginning looks like ours */
			g_assert_nonnull(bad);
		if (!bad != harmless)
			g_error("%s: %s", texts[i].name, bad ? bad : "not found");
	}
}

static void test_json(void)
{
	static const struct {
		const char *text;
		bool harmless;
	} values[] = {
		{"{\"a\":[\"b\",{\"c\":\"d\"}],\"e\":1}", true},
		{"{\"a\":[\"b\",{\"c\":\"\\u001b[2J\"}]}", false},
		{"{\"a\":[\"b\",{\"c\\u202e\":\"d\"}]}", false},
		{"[[[\"\\u009b\"]]]", false},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		json_t *value = json_loads(values[i].text, 0, NULL);
		g_autofree char *bad = hostile_find_json(value);
		g_assert_true(!bad == values[i].harmless);
		json_decref(value);
	}
}

static void test_canvas(void)
{
	static const struct {
		const char *text;
		int width;
	} wrong[] = {{"\033", 1}, {"\n", 1}, {"", 1},         {"x", 2},
		     {"", 0},     {"x", 3},  {"\xc2\x9b", 1}, {"\xcc\x81", 1}};
	struct canvas *c = canvas_new(10, 2, GLYPHS_UNICODE);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, "世界 plain");
	g_assert_null(hostile_find_canvas(c));
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct cell *cell = &c->cells[15], was = *cell;
		g_strlcpy(cell->text, wrong[i].text, sizeof cell->text);
		cell->width = (uint8_t)wrong[i].width;
		g_autofree char *bad = hostile_find_canvas(c);
		g_assert_nonnull(bad);
		*cell = was;
	}
	c->cells[3].role = ROLE_COUNT;
	g_autofree char *bad = hostile_find_canvas(c);
	g_assert_nonnull(bad);
	canvas_free(c);
}

/* Values are found in all the syntaxes, and what is put in stands where it was meant to. */
static void test_sites(void)
{
	static const struct {
		const char *text, *path, *want;
	} injected[] = {
		{"{\"a\":[{\"b\":\"x\"},{\"b\":\"y\"}],\"c\":1}", "a[].b",
		 "{\"a\":[{\"b\":\"Qzq%s\"},{\"b\":\"Qzq%s\"}],\"c\":1}"},
		{"{\"a\":\"x\",\"c\":1}", "c", "{\"a\":\"x\",\"c\":\"Qzq%s\"}"},
		{"{\"a\":\"x\",\"c\":1}", NULL, "{\"a\":\"Qzq%s\",\"c\":1}"},
		{"{\"a\":\"x\"}", "a (key)", "{\"Qzq%s\":\"x\"}"},
		{"<a><propSet><name>p</name><val type=\"t\">v</val></propSet></a>", "p/a/propSet/val",
		 "<a><propSet><name>p</name><val type=\"t\">Qzq%s</val></propSet></a>"},
		{"<a><propSet><name>p</name><val type=\"t\">v</val></propSet></a>", "p/a/propSet/val@type",
		 "<a><propSet><name>p</name><val type=\"Qzq%s\">v</val></propSet></a>"},
		{"m{l=\"v\"} 1\n", "label", "m{l=\"Qzq%s\"} 1\n"},
		{"some words", "text", "Qzq%s"},
	};
	const struct hostile_text h = {.name = "h", .bytes = (char *)"Qzq%s", .len = 5};
	for (size_t i = 0; i < G_N_ELEMENTS(injected); i++) {
		gsize len = strlen(injected[i].text);
		g_autoptr(GArray) sites = hostile_sites();
		hostile_scan(sites, injected[i].text, 0, len);
		GString *got = hostile_inject(injected[i].text, len, sites, injected[i].path, &h, false);
		g_assert_cmpstr(got->str, ==, injected[i].want);
		g_string_free(got, TRUE);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/hostile/check/bytes", test_bytes);
	g_test_add_func("/hostile/check/texts", test_texts);
	g_test_add_func("/hostile/check/json", test_json);
	g_test_add_func("/hostile/check/canvas", test_canvas);
	g_test_add_func("/hostile/check/sites", test_sites);
	return g_test_run();
}
