/* modal_menu.c - what stands in the palette, the help and the actions: all from the command tables and views. */
#include "config.h"

#include "tui/modal.h"

#include "tui/global.h"
#include "tui/theme_files.h"
#include "tui/views.h"

#include <string.h>

#define MOTION_KEYS 16

/* ---- items ------------------------------------------------------------------------------------------------------ */

static void add(struct ui *ui, const struct menu_item *item)
{
	g_array_append_vals(ui->menu.items, item, 1);
}

static void key_labels(const struct ui *ui, const int *keys, int n, char *out, gsize size)
{
	*out = '\0';
	for (int i = 0; i < n; i++) {
		char label[24];
		key_label(keys[i], ui->glyphs == GLYPHS_UNICODE, label, sizeof label);
		if (i > 0)
			g_strlcat(out, " ", size);
		g_strlcat(out, label, size);
	}
}

static void add_commands(struct ui *ui, const struct lab *lab, const struct command *table, const char *group,
			 bool only_changes)
{
	for (const struct command *cmd = table; cmd && cmd->name; cmd++) {
		struct menu_item item = {.what = ITEM_COMMAND, .thing = cmd, .group = group};
		const struct binding *b = keymap_by_name(ui->keymap, cmd->name);
		if (only_changes && cmd->danger == DANGER_NONE)
			continue;
		g_strlcpy(item.name, cmd->name, sizeof item.name);
		g_strlcpy(item.help, cmd->help, sizeof item.help);
		if (b)
			key_labels(ui, b->keys, b->n_keys, item.keys, sizeof item.keys);
		if (!*item.keys && ui->menu.kind == MENU_HELP)
			g_strlcpy(item.keys, ":", sizeof item.keys); /* has no key, but a name to type */
		ui_usable(ui, lab, cmd, item.why, sizeof item.why);
		add(ui, &item);
	}
}

static void add_views(struct ui *ui)
{
	for (int i = 0; views_all[i]; i++) {
		struct menu_item item = {.what = ITEM_VIEW, .thing = views_all[i]};
		if (!views_all[i]->help)
			continue;
		g_strlcpy(item.name, views_all[i]->name, sizeof item.name);
		if (views_all[i]->number > 0)
			g_snprintf(item.keys, sizeof item.keys, "%d", views_all[i]->number);
		g_strlcpy(item.help, views_all[i]->help, sizeof item.help);
		add(ui, &item);
	}
}

static void add_themes(struct ui *ui)
{
	g_auto(GStrv) names = theme_names();
	for (char **n = names; *n; n++) {
		struct menu_item item = {.what = ITEM_THEME};
		g_snprintf(item.name, sizeof item.name, "theme %s", *n);
		g_snprintf(item.help, sizeof item.help, "Colours of the theme %s, for this session.", *n);
		add(ui, &item);
	}
}

static void add_motions(struct ui *ui)
{
	for (const struct motion *m = global_motions; m->keys; m++) {
		struct menu_item item = {.what = ITEM_NOTE, .group = "moving"};
		int keys[MOTION_KEYS];
		char bad[32];
		if (m->of_list && !view_table(ui_view(ui)))
			continue;
		if (m->label)
			g_strlcpy(item.keys, m->label, sizeof item.keys);
		else
			key_labels(ui, keys, keys_parse(m->keys, keys, MOTION_KEYS, bad), item.keys,
				   sizeof item.keys);
		g_strlcpy(item.name, m->help, sizeof item.name);
		add(ui, &item);
	}
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static void open_empty(struct ui *ui, enum menu_kind kind, const char *sign)
{
	menu_open(&ui->menu, kind);
	ui->command.sign = sign;
	prompt_open(&ui->command, "");
}

static void open_palette(struct ui *ui, const struct lab *lab)
{
	open_empty(ui, MENU_PALETTE, ":");
	add_views(ui);
	add_commands(ui, lab, ui_view(ui)->ops->commands, NULL, false);
	add_commands(ui, lab, global_commands, NULL, false);
	add_themes(ui);
	menu_filter(&ui->menu, "");
}

static void open_help(struct ui *ui, const struct lab *lab)
{
	open_empty(ui, MENU_HELP, "?");
	add_commands(ui, lab, ui_view(ui)->ops->commands, "this view", false);
	add_commands(ui, lab, global_commands, "everywhere", false);
	add_motions(ui);
	menu_filter(&ui->menu, "");
}

static void open_actions(struct ui *ui, const struct lab *lab)
{
	open_empty(ui, MENU_ACTIONS, "a");
	add_commands(ui, lab, ui_view(ui)->ops->commands, NULL, true);
	menu_filter(&ui->menu, "");
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static const struct command *choose(struct ui *ui, const struct lab *lab)
{
	const struct menu_item *current = menu_current(&ui->menu);
	ui_modal_close(ui);
	if (!current) {
		ui_say(ui, lab, SAY_WARN, "no match");
		return NULL;
	}
	if (current->what == ITEM_NOTE)
		return NULL;
	if (ui->menu.kind == MENU_PALETTE)
		prompt_remember(&ui->command, current->name);
	if (current->what == ITEM_COMMAND)
		return current->thing;
	if (current->what == ITEM_VIEW) {
		ui_go(ui, lab, ((const struct view_ops *)current->thing)->name, NULL);
	} else {
		g_free(ui->effects.theme);
		ui->effects.theme = g_strdup(current->name + strlen("theme "));
	}
	return NULL;
}

static const struct command *menu_modal_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	if (menu_key(&ui->menu, e->key))
		return NULL;
	switch (prompt_key(&ui->command, e, false)) {
	case PROMPT_DONE:
		return choose(ui, lab);
	case PROMPT_CANCELLED:
		ui_modal_close(ui);
		break;
	case PROMPT_EDITED:
		menu_filter(&ui->menu, ui->command.text->str);
		break;
	case PROMPT_IGNORED:
		break;
	}
	return NULL;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static void draw_palette(struct ui *ui, struct canvas *c, struct rect body)
{
	menu_draw(&ui->menu, c, body, "views, commands, themes");
}

static void draw_help(struct ui *ui, struct canvas *c, struct rect body)
{
	menu_draw(&ui->menu, c, body, "keys: type to find one, enter does it, esc closes");
}

static void draw_actions(struct ui *ui, struct canvas *c, struct rect body)
{
	menu_draw(&ui->menu, c, body, "actions");
}

static void draw_prompt(const struct ui *ui, struct canvas *c, struct rect r)
{
	prompt_draw(&ui->command, c, r);
}

const struct modal_ops modal_palette = {
	.open = open_palette, .key = menu_modal_key, .draw = draw_palette, .draw_line = draw_prompt};
const struct modal_ops modal_help = {
	.open = open_help, .key = menu_modal_key, .draw = draw_help, .draw_line = draw_prompt};
const struct modal_ops modal_actions = {
	.open = open_actions, .key = menu_modal_key, .draw = draw_actions, .draw_line = draw_prompt};
