/* verb_snapshot.c - labtop snapshot: one frame of any view at any size as text, for documentation and tests. */
#include "config.h"
#include "cli/verbs.h"

#include "cli/look.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/print.h"
#include "tui/ansi.h"
#include "tui/theme_files.h"
#include "tui/ui_keys.h"

#include <stdio.h>

#define STANDARD_SIZE "80x24"

/* Colours as they are meant, whatever terminal runs us; NO_COLOR leaves bold and reverse. */
static bool make_paint(const char *theme_name, struct paint *paint, GError **error)
{
	const char *no_color = g_getenv("NO_COLOR");
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme = theme_load(theme_name ? theme_name : "default", problems, error);
	if (!theme)
		return false;
	for (guint i = 0; i < problems->len; i++)
		complain("%s", (char *)problems->pdata[i]);
	paint_make(paint, theme, no_color && *no_color ? DEPTH_MONO : DEPTH_TRUE, ~0u);
	theme_free(theme);
	return true;
}

static bool print_frame(const struct options *o, const struct session *s, FILE *to, GError **error)
{
	int w, h;
	struct paint paint;
	g_autoptr(GArray) keys = NULL;
	if (!look_size(o->size ? o->size : STANDARD_SIZE, &w, &h, error))
		return false;
	/* a theme that was asked for is looked for, even where its colours are not shown */
	if ((o->ansi || o->theme) && !make_paint(look_theme(o, s->config), &paint, error))
		return false;
	if (o->keys && !(keys = keys_script(o->keys, error)))
		return false;
	const struct ui_options look = look_ui(o, s->config);
	struct ui *ui = ui_new(&look, error);
	if (!ui)
		return false;
	struct canvas *canvas = canvas_new(w, h, ui->glyphs);
	ui_update(ui, s->lab);
	ui_draw(ui, s->lab, canvas); /* tables learn their height by being drawn */
	if (keys)
		ui_play(ui, s->lab, keys);
	ui_draw(ui, s->lab, canvas);
	g_autofree char *text = ansi_text(canvas, o->ansi ? &paint : NULL);
	fputs(text, to);
	canvas_free(canvas);
	ui_free(ui);
	return true;
}

int verb_snapshot(struct options *o)
{
	const struct session_wish wish = {.kinds = SESSION_ALL};
	GError *error = NULL;
	struct output out;
	int status;
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	output_open(&out);
	bool drawn = print_frame(o, s, out.to, &error);
	int sent = output_send(&out);
	if (!drawn) {
		session_close(s);
		return complain_error(error, ERROR_HERE);
	}
	return verb_end(s, sent);
}
