/* rocm_locks.c - the shm_open that ROCm SMI gets to see; see the header. Other names go to the C library's. */
#include "config.h"
#include "backends/gpu/rocm_locks.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOCKS_MAX 128

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[48];
	int fd;
} table[LOCKS_MAX];
static int used;
static bool private_locks;

void rocm_locks_keep_private(void)
{
	private_locks = true;
	g_setenv("RSMI_MUTEX_THREAD_ONLY", "1", FALSE);
}

/* As shm_open: without O_CREAT only what is there. Called with the table locked. */
static int open_private(const char *name, int flags)
{
	for (int i = 0; i < used; i++)
		if (strcmp(table[i].name, name) == 0)
			return fcntl(table[i].fd, F_DUPFD_CLOEXEC, 0);
	if (!(flags & O_CREAT)) {
		errno = ENOENT;
		return -1;
	}
	int fd = used < LOCKS_MAX ? memfd_create(name, MFD_CLOEXEC) : -1;
	if (fd < 0)
		return -1;
	g_strlcpy(table[used].name, name, sizeof table[used].name);
	table[used++].fd = fd;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int shm_open(const char *name, int flags, mode_t mode)
{
	if (private_locks && g_str_has_prefix(name, "/rocm_smi")) {
		pthread_mutex_lock(&table_lock);
		int fd = open_private(name, flags);
		pthread_mutex_unlock(&table_lock);
		return fd;
	}
	int (*next)(const char *, int, mode_t);
	void *address = dlsym(RTLD_NEXT, "shm_open");
	memcpy(&next, &address, sizeof next);
	if (address)
		return next(name, flags, mode);
	errno = ENOSYS;
	return -1;
}
