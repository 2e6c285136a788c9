/* view_engines.c - engines and their models: what is loaded, where, how fast it runs; and what an engine does not tell. */
#include "config.h"

#include "tui/views.h"

#include "lab/text.h"
#include "tui/draw.h"
#include "tui/engine_facts.h"
#include "tui/format.h"
#include "tui/source_words.h"
#include "tui/table_cell.h"
#include "tui/welcome.h"

#include <string.h>

struct engines_view {
	struct view base;
	struct table table;
	GArray *items; /* struct model_item, one a row */
};

struct model_item {
	const struct lab_engine *engine;
	const struct model_row *model; /* NULL: an engine without models */
	struct ref ref;
};

static const struct model_item *item(const struct table_row *row)
{
	return row->item;
}

static bool is_loaded(const struct model_item *it)
{
	return it->model && it->model->loaded == TRI_YES;
}

static void cell_model(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct model_item *it = item(row);
	if (!it->model)
		table_cell_text(out, ROLE_DIM, "no models known");
	else
		table_cell_text(out, is_loaded(it) ? ROLE_TEXT : ROLE_DIM, it->model->name);
}

static void cell_size(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	struct num n = item(row)->model ? item(row)->model->size_bytes : num_none(NUM_UNKNOWN);
	table_cell_value(out, n, false, format_bytes(buf, n));
}

static void cell_vram(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	struct num n = is_loaded(item(row)) ? item(row)->model->vram_bytes : num_none(NUM_UNKNOWN);
	table_cell_value(out, n, false, format_bytes(buf, n));
}

static void cell_context(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	struct num n = item(row)->model ? item(row)->model->context : num_none(NUM_UNKNOWN);
	char text[24] = "-";
	if (num_known(n) && n.v >= 1024 && fmod(n.v, 1024) == 0)
		g_snprintf(text, sizeof text, "%.0fk", n.v / 1024);
	else if (num_known(n))
		g_snprintf(text, sizeof text, "%.0f", n.v);
	table_cell_value(out, n, false, text);
}

/* Cards of the lab on which the model lies. */
static int count_cards(const struct lab *lab, const struct model_item *it)
{
	int cards = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		for (guint k = 0; r->placed && k < r->placed->len; k++) {
			const struct lab_placed *p = &g_array_index(r->placed, struct lab_placed, k);
			cards += p->engine == it->engine && p->model == it->model;
		}
	}
	return cards;
}

/* "GPU 4 cards", "38% on CPU", "CPU": by the engine's own word and the processes. */
static void cell_where(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct model_item *it = item(row);
	if (!is_loaded(it)) {
		table_cell_text(out, ROLE_DIM, it->model ? model_state_names[it->model->state] : "");
		return;
	}
	struct num vram = it->model->vram_bytes;
	int cards = count_cards(lab, it), cpu = (int)lround(100 * model_on_cpu(it->model));
	if (cpu > 0) {
		g_snprintf(out->text, sizeof out->text, cpu < 100 ? "%d%% on CPU" : "CPU", cpu);
		out->role = cpu < 100 ? ROLE_WARN : ROLE_TEXT;
		return;
	}
	const char *old = it->engine->stale ? "~" : "";
	const char *state = model_state_names[it->model->state];
	if (cards)
		g_snprintf(out->text, sizeof out->text, "%sGPU %d card%s", old, cards, cards > 1 ? "s" : "");
	else
		g_snprintf(out->text, sizeof out->text, "%s%s", old,
			   num_known(vram) ? "GPU"
			   : state         ? state
					   : "loaded");
}

static void cell_unloads(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct model_item *it = item(row);
	if (!is_loaded(it) || !it->model->expires_ms) {
		table_cell_text(out, ROLE_DIM, "");
		return;
	}
	int64_t left_s = (it->model->expires_ms - lab->now_wall_ms) / 1000;
	if (it->model->expires_ms == INT64_MAX)
		table_cell_text(out, ROLE_TEXT, "never");
	else if (left_s < 0)
		table_cell_text(out, ROLE_TEXT, "now");
	else
		g_snprintf(out->text, sizeof out->text, "%d:%02d", (int)(left_s / 60), (int)(left_s % 60));
	out->sort = (double)left_s;
}

