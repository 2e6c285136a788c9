/* Numbers, ages and columns: what is shown, and that unknown is never 0. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/format.h"
#include "tui/layout.h"
#include "tui/role.h"

static void test_num(void)
{
	char b[FORMAT_SIZE];
	g_assert_cmpstr(format_num(b, num_of(86.4), 0, "°C", false), ==, "86°C");
	g_assert_cmpstr(format_num(b, num_of(1380), 0, " MHz", false), ==, "1,380 MHz");
	g_assert_cmpstr(format_num(b, num_of(-1234567.25), 2, "", false), ==, "-1,234,567.25");
	g_assert_cmpstr(format_num(b, num_of(0), 0, " W", false), ==, "0 W");
	g_assert_cmpstr(format_num(b, num_of(-0.0), 0, "", false), ==, "0");
	g_assert_cmpstr(format_num(b, num_of(61), 0, "°C", true), ==, "~61°C");
	g_assert_cmpstr(format_num(b, num_none(NUM_UNKNOWN), 0, " W", false), ==, "-");
	g_assert_cmpstr(format_num(b, num_none(NUM_DENIED), 0, " W", false), ==, "root?");
	g_assert_cmpstr(format_num(b, num_none(NUM_BAD), 0, " W", false), ==, "?");
	g_assert_cmpstr(format_num(b, num_none(NUM_BUSY), 0, " W", false), ==, "-");
	g_assert_cmpstr(format_num(b, (struct num){90, NUM_BUSY}, 0, "%", false), ==, "~90%");
	g_assert_cmpint(format_num_role(num_none(NUM_UNKNOWN), false, ROLE_TEXT), ==, ROLE_DIM);
	g_assert_cmpint(format_num_role(num_none(NUM_BAD), false, ROLE_TEXT), ==, ROLE_UNKNOWN);
	g_assert_cmpint(format_num_role(num_of(1), true, ROLE_TEXT), ==, ROLE_STALE);
	g_assert_cmpint(format_num_role(num_of(1), false, ROLE_WARN), ==, ROLE_WARN);
	g_assert_cmpint(format_num_role((struct num){1, NUM_BUSY}, false, ROLE_WARN), ==,
			num_known((struct num){1, NUM_BUSY}) ? ROLE_STALE : ROLE_DIM);
	g_assert_cmpstr(format_num(b, num_of(5410), 0, "", false), ==, "5,410");
	g_assert_cmpstr(format_num(b, num_of(-999), 0, "", false), ==, "-999");
}

/* As printf says it, also where a value only looks like a half. */
static void test_rounding(void)
{
	static const double values[] = {0.5, 1.5, 2.5, 0.25, 0.35, 1.005, 2.675, 0.125, 99.95, 0.05};
	char b[FORMAT_SIZE], want[64];
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	for (int i = 0; i < 20000; i++) {
		double v = i < (int)G_N_ELEMENTS(values) ? values[i]
							 : g_rand_int_range(rand, 0, 999000) / 1000.0;
		for (int decimals = 0; decimals <= 3; decimals++) {
			g_snprintf(want, sizeof want, "%.*f", decimals, v);
			g_assert_cmpstr(format_num(b, num_of(v), decimals, "", false), ==, want);
		}
	}
	g_assert_cmpstr(format_num(b, num_of(1e9 + 0.5), 0, "", false), ==, "1,000,000,000");
	g_assert_cmpstr(format_num(b, num_of(-0.3), 0, "", false), ==, "0");
	g_assert_cmpstr(format_num(b, num_of(-0.3), 1, "", false), ==, "-0.3");
	g_assert_cmpstr(format_num(b, num_of(1e300), 0, " W", false), ==, "1e+300 W");
	g_assert_cmpstr(format_num(b, num_of(999999999999999), 0, "", false), ==, "999,999,999,999,999");
}

