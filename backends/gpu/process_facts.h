/* process_facts.h - what is told of one process: name, parent, start, unit, command line. Remembered while it lives, so
 * that a look every other second does not read four files of each; titles change, so not for ever. */
#ifndef GPU_PROCESS_FACTS_H
#define GPU_PROCESS_FACTS_H

#include "backends/gpu/processes.h"

#define FACTS_KEPT_MS 10000

struct process_facts;

/* proc is an open directory, "/proc" or one like it; borrowed. */
struct process_facts *process_facts_new(int proc_fd);
void process_facts_free(struct process_facts *f);

/* Fills out with what can be learnt of a process; the caller clears it. Only its number for one that is gone. */
void process_facts_get(struct process_facts *f, int pid, gint64 now_ms, struct process *out);

/* Forgets those that were not asked for since this time. */
void process_facts_forget(struct process_facts *f, gint64 before_ms);

/* "0::/system.slice/ollama.service" and its older forms -> "ollama.service"; "" when there is none. */
void unit_of_cgroup(const char *text, char *out, gsize size);

/* Name, parent and start (clock ticks after boot) out of /proc/PID/stat, whose name may hold anything. */
bool parse_stat(const char *text, struct process *out, uint64_t *start_ticks);

#endif
