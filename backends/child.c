/* child.c - fork, exec, three pipes, lines. No shell anywhere: what is run is an argv.
 *
 * A child has a process group of its own, so that stopping ssh also stops its ProxyCommand, and it is told to die with us.
 */
#include "config.h"

#include "backends/child.h"

#include "backends/descriptors.h"
#include "backends/environment.h"
#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERR_KEPT       4096        /* of stderr: enough for the last line */
#define READ_CHUNK     (16 * 1024) /* one read a call: a child that floods cannot keep its reader */
#define FIRST_LINE_CAP (64 * 1024)
#define END_LOOK_MS    20 /* how often it is looked whether a command has ended that holds its stdout open */

struct child {
	pid_t pid;
	int in, out, err;
	bool reaped;
	int status;
	GString *buffer; /* stdout that was read and not given out yet */
	size_t given;    /* bytes at its start that were given out */
	bool skipping;   /* inside a line that is too long */
	bool out_ended;
	GString *words; /* the end of stderr */
	size_t told;    /* bytes of it that child_next_word() gave */
	bool err_ended;
	char *last; /* what child_last_words() or child_next_word() gave last */
};

/* ---- start --------------------------------------------------------------------------------------------------- */

struct pipes {
	int in[2], out[2], err[2], report[2];
};

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static bool pipes_open(struct pipes *p, bool with_stdin)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	if (with_stdin ? pipe2(p->in, O_CLOEXEC) != 0
		       : (p->in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	return pipe2(p->out, O_CLOEXEC) == 0 && pipe2(p->err, O_CLOEXEC) == 0 &&
	       pipe2(p->report, O_CLOEXEC) == 0;
}

static void pipes_close(struct pipes *p)
{
	close_pair(p->in);
	close_pair(p->out);
	close_pair(p->err);
	close_pair(p->report);
}

/* Between fork and exec: async-signal-safe calls only, another thread may have held any lock. */
static void become(const struct pipes *p, const char *path, char *const *argv, char **envp, pid_t parent)
{
	sigset_t none;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	descriptors_restore();
	if (dup2(p->in[0], 0) >= 0 && dup2(p->out[1], 1) >= 0 && dup2(p->err[1], 2) >= 0)
		execve(path, argv, envp);
	int why = errno;
	ssize_t n = write(p->report[1], &why, sizeof why);
	(void)n;
	_exit(127);
}

/* errno of a failed exec, or 0. */
static int exec_report(int fd)
{
	int why = 0;
	ssize_t n;
	do
		n = read(fd, &why, sizeof why);
	while (n < 0 && errno == EINTR);
	return n == sizeof why ? why : 0;
}

static void keep_end(int *end, int *to)
{
	*to = *end;
	*end = -1;
	fcntl(*to, F_SETFL, fcntl(*to, F_GETFL) | O_NONBLOCK);
}

static struct child *child_of(pid_t pid, struct pipes *p, bool with_stdin)
{
	struct child *c = g_new0(struct child, 1);
	c->pid = pid;
	c->in = -1;
	if (with_stdin)
		keep_end(&p->in[1], &c->in);
	keep_end(&p->out[0], &c->out);
	keep_end(&p->err[0], &c->err);
	c->buffer = g_string_new(NULL);
	c->words = g_string_new(NULL);
	return c;
}

struct child *child_start(const char *const *argv, const char *const *env, bool with_stdin, GError **error)
{
	struct pipes p;
	struct child *c = NULL;
	g_autofree char *path = g_find_program_in_path(argv[0]);
	g_autofree char *name = text_clean(argv[0], -1);
	if (!path) {
		g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "cannot run %s: not found in PATH", name);
		return NULL;
	}
	if (!pipes_open(&p, with_stdin)) {
		g_set_error(error, LAB_ERROR, lab_error_of_errno(errno), "cannot run %s: %s", name,
			    g_strerror(errno));
		pipes_close(&p);
		return NULL;
	}
	g_autofree char **envp = environment_for_child(env);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		become(&p, path, (char *const *)argv, envp, parent);
	int why = pid < 0 ? errno : 0;
	close(p.report[1]);
	p.report[1] = -1;
	if (pid > 0) {
		setpgid(pid, pid); /* here too: whoever comes first, the group is there when we need it */
		why = exec_report(p.report[0]);
	}
	if (why) {
		if (pid > 0)
			waitpid(pid, NULL, 0);
		g_set_error(error, LAB_ERROR, pid > 0 ? LAB_ERR_SYSTEM : lab_error_of_errno(why),
			    "cannot run %s: %s", name, g_strerror(why));
	} else {
		c = child_of(pid, &p, with_stdin);
	}
	pipes_close(&p);
	return c;
}

