/* colour.c - what a theme's colours become on a terminal that has fewer. */
#include "config.h"

#include "tui/theme.h"

#include <math.h>

/* xterm's first sixteen, as most terminals show them near enough. */
static const uint32_t first_sixteen[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

uint32_t colour_of_index(int index)
{
	static const uint32_t level[6] = {0, 95, 135, 175, 215, 255};
	if (index < 16)
		return first_sixteen[index];
	if (index >= 232) {
		uint32_t grey = 8 + 10 * (uint32_t)(index - 232);
		return grey << 16 | grey << 8 | grey;
	}
	index -= 16;
	return level[index / 36] << 16 | level[index / 6 % 6] << 8 | level[index % 6];
}

struct lab_colour {
	double l, a, b;
};

static double linear(uint32_t channel)
{
	double v = (channel & 255) / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* OKLab (Björn Ottosson, 2020). */
static struct lab_colour oklab(uint32_t rgb)
{
	double r = linear(rgb >> 16), g = linear(rgb >> 8), b = linear(rgb);
	double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return (struct lab_colour){
		0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
	};
}

/* The terminal's own colours, worked out once: each role of a theme is compared with all of them. */
static struct lab_colour oklab_of_index(int index)
{
	static struct lab_colour known[256];
	static bool is_known[256];
	if (!is_known[index])
		known[index] = oklab(colour_of_index(index));
	is_known[index] = true;
	return known[index];
}

int colour_nearest(uint32_t rgb, int n)
{
	struct lab_colour want = oklab(rgb);
	int best = 0;
	double best_distance = INFINITY;
	for (int i = n > 16 ? 16 : 0; i < n; i++) {
		struct lab_colour have = oklab_of_index(i);
		double dl = want.l - have.l, da = want.a - have.a, db = want.b - have.b;
		double distance = dl * dl + da * da + db * db;
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

#define DARK_BLUE 4 /* on black the oldest complaint there is (style 12.5): cyan or bright blue instead */

/* Of few colours the hue is what counts: a pastel red must not become white. So lightness weighs little there. */
static int nearest_hue(uint32_t rgb, int n)
{
	struct lab_colour want = oklab(rgb);
	double chroma = hypot(want.a, want.b);
	int best = 7; /* white */
	double best_distance = INFINITY;
	for (int i = 1; i < n; i++) {
		struct lab_colour have = oklab_of_index(i);
		double have_chroma = hypot(have.a, have.b);
		if (have_chroma < 0.04 || i == DARK_BLUE)
			continue;
		double da = want.a / chroma - have.a / have_chroma,
		       db = want.b / chroma - have.b / have_chroma;
		double dl = want.l - have.l;
		double distance = da * da + db * db + 0.3 * dl * dl;
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

static bool is_grey(uint32_t rgb)
{
	struct lab_colour c = oklab(rgb);
	return hypot(c.a, c.b) < 0.058;
}

static uint32_t rgb_of(struct colour c)
{
	return c.kind == COLOUR_RGB ? c.value : colour_of_index((int)c.value);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
}

double colour_contrast(struct colour a, struct colour b)
{
	if (a.kind == COLOUR_DEFAULT || b.kind == COLOUR_DEFAULT)
		return NAN;
	double x = luminance(rgb_of(a)) + 0.05, y = luminance(rgb_of(b)) + 0.05;
	return MAX(x, y) / MIN(x, y);
}

static struct colour at_few(struct colour c, int n)
{
	if (c.kind == COLOUR_DEFAULT || (c.kind == COLOUR_INDEX && c.value < (uint32_t)n))
		return c;
	uint32_t rgb = rgb_of(c);
	return (struct colour){COLOUR_INDEX,
			       (uint32_t)(is_grey(rgb) ? colour_nearest(rgb, n) : nearest_hue(rgb, n))};
}

/* 8 or 16 colours, whose black, white and greys may be the background itself: a grey foreground becomes the default one,
 * dim when it was neither bright nor dark; a grey background becomes reverse. */
static struct look with_few(struct look look, int n)
{
	bool own_fg = look.fg.kind == COLOUR_RGB || (look.fg.kind == COLOUR_INDEX && look.fg.value >= 16);
	bool own_bg = look.bg.kind == COLOUR_RGB || (look.bg.kind == COLOUR_INDEX && look.bg.value >= 16);
	if (own_bg && is_grey(rgb_of(look.bg))) {
		look.bg = (struct colour){COLOUR_DEFAULT, 0};
		look.attrs |= ATTR_REVERSE;
	}
	if (own_fg && is_grey(rgb_of(look.fg)) && look.bg.kind == COLOUR_DEFAULT) {
		double l = oklab(rgb_of(look.fg)).l;
		look.fg = (struct colour){COLOUR_DEFAULT, 0};
		if (l > 0.35 && l < 0.67 && !(look.attrs & (ATTR_BOLD | ATTR_REVERSE)))
			look.attrs |= ATTR_DIM;
	}
	look.fg = at_few(look.fg, n);
	look.bg = at_few(look.bg, n);
	if (look.fg.kind == COLOUR_INDEX && look.bg.kind == COLOUR_INDEX && look.fg.value == look.bg.value)
		look.fg = (struct colour){COLOUR_DEFAULT, 0};
	return look;
}

static struct colour at_256(struct colour c)
{
	return c.kind == COLOUR_RGB ? (struct colour){COLOUR_INDEX, (uint32_t)colour_nearest(c.value, 256)}
				    : c;
}

/* Without colours a role is its attributes; a word or a mark carries the state anyway. */
static const unsigned mono_attrs[ROLE_COUNT] = {
	[ROLE_DIM] = ATTR_DIM,
	[ROLE_TITLE] = ATTR_BOLD,
	[ROLE_CRUMB] = ATTR_BOLD,
	[ROLE_BORDER] = ATTR_DIM,
	[ROLE_FOCUS] = ATTR_BOLD | ATTR_UNDERLINE,
	[ROLE_SELECT] = ATTR_REVERSE,
	[ROLE_WARN] = ATTR_BOLD,
	[ROLE_CRIT] = ATTR_BOLD | ATTR_UNDERLINE,
	[ROLE_UNKNOWN] = ATTR_UNDERLINE,
	[ROLE_STALE] = ATTR_DIM,
	[ROLE_KEY] = ATTR_BOLD,
	[ROLE_BAR_HIGH] = ATTR_BOLD,
};

struct look theme_look(const struct theme *theme, enum role role, enum depth depth)
{
	if (theme->pinned[role][depth].set)
		return theme->pinned[role][depth];
	/* What is pinned for a richer terminal of few colours holds for a poorer one too. */
	struct look look = theme->look[role];
	if (depth == DEPTH_8 && theme->pinned[role][DEPTH_16].set)
		look = theme->pinned[role][DEPTH_16];
	switch (depth) {
	case DEPTH_MONO:
		return (struct look){.attrs = mono_attrs[role], .set = true};
	case DEPTH_8:
		return with_few(look, 8);
	case DEPTH_16:
		return with_few(look, 16);
	case DEPTH_256:
		look.fg = at_256(look.fg);
		look.bg = at_256(look.bg);
		return look;
	default:
		return look;
	}
}
