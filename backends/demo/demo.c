/* demo.c - the backend of the built-in lab: what is posted when. Acts on nothing outside this process. */
#include "config.h"
#include "backends/demo/demo.h"

#include "backends/act.h"
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
	struct world *world;
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
	bool runs = world_source_runs(post->world, source);
	*state = (struct obs_source){.state = runs ? SRC_LIVE : SRC_DOWN,
				     .reason = runs ? "" : "no route to host: its VM is off",
				     .hint = "",
				     .error = runs ? -1 : LAB_ERR_UNREACHABLE,
				     .interval_ms = sources[source].interval_s * 1000,
				     .detail = runs ? sources[source].detail : ""};
	obs->u.src = state;
	mailbox_post(post->out, obs);
}

static bool is_silent(const struct demo_post *post, enum demo_source guest, int64_t second)
{
	return !world_source_runs(post->world, guest) || (guest == DEMO_VLLM_1 && sim_vllm_silent(second));
}

static void post_samples(const struct demo_post *post, const struct sim *s)
{
	for (enum demo_source guest = DEMO_LLM_1; guest <= DEMO_VGPU_1; guest++)
		if (!is_silent(post, guest, s->second))
			demo_post_sample(post, s, guest);
}

/* What every source tells when it is first met. */
static void post_first(const struct demo_post *post, const struct sim *s)
{
	for (enum demo_source i = 0; i < DEMO_SOURCES; i++)
		post_source(post, i);
	demo_post_inventory(post, s, DEMO_ESX01);
	demo_post_inventory(post, s, DEMO_ESX02);
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
static struct world *filled_world;

struct world *demo_world(void)
{
	if (!filled_world)
		filled_world = world_new();
	return filled_world;
}

void demo_forget(void)
{
	g_clear_pointer(&filled_world, world_free);
}

void demo_fill(const struct target *const *targets, int n, struct mailbox *out,
	       void (*drain)(void *data, int64_t at_ms), void *data)
{
	struct demo_post post = {.out = out, .targets = targets, .world = demo_world()};
	g_assert(n == DEMO_SOURCES);
	run_to(&filled, (uint32_t)number_of(targets[0], "seed"), number_of(targets[0], "at"), &post, drain,
	       data);
}

/* ---- the worker ------------------------------------------------------------------------------------------------- */

static bool demo_open(struct backend *b, GError **error)
{
	struct demo *demo = g_new0(struct demo, 1);
	const struct target *t = b->targets[0];
	g_assert(b->n_targets == DEMO_SOURCES);
	demo->at_s = number_of(t, "at");
	demo->start_ns = number_of(t, "start-ns");
	if (demo->start_ns == 0)
		demo->start_ns = clock_ns();
	demo->world = filled_world ? g_steal_pointer(&filled_world) : world_new();
	struct demo_post post = {.out = b->out, .targets = b->targets, .world = demo->world};
	if (target_bool(t, "filled", false))
		demo->sim = filled;
	else
		run_to(&demo->sim, (uint32_t)number_of(t, "seed"), demo->at_s, &post, NULL, NULL);
	b->priv = demo;
	return true;
}

/* The demo's clock now, and who posts by it. */
static struct demo_post post_now(struct backend *b)
{
	const struct demo *demo = b->priv;
	return (struct demo_post){.out = b->out,
				  .targets = b->targets,
				  .world = demo->world,
				  .at_ms = demo->at_s * 1000 + (clock_ns() - demo->start_ns) / NS_PER_MS};
}

/* Sleeps until the next second of the demo's clock has come, then tells it. After a suspend it catches up without telling
 * every second that was slept through. */
static bool demo_observe(struct backend *b, GError **error)
{
	struct demo *demo = b->priv;
	struct demo_post post = {.out = b->out, .targets = b->targets, .world = demo->world};
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

/* What the step changed, and whom it silenced or woke. */
static void post_changes(struct backend *b)
{
	struct demo *demo = b->priv;
	struct demo_post post = post_now(b);
	world_tell_sim(demo->world, &demo->sim);
	demo_post_inventory(&post, &demo->sim, DEMO_ESX01);
	demo_post_inventory(&post, &demo->sim, DEMO_ESX02);
	for (enum demo_source i = DEMO_LLM_1; i < DEMO_SOURCES; i++)
		post_source(&post, i);
}

static bool demo_apply(struct backend *b, const struct request *rq, GError **error)
{
	struct demo *demo = b->priv;
	int64_t until_ns = clock_ns() + world_step_ms(&rq->step) * NS_PER_MS;
	act_sent(b, rq, rq->step.ops->title, "");
	if (!cancel_sleep_through(b->cancel, (until_ns - clock_ns()) / NS_PER_MS)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_CANCELLED, "labtop is ending");
		return false;
	}
	if (!world_apply(demo->world, &rq->step, demo_wall(post_now(b).at_ms), error))
		return false;
	post_changes(b);
	return true;
}

static bool demo_look(struct backend *b, const struct request *rq, GError **error)
{
	post_changes(b);
	return true;
}

static void demo_close(struct backend *b)
{
	struct demo *demo = b->priv;
	if (demo)
		world_free(demo->world);
	g_clear_pointer(&b->priv, g_free);
}

#define DEED(name)               \
	{                        \
		name, demo_apply \
	}
static const struct act demo_acts[] = {
	DEED("vm.shutdown"),
	DEED("vm.power-off"),
	DEED("vm.power-on"),
	DEED("vm.remove-snapshots"),
	DEED("vm.firmware"),
	DEED("vm.reserve-all-memory"),
	DEED("vm.cpu-hot-add"),
	DEED("vm.memory-hot-add"),
	DEED("vm.nested-hv"),
	DEED("vm.vcpus"),
	DEED("vm.extra-config"),
	DEED("vm.pci-device"),
	DEED("host.passthrough"),
	DEED("host.passthrough-active"),
	DEED("host.enter-maintenance"),
	DEED("host.reboot"),
	DEED("host.exit-maintenance"),
	{NULL},
};

const struct backend_ops demo_backend = {
	.kind = "demo",
	.many = true,
	.tells_all = true,
	.interval_ms = 0,
	.open = demo_open,
	.observe = demo_observe,
	.acting = ACTS_HERE,
	.acts = demo_acts,
	.look = demo_look,
	.close = demo_close,
};
