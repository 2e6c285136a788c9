/* signals.c - see the header. The handler keeps the number and writes to an eventfd that nobody reads. */
#include "config.h"
#include "cli/signals.h"

#include <glib.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t caught, times;
static int fd = -1;

static void on_signal(int number)
{
	const uint64_t one = 1;
	int before = errno;
	caught = number;
	times++;
	ssize_t n = write(fd, &one, sizeof one);
	(void)n;
	errno = before;
}

void signals_catch(void)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	const struct sigaction ours = {.sa_handler = on_signal};
	if (fd < 0)
		fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		struct sigaction before;
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &ours, NULL);
	}
}

int signals_came(void)
{
	return caught;
}

int signals_count(void)
{
	return times;
}

int signals_fd(void)
{
	return fd;
}