static void test_bytes(void)
{
	const double gib = 1024.0 * 1024 * 1024;
	char b[FORMAT_SIZE];
	g_assert_cmpstr(format_bytes(b, num_of(0)), ==, "0B");
	g_assert_cmpstr(format_bytes(b, num_of(1023)), ==, "1.0K");
	g_assert_cmpstr(format_bytes(b, num_of(512 * 1024)), ==, "512K");
	g_assert_cmpstr(format_bytes(b, num_of(39.6 * gib)), ==, "39.6G");
	g_assert_cmpstr(format_bytes(b, num_of(999.6 * 1024)), ==, "1.0M");
	g_assert_cmpstr(format_bytes(b, num_of(99.97 * gib)), ==, "100G");
	g_assert_cmpstr(format_bytes(b, num_of(212 * gib)), ==, "212G");
	g_assert_cmpstr(format_bytes(b, num_none(NUM_UNKNOWN)), ==, "-");
	g_assert_cmpstr(format_gib(b, num_of(15.84 * gib), 1), ==, "15.8");
	g_assert_cmpstr(format_used_of(b, num_of(16 * gib), num_of(32 * gib)), ==, "16/32G");
	g_assert_cmpstr(format_used_of(b, num_none(NUM_UNKNOWN), num_of(32 * gib)), ==, "-/32G");
	g_assert_cmpstr(format_used_of(b, num_of(gib / 8), num_of(gib / 2)), ==, "128/512M");
	g_assert_cmpstr(format_size(b, num_of(32 * gib)), ==, "32 GiB");
	g_assert_cmpstr(format_size(b, num_of(gib)), ==, "1 GiB");
	g_assert_cmpstr(format_size(b, num_of(gib / 4)), ==, "256 MiB");
	g_assert_cmpstr(format_size(b, num_of(0)), ==, "0 GiB");
	g_assert_cmpstr(format_size(b, num_none(NUM_UNKNOWN)), ==, "-");
	g_assert_cmpstr(format_id(b, num_of(1216)), ==, "1216");
	g_assert_cmpstr(format_id(b, num_none(NUM_UNKNOWN)), ==, "-");
	g_assert_cmpstr(format_used_of(b, num_none(NUM_DENIED), num_none(NUM_UNKNOWN)), ==, "root?");
}

static void test_time(void)
{
	char b[FORMAT_SIZE];
	g_assert_cmpstr(format_age(b, -1), ==, "-");
	g_assert_cmpstr(format_age(b, 0), ==, "0s");
	g_assert_cmpstr(format_age(b, 59999), ==, "59s");
	g_assert_cmpstr(format_age(b, 60000), ==, "1m");
	g_assert_cmpstr(format_age(b, 26 * 3600 * 1000LL), ==, "26h");
	g_assert_cmpstr(format_age(b, 8 * 24 * 3600 * 1000LL), ==, "8d");
	g_assert_cmpstr(format_age(b, 999 * 24 * 3600 * 1000LL), ==, "999d");
	g_assert_cmpstr(format_age(b, 1000 * 24 * 3600 * 1000LL), ==, "2.7y");
	g_assert_cmpstr(format_duration(b, 3653 * 24 * 3600 * 1000LL), ==, "10.0 y");
	g_assert_cmpstr(format_duration(b, 4 * 60 * 1000), ==, "4 min");
	g_assert_cmpstr(format_clock(b, 1767255000000), ==, "08:10");
	g_assert_cmpstr(format_clock_s(b, 1767255000000), ==, "08:10:00");
	g_assert_cmpstr(format_day(b, 1767255000000, 1767254400000), ==, "1 Jan 08:10");
	g_assert_cmpstr(format_day(b, 1767254400000 - 24 * 3600 * 1000LL, 1767254400000), ==, "31 Dec 2025");
	g_assert_cmpstr(format_day(b, 0, 1767254400000), ==, "-");
	g_assert_cmpstr(format_clock(b, 0), ==, "-");
	g_assert_cmpstr(format_bdf("0000:83:00.0"), ==, "83:00.0");
	g_assert_cmpstr(format_bdf("0001:83:00.0"), ==, "0001:83:00.0");
}

