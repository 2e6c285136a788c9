/* nvml_abi.h - the calls and structs of NVML that we use, declared by ourselves: no CUDA package is needed to build.
 * Facts: nvml.h of API version 13. A struct and the function that fills it belong together by version. */
#ifndef GPU_NVML_ABI_H
#define GPU_NVML_ABI_H

#include <glib.h>
#include <stdint.h>

#include "lab/num.h"

enum nvml_status {
	NV_OK = 0,
	NV_NOT_SUPPORTED = 3,
	NV_NO_PERMISSION = 4,
	NV_INSUFFICIENT_SIZE = 7,
	NV_DRIVER_NOT_LOADED = 9,
	NV_TIMEOUT = 10,
	NV_CORRUPTED_INFOROM = 14,
	NV_GPU_IS_LOST = 15,
	NV_RESET_REQUIRED = 16,
	NV_OPERATING_SYSTEM = 17, /* a control group keeps us from the card */
	NV_MISMATCH = 18,         /* library and kernel module */
	NV_IN_USE = 19,
	NV_NOT_READY = 27,
	NV_UNKNOWN = 999,
};

typedef struct nvml_device *nv_device;

struct nv_pci {
	char bus_id_legacy[16];
	uint32_t domain, bus, device;
	uint32_t device_and_vendor; /* device << 16 | vendor */
	uint32_t subsystem;         /* the same way */
	char bus_id[32];            /* "00000000:03:00.0", upper case */
};

struct nv_memory {
	uint64_t total, free, used; /* used includes what the driver keeps */
};

struct nv_memory_v2 {
	uint32_t version;
	uint64_t total, reserved, free, used;
};
#define NV_MEMORY_V2 ((uint32_t)sizeof(struct nv_memory_v2) | 2U << 24)

struct nv_utilization {
	uint32_t gpu, memory; /* percent */
};

/* v2 and v3 of the calls; the unversioned call has no MIG ids and 16 bytes */
struct nv_process {
	uint32_t pid;
	uint64_t used_bytes; /* all ones: not told */
	uint32_t gpu_instance, compute_instance;
};
#define NV_NO_INSTANCE UINT32_MAX

/* Some drivers (535.5x) write this under the name of v3: a number of protected bytes behind each entry. */
struct nv_process_long {
	struct nv_process process;
	uint64_t protected_bytes;
};

struct nv_process_v1 {
	uint32_t pid;
	uint64_t used_bytes;
};

struct nv_process_utilization {
	uint32_t pid;
	uint64_t time_us;
	uint32_t sm, memory, encoder, decoder;
};

struct nv_field {
	uint32_t id, scope;
	int64_t time, latency;
	uint32_t type, status;
	union {
		double d;
		uint32_t u;
		uint64_t ull;
	} value;
};

G_STATIC_ASSERT(sizeof(struct nv_pci) == 68);
G_STATIC_ASSERT(sizeof(struct nv_process) == 24);
G_STATIC_ASSERT(sizeof(struct nv_process_long) == 32);
G_STATIC_ASSERT(sizeof(struct nv_process_v1) == 16);
G_STATIC_ASSERT(sizeof(struct nv_process_utilization) == 32);
G_STATIC_ASSERT(sizeof(struct nv_memory_v2) == 40);
G_STATIC_ASSERT(sizeof(struct nv_field) == 40);

enum { NV_TEMP_GPU = 0 };
enum { NV_LIMIT_SHUTDOWN = 0, NV_LIMIT_SLOWDOWN = 1, NV_LIMIT_MEMORY = 2 };
enum { NV_CLOCK_GRAPHICS = 0, NV_CLOCK_MEM = 2 };
enum { NV_FIELD_MEMORY_TEMP = 82 };
enum { NV_SINCE_DRIVER = 0 }; /* ECC counts: since the driver was loaded, not of the card's life */
enum { NV_VIRT_VGPU = 2 };

/* What a metric that was answered with this status is: NUM_UNKNOWN where the card, the board's make or an older library has
 * no such thing. */
enum num_state nvml_state_of(int status);

/* Set of enum throttle for the clocks' event reasons. */
unsigned nvml_throttle(uint64_t reasons);

#endif
