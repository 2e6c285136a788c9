/* heat.h - when a card counts as slowed by heat, and since when it is hot. */
#ifndef LAB_HEAT_H
#define LAB_HEAT_H

#include "lab/rows.h"

/* The rule of gpu-telemetry.md section 3 for one sample. A thermal bit alone proves nothing (some firmware leaves it
 * set): a sensor must be within 5 °C of its own limit too, or the clock below what load and power would allow. */
bool heat_slows(const struct gpu_row *card, const struct gpu_sample *s);

struct lab_gpu;

/* Why a card is slower than it could be, as screens and texts say it: the card's own words, but thermal only by the rule
 * above. Of a card without a sample, or that does not tell: THROTTLE_UNKNOWN. gpu may be NULL. */
unsigned heat_slowed(const struct lab_gpu *gpu);

/* The hottest of junction and edge: what the lab's policy line is held against. */
struct num heat_policy_temp(const struct gpu_sample *s);

/* The sensor with the least room to its own limit: its metric, or -1; *limit_c and *room_c are its numbers, or NAN. */
int heat_nearest(const struct gpu_row *card, const struct gpu_sample *s, double *limit_c, double *room_c);

struct lab;
struct gpu_thing;

/* Takes in the newest sample of a GPU, which was true at at_ns. */
void heat_take(const struct lab *lab, struct gpu_thing *gpu, int64_t at_ns);

/* Brings "within the last hour" up to now. */
void heat_tick(const struct lab *lab, struct gpu_thing *gpu);

#endif
