/* sim.h - everything in the built-in lab that moves, one virtual second at a time. No I/O, no threads. */
#ifndef BACKENDS_DEMO_SIM_H
#define BACKENDS_DEMO_SIM_H

#include "backends/demo/load.h"
#include "backends/demo/model.h"

#include <stdbool.h>
#include <stdint.h>

enum demo_card { CARD_03, CARD_43, CARD_83, CARD_C3, CARD_A30, CARD_A40, CARD_IDLE_A30, CARD_COUNT };
enum demo_load { LOAD_OLLAMA, LOAD_VLLM, LOAD_DESK, LOAD_COUNT };

#define DEMO_FANS      4 /* of one chassis */
#define MI50_COUNT     4
#define MI50_SLOW_AT_C 85 /* the firmware of the cards gives clock away from here on */

struct sim {
	uint32_t seed;
	int64_t second; /* since the start of the demo's clock */
	struct load load[LOAD_COUNT];
	struct chance noise;
	struct thermal card[CARD_COUNT];
	double busy[CARD_COUNT];
	bool idle[CARD_COUNT];        /* nobody can work with it: its VM is off */
	double fan_rpm[2][DEMO_FANS]; /* esx01, esx02 */
	double air_c[2];
	double a30_energy_j;
	double llama_tokens_s, qwen_tokens_s, vllm_tokens_s;
};

void sim_init(struct sim *s, uint32_t seed);
void sim_step(struct sim *s);

/* The guest vllm-1 says nothing for three quarters of a minute now and then. */
bool sim_vllm_silent(int64_t second);

#endif
