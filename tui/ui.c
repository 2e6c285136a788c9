/* ui.c - the state below keys, modals and drawing: views and the way through them, and what may run where. */
#include "config.h"

#include "tui/ui.h"

#include "lab/error.h"
#include "lab/request.h"
#include "tui/global.h"
#include "tui/modal.h"
#include "tui/views.h"

#include <string.h>

struct ui *ui_new(const struct ui_options *o, GError **error)
{
	const struct view_ops *first = o->view ? view_by_name(o->view) : views_all[0];
	if (!first) {
		g_autoptr(GString) names = g_string_new(NULL);
		for (int i = 0; views_all[i]; i++)
			g_string_append_printf(names, " %s", views_all[i]->name);
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "view %s: there are%s", o->view, names->str);
		return NULL;
	}
	struct ui *ui = g_new0(struct ui, 1);
	ui->glyphs = o->glyphs;
	ui->locked = o->locked;
	ui->read_only = o->read_only || o->locked;
	ui->views = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)view_free);
	ui->way[0].ops = first;
	ui->depth = 1;
	ui->keymap = keymap_new(o->keys);
	prompt_init(&ui->command, ":");
	prompt_init(&ui->filter, "/");
	menu_init(&ui->menu);
	ui->effects.requests = g_ptr_array_new();
	return ui;
}

void ui_effects_clear(struct ui *ui)
{
	struct ui_effects *e = &ui->effects;
	for (guint i = 0; i < e->requests->len; i++)
		request_free(e->requests->pdata[i]);
	g_ptr_array_set_size(e->requests, 0);
	g_free(e->copy);
	g_free(e->theme);
	*e = (struct ui_effects){.requests = e->requests};
}

void ui_free(struct ui *ui)
{
	if (!ui)
		return;
	ui_effects_clear(ui);
	g_ptr_array_unref(ui->effects.requests);
	g_hash_table_unref(ui->views);
	keymap_free(ui->keymap);
	prompt_clear(&ui->command);
	prompt_clear(&ui->filter);
	menu_clear(&ui->menu);
	g_free(ui);
}

/* ---- the way through the views ------------------------------------------------------------------------------ */

struct view *ui_view(const struct ui *ui)
{
	const struct view_ops *ops = ui->way[ui->depth - 1].ops;
	struct view *v = g_hash_table_lookup(ui->views, ops);
	if (!v) {
		v = view_new(ops);
		g_hash_table_insert(ui->views, (gpointer)ops, v);
	}
	return v;
}

void ui_update(struct ui *ui, const struct lab *lab)
{
	struct view *v = ui_view(ui);
	ui->seen = lab->version;
	view_enter(v, lab, &ui->way[ui->depth - 1].subject);
	if (v->ops->update)
		v->ops->update(v, lab);
	if (ui->keys_of == v->ops)
		return;
	const struct command *tables[] = {v->ops->commands, global_commands};
	keymap_load(ui->keymap, tables, G_N_ELEMENTS(tables));
	ui->keys_of = v->ops;
}

void ui_refresh(struct ui *ui, const struct lab *lab)
{
	if (ui->seen != lab->version || ui_view(ui)->entered == 0)
		ui_update(ui, lab);
}

static void go_into(struct ui *ui, const struct view_ops *ops, const struct ref *subject)
{
	if (ui->depth == UI_DEPTH) {
		memmove(ui->way, ui->way + 1, (UI_DEPTH - 1) * sizeof ui->way[0]);
		ui->depth--;
	}
	struct ui_place *place = &ui->way[ui->depth++];
	*place = (struct ui_place){.ops = ops};
	if (subject)
		place->subject = *subject;
}

static void go_to_tab(struct ui *ui, const struct view_ops *ops)
{
	ui->depth = 0;
	go_into(ui, ops, NULL);
}

bool ui_go(struct ui *ui, const struct lab *lab, const char *view, const struct ref *subject)
{
	const struct view_ops *ops = view_by_name(view);
	if (!ops)
		return false;
	if (ops->number > 0 && (!subject || subject->kind == THING_NONE))
		go_to_tab(ui, ops);
	else
		go_into(ui, ops, subject);
	ui_update(ui, lab);
	return true;
}

void ui_step_tab(struct ui *ui, int by)
{
	int now = 0,
	    n = 0; /* the tab that is lit: of the place where the way began; and how many there are */
	while (views_all[n] && views_all[n]->number > 0)
		n++;
	for (int i = 0; i < n; i++)
		if (views_all[i] == ui->way[0].ops)
			now = i;
	go_to_tab(ui, views_all[(now + by + n) % n]);
}

void ui_say(struct ui *ui, const struct lab *lab, enum say say, const char *text)
{
	toast_say(&ui->toast, lab, say, text);
}

/* ---- what has the keys ------------------------------------------------------------------------------------------ */

void ui_modal_open(struct ui *ui, const struct lab *lab, const struct modal_ops *modal)
{
	ui->modal = modal;
	modal->open(ui, lab);
}

void ui_modal_close(struct ui *ui)
{
	ui->modal = NULL;
}

/* ---- may it run? ------------------------------------------------------------------------------------------------ */

static bool can_change(const struct view *v)
{
	for (const struct command *cmd = v->ops->commands; cmd && cmd->name; cmd++)
		if (cmd->danger > DANGER_NONE)
			return true;
	return false;
}

bool op_is_of_list(enum app_op op)
{
	return op == OP_FILTER || op == OP_SORT || op == OP_SORT_REVERSE;
}

/* Why it would do nothing in this view, or NULL. A list that is empty may fill while one types. */
static const char *pointless(struct view *v, const struct command *cmd)
{
	if (op_is_of_list(cmd->op) && !view_table(v))
		return "no list on this page";
	if (cmd->op == OP_ACTIONS && !can_change(v))
		return "no actions on this page";
	return strcmp(cmd->name, v->ops->name) == 0 ? "already shown" : NULL;
}

bool ui_usable(const struct ui *ui, const struct lab *lab, const struct command *cmd, char *why, size_t size)
{
	struct view *v = ui_view(ui);
	struct ref selected;
	bool has = view_selected(v, lab, &selected);
	const char *reason = pointless(v, cmd);
	if (!reason)
		return command_usable(cmd, lab, has ? &selected : NULL, ui->read_only, why, size);
	g_strlcpy(why, reason, size);
	return false;
}
