/* gpu.h - the agent's nouns: what a card is, and what was read of it in one go. Plain data, no I/O.
 *
 * Whatever the source (sysfs, ROCm SMI, NVML), it fills these two structs; JSON is made from and read into them by one
 * table (wire.h).
 */
#ifndef GPU_GPU_H
#define GPU_GPU_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "lab/gpu_ids.h"
#include "lab/metric.h"
#include "lab/num.h"
#include "lab/rows.h"

#define GPU_MAX 64 /* rows of one guest, MIG instances and virtual functions included */

/* Where a value came from; the names are those of the stream's "origin". */
enum origin {
	ORIGIN_NONE,
	ORIGIN_ROCM_SMI,
	ORIGIN_NVML,
	ORIGIN_HWMON,
	ORIGIN_SYSFS,
	ORIGIN_GPU_METRICS,
	ORIGIN_FDINFO,
	ORIGIN_COUNT
};
extern const char *const origin_names[ORIGIN_COUNT];

/* What does not change while the card is there. Empty text and unknown numbers: nobody told. */
struct gpu_info {
	char id[GPU_ID_SIZE];     /* "" until gpu_infos_name(), and the same ever after */
	char parent[GPU_ID_SIZE]; /* of a part: the address of its card */
	char bdf[BDF_SIZE];
	char path[256]; /* "0000:00:15.0/0000:03:00.0" */
	char slot[32];  /* name in /sys/bus/pci/slots */
	char vendor_id[8];
	char device_id[8];
	char subsystem[16]; /* "1002:0834" */
	char name[128];
	char arch[16]; /* "gfx906" */
	char vbios[64];
	char unique_id[GPU_ID_SIZE];
	char serial[64];
	char driver[32];
	enum gpu_kind kind;
	int numa_node; /* -1: none told */
	uint64_t bar_bytes[6];
	int bar_count;
	uint32_t kfd_id; /* 0: none */
	uint32_t cu_count;
	struct num gpu_instance, compute_instance; /* of a MIG instance */
	enum tri passive;
	struct num limit[LIM_COUNT];
};

/* One reading of one card. */
struct gpu_values {
	enum gpu_state state;
	gint64 taken_ms; /* CLOCK_MONOTONIC when the reading began */
	struct num m[M_COUNT];
	uint8_t origin[M_COUNT]; /* enum origin, meaningful where m is not unknown */
	unsigned throttle;       /* set of enum throttle; THROTTLE_UNKNOWN alone when nobody knows */
	bool has_throttle_bits;
	uint64_t throttle_bits; /* as the hardware numbers them */
	char perf_level[24];
};

void gpu_info_init(struct gpu_info *info);

/* Gives an id to those that have none yet (lab/gpu_ids.h): infos are all cards of this machine, at most GPU_MAX. */
void gpu_infos_name(struct gpu_info *const *infos, int n);

/* Everything unknown, state live. */
void gpu_values_init(struct gpu_values *v, gint64 taken_ms);

/* Stores a reading in the metric's own unit, as metric_num() takes it. A metric that is already OK is
 * left alone, so sources are asked in order of trust. */
void gpu_values_put(struct gpu_values *v, enum metric m, double value, enum origin origin);

/* Notes why a metric could not be read, unless something better is known already. */
void gpu_values_fail(struct gpu_values *v, enum metric m, enum num_state why, enum origin origin);

/* What is shown of a card that both a library and sysfs were asked about. The library's value is taken where it has
 * one and is not listed in distrust (a bit a metric), else that of sysfs. Either may be NULL: not asked or too old. */
void gpu_values_merge(const struct gpu_values *library, const struct gpu_values *sysfs, uint64_t distrust,
		      struct gpu_values *out);

/* Bits of the metrics where both know a value and differ by more than one interval's drift can explain. Only metrics
 * that move slowly are compared. */
uint64_t gpu_values_differ(const struct gpu_values *a, const struct gpu_values *b);

G_STATIC_ASSERT(M_COUNT <= 64);

#endif
