/* ui_keys.c - where keys and intents lead. */
#include "config.h"

#include "tui/ui_keys.h"

#include "tui/global.h"
#include "tui/modal.h"
#include "tui/ui_ops.h"
#include "tui/views.h"

/* ---- running a command ------------------------------------------------------------------------------------------ */

/* The numbers are fixed, and some of their views are not built yet. */
static void say_no_view(struct ui *ui, const struct lab *lab, int number)
{
	char text[64];
	g_snprintf(text, sizeof text, "there is no view %d in this version", number);
	ui_say(ui, lab, SAY_INFO, text);
}

/* Is this where one is already? subject NULL: none. */
static bool is_shown(const struct ui *ui, const struct view_ops *ops, const struct ref *subject)
{
	const struct ui_place *place = &ui->way[ui->depth - 1];
	bool none = !subject || subject->kind == THING_NONE;
	return place->ops == ops &&
	       (none ? place->subject.kind == THING_NONE : ref_equal(&place->subject, subject));
}

/* By its number: 1 to 9. */
static void go_to_number(struct ui *ui, const struct lab *lab, int number)
{
	const struct view_ops *ops = view_by_number(number);
	if (ops && ui->depth == 1 && is_shown(ui, ops, NULL))
		ui_say(ui, lab, SAY_INFO, "already shown");
	else if (ops)
		ui_go(ui, lab, ops->name, NULL);
	else
		say_no_view(ui, lab, number);
}

static void do_intent(struct ui *ui, const struct lab *lab, struct intent *intent)
{
	switch (intent->kind) {
	case INTENT_NONE:
		break;
	case INTENT_GO:
		if (is_shown(ui, view_by_name(intent->view), &intent->ref))
			ui_say(ui, lab, SAY_INFO, "already shown");
		else if (!ui_go(ui, lab, intent->view, &intent->ref))
			ui_say(ui, lab, SAY_ERROR, "this view is not built yet");
		break;
	case INTENT_TURN:
		ui->way[ui->depth - 1].subject = intent->ref;
		break;
	case INTENT_SAY:
		ui_say(ui, lab, intent->say, intent->text);
		break;
	}
	intent_clear(intent);
	ui_update(ui, lab);
}

/* If it may run, else says why not. */
static void run(struct ui *ui, const struct lab *lab, const struct command *cmd)
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
		ui_go(ui, lab, hit->ops->name, NULL);
	} else if (hit) {
		run(ui, lab, hit->command);
	} else if (t && table_mouse(t, e) && e->mouse == MOUSE_PRESS && t->cursor == before && open) {
		run(ui, lab, open->command);
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
		   *label ? " shows the keys" : "");
	ui_say(ui, lab, SAY_INFO, text);
}

static void view_key(struct ui *ui, const struct lab *lab, int key)
{
	struct table *t = view_table(ui_view(ui));
	if (t && table_key(t, key))
		return;
	if (key >= '1' && key <= '9') {
		go_to_number(ui, lab, key - '0');
		return;
	}
	const struct binding *b = keymap_by_key(ui->keymap, key);
	if (b)
		run(ui, lab, b->command);
	else if (!global_key_reserved(key) && key > ' ' && key < 127)
		say_no_key(ui, lab, key);
}

static void modal_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	const struct command *chosen = ui->modal->key(ui, lab, e);
	if (chosen)
		run(ui, lab, chosen);
}

void ui_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	if (e->key == K_NONE)
		return;
	ui_refresh(ui, lab);
	toast_dismiss(&ui->toast);
	if (e->key == K_CTRL('c')) /* whatever is open, and whatever [keys] says */
		ui->effects.quit = true;
	else if (ui->modal)
		modal_key(ui, lab, e);
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
