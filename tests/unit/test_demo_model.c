/* test_demo_model.c - the physics and the people of the built-in lab. */
#include "config.h"
#include "backends/demo/sim.h"

#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static const struct thermal_card card = {
	.idle_w = 20,
	.busy_w = 160,
	.cap_w = 225,
	.sink_c_per_w = 0.2,
	.sink_j_per_c = 900,
	.edge_c_per_w = 0.06,
	.junction_c_per_w = 0.09,
	.mem_c_per_w = 0.07,
	.slow_at_c = 85,
	.junction_limit_c = 100,
	.mem_limit_c = 94,
	.sclk_idle_mhz = 930,
	.sclk_max_mhz = 1725,
};

static struct thermal settled(double busy, double air_c, double stream)
{
	struct thermal th;
	struct thermal_inputs in = {.busy = busy, .air_c = air_c, .stream = stream};
	thermal_settle(&th, &card, &in);
	return th;
}

static void test_steady_state(void)
{
	struct thermal th = settled(0.5, 24, 1);
	/* 20 W + half of 160 W over 0.2 °C/W above 24 °C */
	g_assert_cmpfloat_with_epsilon(th.power_w, 100, 0.01);
	g_assert_cmpfloat_with_epsilon(th.sink_c, 24 + 100 * 0.2, 0.05);
	g_assert_cmpfloat_with_epsilon(th.junction_c, 24 + 100 * 0.29, 0.05);
	g_assert_cmpfloat_with_epsilon(th.edge_c, 24 + 100 * 0.26, 0.05);
}

static void test_directions(void)
{
	g_assert_cmpfloat(settled(0.9, 24, 1).junction_c, >, settled(0.3, 24, 1).junction_c);
	g_assert_cmpfloat(settled(0.5, 24, 0.4).junction_c, >, settled(0.5, 24, 1).junction_c);
	g_assert_cmpfloat(settled(0.5, 30, 1).junction_c, >, settled(0.5, 24, 1).junction_c);
	g_assert_cmpfloat(settled(0, 24, 0).junction_c, <, 120); /* no air at all is still no furnace */
}

/* The curve may not depend on how often it is looked at. */
static void test_step_length(void)
{
	struct thermal coarse = settled(0, 24, 1), fine = coarse;
	struct thermal_inputs in = {.busy = 0.6, .air_c = 24, .stream = 1};
	for (int i = 0; i < 60; i++)
		thermal_step(&coarse, &card, &in, 1);
	for (int i = 0; i < 600; i++)
		thermal_step(&fine, &card, &in, 0.1);
	g_assert_cmpfloat_with_epsilon(coarse.sink_c, fine.sink_c, 0.01);
	g_assert_cmpfloat_with_epsilon(coarse.junction_c, fine.junction_c, 0.6);
	/* one time constant (900 J/°C x 0.2 °C/W = 180 s) later, 63 % of the way */
	for (int i = 0; i < 120; i++)
		thermal_step(&coarse, &card, &in, 1);
	double start = 24 + 20 * 0.2, end = 24 + 116 * 0.2;
	g_assert_cmpfloat_with_epsilon((coarse.sink_c - start) / (end - start), 0.632, 0.005);
}

static void test_throttle(void)
{
	struct thermal cool = settled(0.95, 24, 1), hot = settled(0.95, 24, 0.35);
	g_assert_cmpfloat(cool.slowed, ==, 0);
	g_assert_cmpfloat(hot.slowed, >, 0.1);
	g_assert_cmpfloat(hot.sclk_mhz, <, cool.sclk_mhz * 0.9);
	g_assert_cmpfloat(hot.power_w, <, cool.power_w);
	g_assert_cmpfloat(hot.mem_c, <, card.mem_limit_c + 1);
	/* and back, once the air is */
	struct thermal_inputs in = {.busy = 0.95, .air_c = 24, .stream = 1};
	for (int i = 0; i < 1200; i++)
		thermal_step(&hot, &card, &in, 1);
	g_assert_cmpfloat(hot.slowed, ==, 0);
}

static void run_to(struct sim *s, uint32_t seed, int64_t second)
{
	sim_init(s, seed);
	while (s->second < second)
		sim_step(s);
}

static void test_story(void)
{
	struct sim s;
	run_to(&s, 1, 240);
	g_assert_cmpfloat(s.card[CARD_83].junction_c, <, 80);
	g_assert_cmpfloat(s.card[CARD_83].junction_c, >, s.card[CARD_C3].junction_c);
	run_to(&s, 1, 600);
	g_assert_cmpfloat(s.fan_rpm[0][2], <, 1400);
	g_assert_cmpfloat(s.card[CARD_83].junction_c, >, 85);
	g_assert_cmpfloat(s.card[CARD_83].slowed, >, 0.05);
	g_assert_cmpfloat(s.card[CARD_03].junction_c, <, 76);
	g_assert_cmpfloat(s.card[CARD_03].slowed, ==, 0);
	g_assert_true(sim_vllm_silent(600));
	g_assert_false(sim_vllm_silent(588));
	g_assert_false(sim_vllm_silent(650));
}

/* Whatever the seed, the story is the same and nothing leaves what hardware can do. */
static void test_every_seed(void)
{
	for (uint32_t seed = 0; seed < 20; seed++) {
		struct sim s;
		sim_init(&s, seed);
		while (s.second < 3600) {
			sim_step(&s);
			for (int i = 0; i < CARD_COUNT; i++) {
				g_assert_cmpfloat(s.card[i].junction_c, >, 20);
				g_assert_cmpfloat(s.card[i].junction_c, <, 101);
				g_assert_cmpfloat(s.card[i].power_w, <, 301);
				g_assert_cmpfloat(s.busy[i], >=, 0);
				g_assert_cmpfloat(s.busy[i], <=, 1);
			}
			if (s.second == 600)
				g_assert_cmpfloat(s.card[CARD_83].mem_c, >, 80);
		}
	}
}

static void test_repeatable(void)
{
	struct sim a, b, other;
	run_to(&a, 7, 333);
	run_to(&b, 7, 333);
	run_to(&other, 8, 333);
	g_assert_cmpfloat(a.card[CARD_03].junction_c, ==, b.card[CARD_03].junction_c);
	g_assert_cmpfloat(a.load[LOAD_DESK].level, ==, b.load[LOAD_DESK].level);
	g_assert_cmpfloat(a.llama_tokens_s, ==, b.llama_tokens_s);
	g_assert_cmpfloat(a.load[LOAD_DESK].level, !=, other.load[LOAD_DESK].level);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/demo/thermal/steady-state", test_steady_state);
	g_test_add_func("/demo/thermal/directions", test_directions);
	g_test_add_func("/demo/thermal/step-length", test_step_length);
	g_test_add_func("/demo/thermal/throttle", test_throttle);
	g_test_add_func("/demo/sim/story", test_story);
	g_test_add_func("/demo/sim/every-seed", test_every_seed);
	g_test_add_func("/demo/sim/repeatable", test_repeatable);
	return g_test_run();
}
