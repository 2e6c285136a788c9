/* guest_facts.h - what a guest tells beside its GPUs, for the pages of VMs and of GPUs. */
#ifndef TUI_GUEST_FACTS_H
#define TUI_GUEST_FACTS_H

#include "lab/lab.h"
#include "tui/canvas.h"

/* Where models come from: network mounts, their room, and how old the word about each is. Nothing for NULL, or without
 * any. */
void guest_draw_mounts(const struct lab_guest *g, struct canvas *c, struct rect r);

#endif
