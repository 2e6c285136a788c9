/* generate.h - labtop --generate KIND: manual pages and completions, made of the program's own tables while it is
 * built, so that they cannot say anything else than the program does. */
#ifndef CLI_GENERATE_H
#define CLI_GENERATE_H

#include "cli/options.h"

#include <glib.h>
#include <stdbool.h>

/* Prints to stdout; the exit status. */
int generate(const char *kind);

void generate_bash(GString *out);
void generate_zsh(GString *out);
void generate_fish(GString *out);
void generate_labtop_1(GString *out);
void generate_labtop_conf_5(GString *out);
void generate_labtop_themes_5(GString *out);

/* labtop-themes(5), where the themes of the installation lie in that folder. */
void generate_themes_page(GString *out, const char *installed);

/* What a shell runs or lists for an option's value. */
struct completion_forms {
	const char *themes, *file, *folder;
	const char *before, *after; /* around the words that are offered */
};

/* Writes the form for the option's kind of value (options.h: complete); no words where anything may be typed. */
void completion_value(GString *out, const struct option_info *option, const struct completion_forms *forms);

/* The verbs, with that between them. The caller frees. */
char *verb_names(const char *between);

/* Whether a completion offers the option after the verb. */
bool option_is_offered(const struct verb *verb, const struct option_info *option);

#endif
