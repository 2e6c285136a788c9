/* test_monkey.c - somebody who hits any key at any time, in a window of any size, while the lab changes under them: ten
 * thousand steps from a seed with each glyph set. Nothing falls over, and every frame is whole.
 *
 * LABTOP_MONKEY="SEED STEPS" plays another one.
 */
#include "config.h"

#include "backends/demo/demo.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/hostile_check.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"
#include "tui/emit.h"
#include "tui/ui_keys.h"

#include <locale.h>
#include <string.h>

#define STEPS     30000 /* in all three glyph sets */
#define MAX_W     300
#define MAX_H     100
#define DEMO_S    120
#define BIG_TOTAL 34342961152.0

struct monkey {
	GRand *dice;
	struct lab *lab;
	struct ui *ui;
	struct canvas *canvas, *shown;
	bool shown_holds; /* of the same size as canvas */
	struct emit emit;
	struct paint paint;
	GPtrArray *targets; /* what the demo posts borrows their names */
	struct obs *story;  /* what the demo posted and was not folded yet */
	int64_t at_ms;      /* on the demo's clock */
	uint32_t generation;
	int step;
};

static int roll(struct monkey *m, int from, int to)
{
	return g_rand_int_range(m->dice, from, to);
}

static const char *any_name(struct monkey *m)
{
	static const char *const names[] = {"esx01",
					    "esx02",
					    "llm-1",
					    "vllm-1",
					    "vgpu-1",
					    "ollama",
					    "x",
					    "",
					    "世界\xcc\x81",
					    "a-name-that-is-longer-than-any-column-has-room-for"};
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	int i = roll(m, 0, (int)G_N_ELEMENTS(names) + 1);
	return i < (int)G_N_ELEMENTS(names) ? names[i] : texts[roll(m, 0, (int)n - 4)].bytes;
}

/* Mostly something usual; now and then nothing, or too much. */
static struct num any_num(struct monkey *m, double usual)
{
	switch (roll(m, 0, 12)) {
	case 0:
		return num_none(NUM_UNKNOWN);
	case 1:
		return num_none(NUM_DENIED);
	case 2:
		return num_none(NUM_BAD);
	case 3:
		return num_of(0);
	case 4:
		return num_of(usual * 1e6);
	case 5:
		return num_of(-usual);
	default:
		return num_of(usual * g_rand_double(m->dice));
	}
}

/* ---- the lab changes ----------------------------------------------------------------------------------------------------- */

static void post(struct monkey *m, struct obs *obs)
{
	obs->taken_ns = demo_ns(m->at_ms);
	obs->wall_ms = demo_wall(m->at_ms);
	lab_fold(m->lab, obs);
}

static void story_goes_on(struct monkey *m)
{
	for (int n = roll(m, 1, 6); n > 0 && m->story; n--) {
		m->at_ms = MAX(m->at_ms, (m->story->taken_ns - DEMO_ZERO_NS) / 1000000);
		m->story = lab_fold(m->lab, m->story);
	}
}

static void time_passes(struct monkey *m)
{
	static const int steps_ms[] = {0, 100, 1000, 5000, 60000, 3600000};
	m->at_ms += steps_ms[roll(m, 0, (int)G_N_ELEMENTS(steps_ms))];
}

static void inventory_changes(struct monkey *m)
{
	struct obs *obs = build_inventory(roll(m, 0, 2) ? "esx01" : any_name(m),
					  m->generation += (uint32_t)roll(m, 0, 2), 0);
	for (int i = roll(m, 0, 3); i > 0; i--) {
		struct host_row *h = build_host(obs, any_name(m), any_name(m), any_name(m));
		for (int k = roll(m, 0, 5); k > 0; k--) {
			g_autofree char *bdf = g_strdup_printf("0000:%02x:00.0", roll(m, 0, 4));
			struct pci_row *d = build_pci(h, bdf, roll(m, 0, 2) ? 0x1002 : 0x10de, 0x66a1,
						      roll(m, 0, 2) ? 0x0380 : 0x0604);
			d->pt_state = (enum passthru_state)roll(m, 0, PT_COUNT);
			d->numa_node = any_num(m, 4);
			d->name = box_text(obs->box, any_name(m), -1);
		}
	}
	for (int i = roll(m, 0, 4); i > 0; i--) {
		struct vm_row *vm = build_vm(obs, any_name(m), any_name(m), any_name(m));
		vm->power = (enum vm_power)roll(m, 0, 4);
		vm->memory_mb = any_num(m, 65536);
		vm->vcpus = any_num(m, 16);
		for (int k = roll(m, 0, 3); k > 0; k--)
			build_vm_device(vm, (enum vm_device_kind)roll(m, 0, 4), "0000:03:00.0",
					roll(m, -1, 300));
	}
	for (int i = roll(m, 0, 3); i > 0; i--)
		build_gone(obs, any_name(m));
	obs->u.inventory->complete = roll(m, 0, 3) == 0;
	post(m, obs);
}

