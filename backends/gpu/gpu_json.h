/* gpu_json.h - gpu.h's structs as JSON and back: the agent stream towards the console, and the same objects between a
 * library child and the agent. Keys are design.md's; metrics go by lab/metric.h's table.
 */
#ifndef GPU_GPU_JSON_H
#define GPU_GPU_JSON_H

#include <jansson.h>

#include "backends/gpu/gpu.h"
#include "backends/gpu/json_out.h"

/* Write the keys into an object that the caller opens and closes. origin may be NULL (M_COUNT entries of enum origin). */
void gpu_info_write(GString *out, const struct gpu_info *info, const uint8_t *origin);
void gpu_values_write(GString *out, const struct gpu_values *v);

/* Missing keys are unknown; wrong types are taken as missing. */
void gpu_info_from_json(const json_t *object, struct gpu_info *out);
void gpu_values_from_json(const json_t *object, enum origin origin, struct gpu_values *out);

#endif
