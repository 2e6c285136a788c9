/* test_heat.c - rings, the rule of "slowed by heat", and where a temperature is going. */
#include "config.h"
#include "lab/heat.h"

#include "lab/trend.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

#define S 1000000000LL

/* ---- rings ----------------------------------------------------------------------------------------------------------- */

static void test_ring(void)
{
	struct ring r = {0};
	float out[5];
	g_assert_true(isnan(ring_newest(&r)));
	ring_sample(&r, 10 * S, 4000, out, 5);
	g_assert_true(isnan(out[0]) && isnan(out[4]));
	ring_add(&r, 10 * S, 1000, 1);
	ring_add(&r, 11 * S, 1000, 2);
	ring_add(&r, 11 * S + S / 4, 1000, 3); /* within a step: replaces */
	ring_add(&r, 14 * S, 1000, 6);         /* two seconds without a word */
	g_assert_cmpint(r.n, ==, 5);
	ring_sample(&r, 14 * S, 4000, out, 5);
	g_assert_cmpfloat((double)out[0], ==, 1);
	g_assert_cmpfloat((double)out[1], ==, 3);
	g_assert_true(isnan(out[2]) && isnan(out[3]));
	g_assert_cmpfloat((double)out[4], ==, 6);
	ring_sample(&r, 16 * S, 4000, out, 5); /* the plot goes on, the source does not */
	g_assert_true(isnan(out[3]) && isnan(out[4]));
	g_assert_cmpfloat((double)out[2], ==, 6);
	ring_add(&r, 12 * S, 1000, 99); /* the past is not rewritten */
	g_assert_cmpfloat(ring_newest(&r), ==, 6);
	ring_add(&r, 20 * S, 2000, 7); /* another pace begins anew */
	g_assert_cmpint(r.n, ==, 1);
	ring_clear(&r);
	g_assert_null(r.v);
}

/* A source of one a second that jitters, from whatever phase, leaves no holes. */
static void test_ring_jitter(void)
{
	struct ring r = {0};
	int gaps = 0;
	for (int i = 0; i < 600; i++)
		ring_add(&r, 5 * S + S / 2 + i * S + (i * 7919 % 600 - 300) * (S / 1000), 1000, i);
	for (int i = 0; i < r.n; i++)
		gaps += isnan(r.v[i]);
	g_assert_cmpint(gaps, ==, 0);
	g_assert_cmpint(r.n, ==, 600);
	ring_clear(&r);
}

static void test_ring_wraps(void)
{
	struct ring r = {0};
	float out[3];
	for (int i = 0; i < RING_SIZE + 100; i++)
		ring_add(&r, i * S, 1000, i);
	g_assert_cmpint(r.n, ==, RING_SIZE);
	ring_sample(&r, (RING_SIZE + 99) * S, 2000, out, 3);
	g_assert_cmpfloat((double)out[0], ==, RING_SIZE + 97);
	g_assert_cmpfloat((double)out[2], ==, RING_SIZE + 99);
	ring_clear(&r);
}

/* ---- the rule ---------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *what;
	unsigned throttle;
	double junction, sclk, busy, power; /* NAN: not told */
	bool slows;
} rules[] = {
	{"bit and near its limit", THROTTLE_THERMAL, 100, 1725, 95, 150, true},
	{"bit and clock held down", THROTTLE_THERMAL, 86, 1380, 90, 140, true},
	{"bit, low clock, not quite busy", THROTTLE_THERMAL, 86, 1380, 79, 140, false},
	{"bit, and a clock nearly at its highest", THROTTLE_THERMAL, 86, 1600, 90, 140, false},
	{"a bit that is always set", THROTTLE_THERMAL, 60, 1725, 95, 150, false},
	{"bit, low clock, nothing to do", THROTTLE_THERMAL, 60, 930, 10, 20, false},
	{"bit, low clock, but at the power cap", THROTTLE_THERMAL, 70, 1380, 95, 224, false},
	{"hot without a bit", 0, 103, 1380, 95, 150, false},
	{"power cap alone", THROTTLE_POWER_CAP, 103, 1380, 95, 224, false},
	{"nobody knows", THROTTLE_UNKNOWN | THROTTLE_THERMAL, 103, 1380, 95, 150, false},
	{"bit, and nothing else is told", THROTTLE_THERMAL, NAN, NAN, NAN, NAN, false},
	{"bit, clock held down, power not told", THROTTLE_THERMAL, NAN, 1380, 95, NAN, true},
};

static struct num num_or_none(double v)
{
	return isnan(v) ? num_none(NUM_UNKNOWN) : num_of(v);
}

