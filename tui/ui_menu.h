/* ui_menu.h - the palette, help and actions of a struct ui; between ui.c and ui_menu.c. */
#ifndef TUI_UI_MENU_H
#define TUI_UI_MENU_H

#include "tui/ui.h"

void ui_menu_open(struct ui *ui, const struct lab *lab, enum menu_kind kind);
void ui_menu_key(struct ui *ui, const struct lab *lab, const struct key_event *e);
const char *ui_menu_title(const struct ui *ui);

/* Runs a command if it may run, else says why not. */
void ui_run(struct ui *ui, const struct lab *lab, const struct command *cmd);

#endif
