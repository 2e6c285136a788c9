/* wire_write.h - the agent's side of the wire: its structs as JSON by the tables of wire.h, and back, since it reads its
 * library children by the same ones. */
#ifndef GPU_WIRE_WRITE_H
#define GPU_WIRE_WRITE_H

#include <jansson.h>

#include "backends/gpu/gpu.h"
#include "backends/gpu/json_out.h"
#include "backends/gpu/wire.h"

/* Writes the keys of told, the table's struct, into an object that the caller opens and closes. */
void wire_write(GString *out, const struct wire_table *table, const void *told);

/* The same as a whole object; key NULL for an item of a list. */
void wire_write_object(GString *out, const char *key, const struct wire_table *table, const void *told);

/* Reads what an object has into told, which the caller has initialised: what is missing, of the wrong type or out of
 * bounds leaves it alone. Forms that the agent never reads (lists of texts, text on the heap, origins) are passed over.
 * object may be NULL. */
void wire_read_back(const json_t *object, const struct wire_table *table, void *told);

#endif
