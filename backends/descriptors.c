/* descriptors.c - see the header. The lowest free number tells how full the table is: the kernel always gives that one. */
#include "config.h"

#include "backends/descriptors.h"

#include "lab/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define ENOUGH 65536u /* some thousand targets; what is higher only makes tables larger */
#define KEPT   8u     /* for the screen, the log, a file that is read or written */

static struct rlimit before;
static bool raised;
static int held[KEPT];
static unsigned n_held;

void descriptors_raise(void)
{
	struct rlimit wanted;
	if (raised || getrlimit(RLIMIT_NOFILE, &before) != 0 || before.rlim_cur >= ENOUGH)
		return;
	wanted = before;
	wanted.rlim_cur = MIN(before.rlim_max, ENOUGH);
	raised = setrlimit(RLIMIT_NOFILE, &wanted) == 0;
}

void descriptors_restore(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
}

/* The number that the next descriptor would have, or -1 with errno. */
static int next_number(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	if (fd < 0 && errno == EBADF) /* stdin is closed */
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return fd;
}

void descriptors_hold(void)
{
	for (int fd; n_held < KEPT && (fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0;)
		held[n_held++] = fd;
}

void descriptors_let_go(void)
{
	while (n_held > 0)
		close(held[--n_held]);
}

bool descriptors_room(GError **error)
{
	struct rlimit limit;
	int fd = next_number();
	if (fd < 0 || (getrlimit(RLIMIT_NOFILE, &limit) == 0 && (rlim_t)fd + KEPT > limit.rlim_cur)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_LIMIT, "no connection was tried: %s",
			    g_strerror(EMFILE));
		return false;
	}
	return true;
}

bool descriptors_used_up(void)
{
	return next_number() < 0 && (errno == EMFILE || errno == ENFILE);
}
