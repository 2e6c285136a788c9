/* ui_menu.c - what stands in the palette, the help and the actions: all from the command tables and views. */
#include "config.h"

#include "tui/ui_menu.h"

#include "tui/global.h"
#include "tui/theme_files.h"
#include "tui/ui_ops.h"
#include "tui/views.h"

#include <string.h>

static void add(struct ui *ui, const struct menu_item *item)
{
	g_array_append_vals(ui->menu.items, item, 1);
}

static void key_labels(const struct ui *ui, const struct binding *b, char *out, gsize size)
{
	*out = '\0';
	for (int i = 0; i < b->n_keys; i++) {
		char label[24];
		key_label(b->keys[i], ui->glyphs == GLYPHS_UNICODE, label, sizeof label);
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
			key_labels(ui, b, item.keys, sizeof item.keys);
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
	for (int i = 0; global_motions[i][0]; i++) {
		struct menu_item item = {.what = ITEM_NOTE, .group = "moving"};
		g_strlcpy(item.keys, global_motions[i][0], sizeof item.keys);
		g_strlcpy(item.name, global_motions[i][1], sizeof item.name);
		add(ui, &item);
	}
}

void ui_menu_open(struct ui *ui, const struct lab *lab, enum menu_kind kind)
{
	const struct view_ops *ops = ui_view(ui)->ops;
	menu_open(&ui->menu, kind);
	if (kind == MENU_PALETTE) {
		add_views(ui);
		add_commands(ui, lab, ops->commands, NULL, false);
		add_commands(ui, lab, global_commands, NULL, false);
		add_themes(ui);
	} else if (kind == MENU_HELP) {
		add_commands(ui, lab, ops->commands, "this view", false);
		add_commands(ui, lab, global_commands, "everywhere", false);
		add_motions(ui);
	} else {
		add_commands(ui, lab, ops->commands, NULL, true);
	}
	ui->command.sign = kind == MENU_PALETTE ? ":" : kind == MENU_HELP ? "?" : "a";
	prompt_open(&ui->command, "");
	menu_filter(&ui->menu, "");
}

const char *ui_menu_title(const struct ui *ui)
{
	switch (ui->menu.kind) {
	case MENU_PALETTE:
		return "views, commands, themes";
	case MENU_HELP:
		return "keys: type to find one, enter does it, esc closes";
	default:
		return "actions";
	}
}

static void close_menu(struct ui *ui)
{
	menu_close(&ui->menu);
	prompt_close(&ui->command);
}

static void choose(struct ui *ui, const struct lab *lab)
{
	const struct menu_item *current = menu_current(&ui->menu);
	if (!current || current->what == ITEM_NOTE) {
		if (!current)
			ui_say(ui, lab, SAY_WARN, "nothing is called so");
		close_menu(ui);
		return;
	}
	struct menu_item item = *current;
	if (ui->menu.kind == MENU_PALETTE)
		prompt_remember(&ui->command, item.name);
	close_menu(ui);
	if (item.what == ITEM_COMMAND) {
		ui_run(ui, lab, item.thing);
	} else if (item.what == ITEM_VIEW) {
		ui_go(ui, lab, ((const struct view_ops *)item.thing)->name, NULL);
	} else {
		g_free(ui->effects.theme);
		ui->effects.theme = g_strdup(item.name + strlen("theme "));
	}
}

void ui_menu_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	if (menu_key(&ui->menu, e->key))
		return;
	switch (prompt_key(&ui->command, e, false)) {
	case PROMPT_DONE:
		choose(ui, lab);
		break;
	case PROMPT_CANCELLED:
		close_menu(ui);
		break;
	case PROMPT_EDITED:
		menu_filter(&ui->menu, ui->command.text->str);
		break;
	case PROMPT_IGNORED:
		break;
	}
}
