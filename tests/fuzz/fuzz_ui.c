/* fuzz_ui.c - bytes from a terminal: keys, pastes, mouse, ":" and "/" lines, against a small lab, at a size the first two
 * bytes say. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/unit/build_lab.h"
#include "tests/unit/hostile_check.h"
#include "tui/input.h"
#include "tui/ui_keys.h"

#define INPUT_CAP 4096

static struct lab *small_lab(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 0);
	build_gpu_sample(s, "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(86);
	build_post(lab, obs, false);
	build_model(build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0), "qwen:7b", 8 * GIB, true);
	build_post(lab, obs, false);
	lab_settle(lab);
	return lab;
}

static void draw(struct ui *ui, struct lab *lab, struct canvas *c)
{
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	g_autofree char *bad = hostile_find_canvas(c);
	if (bad)
		g_error("%s", bad);
	/* a line for each row that is marked */
	g_auto(GStrv) copied = g_strsplit(ui->effects.copy ? ui->effects.copy : "", "\n", -1);
	for (char **line = copied; *line; line++)
		fuzz_judge(*line);
	ui_effects_clear(ui);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static struct lab *lab;
	struct input in;
	if (!lab)
		lab = small_lab();
	if (size < 2)
		return;
	struct ui *ui =
		ui_new(&(struct ui_options){.glyphs = (enum glyph_set)(data[0] % GLYPHS_COUNT)}, NULL);
	struct canvas *c = canvas_new(data[0], data[1], ui->glyphs);
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct key_event));
	g_array_set_clear_func(events, (GDestroyNotify)key_event_clear);
	input_init(&in);
	input_feed(&in, (const char *)data + 2, MIN(size - 2, INPUT_CAP), events);
	input_flush(&in, events);
	input_clear(&in);
	ui_update(ui, lab);
	for (guint i = 0; i < events->len; i++) {
		ui_key(ui, lab, &g_array_index(events, struct key_event, i));
		ui_update(ui, lab);
		if (i % 16 == 15)
			draw(ui, lab, c);
	}
	draw(ui, lab, c);
	canvas_free(c);
	ui_free(ui);
}
