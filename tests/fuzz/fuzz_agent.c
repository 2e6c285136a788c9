/* fuzz_agent.c - lines of an agent, folded into a lab as they come. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/guest/agent_line.h"

#include <string.h>

#define SECOND_NS G_GINT64_CONSTANT(1000000000)

static void take(struct lab *lab, const struct target *t, const char *line, size_t len)
{
	struct agent_line what;
	GError *error = NULL;
	struct obs *obs = obs_new(OBS_SAMPLE, t);
	bool good = agent_line_parse(obs->box, line, len, &what, &error);
	if (good == (error != NULL))
		g_error("neither good nor an error");
	fuzz_judge_error(&error);
	obs->taken_ns = lab->now_ns;
	if (good && what.hello) {
		what.hello->source = obs->source;
		what.hello->transport = TRANSPORT_SSH;
		obs->kind = OBS_HELLO;
		obs->u.hello = what.hello;
		lab_fold(lab, obs);
	} else if (good && what.sample) {
		obs->u.sample = what.sample;
		lab_fold(lab, obs);
	} else {
		obs_free(obs);
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct lab *lab = lab_new("fuzz", false);
	struct target *t = target_new(TARGET_GUEST, "g");
	lab_add_target(lab, t);
	for (size_t at = 0, second = 3600; at < size; second++) {
		const char *lf = memchr(text + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - text) : size;
		lab_set_time(lab, (int64_t)second * SECOND_NS, 1767254400000 + (int64_t)second * 1000);
		take(lab, t, text + at, end - at);
		at = end + 1;
	}
	target_free(t);
	fuzz_judge_lab(lab);
}