static void test_columns(void)
{
	static const struct column_want want[] = {
		{.min = 6, .ideal = 10, .priority = 0},
		{.min = 5, .ideal = 5, .priority = 1},
		{.min = 4, .ideal = 20, .priority = 2, .grows = true},
		{.min = 5, .ideal = 5, .priority = 1},
	};
	static const struct {
		int width, out[4], used;
	} cases[] = {
		{60, {10, 5, 37, 5}, 60}, {43, {10, 5, 20, 5}, 43}, {30, {10, 5, 7, 5}, 30},
		{22, {10, 5, 0, 5}, 22},  {17, {10, 5, 0, 0}, 16},  {12, {6, 5, 0, 0}, 12},
		{11, {10, 0, 0, 0}, 10},  {4, {4, 0, 0, 0}, 4},     {0, {0, 0, 0, 0}, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		int out[4];
		g_test_message("width %d", cases[i].width);
		g_assert_cmpint(layout_columns(want, 4, cases[i].width, out), ==, cases[i].used);
		for (int k = 0; k < 4; k++)
			g_assert_cmpint(out[k], ==, cases[i].out[k]);
	}
}

/* What matters less is given up before a column falls below what is good; then all go down to their least. */
static void test_good(void)
{
	static const struct column_want want[] = {{.min = 4, .ideal = 4},
						  {.min = 3, .good = 8, .ideal = 10, .priority = 1},
						  {.min = 5, .ideal = 5, .priority = 2}};
	static const struct {
		int width, out[3];
	} cases[] = {{21, {4, 10, 5}}, {19, {4, 8, 5}}, {18, {4, 10, 0}},
		     {14, {4, 9, 0}},  {9, {4, 4, 0}},  {7, {4, 0, 0}}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		int out[3];
		g_test_message("width %d", cases[i].width);
		layout_columns(want, 3, cases[i].width, out);
		for (int k = 0; k < 3; k++)
			g_assert_cmpint(out[k], ==, cases[i].out[k]);
	}
}

/* A growing column stops at its most; what is left then is nobody's, or another's that grows. */
static void test_most(void)
{
	static const struct column_want want[] = {{.min = 4, .ideal = 6, .grows = true, .most = 10},
						  {.min = 4, .ideal = 4, .grows = true},
						  {.min = 2, .ideal = 2}};
	int out[3];
	g_assert_cmpint(layout_columns(want, 1, 40, out), ==, 10);
	g_assert_cmpint(layout_columns(want, 3, 40, out), ==, 40);
	g_assert_cmpint(out[0], ==, 10);
	g_assert_cmpint(out[1], ==, 26);
}

static void test_rects(void)
{
	struct rect r = rect_of(0, 0, 10, 5);
	struct rect top = rect_cut_top(&r, 2), right = rect_cut_right(&r, 4), all = rect_cut_bottom(&r, 99);
	g_assert_cmpint(top.h, ==, 2);
	g_assert_cmpint(right.x, ==, 6);
	g_assert_cmpint(all.h, ==, 3);
	g_assert_cmpint(all.y, ==, 2);
	g_assert_cmpint(r.h, ==, 0);
	g_assert_cmpint(rect_intersect(rect_of(0, 0, 5, 5), rect_of(7, 0, 5, 5)).w, ==, 0);
	static const struct part_want parts[] = {{5, 1}, {3, 2}, {4, 1}};
	int out[3];
	layout_parts(parts, 3, 20, out);
	g_assert_cmpint(out[0] + out[1] + out[2], ==, 20);
	g_assert_cmpint(out[1], >, out[2]);
	layout_parts(parts, 3, 9, out);
	g_assert_cmpint(out[2], ==, 0);
	g_assert_cmpint(out[0] + out[1], ==, 9);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/layout/good", test_good);
	g_test_add_func("/format/num", test_num);
	g_test_add_func("/format/rounding", test_rounding);
	g_test_add_func("/format/bytes", test_bytes);
	g_test_add_func("/format/time", test_time);
	g_test_add_func("/layout/columns", test_columns);
	g_test_add_func("/layout/most", test_most);
	g_test_add_func("/layout/rects", test_rects);
	return g_test_run();
}
