/* llamacpp.c - llama.cpp's llama-server, with one model or as a router of many.
 *
 * Watching can do harm here, so what may be asked when is the core of this file (reference: sections 3 and 5):
 * - never more often than every 2 s: each answer postpones the server's look at whether a client has gone;
 * - the router starts a model that is asked about: only loaded ones are, and always with autoload=false (ask.c);
 * - /slots wakes a sleeping model (older builds: /metrics too), and both are tasks in its queue, which restart the clock
 *   after which it falls asleep. A server that is meant to sleep, as the configuration says (`sleeps = yes`), as a router
 *   tells of its command line, or as it was seen asleep once, is asked for neither. Nothing that a single server answers
 *   tells of --sleep-idle-seconds before it sleeps. Of any other, the slots are asked only while requests are processed,
 *   where /metrics tells.
 */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/engine/prom.h"
#include "backends/engine/rate.h"
#include "backends/engine/slots.h"

#include <string.h>

#define GAP_MS  2000
#define SLOW_MS 10000

struct llamacpp {
	GHashTable *slots; /* model name ("" without router) -> struct slots; made with the first reading */
	int64_t listed_us;
	json_t *models; /* single mode: GET /v1/models told last */
	bool sleeper;   /* configured so, or seen asleep: its owner set a time after which it sleeps */
	bool no_metrics, no_slots; /* switched off at its start */
};

static void llamacpp_forget(void *state)
{
	struct llamacpp *s = state;
	if (s->slots)
		g_hash_table_destroy(s->slots);
	json_decref(s->models);
}

static struct slots *slots_of(struct llamacpp *s, const char *model)
{
	if (!s->slots)
		s->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)slots_free);
	struct slots *found = g_hash_table_lookup(s->slots, model ? model : "");
	if (!found && g_hash_table_size(s->slots) < ENGINE_MODELS_CAP) {
		found = slots_new();
		g_hash_table_insert(s->slots, g_strdup(model ? model : ""), found);
	}
	return found;
}

/* ---- live figures of one model ---- */

struct live {
	struct num processing, deferred, kv_ratio; /* of /metrics */
	struct slot_sums slots;
	bool has_metrics, has_slots;
};

static void add_metric(void *data, const struct prom_sample *s)
{
	struct live *l = data;
	if (prom_is(s, "llamacpp:requests_processing"))
		l->processing = num_of(s->value);
	else if (prom_is(s, "llamacpp:requests_deferred"))
		l->deferred = num_of(s->value);
	else if (prom_is(s, "llamacpp:kv_cache_usage_ratio")) /* until the middle of 2025 */
		l->kv_ratio = num_of(s->value);
}

static struct num sane(struct num n, double max)
{
	return num_known(n) && !(n.v >= 0 && n.v <= max) ? num_none(NUM_BAD) : n;
}

/* False only when the engine itself is gone. */
static bool read_metrics(struct engine *e, const char *model, struct live *l, int *status, GError **error)
{
	struct http_response answer = {0};
	if (!engine_get(e, PATH_METRICS, model, &answer, error)) {
		http_response_clear(&answer);
		return engine_optional(error);
	}
	*status = answer.status;
	l->has_metrics = answer.status == 200;
	if (l->has_metrics) {
		prom_read(answer.body->str, answer.body->len, add_metric, l);
		l->processing = sane(l->processing, COUNT_MAX);
		l->deferred = sane(l->deferred, COUNT_MAX);
		l->kv_ratio = sane(l->kv_ratio, 1);
	}
	http_response_clear(&answer);
	return true;
}

static bool read_slots(struct engine *e, const char *model, struct live *l, int *status, GError **error)
{
	g_autoptr(GError) why = NULL;
	json_t *array = engine_get_json(e, PATH_SLOTS, model, JSON_ARRAY, status, &why);
	struct slots *slots = slots_of(e->state, model);
	l->has_slots = array && slots;
	if (l->has_slots)
		slots_read(slots, array, e->clock_us(), &l->slots);
	json_decref(array);
	if (array || *status > 0 || engine_optional(&why))
		return true;
	g_propagate_error(error, g_steal_pointer(&why));
	return false;
}

