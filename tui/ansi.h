/* ansi.h - a canvas as text for files and pipes: plain, or with colours. */
#ifndef TUI_ANSI_H
#define TUI_ANSI_H

#include "tui/paint.h"

/* All rows with newlines; with colours each line begins with none and ends with a reset. Blanks at line ends are left out
 * unless they have a background. paint NULL: no colours. The caller frees. */
char *ansi_text(const struct canvas *c, const struct paint *paint);

#endif
