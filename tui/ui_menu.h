/* ui_menu.h - the palette, help and actions of a struct ui; what opens them is ui_ops.c, what has their keys ui.c. */
#ifndef TUI_UI_MENU_H
#define TUI_UI_MENU_H

#include "tui/ui.h"

void ui_menu_open(struct ui *ui, const struct lab *lab, enum menu_kind kind);
void ui_menu_key(struct ui *ui, const struct lab *lab, const struct key_event *e);
const char *ui_menu_title(const struct ui *ui);

#endif
