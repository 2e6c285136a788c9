/* test_engine_parts.c - the pure parts under the engines: addresses, rates, Prometheus text, slots. */
#include "config.h"

#include "backends/engine/prom.h"
#include "backends/engine/rate.h"
#include "backends/engine/slots.h"
#include "backends/engine/url.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND 1000000

/* ---- addresses ---- */

static void test_url_forms(void)
{
	static const struct {
		const char *text, *base;
		bool loopback;
	} cases[] = {
		{"mi50-a", "http://mi50-a:11434", false},
		{"mi50-a:8080", "http://mi50-a:8080", false},
		{" 10.0.0.7 ", "http://10.0.0.7:11434", false},
		{":8000", "http://127.0.0.1:8000", true},
		{"0.0.0.0:11434", "http://127.0.0.1:11434", true},
		{"0.0.0.0", "http://127.0.0.1:11434", true},
		{"[::]:11434", "http://[::1]:11434", true},
		{"[fe80::1]", "http://[fe80::1]:11434", false},
		{"fe80::1%eth0", "http://[fe80::1%25eth0]:11434", false},
		{"[fe80::1%eth0]:5", "http://[fe80::1%25eth0]:5", false},
		{"https://[fe80::1%25eth0]/v1", "https://[fe80::1%25eth0]:443", false},
		{"fd00::7", "http://[fd00::7]:11434", false},
		{"::1", "http://[::1]:11434", true},
		{"http://host", "http://host:80", false},
		{"https://Host/", "https://host:443", false},
		{"http://localhost:1234/v1/", "http://localhost:1234", true},
		{"http://proxy/ollama/", "http://proxy:80/ollama", false},
		{"http://user@host:1", "http://host:1", false},
		{"http://127.1.2.3:9", "http://127.1.2.3:9", true},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct engine_url u;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].text);
		g_assert_true(engine_url_parse(cases[i].text, 11434, &u, &error));
		g_assert_cmpstr(u.base, ==, cases[i].base);
		g_assert_cmpint(u.loopback, ==, cases[i].loopback);
		engine_url_clear(&u);
	}
}

static void test_url_refused(void)
{
	static const char *const cases[] = {
		"",
		"  ",
		"ftp://h",
		"http://",
		"http://h:99999",
		"http://h/?key=x",
		"file:///etc/passwd",
		"http://a b",
		"http://u:geheim@h",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct engine_url u;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i]);
		g_assert_false(engine_url_parse(cases[i], 11434, &u, &error));
		g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
		g_assert_null(strstr(error->message, "geheim"));
		engine_url_clear(&u);
	}
}

/* ---- rates ---- */

static void expect(struct num n, double v)
{
	g_assert_true(num_known(n));
	g_assert_cmpfloat_with_epsilon(n.v, v, 1e-9);
}

static void test_rate(void)
{
	struct rate r = {0};
	g_assert_false(num_known(rate_step(&r, num_of(100), 1 * SECOND)));
	expect(rate_step(&r, num_of(200), 3 * SECOND), 50);
	expect(rate_step(&r, num_of(200), 5 * SECOND), 0);
	/* restarted: a gap, then from the new start */
	g_assert_false(num_known(rate_step(&r, num_of(10), 7 * SECOND)));
	expect(rate_step(&r, num_of(30), 9 * SECOND), 10);
	/* not told for once: a gap too */
	g_assert_false(num_known(rate_step(&r, num_none(NUM_UNKNOWN), 11 * SECOND)));
	g_assert_false(num_known(rate_step(&r, num_of(1000), 13 * SECOND)));
}

/* One token every four seconds is a rate, not a row of zeros and spikes. */
static void test_rate_slow_engine(void)
{
	struct rate r = {0};
	rate_step(&r, num_of(0), 0 * SECOND);
	expect(rate_step(&r, num_of(0), 2 * SECOND), 0);
	expect(rate_step(&r, num_of(1), 4 * SECOND), 0);
	expect(rate_step(&r, num_of(2), 8 * SECOND), 0);
	expect(rate_step(&r, num_of(3), 10 * SECOND), 3.0 / 8);
	expect(rate_step(&r, num_of(4), 12 * SECOND), 3.0 / 8);
	expect(rate_step(&r, num_of(4), 20 * SECOND), 1.0 / 10);
}

