/* vm_cards.h - cards as lines on pages of other things: how hot, how full, how busy, and with what. */
#ifndef TUI_VM_CARDS_H
#define TUI_VM_CARDS_H

#include "lab/lab.h"
#include "tui/canvas.h"

/* One card as the tables of GPUs show it, as many of its cells as fit in the line; alone, or one of a VM's. */
void card_draw(const struct lab_row *row, const struct lab *lab, bool alone, struct canvas *c,
	       struct rect line);

/* The same without the card's name. */
void card_draw_values(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect line);

/* The joined row of one of its devices, or NULL. */
const struct lab_row *vm_card(const struct lab *lab, const struct lab_vm *vm, const struct vm_device *device);

/* All cards of the VM. Returns the lines used. */
int vm_draw_cards(const struct lab_vm *vm, const struct lab *lab, struct canvas *c, struct rect r);

#endif