static bool may_ask_slots(const struct live *l)
{
	if (l->has_metrics && num_known(l->processing))
		return l->processing.v > 0;
	return true;
}

/* The one place that decides what may be asked. sleeper: it is meant to fall asleep when nobody asks. */
static bool read_live(struct engine *e, const char *model, bool sleeper, struct live *l, GError **error)
{
	struct llamacpp *s = e->state;
	int metrics_status = 0, slots_status = 0;
	*l = (struct live){0};
	if (sleeper)
		return true;
	if (!s->no_metrics && !read_metrics(e, model, l, &metrics_status, error))
		return false;
	s->no_metrics |= metrics_status == 501 || metrics_status == 404;
	if (!s->no_slots && may_ask_slots(l) && !read_slots(e, model, l, &slots_status, error))
		return false;
	s->no_slots |= slots_status == 501 || slots_status == 404;
	return true;
}

/* Several models of a router are summed. */
struct totals {
	struct num tokens, cache; /* in busy slots; what the caches of all models that were seen hold */
	bool partial;             /* something works whose rate nobody knows yet */
	bool estimated;           /* of some cache it is not known how large it is */
};

/* How many tokens a model's cache holds. All slots may share one, whose size each of them tells as its own context (today's
 * default), or each has a part. Not known: the smaller of both is assumed, so that the share in use is rather told too high,
 * unless the slots hold more than that already. A shared cache that holds more than it should is larger than a slot may
 * use: then nobody tells its size. */
static struct num cache_of(const struct slot_sums *s, enum tri shared, bool *estimated)
{
	const bool over = num_known(s->tokens) && num_known(s->largest) && s->tokens.v > s->largest.v;
	if (s->total <= 1 || shared == TRI_NO)
		return s->context;
	if (shared == TRI_YES)
		return over ? num_none(NUM_UNKNOWN) : s->largest;
	*estimated |= s->busy > 0;
	return over ? s->context : s->largest;
}

static void add_slots(struct engine_row *row, struct totals *t, const struct slot_sums *s, enum tri shared)
{
	num_add(&row->slots_busy, num_of(s->busy));
	num_add(&row->tokens_per_second, s->per_second);
	num_add(&row->prompt_per_second, s->prompt_per_second);
	num_add(&t->tokens, s->tokens);
	num_add(&t->cache, cache_of(s, shared, &t->estimated));
	t->partial |= s->partial;
}

/* shared: whether all slots of the model use one cache. */
static void add_live(struct engine_row *row, struct totals *t, const struct live *l, enum tri shared)
{
	const struct slot_sums idle = {
		.per_second = num_of(0), .prompt_per_second = num_of(0), .tokens = num_of(0)};
	num_add(&row->running, l->processing);
	num_add(&row->queue, l->deferred);
	if (l->has_slots && !l->has_metrics)
		num_add(&row->running, num_of(l->slots.busy));
	if (l->has_slots)
		add_slots(row, t, &l->slots, shared);
	else if (num_known(l->processing) && l->processing.v == 0)
		add_slots(row, t, &idle, shared);
	else
		t->partial = true;
	if (num_known(l->kv_ratio))
		row->kv_used_pct = num_of(l->kv_ratio.v * 100);
}

/* If all that is known is the silence of others, a rate is not known. */
static void distrust_silence(struct num *rate)
{
	if (num_known(*rate) && rate->v == 0)
		*rate = num_none(NUM_UNKNOWN);
}

