/* wire_read.h - the console's side of the agent's wire: JSON objects into rows by the tables of gpu/wire.h. A guest may be
 * anybody's: numbers are bounded, lists capped, text cleaned. */
#ifndef BACKENDS_GUEST_WIRE_READ_H
#define BACKENDS_GUEST_WIRE_READ_H

#include "backends/gpu/wire.h"
#include "lab/box.h"

#include <jansson.h>

/* Reads what an object (or NULL) has into a zeroed row; every text of the table's becomes "" at least. Texts and lists go
 * into the box. */
void wire_read(struct box *box, const json_t *object, const struct wire_table *table, void *row);

#endif
