/* job.c - SIGTSTP and SIGCONT as something to poll: the handler only writes to an eventfd. */
#include "config.h"

#include "tui/job.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int fd = -1;
static atomic_int last;
static struct sigaction old_stop, old_continue;

static void on_signal(int sig)
{
	int saved = errno;
	uint64_t one = 1;
	atomic_store(&last, sig == SIGTSTP ? JOB_STOP : JOB_CONTINUE);
	if (write(fd, &one, sizeof one) < 0)
		errno = saved; /* it is full: readable already */
	errno = saved;
}

int job_watch(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd < 0)
		return -1;
	atomic_store(&last, JOB_NOTHING);
	sigemptyset(&action.sa_mask);
	sigaction(SIGTSTP, &action, &old_stop);
	sigaction(SIGCONT, &action, &old_continue);
	return fd;
}

void job_unwatch(void)
{
	sigaction(SIGTSTP, &old_stop, NULL);
	sigaction(SIGCONT, &old_continue, NULL);
	close(fd);
	fd = -1;
}

enum job job_take(void)
{
	uint64_t count;
	if (read(fd, &count, sizeof count) < 0)
		return JOB_NOTHING;
	return (enum job)atomic_exchange(&last, JOB_NOTHING);
}
