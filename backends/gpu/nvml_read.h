/* nvml_read.h - which call of NVML tells which metric. */
#ifndef GPU_NVML_READ_H
#define GPU_NVML_READ_H

#include <stdbool.h>

#include "backends/gpu/nvml_abi.h"
#include "lab/metric.h"

struct nvml_row {
	enum metric m;
	const char *call;
	int (*read)(nv_device d, int argument, double *out); /* an enum nvml_status */
	int argument;
	double scale;
	bool mig; /* works on a MIG instance */
};

#define NVML_ROWS 20
extern const struct nvml_row nvml_rows[NVML_ROWS];

#endif
