/* engine_facts.h - what the views say about one engine. */
#ifndef TUI_ENGINE_FACTS_H
#define TUI_ENGINE_FACTS_H

#include "lab/lab.h"
#include "tui/canvas.h"

/* Two lines: its address and rates, and what it does not tell, or why it is silent. */
void engine_draw_foot(const struct lab_engine *e, const struct lab *lab, struct canvas *c, struct rect r);

/* The same below a rule, then its cards and what is wrong with the cards. */
void engine_draw_facts(const struct lab_engine *e, const struct lab *lab, struct canvas *c, struct rect r);

#endif
