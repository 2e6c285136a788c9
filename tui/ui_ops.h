/* ui_ops.h - what the program itself does when a command asks for it (enum app_op), and when that would be pointless. */
#ifndef TUI_UI_OPS_H
#define TUI_UI_OPS_H

#include "tui/ui.h"

/* May the command run where the person is now? command_usable(), and what only the screen knows: whether there is a list,
 * or a place to go to. why: the reason when it may not, else "". */
bool ui_usable(const struct ui *ui, const struct lab *lab, const struct command *cmd, char *why, size_t size);

/* Does it filter or sort the list that is shown? */
bool op_is_of_list(enum app_op op);

/* Does one of the program's own; what needs a terminal or a backend is left in ui->effects. */
void ui_do(struct ui *ui, const struct lab *lab, enum app_op op);

#endif
