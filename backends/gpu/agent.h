/* agent.h - the agent's loop: a round of readings at every deadline, a line of JSON for each (design.md, Agent stream). */
#ifndef GPU_AGENT_H
#define GPU_AGENT_H

#include <stdbool.h>

struct agent_options {
	int interval_ms;
	bool once;
	const char *sysfs; /* "/sys" or a tree like it */
	const char *proc;
	bool rocm_smi, nvml; /* may be used */
	bool processes;
	bool mounts;
};

/* Runs until stdout is closed, a signal arrives, or (once) the sample is written. Returns the exit status. */
int agent_run(const struct agent_options *options);

#endif