static void finish_totals(struct engine_row *row, const struct totals *t)
{
	const struct num used = num_ratio(t->tokens, t->cache);
	if (num_known(used) && !num_known(row->kv_used_pct)) { /* what the engine tells itself goes before */
		row->kv_used_pct = num_of(MIN(used.v, 1) * 100);
		row->kv_estimated = t->estimated;
	}
	if (!t->partial)
		return;
	distrust_silence(&row->tokens_per_second);
	distrust_silence(&row->prompt_per_second);
	row->tokens_estimated = num_known(row->tokens_per_second); /* what some of them do is missing */
}

/* ---- one model ---- */

/* GET /v1/models tells size and parameters; its twin "models" array imitates Ollama with empty fields. */
static void read_model(struct reading *r, const json_t *props, const json_t *list, enum model_state state)
{
	const json_t *first = json_array_get(json_object_get(list, "data"), 0);
	const json_t *meta = json_object_get(first, "meta");
	const char *name = json_raw(first, "id");
	if (!name)
		name = json_raw(props, "model_alias");
	if (!name || !*name)
		name = json_raw(props, "model_path");
	struct model_row *m = name ? reading_add_model(r, name) : NULL;
	if (!m)
		return;
	m->loaded = state == MODEL_LOADED ? TRI_YES : TRI_NO;
	m->state = state;
	m->size_bytes = json_num(meta, "size", 0, COUNT_MAX);
	m->params = reading_params(r, json_num(meta, "n_params", 0, COUNT_MAX));
	m->quant = json_text(r->box, props, "model_ftype");
	if (!*m->quant)
		m->quant = json_text(r->box, meta, "ftype");
	m->context = r->row->context_max;
}

static bool refresh_model_list(struct engine *e, struct llamacpp *s, GError **error)
{
	if (!engine_due(e, &s->listed_us, SLOW_MS))
		return true;
	json_decref(s->models);
	return engine_get_optional(e, PATH_V1_MODELS, JSON_OBJECT, &s->models, NULL, error);
}

static bool poll_single(struct engine *e, struct reading *r, const json_t *props, GError **error)
{
	struct llamacpp *s = e->state;
	struct engine_row *row = r->row;
	const json_t *defaults = json_object_get(props, "default_generation_settings");
	const bool asleep = json_tri(props, "is_sleeping") == TRI_YES;
	struct live live = {0};
	struct totals totals = {0};
	row->slots_total = json_num(props, "total_slots", 0, COUNT_MAX);
	row->context_max = json_num(defaults, "n_ctx", 1, COUNT_MAX);
	if (num_known(row->slots_total) && row->slots_total.v == 1)
		row->kv_tokens = row->context_max; /* of several nobody tells whether they share it */
	s->no_metrics |= json_tri(props, "endpoint_metrics") == TRI_NO;
	s->no_slots |= json_tri(props, "endpoint_slots") == TRI_NO;
	s->sleeper |= asleep || target_bool(e->target, "sleeps", false);
	if (!refresh_model_list(e, s, error) || (!asleep && !read_live(e, NULL, s->sleeper, &live, error)))
		return false;
	if (!asleep)
		add_live(row, &totals, &live, TRI_UNKNOWN);
	finish_totals(row, &totals);
	r->row->state = asleep ? ENGINE_SLEEPING : ENGINE_OK;
	read_model(r, props, s->models, asleep ? MODEL_SLEEPING : MODEL_LOADED);
	return true;
}

/* ---- router ---- */

/* The command line of a model's own server tells whether it is to sleep. */
static bool has_sleep_time(const json_t *status)
{
	size_t i;
	const json_t *arg;
	json_array_foreach(json_object_get(status, "args"), i, arg)
	{
		const char *text = json_string_value(arg);
		if (text && g_str_has_prefix(text, "--sleep-idle-seconds"))
			return true;
	}
	return false;
}

/* Whether its slots share one cache, by its command line: as it says, else each has a part where it gives their number. What
 * it inherited from the environment stands nowhere, so that saying neither means that nobody knows. */
