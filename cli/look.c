/* look.c - options and configuration, the option first. */
#include "config.h"
#include "cli/look.h"

#include <stdio.h>
#include <string.h>

#define SIZE_MAX_W 400
#define SIZE_MAX_H 200

struct ui_options look_ui(const struct options *o, const struct config *config)
{
	int named = config->glyphs ? glyph_set_by_name(config->glyphs) : -1;
	return (struct ui_options){
		.glyphs = o->ascii     ? GLYPHS_ASCII
			  : named >= 0 ? (enum glyph_set)named
				       : glyph_set_of_locale(),
		.locked = config->read_only == READ_ONLY_LOCKED,
		.read_only = config->read_only == READ_ONLY_LOCKED ||
			     (config->read_only == READ_ONLY_YES && !o->write),
		.view = o->view,
		.keys = config->keys,
	};
}

/* COLORFGBG, as rxvt, Konsole and others set it: "0;15", the background last, by number; 7 and 15 are white. */
static bool is_light_terminal(void)
{
	const char *colours = g_getenv("COLORFGBG"), *last = colours ? strrchr(colours, ';') : NULL;
	return last && (strcmp(last, ";7") == 0 || strcmp(last, ";15") == 0);
}

const char *look_theme(const struct options *o, const struct config *config)
{
	if (o->theme || config->theme || !is_light_terminal())
		return o->theme ? o->theme : config->theme;
	return "light";
}

bool look_size(const char *text, int *w, int *h, GError **error)
{
	int end = 0;
	if (sscanf(text, "%4dx%4d%n", w, h, &end) == 2 && !text[end] && *w >= 1 && *h >= 1 &&
	    *w <= SIZE_MAX_W && *h <= SIZE_MAX_H)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--size %s: a size is COLSxROWS, up to %dx%d", text,
		    SIZE_MAX_W, SIZE_MAX_H);
	return false;
}
