/* detect.c - what answers at this URL? A port says nothing, and engines imitate each other's paths, so the order of the
 * probes matters: each is read only when those before it did not fit. GETs only, small limits (paths.h, ask.c).
 */
#include "config.h"

#include "backends/engine/engine.h"
#include "lab/text.h"

#include <string.h>

/* One path's answer, asked at most once a detection. */
struct sight {
	bool asked;
	struct http_response answer; /* status 0: no usable answer */
	json_t *json;                /* of the body, whatever the status; NULL when it is none */
};

struct look {
	struct engine *e;
	struct sight seen[PATH_COUNT];
	GError *silent; /* why the first probe without an HTTP answer had none */
	GError *broken; /* the engine went away meanwhile: no further probe is of use */
};

/* An answer that cannot be understood only fails this probe; silence or a closed port ends the detection. */
static bool is_fatal(const GError *why)
{
	static const int fatal[] = {LAB_ERR_NAME, LAB_ERR_UNREACHABLE, LAB_ERR_TIMEOUT, LAB_ERR_TRUST,
				    LAB_ERR_CANCELLED};
	for (size_t i = 0; i < G_N_ELEMENTS(fatal); i++)
		if (g_error_matches(why, LAB_ERROR, fatal[i]))
			return true;
	return false;
}

static const struct sight *see(struct look *l, enum engine_path path)
{
	struct sight *s = &l->seen[path];
	if (s->asked || l->broken)
		return s;
	s->asked = true;
	g_autoptr(GError) why = NULL;
	if (!engine_probe(l->e, path, &s->answer, &why)) {
		s->answer.status = 0;
		if (!l->silent)
			l->silent = g_error_copy(why);
		if (is_fatal(why))
			l->broken = g_steal_pointer(&why);
	} else if (s->answer.body) {
		s->json = json_read(s->answer.body->str, s->answer.body->len, JSON_ENGINE, NULL);
	}
	return s;
}

static const char *body_of(const struct sight *s)
{
	return s->answer.body ? s->answer.body->str : "";
}

/* What the path really told, or NULL: some servers answer 200 to everything, with an error in it. */
static const json_t *told(const struct sight *s)
{
	const json_t *refusal = json_object_get(s->json, "error");
	return s->answer.status == 200 && (!refusal || json_is_null(refusal)) ? s->json : NULL;
}

static bool tells_version(const struct sight *s)
{
	return json_raw(told(s), "version") != NULL;
}

static bool is_ollama(struct look *l)
{
	return tells_version(see(l, PATH_API_VERSION)) &&
	       g_str_has_prefix(body_of(see(l, PATH_ROOT)), "Ollama is running");
}

/* The header stands in every answer of llama-server, errors and 404 included. */
static bool is_llamacpp(struct look *l)
{
	return g_strcmp0(see(l, PATH_HEALTH)->answer.server, "llama.cpp") == 0;
}

/* The same behind a proxy that puts its own name into the header. */
static bool is_llamacpp_by_props(struct look *l)
{
	const struct sight *s = see(l, PATH_PROPS);
	const json_t *refusal = json_object_get(s->json, "error");
	switch (s->answer.status) {
	case 200:
		return g_strcmp0(json_raw(told(s), "role"), "router") == 0 ||
		       json_object_get(told(s), "total_slots") != NULL;
	case 401:
		return g_strcmp0(json_raw(refusal, "type"), "authentication_error") == 0;
	case 503:
		return g_strcmp0(json_raw(refusal, "message"), "Loading model") == 0;
	default:
		return false;
	}
}

/* With keys set it refuses in its own name; /health stays open. */
static bool is_llamaswap(struct look *l)
{
	const struct sight *s = see(l, PATH_RUNNING);
	if (s->answer.status == 401)
		return g_str_has_prefix(body_of(s), "llama-swap:");
	return json_is_array(json_object_get(told(s), "running")) &&
	       g_str_has_prefix(body_of(see(l, PATH_HEALTH)), "OK");
}

/* Many servers tell a version; vLLM's /health is 200 (503 when its engine died) with nothing in it. */
static bool is_vllm(struct look *l)
{
	const struct sight *health = see(l, PATH_HEALTH);
	return (health->answer.status == 200 || health->answer.status == 503) && *body_of(health) == '\0' &&
	       tells_version(see(l, PATH_VERSION)) && see(l, PATH_API_VERSION)->answer.status == 404;
}

static bool is_vllm_by_metrics(struct look *l)
{
	const struct sight *s = see(l, PATH_METRICS);
	return s->answer.status == 200 &&
	       (g_str_has_prefix(body_of(s), "vllm:") || strstr(body_of(s), "\nvllm:"));
}

