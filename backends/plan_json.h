/* plan_json.h - a plan as JSON and back (design.md, Command line): what `labtop plan` writes, `apply` reads and the journal
 * keeps. A file from outside is believed in nothing: kinds of steps, sizes and the plan's own id are checked. */
#ifndef BACKENDS_PLAN_JSON_H
#define BACKENDS_PLAN_JSON_H

#include "lab/plan.h"

#include <jansson.h>

#define PLAN_JSON_VERSION 1
#define PLAN_JSON_CAP     (4 << 20) /* bytes of a file */

/* lab, where it is given, adds what is true now: each step's verdict and why. The caller decrefs. */
json_t *plan_to_json(const struct plan *plan, const struct lab *lab);

/* NULL with error: LAB_ERR_USAGE for what is no plan, is cut, was edited, or was made by a newer labtop. */
struct plan *plan_from_json(const json_t *json, GError **error);

/* Reads a file, "-" for standard input. */
struct plan *plan_read_file(const char *path, GError **error);

#endif
