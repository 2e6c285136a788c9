/* engine_text.c - see engine_text.h. */
#include "config.h"

#include "tests/drivers/engine_text.h"

static void number(GString *out, const char *key, struct num n)
{
	if (n.state == NUM_OK)
		g_string_append_printf(out, " %s=%.15g", key, n.v);
	else if (n.state != NUM_UNKNOWN)
		g_string_append_printf(out, " %s=?", key);
}

static void word(GString *out, const char *key, const char *value)
{
	if (value && *value)
		g_string_append_printf(out, " %s=%s", key, value);
}

static void model_text(GString *out, const struct model_row *m)
{
	static const char *const loaded[] = {"", "no", "yes"};
	g_string_append_printf(out, "model %s", m->name);
	word(out, "state", model_state_names[m->state]);
	word(out, "loaded", loaded[m->loaded]);
	word(out, "family", m->family);
	word(out, "params", m->params);
	word(out, "quant", m->quant);
	word(out, "digest", m->digest);
	number(out, "size_bytes", m->size_bytes);
	number(out, "mem_bytes", m->mem_bytes);
	number(out, "vram_bytes", m->vram_bytes);
	number(out, "context", m->context);
	if (m->expires_ms == INT64_MAX)
		word(out, "expires_ms", "never");
	else if (m->expires_ms)
		g_string_append_printf(out, " expires_ms=%" G_GINT64_FORMAT, m->expires_ms);
	g_string_append_c(out, '\n');
}

void engine_text(GString *out, const struct engine_row *row)
{
	const char *kind = engine_kind_names[row->kind];
	g_string_append_printf(out, "engine %s", kind ? kind : "");
	word(out, "version", row->version);
	word(out, "state", engine_state_names[row->state]);
	if (row->refused)
		g_string_append(out, " refused");
	number(out, "running", row->running);
	number(out, "queue", row->queue);
	number(out, row->tokens_estimated ? "~tokens_per_second" : "tokens_per_second",
	       row->tokens_per_second);
	number(out, "prompt_per_second", row->prompt_per_second);
	number(out, row->kv_estimated ? "~kv_used_pct" : "kv_used_pct", row->kv_used_pct);
	number(out, "kv_tokens", row->kv_tokens);
	number(out, "slots_busy", row->slots_busy);
	number(out, "slots_total", row->slots_total);
	number(out, "context_max", row->context_max);
	number(out, "preemptions", row->preemptions);
	number(out, "vram_total_bytes", row->vram_total_bytes);
	number(out, "vram_free_bytes", row->vram_free_bytes);
	word(out, "note", row->note);
	g_string_append_c(out, '\n');
	for (int i = 0; i < row->n_models; i++)
		model_text(out, &row->models[i]);
}
