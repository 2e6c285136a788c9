/* heat.c - slowed by heat: the rule, and how long it held within the last hour. */
#include "config.h"
#include "lab/heat.h"
#include "lab/private.h"

#define STREAK_SAMPLES  3  /* a slow-down shorter than this is a spike of the power manager */
#define PAUSE_SAMPLES   30 /* how long a card that idles in between may seem well */
#define NEAR_LIMIT_C    5.0
#define BUSY_ENOUGH_PCT 80.0 /* below it a low clock only says that there is little to do */
#define CLOCK_SHARE     0.9  /* of the highest clock */
#define POWER_SHARE     0.95 /* of the cap: at the cap the power limit explains the clock */
#define HOUR_NS         (3600 * NS_PER_S)

struct spell {
	int64_t from_ns, to_ns;
};

static const struct {
	enum metric metric;
	enum limit limit;
} sensors[] = {
	{M_TEMP_JUNCTION_C, LIM_TEMP_JUNCTION_CRIT_C},
	{M_TEMP_MEM_C, LIM_TEMP_MEM_CRIT_C},
	{M_TEMP_EDGE_C, LIM_TEMP_EDGE_CRIT_C},
};

int heat_nearest(const struct gpu_row *card, const struct gpu_sample *s, double *limit_c, double *room_c)
{
	int nearest = -1;
	*limit_c = *room_c = NAN;
	for (gsize i = 0; i < G_N_ELEMENTS(sensors); i++) {
		struct num t = s->metric[sensors[i].metric], limit = card->limit[sensors[i].limit];
		if (!num_known(t) || !num_known(limit) || (nearest >= 0 && limit.v - t.v >= *room_c))
			continue;
		nearest = sensors[i].metric;
		*limit_c = limit.v;
		*room_c = limit.v - t.v;
	}
	return nearest;
}

static bool clock_held_down(const struct gpu_row *card, const struct gpu_sample *s)
{
	struct num sclk = s->metric[M_SCLK_MHZ], max = card->limit[LIM_SCLK_MAX_MHZ],
		   busy = s->metric[M_BUSY_PCT];
	struct num power = s->metric[M_POWER_W], cap = s->metric[M_POWER_CAP_W];
	if (!num_known(sclk) || !num_known(max) || !num_known(busy) || busy.v < BUSY_ENOUGH_PCT)
		return false;
	bool at_cap = num_known(power) && num_known(cap) && cap.v > 0 && power.v >= cap.v * POWER_SHARE;
	return !at_cap && sclk.v < max.v * CLOCK_SHARE;
}

bool heat_slows(const struct gpu_row *card, const struct gpu_sample *s)
{
	double limit, room;
	if ((s->throttle & THROTTLE_UNKNOWN) || !(s->throttle & THROTTLE_THERMAL))
		return false;
	return (heat_nearest(card, s, &limit, &room) >= 0 && room <= NEAR_LIMIT_C) ||
	       clock_held_down(card, s);
}

unsigned heat_slowed(const struct lab_gpu *gpu)
{
	if (!gpu || !gpu->sample || gpu->sample->throttle & THROTTLE_UNKNOWN)
		return THROTTLE_UNKNOWN;
	bool hot = gpu->throttled_since_ns || heat_slows(gpu->row, gpu->sample);
	return hot ? gpu->sample->throttle : gpu->sample->throttle & ~(unsigned)THROTTLE_THERMAL;
}

struct num heat_policy_temp(const struct gpu_sample *s)
{
	struct num j = s->metric[M_TEMP_JUNCTION_C], e = s->metric[M_TEMP_EDGE_C];
	if (!num_known(j))
		return e;
	return num_known(e) && e.v > j.v ? e : j;
}

/* ---- the spells of one card -------------------------------------------------------------------------------------- */

static void end_spell(struct gpu_thing *gpu)
{
	struct heat *h = &gpu->heat;
	if (gpu->pub.throttled_since_ns) {
		struct spell spell = {gpu->pub.throttled_since_ns, h->last_ns};
		if (!h->spells)
			h->spells = g_array_new(FALSE, FALSE, sizeof(struct spell));
		g_array_append_val(h->spells, spell);
	}
	gpu->pub.throttled_since_ns = 0;
	h->streak = h->misses = 0;
}

static void take_throttle(const struct lab *lab, struct gpu_thing *gpu, int64_t at_ns)
{
	struct heat *h = &gpu->heat;
	int64_t interval_ns = MAX(gpu->guest->pub.row->interval_ms, 1) * NS_PER_MS;
	if (h->streak > 0 && at_ns - h->seen_ns > STALE_INTERVALS * interval_ns)
		end_spell(gpu); /* nobody looked meanwhile: what happened there is not known */
	h->seen_ns = at_ns;
	if (!(gpu->sample.throttle & THROTTLE_UNKNOWN) && !h->watched_ns)
		h->watched_ns = at_ns;
	if (!heat_slows(gpu->pub.row, &gpu->sample)) {
		/* a spell ends as it began, by several samples; a pause between two answers with the bit still set is none */
		bool bit = gpu->sample.throttle & THROTTLE_THERMAL;
		if (!gpu->pub.throttled_since_ns || ++h->misses >= (bit ? PAUSE_SAMPLES : STREAK_SAMPLES))
			end_spell(gpu);
		return;
	}
	h->misses = 0;
	if (h->streak++ == 0)
		h->streak_ns = at_ns;
	h->last_ns = at_ns;
	if (h->streak >= STREAK_SAMPLES)
		gpu->pub.throttled_since_ns = h->streak_ns;
}

void heat_take(const struct lab *lab, struct gpu_thing *gpu, int64_t at_ns)
{
	take_throttle(lab, gpu, at_ns);
	struct num t = heat_policy_temp(&gpu->sample);
	if (!num_known(t) || t.v < lab->warn_c)
		gpu->pub.hot_since_ns = 0;
	else if (!gpu->pub.hot_since_ns)
		gpu->pub.hot_since_ns = at_ns;
	heat_tick(lab, gpu);
}

void heat_tick(const struct lab *lab, struct gpu_thing *gpu)
{
	struct heat *h = &gpu->heat;
	int64_t from = lab->now_ns - HOUR_NS, slowed = 0;
	for (guint i = 0; h->spells && i < h->spells->len; i++) {
		struct spell *s = &g_array_index(h->spells, struct spell, i);
		if (s->to_ns <= from)
			g_array_remove_index(h->spells, i--);
		else
			slowed += s->to_ns - MAX(s->from_ns, from);
	}
	if (gpu->pub.throttled_since_ns)
		slowed += MAX(h->last_ns - MAX(gpu->pub.throttled_since_ns, from), 0);
	gpu->pub.slowed_ms_hour =
		h->watched_ns ? num_of((double)(slowed / NS_PER_MS)) : num_none(NUM_UNKNOWN);
}
