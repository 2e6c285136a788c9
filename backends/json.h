/* json.h - jansson with the caps of reliability.md section 6, and look-ups that give "not known" instead of failing. */
#ifndef BACKENDS_JSON_H
#define BACKENDS_JSON_H

#include "lab/box.h"
#include "lab/error.h"
#include "lab/num.h"

#include <jansson.h>
#include <stdint.h>

#define JSON_DEPTH_CAP 64

enum json_source {
	JSON_AGENT,
	JSON_ENGINE
}; /* agent lines refuse NUL and duplicate keys; model replies allow NUL */

/* Parses text of len bytes. LAB_ERR_PROTOCOL with where and why; NULL on error. The caller decrefs. */
json_t *json_read(const char *text, size_t len, enum json_source from, GError **error);

/* The number of a member within [min, max], else not known (NUM_BAD when it is there but out of range or no number); the
 * same of a value, which may be NULL. */
struct num json_num_of(const json_t *value, double min, double max);
struct num json_num(const json_t *object, const char *key, double min, double max);
int64_t json_int(const json_t *object, const char *key, int64_t min, int64_t max, int64_t fallback);
enum tri json_tri(const json_t *object, const char *key);

/* A member's text, cleaned and kept in the box; "" when absent or no string. */
const char *json_text(struct box *box, const json_t *object, const char *key);

/* A member's text as it came (borrowed from the object), or NULL. */
const char *json_raw(const json_t *object, const char *key);

/* An array of strings as a NULL-terminated list in the box, at most max; NULL when absent. */
const char *const *json_texts(struct box *box, const json_t *object, const char *key, size_t max);

#endif
