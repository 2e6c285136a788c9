/* nvml_calls.h - the entries of NVML, found at run time. One that the library lacks is NULL and must not be called. */
#ifndef GPU_NVML_CALLS_H
#define GPU_NVML_CALLS_H

#include "backends/gpu/nvml_abi.h"

struct nvml_calls {
	int (*init_with_flags)(uint32_t flags);
	int (*init)(void);
	int (*driver_version)(char *text, uint32_t size);
	int (*library_version)(char *text, uint32_t size);
	int (*count)(uint32_t *n);
	int (*by_index)(uint32_t index, nv_device *out);
	int (*pci)(nv_device d, struct nv_pci *out);
	int (*name)(nv_device d, char *text, uint32_t size);
	int (*uuid)(nv_device d, char *text, uint32_t size);
	int (*serial)(nv_device d, char *text, uint32_t size);
	int (*vbios)(nv_device d, char *text, uint32_t size);
	int (*num_fans)(nv_device d, uint32_t *n);
	int (*virtualization)(nv_device d, uint32_t *mode);
	int (*temperature)(nv_device d, int sensor, uint32_t *c);
	int (*threshold)(nv_device d, int which, uint32_t *c);
	int (*fields)(nv_device d, int n, struct nv_field *fields);
	int (*clock)(nv_device d, int which, uint32_t *mhz);
	int (*max_clock)(nv_device d, int which, uint32_t *mhz);
	int (*memory_v2)(nv_device d, struct nv_memory_v2 *out);
	int (*memory)(nv_device d, struct nv_memory *out);
	int (*bar1)(nv_device d, struct nv_memory *out);
	int (*power)(nv_device d, uint32_t *mw);
	int (*power_limit)(nv_device d, uint32_t *mw);
	int (*power_limits)(nv_device d, uint32_t *min_mw, uint32_t *max_mw);
	int (*energy)(nv_device d, uint64_t *mj);
	int (*utilization)(nv_device d, struct nv_utilization *out);
	int (*perf_state)(nv_device d, uint32_t *state);
	int (*reasons)(nv_device d, uint64_t *out);
	int (*link_gen)(nv_device d, uint32_t *out);
	int (*link_width)(nv_device d, uint32_t *out);
	int (*max_link_gen)(nv_device d, uint32_t *out);
	int (*max_link_width)(nv_device d, uint32_t *out);
	int (*replays)(nv_device d, uint32_t *out);
	int (*ecc)(nv_device d, int uncorrected, int aggregate, uint64_t *out);
	int (*remapped)(nv_device d, uint32_t *corrected, uint32_t *uncorrected, uint32_t *pending,
			uint32_t *failed);
	int (*retired)(nv_device d, int cause, uint32_t *n, uint64_t *addresses);
	int (*mig_mode)(nv_device d, uint32_t *current, uint32_t *pending);
	int (*mig_max)(nv_device d, uint32_t *n);
	int (*mig_by_index)(nv_device d, uint32_t i, nv_device *out);
	int (*gpu_instance)(nv_device d, uint32_t *id);
	int (*compute_instance)(nv_device d, uint32_t *id);
	int (*compute)(nv_device d, uint32_t *n, void *out); /* entries of the size that the driver uses */
	int (*graphics)(nv_device d, uint32_t *n, void *out);
	int (*compute_v1)(nv_device d, uint32_t *n, struct nv_process_v1 *out);
	int (*process_utilization)(nv_device d, struct nv_process_utilization *out, uint32_t *n,
				   uint64_t since_us);
};

extern struct nvml_calls nv;

/* Looks every entry up by its versioned names, newest first. handle is of dlopen. */
void nvml_calls_find(void *handle);

#endif
