/* board.h - a page that a library child and the agent share: what the child is doing, readable after its death.
 *
 * Every call into a vendor library is entered here first. When the library aborts, the crash handler marks the thread
 * that did it; when a card's thread hangs, its slot tells in which call.
 */
#ifndef GPU_BOARD_H
#define GPU_BOARD_H

#include <stdatomic.h>

#include "backends/gpu/gpu.h"

#define BOARD_SLOTS (GPU_MAX + 1) /* slot 0: opening and listing; slot i + 1: card i */
#define BOARD_FD    3             /* in the child */

struct board {
	_Atomic int culprit; /* slot + 1 of the thread that crashed; 0: none did */
	struct {
		char card[96];    /* its id; written before the first call; empty in slot 0 */
		_Atomic int call; /* call + 1; 0: none in progress */
	} slot[BOARD_SLOTS];
};

/* A new board in a memory file; *fd is its descriptor, close-on-exec. NULL when the system refuses. */
struct board *board_create(int *fd);

/* The board behind a descriptor that was inherited; private memory when there is none. */
struct board *board_attach(int fd);

void board_reset(struct board *board);
void board_unmap(struct board *board);

/* One thread's right to call the library. */
struct calls {
	struct board *board;
	int slot;
	const char *const *skip; /* "card/call" that are left out, ends with NULL */
	const char *(*name)(int call);
};

/* Enters a call by its index; false when it is left out. */
bool call_enter(const struct calls *c, int call);
void call_leave(const struct calls *c);

/* From now on a crash of the calling thread is written down for this slot. */
void board_claim_thread(struct board *board, int slot);

/* Installs the crash handlers. */
void board_watch_crashes(void);

#endif