static void cell_quant(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_DIM, item(row)->model ? item(row)->model->quant : "");
}

static void cell_params(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_DIM, item(row)->model ? item(row)->model->params : "");
}

static const struct table_column columns[] = {
	{"MODEL", {.min = 20, .ideal = 40, .priority = 0, .grows = true, .most = 52}, ALIGN_LEFT, cell_model},
	{"SIZE", {.min = 6, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_size},
	{"PARAMS", {.min = 7, .ideal = 7, .priority = 4}, ALIGN_RIGHT, cell_params},
	{"QUANT", {.min = 7, .ideal = 8, .priority = 5}, ALIGN_LEFT, cell_quant},
	{"CTX", {.min = 5, .ideal = 5, .priority = 3}, ALIGN_RIGHT, cell_context},
	{"WHERE", {.min = 11, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_where},
	{"VRAM", {.min = 6, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_vram},
	{"UNLOADS", {.min = 7, .ideal = 7, .priority = 2}, ALIGN_RIGHT, cell_unloads},
};

/* ---- the line above an engine's models ------------------------------------------------------------------------------ */

static void append_count(GString *line, const char *name, struct num n, bool stale)
{
	char buf[FORMAT_SIZE];
	if (num_known(n))
		g_string_append_printf(line, "   %s %s", name, format_num(buf, n, 0, "", stale));
}

static void describe_load(const struct lab_engine *e, GString *line)
{
	char buf[FORMAT_SIZE];
	const struct engine_row *r = e->row;
	if (num_known(r->tokens_per_second))
		g_string_append_printf(
			line, "%s tok/s",
			format_num(buf, r->tokens_per_second, 1, "", e->stale || r->tokens_estimated));
	append_count(line, "running", r->running, e->stale);
	append_count(line, "queue", r->queue, e->stale);
	if (num_known(r->kv_used_pct))
		g_string_append_printf(line, "   KV %s",
				       format_num(buf, r->kv_used_pct, 0, "%", e->stale || r->kv_estimated));
	if (line->len == 0)
		g_string_append(line, r->note);
}

/* "down 46s": an engine that does not answer says so itself, not only by its colour. Returns the columns used. */
static int draw_silence(const struct lab_engine *e, const struct lab *lab, struct canvas *c, int x, int y)
{
	char silence[64];
	if (!e->stale)
		return 0;
	return canvas_text(c, x, y, -1, ROLE_STALE,
			   source_silence(lab, TARGET_ENGINE, e->ref.source, silence, sizeof silence));
}

static void draw_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct lab_engine *e = ((const struct model_item *)row->item)->engine;
	const char *kind = engine_kind_names[e->row->kind], *state = engine_state_names[e->row->state];
	g_autoptr(GString) load = g_string_new(NULL);
	int x = r.x + 1 + canvas_text(c, r.x + 1, r.y, -1, e->stale ? ROLE_STALE : ROLE_TITLE, e->ref.id);
	x += canvas_printf(c, x + 2, r.y, ROLE_DIM, "%s %s", kind ? kind : "unknown engine", e->row->version);
	int silence = draw_silence(e, lab, c, x + 4, r.y);
	x += silence ? silence + 2 : 0;
	if (!silence && state && e->row->state != ENGINE_OK)
		x += canvas_printf(c, x + 4, r.y, ROLE_WARN, "%s", state) + 2;
	if (e->guest)
		x += canvas_printf(c, x + 4, r.y, ROLE_DIM, "in %s", e->guest->ref.source) + 2;
	describe_load(e, load);
	int width = r.x + r.w - x - 5;
	if (width > 8)
		draw_text(c, x + 4, r.y, width, ALIGN_RIGHT, e->stale ? ROLE_STALE : ROLE_TEXT, load->str);
}

/* ---- the list ---------------------------------------------------------------------------------------------------------- */

static void engines_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct engines_view *e = (struct engines_view *)v;
	if (v->entered == 0) {
		table_init(&e->table, columns, G_N_ELEMENTS(columns));
		e->items = g_array_new(FALSE, TRUE, sizeof(struct model_item));
		e->table.group = draw_group;
		e->table.empty =
			"No engine is known yet. Set OLLAMA_HOST, or add an [engine NAME] section with url = "
			"http://host:11434 to labtop.conf.";
	}
	if (!subject)
		return;
	struct ref first = *subject;
	if (subject->kind == THING_ENGINE) {
		const struct lab_engine *engine = lab_find_engine(lab, subject);
		first.kind = THING_MODEL;
		text_copy(first.source, subject->id, sizeof first.source);
		if (engine && engine->row->n_models)
			text_copy(first.id, engine->row->models[0].name, sizeof first.id);
	}
	table_select(&e->table, &first);
}

static void add_item(struct engines_view *v, const struct lab_engine *e, const struct model_row *m)
{
	struct model_item it = {.engine = e, .model = m, .ref = {.kind = THING_MODEL}};
	text_copy(it.ref.source, e->ref.id, sizeof it.ref.source); /* as engines_enter() looks for it */
	text_copy(it.ref.id, m ? m->name : "", sizeof it.ref.id);
	g_array_append_val(v->items, it);
}

static void engines_update(struct view *v, const struct lab *lab)
{
	struct engines_view *ev = (struct engines_view *)v;
	const struct lab_engine *last = NULL;
	g_array_set_size(ev->items, 0);
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		for (int k = 0; k < e->row->n_models; k++)
			add_item(ev, e, &e->row->models[k]);
		if (!e->row->n_models)
			add_item(ev, e, NULL);
	}
	table_begin(&ev->table);
	for (guint i = 0; i < ev->items->len; i++) {
		const struct model_item *it = &g_array_index(ev->items, struct model_item, i);
		if (it->engine != last)
			table_group(&ev->table, NULL, it);
		last = it->engine;
		table_row(&ev->table, &it->ref, it)->stale = it->engine->stale;
	}
	table_end(&ev->table, lab);
}

