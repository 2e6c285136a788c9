/* ollama.c - Ollama: what is on its disk, what is loaded and how much of it is on the GPU. It tells no queue, no rate and
 * no metrics. Lists only: what would load a model is a POST, and none is made here.
 * Facts: ollama/ollama server/routes.go and api/types.go of 2025 and 2026. */
#include "config.h"

#include "backends/engine/engine.h"

#include <string.h>

#define SLOW_MS    10000 /* the disk's list reads a file a model */
#define NEVER_YEAR 2200  /* keep_alive -1 is told as a time some three hundred years ahead */

struct ollama {
	int64_t listed_us;
	json_t *version, *tags; /* told last */
};

static void ollama_forget(void *state)
{
	struct ollama *s = state;
	json_decref(s->version);
	json_decref(s->tags);
}

/* Wall clock in ms of an RFC 3339 time; INT64_MAX for never, 0 for not known (Go's zero time included). */
static int64_t expiry_ms(const char *text)
{
	g_autoptr(GDateTime) t = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
	if (!t || g_date_time_get_year(t) < 1970)
		return 0;
	if (g_date_time_get_year(t) >= NEVER_YEAR)
		return INT64_MAX;
	return g_date_time_to_unix(t) * 1000 + g_date_time_get_microsecond(t) / 1000;
}

static void read_common(struct reading *r, struct model_row *m, const json_t *from)
{
	const json_t *details = json_object_get(from, "details");
	m->digest = json_text(r->box, from, "digest");
	m->family = json_text(r->box, details, "family");
	m->quant = json_text(r->box, details, "quantization_level");
	m->params = json_text(r->box, details, "parameter_size");
}

static const char *name_of(const json_t *model)
{
	const char *name = json_raw(model, "name");
	return name ? name : json_raw(model, "model");
}

/* GET /api/tags. A stub of a model that runs in the cloud names where, and has no size worth telling. */
static void read_tags(struct reading *r, const json_t *tags)
{
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(tags, "models"), i, model)
	{
		struct model_row *m = name_of(model) ? reading_add_model(r, name_of(model)) : NULL;
		if (!m)
			continue;
		const char *remote = json_raw(model, "remote_host");
		read_common(r, m, model);
		m->size_bytes = json_num(model, "size", 0, COUNT_MAX);
		m->loaded = TRI_NO;
		m->state = remote && *remote ? MODEL_REMOTE : MODEL_ON_DISK;
	}
}

/* GET /api/ps. A model that was deleted while loaded is here and not on disk. */
static void read_ps(struct reading *r, const json_t *ps)
{
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(ps, "models"), i, model)
	{
		if (!name_of(model))
			continue;
		struct model_row *m = reading_find_model(r, name_of(model));
		if (!m && !(m = reading_add_model(r, name_of(model))))
			continue;
		if (!*m->digest)
			read_common(r, m, model);
		m->loaded = TRI_YES;
		m->state = MODEL_LOADED;
		m->mem_bytes = json_num(model, "size", 0, COUNT_MAX);
		m->vram_bytes = json_num(model, "size_vram", 0, COUNT_MAX);
		m->context = json_num(model, "context_length", 1, COUNT_MAX);
		m->expires_ms = expiry_ms(json_raw(model, "expires_at"));
	}
}

static bool refresh_lists(struct engine *e, struct ollama *s, GError **error)
{
	json_t *version = engine_get_json(e, PATH_API_VERSION, NULL, JSON_OBJECT, NULL, error);
	json_t *tags = version ? engine_get_json(e, PATH_API_TAGS, NULL, JSON_OBJECT, NULL, error) : NULL;
	json_decref(s->version);
	json_decref(s->tags);
	s->version = version;
	s->tags = tags;
	return tags != NULL;
}

static bool ollama_poll(struct engine *e, struct reading *r, GError **error)
{
	struct ollama *s = e->state;
	json_t *ps = engine_get_json(e, PATH_API_PS, NULL, JSON_OBJECT, NULL, error);
	if (!ps)
		return false;
	if (engine_due(e, &s->listed_us, SLOW_MS) && !refresh_lists(e, s, error)) {
		s->listed_us = 0;
		json_decref(ps);
		return false;
	}
	r->row->state = ENGINE_OK;
	r->row->version = json_text(r->box, s->version, "version");
	read_tags(r, s->tags);
	read_ps(r, ps);
	json_decref(ps);
	return true;
}

const struct engine_ops ollama_ops = {
	.kind = ENGINE_OLLAMA,
	.port = 11434,
	.state_size = sizeof(struct ollama),
	.poll = ollama_poll,
	.forget = ollama_forget,
};
