/* frame.h - a view of a lab as text, and what must stand on it. */
#ifndef TESTS_FRAME_H
#define TESTS_FRAME_H

#include "tui/ui_keys.h"

/* One frame; the caller frees it. */
static inline char *frame(struct lab *lab, const char *view, const char *keys, int w, int h)
{
	const struct ui_options o = {.glyphs = GLYPHS_UNICODE, .read_only = true, .view = view};
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) script = keys_script(keys, &error);
	struct ui *ui = ui_new(&o, &error);
	g_assert_no_error(error);
	struct canvas *c = canvas_new(w, h, ui->glyphs);
	lab_settle(lab);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	ui_play(ui, lab, script);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	char *text = canvas_dump_text(c);
	canvas_free(c);
	ui_free(ui);
	return text;
}

/* A line of the text fits the expression; or none does. */
static inline void assert_line(const char *text, const char *expression, bool want)
{
	bool found = g_regex_match_simple(expression, text, G_REGEX_MULTILINE, 0);
	if (found == want)
		return;
	g_test_message("\"%s\" is %s on:\n%s", expression, want ? "not" : "wrongly", text);
	g_test_fail();
}

#endif
