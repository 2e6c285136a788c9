/* vllm.c - vLLM and what imitates it (llm-d-inference-sim): one base model a process, everything of interest in its
 * Prometheus page. Its token counters advance during generation, so their growth is a true live rate. Where that page is not
 * to be had (switched off, behind a redirect, a fork's own names) the models are shown without figures, and why.
 * Facts: vllm v1/metrics/loggers.py, docs/design/metrics.md, and the names of the releases before V1. */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/engine/prom.h"
#include "backends/engine/rate.h"

#include <math.h>
#include <string.h>

#define SLOW_MS 10000

struct vllm {
	struct rate generated, prompted;
	int64_t listed_us;
	json_t *version, *models;
	char *no_figures; /* why the page tells nothing; NULL: it does */
	bool keyed;       /* /v1 wants a key that we do not have */
};

static void vllm_forget(void *state)
{
	struct vllm *s = state;
	json_decref(s->version);
	json_decref(s->models);
	g_free(s->no_figures);
}

/* ---- the metrics page ---- */

enum value { V_RUNNING, V_WAITING, V_SWAPPED, V_KV, V_PROMPT, V_GENERATED, V_PREEMPTIONS, V_COUNT };

/* Several names for one value: the current one first. Of a value only the series of the foremost name that the page has
 * are used. Data-parallel engines each have a series. */
static const struct {
	const char *name;
	enum value value;
	int rank; /* 0 is the current name */
} names[] = {
	{"vllm:num_requests_running", V_RUNNING, 0},
	{"vllm:num_requests_waiting", V_WAITING, 0},
	{"vllm:num_requests_swapped", V_SWAPPED, 0}, /* V0: put aside for lack of KV blocks, so waiting too */
	{"vllm:kv_cache_usage_perc", V_KV, 0},       /* 0..1 in spite of its name */
	{"vllm:gpu_cache_usage_perc", V_KV, 1},      /* up to 0.9 or 0.10 */
	{"vllm:prompt_tokens_total", V_PROMPT, 0},
	{"vllm:prompt_tokens", V_PROMPT, 1},
	{"vllm:generation_tokens_total", V_GENERATED, 0},
	{"vllm:generation_tokens", V_GENERATED, 1},
	{"vllm:num_preemptions_total", V_PREEMPTIONS, 0},
	{"vllm:num_preemptions", V_PREEMPTIONS, 1},
};

struct sum {
	double total;
	int series, rank;
	bool bad; /* one of its series is no number: then the sum is none either */
};

struct page {
	struct sum sum[V_COUNT];
	double kv_tokens; /* capacity, over all engines */
	bool any;         /* something of vLLM stands in it */
	char other[48];   /* the first name with another engine's prefix; "" none */
};

static void add_value(struct page *p, enum value value, int rank, double v)
{
	struct sum *s = &p->sum[value];
	if (s->series > 0 && rank > s->rank)
		return;
	if (s->series == 0 || rank < s->rank)
		*s = (struct sum){.rank = rank};
	s->series++;
	s->bad |= !isfinite(v) || v < 0;
	s->total += v;
}

/* num_gpu_blocks times block_size of one engine, both told as labels of a constant. */
static void add_capacity(struct page *p, const struct prom_sample *s)
{
	char blocks[32], size[32];
	if (!prom_label(s, "num_gpu_blocks", blocks, sizeof blocks) ||
	    !prom_label(s, "block_size", size, sizeof size))
		return;
	const double tokens = g_ascii_strtod(blocks, NULL) * g_ascii_strtod(size, NULL);
	if (isfinite(tokens) && tokens > 0 && tokens < COUNT_MAX)
		p->kv_tokens += tokens;
}

static void add_sample(void *data, const struct prom_sample *s)
{
	struct page *p = data;
	if (s->name_len < 5 || memcmp(s->name, "vllm:", 5) != 0) {
		if (!*p->other && memchr(s->name, ':', s->name_len))
			g_snprintf(p->other, sizeof p->other, "%.*s", (int)s->name_len, s->name);
		return;
	}
	p->any = true;
	if (prom_is(s, "vllm:cache_config_info"))
		add_capacity(p, s);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (prom_is(s, names[i].name))
			add_value(p, names[i].value, names[i].rank, s->value);
}

static struct num total_of(const struct page *p, enum value value)
{
	const struct sum *s = &p->sum[value];
	if (s->series == 0)
		return num_none(NUM_UNKNOWN);
	return s->bad ? num_none(NUM_BAD) : num_of(s->total);
}

static struct num kv_percent(const struct page *p)
{
	struct num mean = num_ratio(total_of(p, V_KV), num_of(p->sum[V_KV].series));
	if (num_known(mean) && mean.v > 1.0)
		return num_none(NUM_BAD);
	mean.v *= 100;
	return mean;
}

static void read_page(struct vllm *s, const struct page *p, int64_t now_us, struct engine_row *row)
{
	const struct num swapped = total_of(p, V_SWAPPED);
	row->running = total_of(p, V_RUNNING);
	row->queue = total_of(p, V_WAITING);
	if (num_known(row->queue) && num_known(swapped))
		row->queue.v += swapped.v;
	row->kv_used_pct = kv_percent(p);
	row->kv_tokens = p->kv_tokens > 0 ? num_of(p->kv_tokens) : num_none(NUM_UNKNOWN);
	row->preemptions = total_of(p, V_PREEMPTIONS);
	row->tokens_per_second = rate_step(&s->generated, total_of(p, V_GENERATED), now_us);
	row->prompt_per_second = rate_step(&s->prompted, total_of(p, V_PROMPT), now_us);
}

