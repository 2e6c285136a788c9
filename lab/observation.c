/* observation.c - making and dropping observations. */
#include "config.h"

#include "lab/observation.h"

#include <time.h>

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
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	obs->kind = kind;
	obs->box = box_new();
	obs->source_kind = t->kind;
	obs->source = box_text(obs->box, t->name, -1);
	obs->taken_ns = now.tv_sec * G_GINT64_CONSTANT(1000000000) + now.tv_nsec;
	obs->wall_ms = g_get_real_time() / 1000;
	return obs;
}

void obs_free(struct obs *obs)
{
	if (!obs)
		return;
	box_unref(obs->box);
	g_free(obs);
}
