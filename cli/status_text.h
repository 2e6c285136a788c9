/* status_text.h - the lab as plain tables: labtop status, and the console with --plain. */
#ifndef CLI_STATUS_TEXT_H
#define CLI_STATUS_TEXT_H

#include "lab/lab.h"

#include <stdio.h>

/* Everything, table by table. */
void status_text(const struct lab *lab, FILE *to);

/* The cards that guests tell of. */
void status_text_gpus(const struct lab *lab, FILE *to);

/* Models of one engine or of all (NULL): on disk and loaded, or only the loaded ones. */
void status_text_models(const struct lab *lab, const char *engine, bool only_loaded, FILE *to);

#endif
