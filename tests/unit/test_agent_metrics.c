/* test_agent_metrics.c - the driver's binary table in every revision, cut off, unset and below zero; throttle bits. */
#include "config.h"
#include "backends/gpu/gpu_metrics.h"

#include <string.h>

#include "tests/unit/unit.h"

#define MI50 0x66a1

static void put(uint8_t *blob, size_t at, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		blob[at + i] = (uint8_t)(v >> (8 * i));
}

/* A blob of a revision with nothing filled in. */
static void blank(uint8_t blob[4096], unsigned size, unsigned content)
{
	memset(blob, 0xff, 4096);
	put(blob, 0, 2, size);
	put(blob, 2, 1, 1);
	put(blob, 3, 1, content);
}

static void assert_value(const struct gpu_values *v, enum metric m, double want)
{
	g_assert_cmpint(v->m[m].state, ==, NUM_OK);
	g_assert_cmpfloat(v->m[m].v, ==, want);
	g_assert_cmpint(v->origin[m], ==, ORIGIN_GPU_METRICS);
}

static bool parse(const uint8_t *blob, size_t size, unsigned device, struct gpu_values *v)
{
	gpu_values_init(v, 1);
	return gpu_metrics_parse(blob, size, device, ORIGIN_GPU_METRICS, v);
}

static void test_vega20(void)
{
	uint8_t blob[4096];
	struct gpu_values v;

	blank(blob, 80, 0);
	put(blob, 16, 2, 71);
	put(blob, 18, 2, 84);
	put(blob, 20, 2, (uint16_t)-3);
	put(blob, 22, 2, 65);
	put(blob, 28, 2, 97);
	put(blob, 34, 2, 212);
	put(blob, 40, 2, 1500);
	put(blob, 56, 2, 971);
	put(blob, 68, 4, 1 << 2 | 1 << 13);
	put(blob, 74, 1, 16);
	g_assert_true(parse(blob, 80, MI50, &v));
	assert_value(&v, M_TEMP_EDGE_C, 71);
	assert_value(&v, M_TEMP_JUNCTION_C, 84);
	assert_value(&v, M_TEMP_MEM_C, -3);
	assert_value(&v, M_TEMP_VRGFX_C, 65);
	assert_value(&v, M_BUSY_PCT, 97);
	assert_value(&v, M_POWER_W, 212);
	assert_value(&v, M_SCLK_MHZ, 1500); /* no current value: the average */
	assert_value(&v, M_SOCCLK_MHZ, 971);
	assert_value(&v, M_PCIE_WIDTH, 16);
	g_assert_cmpint(v.m[M_MCLK_MHZ].state, ==, NUM_UNKNOWN);
	g_assert_cmpuint(v.throttle, ==, THROTTLE_THERMAL | THROTTLE_POWER_CAP);
	g_assert_cmpuint(v.throttle_bits, ==, 1 << 2 | 1 << 13);
}

static void test_later_revisions(void)
{
	static const struct {
		unsigned size, content;
	} cases[] = {{96, 1}, {104, 2}, {120, 3}};
	uint8_t blob[4096];
	struct gpu_values v;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		blank(blob, cases[i].size, cases[i].content);
		put(blob, 4, 2, 40);
		put(blob, 6, 2, 50);
		put(blob, 22, 2, 99);
		put(blob, 54, 2, 1200);
		put(blob, 74, 2, 8);
		g_assert_true(parse(blob, cases[i].size, 0x738c, &v));
		assert_value(&v, M_TEMP_EDGE_C, 40);
		assert_value(&v, M_TEMP_JUNCTION_C, 50);
		assert_value(&v, M_POWER_W, 99);
		assert_value(&v, M_SCLK_MHZ, 1200);
		assert_value(&v, M_PCIE_WIDTH, 8);
	}
}

