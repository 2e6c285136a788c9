/* ansi.c - a canvas as text for files and pipes. */
#include "config.h"

#include "tui/ansi.h"

#include <string.h>

/* Columns of a row up to the last one that shows something. */
static int visible_width(const struct canvas *c, const struct paint *paint, int y)
{
	int w = c->w;
	while (w > 0) {
		const struct cell *cell = canvas_cell(c, w - 1, y);
		if (strcmp(cell->text, " ") != 0 || paint->as[cell->role][cell->selected ? 1 : 0].fills)
			break;
		w--;
	}
	return w;
}

char *ansi_text(const struct canvas *c, const struct paint *paint)
{
	if (!paint)
		return canvas_dump_text(c);
	GString *out = g_string_new(NULL);
	for (int y = 0; y < c->h; y++) {
		const char *now = NULL;
		int w = visible_width(c, paint, y);
		for (int x = 0; x < w; x++) {
			const struct cell *cell = canvas_cell(c, x, y);
			const char *want = paint_look(paint, cell)->sgr;
			if (!now || strcmp(now, want) != 0)
				g_string_append(out, now || strcmp(want, "\033[0m") != 0 ? want : "");
			now = want;
			g_string_append(out, cell->text);
		}
		if (now && strcmp(now, "\033[0m") != 0)
			g_string_append(out, "\033[0m");
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
