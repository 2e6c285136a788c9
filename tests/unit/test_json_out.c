/* test_json_out.c - what the agent's writer makes is JSON to a parser, whatever it is given. */
#include "config.h"
#include "backends/gpu/json_out.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "lab/text.h"
#include "tests/unit/unit.h"

static json_t *load(const GString *text)
{
	json_error_t why;
	json_t *o = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, &why);

	if (!o)
		g_test_message("%s: %s", why.text, text->str);
	g_assert_nonnull(o);
	return o;
}

static void test_shape(void)
{
	g_autoptr(GString) out = g_string_new(NULL), raw = g_string_new("[7]");

	json_out_open(out, NULL, '{');
	json_out_open(out, "empty", '[');
	json_out_close(out, '[');
	json_out_open(out, "list", '[');
	json_out_open(out, NULL, '{');
	json_out_close(out, '{');
	json_out_int(out, NULL, -1);
	json_out_text(out, NULL, "{"); /* what looks like a beginning is none */
	json_out_text(out, NULL, "x");
	json_out_close(out, '[');
	json_out_text(out, "gone", NULL);
	json_out_text(out, "gone", "");
	json_out_open_named(out, "a\"b");
	json_out_bool(out, "yes", true);
	json_out_bool(out, "no", false);
	json_out_close(out, '{');
	json_out_raw(out, "raw", raw);
	json_out_close(out, '{');
	g_assert_cmpstr(out->str, ==,
			"{\"empty\":[],\"list\":[{},-1,\"{\",\"x\"],\"a\\\"b\":{\"yes\":true,\"no\":false},"
			"\"raw\":[7]}");
	json_decref(load(out));
}

static void test_numbers(void)
{
	static const struct {
		double v;
		int decimals;
		const char *text;
	} cases[] = {
		{0, 0, "0"},
		{0, 1, "0.0"},
		{-0.04, 1, "0.0"},
		{-0.06, 1, "-0.1"},
		{0.05, 1, "0.1"},
		{86.1, 1, "86.1"},
		{71, 1, "71.0"},
		{-3, 1, "-3.0"},
		{9.99, 1, "10.0"},
		{34359738368.0, 0, "34359738368"},
		{1125899906842624.0, 0, "1125899906842624"},
		{1e15, 1, "1000000000000000.0"},
		{0.007, 3, "0.007"},
		{1e17, 0, NULL},
		{INFINITY, 0, NULL},
		{NAN, 1, NULL},
	};
	static const int64_t whole[] = {0, 7, -7, 10, INT64_MAX, INT64_MIN};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		json_out_num(out, NULL, cases[i].v, cases[i].decimals);
		g_assert_cmpstr(out->str, ==, cases[i].text ? cases[i].text : "");
	}
	for (gsize i = 0; i < G_N_ELEMENTS(whole); i++) {
		g_autoptr(GString) out = g_string_new("[");
		json_out_int(out, NULL, whole[i]);
		json_out_close(out, '[');
		json_t *o = load(out);
		g_assert_cmpint(json_integer_value(json_array_get(o, 0)), ==, whole[i]);
		json_decref(o);
	}
}

/* Every bound of the metric table survives the way there and back. */
static void test_metrics(void)
{
	for (int m = 0; m < M_COUNT; m++) {
		const struct metric_info *info = &metric_info[m];
		const double values[] = {info->min, info->max, (info->min + info->max) / 3};
		for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
			g_autoptr(GString) out = g_string_new("{");
			json_out_metric(out, info, values[i]);
			json_out_close(out, '{');
			json_t *o = load(out), *n = json_object_get(o, info->key);
			g_assert_true(info->decimals ? json_is_real(n) : json_is_integer(n));
			g_assert_cmpfloat_with_epsilon(json_number_value(n), values[i],
						       0.51 * pow(10, -info->decimals) +
							       fabs(values[i]) * 1e-15);
			json_decref(o);
		}
	}
}

/* Whatever bytes a name, a command line or a file system has: what is told is what text_clean() makes of it. */
static void test_text(void)
{
	static const char *const fixed[] = {"plain",        "\"",          "\\",       "\\\"\\",
					    "a\"b\\c",      "\033[2J\007", "\xff\xfe", "m\xc3\xa4\xc3\x9f",
					    "\xe2\x80\xae", "\x7f",        "</script>"};
	GRand *rand = g_rand_new_with_seed(7);

	for (guint i = 0; i < 3000; i++) {
		char bytes[40];
		gsize n = (gsize)g_rand_int_range(rand, 1, sizeof bytes);
		for (gsize k = 0; k < n; k++)
			bytes[k] = (char)(g_rand_boolean(rand) ? g_rand_int_range(rand, 1, 256)
							       : "\"\\a\n"[g_rand_int_range(rand, 0, 4)]);
		bytes[n] = '\0';
		const char *text = i < G_N_ELEMENTS(fixed) ? fixed[i] : bytes;
		g_autofree char *clean = text_clean(text, -1);
		g_autoptr(GString) out = g_string_new("{");
		json_out_text(out, "k", text);
		json_out_open_named(out, text);
		json_out_close(out, '{');
		json_out_close(out, '{');
		g_assert_null(strchr(out->str, '\n'));
		if (strcmp(clean, "k") == 0)
			continue;
		json_t *o = load(out);
		g_assert_cmpstr(json_string_value(json_object_get(o, "k")), ==, clean);
		g_assert_true(json_is_object(json_object_get(o, clean)));
		json_decref(o);
	}
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/json/shape", test_shape);
	g_test_add_func("/agent/json/numbers", test_numbers);
	g_test_add_func("/agent/json/metrics", test_metrics);
	g_test_add_func("/agent/json/text", test_text);
	return g_test_run();
}