static void sensors_tell(struct monkey *m)
{
	struct obs *obs = build_sensors("esx01", any_name(m), 0);
	for (int i = roll(m, 0, 5); i > 0; i--)
		build_sensor(obs, any_name(m), roll(m, 0, 2) ? "fan" : any_name(m), "rpm",
			     any_num(m, 9000).v);
	post(m, obs);
}

static void guest_tells(struct monkey *m)
{
	struct obs *obs;
	const char *name = roll(m, 0, 2) ? "llm-1" : any_name(m);
	if (roll(m, 0, 4) == 0) {
		struct guest_row *g = build_guest(&obs, name, 0);
		g->hostname = box_text(obs->box, any_name(m), -1);
		for (int i = roll(m, 0, 9); i > 0; i--) {
			g_autofree char *id = g_strdup_printf("g%d", i);
			struct gpu_row *gpu = build_gpu(g, id, "0000:03:00.0", "", 0x1002, 0x66a1);
			gpu->name = box_text(obs->box, any_name(m), -1);
			gpu->parent = roll(m, 0, 4) ? "" : box_text(obs->box, roll(m, 0, 2) ? "g1" : id, -1);
			gpu->limit[LIM_TEMP_JUNCTION_CRIT_C] = any_num(m, 105);
		}
		post(m, obs);
		return;
	}
	struct sample *s = build_sample(&obs, name, m->at_ms);
	for (int i = roll(m, 0, 9); i > 0; i--) {
		g_autofree char *id = g_strdup_printf("g%d", i);
		struct gpu_sample *g = build_gpu_sample(s, id);
		g->state = (enum gpu_state)roll(m, 0, 5);
		g->throttle = (unsigned)roll(m, 0, 64);
		for (int k = 0; k < M_COUNT; k++)
			g->metric[k] = any_num(m, 100);
		g->metric[M_VRAM_TOTAL_BYTES] = any_num(m, BIG_TOTAL);
		g->metric[M_VRAM_USED_BYTES] = any_num(m, BIG_TOTAL);
	}
	for (int i = roll(m, 0, 5); i > 0; i--)
		build_proc(s, roll(m, 1, 9), 1, any_name(m), any_name(m), "g1", any_num(m, BIG_TOTAL).v);
	post(m, obs);
}

static void engine_tells(struct monkey *m)
{
	struct obs *obs;
	struct engine_row *e =
		build_engine(&obs, roll(m, 0, 2) ? "ollama" : any_name(m), ENGINE_OLLAMA, any_name(m), 0);
	for (int i = roll(m, 0, 8); i > 0; i--)
		build_model(e, any_name(m), any_num(m, BIG_TOTAL).v, roll(m, 0, 2));
	e->tokens_per_second = any_num(m, 50);
	e->queue = any_num(m, 10);
	e->kv_used_pct = any_num(m, 100);
	e->slots_busy = any_num(m, 8);
	e->slots_total = any_num(m, 8);
	post(m, obs);
}

static void source_changes(struct monkey *m)
{
	static const struct {
		enum target_kind kind;
		const char *name;
	} sources[] = {{TARGET_VSPHERE, "esx01"},
		       {TARGET_GUEST, "llm-1"},
		       {TARGET_ENGINE, "ollama"},
		       {TARGET_ENGINE, "e"}};
	int i = roll(m, 0, (int)G_N_ELEMENTS(sources));
	struct obs *obs = build_obs(OBS_SOURCE, sources[i].kind, sources[i].name, 0);
	obs->u.src = box_new0(obs->box, struct obs_source);
	*obs->u.src = (struct obs_source){.state = (enum source_state)roll(m, 0, 5),
					  .reason = box_text(obs->box, any_name(m), -1),
					  .hint = "",
					  .detail = box_text(obs->box, any_name(m), -1),
					  .error = roll(m, -1, 12),
					  .interval_ms = roll(m, 0, 5000),
					  .insecure = roll(m, 0, 2),
					  .retry_ms = roll(m, 0, 60000)};
	if (obs->u.src->state == SRC_STALE) /* is never posted */
		obs->u.src->state = SRC_LIVE;
	post(m, obs);
}

static void something_is_logged(struct monkey *m)
{
	lab_log(m->lab, G_LOG_LEVEL_WARNING, any_name(m), any_name(m));
}

