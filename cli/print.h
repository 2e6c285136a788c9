/* print.h - plain tables for the verbs: columns as wide as their widest cell, two blanks between, numbers right. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "lab/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

struct sheet;

/* Column titles, NULL-terminated; one that begins with ">" stands right and has no ">". */
struct sheet *sheet_new(const char *const *titles);

/* The next cell, left to right and row by row. Clean text (text.h); "" is left empty. */
void sheet_add(struct sheet *s, const char *text);
void sheet_addf(struct sheet *s, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Prints it, or empty_text when it has no row (NULL: nothing), and frees it. */
void sheet_print(struct sheet *take_sheet, FILE *to, const char *empty_text);

/* No row yet? */
bool sheet_is_empty(const struct sheet *s);

/* One line for people: "labtop: " text, on stderr. */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* The error's message and, where there is one for an error there, its hint, in one line on stderr. Returns its exit status.
 * Takes error. */
int complain_error(GError *take_error, enum lab_error_place place);

#endif
