/* look.h - how the screen shall look and behave, from the command line and the configuration: console and snapshot. */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include "cli/session.h"
#include "tui/ui.h"

/* Glyphs, read-only, keys and the first view. Strings are borrowed from the options, keys from the configuration. */
struct ui_options look_ui(const struct options *o, const struct config *config);

/* The theme's name: the option's, else the configuration's, else NULL. Borrowed. */
const char *look_theme(const struct options *o, const struct config *config);

/* "120x40"; false with LAB_ERR_USAGE when it is none or no size of a screen. */
bool look_size(const char *text, int *w, int *h, GError **error);

#endif