static void test_rule(void)
{
	struct gpu_row card = {0};
	card.limit[LIM_TEMP_JUNCTION_CRIT_C] = num_of(105);
	card.limit[LIM_SCLK_MAX_MHZ] = num_of(1725);
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		struct gpu_sample s = {.throttle = rules[i].throttle};
		s.metric[M_TEMP_JUNCTION_C] = num_or_none(rules[i].junction);
		s.metric[M_SCLK_MHZ] = num_or_none(rules[i].sclk);
		s.metric[M_BUSY_PCT] = num_or_none(rules[i].busy);
		s.metric[M_POWER_W] = num_or_none(rules[i].power);
		s.metric[M_POWER_CAP_W] = num_of(225);
		g_test_message("%s", rules[i].what);
		g_assert_cmpint(heat_slows(&card, &s), ==, rules[i].slows);
	}
}

/* What SLOWED says: thermal only by the rule, the other reasons as the card tells them; a cap of 0 explains nothing. */
static void test_slowed(void)
{
	struct gpu_row card = {0};
	struct gpu_sample s = {.throttle = THROTTLE_THERMAL | THROTTLE_POWER_CAP};
	struct lab_gpu gpu = {.row = &card, .sample = &s};
	card.limit[LIM_TEMP_JUNCTION_CRIT_C] = num_of(105);
	card.limit[LIM_SCLK_MAX_MHZ] = num_of(1725);
	s.metric[M_TEMP_JUNCTION_C] = num_of(41);
	g_assert_cmpuint(heat_slowed(&gpu), ==, THROTTLE_POWER_CAP);
	gpu.throttled_since_ns = 1; /* a spell that pauses */
	g_assert_cmpuint(heat_slowed(&gpu), ==, s.throttle);
	gpu.throttled_since_ns = 0;
	s.metric[M_TEMP_JUNCTION_C] = num_of(101);
	g_assert_cmpuint(heat_slowed(&gpu), ==, s.throttle);
	s.throttle = THROTTLE_UNKNOWN;
	g_assert_cmpuint(heat_slowed(&gpu), ==, THROTTLE_UNKNOWN);
	gpu.sample = NULL;
	g_assert_cmpuint(heat_slowed(&gpu), ==, THROTTLE_UNKNOWN);
	g_assert_cmpuint(heat_slowed(NULL), ==, THROTTLE_UNKNOWN);
	s = (struct gpu_sample){.throttle = THROTTLE_THERMAL};
	s.metric[M_TEMP_JUNCTION_C] = num_of(84);
	s.metric[M_SCLK_MHZ] = num_of(1000);
	s.metric[M_BUSY_PCT] = num_of(99);
	s.metric[M_POWER_W] = num_of(150);
	s.metric[M_POWER_CAP_W] = num_of(0);
	g_assert_true(heat_slows(&card, &s));
}

/* "Nearest" is the least room, not the highest number. */
static void test_nearest(void)
{
	struct gpu_row card = {0};
	struct gpu_sample s = {0};
	double limit, room;
	g_assert_cmpint(heat_nearest(&card, &s, &limit, &room), ==, -1);
	g_assert_true(isnan(limit) && isnan(room));
	card.limit[LIM_TEMP_JUNCTION_CRIT_C] = num_of(105);
	card.limit[LIM_TEMP_MEM_CRIT_C] = num_of(94);
	s.metric[M_TEMP_JUNCTION_C] = num_of(86);
	s.metric[M_TEMP_MEM_C] = num_of(83);
	g_assert_cmpint(heat_nearest(&card, &s, &limit, &room), ==, M_TEMP_MEM_C);
	g_assert_cmpfloat(limit, ==, 94);
	g_assert_cmpfloat(room, ==, 11);
}

/* ---- spells --------------------------------------------------------------------------------------------------------------- */

static struct lab *guest_lab(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	return lab;
}

static const struct lab_gpu *post_at(struct lab *lab, int second, unsigned throttle, double junction)
{
	struct obs *obs;
	struct gpu_sample *s = build_gpu_sample(build_sample(&obs, "llm-1", second * 1000), "7f3a");
	s->throttle = throttle;
	s->metric[M_TEMP_JUNCTION_C] = num_of(junction);
	build_time(lab, second * 1000);
	build_post(lab, obs, false);
	return lab->gpus->pdata[0];
}

