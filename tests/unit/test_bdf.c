/* test_bdf.c - every spelling of a PCI address, and what only looks like one. */
#include "config.h"
#include "lab/bdf.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text, *want; /* NULL: none */
} cases[] = {
	{"0000:21:00.0", "0000:21:00.0"},
	{"21:00.0", "0000:21:00.0"},
	{"3:0.0", "0000:03:00.0"},
	{"0000:0A:1F.7", "0000:0a:1f.7"},
	{"00000000:0A:00.0", "0000:0a:00.0"},
	{"10000:e1:00.0", "10000:e1:00.0"},
	{"fedcba98:e1:00.0", "fedcba98:e1:00.0"},
	{"", NULL},
	{"x", NULL},
	{"21:00", NULL},
	{"0000:3b:00", NULL},
	{"0000:21:20.0", NULL},
	{"0000:21:00.8", NULL},
	{"0000:121:00.0", NULL},
	{"0000:21:00.0x", NULL},
	{"21:00.0 ", NULL},
	{" 0000:3b:00.0", NULL},
	{"-1:00.0", NULL},
	{"-000:3b:00.0", NULL},
	{"0000:3b:.0", NULL},
	{"0000:21:00.", NULL},
	{"a:b:c:d.0", NULL},
	{":::.", NULL},
	{"100000000:3b:00.0", NULL},
	{"111111111111:21:00.0", NULL},
};

static void test_parse(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char out[BDF_SIZE] = "x";
		uint32_t domain;
		unsigned id;
		g_assert_cmpint(bdf_parse(cases[i].text, out), ==, cases[i].want != NULL);
		g_assert_cmpstr(out, ==, cases[i].want ? cases[i].want : "");
		g_assert_cmpint(bdf_split(cases[i].text, &domain, &id), ==, cases[i].want != NULL);
	}
}

static void test_split(void)
{
	uint32_t domain;
	unsigned id;
	g_assert_true(bdf_split("0001:3b:02.5", &domain, &id));
	g_assert_cmpuint(domain, ==, 1);
	g_assert_cmphex(id, ==, 0x3b15);
}

static void test_short(void)
{
	g_assert_cmpstr(bdf_short("0000:3b:00.0"), ==, "3b:00.0");
	g_assert_cmpstr(bdf_short("0001:3b:00.0"), ==, "0001:3b:00.0");
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/bdf/parse", test_parse);
	g_test_add_func("/bdf/split", test_split);
	g_test_add_func("/bdf/short", test_short);
	return g_test_run();
}
