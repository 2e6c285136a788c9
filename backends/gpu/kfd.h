/* kfd.h - AMD's compute driver as sysfs shows it: which node a card is, and which processes use it. Works without the
 * ROCm library, whose own process calls crash on what containers show. */
#ifndef GPU_KFD_H
#define GPU_KFD_H

#include "backends/gpu/gpu.h"

/* Fills kfd_id, arch and cu_count from the node with this card's address. False when there is none. */
bool kfd_describe(const char *root, struct gpu_info *info);

/* What one process does with one card. */
struct kfd_use {
	int pid;
	uint32_t kfd_id;
	uint64_t vram_bytes;
	struct num busy_cus; /* compute units it occupies, where the driver tells */
};

/* Appends a struct kfd_use for each process and card on which it holds memory or has a queue. */
void kfd_list_processes(const char *root, GArray *out);

#endif