static bool is_comfyui(struct look *l)
{
	const json_t *stats = told(see(l, PATH_SYSTEM_STATS));
	return json_raw(json_object_get(stats, "system"), "comfyui_version") ||
	       json_is_array(json_object_get(stats, "devices"));
}

/* All flags of its command line, of which a few have been there from the start and are in its relatives too. */
static bool tells_flags(const json_t *flags)
{
	static const char *const known[] = {"api", "listen", "ckpt", "ckpt_dir", "data_dir"};
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (json_object_get(flags, known[i]))
			return true;
	return false;
}

/* 401 with FastAPI's "detail": --api-auth is on. A proxy that answers 401 to everything is not meant. */
static bool is_a1111(struct look *l)
{
	const struct sight *s = see(l, PATH_SD_FLAGS);
	if (s->answer.status == 200)
		return tells_flags(told(s));
	return s->answer.status == 401 && json_raw(s->json, "detail") &&
	       see(l, PATH_VERSION)->answer.status != 401;
}

static bool is_openai(struct look *l)
{
	const struct sight *s = see(l, PATH_V1_MODELS);
	if (s->answer.status == 401)
		return s->json != NULL && see(l, PATH_RUNNING)->answer.status != 401;
	return json_is_array(json_object_get(told(s), "data"));
}

static const struct {
	bool (*match)(struct look *l);
	const struct engine_ops *ops;
} probes[] = {
	{is_ollama, &ollama_ops},       {is_llamacpp, &llamacpp_ops}, {is_llamacpp_by_props, &llamacpp_ops},
	{is_llamaswap, &llamaswap_ops}, {is_vllm, &vllm_ops},         {is_vllm_by_metrics, &vllm_ops},
	{is_comfyui, &comfyui_ops},     {is_a1111, &a1111_ops},       {is_openai, &openai_ops},
};

static bool all_answered(const struct look *l, int status)
{
	bool any = false;
	for (int p = 0; p < PATH_COUNT; p++) {
		if (l->seen[p].asked && l->seen[p].answer.status != status)
			return false;
		any |= l->seen[p].asked;
	}
	return any;
}

/* The first path that wants a key; PATH_COUNT: none does. A page or a sign of life in front of it may be open to all. */
static enum engine_path first_locked(const struct look *l)
{
	int p = 0;
	while (p < PATH_COUNT && l->seen[p].answer.status != 401)
		p++;
	return (enum engine_path)p;
}

/* Something answers that nobody knows: one clear line. */
static void tell_stranger(const struct look *l, GError **error)
{
	const enum engine_path locked = all_answered(l, 403) ? PATH_API_VERSION : first_locked(l);
	if (locked < PATH_COUNT) {
		engine_judge(l->e, locked, &l->seen[locked].answer, error);
		return;
	}
	const struct http_response *last = &l->seen[PATH_V1_MODELS].answer;
	g_autofree char *redirect = engine_redirect(last);
	/* it took the connection, and no HTTP came of it, or none that can be read */
	if (l->silent && (last->status == 0 || l->silent->code == LAB_ERR_PROTOCOL)) {
		g_propagate_error(error, g_error_copy(l->silent));
		return;
	}
	if (redirect) {
		g_autofree char *from = text_clean(l->e->url.base, -1);
		g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
			    "%s: HTTP %d, %s: if the engine is there, set that as its url", from,
			    last->status, redirect);
		return;
	}
	g_autofree char *type = text_clean(last->content_type ? last->content_type : "no content type", -1);
	g_autofree char *server = text_clean(last->server ? last->server : "unnamed", -1);
	g_autofree char *where = text_clean(l->e->url.base, -1);
	g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
		    "%s: answers, but is no engine that is known here (server %s, /v1/models: HTTP %d, %s)",
		    where, server, last->status, type);
}

const struct engine_ops *engine_detect(struct engine *e, GError **error)
{
	struct look l = {.e = e};
	const struct engine_ops *found = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(probes) && !found && !l.broken; i++)
		if (probes[i].match(&l) && !l.broken)
			found = probes[i].ops;
	if (l.broken)
		g_propagate_error(error, g_steal_pointer(&l.broken));
	else if (!found)
		tell_stranger(&l, error);
	g_clear_error(&l.silent);
	for (int p = 0; p < PATH_COUNT; p++) {
		http_response_clear(&l.seen[p].answer);
		json_decref(l.seen[p].json);
	}
	return found;
}
