/* openai.c - whatever else speaks the OpenAI dialect: it tells which models it offers and nothing about how it feels. */
#include "config.h"

#include "backends/engine/engine.h"

static bool openai_poll(struct engine *e, struct reading *r, GError **error)
{
	json_t *list = engine_get_json(e, PATH_V1_MODELS, NULL, JSON_OBJECT, NULL, error);
	if (!list)
		return false;
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(list, "data"), i, model)
	{
		const char *id = json_raw(model, "id");
		struct model_row *m = id ? reading_add_model(r, id) : NULL;
		if (m)
			m->context = json_num(model, "max_model_len", 1, COUNT_MAX);
	}
	r->row->state = ENGINE_OK;
	json_decref(list);
	return true;
}

const struct engine_ops openai_ops = {
	.kind = ENGINE_OPENAI,
	.port = 8000,
	.gap_ms = 10000, /* it may be somebody else's, with a limit on requests */
	.poll = openai_poll,
};
