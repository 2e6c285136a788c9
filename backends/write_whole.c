/* write_whole.c - see the header. */
#include "config.h"
#include "backends/write_whole.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

/* Whether fd takes something before left_us is over (negative: it never is). Signals wait outside but for the sleep itself,
 * so that none comes between looking and sleeping. */
static bool takes_something(int fd, int (*came)(void), gint64 left_us)
{
	const struct timespec left = {left_us / G_USEC_PER_SEC, left_us % G_USEC_PER_SEC * 1000};
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	sigset_t ending, before;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, &before);
	int n = left_us >= 0 || !came() ? ppoll(&p, 1, left_us >= 0 ? &left : NULL, &before) : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n > 0;
}

int write_whole(int fd, const char *text, gsize len, int (*came)(void))
{
	gint64 until_us = 0; /* 0: nobody asked us to leave */
	for (gsize done = 0; done < len;) {
		if (came() && until_us == 0)
			until_us = g_get_monotonic_time() + WRITE_GRACE_MS * 1000;
		gint64 left_us = until_us ? until_us - g_get_monotonic_time() : -1;
		if (until_us && left_us <= 0)
			return ECANCELED;
		if (!takes_something(fd, came, left_us))
			continue;
		/* so much goes without blocking into a pipe that takes something */
		ssize_t n = write(fd, text + done, MIN(len - done, PIPE_BUF));
		if (n > 0)
			done += (gsize)n;
		else if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			return errno;
	}
	return 0;
}
