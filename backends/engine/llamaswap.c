/* llamaswap.c - llama-swap: a proxy that starts engines on demand. Only its own lists are read; what lies behind
 * /upstream/ would start a model, or swap one out, so it is not asked even for models that run (they may stop between
 * two requests). Facts: mostlygeek/llama-swap README. */
#include "config.h"

#include "backends/engine/engine.h"

static enum model_state state_of(const char *told)
{
	static const struct {
		const char *told;
		enum model_state state;
	} states[] = {{"ready", MODEL_LOADED},
		      {"starting", MODEL_LOADING},
		      {"stopping", MODEL_LOADED},
		      {"stopped", MODEL_ON_DISK}};
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		if (g_strcmp0(told, states[i].told) == 0)
			return states[i].state;
	return told ? MODEL_FAILED : MODEL_LOADED; /* older releases list what runs and tell no state */
}

static void read_running(struct reading *r, const json_t *running)
{
	size_t i;
	const json_t *entry;
	json_array_foreach(json_object_get(running, "running"), i, entry)
	{
		const char *id = json_raw(entry, "model");
		struct model_row *m = id ? reading_find_model(r, id) : NULL;
		if (!m && (!id || !(m = reading_add_model(r, id))))
			continue;
		m->state = state_of(json_raw(entry, "state"));
		m->loaded = tri_of(m->state == MODEL_LOADED);
	}
}

static bool llamaswap_poll(struct engine *e, struct reading *r, GError **error)
{
	json_t *running = engine_get_json(e, PATH_RUNNING, NULL, JSON_OBJECT, NULL, error), *models;
	if (!running)
		return false;
	const bool good = engine_get_optional(e, PATH_V1_MODELS, JSON_OBJECT, &models, NULL, error);
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(models, "data"), i, model)
	{
		const char *id = json_raw(model, "id");
		struct model_row *m = id ? reading_add_model(r, id) : NULL;
		if (!m)
			continue;
		m->loaded = TRI_NO;
		m->state = MODEL_ON_DISK;
	}
	read_running(r, running);
	json_decref(running);
	json_decref(models);
	if (good)
		r->row->state = ENGINE_OK;
	return good;
}

const struct engine_ops llamaswap_ops = {
	.kind = ENGINE_LLAMA_SWAP,
	.port = 8080,
	.poll = llamaswap_poll,
};