static void test_spell(void)
{
	struct lab *lab = guest_lab();
	const struct lab_gpu *g = post_at(lab, 1, 0, 80);
	g_assert_cmpfloat(g->slowed_ms_hour.v, ==, 0); /* told, and never */
	post_at(lab, 2, THROTTLE_THERMAL, 101);
	post_at(lab, 3, THROTTLE_THERMAL, 101);
	g_assert_cmpint(g->throttled_since_ns, ==, 0); /* two samples are a spike */
	post_at(lab, 4, THROTTLE_THERMAL, 101);
	g_assert_cmpint(g->throttled_since_ns, ==, build_ns(2000));
	post_at(lab, 5, 0, 90); /* one that wavers ends nothing */
	post_at(lab, 6, THROTTLE_THERMAL, 101);
	g_assert_cmpint(g->throttled_since_ns, ==, build_ns(2000));
	for (int i = 7; i <= 9; i++)
		post_at(lab, i, 0, 90);
	g_assert_cmpint(g->throttled_since_ns, ==, 0);
	g_assert_cmpfloat(g->slowed_ms_hour.v, ==, 4000);
	build_time(lab, 3605 * 1000); /* an hour later half of it is past */
	g_assert_cmpfloat(g->slowed_ms_hour.v, ==, 1000);
	build_time(lab, 3700 * 1000);
	g_assert_cmpfloat(g->slowed_ms_hour.v, ==, 0);
	lab_free(lab);
}

/* What happened while nobody looked is not known: the spell ends where the looking ended. */
static void test_spell_gap(void)
{
	struct lab *lab = guest_lab();
	const struct lab_gpu *g = NULL;
	for (int i = 1; i <= 5; i++)
		g = post_at(lab, i, THROTTLE_THERMAL, 101);
	post_at(lab, 65, THROTTLE_THERMAL, 101);
	g_assert_cmpint(g->throttled_since_ns, ==, 0);
	g_assert_cmpfloat(g->slowed_ms_hour.v, ==, 4000);
	lab_free(lab);

	lab = guest_lab();
	g = post_at(lab, 1, THROTTLE_UNKNOWN, 101);
	g_assert_false(num_known(g->slowed_ms_hour)); /* never 0 where nobody can tell */
	lab_free(lab);
}

/* The last numbers told again, only older, are one sample: they prove nothing more and are not drawn again. */
static void test_same_again(void)
{
	struct lab *lab = guest_lab();
	const struct lab_gpu *g = post_at(lab, 1, THROTTLE_THERMAL, 101);
	for (int i = 2; i <= 5; i++) {
		struct obs *obs;
		struct gpu_sample *s = build_gpu_sample(build_sample(&obs, "llm-1", i * 1000 + i), "7f3a");
		s->throttle = THROTTLE_THERMAL;
		s->metric[M_TEMP_JUNCTION_C] = num_of(101);
		s->age_ms = (i - 1) * 1000;
		build_time(lab, i * 1000 + i);
		build_post(lab, obs, false);
	}
	g_assert_cmpint(g->throttled_since_ns, ==, 0);
	g_assert_cmpint(g->hist[HIST_JUNCTION].n, ==, 1);
	lab_free(lab);
}

/* ---- trend ------------------------------------------------------------------------------------------------------------------ */

static double rises(double t)
{
	return 60 + t / 60; /* one degree a minute */
}

static double saturates(double t)
{
	return 99 - 30 * exp(-t / 120);
}

static double stays(double t)
{
	return 72;
}

static double falls(double t)
{
	return 80 - t / 30;
}

static double pulses(double t)
{
	return 75 + ((int)t / 35 % 2) * 6;
}

static const struct {
	const char *what;
	double (*at)(double t);
	int seconds;
	double limit;
	bool rising, steady;
	double minutes, tends_to; /* NAN: must not be told */
} trends[] = {
	{"a line", rises, 300, 75, true, false, 10, NAN},
	{"a line, half an hour away", rises, 300, 94, true, false, 29, NAN},
	{"a curve that ends below its limit", saturates, 300, 105, true, false, NAN, 99},
	{"a curve that will cross its limit", saturates, 300, 97.5, true, false, 0.3, 99},
	{"nothing moves", stays, 300, 94, false, true, NAN, 72},
	{"it cools", falls, 300, 94, false, false, NAN, NAN},
	{"load that comes and goes", pulses, 300, 94, false, true, NAN, 78},
	{"one minute is too short", rises, 60, 94, false, false, NAN, NAN},
};

static void assert_near(double got, double want, double tolerance)
{
	if (isnan(want))
		g_assert_true(isnan(got));
	else
		g_assert_cmpfloat_with_epsilon(got, want, tolerance);
}

