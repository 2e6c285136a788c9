/* test_child.c - children and their lines: long ones, stderr, the end of the whole group, first lines of commands. */
#include "config.h"

#include "backends/child.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <unistd.h>

#define SH(script) ((const char *const[]){"sh", "-c", script, NULL})

/* The next line that is whole, or the end. */
static enum line_result next_line(struct child *c, size_t cap, const char **line)
{
	for (;;) {
		size_t len;
		enum line_result r = child_read_line(c, cap, line, &len);
		if (r != LINE_NONE)
			return r;
		struct pollfd p = {.fd = child_out_fd(c), .events = POLLIN};
		g_assert_cmpint(poll(&p, 1, 20 * 1000), >, 0);
	}
}

static void test_lines(void)
{
	const char *line;
	int status;
	struct child *c = child_start(
		SH("printf 'one\\n\\ntwo\\r\\n'; printf %05000d 7; printf '\\nafter\\ntorn'; exit 3"), NULL,
		false, NULL);
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "one");
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "");
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "two");
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_TOO_LONG);
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "after");
	g_assert_cmpint(next_line(c, 1000, &line), ==, LINE_END);
	while (!child_ended(c, &status))
		g_usleep(100);
	g_assert_cmpint(WEXITSTATUS(status), ==, 3);
	child_stop(c, 0);
}

/* A line larger than the cap that comes in many reads is told once, and nothing of it is kept. */
static void test_endless_line(void)
{
	const char *line;
	struct child *c =
		child_start(SH("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo ok"), NULL, false, NULL);
	g_assert_cmpint(next_line(c, 65536, &line), ==, LINE_TOO_LONG);
	g_assert_cmpint(next_line(c, 65536, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "ok");
	child_stop(c, 1000);
}

static void test_stderr(void)
{
	const char *line;
	struct child *c =
		child_start(SH("echo banner >&2; printf 'Permission denied\\033[31m.\\n' >&2; echo done"),
			    NULL, false, NULL);
	g_assert_cmpint(next_line(c, 100, &line), ==, LINE_GOT);
	g_assert_cmpint(next_line(c, 100, &line), ==, LINE_END);
	g_assert_cmpstr(child_last_words(c), ==, "Permission denied^[[31m.");
	g_assert_nonnull(strstr(child_all_words(c), "banner"));
	child_stop(c, 1000);
}

static void test_stdin_and_environment(void)
{
	const char *line;
	struct child *c = child_start(SH("read x; echo \"$x $LABTOP_X\""),
				      (const char *const[]){"LABTOP_X=2", NULL}, true, NULL);
	g_assert_true(child_give_stdin(c, "1\n", 2));
	g_assert_cmpint(next_line(c, 100, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "1 2");
	child_stop(c, 1000);
	c = child_start(SH("cat; echo end"), NULL, false, NULL);
	g_assert_cmpint(next_line(c, 100, &line), ==, LINE_GOT);
	g_assert_cmpstr(line, ==, "end");
	child_stop(c, 1000);
}

static void test_missing(void)
{
	GError *error = NULL;
	g_assert_null(child_start((const char *const[]){"no-such\x1bprogram", NULL}, NULL, false, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "no-such^[program"));
	g_clear_error(&error);
	g_assert_null(child_start((const char *const[]){"/etc/passwd", NULL}, NULL, false, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
}

/* Stopping takes what the child started with it, also when it will not hear. */
static void test_group(void)
{
	const char *line;
	struct child *c = child_start(SH("trap '' TERM; (trap '' TERM; echo $$; exec sleep 1000) & wait"),
				      NULL, false, NULL);
	g_assert_cmpint(next_line(c, 100, &line), ==, LINE_GOT);
	pid_t group = atoi(line); /* $$ is the shell that was started, also in what it starts */
	child_stop(c, 1);
	/* nobody is left but what init has still to collect */
	for (int i = 0; kill(-group, 0) == 0 && i < 10000; i++)
		g_usleep(1000);
	g_assert_cmpint(kill(-group, 0), ==, -1);
	g_assert_cmpint(errno, ==, ESRCH);
}

static void test_first_line(void)
{
	static const struct {
		const char *script, *want; /* NULL: refused, with code */
		int code;
	} cases[] = {
		{"echo s3cret", "s3cret"},
		{"printf 's3cret\\r\\nsecond\\n'", "s3cret"},
		{"printf ' blanks stay '", " blanks stay "},
		{"true", NULL, LAB_ERR_PROTOCOL},
		{"echo", NULL, LAB_ERR_PROTOCOL},
		{"echo s3cret; exit 1", NULL, LAB_ERR_SYSTEM},
		{"echo no entry >&2; exit 1", NULL, LAB_ERR_SYSTEM},
		{"head -c 1048576 /dev/zero | tr '\\0' x", NULL, LAB_ERR_PROTOCOL},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GError *error = NULL;
		g_autofree char *line = child_first_line(SH(cases[i].script), 20000, &error);
		g_assert_cmpstr(line, ==, cases[i].want);
		if (cases[i].want)
			g_assert_no_error(error);
		else
			g_assert_error(error, LAB_ERROR, cases[i].code);
		g_assert_true(!error || !strstr(error->message, "s3cret"));
		g_clear_error(&error);
	}
	GError *error = NULL;
	g_assert_null(child_first_line(SH("sleep 1000"), 20, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_TIMEOUT);
	g_clear_error(&error);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/child/lines", test_lines);
	g_test_add_func("/child/endless-line", test_endless_line);
	g_test_add_func("/child/stderr", test_stderr);
	g_test_add_func("/child/stdin-and-environment", test_stdin_and_environment);
	g_test_add_func("/child/missing", test_missing);
	g_test_add_func("/child/group", test_group);
	g_test_add_func("/child/first-line", test_first_line);
	return g_test_run();
}
