/* finding_line.h - what is wrong, a line each: the mark, of what, what, and the evidence. The same under every table. */
#ifndef TUI_FINDING_LINE_H
#define TUI_FINDING_LINE_H

#include "lab/lab.h"
#include "tui/canvas.h"
#include "tui/finding_group.h"

#define FINDING_SUBJECT_W 16 /* columns for what a finding is about, where the page is about several things */

/* One line; of what it is about `subject_w` columns are told, none with 0: where the page says it already. */
void finding_line_draw(const struct finding *f, int subject_w, struct canvas *c, struct rect line);

/* A line for each finding about one of `about` (n refs), the worst first as the lab has them. Where they do not all fit
 * the last line says at its end how many more there are. Returns the lines used. */
int finding_lines_about(const struct lab *lab, const struct ref *const *about, int n, int subject_w,
			struct canvas *c, struct rect r);
int finding_count_about(const struct lab *lab, const struct ref *const *about, int n);

/* The whole lab's, one line a subject; on the last line how many more there are. */
void finding_groups_draw(const GPtrArray *groups, int subject_w, struct canvas *c, struct rect r);

#endif