static enum tri shares_cache(const json_t *status)
{
	enum tri shared = TRI_UNKNOWN, said = TRI_UNKNOWN;
	size_t i;
	const json_t *arg;
	json_array_foreach(json_object_get(status, "args"), i, arg)
	{
		const char *text = json_string_value(arg);
		if (g_strcmp0(text, "-kvu") == 0 || g_strcmp0(text, "--kv-unified") == 0)
			said = TRI_YES;
		else if (g_strcmp0(text, "-no-kvu") == 0 || g_strcmp0(text, "--no-kv-unified") == 0)
			said = TRI_NO;
		else if (g_strcmp0(text, "-np") == 0 || g_strcmp0(text, "--parallel") == 0)
			shared = TRI_NO;
	}
	return said != TRI_UNKNOWN ? said : shared;
}

static enum model_state state_of(const json_t *status)
{
	static const struct {
		const char *told;
		enum model_state state;
	} states[] = {
		{"loaded", MODEL_LOADED},
		{"loading", MODEL_LOADING},
		{"sleeping", MODEL_SLEEPING},
		{"downloading", MODEL_LOADING},
	};
	const char *value = json_raw(status, "value");
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		if (g_strcmp0(value, states[i].told) == 0)
			return states[i].state;
	return json_tri(status, "failed") == TRI_YES ? MODEL_FAILED : MODEL_ON_DISK;
}

static bool read_routed(struct engine *e, struct reading *r, const json_t *model, struct totals *t,
			GError **error)
{
	const char *id = json_raw(model, "id");
	const json_t *status = json_object_get(model, "status");
	struct model_row *m = id ? reading_add_model(r, id) : NULL;
	if (!m)
		return true;
	m->state = state_of(status);
	m->loaded = tri_of(m->state == MODEL_LOADED);
	if (m->loaded != TRI_YES) {
		if (((struct llamacpp *)e->state)->slots)
			g_hash_table_remove(((struct llamacpp *)e->state)->slots, id);
		return true;
	}
	struct live live;
	if (!read_live(e, id, has_sleep_time(status), &live, error))
		return false;
	add_live(r->row, t, &live, shares_cache(status));
	if (live.has_slots) {
		num_add(&r->row->slots_total, num_of(live.slots.total));
		m->context = live.slots.total > 0 ? num_ratio(live.slots.context, num_of(live.slots.total))
						  : num_none(NUM_UNKNOWN);
	}
	return true;
}

static bool poll_router(struct engine *e, struct reading *r, GError **error)
{
	json_t *list = engine_get_json(e, PATH_MODELS, NULL, JSON_OBJECT, NULL, error);
	struct totals totals = {0};
	bool good = list != NULL;
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(list, "data"), i, model) good =
		good && read_routed(e, r, model, &totals, error);
	json_decref(list);
	finish_totals(r->row, &totals);
	if (good)
		r->row->state = ENGINE_OK;
	return good;
}

/* ---- both ---- */

static bool llamacpp_poll(struct engine *e, struct reading *r, GError **error)
{
	int status;
	g_autoptr(GError) why = NULL;
	json_t *props = engine_get_json(e, PATH_PROPS, NULL, JSON_OBJECT, &status, &why);
	if (status == 503) { /* while it loads, every path answers so */
		r->row->state = ENGINE_LOADING;
		return true;
	}
	if (!props) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	r->row->version = json_text(r->box, props, "build_info");
	const bool router = g_strcmp0(json_raw(props, "role"), "router") == 0;
	const bool good = router ? poll_router(e, r, error) : poll_single(e, r, props, error);
	json_decref(props);
	return good;
}

const struct engine_ops llamacpp_ops = {
	.kind = ENGINE_LLAMACPP,
	.port = 8080,
	.gap_ms = GAP_MS,
	.state_size = sizeof(struct llamacpp),
	.poll = llamacpp_poll,
	.forget = llamacpp_forget,
};
