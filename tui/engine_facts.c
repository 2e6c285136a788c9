/* engine_facts.c - one engine below the list: where it is, what it does not tell, its cards, what is wrong with them. */
#include "config.h"

#include "tui/engine_facts.h"

#include "tui/draw.h"
#include "tui/finding_line.h"
#include "tui/format.h"
#include "tui/source_words.h"
#include "tui/vm_cards.h"

#include <string.h>

/* What this kind of engine does not tell, so that a dash is not taken for a fault. */
static const char *untold(const struct engine_row *e)
{
	static const char *const words[ENGINE_KIND_COUNT] = {
		[ENGINE_OLLAMA] = "Ollama does not tell its queue, its slots, its KV cache or a live rate.",
		[ENGINE_VLLM] = "vLLM takes its share of every card at the start: VRAM says nothing about "
				"load, KV use does.",
		[ENGINE_LLAMACPP] =
			"llama-server counts tokens when a request ends; the rate here is from its slots.",
		[ENGINE_LLAMA_SWAP] = "llama-swap is asked only for what runs: asking a sleeping model would "
				      "start it.",
		[ENGINE_COMFYUI] = "ComfyUI tells its queue; steps are only on its socket.",
	};
	return words[e->kind];
}

void engine_draw_foot(const struct lab_engine *e, const struct lab *lab, struct canvas *c, struct rect r)
{
	char buf[FORMAT_SIZE], words[512] = "";
	const struct lab_source *s = lab_find_source(lab, TARGET_ENGINE, e->ref.source);
	g_autoptr(GString) line = g_string_new(e->row->url);
	if (num_known(e->row->slots_total))
		g_string_append_printf(line, "   slots %s of %.0f",
				       format_num(buf, e->row->slots_busy, 0, "", false),
				       e->row->slots_total.v);
	if (num_known(e->row->prompt_per_second))
		g_string_append_printf(line, "   reads %s tok/s",
				       format_num(buf, e->row->prompt_per_second, 0, "", false));
	if (num_known(e->row->preemptions))
		g_string_append_printf(line, "   preemptions %s",
				       format_num(buf, e->row->preemptions, 0, "", e->stale));
	draw_text(c, r.x + 1, r.y, r.w - 2, ALIGN_LEFT, ROLE_DIM, line->str);
	if (s && e->stale)
		source_words(s, words, sizeof words);
	if (r.h > 1 && *words)
		draw_text(c, r.x + 1, r.y + 1, r.w - 2, ALIGN_LEFT, ROLE_WARN, words);
	else if (r.h > 1 && untold(e->row))
		draw_text(c, r.x + 1, r.y + 1, r.w - 2, ALIGN_LEFT, ROLE_DIM, untold(e->row));
}

void engine_draw_facts(const struct lab_engine *e, const struct lab *lab, struct canvas *c, struct rect r)
{
	g_autoptr(GPtrArray) about = g_ptr_array_new();
	g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func(g_free);
	draw_rule(c, r.x, r.y, r.w, e->ref.id);
	rect_cut_top(&r, 1);
	engine_draw_foot(e, lab, c, rect_cut_top(&r, 2));
	for (guint i = 0; i < lab->rows->len && r.h > 0; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->engine != e)
			continue;
		card_draw(row, lab, false, c, rect_of(r.x + 1, r.y, r.w - 2, 1));
		rect_cut_top(&r, 1);
		g_ptr_array_add(about, (gpointer)&row->ref);
	}
	for (int i = 0; i < e->row->n_models; i++) {
		struct ref *model = g_new(struct ref, 1);
		*model = ref_make(THING_MODEL, e->ref.source, e->row->models[i].name, "");
		g_ptr_array_add(models, model);
		g_ptr_array_add(about, model);
	}
	if (r.h > 0)
		finding_lines_about(lab, (const struct ref *const *)about->pdata, (int)about->len,
				    FINDING_SUBJECT_W, c, r);
}
