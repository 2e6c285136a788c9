/* json_out.c - see the header. */
#include "config.h"
#include "backends/gpu/json_out.h"

#include <math.h>
#include <string.h>

#include "lab/text.h"

#define DIGITS_MAX 24

/* What stands between the item before and this one, and its key. */
static void begin(GString *out, const char *key)
{
	if (out->len > 0 && !strchr("{[:", out->str[out->len - 1]))
		g_string_append_c(out, ',');
	if (!key)
		return;
	g_string_append_c(out, '"');
	g_string_append(out, key);
	g_string_append_len(out, "\":", 2);
}

/* Text in quotes. What text_clean() leaves has no control characters; only two need an escape. */
static void quote(GString *out, const char *text)
{
	g_autofree char *clean = text_is_clean(text) ? NULL : text_clean(text, -1);

	g_string_append_c(out, '"');
	for (const char *at = clean ? clean : text; *at;) {
		size_t n = strcspn(at, "\"\\");
		g_string_append_len(out, at, (gssize)n);
		at += n;
		if (!*at)
			break;
		g_string_append_c(out, '\\');
		g_string_append_c(out, *at++);
	}
	g_string_append_c(out, '"');
}

void json_out_open(GString *out, const char *key, char bracket)
{
	begin(out, key);
	g_string_append_c(out, bracket);
}

void json_out_close(GString *out, char bracket)
{
	g_string_append_c(out, bracket == '{' ? '}' : ']');
}

void json_out_open_named(GString *out, const char *name)
{
	begin(out, NULL);
	quote(out, name);
	g_string_append_len(out, ":{", 2);
}

void json_out_text(GString *out, const char *key, const char *text)
{
	if (!text || !text[0])
		return;
	begin(out, key);
	quote(out, text);
}

/* The number without its sign, with a point before the last decimals of its digits. */
static void digits(GString *out, uint64_t v, int decimals)
{
	char text[DIGITS_MAX];
	int at = DIGITS_MAX;

	for (int n = 0; v > 0 || n <= decimals; n++, v /= 10) {
		if (decimals > 0 && n == decimals)
			text[--at] = '.';
		text[--at] = (char)('0' + v % 10);
	}
	g_string_append_len(out, text + at, DIGITS_MAX - at);
}

void json_out_int(GString *out, const char *key, int64_t v)
{
	begin(out, key);
	if (v < 0)
		g_string_append_c(out, '-');
	digits(out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 0);
}

void json_out_num(GString *out, const char *key, double v, int decimals)
{
	static const double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	double scaled = round(v * scales[CLAMP(decimals, 0, 6)]);

	if (!(fabs(scaled) < 1e17))
		return;
	begin(out, key);
	if (scaled < 0)
		g_string_append_c(out, '-');
	digits(out, (uint64_t)fabs(scaled), CLAMP(decimals, 0, 6));
}

void json_out_metric(GString *out, const struct metric_info *info, double v)
{
	json_out_num(out, info->key, v, info->decimals);
}

void json_out_bool(GString *out, const char *key, bool v)
{
	begin(out, key);
	g_string_append(out, v ? "true" : "false");
}

void json_out_raw(GString *out, const char *key, const GString *json)
{
	begin(out, key);
	g_string_append_len(out, json->str, (gssize)json->len);
}
