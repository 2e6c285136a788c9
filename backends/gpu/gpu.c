/* gpu.c - arithmetic on readings: bounds, merging of two sources, comparison. Knows no file and no library. */
#include "config.h"
#include "backends/gpu/gpu.h"

#include <math.h>
#include <string.h>

const char *const origin_names[ORIGIN_COUNT] = {
	[ORIGIN_NONE] = "",         [ORIGIN_ROCM_SMI] = "rocm-smi", [ORIGIN_NVML] = "nvml",
	[ORIGIN_HWMON] = "hwmon",   [ORIGIN_SYSFS] = "sysfs",       [ORIGIN_GPU_METRICS] = "gpu_metrics",
	[ORIGIN_FDINFO] = "fdinfo",
};

void gpu_info_init(struct gpu_info *info)
{
	memset(info, 0, sizeof *info);
	info->numa_node = -1;
}

void gpu_infos_name(struct gpu_info *const *infos, int n)
{
	struct gpu_identity cards[GPU_MAX];

	for (int i = 0; i < n; i++) {
		cards[i] = (struct gpu_identity){
			.unique_id = infos[i]->unique_id, .serial = infos[i]->serial, .bdf = infos[i]->bdf};
		g_strlcpy(cards[i].id, infos[i]->id, sizeof cards[i].id);
	}
	gpu_ids_choose(cards, n);
	for (int i = 0; i < n; i++)
		g_strlcpy(infos[i]->id, cards[i].id, sizeof infos[i]->id);
}

void gpu_values_init(struct gpu_values *v, gint64 taken_ms)
{
	memset(v, 0, sizeof *v);
	v->state = GPU_LIVE;
	v->taken_ms = taken_ms;
	v->throttle = THROTTLE_UNKNOWN;
}

void gpu_values_put(struct gpu_values *v, enum metric m, double value, enum origin origin)
{
	struct num n = metric_num(m, value);

	if (v->m[m].state == NUM_OK || n.state == NUM_UNKNOWN)
		return;
	v->m[m] = n;
	v->origin[m] = origin;
}

void gpu_values_fail(struct gpu_values *v, enum metric m, enum num_state why, enum origin origin)
{
	if (v->m[m].state != NUM_UNKNOWN)
		return;
	v->m[m] = num_none(why);
	v->origin[m] = origin;
}

void gpu_values_merge(const struct gpu_values *library, const struct gpu_values *sysfs, uint64_t distrust,
		      struct gpu_values *out)
{
	const struct gpu_values *first = library ? library : sysfs;
	const struct gpu_values *second = library ? sysfs : NULL;

	gpu_values_init(out, 0);
	if (!first)
		return;
	*out = *first;
	if (!second)
		return;
	/* The agent's own eye decides whether the card is there and awake. */
	out->state = second->state;
	out->taken_ms = MAX(first->taken_ms, second->taken_ms);
	for (int m = 0; m < M_COUNT; m++) {
		bool doubted = (distrust >> m & 1) && second->m[m].state == NUM_OK;
		if (first->m[m].state == NUM_OK && !doubted)
			continue;
		if (second->m[m].state == NUM_OK || first->m[m].state == NUM_UNKNOWN) {
			out->m[m] = second->m[m];
			out->origin[m] = second->origin[m];
		}
	}
	if (first->throttle & THROTTLE_UNKNOWN) {
		out->throttle = second->throttle;
		out->has_throttle_bits = second->has_throttle_bits;
		out->throttle_bits = second->throttle_bits;
	}
	if (!first->perf_level[0])
		g_strlcpy(out->perf_level, second->perf_level, sizeof out->perf_level);
}

/* What two readings within one interval may differ by at most; metrics that jump (power, clocks, busy) are not here. */
static const struct {
	enum metric m;
	double most;
} drift[] = {
	{M_TEMP_EDGE_C, 15},     {M_TEMP_JUNCTION_C, 20}, {M_TEMP_MEM_C, 15},
	{M_VRAM_TOTAL_BYTES, 0}, {M_POWER_CAP_W, 1},
};

uint64_t gpu_values_differ(const struct gpu_values *a, const struct gpu_values *b)
{
	uint64_t bits = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(drift); i++) {
		enum metric m = drift[i].m;
		if (a->m[m].state == NUM_OK && b->m[m].state == NUM_OK &&
		    fabs(a->m[m].v - b->m[m].v) > drift[i].most)
			bits |= UINT64_C(1) << m;
	}
	return bits;
}
