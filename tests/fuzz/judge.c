/* judge.c - what every fuzzer asks of what came out. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/status_json.h"
#include "lab/error.h"
#include "tests/unit/hostile_check.h"
#include "tui/ui.h"
#include "tui/views.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool fuzz_every_view, fuzz_writes_stderr;

static int people =
	STDERR_FILENO; /* what stderr is to people; stderr itself is a file of ours while fuzz_one() runs */

/* Where a sanitizer writes: not among what is watched. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

/* ---- what is written to stderr ------------------------------------------------------------------------------- */

static void catch_stderr(void)
{
	static bool caught;
	int file = caught ? -1 : memfd_create("stderr", MFD_CLOEXEC);
	caught = true;
	if (file < 0)
		return;
	dup2(file, STDERR_FILENO);
	close(file);
}

/* What was written since the last time; the caller frees it. Only calls that a signal handler may make before it. */
static char *take_stderr(void)
{
	off_t n = people == STDERR_FILENO ? 0 : lseek(STDERR_FILENO, 0, SEEK_CUR);
	if (n <= 0)
		return NULL;
	char *text = g_malloc0((gsize)n + 1);
	ssize_t got = pread(STDERR_FILENO, text, (size_t)n, 0);
	if (got < n || ftruncate(STDERR_FILENO, 0) != 0 || lseek(STDERR_FILENO, 0, SEEK_SET) != 0)
		abort();
	return text;
}

static void judge_stderr(void)
{
	g_autofree char *text = take_stderr();
	if (!text)
		return;
	g_autofree char *bad = hostile_find(text, strlen(text), ALLOW_NEWLINE);
	if (bad || !fuzz_writes_stderr)
		g_error("written to stderr: %s%s%s", text, bad ? "\n" : "", bad ? bad : "");
}

/* g_error() traps, of which libFuzzer keeps no input. Its words are what somebody wants to read. */
static void on_trap(int sig)
{
	char *text = take_stderr();
	if (text && write(people, text, strlen(text)) < 0)
		_exit(1);
	abort();
}

/* ---- entry points -------------------------------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	signal(SIGTRAP, on_trap);
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	people = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)people); /* NOLINT: its interface */
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	catch_stderr();
	fuzz_one(data, size);
	judge_stderr();
	return 0;
}

/* ---- what came out ------------------------------------------------------------------------------------------- */

static void judge(char *take_bad)
{
	if (take_bad)
		g_error("%s", take_bad);
}

void fuzz_judge(const char *text)
{
	if (text)
		judge(hostile_find(text, strlen(text), ALLOW_NOTHING));
}

void fuzz_judge_error(GError **error)
{
	if (!*error)
		return;
	if ((*error)->domain != LAB_ERROR)
		g_error("an error that is not ours: %s", (*error)->message);
	fuzz_judge((*error)->message);
	g_clear_error(error);
}

static void judge_view(const struct lab *lab, const struct view_ops *ops)
{
	struct ui *ui = ui_new(&(struct ui_options){.glyphs = GLYPHS_UNICODE}, NULL);
	struct canvas *c = canvas_new(100, 30, GLYPHS_UNICODE);
	ui_go(ui, lab, ops->name, NULL);
	ui_draw(ui, lab, c);
	judge(hostile_find_canvas(c));
	canvas_free(c);
	ui_free(ui);
}

void fuzz_judge_lab(struct lab *lab)
{
	guint n_views = 0;
	lab_settle(lab);
	json_t *json = status_json(lab);
	judge(hostile_find_json(json));
	char *text = json_dumps(json, JSON_COMPACT);
	while (views_all[n_views])
		n_views++;
	guint some = g_str_hash(text) % n_views;
	for (guint v = 0; v < n_views; v++)
		if (fuzz_every_view || v == some)
			judge_view(lab, views_all[v]);
	free(text);
	json_decref(json);
	lab_free(lab);
}
