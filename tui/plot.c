/* plot.c - line plots against time. A plane of dots is filled first (braille: 2 x 4 a cell, block: 1 x 2, ascii: one),
 * then becomes cells; so that every character set draws the same picture as finely as it can. */
#include "config.h"

#include "tui/plot.h"

#include "lab/text.h"
#include "tui/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_W      8
#define MIN_H      2
#define MAX_LABELS 24

/* Dots a cell has, across and down. */
static const struct {
	int across, down;
} grain[GLYPHS_COUNT] = {
	[GLYPHS_UNICODE] = {2, 4},
	[GLYPHS_BLOCK] = {1, 2},
	[GLYPHS_ASCII] = {1, 1},
};

struct plane {
	struct canvas *c;
	struct rect r; /* cells of the data */
	int across, down, w, h;
	double lo, hi;
	guint8 *bits; /* one byte a cell: its dots */
	guint8 *role; /* one byte a cell: the role of the last series in it */
};

/* ---- range and labels --------------------------------------------------------------------------------------- */

void plot_nice_range(double *lo, double *hi)
{
	static const double steps[] = {1, 2, 2.5, 5, 10};
	double span = *hi - *lo;
	if (!(span > 0)) {
		span = MAX(fabs(*hi) * 0.1, 1);
		*lo -= span / 2;
		*hi += span / 2;
	}
	double power = pow(10, floor(log10(span / 2)));
	double step = power * 10;
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
		if (span / (power * steps[i]) <= 4) {
			step = power * steps[i];
			break;
		}
	*lo = floor(*lo / step) * step;
	*hi = ceil(*hi / step) * step;
}

static void data_range(const struct plot *p, double *lo, double *hi)
{
	*lo = p->lo;
	*hi = p->hi;
	if (*lo < *hi)
		return;
	*lo = INFINITY;
	*hi = -INFINITY;
	for (int s = 0; s < p->n_series; s++)
		for (int i = 0; i < p->series[s].n; i++)
			if (isfinite(p->series[s].values[i])) {
				*lo = MIN(*lo, (double)p->series[s].values[i]);
				*hi = MAX(*hi, (double)p->series[s].values[i]);
			}
	if (*lo > *hi)
		*lo = 0, *hi = 1;
	plot_nice_range(lo, hi);
}

/* "100", "0.5", "6k": at most four columns. */
static void y_label(char *text, gsize size, double v)
{
	if (fabs(v) >= 10000 || (fabs(v) >= 1000 && fmod(v, 1000) == 0))
		g_snprintf(text, size, "%.0fk", v / 1000);
	else if (v == floor(v))
		g_snprintf(text, size, "%.0f", v);
	else
		g_snprintf(text, size, "%.1f", v);
}

static int y_width_of(const struct plot *p, double lo, double hi)
{
	char a[16], b[16];
	if (p->y_width > 0)
		return p->y_width;
	y_label(a, sizeof a, lo);
	y_label(b, sizeof b, hi);
	return MAX(MAX((int)strlen(a), (int)strlen(b)), 4);
}

static int data_width(struct rect r, const struct plot *p, int y_width)
{
	return MAX(r.w - y_width - 1 - p->label_width, 0);
}

int plot_data_width(struct rect r, const struct plot *p)
{
	double lo, hi;
	data_range(p, &lo, &hi);
	return data_width(r, p, y_width_of(p, lo, hi));
}

/* ---- the plane of dots -------------------------------------------------------------------------------------- */