/* What a page that was had tells; false with the reason when that is nothing of vLLM. */
static bool take_page(struct engine *e, const struct http_response *answer, struct engine_row *row,
		      GError **error)
{
	struct page p = {0};
	if (!engine_judge(e, PATH_METRICS, answer, error))
		return false;
	prom_read(answer->body->str, answer->body->len, add_sample, &p);
	if (p.any)
		read_page(e->state, &p, e->clock_us(), row);
	else
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "GET %s/metrics: holds nothing of vLLM's (%s%s)", e->url.base,
			    *p.other ? "but " : "is it run with --disable-log-stats?", p.other);
	return p.any;
}

/* Where there are no figures, nothing else would show for a while that it has gone. */
static bool is_alive(struct engine *e, GError **error)
{
	struct http_response answer = {0};
	bool alive = engine_get(e, PATH_HEALTH, NULL, &answer, error);
	if (alive && answer.status == 503)
		alive = engine_judge(e, PATH_HEALTH, &answer, error);
	http_response_clear(&answer);
	return alive;
}

/* False only when the engine is gone. */
static bool read_metrics(struct engine *e, struct reading *r, GError **error)
{
	struct vllm *s = e->state;
	struct http_response answer = {0};
	GError *why = NULL;
	if (engine_barred(e, PATH_METRICS))
		return is_alive(e, error);
	const bool answered = engine_get(e, PATH_METRICS, NULL, &answer, &why);
	const bool told = answered && take_page(e, &answer, r->row, &why);
	const int status = answer.status;
	http_response_clear(&answer);
	g_clear_pointer(&s->no_figures, g_free);
	if (told)
		return true;
	s->generated = s->prompted = (struct rate){0};
	if (answered || !engine_is_gone(why)) {
		s->no_figures = g_strdup_printf("no figures: %s", why->message);
		engine_bar(e, PATH_METRICS, status);
		g_error_free(why);
		return true;
	}
	g_propagate_error(error, why);
	return false;
}

/* ---- models ---- */

static void read_models(struct reading *r, const json_t *list, bool asleep)
{
	size_t i;
	const json_t *model;
	json_array_foreach(json_object_get(list, "data"), i, model)
	{
		const char *id = json_raw(model, "id");
		struct model_row *m = id ? reading_add_model(r, id) : NULL;
		if (!m)
			continue;
		m->loaded = tri_of(!asleep);
		m->state = asleep ? MODEL_SLEEPING : MODEL_LOADED;
		m->family = json_raw(model, "parent") ? "LoRA" : "";
		m->context = json_num(model, "max_model_len", 1, COUNT_MAX);
		if (num_known(m->context) &&
		    (!num_known(r->row->context_max) || m->context.v > r->row->context_max.v))
			r->row->context_max = m->context;
	}
}

/* Both rarely change. A key guards /v1 only, so without one the rest can still be shown. */
static bool refresh_lists(struct engine *e, struct vllm *s, GError **error)
{
	int status;
	json_decref(s->version);
	json_decref(s->models);
	s->models = NULL;
	if (!engine_get_optional(e, PATH_VERSION, JSON_OBJECT, &s->version, NULL, error) ||
	    !engine_get_optional(e, PATH_V1_MODELS, JSON_OBJECT, &s->models, &status, error))
		return false;
	if (status)
		s->keyed = status == 401;
	return true;
}

/* There in the development mode only. */
static bool is_asleep(struct engine *e)
{
	json_t *answer;
	engine_get_optional(e, PATH_IS_SLEEPING, JSON_OBJECT, &answer, NULL, NULL);
	const bool asleep = json_tri(answer, "is_sleeping") == TRI_YES;
	json_decref(answer);
	return asleep;
}

/* With neither figures nor a version nothing tells vLLM from any other server, unless a person has said so. */
static bool is_still_vllm(const struct engine *e, const struct vllm *s)
{
	if (!s->no_figures || s->version)
		return true;
	return !engine_is_automatic(e) && (s->models || s->keyed);
}

static bool vllm_poll(struct engine *e, struct reading *r, GError **error)
{
	struct vllm *s = e->state;
	if (!read_metrics(e, r, error))
		return false;
	if (engine_due(e, &s->listed_us, SLOW_MS) && !refresh_lists(e, s, error)) {
		s->listed_us = 0;
		return false;
	}
	if (!is_still_vllm(e, s)) {
		g_set_error_literal(error, LAB_ERROR, LAB_ERR_PROTOCOL, s->no_figures);
		return false;
	}
	const bool asleep = is_asleep(e);
	r->row->note = box_text(r->box, s->no_figures, -1);
	r->row->state = asleep ? ENGINE_SLEEPING : s->keyed ? ENGINE_NEEDS_KEY : ENGINE_OK;
	r->row->version = json_text(r->box, s->version, "version");
	read_models(r, s->models, asleep);
	return true;
}

const struct engine_ops vllm_ops = {
	.kind = ENGINE_VLLM,
	.port = 8000,
	.state_size = sizeof(struct vllm),
	.poll = vllm_poll,
	.forget = vllm_forget,
};
