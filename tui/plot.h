/* plot.h - line plots against time: braille where the glyph set has it. Pure: arrays of float with NAN gaps in, cells out.
 *
 *   100┤                                      ┄┄┄┄┄┄ limit 100
 *      ┤               ⣀⣀⣀⡠⠤⠤⠤⠒⠒⠒⠉⠉⠉  83:00.0  86
 *    65┤⠒⠒⠒⠒⠒⠒⠒⠚⠛⠛⠛⠛
 *       -10m            -5m           now
 */
#ifndef TUI_PLOT_H
#define TUI_PLOT_H

#include "tui/canvas.h"

#include <stdint.h>

struct plot_series {
	const float *values; /* n samples, the oldest first, equally far apart; NAN: not known, a gap */
	int n;               /* they end at the right edge; fewer than there is room for start later */
	enum role role;
	bool steps; /* a value that is read seldom: drawn as steps, never joined by a slope */
	int hold;   /* steps: for so many samples it stands for what comes after it; 0: for all of them */
	const char *label; /* at the right, at the height of the last value; NULL none */
};

struct plot_line { /* a threshold across the plot */
	double at;
	enum role role;
	const char *label;
};

struct plot_tick { /* below the axis */
	double at; /* 0 left edge .. 1 right edge */
	const char *text;
};

struct plot {
	const struct plot_series
		*series; /* later ones are drawn over earlier ones; the last owns a shared cell's role */
	int n_series;
	const struct plot_line *lines;
	int n_lines;
	const struct plot_tick *ticks; /* NULL: no row for them */
	int n_ticks;
	double lo,
		hi;  /* the y range; lo >= hi: from the data, rounded outwards to something people count in */
	int y_width; /* columns of the y labels before the axis; 0: as many as needed, at least 4 */
	int label_width; /* columns at the right for labels; 0: none */
	int samples;   /* samples across the whole width; 0: two a column (braille), one a column elsewhere */
	int left_out;  /* series that the caller had no room for: counted in the "+N" below the labels */
	double cursor; /* 0..1: a vertical line there to read values at; 0: none */
};

/* Draws into r: at least 8 columns and 2 rows, else nothing. */
void plot_draw(struct canvas *c, struct rect r, const struct plot *p);

/* The columns that carry data when p is drawn into r; samples a caller can usefully give is twice that. */
int plot_data_width(struct rect r, const struct plot *p);

/* Rounds a range outwards to steps of 1, 2, 2.5, 5 times a power of ten. */
void plot_nice_range(double *lo, double *hi);

#endif
