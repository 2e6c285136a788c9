/* check_engine.c - models that did not fit their cards (rules.md section 9). */
#include "config.h"
#include "lab/check.h"

#include "lab/num.h"

/* One that lies wholly in the host's memory was asked for. */
static void look_spilled(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_engine *e = thing;
	for (int i = 0; i < e->row->n_models; i++) {
		const struct model_row *m = &e->row->models[i];
		double part = model_on_cpu(m);
		if (part <= 0 || part >= 1)
			continue;
		struct ref ref = ref_make(THING_MODEL, e->ref.source, m->name, "");
		g_autofree char *text = g_strdup_printf("%.0f %% on the CPU", 100 * part);
		check_about(out, &ref, m->name);
		check_hit(out, text, "%.1f of %.1f GiB in system memory, on %s",
			  (m->mem_bytes.v - m->vram_bytes.v) / GIB, m->mem_bytes.v / GIB, e->ref.source);
	}
}

static bool is_told(const struct lab *lab, const void *thing)
{
	return !((const struct lab_engine *)thing)->stale;
}

/* Quiet: that an engine is silent is said of its source. */
static const struct check_need live = {"its models", is_told, true};

const struct check check_engine_table[] = {
	{.id = "ENG-OLLAMA-CPU",
	 .severity = SEV_WARN,
	 .scope = THING_ENGINE,
	 .live = true,
	 .needs = {&live},
	 .look = look_spilled,
	 .fix = "load it again when its cards have room, with less context or a smaller quantization"},
	{NULL},
};
