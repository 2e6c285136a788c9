/* json.c - reading JSON that nobody vouches for. */
#include "config.h"

#include "backends/json.h"

#include "lab/text.h"

#include <string.h>

/* jansson recurses to depth 2048; a look at the brackets beforehand keeps it to ours. */
static bool too_deep(const char *text, size_t len)
{
	static const signed char step_of[256] = {['"'] = 2, ['{'] = 1, ['['] = 1, ['}'] = -1, [']'] = -1};
	const char *end = text + len;
	int depth = 0;
	for (const char *at = text; at < end; at++) {
		int step = step_of[(unsigned char)*at];
		if (step == 0)
			continue;
		if (step == 2) { /* to the end of the string */
			for (at++; at < end && *at != '"'; at++)
				at += *at == '\\';
			continue;
		}
		depth += step;
		if (depth > JSON_DEPTH_CAP)
			return true;
	}
	return false;
}

json_t *json_read(const char *text, size_t len, enum json_source from, GError **error)
{
	json_error_t why;
	size_t flags = from == JSON_AGENT ? JSON_REJECT_DUPLICATES : JSON_ALLOW_NUL;
	if (too_deep(text, len)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "JSON nested deeper than %d", JSON_DEPTH_CAP);
		return NULL;
	}
	json_t *root = json_loadb(text, len, flags, &why);
	/* A counter beyond 2^63 makes the whole document an error; then integers are read as doubles. */
	if (!root && json_error_code(&why) == json_error_numeric_overflow)
		root = json_loadb(text, len, flags | JSON_DECODE_INT_AS_REAL, &why);
	if (!root) {
		g_autofree char *clean = text_clean(why.text, -1);
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "JSON, line %d column %d: %s", why.line,
			    why.column, clean);
	}
	return root;
}

struct num json_num(const json_t *object, const char *key, double min, double max)
{
	return json_num_of(json_object_get(object, key), min, max);
}

struct num json_num_of(const json_t *value, double min, double max)
{
	if (!value || json_is_null(value))
		return num_none(NUM_UNKNOWN);
	double v = json_number_value(value);
	return json_is_number(value) && v >= min && v <= max ? num_of(v) : num_none(NUM_BAD);
}

int64_t json_int(const json_t *object, const char *key, int64_t min, int64_t max, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_integer(value)) {
		int64_t v = json_integer_value(value);
		return v >= min && v <= max ? v : fallback;
	}
	if (json_is_real(value)) {
		double v = json_real_value(value);
		/* (double)INT64_MAX is 2^63, one more than fits */
		bool fits = v >= (double)min && v <= (double)max && v < 9223372036854775808.0;
		return fits ? (int64_t)v : fallback;
	}
	return fallback;
}

enum tri json_tri(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_boolean(value) ? tri_of(json_is_true(value)) : TRI_UNKNOWN;
}

static const char *text_of(struct box *box, const json_t *value)
{
	return json_is_string(value)
		       ? box_text(box, json_string_value(value), (gssize)json_string_length(value))
		       : "";
}

const char *json_text(struct box *box, const json_t *object, const char *key)
{
	return text_of(box, json_object_get(object, key));
}

const char *json_raw(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *const *json_texts(struct box *box, const json_t *object, const char *key, size_t max)
{
	const json_t *array = json_object_get(object, key);
	if (!json_is_array(array))
		return NULL;
	size_t n = MIN(json_array_size(array), max), kept = 0;
	const char **list = box_array0(box, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (json_is_string(json_array_get(array, i)))
			list[kept++] = text_of(box, json_array_get(array, i));
	return list;
}
