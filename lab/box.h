/* box.h - one observation, one box, one free.
 *
 * A box owns every row and string of what was read in one go. It is filled by the thread that made it, then given
 * away and never changed again; rows in it may be held by several threads through references.
 */
#ifndef LAB_BOX_H
#define LAB_BOX_H

#include <glib.h>
#include <stddef.h>

struct box;

/* A new box with one reference. Never fails. */
struct box *box_new(void);

struct box *box_ref(struct box *box);

/* Drops one reference; the last one frees everything in it. NULL is allowed. */
void box_unref(struct box *box);

/* Zeroed memory that lives as long as the box, aligned for any type. Sizes that a network named must be capped before. */
void *box_alloc(struct box *box, size_t size);

#define box_new0(box, type)      ((type *)box_alloc((box), sizeof(type)))
#define box_array0(box, type, n) ((type *)box_alloc((box), sizeof(type) * (n)))

/* Text from outside, made harmless (text.h) and kept; at most TEXT_CAP bytes. len -1: up to the NUL. NULL gives "". */
const char *box_text(struct box *box, const char *raw, gssize len);

/* The same bytes as they came, for what must be sent back to its owner unchanged (morefs, keys). Never drawn. */
const char *box_raw(struct box *box, const char *raw, gssize len);

#endif
