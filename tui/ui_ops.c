/* ui_ops.c - the program's own commands: one function each, one table. */
#include "config.h"

#include "tui/ui_ops.h"

#include "lab/error.h"
#include "lab/request.h"
#include "tui/modal.h"

#include <string.h>

/* ---- one function each ------------------------------------------------------------------------------------------ */

static void next_tab(struct ui *ui, const struct lab *lab)
{
	ui_step_tab(ui, 1);
}

static void previous_tab(struct ui *ui, const struct lab *lab)
{
	ui_step_tab(ui, -1);
}

static void back(struct ui *ui, const struct lab *lab)
{
	struct table *t = view_table(ui_view(ui));
	if (t && t->filter[0])
		table_set_filter(t, "");
	else if (t && table_marks(t) > 0)
		table_unmark(t);
	else if (ui->depth > 1)
		ui->depth--;
	else
		ui_say(ui, lab, SAY_INFO, "this is the first page");
}

static void help(struct ui *ui, const struct lab *lab)
{
	ui_modal_open(ui, lab, &modal_help);
}

static void palette(struct ui *ui, const struct lab *lab)
{
	ui_modal_open(ui, lab, &modal_palette);
}

static void actions(struct ui *ui, const struct lab *lab)
{
	ui_modal_open(ui, lab, &modal_actions);
}

static void filter(struct ui *ui, const struct lab *lab)
{
	if (view_table(ui_view(ui)))
		ui_modal_open(ui, lab, &modal_filter);
}

static void sort(struct ui *ui, const struct lab *lab)
{
	struct table *t = view_table(ui_view(ui));
	if (t)
		table_sort_next(t);
}

static void sort_reverse(struct ui *ui, const struct lab *lab)
{
	struct table *t = view_table(ui_view(ui));
	if (t)
		table_sort_reverse(t);
}

static guint copy_rows(const struct table *t, const struct lab *lab, GString *text)
{
	g_autoptr(GPtrArray) rows = table_chosen(t);
	for (guint i = 0; i < rows->len; i++) {
		g_autofree char *row = table_row_text(t, lab, rows->pdata[i]);
		g_string_append_printf(text, "%s%s", i ? "\n" : "", row);
	}
	return rows->len;
}

/* The marked rows, or the one under the cursor; on a page about one thing what the crumb calls it. */
static void copy(struct ui *ui, const struct lab *lab)
{
	struct view *v = ui_view(ui);
	struct table *t = view_table(v);
	g_autoptr(GString) text = g_string_new(NULL);
	char name[128] = "", said[64];
	guint n = t ? copy_rows(t, lab, text) : 0;
	if (!t && v->ops->crumb)
		v->ops->crumb(v, lab, name, sizeof name);
	if (n == 0 && !*name) {
		ui_say(ui, lab, SAY_INFO, "nothing selected");
		return;
	}
	g_snprintf(said, sizeof said, n > 1 ? "copied %u rows" : n ? "copied the row" : "copied the name", n);
	g_free(ui->effects.copy);
	ui->effects.copy = g_strdup(n ? text->str : name);
	ui_say(ui, lab, SAY_OK, said);
}

static void refresh(struct ui *ui, const struct lab *lab)
{
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		g_ptr_array_add(ui->effects.requests, request_new(REQ_REFRESH, s->kind, s->name));
	}
	ui_say(ui, lab, SAY_INFO, "refreshing all sources");
}

/* What was refused is tried again on a person's word only: every try may count towards locking the account out. */
static void retry(struct ui *ui, const struct lab *lab)
{
	int n = 0;
	char text[64];
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		if (s->state != SRC_DOWN || !lab_error_waits_for_person(s->error))
			continue;
		g_ptr_array_add(ui->effects.requests, request_new(REQ_RETRY, s->kind, s->name));
		n++;
	}
	g_snprintf(text, sizeof text, n == 1 ? "retrying 1 source" : "retrying %d sources", n);
	ui_say(ui, lab, SAY_INFO, n ? text : "no source was refused");
}

static void read_only(struct ui *ui, const struct lab *lab)
{
	if (ui->locked) {
		ui_say(ui, lab, SAY_WARN, "read-only is locked by the configuration");
		return;
	}
	ui->read_only = !ui->read_only;
	ui_say(ui, lab, ui->read_only ? SAY_INFO : SAY_WARN,
	       ui->read_only ? "read-only: nothing can be changed" : "write mode; ! returns to read-only");
}

static void pause_drawing(struct ui *ui, const struct lab *lab)
{
	ui->paused = !ui->paused;
	ui_say(ui, lab, SAY_INFO, ui->paused ? "paused; pause again resumes" : "resumed");
}

static void repaint(struct ui *ui, const struct lab *lab)
{
	ui->effects.repaint = true;
}

static void suspend(struct ui *ui, const struct lab *lab)
{
	ui->effects.suspend = true;
}

static void leave(struct ui *ui, const struct lab *lab)
{
	ui->effects.quit = true;
}

static void quit(struct ui *ui, const struct lab *lab)
{
	if (ui->depth > 1)
		ui->depth--;
	else
		leave(ui, lab);
}

void ui_do(struct ui *ui, const struct lab *lab, enum app_op op)
{
	static void (*const does[OP_COUNT])(struct ui *, const struct lab *) = {
		[OP_NEXT_TAB] = next_tab,
		[OP_PREVIOUS_TAB] = previous_tab,
		[OP_BACK] = back,
		[OP_HELP] = help,
		[OP_PALETTE] = palette,
		[OP_ACTIONS] = actions,
		[OP_FILTER] = filter,
		[OP_SORT] = sort,
		[OP_SORT_REVERSE] = sort_reverse,
		[OP_COPY] = copy,
		[OP_REFRESH] = refresh,
		[OP_RETRY] = retry,
		[OP_READ_ONLY] = read_only,
		[OP_PAUSE] = pause_drawing,
		[OP_REPAINT] = repaint,
		[OP_SUSPEND] = suspend,
		[OP_QUIT] = quit,
		[OP_LEAVE] = leave,
	};
	does[op](ui, lab);
}
