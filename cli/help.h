/* help.h - what is printed about the command line for people at a terminal: made of the tables of options.c. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/options.h"

#include <glib.h>

/* "labtop [OPTION...] engine ls|ps|show [ENGINE] [MODEL]" */
void help_synopsis(const struct verb *verb, GString *out);

/* The whole of --help for the verb; the console's lists the verbs as well. */
void help_text(const struct verb *verb, GString *out);

/* "--seed N" */
void help_option_name(const struct option_info *option, GString *out);

extern const char *const help_exit_statuses[8]; /* by number; NULL ends */

#endif
