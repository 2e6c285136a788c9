/* judge.c - what every fuzzer asks of what came out. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/status_json.h"
#include "lab/error.h"
#include "tests/unit/hostile_check.h"
#include "tui/ui.h"
#include "tui/views.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool fuzz_every_view;

/* g_error() traps, of which libFuzzer keeps no input. */
static void on_trap(int sig)
{
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	signal(SIGTRAP, on_trap);
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	return 0;
}

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
