/* gpu_json.h - gpu.h's structs as JSON and back: the agent stream towards the console, and the same objects between a
 * library child and the agent. Keys are design.md's; metrics go by lab/metric.h's table.
 */
#ifndef GPU_GPU_JSON_H
#define GPU_GPU_JSON_H

#include <jansson.h>

#include "backends/gpu/gpu.h"

/* Sets key to text, made harmless, if it is not empty. */
void json_set_text(json_t *object, const char *key, const char *text);

/* A number by its table row: an integer where the row has no decimals. */
json_t *json_metric(const struct metric_info *info, double v);

/* New references. origin may be NULL (M_COUNT entries of enum origin). */
json_t *gpu_info_to_json(const struct gpu_info *info, const uint8_t *origin);

/* Sets the keys of v in an object. */
void gpu_values_add_json(const struct gpu_values *v, json_t *object);

/* Missing keys are unknown; wrong types are taken as missing. */
void gpu_info_from_json(const json_t *object, struct gpu_info *out);
void gpu_values_from_json(const json_t *object, enum origin origin, struct gpu_values *out);

#endif
