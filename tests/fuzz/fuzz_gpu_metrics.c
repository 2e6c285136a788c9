/* fuzz_gpu_metrics.c - the driver's binary table, for a card that numbers its throttle bits in its own way and for others. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/gpu/gpu_metrics.h"

#include <math.h>
#include <string.h>

static void try(const void *blob, size_t size, unsigned device_id)
{
	struct gpu_values v, before;
	gpu_values_init(&v, 1);
	before = v;
	bool good = gpu_metrics_parse(blob, size, device_id, ORIGIN_GPU_METRICS, &v);
	if (!good && memcmp(&v, &before, sizeof v) != 0)
		g_error("refused, and yet read");
	for (int m = 0; m < M_COUNT; m++)
		if (num_known(v.m[m]) && !isfinite(v.m[m].v))
			g_error("metric %d is %g", m, v.m[m].v);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree void *blob = g_malloc(size ? size : 1); /* nothing behind it */
	if (size)
		memcpy(blob, data, size);
	try(blob, size, 0x66a1);
	try(blob, size, 0x740f);
}
