/* json_out.h - JSON written straight into a buffer that is kept: a line a second for years makes and frees nothing.
 *
 * Commas come by themselves. A key is ours and written as it is; NULL stands for an item of an array and for the object
 * of a whole line, which starts in an empty buffer. Values are made harmless and escaped. Knows nothing of what is told.
 */
#ifndef GPU_JSON_OUT_H
#define GPU_JSON_OUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "lab/metric.h"

/* bracket: '{' or '['; the end closes whatever was opened last, so it is told again. */
void json_out_open(GString *out, const char *key, char bracket);
void json_out_close(GString *out, char bracket);

/* Nothing at all for NULL and for "". */
void json_out_text(GString *out, const char *key, const char *text);

/* An object under a name that is not ours. */
void json_out_open_named(GString *out, const char *name);

void json_out_int(GString *out, const char *key, int64_t v);
void json_out_bool(GString *out, const char *key, bool v);

/* A number with so many decimals (0 to 6), rounded; 0 decimals make an integer. Nothing for what is no number or beyond
 * 10^17. */
void json_out_num(GString *out, const char *key, double v, int decimals);

/* A number by its table row. */
void json_out_metric(GString *out, const struct metric_info *info, double v);

/* JSON that was written before. */
void json_out_raw(GString *out, const char *key, const GString *json);

#endif