/* FC-089: no division by nothing, no nonsense shown. */
static void test_rate_guards(void)
{
	struct rate r = {0};
	rate_step(&r, num_of(5), 7);
	g_assert_false(num_known(rate_step(&r, num_of(50), 7)));
	g_assert_false(num_known(rate_step(&r, num_of(50), 6)));
	g_assert_false(num_known(rate_step(&r, num_of(INFINITY), 9 * SECOND)));
	g_assert_false(num_known(rate_step(&r, num_of(NAN), 9 * SECOND)));
	g_assert_false(num_known(rate_step(&r, num_of(-1), 9 * SECOND)));
	g_assert_false(num_known(num_ratio(num_of(1), num_of(0))));
	g_assert_false(num_known(num_ratio(num_of(1), num_of(-1))));
	g_assert_false(num_known(num_ratio(num_of(1), num_none(NUM_UNKNOWN))));
	g_assert_false(num_known(num_ratio(num_of(1e308), num_of(1e-308))));
	g_assert_false(num_known(num_ratio(num_of(0), num_of(NAN))));
	expect(num_ratio(num_of(3), num_of(4)), 0.75);
}

/* ---- Prometheus ---- */

struct seen {
	GString *text;
	size_t samples;
};

static void note(void *data, const struct prom_sample *s)
{
	struct seen *seen = data;
	char label[32] = "-";
	prom_label(s, "m", label, sizeof label);
	if (seen->samples++ < 100)
		g_string_append_printf(seen->text, "%.*s %s %g;", (int)s->name_len, s->name, label, s->value);
}

static void check_page(const char *page, const char *want, size_t want_bad)
{
	struct seen seen = {.text = g_string_new(NULL)};
	size_t bad = prom_read(page, strlen(page), note, &seen);
	g_assert_cmpstr(seen.text->str, ==, want);
	g_assert_cmpuint(bad, ==, want_bad);
	g_string_free(seen.text, TRUE);
}

static void test_prom_forms(void)
{
	check_page("# HELP a b\n# TYPE a counter\na 1\n# TYPE a gauge\na{m=\"x\"} 2 1700000000000\n# EOF\n",
		   "a - 1;a x 2;", 0);
	check_page("v:a_b 1e+06", "v:a_b - 1e+06;", 0); /* no newline at the end */
	check_page("a{m=\"}\",n=\",\"} 1\r\n\r\na{n=\"m=\",m=\"q\\\"\\\\\\nz\",} +Inf\n",
		   "a } 1;a q\"\\\nz inf;", 0);
	check_page("a NaN\na -Inf\n", "a - nan;a - -inf;", 0);
	check_page("a_bucket{le=\"0.1\",m=\"x\"} 3 # {trace=\"1\"} 0.05\n", "a_bucket x 3;", 0);
	check_page("  a   {m = \"x\"}   5  \n", "a x 5;", 0);
	check_page("", "", 0);
}

static void test_prom_nonsense(void)
{
	check_page("a\nb \nc x\nd 1x\ne{m=\"1 2\nf{m=\"1\" 2\n{} 3\n\x01 4\ng 5\n", "g - 5;", 8);
	check_page("<html>\n<body class=\"x\">\n</html>\nok 1\n", "ok - 1;", 3);
	check_page("a 11111111111111111111111111111111111111111111111111111111111111111111111\nb 1\n",
		   "b - 1;", 1);
}

/* FC-092: many series cost time in proportion and no memory. */
static void test_prom_many(void)
{
	GString *page = g_string_new(NULL);
	struct seen seen = {.text = g_string_new(NULL)};
	for (int i = 0; i < 100000; i++)
		g_string_append_printf(page, "python_gc{generation=\"%d\"} %d\n", i, i);
	g_assert_cmpuint(prom_read(page->str, page->len, note, &seen), ==, 0);
	g_assert_cmpuint(seen.samples, ==, 100000);
	g_string_free(page, TRUE);
	g_string_free(seen.text, TRUE);
}

/* ---- slots ---- */

