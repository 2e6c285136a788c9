/* json_value.c - numbers, words and times of the model as JSON. */
#include "config.h"
#include "cli/json_value.h"

#include "lab/text.h"

#include <glib.h>
#include <math.h>

json_t *value_text(const char *s)
{
	json_t *text = s && *s ? json_string(s) : NULL;
	return text ? text : json_null();
}

json_t *value_raw(const char *s)
{
	g_autofree char *clean = text_clean(s, -1);
	return value_text(clean);
}

json_t *value_tri(enum tri t)
{
	return t == TRI_UNKNOWN ? json_null() : json_boolean(t == TRI_YES);
}

json_t *value_int(struct num n)
{
	return num_known(n) ? json_integer((json_int_t)llround(n.v)) : json_null();
}

/* Rounded here, so that the text is "71.3" and not the nearest double's seventeen digits. */
json_t *value_real(struct num n, int decimals)
{
	if (!num_known(n) || !isfinite(n.v))
		return json_null();
	double scale = pow(10, decimals);
	return json_real(round(n.v * scale) / scale);
}

json_t *value_metric(struct num n, const struct metric_info *info)
{
	return info->decimals == 0 ? value_int(n) : value_real(n, info->decimals);
}

json_t *value_id16(uint16_t id)
{
	char text[8];
	g_snprintf(text, sizeof text, "%04x", id);
	return id ? json_string(text) : json_null();
}

json_t *value_ms(int64_t ms)
{
	return ms < 0 ? json_null() : json_integer(ms);
}

json_t *value_wall(int64_t wall_ms)
{
	if (wall_ms <= 0)
		return json_null();
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(wall_ms / 1000);
	g_autofree char *text = t ? g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ") : NULL;
	return value_text(text);
}

json_t *value_words(const char *const *words)
{
	if (!words)
		return json_null();
	json_t *array = json_array();
	for (; *words; words++)
		json_array_append_new(array, value_text(*words));
	return array;
}

void value_set(json_t *object, const char *key, json_t *take_value)
{
	json_object_set_new(object, key, take_value);
}
