/* fdinfo.h - what the kernel tells about a process's open render node (drm-usage-stats): Vulkan and graphics work, which
 * the compute driver knows nothing of. Pure. */
#ifndef GPU_FDINFO_H
#define GPU_FDINFO_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "lab/rows.h"

#define FDINFO_ENGINES 12

struct drm_client {
	char bdf[BDF_SIZE];
	uint64_t id; /* one client may be open under many descriptors */
	bool has_vram;
	uint64_t vram_bytes;
	int engines;
	struct {
		char name[16];
		uint64_t ns; /* busy since the client was opened */
	} engine[FDINFO_ENGINES];
};

/* False when this is no client of amdgpu. */
bool fdinfo_parse(const char *text, struct drm_client *out);

/* Percent of the elapsed time that the busiest engine worked for this client; counters that went back count as 0. */
double fdinfo_busy_pct(const struct drm_client *before, const struct drm_client *now, gint64 elapsed_us);

#endif