/* Dot bits of a braille cell by column and row; the other sets use the first column's. */
static const guint8 dot_bit[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

static void dot(struct plane *pl, int x, int y, enum role role)
{
	if (x < 0 || y < 0 || x >= pl->w || y >= pl->h)
		return;
	int cell = y / pl->down * pl->r.w + x / pl->across;
	pl->bits[cell] |= dot_bit[x % pl->across][y % pl->down];
	pl->role[cell] = (guint8)role;
}

static int dot_row(const struct plane *pl, double v)
{
	double part = (v - pl->lo) / (pl->hi - pl->lo);
	return pl->h - 1 - (int)(CLAMP(part, 0.0, 1.0) * (pl->h - 1) + 0.5);
}

static void vertical(struct plane *pl, int x, int from, int to, enum role role)
{
	for (int y = MIN(from, to); y <= MAX(from, to); y++)
		dot(pl, x, y, role);
}

/* The value of dot column x: the last sample that falls in it; NAN where there is none. */
static double sample_at(const struct plot_series *s, int samples, int w, int x)
{
	int first = s->n - samples; /* the sample at the left edge */
	int from = first + (int)((gint64)x * samples / w), to = first + (int)((gint64)(x + 1) * samples / w);
	for (int i = MIN(MAX(to - 1, from), s->n - 1); i >= MAX(from, 0); i--)
		if (isfinite(s->values[i]))
			return s->values[i];
	return NAN;
}

/* One line: dots joined in the column half way, so that a slope stays thin; a gap stays a gap. */
static void draw_series(struct plane *pl, const struct plot_series *s, int samples)
{
	double held = NAN;
	int before = -1, since = 0; /* columns that the held value stands for already */
	for (int x = 0; x < pl->w; x++) {
		double v = sample_at(s, samples, pl->w, x);
		since = isnan(v) ? since + 1 : 0;
		if (s->steps && !isnan(v))
			held = v;
		if (s->steps)
			v = s->hold && (gint64)since * samples > (gint64)s->hold * pl->w ? NAN : held;
		if (isnan(v)) {
			/* Fewer samples than dots: the columns between two samples are no gap. */
			if (samples < pl->w && before >= 0 &&
			    (gint64)(x + 1) * samples / pl->w == (gint64)x * samples / pl->w)
				dot(pl, x, before, s->role);
			else
				before = -1;
			continue;
		}
		int y = dot_row(pl, v);
		if (before >= 0 && before != y) {
			int half = s->steps ? y : before + (y - before) / 2;
			vertical(pl, x - 1, before, s->steps ? before : half, s->role);
			vertical(pl, x, s->steps ? before : half, y, s->role);
		} else {
			dot(pl, x, y, s->role);
		}
		before = y;
	}
}

/* ---- dots to cells ------------------------------------------------------------------------------------------ */

static void draw_dots(const struct plane *pl)
{
	static const char *const block[4] = {" ", "▀", "▄", "█"};
	for (int i = 0; i < pl->r.w * pl->r.h; i++) {
		int x = pl->r.x + i % pl->r.w, y = pl->r.y + i / pl->r.w;
		enum role role = (enum role)pl->role[i];
		if (pl->bits[i] == 0)
			continue;
		if (pl->c->glyphs == GLYPHS_UNICODE)
			canvas_dots(pl->c, x, y, role, pl->bits[i]);
		else
			canvas_text(pl->c, x, y, 1, role,
				    pl->c->glyphs == GLYPHS_BLOCK ? block[pl->bits[i] & 3] : "*");
	}
}

static int cell_row(const struct plane *pl, double v)
{
	return pl->r.y + dot_row(pl, v) / pl->down;
}

static void draw_axis(const struct plane *pl, int x0, int y_width)
{
	char text[16];
	for (int y = 0; y < pl->r.h; y++)
		canvas_glyph(pl->c, x0 + y_width, pl->r.y + y, ROLE_BORDER, G_AXIS);
	y_label(text, sizeof text, pl->hi);
	draw_text(pl->c, x0, pl->r.y, y_width, ALIGN_RIGHT, ROLE_DIM, text);
	y_label(text, sizeof text, pl->lo);
	draw_text(pl->c, x0, pl->r.y + pl->r.h - 1, y_width, ALIGN_RIGHT, ROLE_DIM, text);
	/* Something in the middle, when there is room and it is a round number. */
	double middle = (pl->lo + pl->hi) / 2;
	if (pl->r.h >= 5) {
		y_label(text, sizeof text, middle);
		if (strlen(text) <= (size_t)y_width && !strchr(text, '.'))
			draw_text(pl->c, x0, cell_row(pl, middle), y_width, ALIGN_RIGHT, ROLE_DIM, text);
	}
}

/* The line at the cell row y, the first of them where several share it; NULL none. */
static const struct plot_line *line_at(const struct plane *pl, const struct plot *p, int y)
{
	for (int i = 0; i < p->n_lines; i++)
		if (p->lines[i].at >= pl->lo && p->lines[i].at <= pl->hi && cell_row(pl, p->lines[i].at) == y)
			return &p->lines[i];
	return NULL;
}

/* Thresholds, and the cursor (a column, -1 none), where no series has a dot: one thing a cell. */
static void draw_behind(const struct plane *pl, const struct plot *p, int cursor)
{
	for (int y = 0; y < pl->r.h; y++) {
		const struct plot_line *line = line_at(pl, p, pl->r.y + y);
		for (int x = 0; x < pl->r.w; x++) {
			if (pl->bits[y * pl->r.w + x])
				continue;
			if (x == cursor)
				canvas_glyph(pl->c, pl->r.x + x, pl->r.y + y, ROLE_FOCUS, G_V);
			else if (line && x % 2 == 0)
				canvas_glyph(pl->c, pl->r.x + x, pl->r.y + y, line->role, G_LIMIT);
		}
	}
}

/* ---- labels at the right: each as near to its height as the others let it -------------------------------------- */

struct label {
	double at; /* the value: labels stand in its order even where their lines share a row */
	int y;
	enum role role;
	const char *text;
};

static bool is_called_out(enum role role)
{
	return role == ROLE_WARN || role == ROLE_CRIT || role == ROLE_BAR_MID || role == ROLE_BAR_HIGH;
}

static void add_label(struct label *labels, int *n, const struct plane *pl, double at, enum role role,
		      const char *text)
{
	if (!text || !*text || *n >= MAX_LABELS)
		return;
	int i = *n; /* kept in order of height; equals in order of arrival */
	for (; i > 0 && labels[i - 1].at < at; i--)
		labels[i] = labels[i - 1];
	labels[i] = (struct label){at, cell_row(pl, at), role, text};
	(*n)++;
}

/* Of labels that have no row each, those that are called out stay, then those of thresholds; the quiet ones go, from the
 * middle of the height out. Returns how many stay. */
static int thin_out(struct label *labels, int n, int rows)
{
	while (n > rows) {
		int drop = -1;
		for (int i = 0; i < n; i++)
			if (!is_called_out(labels[i].role) &&
			    (drop < 0 || abs(2 * i - n + 1) < abs(2 * drop - n + 1)))
				drop = i;
		drop = drop < 0 ? n / 2 : drop;
		memmove(labels + drop, labels + drop + 1, (size_t)(n - drop - 1) * sizeof *labels);
		n--;
	}
	return n;
}

/* Moves labels apart: down where they meet, then up where that ran over the end. */
static void spread(struct label *labels, int n, int top, int bottom)
{
	for (int i = 1; i < n; i++)
		labels[i].y = MAX(labels[i].y, labels[i - 1].y + 1);
	for (int i = n - 1, limit = bottom; i >= 0; i--, limit--)
		labels[i].y = MIN(labels[i].y, limit);
	for (int i = 0; i < n; i++)
		labels[i].y = MAX(labels[i].y, top + i);
}

static double newest(const struct plot_series *s)
{
	for (int i = s->n - 1; i >= 0; i--)
		if (isfinite(s->values[i]))
			return s->values[i];
	return NAN;
}

static void draw_labels(const struct plane *pl, const struct plot *p)
{
	struct label labels[MAX_LABELS];
	int n = 0;
	if (p->label_width <= 0)
		return;
	for (int i = 0; i < p->n_lines; i++)
		if (p->lines[i].at >= pl->lo && p->lines[i].at <= pl->hi)
			add_label(labels, &n, pl, p->lines[i].at, p->lines[i].role, p->lines[i].label);
	for (int i = 0; i < p->n_series; i++) {
		double v = newest(&p->series[i]);
		if (isfinite(v))
			add_label(labels, &n, pl, v, p->series[i].role, p->series[i].label);
	}
	int bottom = pl->r.y + pl->r.h - 1, all = n + p->left_out;
	bool more = all > pl->r.h || p->left_out;
	n = thin_out(labels, n, MAX(pl->r.h - more, 1));
	spread(labels, n, pl->r.y, bottom - more);
	for (int i = 0; i < n; i++)
		draw_text(pl->c, pl->r.x + pl->r.w + 1, labels[i].y, p->label_width - 1, ALIGN_LEFT,
			  labels[i].role, labels[i].text);
	if (more && all > n && pl->r.h > 1) {
		g_autofree char *text = g_strdup_printf("+%d", all - n);
		draw_text(pl->c, pl->r.x + pl->r.w + 1, bottom, p->label_width - 1, ALIGN_LEFT, ROLE_DIM,
			  text);
	}
}

static void draw_ticks(const struct plane *pl, const struct plot *p, int y)
{
	int free_from = pl->r.x, last = p->n_ticks - 1;
	int last_w = text_width(p->ticks[last].text), last_x = pl->r.x + pl->r.w - last_w;
	for (int i = 0; i <= last; i++) {
		int w = text_width(p->ticks[i].text);
		int x = pl->r.x + (int)lround(p->ticks[i].at * (pl->r.w - 1)) - w / 2;
		x = CLAMP(x, pl->r.x, MAX(pl->r.x + pl->r.w - w, pl->r.x));
		if (x < free_from || (i < last && x + w >= last_x && i > 0))
			continue; /* it would run into its neighbour */
		free_from = x + w + 1;
		canvas_text(pl->c, x, y, w, ROLE_DIM, p->ticks[i].text);
	}
}

static void draw_left_out(struct canvas *c, struct rect r)
{
	draw_text(c, r.x, r.y + r.h / 2, r.w, ALIGN_CENTRE, ROLE_DIM, "no plots while the terminal is slow");
}

void plot_draw(struct canvas *c, struct rect r, const struct plot *p)
{
	if (c->sparing) {
		draw_left_out(c, r);
		return;
	}
	struct plane pl = {.c = c, .across = grain[c->glyphs].across, .down = grain[c->glyphs].down};
	data_range(p, &pl.lo, &pl.hi);
	int y_width = y_width_of(p, pl.lo, pl.hi), ticks = p->ticks && r.h > MIN_H ? 1 : 0;
	pl.r = rect_of(r.x + y_width + 1, r.y, data_width(r, p, y_width), r.h - ticks);
	if (r.w < MIN_W || pl.r.w < 2 || pl.r.h < MIN_H)
		return;
	pl.w = pl.r.w * pl.across;
	pl.h = pl.r.h * pl.down;
	g_autofree guint8 *bits = g_malloc0((gsize)pl.r.w * (gsize)pl.r.h * 2);
	pl.bits = bits;
	pl.role = bits + pl.r.w * pl.r.h;

	struct rect saved = canvas_clip(c, r);
	draw_axis(&pl, r.x, y_width);
	for (int i = 0; i < p->n_series; i++)
		draw_series(&pl, &p->series[i], p->samples > 0 ? p->samples : pl.w);
	int cursor = p->cursor > 0 ? (int)lround(MIN(p->cursor, 1.0) * (pl.r.w - 1)) : -1;
	draw_behind(&pl, p, cursor);
	draw_dots(&pl);
	if (cursor >= 0)
		canvas_role(c, rect_of(pl.r.x + cursor, pl.r.y, 1, pl.r.h), ROLE_FOCUS);
	draw_labels(&pl, p);
	if (ticks)
		draw_ticks(&pl, p, r.y + r.h - 1);
	canvas_unclip(c, saved);
}
