/* gpu_metrics.h - the binary table that the amdgpu driver publishes: revisions 1.0 to 1.3, and the throttle bits.
 * Facts: kernel headers kgd_pp_interface.h and smu11_driver_if.h. */
#ifndef GPU_GPU_METRICS_H
#define GPU_GPU_METRICS_H

#include <stddef.h>

#include "backends/gpu/gpu.h"

/* Puts what the blob has into out, where out has nothing yet. device_id (0x66a1) decides whether throttle_status can be
 * decoded at all. False, and nothing is changed, for a revision that is not known or a blob that is cut off. */
bool gpu_metrics_parse(const void *blob, size_t size, unsigned device_id, enum origin origin,
		       struct gpu_values *out);

/* Sets of enum throttle. Vega 20 numbers its bits in a way of its own; the independent form exists from 1.3 on. */
unsigned throttle_of_vega20(uint32_t status);
unsigned throttle_of_independent(uint64_t status);

/* Radeon VII, Pro VII, MI50, MI60 (gfx906). */
bool device_is_vega20(unsigned device_id);

#endif