#define PANE_MIN 5 /* rows below a short list from which on there is more about the engine under the cursor */

static void engines_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct engines_view *ev = (const struct engines_view *)v;
	const struct table_row *current = table_current(&ev->table);
	if (!ev->table.rows->len && empty_draw(lab, 1u << TARGET_ENGINE, "No engine is known yet", c, r))
		return;
	int wanted = table_lines(&ev->table) + 1;
	if (current && r.h - wanted >= PANE_MIN) {
		table_draw(&ev->table, lab, c, rect_cut_top(&r, wanted));
		engine_draw_facts(item(current)->engine, lab, c, r);
		return;
	}
	if (current && r.h > 6)
		engine_draw_foot(item(current)->engine, lab, c, rect_cut_bottom(&r, 2));
	table_draw(&ev->table, lab, c, r);
}

static struct table *engines_table(struct view *v)
{
	return &((struct engines_view *)v)->table;
}

static void engines_leave(struct view *v)
{
	struct engines_view *e = (struct engines_view *)v;
	table_clear(&e->table);
	g_array_unref(e->items);
}

static const struct lab_row *first_card(const struct lab *lab, const struct lab_engine *engine)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (r->engine == engine)
			return r;
	}
	return NULL;
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct table_row *current = table_current(&((struct engines_view *)v)->table);
	const struct lab_row *card = current ? first_card(lab, item(current)->engine) : NULL;
	if (card)
		intent_go(out, "gpu", &card->ref);
	else
		intent_say(out, SAY_INFO, "no GPU is known that this engine uses");
}

static const struct command commands[] = {
	{"open", "enter", "its GPU", "The first GPU that the engine fills.", DANGER_NONE, THING_MODEL, NULL,
	 run_open},
	{NULL},
};

const struct view_ops view_engines = {
	.name = "engines",
	.help = "Engines: models on disk and loaded, and their rates.",
	.title = "Engines",
	.number = 6,
	.size = sizeof(struct engines_view),
	.commands = commands,
	.enter = engines_enter,
	.update = engines_update,
	.draw = engines_draw,
	.table = engines_table,
	.leave = engines_leave,
};
