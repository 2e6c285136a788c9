/* gpu_words.h - a joined row (struct lab_row) in words: its name, its address, what it tells, why it has no numbers. */
#ifndef TUI_GPU_WORDS_H
#define TUI_GPU_WORDS_H

#include "lab/lab.h"
#include "tui/role.h"

/* "83:00.0": the host's address, else the guest's; "" without either. */
const char *row_address(const struct lab_row *r);

/* What a part is called below its card: a function by its address, a MIG instance by number and profile, a vGPU by its
 * profile; the card's name is left out where it leaves no room. */
const char *row_part_name(const struct lab_row *r);

/* The hottest that the card tells of its chip: M_TEMP_JUNCTION_C, or M_TEMP_EDGE_C where it tells no other (NVIDIA). */
enum metric row_heat_metric(const struct lab_row *r);

/* Why there are no numbers in this row ("passthrough enabled, not active"), or NULL when there are. */
const char *row_sentence(const struct lab_row *r, enum role *role);

/* "~" when who could tell whether the sentence still holds is silent, else "". */
const char *row_sentence_mark(const struct lab_row *r);

/* In what state the spare functions of a card are: "free: 10 active, 4 available"; those of this machine by driver. */
void row_spares_sentence(const struct lab *lab, const struct lab_row *card, char *out, gsize size);

#endif