static void test_refused(void)
{
	uint8_t blob[4096];
	struct gpu_values v;

	blank(blob, 80, 0);
	for (size_t cut = 0; cut < 80; cut++)
		g_assert_false(parse(blob, cut, MI50, &v));
	blank(blob, 79, 0); /* says that it is smaller than its revision */
	g_assert_false(parse(blob, 80, MI50, &v));
	blank(blob, 300, 4); /* MI300: another layout altogether */
	g_assert_false(parse(blob, 300, MI50, &v));
	blank(blob, 80, 0);
	put(blob, 2, 1, 2); /* an APU's */
	g_assert_false(parse(blob, 80, MI50, &v));
}

static void test_all_ones(void)
{
	uint8_t blob[4096];
	struct gpu_values v;

	for (unsigned content = 0; content < 4; content++) {
		blank(blob, 120, content);
		g_assert_true(parse(blob, 120, MI50, &v));
		for (int m = 0; m < M_COUNT; m++)
			g_assert_cmpint(v.m[m].state, ==, NUM_UNKNOWN);
		g_assert_cmpuint(v.throttle, ==, THROTTLE_UNKNOWN);
		g_assert_false(v.has_throttle_bits);
	}
}

static void test_hwmon_wins(void)
{
	uint8_t blob[4096];
	struct gpu_values v;

	blank(blob, 80, 0);
	put(blob, 16, 2, 30);
	gpu_values_init(&v, 1);
	gpu_values_put(&v, M_TEMP_EDGE_C, 71, ORIGIN_HWMON);
	gpu_values_fail(&v, M_POWER_W, NUM_DENIED, ORIGIN_HWMON);
	put(blob, 34, 2, 5);
	g_assert_true(gpu_metrics_parse(blob, 80, MI50, ORIGIN_GPU_METRICS, &v));
	g_assert_cmpfloat(v.m[M_TEMP_EDGE_C].v, ==, 71);
	g_assert_cmpint(v.origin[M_TEMP_EDGE_C], ==, ORIGIN_HWMON);
}

static void test_throttle(void)
{
	uint8_t blob[4096];
	struct gpu_values v;

	g_assert_cmpuint(throttle_of_vega20(0), ==, THROTTLE_NONE);
	for (unsigned bit = 1; bit <= 10; bit++)
		g_assert_cmpuint(throttle_of_vega20(1U << bit), ==, THROTTLE_THERMAL);
	g_assert_cmpuint(throttle_of_vega20(1U << 11 | 1U << 12), ==, THROTTLE_CURRENT);
	g_assert_cmpuint(throttle_of_vega20(1U << 13), ==, THROTTLE_POWER_CAP);
	g_assert_cmpuint(throttle_of_vega20(1U << 15), ==, THROTTLE_OTHER);
	g_assert_cmpuint(throttle_of_independent(UINT64_C(1) << 36), ==, THROTTLE_THERMAL);
	g_assert_cmpuint(throttle_of_independent(1), ==, THROTTLE_POWER_CAP);
	g_assert_cmpuint(throttle_of_independent(1 << 22), ==, THROTTLE_CURRENT);
	g_assert_cmpuint(throttle_of_independent(UINT64_C(1) << 57), ==, THROTTLE_OTHER);

	blank(blob, 96, 1); /* another chip: the bits are told, not what they mean */
	put(blob, 68, 4, 4);
	g_assert_true(parse(blob, 96, 0x738c, &v));
	g_assert_cmpuint(v.throttle, ==, THROTTLE_UNKNOWN);
	g_assert_true(v.has_throttle_bits);
	g_assert_cmpuint(v.throttle_bits, ==, 4);

	blank(blob, 120, 3);
	put(blob, 112, 8, UINT64_C(1) << 36);
	g_assert_true(parse(blob, 120, 0x738c, &v));
	g_assert_cmpuint(v.throttle, ==, THROTTLE_THERMAL);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/metrics/vega20", test_vega20);
	g_test_add_func("/agent/metrics/later-revisions", test_later_revisions);
	g_test_add_func("/agent/metrics/refused", test_refused);
	g_test_add_func("/agent/metrics/all-ones", test_all_ones);
	g_test_add_func("/agent/metrics/hwmon-wins", test_hwmon_wins);
	g_test_add_func("/agent/metrics/throttle", test_throttle);
	return g_test_run();
}
