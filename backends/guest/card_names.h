/* card_names.h - what the cards of one guest are called here: the guest's own word where it tells them apart, else by the
 * rule of lab/gpu_ids.h. Kept as long as the guest is watched, so a card keeps its name over a dropped connection. */
#ifndef BACKENDS_GUEST_CARD_NAMES_H
#define BACKENDS_GUEST_CARD_NAMES_H

#include "lab/rows.h"

struct card_names;

struct card_names *card_names_new(void);
void card_names_free(struct card_names *names);

/* Names the cards of a hello that is not posted yet, in the row itself. */
void card_names_hello(struct card_names *names, struct guest_row *hello);

/* The same cards in a sample. */
void card_names_sample(const struct card_names *names, struct sample *sample);

#endif
