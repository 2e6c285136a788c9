/* The terminal: taken over and put back exactly, whatever ends the program; one write a frame, none for an unchanged one.
 *
 * The console runs on a pseudo-terminal under a little shell of its own, which compares the terminal's settings when
 * its job stops or ends. Nothing sleeps: the test waits for text.
 */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/app.h"
#include "tui/input.h"
#include "tui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

enum { STOPPED_DIFFERENT = 90, ENDED_DIFFERENT = 91, CRASHED = 92 };

#define PATIENCE_MS 20000 /* only ever reached by a failure */

/* ---- the little shell --------------------------------------------------------------------------------------- */

static bool with_mouse;

static G_GNUC_NORETURN void be_console(int tty)
{
	struct rlimit none = {0, 0};
	struct lab *lab = lab_new("attic", false);
	struct app_options o = {.ui = {.glyphs = GLYPHS_UNICODE, .read_only = true},
				.feed = {.fd = -1},
				.mouse = with_mouse,
				.in_fd = tty,
				.out_fd = tty};
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGTTOU, SIG_DFL);
	GError *error = NULL;
	int status = app_run(&o, lab, &error);
	lab_free(lab);
	_exit(status < 0 ? CRASHED : status);
}

static bool same_settings(int tty, const struct termios *before)
{
	struct termios now;
	return tcgetattr(tty, &now) == 0 && now.c_iflag == before->c_iflag &&
	       now.c_oflag == before->c_oflag && now.c_cflag == before->c_cflag &&
	       now.c_lflag == before->c_lflag && memcmp(now.c_cc, before->c_cc, sizeof now.c_cc) == 0;
}

/* Runs the console as a job; its status is 128 + signal when a signal ended it. */
static G_GNUC_NORETURN void be_shell(int tty, int pid_out)
{
	struct termios before;
	int status = 0;
	tcgetattr(tty, &before);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		setpgid(0, 0);
		signal(SIGHUP, SIG_DFL);
		signal(SIGQUIT, SIG_DFL); /* ignored in what a shell runs by "&" */
		tcsetpgrp(tty, getpgrp());
		be_console(tty);
	}
	setpgid(job, job);
	tcsetpgrp(tty, job);
	if (write(pid_out, &job, sizeof job) != sizeof job)
		_exit(CRASHED);
	for (;;) {
		if (waitpid(job, &status, WUNTRACED) < 0)
			_exit(CRASHED);
		if (!WIFSTOPPED(status))
			break;
		if (!same_settings(tty, &before))
			_exit(STOPPED_DIFFERENT);
		tcsetpgrp(tty, job);
		kill(job, SIGCONT);
	}
	struct termios now;
	if (tcgetattr(tty, &now) == 0 && !same_settings(tty, &before))
		_exit(ENDED_DIFFERENT);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

struct session {
	pid_t shell, job;
	int master;
	GString *seen;
	gsize taken; /* of it by what was waited for */
};

static void session_start(struct session *s, const char *term)
{
	int slave, pids[2];
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	g_setenv("TERM", term, TRUE);
	g_assert_cmpint(openpty(&s->master, &slave, NULL, NULL, &size), ==, 0);
	g_assert_cmpint(pipe(pids), ==, 0);
	s->shell = fork();
	if (s->shell == 0) {
		close(s->master);
		close(pids[0]);
		login_tty(slave);
		be_shell(STDIN_FILENO, pids[1]);
	}
	close(slave);
	close(pids[1]);
	g_assert_cmpint(read(pids[0], &s->job, sizeof s->job), ==, sizeof s->job);
	close(pids[0]);
	s->seen = g_string_new(NULL);
	s->taken = 0;
}

/* Reads until `text` came behind what was waited for before, or with NULL until the other side is closed. */
static void session_wait(struct session *s, const char *text)
{
	char bytes[4096];
	const char *found;
	while (!text || !(found = strstr(s->seen->str + s->taken, text))) {
		struct pollfd p = {.fd = s->master, .events = POLLIN};
		if (poll(&p, 1, PATIENCE_MS) <= 0) {
			g_test_message("waited for %s in vain; seen: %s", text ? text : "the end",
				       s->seen->str);
			kill(s->job, SIGKILL);
			g_test_fail();
			return;
		}
		ssize_t n = read(s->master, bytes, sizeof bytes);
		if (n <= 0)
			return;
		g_string_append_len(s->seen, bytes, n);
	}
	s->taken = (gsize)(found - s->seen->str) + strlen(text);
}

static void session_type(const struct session *s, const char *keys)
{
	g_assert_cmpint(write(s->master, keys, strlen(keys)), ==, strlen(keys));
}