static void test_trend(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(trends); i++) {
		struct ring r = {0};
		struct trend_fit fit;
		double minutes, low, high;
		for (int t = 0; t < trends[i].seconds; t++) /* sensors of whole degrees, as most are */
			ring_add(&r, t * S, 1000, round(trends[i].at(t)));
		g_test_message("%s", trends[i].what);
		trend_fit(&r, (trends[i].seconds - 1) * S, &fit);
		trend_minutes(&fit, trends[i].limit, &minutes, &low, &high);
		g_assert_cmpint(fit.rising, ==, trends[i].rising);
		g_assert_cmpint(fit.steady, ==, trends[i].steady);
		assert_near(minutes, trends[i].minutes, MAX(trends[i].minutes * 0.15, 0.5));
		assert_near(fit.tends_to_c, trends[i].tends_to, 3.1);
		if (!isnan(minutes))
			g_assert_true(low < minutes && minutes < high);
		else
			g_assert_true(isnan(low) && isnan(high));
		ring_clear(&r);
	}
}

/* The trend of a card is about the sensor that is nearest to its limit, and void once the card is silent. */
static void test_card_trend(void)
{
	struct lab *lab = guest_lab();
	struct obs *obs;
	for (int t = 0; t < 300; t++) {
		struct gpu_sample *s = build_gpu_sample(build_sample(&obs, "llm-1", t * 1000), "7f3a");
		s->metric[M_TEMP_JUNCTION_C] = num_of(72);
		s->metric[M_TEMP_MEM_C] = num_of(round(78 + t / 60.0));
		build_time(lab, t * 1000);
		build_post(lab, obs, false);
	}
	lab_settle(lab);
	const struct lab_gpu *g = lab->gpus->pdata[0];
	g_assert_cmpint(g->trend.nearest, ==, M_TEMP_MEM_C);
	g_assert_cmpfloat(g->trend.room_c, ==, 11);
	g_assert_true(g->trend.rising);
	g_assert_cmpfloat_with_epsilon(g->trend.slope_c_min, 1, 0.1);
	g_assert_cmpfloat_with_epsilon(g->trend.minutes, 11, 1.5);
	g_assert_cmpfloat_with_epsilon(g->trend.tends_to_c, 72, 0.5); /* of the junction */
	build_time(lab, 310 * 1000);
	g_assert_cmpint(g->trend.nearest, ==, -1);
	g_assert_true(isnan(g->trend.minutes));
	lab_free(lab);
}

/* Hot is at the warning temperature and over it, since when it has been so without a break. */
static void test_hot_since(void)
{
	struct lab *lab = guest_lab();
	lab_set_thermal(lab, 85, 1000);
	const struct lab_gpu *g = post_at(lab, 1, 0, 84);
	g_assert_cmpint(g->hot_since_ns, ==, 0);
	post_at(lab, 2, 0, 85);
	g_assert_cmpint(g->hot_since_ns, ==, build_ns(2000));
	post_at(lab, 3, 0, 90);
	g_assert_cmpint(g->hot_since_ns, ==, build_ns(2000));
	post_at(lab, 4, 0, 84);
	g_assert_cmpint(g->hot_since_ns, ==, 0);
	lab_free(lab);
}

/* Beyond the limit already: now, and not some time ago. */
static void test_over_limit(void)
{
	const struct trend_fit fit = {.value_c = 106,
				      .slope_c_s = 0.1,
				      .slope_low_c_s = 0.05,
				      .slope_high_c_s = 0.2,
				      .tends_to_c = NAN,
				      .tau_s = NAN,
				      .rising = true};
	double minutes, low, high;
	trend_minutes(&fit, 105, &minutes, &low, &high);
	g_assert_cmpfloat(minutes, ==, 0);
	g_assert_cmpfloat(low, ==, 0);
	g_assert_cmpfloat(high, ==, 0);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/ring/basics", test_ring);
	g_test_add_func("/ring/jitter", test_ring_jitter);
	g_test_add_func("/ring/wraps", test_ring_wraps);
	g_test_add_func("/heat/rule", test_rule);
	g_test_add_func("/heat/nearest", test_nearest);
	g_test_add_func("/heat/slowed", test_slowed);
	g_test_add_func("/heat/spell", test_spell);
	g_test_add_func("/heat/spell-gap", test_spell_gap);
	g_test_add_func("/heat/hot-since", test_hot_since);
	g_test_add_func("/heat/same-again", test_same_again);
	g_test_add_func("/trend/table", test_trend);
	g_test_add_func("/trend/over-limit", test_over_limit);
	g_test_add_func("/trend/card", test_card_trend);
	return g_test_run();
}
