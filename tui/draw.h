/* draw.h - what views draw with: cut and aligned text, rules, boxes, bars. Only roles, no colours. */
#ifndef TUI_DRAW_H
#define TUI_DRAW_H

#include "tui/canvas.h"

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };

/* Text in exactly `width` columns; what is too long ends with an ellipsis. Cells beside the text are left alone. */
void draw_text(struct canvas *c, int x, int y, int width, enum align align, enum role role, const char *text);

/* A name in `width` columns: too long it is cut in its middle, since names of one kind differ at their ends. */
void draw_name(struct canvas *c, int x, int y, int width, enum role role, const char *name);

/* Words wrapped into r; the last line ends with an ellipsis when there is more. Returns the rows used. */
int draw_wrapped(struct canvas *c, struct rect r, enum role role, const char *text);

/* Rows that draw_wrapped() would take of `width` columns, were there enough. */
int draw_wrapped_rows(int width, const char *text);

/* "─ junction °C ───────": a rule over `width` columns with a title in it; NULL or "" for a plain one. */
void draw_rule(struct canvas *c, int x, int y, int width, const char *title);

/* Cuts the right half off r, behind a line from top to bottom; returns it. */
struct rect draw_split(struct canvas *c, struct rect *r);

/* A box with a title in its top edge; returns the inside. */
struct rect draw_box(struct canvas *c, struct rect r, enum role role, const char *title);

/* A bar of `width` cells, `part` of 0..1 full in eighths; NAN draws nothing but blanks. The role is ROLE_BAR unless
 * something is wrong. */
void draw_bar(struct canvas *c, int x, int y, int width, enum role role, double part);

#endif
