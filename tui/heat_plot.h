/* heat_plot.h - how hot the cards were in the last ten minutes: the one picture that explains a table of them. */
#ifndef TUI_HEAT_PLOT_H
#define TUI_HEAT_PLOT_H

#include "lab/lab.h"
#include "tui/canvas.h"

#define HEAT_PLOT_MIN 5 /* rows below which it tells nothing */

/* Is there a card whose heat is known? Of one host, or of the whole lab (NULL). */
bool heat_plot_any(const struct lab *lab, const struct lab_host *host);

/* A rule with the title, the plot of the hottest cards, the limit and the lab's own. */
void heat_plot_draw(const struct lab *lab, const struct lab_host *host, struct canvas *c, struct rect r);

#endif