static void (*const changes[])(struct monkey *) = {
	story_goes_on, story_goes_on, time_passes,    inventory_changes,   sensors_tell,
	guest_tells,   engine_tells,  source_changes, something_is_logged,
};

/* ---- somebody does something -------------------------------------------------------------------------------------------------- */

static void resize(struct monkey *m)
{
	static const struct {
		int w, h;
	} limits[] = {{30, 10}, {80, 24}, {120, 40}, {MAX_W, MAX_H}};
	int i = roll(m, 0, (int)G_N_ELEMENTS(limits));
	canvas_resize(m->canvas, roll(m, 1, limits[i].w + 1), roll(m, 1, limits[i].h + 1));
	m->shown_holds = false;
}

static void hit_key(struct monkey *m)
{
	static const int moves[] = {K_UP,   K_DOWN,  K_LEFT, K_RIGHT, K_HOME,    K_END,   K_PGUP,
				    K_PGDN, K_ENTER, K_ESC,  K_TAB,   K_BACKTAB, K_SPACE, K_BACKSPACE};
	struct key_event e = {.key = K_NONE};
	g_autofree char *paste = NULL;
	int kind = roll(m, 0, 20);
	if (kind < 10) {
		e.key = moves[roll(m, 0, (int)G_N_ELEMENTS(moves))];
	} else if (kind < 17) {
		e.key = roll(m, ' ', 0x7f);
	} else if (kind == 17) {
		e.key = roll(m, 1, K_LAST);
	} else if (kind == 18) {
		e = (struct key_event){.key = K_MOUSE,
				       .x = roll(m, -2, MAX_W),
				       .y = roll(m, -2, MAX_H),
				       .mouse = (enum mouse_what)roll(m, 0, 3)};
	} else {
		paste = g_strdup(any_name(m));
		e = (struct key_event){.key = K_PASTE, .paste = paste};
	}
	ui_key(m->ui, m->lab, &e);
	ui_update(m->ui, m->lab);
}

static void judge(struct monkey *m, const char *where, char *take_bad)
{
	if (take_bad)
		g_error("step %d: %s: %s", m->step, where, take_bad);
}

static void look(struct monkey *m)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	ui_update(m->ui, m->lab);
	ui_draw(m->ui, m->lab, m->canvas);
	judge(m, "canvas", hostile_find_canvas(m->canvas));
	emit_frame(&m->emit, bytes, m->shown_holds ? m->shown : NULL, m->canvas, &m->paint);
	judge(m, "bytes", hostile_find(bytes->str, bytes->len, ALLOW_CURSOR));
	canvas_resize(m->shown, m->canvas->w, m->canvas->h);
	memcpy(m->shown->cells, m->canvas->cells,
	       (size_t)m->canvas->w * (size_t)m->canvas->h * sizeof *m->canvas->cells);
	m->shown->cursor_x = m->canvas->cursor_x;
	m->shown->cursor_y = m->canvas->cursor_y;
	m->shown->show_cursor = m->canvas->show_cursor;
	m->shown_holds = true;
	/* a line for each row that is marked */
	g_auto(GStrv) copied = m->ui->effects.copy ? g_strsplit(m->ui->effects.copy, "\n", -1) : NULL;
	for (guint i = 0; copied && copied[i]; i++)
		hostile_show_line(copied[i], "clipboard");
	ui_effects_clear(m->ui);
}

static void one_step(struct monkey *m)
{
	int what = roll(m, 0, 20);
	if (what == 0)
		resize(m);
	else if (what < 6)
		changes[roll(m, 0, (int)G_N_ELEMENTS(changes))](m);
	else
		hit_key(m);
	lab_set_time(m->lab, demo_ns(m->at_ms), demo_wall(m->at_ms));
	lab_settle(m->lab);
	if (roll(m, 0, 3) > 0)
		look(m);
}

/* ---- a run --------------------------------------------------------------------------------------------------------------------- */

static void begin(struct monkey *m, guint32 seed, enum glyph_set glyphs)
{
	struct mailbox *mail = mailbox_new();
	GPtrArray *targets = demo_targets(seed, DEMO_S);
	struct theme *theme = theme_builtin();
	*m = (struct monkey){
		.dice = g_rand_new_with_seed(seed), .lab = lab_new("demo", true), .generation = 100};
	for (guint i = 0; i < targets->len; i++)
		lab_add_target(m->lab, targets->pdata[i]);
	demo_add_card_notes(m->lab);
	demo_fill((const struct target *const *)targets->pdata, (int)targets->len, mail, NULL, NULL);
	m->targets = targets;
	m->story = mailbox_take(mail, G_MAXINT);
	m->ui = ui_new(&(struct ui_options){.glyphs = glyphs}, NULL);
	m->canvas = canvas_new(80, 24, glyphs);
	m->shown = canvas_new(80, 24, glyphs);
	paint_make(&m->paint, theme, DEPTH_256, ~0u);
	lab_set_time(m->lab, demo_ns(0), demo_wall(0));
	lab_settle(m->lab);
	theme_free(theme);
	mailbox_free(mail);
}

