/* gpu_panels.h - the plots of one GPU: what each shows, with its readings above and below. */
#ifndef TUI_GPU_PANELS_H
#define TUI_GPU_PANELS_H

#include "lab/lab.h"
#include "tui/canvas.h"

enum gpu_panel { PANEL_TEMP, PANEL_POWER, PANEL_VRAM, PANEL_BUSY, PANEL_COUNT };

struct panel_view {
	int64_t span_ms; /* width of the plots */
	double cursor;   /* 0..1 across the plot, where values are read; < 0 none: the newest */
	bool with_busy;  /* the line of readings says how busy it is too: there is no room for that panel */
};

/* Draws one panel: a line of readings, the plot, a line below when there is room (r.h >= 6). */
void panel_draw(enum gpu_panel which, const struct lab_row *row, const struct lab *lab,
		const struct panel_view *view, struct canvas *c, struct rect r);

#endif
