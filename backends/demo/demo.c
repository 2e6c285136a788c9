/* demo.c - the backend of the built-in lab: what is posted when. Acts on nothing outside this process. */
#include "config.h"
#include "backends/demo/demo.h"

#include "backends/backend.h"
#include "backends/demo/post.h"
#include "lab/clock.h"

#include <stdlib.h>

/* How often each thing is told, in seconds, as the real sources would. */
#define ENGINE_S   2
#define TASKS_S    5
#define COUNTERS_S 20
#define SENSORS_S  60
#define SENSORS_AT 20 /* second of the minute */
#define DRAIN_S    60 /* of history between two drains */

struct demo {
	struct sim sim;
	int64_t start_ns; /* CLOCK_MONOTONIC when `at` was */
	int64_t at_s;
};

static const struct {
	enum target_kind kind;
	const char *name, *detail;
	int interval_s;
} sources[DEMO_SOURCES] = {
	[DEMO_ESX01] = {TARGET_VSPHERE, "esx01", "VMware ESXi 7.0.3, built in", 60},
	[DEMO_ESX02] = {TARGET_VSPHERE, "esx02", "VMware ESXi 8.0.2, built in", 60},
	[DEMO_LLM_1] = {TARGET_GUEST, "llm-1", "labtop-agent, built in", 1},
	[DEMO_VLLM_1] = {TARGET_GUEST, "vllm-1", "labtop-agent, built in", 1},
	[DEMO_VGPU_1] = {TARGET_GUEST, "vgpu-1", "labtop-agent, built in", 1},
	[DEMO_OLLAMA] = {TARGET_ENGINE, "ollama@llm-1", "Ollama 0.12.3, built in", 2},
	[DEMO_VLLM] = {TARGET_ENGINE, "vllm@vllm-1", "vLLM 0.11.0, built in", 2},
};

GPtrArray *demo_targets(uint32_t seed, int64_t at_s)
{
	GPtrArray *targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
	g_autofree char *seed_text = g_strdup_printf("%" G_GUINT32_FORMAT, seed);
	g_autofree char *at_text = g_strdup_printf("%" G_GINT64_FORMAT, CLAMP(at_s, 0, DEMO_AT_MAX));
	for (int i = 0; i < DEMO_SOURCES; i++) {
		struct target *t = target_new(sources[i].kind, sources[i].name);
		t->named = true;
		t->origin = "--demo";
		target_set(t, "seed", seed_text);
		target_set(t, "at", at_text);
		g_ptr_array_add(targets, t);
	}
	return targets;
}

struct obs *demo_obs(const struct demo_post *post, enum obs_kind kind, enum demo_source source)
{
	struct obs *obs = obs_new(kind, post->targets[source]);
	obs->taken_ns = demo_ns(post->at_ms);
	obs->wall_ms = demo_wall(post->at_ms);
	return obs;
}

static void post_source(const struct demo_post *post, enum demo_source source)
{
	struct obs *obs = demo_obs(post, OBS_SOURCE, source);
	struct obs_source *state = box_new0(obs->box, struct obs_source);
	*state = (struct obs_source){.state = SRC_LIVE,
				     .reason = "",
				     .hint = "",
				     .error = -1,
				     .interval_ms = sources[source].interval_s * 1000,
				     .detail = sources[source].detail};
	obs->u.src = state;
	mailbox_post(post->out, obs);
}

static bool is_silent(enum demo_source guest, int64_t second)
{
	return guest == DEMO_VLLM_1 && sim_vllm_silent(second);
}

static void post_samples(const struct demo_post *post, const struct sim *s)
{
	for (enum demo_source guest = DEMO_LLM_1; guest <= DEMO_VGPU_1; guest++)
		if (!is_silent(guest, s->second))
			demo_post_sample(post, s, guest);
}

/* What every source tells when it is first met. */
static void post_first(const struct demo_post *post, const struct sim *s)
{
	for (enum demo_source i = 0; i < DEMO_SOURCES; i++)
		post_source(post, i);
	demo_post_inventory(post, s);
	demo_post_sensors(post, s);
	demo_post_tasks(post);
	for (enum demo_source guest = DEMO_LLM_1; guest <= DEMO_VGPU_1; guest++)
		demo_post_hello(post, guest);
	post_samples(post, s);
	demo_post_engines(post, s);
}

