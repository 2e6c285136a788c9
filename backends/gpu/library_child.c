/* library_child.c - see the header. */
#include "config.h"
#include "backends/gpu/library_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT_MAX     (1024 * 1024)
#define REAP_LIMIT_MS 50

bool library_child_init(struct library_child *c)
{
	memset(c, 0, sizeof *c);
	c->to_fd = c->from_fd = -1;
	c->input = g_string_new(NULL);
	c->undead = g_array_new(FALSE, FALSE, sizeof(GPid));
	c->board = board_create(&c->board_fd);
	return c->board != NULL;
}

void library_child_clear(struct library_child *c)
{
	int status;

	library_child_stop(c, &status);
	board_unmap(c->board);
	if (c->board_fd >= 0)
		close(c->board_fd);
	g_string_free(c->input, TRUE);
	g_array_unref(c->undead);
}

bool library_child_start(struct library_child *c, const char *const *words, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	const int source = c->board_fd, target = BOARD_FD;

	/* first the file, then argv[0]: the program itself, even when its file has been replaced meanwhile */
	g_ptr_array_add(argv, (char *)"/proc/self/exe");
	g_ptr_array_add(argv, (char *)"labtop-agent");
	for (; *words; words++)
		g_ptr_array_add(argv, (char *)*words);
	g_ptr_array_add(argv, NULL);
	board_reset(c->board);
	if (!g_spawn_async_with_pipes_and_fds(
		    NULL, (const char *const *)argv->pdata, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_CLOEXEC_PIPES, NULL,
		    NULL, -1, -1, -1, &source, &target, 1, &c->pid, &c->to_fd, &c->from_fd, NULL, error))
		return false;
	fcntl(c->from_fd, F_SETFL, O_NONBLOCK);
	fcntl(c->to_fd, F_SETFL, O_NONBLOCK);
	return true;
}

static void kill_and_wait(struct library_child *c, int *status)
{
	kill(c->pid, SIGKILL);
	for (int ms = 0; ms < REAP_LIMIT_MS; ms++) {
		if (waitpid(c->pid, status, WNOHANG) != 0)
			return;
		g_usleep(1000);
	}
	g_array_append_val(c->undead, c->pid);
}

void library_child_stop(struct library_child *c, int *status)
{
	*status = 0;
	if (c->pid > 0)
		kill_and_wait(c, status);
	if (c->to_fd >= 0)
		close(c->to_fd);
	if (c->from_fd >= 0)
		close(c->from_fd);
	c->pid = 0;
	c->to_fd = c->from_fd = -1;
	g_string_truncate(c->input, 0);
}

void library_child_reap(struct library_child *c)
{
	for (guint i = c->undead->len; i > 0; i--)
		if (waitpid(g_array_index(c->undead, GPid, i - 1), NULL, WNOHANG) != 0)
			g_array_remove_index_fast(c->undead, i - 1);
}

bool library_child_read(struct library_child *c)
{
	char buffer[16384];
	ssize_t n = read(c->from_fd, buffer, sizeof buffer);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || c->input->len > INPUT_MAX)
		return false;
	g_string_append_len(c->input, buffer, n);
	return true;
}

char *library_child_next_line(struct library_child *c, gsize *len)
{
	const char *end = memchr(c->input->str, '\n', c->input->len);
	char *line;

	if (!end)
		return NULL;
	*len = (gsize)(end - c->input->str);
	line = g_strndup(c->input->str, *len);
	g_string_erase(c->input, 0, (gssize)*len + 1);
	return line;
}
