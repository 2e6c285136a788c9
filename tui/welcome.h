/* welcome.h - the overview of a lab without a GPU: what is asked and what it answers, what this machine is, and how to
 * add the rest. Never an empty screen. */
#ifndef TUI_WELCOME_H
#define TUI_WELCOME_H

#include "lab/lab.h"
#include "tui/canvas.h"

void welcome_draw(const struct lab *lab, struct canvas *c, struct rect r);

/* A list with nothing in it although somebody was asked: says `none` ("No host is known yet") and what the sources of
 * these kinds (1u << TARGET_...) answer. False when none of them was named: then the list says how to name one. */
bool empty_draw(const struct lab *lab, unsigned kinds, const char *none, struct canvas *c, struct rect r);

#endif
