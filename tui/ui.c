/* ui.c - views, the way through them, and where keys and intents lead. Knows no terminal. */
#include "config.h"

#include "tui/ui.h"

#include "lab/error.h"
#include "lab/request.h"
#include "tui/global.h"
#include "tui/ui_menu.h"
#include "tui/ui_ops.h"
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
	ui->keymap = keymap_new();
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

/* ---- keys of the configuration ------------------------------------------------------------------------------ */

static bool in_table(const struct command *table, const char *name)
{
	for (const struct command *cmd = table; cmd && cmd->name; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return true;
	return false;
}

bool ui_bind(struct ui *ui, const char *command, const char *keys, GError **error)
{
	bool known = in_table(global_commands, command);
	for (int i = 0; views_all[i] && !known; i++)
		known = in_table(views_all[i]->commands, command);
	if (!known) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "no command is called \"%s\"", command);
		return false;
	}
	ui->keys_of = NULL;
	return keymap_override(ui->keymap, command, keys, error);
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

/* ---- intents ------------------------------------------------------------------------------------------------ */

void ui_say(struct ui *ui, const struct lab *lab, enum say say, const char *text)
{
	toast_say(&ui->toast, lab, say, text);
}

/* The numbers are fixed, and some of their views are not built yet. */
static void say_no_view(struct ui *ui, const struct lab *lab, int number)
{
	char text[64];
	g_snprintf(text, sizeof text, "there is no view %d in this version", number);
	ui_say(ui, lab, SAY_INFO, text);
}

/* By its number: 1 to 9. */
static void go_to_number(struct ui *ui, const struct lab *lab, int number)
{
	if (view_by_number(number))
		go_to_tab(ui, view_by_number(number));
	else
		say_no_view(ui, lab, number);
	ui_update(ui, lab);
}

static void do_intent(struct ui *ui, const struct lab *lab, struct intent *intent)
{
	switch (intent->kind) {
	case INTENT_NONE:
		break;
	case INTENT_GO:
		if (!ui_go(ui, lab, intent->view, &intent->ref))
			ui_say(ui, lab, SAY_ERROR, "this view is not built yet");
		break;
	case INTENT_SAY:
		ui_say(ui, lab, intent->say, intent->text);
		break;
	}
	intent_clear(intent);
	ui_update(ui, lab);
}

void ui_run(struct ui *ui, const struct lab *lab, const struct command *cmd)
{
	struct view *v = ui_view(ui);
	struct ref selected;
	struct intent intent = {.kind = INTENT_NONE};
	char why[128] = "";
	bool has = view_selected(v, lab, &selected);
	if (!ui_usable(ui, lab, cmd, why, sizeof why)) {
		g_autofree char *text = g_strdup_printf("%s: %s", cmd->name, why);
		ui_say(ui, lab, cmd->danger > DANGER_NONE ? SAY_WARN : SAY_INFO, text);
		return;
	}
	if (cmd->run)
		cmd->run(v, lab, has ? &selected : NULL, &intent);
	else
		ui_do(ui, lab, cmd->op);
	do_intent(ui, lab, &intent);
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static void filter_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	struct table *t = view_table(ui_view(ui));
	enum prompt_result result = prompt_key(&ui->filter, e, true);
	if (result == PROMPT_IGNORED && t) {
		table_key(t, e->key == K_SPACE ? K_NONE : e->key); /* pages move the list under the prompt */
		return;
	}
	if (result == PROMPT_CANCELLED)
		g_string_truncate(ui->filter.text, 0);
	if (result == PROMPT_DONE)
		prompt_remember(&ui->filter, ui->filter.text->str);
	if (result == PROMPT_DONE || result == PROMPT_CANCELLED)
		prompt_close(&ui->filter);
	if (t)
		table_set_filter(t, ui->filter.text->str);
	ui_update(ui, lab);
}

static const struct ui_hit *hit_at(const struct ui *ui, int x, int y)
{
	for (int i = 0; i < ui->n_hits; i++) {
		const struct rect *r = &ui->hits[i].r;
		if (y == r->y && x >= r->x && x < r->x + r->w)
			return &ui->hits[i];
	}
	return NULL;
}

/* Tabs and hints are buttons; a click on the row that has the cursor opens it. */
static void mouse(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	struct table *t = view_table(ui_view(ui));
	const struct ui_hit *hit = e->mouse == MOUSE_PRESS ? hit_at(ui, e->x, e->y) : NULL;
	const struct binding *open = keymap_by_key(ui->keymap, K_ENTER);
	int before = t ? t->cursor : -1;
	if (hit && hit->ops) {
		go_to_tab(ui, hit->ops);
		ui_update(ui, lab);
	} else if (hit) {
		ui_run(ui, lab, hit->command);
	} else if (t && table_mouse(t, e) && e->mouse == MOUSE_PRESS && t->cursor == before && open) {
		ui_run(ui, lab, open->command);
	}
}

/* Silence would leave open whether the key was heard. */
static void say_no_key(struct ui *ui, const struct lab *lab, int key)
{
	const struct binding *help = keymap_by_name(ui->keymap, "help");
	char text[64], label[24] = "";
	if (help && help->n_keys > 0)
		key_label(help->keys[0], ui->glyphs == GLYPHS_UNICODE, label, sizeof label);
	g_snprintf(text, sizeof text, "%c does nothing here%s%s%s", key, *label ? "; " : "", label,
		   *label ? " tells the keys" : "");
	ui_say(ui, lab, SAY_INFO, text);
}

static void view_key(struct ui *ui, const struct lab *lab, int key)
{
	struct view *v = ui_view(ui);
	struct table *t = view_table(v);
	struct intent intent = {.kind = INTENT_NONE};
	if (t && table_key(t, key))
		return;
	if (key >= '1' && key <= '9') {
		go_to_number(ui, lab, key - '0');
		return;
	}
	const struct binding *b = keymap_by_key(ui->keymap, key);
	if (b)
		ui_run(ui, lab, b->command);
	else if (v->ops->key && v->ops->key(v, lab, key, &intent))
		do_intent(ui, lab, &intent);
	else if (!global_key_reserved(key) && key > ' ' && key < 127)
		say_no_key(ui, lab, key);
}

void ui_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	if (e->key == K_NONE)
		return;
	ui_refresh(ui, lab);
	toast_dismiss(&ui->toast);
	if (ui->menu.open)
		ui_menu_key(ui, lab, e);
	else if (ui->filter.open)
		filter_key(ui, lab, e);
	else if (e->key == K_MOUSE)
		mouse(ui, lab, e);
	else if (e->key != K_PASTE) /* what is pasted outside of a prompt is nobody's */
		view_key(ui, lab, e->key);
}

void ui_play(struct ui *ui, const struct lab *lab, const GArray *keys)
{
	ui_update(ui, lab);
	for (guint i = 0; i < keys->len; i++) {
		struct key_event e = {.key = g_array_index(keys, int, i)};
		ui_key(ui, lab, &e);
		ui_update(ui, lab);
	}
}
