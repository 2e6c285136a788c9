/* test_json.c - JSON nobody vouches for: FC-080 to FC-083. */
#include "config.h"

#include "backends/json.h"
#include "tests/unit/unit.h"

#include <string.h>

static void test_refused(void)
{
	g_autofree char *deep = g_strnfill(5000, '[');
	const struct {
		const char *text;
		enum json_source from;
		bool good;
	} cases[] = {
		{"{}", JSON_AGENT, true},
		{deep, JSON_ENGINE, false},
		{"{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"\"}",
		 JSON_AGENT, true},
		{"{\"a\":1,\"a\":2}", JSON_AGENT, false},
		{"{\"a\":1,\"a\":2}", JSON_ENGINE, true},
		{"{\"a\":\"\\u0000\"}", JSON_AGENT, false},
		{"{\"a\":\"\\u0000\"}", JSON_ENGINE, true},
		{"{\"a\":\"\\ud800\"}", JSON_ENGINE, false},
		{"\xef\xbb\xbf{}", JSON_ENGINE, false},
		{"{\"a\":NaN}", JSON_ENGINE, false},
		{"{\"a\":1e400}", JSON_ENGINE, false},
		{"{\"a\":\"\xff\"}", JSON_ENGINE, false},
		{"{\"a\":1} x", JSON_ENGINE, false},
		{"", JSON_ENGINE, false},
		{"{\"a\":18446744073709551615}", JSON_ENGINE, true},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		json_t *root = json_read(cases[i].text, strlen(cases[i].text), cases[i].from, &error);
		g_assert_cmpint(root != NULL, ==, cases[i].good);
		g_assert_true(cases[i].good || error->code == LAB_ERR_PROTOCOL);
		json_decref(root);
	}
}

static void test_look_ups(void)
{
	const char *text =
		"{\"n\":5,\"big\":18446744073709551615,\"r\":1.5,\"s\":\"a\\u001b\",\"z\":null,\"b\":true,"
		"\"l\":[\"x\",1,\"y\",\"z\"],\"minus\":-1}";
	struct box *box = box_new();
	json_t *o = json_read(text, strlen(text), JSON_ENGINE, NULL);
	g_assert_cmpfloat(json_num(o, "n", 0, 10).v, ==, 5);
	g_assert_cmpint(json_num(o, "n", 0, 4).state, ==, NUM_BAD);
	g_assert_cmpint(json_num(o, "s", 0, 4).state, ==, NUM_BAD);
	g_assert_cmpint(json_num(o, "z", 0, 4).state, ==, NUM_UNKNOWN);
	g_assert_cmpint(json_num(o, "none", 0, 4).state, ==, NUM_UNKNOWN);
	g_assert_cmpint(json_num(NULL, "none", 0, 4).state, ==, NUM_UNKNOWN);
	g_assert_cmpfloat(json_num(o, "big", 0, 1e30).v, >, 1e19);
	g_assert_cmpint(json_int(o, "big", 0, G_MAXINT64, -7), ==, -7);
	g_assert_cmpint(json_int(o, "r", 0, 9, -7), ==, 1);
	g_assert_cmpint(json_int(o, "minus", 0, 9, -7), ==, -7);
	g_assert_cmpint(json_int(o, "s", 0, 9, -7), ==, -7);
	g_assert_cmpint(json_tri(o, "b"), ==, TRI_YES);
	g_assert_cmpint(json_tri(o, "n"), ==, TRI_UNKNOWN);
	g_assert_cmpstr(json_text(box, o, "s"), ==, "a^[");
	g_assert_cmpstr(json_text(box, o, "n"), ==, "");
	g_assert_cmpstr(json_raw(o, "s"), ==, "a\033");
	g_assert_null(json_raw(o, "none"));
	const char *const *list = json_texts(box, o, "l", 3);
	g_assert_cmpstr(list[0], ==, "x");
	g_assert_cmpstr(list[1], ==, "y");
	g_assert_null(list[2]);
	g_assert_null(json_texts(box, o, "n", 3));
	json_decref(o);
	box_unref(box);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/json/refused", test_refused);
	g_test_add_func("/json/look-ups", test_look_ups);
	return g_test_run();
}