/* The shell's status: that of its job, or what it found different. */
static int session_end(struct session *s)
{
	int status = 0;
	session_wait(s, NULL);
	g_assert_cmpint(waitpid(s->shell, &status, 0), ==, s->shell);
	if (s->master >= 0)
		close(s->master);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void assert_put_back(struct session *s)
{
	const char *last_in = g_strrstr(s->seen->str, "\033[?1049h"),
		   *last_out = g_strrstr(s->seen->str, "\033[?1049l");
	g_assert_nonnull(last_out);
	g_assert_true(!last_in || last_out > last_in);
	g_assert_nonnull(g_strrstr(s->seen->str, "\033[?2004l"));
	const char *shown = g_strrstr(s->seen->str, "\033[?25h"),
		   *blink = g_strrstr(s->seen->str, "\033[?12l");
	g_assert_true(shown || blink); /* cursor visible again, as terminfo says it */
	g_string_free(s->seen, TRUE);
}

/* ---- ways to end -------------------------------------------------------------------------------------------- */

static void test_quit(void)
{
	static const char *const ways[] = {"q", "\003", ":quit\r"};
	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct session s;
		session_start(&s, "xterm-256color");
		session_wait(&s, "overview");
		session_type(&s, ways[i]);
		g_assert_cmpint(session_end(&s), ==, 0);
		assert_put_back(&s);
	}
}

/* The mouse is the terminal's own, for selecting text, until it is asked for; then it is given back. */
static void test_mouse(void)
{
	for (int asked = 0; asked <= 1; asked++) {
		struct session s;
		with_mouse = asked;
		session_start(&s, "xterm-256color");
		session_wait(&s, "6 Engines");
		session_type(&s, asked ? "\033[<0;24;2M\033[<0;24;2m" : "4");
		session_wait(&s, "hosts");
		session_type(&s, "q");
		g_assert_cmpint(session_end(&s), ==, 0);
		g_assert_true((strstr(s.seen->str, "\033[?1000h") != NULL) == asked);
		g_assert_true((strstr(s.seen->str, "\033[?1000l") != NULL) == asked);
		assert_put_back(&s);
	}
	with_mouse = false;
}

static void test_signals(void)
{
	static const struct {
		int sig, status;
	} ways[] = {
		{SIGTERM, 143}, {SIGHUP, 129}, {SIGINT, 0},   {SIGSEGV, 139},
		{SIGABRT, 134}, {SIGBUS, 135}, {SIGFPE, 136}, {SIGQUIT, 131},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct session s;
		session_start(&s, "xterm-256color");
		session_wait(&s, "overview");
		g_test_message("signal %d", ways[i].sig);
		kill(s.job, ways[i].sig);
		int status = session_end(&s);
#ifdef WITH_SANITIZERS
		if (ways[i].status > 129 && ways[i].sig != SIGTERM) {
			/* the sanitizer's handler, which comes after ours, has a status of its own */
			g_assert_cmpint(status, !=, 0);
			g_assert_cmpint(status, !=, ENDED_DIFFERENT);
		} else
#endif
			g_assert_cmpint(status, ==, ways[i].status);
		if (ways[i].status >= 131 && ways[i].sig != SIGTERM)
			g_assert_nonnull(strstr(s.seen->str, "the terminal was put back"));
		assert_put_back(&s);
	}
}

/* The other side of the terminal goes: an orderly end, not a spin. */
static void test_hang_up(void)
{
	struct session s;
	int status;
	session_start(&s, "xterm-256color");
	session_wait(&s, "overview");
	close(s.master);
	g_assert_cmpint(waitpid(s.shell, &status, 0), ==, s.shell);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 129);
	g_string_free(s.seen, TRUE);
}

static void test_suspend(void)
{
	struct session s;
	session_start(&s, "xterm-256color");
	session_wait(&s, "overview");
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			session_type(&s, "\032");
		else
			kill(s.job, SIGTSTP);
		session_wait(&s, "\033[?1049l"); /* the shell has the screen, looks, and continues us */
		session_wait(&s, "\033[?1049h");
		session_wait(&s, "overview");
	}
	session_type(&s, "q");
	g_assert_cmpint(session_end(&s), ==, 0);
	assert_put_back(&s);
}

static void test_resize(void)
{
	static const struct winsize sizes[] = {{50, 200, 0, 0}, {3, 10, 0, 0}, {1, 1, 0, 0}, {40, 120, 0, 0}},
				    last = {55, 150, 0, 0};
	struct session s;
	session_start(&s, "xterm-256color");
	session_wait(&s, "overview");
	for (int round = 0; round < 25; round++)
		for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
			g_assert_cmpint(ioctl(s.master, TIOCSWINSZ, &sizes[i]), ==, 0);
	g_assert_cmpint(ioctl(s.master, TIOCSWINSZ, &sizes[1]), ==, 0);
	session_wait(&s, "min 20x5");
	/* A size that was not there before: it is painted however many of the others came too late to be. */
	g_assert_cmpint(ioctl(s.master, TIOCSWINSZ, &last), ==, 0);
	session_wait(&s, "\033[55");
	session_type(&s, "q");
	g_assert_cmpint(session_end(&s), ==, 0);
	assert_put_back(&s);
}