static void post_second(const struct demo_post *post, const struct sim *s)
{
	post_samples(post, s);
	if (s->second % ENGINE_S == 0)
		demo_post_engines(post, s);
	if (s->second % TASKS_S == 0)
		demo_post_tasks(post);
	if (s->second % COUNTERS_S == 0)
		demo_post_counters(post, s);
	if (s->second % SENSORS_S == SENSORS_AT)
		demo_post_sensors(post, s);
}

/* Runs the lab from its first second to at_s; tells the last DEMO_FILL_S of them. */
static void run_to(struct sim *s, uint32_t seed, int64_t at_s, struct demo_post *post,
		   void (*drain)(void *data, int64_t at_ms), void *data)
{
	int64_t from_s = MAX(0, at_s - DEMO_FILL_S);
	sim_init(s, seed);
	while (s->second < from_s)
		sim_step(s);
	post->at_ms = s->second * 1000;
	post_first(post, s);
	while (s->second < at_s) {
		sim_step(s);
		post->at_ms = s->second * 1000;
		post_second(post, s);
		if (drain && s->second % DRAIN_S == 0)
			drain(data, s->second * 1000);
	}
}

static int64_t number_of(const struct target *t, const char *key)
{
	const char *text = target_get(t, key);
	return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

/* Where the last demo_fill() ended: a worker that is started behind it goes on from there. */
static struct sim filled;

void demo_fill(const struct target *const *targets, int n, struct mailbox *out,
	       void (*drain)(void *data, int64_t at_ms), void *data)
{
	struct demo_post post = {.out = out, .targets = targets};
	g_assert(n == DEMO_SOURCES);
	run_to(&filled, (uint32_t)number_of(targets[0], "seed"), number_of(targets[0], "at"), &post, drain,
	       data);
}

/* ---- the worker ------------------------------------------------------------------------------------------------- */

static bool demo_open(struct backend *b, GError **error)
{
	struct demo *demo = g_new0(struct demo, 1);
	struct demo_post post = {.out = b->out, .targets = b->targets};
	const struct target *t = b->targets[0];
	g_assert(b->n_targets == DEMO_SOURCES);
	demo->at_s = number_of(t, "at");
	demo->start_ns = number_of(t, "start-ns");
	if (demo->start_ns == 0)
		demo->start_ns = clock_ns();
	if (target_bool(t, "filled", false))
		demo->sim = filled;
	else
		run_to(&demo->sim, (uint32_t)number_of(t, "seed"), demo->at_s, &post, NULL, NULL);
	b->priv = demo;
	return true;
}

/* Sleeps until the next second of the demo's clock has come, then tells it. After a suspend it catches up without telling
 * every second that was slept through. */
static bool demo_observe(struct backend *b, GError **error)
{
	struct demo *demo = b->priv;
	struct demo_post post = {.out = b->out, .targets = b->targets};
	int64_t passed_s = demo->sim.second - demo->at_s;
	int64_t due_ns = demo->start_ns + (passed_s + 1) * NS_PER_S;
	int64_t wait_ms = (due_ns - clock_ns() + NS_PER_MS - 1) / NS_PER_MS;
	if (wait_ms > 0) {
		cancel_clear_nudge(b->cancel);
		cancel_sleep(b->cancel, wait_ms);
		return true;
	}
	sim_step(&demo->sim);
	if (wait_ms > -DEMO_FILL_S * 1000) {
		post.at_ms = demo->sim.second * 1000;
		post_second(&post, &demo->sim);
	}
	return true;
}

static bool demo_act(struct backend *b, const struct request *rq, GError **error)
{
	g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
		    "%s on the built-in lab: this version changes nothing", rq->verb ? rq->verb : "action");
	return false;
}

static void demo_close(struct backend *b)
{
	g_clear_pointer(&b->priv, g_free);
}

const struct backend_ops demo_backend = {
	.kind = "demo",
	.many = true,
	.tells_all = true,
	.interval_ms = 0,
	.open = demo_open,
	.observe = demo_observe,
	.act = demo_act,
	.close = demo_close,
};