int child_out_fd(const struct child *c)
{
	return c->out;
}

int child_err_fd(const struct child *c)
{
	return c->err_ended ? -1 : c->err;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* One read into buf; false when nothing came. *ended at the end of file or an error that will not go away. */
static bool read_some(int fd, GString *buf, bool *ended)
{
	char chunk[READ_CHUNK];
	ssize_t n = read(fd, chunk, sizeof chunk);
	if (n > 0)
		g_string_append_len(buf, chunk, n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		*ended = true;
	return n > 0;
}

/* A line that is whole in the buffer. What is longer than cap is thrown away as it comes, to its end. */
static enum line_result cut_line(struct child *c, size_t cap, const char **line, size_t *len)
{
	char *start = c->buffer->str + c->given;
	size_t have = c->buffer->len - c->given;
	char *lf = memchr(start, '\n', have);
	size_t n = lf ? (size_t)(lf - start) : have;
	if (!lf && n <= cap)
		return LINE_NONE;
	bool bad = c->skipping || n > cap;
	c->skipping = bad && !lf;
	if (!lf) {
		g_string_truncate(c->buffer, 0);
		c->given = 0;
		return LINE_NONE;
	}
	c->given += n + 1;
	*lf = 0;
	*line = start;
	*len = n > 0 && start[n - 1] == '\r' ? n - 1 : n;
	start[*len] = 0;
	return bad ? LINE_TOO_LONG : LINE_GOT;
}

enum line_result child_read_line(struct child *c, size_t cap, const char **line, size_t *len)
{
	enum line_result r = cut_line(c, cap, line, len);
	if (r != LINE_NONE || c->out_ended)
		return r == LINE_NONE ? LINE_END : r;
	/* only what is left of a line that is not whole yet is moved */
	g_string_erase(c->buffer, 0, (gssize)c->given);
	c->given = 0;
	if (read_some(c->out, c->buffer, &c->out_ended))
		r = cut_line(c, cap, line, len);
	return r == LINE_NONE && c->out_ended ? LINE_END : r;
}

/* Reads stderr and keeps its end. One read a call, as with stdout. */
static void read_words(struct child *c)
{
	if (c->err_ended || !read_some(c->err, c->words, &c->err_ended) || c->words->len <= ERR_KEPT)
		return;
	size_t over = c->words->len - ERR_KEPT;
	g_string_erase(c->words, 0, (gssize)over);
	c->told -= MIN(c->told, over);
}

const char *child_next_word(struct child *c)
{
	read_words(c);
	const char *at = c->words->str + c->told, *lf = strchr(at, '\n');
	if (!lf)
		return NULL;
	g_free(c->last);
	c->last = text_clean(at, lf - at);
	c->told = (size_t)(lf + 1 - c->words->str);
	return c->last;
}

const char *child_last_words(struct child *c)
{
	read_words(c);
	g_autofree char *text = g_strndup(c->words->str, c->words->len);
	g_strchomp(text);
	const char *last = strrchr(text, '\n');
	g_free(c->last);
	c->last = text_clean(last ? last + 1 : text, -1);
	return c->last;
}

const char *child_all_words(struct child *c)
{
	child_last_words(c);
	return c->words->str;
}

bool child_give_stdin(struct child *c, const char *text, size_t n)
{
	ssize_t written = write(c->in, text, n);
	close(c->in);
	c->in = -1;
	return written >= 0 && (size_t)written == n;
}

/* ---- end ----------------------------------------------------------------------------------------------------- */

bool child_ended(struct child *c, int *status)
{
	if (!c->reaped && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->reaped = true;
	if (c->reaped && status)
		*status = c->status;
	return c->reaped;
}

static bool wait_end(struct child *c, int64_t ms)
{
	int64_t until_us = g_get_monotonic_time() + ms * 1000;
	/* 1, 2, 4 ... ms: a child that was told to go is usually gone at once. */
	for (int64_t step_us = 1000; !child_ended(c, NULL); step_us = MIN(step_us * 2, 50 * 1000)) {
		int64_t left_us = until_us - g_get_monotonic_time();
		if (left_us <= 0)
			return false;
		g_usleep((gulong)MIN(step_us, left_us));
	}
	return true;
}

void child_terminate(struct child *c)
{
	kill(-c->pid, SIGTERM);
}

void child_stop(struct child *c, int64_t grace_ms)
{
	if (!c)
		return;
	for (int i = 0, fds[] = {c->in, c->out, c->err}; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	kill(-c->pid, SIGTERM);
	if (!wait_end(c, grace_ms)) {
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, &c->status, 0);
	} else {
		kill(-c->pid, SIGKILL); /* what it left behind in its group */
	}
	g_string_free(c->buffer, TRUE);
	g_string_free(c->words, TRUE);
	g_free(c->last);
	g_free(c);
}

/* ---- one line ------------------------------------------------------------------------------------------------ */

/* Waits for output, but never so long that its end would be noticed late. */
static void wait_for_output(const struct child *c, int64_t until_us)
{
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	int64_t left_ms = (until_us - g_get_monotonic_time() + 999) / 1000;
	poll(&p, 1, (int)CLAMP(left_ms, 0, END_LOOK_MS));
}

/* Reads until it has ended and all that it wrote is here (at most the cap is kept); false when the time is over. Not to the
 * end of stdout: what it left running in the background (gpg-agent, ssh-agent) may hold that open for ever. */
static bool read_to_its_end(struct child *c, int64_t until_us)
{
	for (bool ended = false; c->buffer->len <= FIRST_LINE_CAP;) {
		if (!c->out_ended && read_some(c->out, c->buffer, &c->out_ended))
			continue;
		if (ended)
			break;
		ended = child_ended(c, NULL); /* and then once more: it may have written before */
		if (ended)
			continue;
		if (g_get_monotonic_time() >= until_us)
			return false;
		if (c->out_ended)
			wait_end(c, MIN(END_LOOK_MS, (until_us - g_get_monotonic_time()) / 1000));
		else
			wait_for_output(c, until_us);
	}
	return true;
}

char *child_first_line(const char *const *argv, int64_t timeout_ms, GError **error)
{
	struct child *c = child_start(argv, NULL, false, error);
	int status = 0;
	char *line = NULL;
	if (!c)
		return NULL;
	bool in_time = read_to_its_end(c, g_get_monotonic_time() + timeout_ms * 1000);
	bool too_much = c->buffer->len > FIRST_LINE_CAP;
	g_autofree char *name = text_clean(argv[0], -1);
	if (too_much)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s printed more than 64 KiB", name);
	else if (!in_time)
		g_set_error(error, LAB_ERROR, LAB_ERR_TIMEOUT, "%s did not end within %" G_GINT64_FORMAT " s",
			    name, timeout_ms / 1000);
	else if (child_ended(c, &status) && status != 0)
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "%s failed: %s", name,
			    *child_last_words(c) ? child_last_words(c) : "it says nothing");
	else if (c->buffer->len == 0 || c->buffer->str[0] == '\n' || c->buffer->str[0] == '\r')
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s printed nothing", name);
	else
		line = g_strndup(c->buffer->str, strcspn(c->buffer->str, "\r\n"));
	explicit_bzero(c->buffer->str, c->buffer->len);
	child_stop(c, 100);
	return line;
}
