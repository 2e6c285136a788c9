/* verb_engine.c - labtop engine ls|ps|show: engines and models, by questions that cannot wake a model. */
#include "config.h"
#include "cli/verbs.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/signals.h"
#include "cli/status_json.h"
#include "cli/status_text.h"
#include "lab/nearest.h"
#include "tui/format.h"

#include <string.h>

static void line(FILE *to, const char *name, const char *value)
{
	if (value && *value)
		fprintf(to, "%-12s %s\n", name, value);
}

static void line_num(FILE *to, const char *name, struct num n, int decimals, const char *unit)
{
	char buf[FORMAT_SIZE];
	if (num_known(n))
		line(to, name, format_num(buf, n, decimals, unit, false));
}

static void line_bytes(FILE *to, const char *name, struct num n)
{
	char buf[FORMAT_SIZE];
	if (num_known(n))
		line(to, name, format_bytes(buf, n));
}

static void show_model(FILE *to, const struct model_row *m)
{
	line(to, "model", m->name);
	line(to, "state", model_state_names[m->state]);
	line(to, "family", m->family);
	line(to, "parameters", m->params);
	line(to, "quantised", m->quant);
	line(to, "digest", m->digest);
	line_bytes(to, "size", m->size_bytes);
	line_bytes(to, "in VRAM", m->vram_bytes);
	line_bytes(to, "in memory", m->mem_bytes);
	line_num(to, "context", m->context, 0, "");
}

static void show_engine(FILE *to, const struct lab_engine *e)
{
	line(to, "engine", e->row->source);
	line(to, "kind", engine_kind_names[e->row->kind]);
	line(to, "version", e->row->version);
	line(to, "url", e->row->url);
	line(to, "state", engine_state_names[e->row->state]);
	line(to, "guest", e->guest ? e->guest->ref.source : e->row->guest);
	line(to, "unit", e->row->unit);
	line_num(to, "tokens/s", e->row->tokens_per_second, 1,
		 e->row->tokens_estimated ? " (estimated)" : "");
	line_num(to, "running", e->row->running, 0, "");
	line_num(to, "queue", e->row->queue, 0, "");
	line_num(to, "KV cache", e->row->kv_used_pct, 1, e->row->kv_estimated ? "% (estimated)" : "%");
	line(to, "note", e->row->note);
}

static const struct model_row *find_model(const struct lab_engine *e, const char *name)
{
	for (int i = 0; i < e->row->n_models; i++)
		if (g_str_equal(e->row->models[i].name, name))
			return &e->row->models[i];
	return NULL;
}

/* The built-in lab has all its engines, whichever was named. */
static bool is_meant(const struct lab_engine *e, const char *engine)
{
	return !engine || g_str_equal(e->row->source, engine);
}

/* True when something was there to be shown. */
static bool show(const struct lab *lab, const char *engine, const char *model, FILE *to)
{
	bool any = false;
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		const struct model_row *m = model ? find_model(e, model) : NULL;
		if (!is_meant(e, engine) || (model && !m))
			continue;
		if (any)
			fputs("\n", to);
		any = true;
		show_engine(to, e);
		if (m) {
			fputs("\n", to);
			show_model(to, m);
		}
	}
	return any;
}

/* ls, ps and show differ in which models they have. */
static json_t *engines_json(const struct lab *lab, const char *name, bool only_loaded, const char *model)
{
	json_t *engines = json_array();
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		if (!is_meant(e, name))
			continue;
		json_t *models = json_array(), *engine = status_json_engine(e);
		for (int k = 0; k < e->row->n_models; k++) {
			const struct model_row *m = &e->row->models[k];
			if ((!only_loaded || m->loaded == TRI_YES) && (!model || g_str_equal(m->name, model)))
				json_array_append_new(models, status_json_model(m));
		}
		json_object_set_new(engine, "models", models);
		json_array_append_new(engines, engine);
	}
	return json_pack("{s:o}", "engines", engines);
}

int verb_engine(struct options *o)
{
	static const char *const words[] = {"ls", "ps", "show", NULL};
	const char *what = o->words[0], *engine = o->n_words > 1 ? o->words[1] : NULL,
		   *model = o->n_words > 2 ? o->words[2] : NULL;
	const struct session_wish wish = {.kinds = 1u << TARGET_ENGINE | 1u << TARGET_GUEST, .only = engine};
	struct output out;
	int status;
	if (!g_strv_contains(words, what)) {
		const char *near = nearest_word(what, words);
		complain("engine %s: no such word; there are ls, ps and show%s%s%s", what,
			 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
		return 2;
	}
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	bool loaded = g_str_equal(what, "ps"), shown = true;
	output_open(&out);
	if (o->json)
		verb_print_json(engines_json(s->lab, engine, loaded, model), out.to);
	else if (g_str_equal(what, "show"))
		shown = show(s->lab, engine, model, out.to);
	else
		status_text_models(s->lab, engine, loaded, out.to);
	int sent = output_send(&out);
	if (!shown && !signals_came())
		complain("engine show: %s",
			 model ? "no engine that answered has this model" : "no engine answered");
	verb_explain(s);
	status = verb_end(s, sent);
	return shown ? status : exit_status_worse(status, 1);
}