/* What the terminal answers is not taken for keys; when it knows mode 2026, frames are bracketed from then on. */
static void test_synchronized(void)
{
	struct session s;
	session_start(&s, "xterm-256color");
	session_wait(&s, "\033[?2026$p");
	session_wait(&s, "overview");
	session_type(&s, "\033[?2026;2$y4");
	session_wait(&s, "hosts");
	session_wait(&s, "\033[?2026l");
	g_assert_nonnull(strstr(s.seen->str, "\033[?2026h"));
	session_type(&s, "q");
	g_assert_cmpint(session_end(&s), ==, 0);
	g_string_free(s.seen, TRUE);
}

/* ---- frames ------------------------------------------------------------------------------------------------- */

static int writes;
static int64_t minutes, step;

static ssize_t counting_write(int fd, const void *bytes, size_t n)
{
	writes++;
	return (ssize_t)n;
}

static void each_a_minute(void *data, struct lab *lab)
{
	minutes += step;
	lab_set_time(lab, 1000000000, 1767254400000 + minutes * 60000);
	lab_settle(lab);
}

static int writes_of(int frames)
{
	struct lab *lab = lab_new("attic", false);
	int keys[2];
	g_assert_cmpint(pipe(keys), ==, 0);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct app_options o = {.ui = {.glyphs = GLYPHS_UNICODE},
				.feed = {.fd = -1, .settle = each_a_minute},
				.in_fd = keys[0],
				.out_fd = null,
				.w = 80,
				.h = 24,
				.frames = frames,
				.interval_ms = 1,
				.write = counting_write};
	writes = 0;
	g_assert_cmpint(app_run(&o, lab, NULL), ==, 0);
	lab_free(lab);
	close(keys[0]);
	close(keys[1]);
	close(null);
	return writes;
}

static void test_writes(void)
{
	g_setenv("TERM", "xterm-256color", TRUE);
	step = 0; /* nothing changes: taking over, the first frame, giving back */
	g_assert_cmpint(writes_of(20), ==, 3);
	step = 1; /* the clock does: one write more a frame */
	g_assert_cmpint(writes_of(20), ==, 22);
}

/* ---- terminals ---------------------------------------------------------------------------------------------- */

static void test_terminals(void)
{
	static const struct {
		const char *term, *colorterm, *no_color;
		int depth; /* -1: refused */
	} terms[] = {
		{"vt100", "", "", DEPTH_MONO},
		{"linux", "", "", DEPTH_8},
		{"xterm", "", "", DEPTH_8},
		{"xterm-256color", "", "", DEPTH_256},
		{"screen-256color", "", "", DEPTH_256},
		{"tmux-256color", "truecolor", "", DEPTH_TRUE},
		{"xterm-256color", "24bit", "", DEPTH_TRUE},
		{"xterm-256color", "truecolor", "1", DEPTH_MONO},
		{"linux", "truecolor", "", DEPTH_8},
		{"dumb", "", "", -1},
		{"no-such-terminal", "", "", -1},
		{"", "", "", -1},
	};
	struct theme *theme = theme_builtin();
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (gsize i = 0; i < G_N_ELEMENTS(terms); i++) {
		g_autoptr(GError) error = NULL;
		struct screen_options o = {.in_fd = null, .out_fd = null, .theme = theme, .w = 80, .h = 24};
		g_test_message("%s %s", terms[i].term, terms[i].colorterm);
		g_setenv("TERM", terms[i].term, TRUE);
		g_setenv("COLORTERM", terms[i].colorterm, TRUE);
		g_setenv("NO_COLOR", terms[i].no_color, TRUE);
		struct screen *s = screen_open(&o, &error);
		g_assert_true((s != NULL) == (terms[i].depth >= 0));
		if (s)
			g_assert_cmpint(screen_depth(s), ==, terms[i].depth);
		else
			g_assert_nonnull(strstr(error->message, "TERM="));
		screen_close(s);
	}
	g_unsetenv("COLORTERM");
	g_unsetenv("NO_COLOR");
	close(null);
	theme_free(theme);
}

