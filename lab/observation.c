/* observation.c - making and dropping observations. */
#include "config.h"

#include "lab/observation.h"

#include "lab/clock.h"

const char *const source_state_names[5] = {
	[SRC_CONNECTING] = "connecting",
	[SRC_LIVE] = "live",
	[SRC_STALE] = "stale",
	[SRC_DOWN] = "down",
	[SRC_OFF] = "off",
};

struct obs *obs_new(enum obs_kind kind, const struct target *t)
{
	struct obs *obs = g_new0(struct obs, 1);
	obs->kind = kind;
	obs->box = box_new();
	obs->source_kind = t->kind;
	obs->source = box_text(obs->box, t->name, -1);
	obs_stamp(obs);
	return obs;
}

void obs_stamp(struct obs *obs)
{
	obs->taken_ns = clock_ns();
	obs->wall_ms = clock_wall_ms();
}

void obs_free(struct obs *obs)
{
	if (!obs)
		return;
	box_unref(obs->box);
	g_free(obs);
}
