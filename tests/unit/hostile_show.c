/* hostile_show.c - see hostile_show.h. */
#include "config.h"

#include "tests/unit/hostile_show.h"

#include "cli/status_json.h"
#include "cli/status_text.h"
#include "tests/unit/hostile_check.h"
#include "tests/unit/hostile_text.h"
#include "tui/ansi.h"
#include "tui/emit.h"
#include "tui/ui_keys.h"
#include "tui/views.h"

#include <stdio.h>
#include <string.h>

/* What is being shown, for the message of a failure; whether the mark was seen. */
struct show {
	struct lab *lab;
	const char *what;
	struct paint paint;
	bool seen;
};

static void judge(struct show *s, const char *where, char *take_bad)
{
	if (take_bad)
		g_error("%s: %s: %s", s->what, where, take_bad);
}

static void judge_bytes(struct show *s, const char *where, const char *bytes, size_t n, unsigned allow)
{
	judge(s, where, hostile_find(bytes, n, allow));
	s->seen |= memmem(bytes, n, HOSTILE_MARK, strlen(HOSTILE_MARK)) != NULL;
}

void hostile_show_line(const char *line, const char *what)
{
	struct show s = {.what = what};
	if (line)
		judge_bytes(&s, "one line", line, strlen(line), ALLOW_NOTHING);
}

/* ---- JSON and tables ------------------------------------------------------------------------------------------------ */

static void show_json(struct show *s)
{
	json_t *json = status_json(s->lab);
	judge(s, "JSON value", hostile_find_json(json));
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	if (!text)
		g_error("%s: JSON cannot be written", s->what);
	judge_bytes(s, "JSON text", text, strlen(text), ALLOW_NEWLINE);
	free(text);
	json_decref(json);
}

static void show_tables(struct show *s)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	status_text(s->lab, to);
	status_text_gpus(s->lab, to);
	status_text_models(s->lab, NULL, false, to);
	fclose(to);
	judge_bytes(s, "plain tables", text, n, ALLOW_NEWLINE);
	free(text);
}

/* ---- views ---------------------------------------------------------------------------------------------------------- */

static void judge_ascii(struct show *s, const char *where, const char *bytes)
{
	if (!g_str_is_ascii(bytes))
		g_error("%s: %s: not ASCII where only that can be shown", s->what, where);
}

static void show_frame(struct show *s, struct ui *ui, const char *where, int w, int h)
{
	struct canvas *c = canvas_new(w, h, ui->glyphs);
	struct emit emit = {0};
	g_autoptr(GString) bytes = g_string_new(NULL);
	ui_draw(ui, s->lab, c);
	judge(s, where, hostile_find_canvas(c));
	g_autofree char *ansi = ansi_text(c, &s->paint);
	judge_bytes(s, where, ansi, strlen(ansi), ALLOW_NEWLINE | ALLOW_SGR);
	if (ui->glyphs == GLYPHS_ASCII)
		judge_ascii(s, where, ansi);
	emit_frame(&emit, bytes, NULL, c, &s->paint);
	judge_bytes(s, where, bytes->str, bytes->len, ALLOW_CURSOR);
	canvas_free(c);
	if (ui->effects.copy)
		judge_bytes(s, "clipboard", ui->effects.copy, strlen(ui->effects.copy), ALLOW_NEWLINE);
	ui_effects_clear(ui);
}

static void press(struct show *s, struct ui *ui, int key)
{
	struct key_event e = {.key = key};
	ui_key(ui, s->lab, &e);
	ui_update(ui, s->lab);
}

/* Every key of the view and of everywhere, each from a fresh start, and what it shows then. */
static void show_keys(struct show *s, struct ui *ui, const char *view, int w, int h)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(int));
	for (guint i = 0; i < ui->keymap->bindings->len; i++) {
		const struct binding *b = &g_array_index(ui->keymap->bindings, struct binding, i);
		if (b->n_keys > 0)
			g_array_append_val(keys, b->keys[0]);
	}
	for (guint i = 0; i < keys->len; i++) {
		g_autofree char *where =
			g_strdup_printf("view %s, key %d", view, g_array_index(keys, int, i));
		ui_go(ui, s->lab, view, NULL);
		press(s, ui, g_array_index(keys, int, i));
		show_frame(s, ui, where, w, h);
		press(s, ui, K_DOWN);
		press(s, ui, K_ENTER);
		show_frame(s, ui, where, w, h);
		for (int k = 0; k < 3; k++)
			press(s, ui, K_ESC);
	}
}

static void show_views(struct show *s, bool thorough)
{
	static const struct {
		int w, h;
		enum glyph_set glyphs;
	} sizes[] = {{200, 50, GLYPHS_UNICODE}, {80, 24, GLYPHS_UNICODE}, {80, 24, GLYPHS_ASCII}};
	struct theme *theme = theme_builtin();
	paint_make(&s->paint, theme, DEPTH_TRUE, ~0u);
	for (size_t i = 0; i < (thorough ? G_N_ELEMENTS(sizes) : 1); i++)
		for (int v = 0; views_all[v]; v++) {
			const struct ui_options o = {.glyphs = sizes[i].glyphs, .read_only = true};
			struct ui *ui = ui_new(&o, NULL);
			ui_go(ui, s->lab, views_all[v]->name, NULL);
			show_frame(s, ui, views_all[v]->name, sizes[i].w, sizes[i].h);
			if (thorough)
				show_keys(s, ui, views_all[v]->name, sizes[i].w, sizes[i].h);
			ui_free(ui);
		}
	theme_free(theme);
}

bool hostile_show(struct lab *lab, const char *what, bool thorough)
{
	struct show s = {.lab = lab, .what = what};
	lab_settle(lab);
	show_json(&s);
	show_tables(&s);
	show_views(&s, thorough);
	return s.seen;
}

void hostile_fold(struct lab *lab, struct obs *obs)
{
	while (obs)
		obs = lab_fold(lab, obs);
}
