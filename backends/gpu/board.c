/* board.c - see the header. */
#include "config.h"
#include "backends/gpu/board.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static __thread struct board *my_board;
static __thread int my_slot;

static struct board *map(int fd, int flags)
{
	void *p = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

struct board *board_create(int *fd)
{
	struct board *board;

	*fd = memfd_create("labtop-agent-board", MFD_CLOEXEC);
	if (*fd < 0)
		return NULL;
	if (ftruncate(*fd, sizeof(struct board)) != 0 || !(board = map(*fd, MAP_SHARED))) {
		close(*fd);
		*fd = -1;
		return NULL;
	}
	return board;
}

struct board *board_attach(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == sizeof(struct board)) {
		struct board *board = map(fd, MAP_SHARED);
		if (board)
			return board;
	}
	return map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
}

void board_reset(struct board *board)
{
	memset(board, 0, sizeof *board);
}

void board_unmap(struct board *board)
{
	if (board)
		munmap(board, sizeof *board);
}

bool call_enter(const struct calls *c, int call)
{
	const char *card = c->board->slot[c->slot].card;
	gsize len = strlen(card);

	for (const char *const *skip = c->skip; skip && *skip; skip++)
		if (strncmp(*skip, card, len) == 0 && (*skip)[len] == '/' &&
		    strcmp(*skip + len + 1, c->name(call)) == 0)
			return false;
	atomic_store(&c->board->slot[c->slot].call, call + 1);
	return true;
}

void call_leave(const struct calls *c)
{
	atomic_store(&c->board->slot[c->slot].call, 0);
}

void board_claim_thread(struct board *board, int slot)
{
	my_board = board;
	my_slot = slot;
}

/* Runs on the thread that crashed. SA_RESETHAND: going on from here dies in the ordinary way. */
static void on_crash(int number)
{
	if (my_board)
		atomic_store(&my_board->culprit, my_slot + 1);
	if (number == SIGABRT)
		return; /* abort() goes on by itself */
	raise(number);
}

void board_watch_crashes(void)
{
	static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	struct sigaction act;

	memset(&act, 0, sizeof act);
	act.sa_handler = on_crash;
	act.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	for (gsize i = 0; i < G_N_ELEMENTS(crashes); i++)
		sigaction(crashes[i], &act, NULL);
}
