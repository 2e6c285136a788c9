/* engines.c - the two engines of the built-in lab: an Ollama over four MI50, a vLLM on the A30. */
#include "config.h"
#include "backends/demo/demo.h"
#include "backends/demo/guests.h"
#include "backends/demo/post.h"

#define FOREVER INT64_MAX
#define MINUTE  60000

static const char *const ollama_at[] = {"10.0.4.11", NULL};
static const char *const vllm_at[] = {"10.0.4.12", NULL};

struct model_fact {
	const char *name, *digest, *family, *quant, *params;
	double disk_gib, all_gib, vram_gib, context; /* all_gib 0: not loaded */
	int64_t unloads_ms;                          /* from now */
};

static const struct model_fact ollama_models[] = {
	{"llama3:70b-q4_K_M", "786f3184aec0e955", "llama", "Q4_K_M", "70.6B", 39.6, DEMO_LLAMA_GIB,
	 DEMO_LLAMA_GIB, 8192, 4 * MINUTE + 12000},
	{"qwen2.5:32b", "9f13ba1299af11f3", "qwen2", "Q4_K_M", "32.8B", 18.5, 29.4, DEMO_QWEN_GIB, 32768,
	 51000},
	{"deepseek-r1:14b", "c333b7232bdb5212", "qwen2", "Q4_K_M", "14.8B", 8.4, 0, 0, 131072, 0},
	{"mixtral:8x22b-instruct-v0.1-q4_K_M", "bf88270436ed6e2c", "llama", "Q4_K_M", "140.6B", 79.5, 0, 0,
	 65536, 0},
	{"nomic-embed-text:latest", "0a109f422b47e3a3", "nomic-bert", "F16", "137M", 0.26, 0, 0, 2048, 0},
	{"qwen2.5-coder:32b", "b92d6a0bd47ed3ff", "qwen2", "Q4_K_M", "32.8B", 18.5, 0, 0, 32768, 0},
};

static const struct model_fact vllm_models[] = {
	{"qwen2.5-14b-instruct-awq", "", "", "", "", 0, DEMO_VLLM_GIB, DEMO_VLLM_GIB, 16384, 0},
};

static struct model_row model_row(const struct model_fact *f, int64_t wall_ms)
{
	bool loaded = f->all_gib > 0;
	struct num unknown = num_none(NUM_UNKNOWN);
	return (struct model_row){.name = f->name,
				  .digest = f->digest,
				  .family = f->family,
				  .quant = f->quant,
				  .params = f->params,
				  .size_bytes = f->disk_gib > 0 ? num_of(round(f->disk_gib * GIB)) : unknown,
				  .vram_bytes = loaded ? num_of(round(f->vram_gib * GIB)) : unknown,
				  .mem_bytes = loaded ? num_of(round(f->all_gib * GIB)) : unknown,
				  .context = num_of(f->context),
				  .loaded = tri_of(loaded),
				  .state = loaded ? MODEL_LOADED : MODEL_ON_DISK,
				  .expires_ms = !loaded         ? 0
						: f->unloads_ms ? wall_ms + f->unloads_ms
								: FOREVER};
}

static struct engine_row *new_engine(const struct demo_post *post, enum demo_source source, struct obs **out)
{
	struct obs *obs = demo_obs(post, OBS_ENGINE, source);
	struct engine_row *row = box_new0(obs->box, struct engine_row);
	row->box = obs->box;
	row->source = post->targets[source]->name;
	row->state = ENGINE_OK;
	row->unit = row->note = "";
	row->running = row->queue = row->kv_used_pct = row->tokens_per_second = num_none(NUM_UNKNOWN);
	obs->u.engine = row;
	*out = obs;
	return row;
}

static void add_models(struct engine_row *row, const struct model_fact *facts, int n, int64_t wall_ms)
{
	row->models = box_array0(row->box, struct model_row, (gsize)n);
	row->n_models = n;
	for (int i = 0; i < n; i++)
		row->models[i] = model_row(&facts[i], wall_ms);
}

/* Ollama tells neither queue nor rate over HTTP; the rate is what its log gives, hence an estimate. */
static void post_ollama(const struct demo_post *post, const struct sim *s)
{
	struct obs *obs;
	struct engine_row *row = new_engine(post, DEMO_OLLAMA, &obs);
	row->kind = ENGINE_OLLAMA;
	row->url = "http://10.0.4.11:11434";
	row->version = "0.12.3";
	row->guest = "llm-1";
	row->addresses = ollama_at;
	row->unit = "ollama.service";
	add_models(row, ollama_models, G_N_ELEMENTS(ollama_models), demo_wall(post->at_ms));
	row->tokens_per_second = num_of(round((s->llama_tokens_s + s->qwen_tokens_s) * 10) / 10);
	row->tokens_estimated = true;
	row->pids[0] = DEMO_PID_OLLAMA;
	mailbox_post(post->out, obs);
}

static void post_vllm(const struct demo_post *post, const struct sim *s)
{
	struct obs *obs;
	double level = s->load[LOAD_VLLM].level;
	struct engine_row *row = new_engine(post, DEMO_VLLM, &obs);
	row->kind = ENGINE_VLLM;
	row->url = "http://10.0.4.12:8000";
	row->version = "0.11.0";
	row->guest = "vllm-1";
	row->addresses = vllm_at;
	add_models(row, vllm_models, G_N_ELEMENTS(vllm_models), demo_wall(post->at_ms));
	row->tokens_per_second = num_of(round(s->vllm_tokens_s * 10) / 10);
	row->prompt_per_second = num_of(round(level * 3100));
	row->running = num_of(ceil(level * 5));
	row->queue = num_of(level > 0.55 ? 1 : 0);
	row->kv_used_pct = num_of(round(level * 580) / 10);
	row->kv_tokens = num_of(61440);
	row->context_max = num_of(16384);
	row->preemptions = num_of(0);
	row->pids[0] = DEMO_PID_VLLM;
	mailbox_post(post->out, obs);
}

void demo_post_engines(const struct demo_post *post, const struct sim *s)
{
	post_ollama(post, s);
	post_vllm(post, s);
}
