/* generate.h - labtop --generate KIND: manual pages and the completion, made of the program's own tables while it is
 * built, so that they cannot say anything else than the program does. */
#ifndef CLI_GENERATE_H
#define CLI_GENERATE_H

#include <glib.h>
#include <stdbool.h>

/* Prints to stdout; the exit status. */
int generate(const char *kind);

void generate_completion(GString *out);
void generate_labtop_1(GString *out);
void generate_labtop_conf_5(GString *out);
void generate_labtop_themes_5(GString *out);

/* What an option's completion offers, blanks between; "" for anything. The caller frees. */
char *complete_words(const char *complete);

#endif
