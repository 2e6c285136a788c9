/* a1111.c - AUTOMATIC1111's web UI (--api): the job at hand, its card's memory, its checkpoints.
 * Facts: stable-diffusion-webui modules/api/api.py. */
#include "config.h"

#include "backends/engine/engine.h"

#define SLOW_MS 30000

struct a1111 {
	int64_t listed_us;
	json_t *models, *options;
};

static void a1111_forget(void *state)
{
	struct a1111 *s = state;
	json_decref(s->models);
	json_decref(s->options);
}

static bool refresh_lists(struct engine *e, struct a1111 *s, GError **error)
{
	if (!engine_due(e, &s->listed_us, SLOW_MS))
		return true;
	json_decref(s->models);
	json_decref(s->options);
	s->options = NULL;
	return engine_get_optional(e, PATH_SD_MODELS, JSON_ARRAY, &s->models, NULL, error) &&
	       engine_get_optional(e, PATH_SD_OPTIONS, JSON_OBJECT, &s->options, NULL, error);
}

/* The options name the checkpoint by its title, "file.safetensors [hash]". */
static void read_models(struct reading *r, const struct a1111 *s)
{
	const char *chosen = json_raw(s->options, "sd_model_checkpoint");
	size_t i;
	const json_t *model;
	json_array_foreach(s->models, i, model)
	{
		const char *title = json_raw(model, "title");
		struct model_row *m = title ? reading_add_model(r, title) : NULL;
		if (!m)
			continue;
		m->digest = json_text(r->box, model, "sha256");
		m->loaded = chosen ? tri_of(g_str_equal(chosen, title)) : TRI_UNKNOWN;
		m->state = m->loaded == TRI_YES ? MODEL_LOADED : MODEL_ON_DISK;
	}
}

static bool read_memory(struct engine *e, struct reading *r, GError **error)
{
	json_t *memory;
	if (!engine_get_optional(e, PATH_SD_MEMORY, JSON_OBJECT, &memory, NULL, error))
		return false;
	const json_t *card = json_object_get(json_object_get(memory, "cuda"), "system");
	r->row->vram_total_bytes = json_num(card, "total", 0, COUNT_MAX);
	r->row->vram_free_bytes = json_num(card, "free", 0, COUNT_MAX);
	json_decref(memory);
	return true;
}

static bool a1111_poll(struct engine *e, struct reading *r, GError **error)
{
	json_t *progress = engine_get_json(e, PATH_SD_PROGRESS, NULL, JSON_OBJECT, NULL, error);
	if (!progress)
		return false;
	const struct num jobs = json_num(json_object_get(progress, "state"), "job_count", 0, COUNT_MAX);
	if (num_known(jobs))
		r->row->running = num_of(jobs.v > 0 ? 1 : 0);
	json_decref(progress);
	if (!read_memory(e, r, error) || !refresh_lists(e, e->state, error))
		return false;
	read_models(r, e->state);
	r->row->state = ENGINE_OK;
	return true;
}

const struct engine_ops a1111_ops = {
	.kind = ENGINE_A1111,
	.port = 7860,
	.state_size = sizeof(struct a1111),
	.poll = a1111_poll,
	.forget = a1111_forget,
};
