/* ui_ops.h - what the program itself does when a command asks for it (enum app_op). */
#ifndef TUI_UI_OPS_H
#define TUI_UI_OPS_H

#include "tui/ui.h"

/* Does one of the program's own; what needs a terminal or a backend is left in ui->effects. */
void ui_do(struct ui *ui, const struct lab *lab, enum app_op op);

#endif
