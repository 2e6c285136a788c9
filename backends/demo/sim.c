/* sim.c - the lab's people, fans and cards go on by one second. The numbers of each card stand in one table. */
#include "config.h"
#include "backends/demo/sim.h"

#include <math.h>

static const struct thermal_card mi50 = {
	.idle_w = 20,
	.busy_w = 160,
	.cap_w = 225,
	.sink_c_per_w = 0.19,
	.sink_j_per_c = 900,
	.edge_c_per_w = 0.06,
	.junction_c_per_w = 0.09,
	.mem_c_per_w = 0.072,
	.slow_at_c = MI50_SLOW_AT_C,
	.junction_limit_c = 100,
	.mem_limit_c = 94,
	.sclk_idle_mhz = 930,
	.sclk_max_mhz = 1725,
};

static const struct thermal_card a30 = {
	.idle_w = 28,
	.busy_w = 150,
	.cap_w = 165,
	.sink_c_per_w = 0.24,
	.sink_j_per_c = 700,
	.edge_c_per_w = 0.10,
	.junction_c_per_w = 0.14,
	.mem_c_per_w = 0.09,
	.slow_at_c = 90,
	.junction_limit_c = 105,
	.mem_limit_c = 98,
	.sclk_idle_mhz = 210,
	.sclk_max_mhz = 1440,
};

static const struct thermal_card a40 = {
	.idle_w = 32,
	.busy_w = 260,
	.cap_w = 300,
	.sink_c_per_w = 0.15,
	.sink_j_per_c = 900,
	.edge_c_per_w = 0.05,
	.junction_c_per_w = 0.08,
	.mem_c_per_w = 0.06,
	.slow_at_c = 90,
	.junction_limit_c = 105,
	.mem_limit_c = 98,
	.sclk_idle_mhz = 210,
	.sclk_max_mhz = 1740,
};

static const struct load_habit habits[LOAD_COUNT] = {
	[LOAD_OLLAMA] = {.88, .96, .10, .30, 50, 200, 4, 14, 1.5},
	[LOAD_VLLM] = {.30, .62, .06, .20, 20, 90, 5, 30, 3},
	[LOAD_DESK] = {.15, .55, .02, .08, 10, 60, 20, 90, 2},
};

/* Where each card stands: chassis, what works on it, how much of that, and how the air of the four fans reaches it.
 * The third MI50 sits behind the drive cage: a fifth of the air is lost before it gets there. */
static const struct {
	const struct thermal_card *kind;
	int chassis;
	enum demo_load load;
	double share;
	double air[DEMO_FANS];
} places[CARD_COUNT] = {
	[CARD_03] = {&mi50, 0, LOAD_OLLAMA, 1.00, {.85, .15, 0, 0}},
	[CARD_43] = {&mi50, 0, LOAD_OLLAMA, 0.99, {.10, .80, .06, 0}},
	[CARD_83] = {&mi50, 0, LOAD_OLLAMA, 0.98, {0, .07, .68, .07}},
	[CARD_C3] = {&mi50, 0, LOAD_OLLAMA, 0.99, {0, 0, .15, .88}},
	[CARD_A30] = {&a30, 1, LOAD_VLLM, 1.00, {.5, .5, 0, 0}},
	[CARD_A40] = {&a40, 1, LOAD_DESK, 0.80, {0, .5, .5, 0}},
	[CARD_IDLE_A30] = {&a30, 1, LOAD_VLLM, 0.00, {0, 0, .5, .5}},
};

static const double full_rpm[2] = {5400, 4200};
static const double inlet_c[2] = {24, 23};

/* Fan 3 of esx01 drags from the 5th minute of every hour on, for forty minutes. */
static bool fan3_drags(int64_t second)
{
	return second % 3600 >= 270 && second % 3600 < 2670;
}

bool sim_vllm_silent(int64_t second)
{
	return second % 1800 > 588 && second % 1800 < 633;
}

static void step_air(struct sim *s)
{
	for (int chassis = 0; chassis < 2; chassis++) {
		s->air_c[chassis] = inlet_c[chassis] + chance_between(&s->noise, -0.3, 0.3);
		for (int fan = 0; fan < DEMO_FANS; fan++) {
			double want = full_rpm[chassis];
			if (chassis == 0 && fan == 2 && fan3_drags(s->second))
				want = 1240;
			want += chance_between(&s->noise, -25, 25);
			s->fan_rpm[chassis][fan] += (want - s->fan_rpm[chassis][fan]) * 0.4;
		}
	}
}

static struct thermal_inputs inputs_of(const struct sim *s, enum demo_card card)
{
	int chassis = places[card].chassis;
	struct thermal_inputs in = {.busy = s->busy[card], .air_c = s->air_c[chassis]};
	for (int fan = 0; fan < DEMO_FANS; fan++)
		in.stream += places[card].air[fan] * s->fan_rpm[chassis][fan] / full_rpm[chassis];
	return in;
}

static void step_busy(struct sim *s)
{
	for (int i = 0; i < CARD_COUNT; i++) {
		double level = s->load[places[i].load].level + chance_between(&s->noise, -0.015, 0.015);
		s->busy[i] = s->idle[i] ? 0 : fmin(1, fmax(0, level)) * places[i].share;
	}
}

/* A model that is split by layers waits for each card in turn: its pace is the harmonic mean of the clocks. */
static void step_tokens(struct sim *s)
{
	double turns = 0;
	for (int i = 0; i < MI50_COUNT; i++)
		turns += 1 / (1 - s->card[i].slowed);
	double pace = MI50_COUNT / turns, level = s->load[LOAD_OLLAMA].level;
	s->llama_tokens_s = level < 0.3 ? 0 : 12.1 * level * pace + chance_between(&s->noise, -0.2, 0.2);
	s->qwen_tokens_s = s->load[LOAD_OLLAMA].working ? 3.9 * pace : 0;
	s->vllm_tokens_s = 92 * s->load[LOAD_VLLM].level;
}

void sim_init(struct sim *s, uint32_t seed)
{
	*s = (struct sim){.seed = seed, .a30_energy_j = 41.5e6};
	chance_seed(&s->noise, seed * 7919u + 17);
	for (int i = 0; i < LOAD_COUNT; i++)
		load_init(&s->load[i], &habits[i], (uint64_t)seed * 31 + (uint64_t)i);
	for (int chassis = 0; chassis < 2; chassis++)
		for (int fan = 0; fan < DEMO_FANS; fan++)
			s->fan_rpm[chassis][fan] = full_rpm[chassis];
	step_air(s);
	step_busy(s);
	for (int i = 0; i < CARD_COUNT; i++) {
		struct thermal_inputs in = inputs_of(s, i);
		thermal_settle(&s->card[i], places[i].kind, &in);
	}
	step_tokens(s);
}

void sim_step(struct sim *s)
{
	s->second++;
	for (int i = 0; i < LOAD_COUNT; i++)
		load_step(&s->load[i], 1);
	step_air(s);
	step_busy(s);
	for (int i = 0; i < CARD_COUNT; i++) {
		struct thermal_inputs in = inputs_of(s, i);
		thermal_step(&s->card[i], places[i].kind, &in, 1);
	}
	s->a30_energy_j += s->card[CARD_A30].power_w;
	step_tokens(s);
}
