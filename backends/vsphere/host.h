/* host.h - what an answer tells of a host, list by list, as host.c's tables read it and host_join.c joins it. */
#ifndef BACKENDS_VSPHERE_HOST_H
#define BACKENDS_VSPHERE_HOST_H

#include "backends/vsphere/kind.h"

/* Lists of a draft. */
enum {
	LIST_PCI = 1,
	LIST_PASSTHRU,
	LIST_NUMA,
	LIST_GRAPHICS,
	LIST_GRAPHICS_CONFIG,
	LIST_PROFILES,
	LIST_BINDINGS
};

struct passthru_item {
	char bdf[BDF_SIZE], dependent[BDF_SIZE];
	enum tri capable, enabled, active, sriov_capable, sriov_enabled, sriov_active;
	struct num sriov_vfs, sriov_max;
	const char *label;
};

struct numa_item {
	struct num id, cpus, memory_bytes, range_bytes;
	const struct leaf_text *pci;
};

struct graphics_item {
	char bdf[BDF_SIZE];
	enum graphics_type type;
	const char *mode;
	struct num memory_bytes;
	const struct leaf_text *vms;
};

struct profile_item {
	const char *name;
};

struct binding_item {
	const char *instance, *vm;
};

/* Joins what arrived into the row: lists of PCI devices, passthrough, NUMA nodes and graphics come in any order and each
 * knows devices by address alone. before: the struct vs_host so far, or NULL. */
void host_join(struct draft *d, const void *before);

/* The state of each device and of the host, from what is told and, where a boot lies between, from the row before. */
void host_set_states(struct vs_host *h, const struct host_row *old);

/* NULL when the host has no such device, or bdf is "". */
struct pci_row *host_pci_at(const struct host_row *host, const char *bdf);

#endif
