/* render_nodes.h - who has a card's render node open: Vulkan and graphics work, found in the descriptors of processes. */
#ifndef GPU_RENDER_NODES_H
#define GPU_RENDER_NODES_H

#include "backends/gpu/processes.h"

struct render_nodes;

/* proc is an open directory, "/proc" or one like it; borrowed. */
struct render_nodes *render_nodes_new(int proc_fd);
void render_nodes_free(struct render_nodes *n);

/* Appends a use for each process and card. Processes that have a node open are read each time; the others are looked
 * through after 10 s, and ever less often up to a minute. */
void render_nodes_look(struct render_nodes *n, gint64 now_ms, struct process_list *list);

#endif
