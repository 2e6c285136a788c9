/* test_child.c - children and their lines: long ones, stderr, the end of the whole group, first lines of commands. */
#include "config.h"

#include "backends/child.h"
#include "backends/environment.h"
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

/* What stands in /proc/PID/environ of a child, a variable a line. The caller frees. */
static char *environment_of_child(void)
{
	struct child *c = child_start(SH("echo $$; read wait"), NULL, true, NULL);
	const char *pid;
	char *text = NULL;
	gsize n = 0;
	g_assert_cmpint(next_line(c, 100, &pid), ==, LINE_GOT);
	g_autofree char *path = g_strdup_printf("/proc/%s/environ", pid);
	g_assert_true(g_file_get_contents(path, &text, &n, NULL));
	for (gsize i = 0; i < n; i++)
		if (!text[i])
			text[i] = '\n';
	child_stop(c, 1000);
	return text;
}

static void test_no_secrets(void)
{
	static const char *const secret[] = {"GOVC_PASSWORD",  "GOVC_URL",       "OLLAMA_HOST",
					     "OLLAMA_API_KEY", "OPENAI_API_KEY", "VLLM_API_KEY",
					     "LLAMA_API_KEY",  "OWN_KEY"};
	environment_hide("OWN_KEY");
	for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
		g_setenv(secret[i], "https://u:c4nary@h/sdk", TRUE);
	g_setenv("OWN_KEY_2", "kept", TRUE);
	g_setenv("GOVC_USERNAME", "kept", TRUE);
	g_autofree char *with = environment_of_child();
	g_assert_null(strstr(with, "c4nary"));
	for (size_t i = 0; i < G_N_ELEMENTS(secret); i++) {
		g_autofree char *entry = g_strconcat(secret[i], "=", NULL);
		g_assert_null(strstr(with, entry));
	}
	g_assert_nonnull(strstr(with, "OWN_KEY_2=kept"));
	g_assert_nonnull(strstr(with, "GOVC_USERNAME=kept"));
	g_assert_nonnull(strstr(with, "PATH="));
	/* an address without a user is none */
	g_setenv("GOVC_URL", "https://h/sdk", TRUE);
	g_setenv("OLLAMA_HOST", "h:11434", TRUE);
	g_autofree char *without = environment_of_child();
	g_assert_nonnull(strstr(without, "GOVC_URL=https://h/sdk"));
	g_assert_nonnull(strstr(without, "OLLAMA_HOST=h:11434"));
	for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
		g_unsetenv(secret[i]);
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

/* True once no process of that number runs any more. */
static bool is_gone(int pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid), *text = NULL;
	return !g_file_get_contents(path, &text, NULL, NULL) || strstr(text, ") Z ") || strstr(text, ") X ");
}

/* What a command leaves running in the background holds its stdout open: the answer is taken all the same, the deadline holds
 * where there is none, and the process group is gone afterwards. */
static void test_keeps_stdout_open(void)
{
	static const struct {
		const char *script, *want;
		int code;
	} cases[] = {
		{"sleep 1000 & echo $! >%s; echo s3cret", "s3cret"},
		{"sleep 1000 & echo $! >%s; echo s3cret; exit 1", NULL, LAB_ERR_SYSTEM},
		{"sleep 1000 & echo $! >%s; echo s3cret; wait", NULL, LAB_ERR_TIMEOUT},
		{"(trap '' TERM; sleep 1000 2>/dev/null; sleep 1000) & echo $! >%s; exec sleep 1000", NULL,
		 LAB_ERR_TIMEOUT},
	};
	g_autofree char *path = g_strdup_printf("%s/labtop-child-%d", g_get_tmp_dir(), (int)getpid());
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) script = g_string_new(cases[i].script);
		g_autofree char *pid = NULL;
		GError *error = NULL;
		gint64 began_us = g_get_monotonic_time();
		int deadline_ms = cases[i].code == LAB_ERR_TIMEOUT ? 300 : 60 * 1000;
		g_string_replace(script, "%s", path, 1);
		g_autofree char *line = child_first_line(SH(script->str), deadline_ms, &error);
		g_assert_cmpstr(line, ==, cases[i].want);
		g_assert_cmpint(error ? error->code : 0, ==, cases[i].code);
		g_assert_cmpint(g_get_monotonic_time() - began_us, <, 30 * G_USEC_PER_SEC);
		g_clear_error(&error);
		g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
		while (!is_gone((int)g_ascii_strtoll(pid, NULL, 10)))
			g_thread_yield();
	}
	unlink(path);
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
	g_test_add_func("/child/no-secrets", test_no_secrets);
	g_test_add_func("/child/first-line", test_first_line);
	g_test_add_func("/child/keeps-stdout-open", test_keeps_stdout_open);
	return g_test_run();
}
