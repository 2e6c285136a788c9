/* outlet.c - see the header. Handlers without SA_RESTART, so that a reader that has stalled cannot keep us from ending. */
#include "config.h"
#include "backends/gpu/outlet.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "backends/write_whole.h"

static volatile sig_atomic_t ended_by;
static int signal_wake_fd = -1;

static void on_signal(int number)
{
	const uint64_t one = 1;
	int err = errno;

	ended_by = number;
	if (write(signal_wake_fd, &one, sizeof one) < 0)
		ended_by = number; /* the flag is enough */
	errno = err;
}

void outlet_init(int wake_fd)
{
	static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction act, before;

	signal_wake_fd = wake_fd;
	ended_by = 0;
	memset(&act, 0, sizeof act);
	act.sa_handler = on_signal;
	for (gsize i = 0; i < G_N_ELEMENTS(ending); i++)
		if (sigaction(ending[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN) /* nohup stays nohup */
			sigaction(ending[i], &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
}

int outlet_signal(void)
{
	return ended_by;
}

bool outlet_write(const char *text, gsize len)
{
	errno = write_whole(STDOUT_FILENO, text, len, outlet_signal);
	return errno == 0;
}
