/* rocm_read.h - the entries of ROCm SMI, found at run time, and which of them tells which metric. */
#ifndef GPU_ROCM_READ_H
#define GPU_ROCM_READ_H

#include "backends/gpu/rocm_abi.h"
#include "lab/metric.h"

typedef uint32_t status_t; /* an enum of the library */

/* The entries that are asked for by name; one that is missing stays NULL. */
struct rocm_calls {
	status_t (*init)(uint64_t flags);
	status_t (*version_get)(struct abi_version *version);
	status_t (*version_str_get)(int component, char *text, uint32_t size); /* 0: the driver */
	status_t (*num_monitor_devices)(uint32_t *count);
	status_t (*dev_pci_id_get)(uint32_t card, uint64_t *bdf);
	status_t (*dev_id_get)(uint32_t card, uint16_t *id);
	status_t (*dev_name_get)(uint32_t card, char *name, size_t size);
	status_t (*dev_temp_metric_get)(uint32_t card, uint32_t sensor, int metric, int64_t *milli_c);
	status_t (*dev_gpu_clk_freq_get)(uint32_t card, int type, void *table);
	status_t (*dev_memory_total_get)(uint32_t card, int type, uint64_t *bytes);
	status_t (*dev_memory_usage_get)(uint32_t card, int type, uint64_t *bytes);
	status_t (*dev_power_ave_get)(uint32_t card, uint32_t sensor, uint64_t *micro_w);
	status_t (*dev_power_cap_get)(uint32_t card, uint32_t sensor, uint64_t *micro_w);
	status_t (*dev_volt_metric_get)(uint32_t card, int sensor, int metric, int64_t *milli_v);
	status_t (*dev_busy_percent_get)(uint32_t card, uint32_t *percent);
	status_t (*dev_memory_busy_percent_get)(uint32_t card, uint32_t *percent);
	status_t (*dev_fan_rpms_get)(uint32_t card, uint32_t sensor, int64_t *rpm);
	status_t (*dev_pci_replay_counter_get)(uint32_t card, uint64_t *count);
	status_t (*dev_ecc_count_get)(uint32_t card, uint64_t block, struct abi_ecc *count);
	status_t (*dev_perf_level_get)(uint32_t card, uint32_t *level);
	status_t (*dev_gpu_metrics_info_get)(uint32_t card, void *metrics);
};

extern struct rocm_calls rsmi;

/* Of the library that was opened; NULL: its structs are not known, and calls that fill them are not made. */
extern const struct abi_layout *rocm_layout;

/* Looks every entry up. handle is of dlopen. */
void rocm_calls_find(void *handle);

struct rocm_row {
	enum metric m;
	const char *call;
	status_t (*read)(uint32_t card, int argument, double *out);
	int argument;
	double scale;
};

#define ROCM_ROWS 20
extern const struct rocm_row rocm_rows[ROCM_ROWS];

#endif