/* A terminal that takes no bytes: nothing blocks, and what is painted in the end is the latest state. */
static void test_stuck_terminal(void)
{
	int master, slave;
	g_setenv("TERM", "xterm-256color", TRUE);
	g_assert_cmpint(openpty(&master, &slave, NULL, NULL, NULL), ==, 0);
	struct theme *theme = theme_builtin();
	struct screen_options o = {.in_fd = slave, .out_fd = slave, .theme = theme, .w = 200, .h = 60};
	struct screen *s = screen_open(&o, NULL);
	struct canvas *c = canvas_new(200, 60, GLYPHS_UNICODE);
	g_assert_nonnull(s);
	enum present last = PRESENT_SENT;
	for (int i = 0; i < 200 && last != PRESENT_BUSY; i++) {
		canvas_fill(c, rect_of(0, 0, 200, 60), ROLE_TEXT, i % 2 ? "x" : "y");
		last = screen_present(s, c);
	}
	g_assert_cmpint(last, ==, PRESENT_BUSY);
	g_assert_true(screen_writing(s));
	canvas_fill(c, rect_of(0, 0, 200, 60), ROLE_TEXT, "z");
	char bytes[65536];
	fcntl(master, F_SETFL, O_NONBLOCK);
	while (screen_present(s, c) == PRESENT_BUSY || screen_writing(s)) {
		while (read(master, bytes, sizeof bytes) > 0)
			;
		screen_flush(s);
	}
	g_assert_cmpint(screen_present(s, c), ==, PRESENT_SAME);
	while (read(master, bytes, sizeof bytes) > 0)
		;
	screen_close(s);
	canvas_free(c);
	theme_free(theme);
	close(master);
	close(slave);
}

/* ---- turns without frames ----------------------------------------------------------------------------------- */

enum stillness {
	STUCK,
	PAUSED,
	SELDOM,
	N_STILL
}; /* a terminal that takes nothing; :pause; an interval of an hour */

static const int enough_turns[N_STILL] = {
	[STUCK] = 15, [PAUSED] = 15, [SELDOM] = 3}; /* at the pace of SELDOM they would not come in time */

static struct {
	enum stillness kind;
	int turns;
	gint64 begin_us;
} still;

static ssize_t stuck_write(int fd, const void *bytes, size_t n)
{
	if (still.kind == STUCK && n > 100) {
		errno = EAGAIN;
		return -1;
	}
	return (ssize_t)n;
}

static void count_turn(void *data, struct lab *lab)
{
	lab_set_time(lab, 1000000000, 1767254400000 + 60000 * still.turns);
	lab_settle(lab);
	still.turns++;
}

/* Always something: as from guests that go on. */
static enum app_heard always(void *data, struct lab *lab)
{
	if (still.turns >= enough_turns[still.kind] ||
	    g_get_monotonic_time() - still.begin_us > PATIENCE_MS * 1000)
		raise(SIGTERM);
	return HEARD_READINGS;
}

static void run_still(int keys_fd, int feed_fd)
{
	struct lab *lab = lab_new("attic", false);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct app_options o = {.ui = {.glyphs = GLYPHS_UNICODE},
				.feed = {.fd = feed_fd, .drain = always, .settle = count_turn},
				.in_fd = keys_fd,
				.out_fd = null,
				.w = 80,
				.h = 24,
				.interval_ms = 3600 * 1000,
				.write = stuck_write};
	still.turns = 0;
	still.begin_us = g_get_monotonic_time();
	g_assert_cmpint(app_run(&o, lab, NULL), ==, 143);
	g_assert_cmpint(still.turns, >=, enough_turns[still.kind]);
	lab_free(lab);
	close(null);
}

/* What is folded has its consequences, whether or not a frame is drawn. */
static void test_turns(void)
{
	g_setenv("TERM", "xterm-256color", TRUE);
	for (still.kind = 0; still.kind < N_STILL; still.kind++) {
		static const char pause[] = ":pause\r";
		int keys[2], feed[2];
		g_assert_cmpint(pipe(keys), ==, 0);
		g_assert_cmpint(pipe(feed), ==, 0);
		g_assert_cmpint(write(feed[1], "x", 1), ==, 1);
		if (still.kind == PAUSED)
			g_assert_cmpint(write(keys[1], pause, strlen(pause)), ==, strlen(pause));
		run_still(keys[0], feed[0]);
		for (int i = 0; i < 2; i++) {
			close(keys[i]);
			close(feed[i]);
		}
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/screen/quit", test_quit);
	g_test_add_func("/screen/mouse", test_mouse);
	g_test_add_func("/screen/signals", test_signals);
	g_test_add_func("/screen/hang-up", test_hang_up);
	g_test_add_func("/screen/suspend", test_suspend);
	g_test_add_func("/screen/resize", test_resize);
	g_test_add_func("/screen/synchronized", test_synchronized);
	g_test_add_func("/screen/writes", test_writes);
	g_test_add_func("/screen/terminals", test_terminals);
	g_test_add_func("/screen/stuck", test_stuck_terminal);
	g_test_add_func("/screen/turns", test_turns);
	return g_test_run();
}
