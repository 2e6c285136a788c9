/* host_plot.h - a host's fans against time. */
#ifndef TUI_HOST_PLOT_H
#define TUI_HOST_PLOT_H

#include "lab/lab.h"
#include "tui/canvas.h"

/* What stands above it has the same, so that one moment is one column. */
#define HOST_PLOT_SPAN_MS (20 * 60 * 1000)
#define HOST_PLOT_Y_WIDTH 4
#define HOST_PLOT_LABELS  16

#define HOST_PLOT_ROWS 6 /* the least it is worth drawing in */

bool host_plot_any(const struct lab_host *host);

/* The fans, or the temperatures of a host that tells of no fan; nothing where it tells of neither. */
void host_plot_draw(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r);

#endif