static struct slot_sums read_text(struct slots *s, const char *text, int64_t at_us)
{
	struct slot_sums sums;
	json_t *array = json_loads(text, 0, NULL);
	g_assert_nonnull(array);
	slots_read(s, array, at_us, &sums);
	json_decref(array);
	return sums;
}

static void test_slots_rate(void)
{
	struct slots *s = slots_new();
	struct slot_sums sums = read_text(s, "[{\"id\":0,\"n_ctx\":100,\"is_processing\":false}]", 0);
	expect(sums.per_second, 0);
	expect(sums.tokens, 0);
	/* a task's first reading gives no rate */
	sums = read_text(s,
			 "[{\"id\":0,\"n_ctx\":100,\"is_processing\":true,\"id_task\":5,\"n_prompt_tokens\":"
			 "50,\"n_prompt_tokens_"
			 "processed\":20,\"next_token\":[{\"n_decoded\":10}]}]",
			 2 * SECOND);
	g_assert_false(num_known(sums.per_second));
	g_assert_true(sums.partial);
	expect(sums.tokens, 50);
	expect(sums.context, 100);
	/* the older form of next_token is the same figure */
	sums = read_text(s,
			 "[{\"id\":0,\"n_ctx\":100,\"is_processing\":true,\"id_task\":5,\"n_prompt_tokens_"
			 "processed\":30,\"next_token\":"
			 "{\"n_decoded\":30}}]",
			 4 * SECOND);
	expect(sums.per_second, 10);
	expect(sums.prompt_per_second, 5);
	g_assert_false(sums.partial);
	/* another task in the same slot, one more slot with the same task */
	sums = read_text(
		s, "[{\"id\":0,\"is_processing\":true,\"id_task\":6,\"next_token\":[{\"n_decoded\":90}]}]",
		6 * SECOND);
	g_assert_false(num_known(sums.per_second));
	sums = read_text(
		s,
		"[{\"id\":0,\"is_processing\":true,\"id_task\":6,\"next_token\":[{\"n_decoded\":96}]},"
		"{\"id\":1,\"is_processing\":true,\"id_task\":7,\"next_token\":[{\"n_decoded\":1}]}]",
		8 * SECOND);
	expect(sums.per_second, 3);
	g_assert_true(sums.partial);
	g_assert_cmpint(sums.busy, ==, 2);
	slots_free(s);
}

/* Slots may differ: what one may use at most is not what all of them have. */
static void test_slots_context(void)
{
	struct slots *s = slots_new();
	struct slot_sums sums = read_text(s, "[{\"n_ctx\":100},{\"n_ctx\":300},{\"n_ctx\":200},{}]", 0);
	expect(sums.context, 600);
	expect(sums.largest, 300);
	sums = read_text(s, "[{},{\"n_ctx\":\"x\"}]", SECOND);
	g_assert_false(num_known(sums.largest));
	slots_free(s);
}

static void test_slots_nonsense(void)
{
	struct slots *s = slots_new();
	struct slot_sums sums = read_text(s,
					  "[1,null,[],{\"id\":\"x\",\"is_processing\":true,\"next_token\":[]}"
					  ",{\"is_processing\":true,\"next_token\":7}]",
					  SECOND);
	g_assert_cmpint(sums.busy, ==, 2);
	g_assert_false(num_known(sums.per_second));
	sums = read_text(s, "[]", 2 * SECOND);
	g_assert_cmpint(sums.total, ==, 0);
	slots_free(s);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv);
	g_test_add_func("/engine/url/forms", test_url_forms);
	g_test_add_func("/engine/url/refused", test_url_refused);
	g_test_add_func("/engine/rate/counter", test_rate);
	g_test_add_func("/engine/rate/slow-engine", test_rate_slow_engine);
	g_test_add_func("/engine/rate/guards", test_rate_guards);
	g_test_add_func("/engine/prom/forms", test_prom_forms);
	g_test_add_func("/engine/prom/nonsense", test_prom_nonsense);
	g_test_add_func("/engine/prom/many", test_prom_many);
	g_test_add_func("/engine/slots/rate", test_slots_rate);
	g_test_add_func("/engine/slots/context", test_slots_context);
	g_test_add_func("/engine/slots/nonsense", test_slots_nonsense);
	return g_test_run();
}