static void end(struct monkey *m)
{
	while (m->story) {
		struct obs *next = m->story->next;
		obs_free(m->story);
		m->story = next;
	}
	ui_free(m->ui);
	canvas_free(m->canvas);
	canvas_free(m->shown);
	lab_free(m->lab);
	g_ptr_array_unref(m->targets);
	g_rand_free(m->dice);
}

static void test_monkey(const void *glyphs)
{
	const char *told = g_getenv("LABTOP_MONKEY");
	g_auto(GStrv) words = g_strsplit(told ? told : "1", " ", 2);
	guint32 seed = (guint32)g_ascii_strtoull(words[0], NULL, 10);
	int steps = words[0] && words[1] ? (int)g_ascii_strtoll(words[1], NULL, 10) : STEPS / GLYPHS_COUNT;
	struct monkey m;
	begin(&m, seed + (guint32)GPOINTER_TO_INT(glyphs), (enum glyph_set)GPOINTER_TO_INT(glyphs));
	for (m.step = 0; m.step < steps; m.step++)
		one_step(&m);
	hostile_show(m.lab, "in the end", false);
	end(&m);
}

/* ---- what it found ------------------------------------------------------------------------------------------------------------- */

static struct lab *one_host(void)
{
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	lab_settle(lab);
	return lab;
}

/* The rows that a view's list shows are gone when the lab has settled: a key looks at the new ones. */
static void test_key_after_settling(void)
{
	struct lab *lab = one_host();
	struct ui *ui = ui_new(&(struct ui_options){.view = "vms"}, NULL);
	struct ref selected;
	ui_update(ui, lab);
	g_assert_true(view_selected(ui_view(ui), lab, &selected));
	build_post(lab, build_inventory("esx01", 2, 1000), true);
	lab_settle(lab);
	ui_key(ui, lab, &(struct key_event){.key = 'y'});
	g_assert_cmpuint(ui->seen, ==, lab->version);
	g_assert_false(view_selected(ui_view(ui), lab, &selected));
	g_assert_null(ui->effects.copy);
	ui_free(ui);
	lab_free(lab);
}

/* A key may be the first thing that happens. */
static void test_key_before_the_first_frame(void)
{
	struct lab *lab = one_host();
	struct ui *ui = ui_new(&(struct ui_options){.view = "vms"}, NULL);
	ui_key(ui, lab, &(struct key_event){.key = K_DOWN});
	g_assert_cmpint(ui_view(ui)->entered, >, 0);
	ui_free(ui);
	lab_free(lab);
}

/* Somebody comes back to a list by way of one thing in it, and the lab is another one by now. */
static void test_entered_again(void)
{
	struct lab *lab = one_host();
	struct ui *ui = ui_new(&(struct ui_options){.view = "vms"}, NULL);
	struct ref vm, selected;
	ui_update(ui, lab);
	g_assert_true(view_selected(ui_view(ui), lab, &vm));
	ui_go(ui, lab, "tasks", NULL);
	struct obs *obs = build_esx01(2, 1000);
	build_vm(obs, "2", "before-it", "ha-host");
	build_post(lab, obs, true);
	lab_settle(lab);
	table_forget(view_table(ui_view(ui)));
	g_assert_null(table_current(view_table(ui_view(ui))));
	ui_go(ui, lab, "vms", &vm);
	g_assert_true(view_selected(ui_view(ui), lab, &selected));
	g_assert_true(ref_equal(&vm, &selected));
	ui_free(ui);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/monkey/found/key-after-settling", test_key_after_settling);
	g_test_add_func("/monkey/found/key-before-the-first-frame", test_key_before_the_first_frame);
	g_test_add_func("/monkey/found/entered-again", test_entered_again);
	g_test_add_data_func("/monkey/unicode", GINT_TO_POINTER(GLYPHS_UNICODE), test_monkey);
	g_test_add_data_func("/monkey/block", GINT_TO_POINTER(GLYPHS_BLOCK), test_monkey);
	g_test_add_data_func("/monkey/ascii", GINT_TO_POINTER(GLYPHS_ASCII), test_monkey);
	return g_test_run();
}
