/* ui_keys.h - keys, pastes and the mouse: to what has them, or to the command that is bound. On top of all else. */
#ifndef TUI_UI_KEYS_H
#define TUI_UI_KEYS_H

#include "tui/ui.h"

void ui_key(struct ui *ui, const struct lab *lab, const struct key_event *e);

/* Keys as keys_script() makes them, with an update after each; for snapshot and tests. */
void ui_play(struct ui *ui, const struct lab *lab, const GArray *keys);

#endif
