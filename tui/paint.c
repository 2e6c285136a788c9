/* paint.c - looks as SGR sequences (ECMA-48 8.3.117; 38 and 48 from ISO 8613-6, as xterm takes them). */
#include "config.h"

#include "tui/paint.h"

static void append_colour(GString *out, struct colour c, bool background)
{
	int base = background ? 40 : 30;
	if (c.kind == COLOUR_RGB)
		g_string_append_printf(out, ";%d;2;%u;%u;%u", base + 8, c.value >> 16 & 255,
				       c.value >> 8 & 255, c.value & 255);
	else if (c.kind == COLOUR_INDEX && c.value < 8)
		g_string_append_printf(out, ";%d", base + (int)c.value);
	else if (c.kind == COLOUR_INDEX && c.value < 16)
		g_string_append_printf(out, ";%d", base + 60 + (int)c.value - 8);
	else if (c.kind == COLOUR_INDEX)
		g_string_append_printf(out, ";%d;5;%u", base + 8, c.value);
}

static void write_sgr(char sgr[SGR_SIZE], struct look look)
{
	static const struct {
		unsigned attr;
		const char *code;
	} codes[] = {{ATTR_BOLD, ";1"}, {ATTR_DIM, ";2"}, {ATTR_UNDERLINE, ";4"}, {ATTR_REVERSE, ";7"}};
	g_autoptr(GString) out = g_string_new("\033[0");
	for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
		if (look.attrs & codes[i].attr)
			g_string_append(out, codes[i].code);
	append_colour(out, look.fg, false);
	append_colour(out, look.bg, true);
	g_string_append_c(out, 'm');
	g_strlcpy(sgr, out->str, SGR_SIZE);
}

#define READABLE 2.5 /* of contrast; less is a mark that nobody sees */

/* The selection keeps the role's own colour and lays its background under it; plain text, and what could not be read on
 * that background, takes the selection's. */
static struct look selected(struct look look, struct look select)
{
	bool lost = colour_contrast(look.fg, select.bg) < READABLE;
	if (look.fg.kind == COLOUR_DEFAULT || lost ||
	    (select.bg.kind == COLOUR_DEFAULT && (select.attrs & ATTR_REVERSE)))
		look.fg = select.fg.kind == COLOUR_DEFAULT ? look.fg : select.fg;
	look.bg = select.bg.kind == COLOUR_DEFAULT ? look.bg : select.bg;
	look.attrs |= select.attrs;
	if (look.attrs & ATTR_BOLD)
		look.attrs &= ~(unsigned)ATTR_DIM;
	return look;
}

void paint_make(struct paint *paint, const struct theme *theme, enum depth depth, unsigned attrs)
{
	struct look select = theme_look(theme, ROLE_SELECT, depth);
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int s = 0; s < 2; s++) {
			struct look look = theme_look(theme, (enum role)role, depth);
			if (s)
				look = selected(look, select);
			look.attrs &= attrs;
			write_sgr(paint->as[role][s].sgr, look);
			paint->as[role][s].fills = look.bg.kind != COLOUR_DEFAULT ||
						   (look.attrs & (ATTR_REVERSE | ATTR_UNDERLINE));
		}
}
