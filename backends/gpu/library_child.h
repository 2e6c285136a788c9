/* library_child.h - one child process of the agent: its pipes, its board, its end. Knows nothing of libraries; nothing here
 * blocks. */
#ifndef GPU_LIBRARY_CHILD_H
#define GPU_LIBRARY_CHILD_H

#include "backends/gpu/board.h"

struct library_child {
	GPid pid; /* 0: none runs */
	int to_fd, from_fd;
	GString *input; /* what it wrote and was not taken yet */
	struct board *board;
	int board_fd;
	GArray *undead; /* GPid: killed, but held in the kernel */
};

/* False when the system refuses what every child needs. */
bool library_child_init(struct library_child *c);
void library_child_clear(struct library_child *c);

/* Runs this program again with these words (NULL-terminated, without its name). */
bool library_child_start(struct library_child *c, const char *const *words, GError **error);

/* Kills it if it still runs and gives its wait status. Its end follows within a moment, unless the driver holds it:
 * then it is asked for again by library_child_reap() and *status is 0. */
void library_child_stop(struct library_child *c, int *status);
void library_child_reap(struct library_child *c);

/* Reads once. False when it has ended or writes without end. */
bool library_child_read(struct library_child *c);

/* The next whole line, owned by the caller; NULL when there is none. */
char *library_child_next_line(struct library_child *c, gsize *len);

#endif
