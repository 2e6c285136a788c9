/* json_value.h - values of the model as JSON: what is not known is null, never 0 and never "". */
#ifndef CLI_JSON_VALUE_H
#define CLI_JSON_VALUE_H

#include "lab/metric.h"
#include "lab/num.h"

#include <jansson.h>
#include <stdint.h>

/* All return a new reference. */
json_t *value_text(const char *s); /* "" and NULL are null */
json_t *value_raw(const char *s);  /* of a raw field of rows.h: made harmless */
json_t *value_tri(enum tri t);
json_t *value_int(struct num n); /* rounded */
json_t *value_real(struct num n, int decimals);
json_t *value_metric(struct num n, const struct metric_info *info); /* 0 decimals: an integer */
json_t *value_id16(uint16_t id);                                    /* "66a1"; 0 is null */
json_t *value_ms(int64_t ms);                                       /* negative is null */
json_t *value_wall(int64_t wall_ms);                                /* "2026-01-01T08:00:00Z"; 0 is null */
json_t *value_words(const char *const *words);                      /* NULL: null */

/* Takes the reference. */
void value_set(json_t *object, const char *key, json_t *take_value);

#endif
