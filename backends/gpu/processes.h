/* processes.h - who uses the cards: the compute driver's list, open render nodes, and what the libraries know, with
 * name, start, unit and command line of each. Reading another process can block, so a sampler does it. */
#ifndef GPU_PROCESSES_H
#define GPU_PROCESSES_H

#include "backends/gpu/gpu.h"
#include "backends/gpu/sampler.h"

/* One process on one card, which is named by what the source knows: the library's id, the KFD id or the address. */
struct process_use {
	int pid;
	bool foreign; /* a number of another pid namespace: who has it here is somebody else */
	char gpu[GPU_ID_SIZE];
	uint32_t kfd_id;
	char bdf[BDF_SIZE];
	struct num vram_bytes, busy_pct;
	struct num busy_cus; /* compute units; a percentage once the card's number of them is known */
};

struct process {
	int pid, ppid;   /* ppid 0: not known */
	bool foreign;    /* as of its uses; then nothing else is known of it */
	gint64 start_ms; /* since the epoch; 0: not known */
	char name[64];
	char *cmdline;  /* redacted; owned */
	char unit[128]; /* systemd unit, or "" */
};

struct process_list {
	GArray *processes;      /* struct process, by process_order(), each that has a use */
	GArray *uses;           /* struct process_use, by process_order() */
	bool wants_second_look; /* a rate was asked for the first time */
};

/* Ours before those of other namespaces, then by number: two that compare equal are one process. */
int process_order(int pid, bool foreign, int other_pid, bool other_foreign);

void process_list_free(struct process_list *list);

/* What a kick hands over: uses that a library told, and whether amdgpu drives a card here: without one there is no need
 * to look through the descriptors of every process. */
struct process_request {
	bool has_amdgpu;
	guint count;
	struct process_use uses[];
};

/* A sampler whose requests are struct process_request and whose results are struct process_list. */
struct sampler *processes_start(const char *sysfs, const char *proc, int wake_fd);

#endif
