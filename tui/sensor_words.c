/* sensor_words.c - one way to say a sensor, for the lists, the cells, the pictures and the page of a card. */
#include "config.h"

#include "tui/sensor_words.h"

#include "lab/sensor.h"
#include "lab/text.h"

#include <math.h>
#include <string.h>

#define ELLIPSIS "…"

const char *sensor_speed(char buf[FORMAT_SIZE], const struct lab_sensor *fan, bool stale)
{
	char unit[24] = "";
	if (g_ascii_strcasecmp(fan->unit, "rpm") != 0)
		g_snprintf(unit, sizeof unit, "%s%s", strcmp(fan->unit, "%") == 0 ? "" : " ", fan->unit);
	return format_num(buf, fan->value, 0, unit, stale);
}

const char *sensor_health(const struct lab_sensor *s)
{
	static const char *const words[] = {"-", "normal", "warning", "alert"};
	return words[s->health];
}

const char *sensor_value(char buf[FORMAT_SIZE], const struct lab_sensor *s)
{
	char unit[24];
	if (sensor_is_state(s)) {
		text_copy(buf, *s->state ? s->state : sensor_health(s), FORMAT_SIZE);
		return buf;
	}
	if (sensor_is_empty_place(s))
		return "empty";
	g_snprintf(unit, sizeof unit, " %s", s->unit);
	return format_num(buf, s->value, s->value.v == floor(s->value.v) ? 0 : 1, unit, false);
}

enum role sensor_role(const struct lab_host *host, const struct lab_sensor *s)
{
	static const enum role by_health[] = {ROLE_TEXT, ROLE_TEXT, ROLE_WARN, ROLE_CRIT};
	if (sensor_is_faulty(s))
		return by_health[s->health];
	if (fan_is_slow(host, s))
		return ROLE_WARN;
	return sensor_is_state(s) || sensor_is_empty_place(s) ? ROLE_DIM : ROLE_TEXT;
}

enum glyph sensor_mark(const struct lab_host *host, const struct lab_sensor *s)
{
	if (s->health == SENSOR_RED)
		return G_CRIT;
	return s->health == SENSOR_YELLOW || fan_is_slow(host, s) ? G_WARN : G_CURSOR;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* Bytes from the beginning that take at most so many columns. */
static gsize head(const char *text, int columns)
{
	const char *p = text;
	while (*p) {
		char one[8] = "";
		const char *next = g_utf8_next_char(p);
		memcpy(one, p, MIN((gsize)(next - p), sizeof one - 1));
		if ((columns -= text_width(one)) < 0)
			break;
		p = next;
	}
	return (gsize)(p - text);
}

/* From where on what is left takes at most so many columns. */
static const char *tail(const char *text, int columns)
{
	while (*text && text_width(text) > columns)
		text = g_utf8_next_char(text);
	return text;
}

/* Bytes that the name begins with and at least one other name as well. */
static gsize shared(const struct lab_host *host, const char *name)
{
	gsize most = 0;
	for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
		const char *other = ((const struct lab_sensor *)host->sensors->pdata[i])->name;
		gsize n = 0;
		while (name[n] && name[n] == other[n])
			n++;
		if (name[n]) /* else it is the name itself, or a longer one */
			most = MAX(most, n);
	}
	return most;
}

static void cut_name(char *out, size_t size, const struct lab_host *host, const char *name, int width)
{
	const char *from = name;
	if (text_width(name) <= width || width < 3) {
		text_copy(out, name, size);
		return;
	}
	gsize differs = shared(host, name);
	if (differs < head(name, width - 1)) { /* seen in its beginning */
		g_snprintf(out, size, "%.*s" ELLIPSIS, (int)head(name, width - 1), name);
		return;
	}
	from = tail(name, width - 1);
	if (from <= name + differs) { /* seen in its end */
		while (*from == ' ' && from < name + differs)
			from++;
		g_snprintf(out, size, ELLIPSIS "%s", from);
		return;
	}
	for (from = name + differs; from > name && (*from & 0xc0) == 0x80; from--)
		;
	g_snprintf(out, size, ELLIPSIS "%.*s" ELLIPSIS, (int)head(from, width - 2), from);
}

void sensor_name(char *out, size_t size, const struct lab_host *host, const struct lab_sensor *s, int width)
{
	cut_name(out, size, host, s->name, width);
	text_mend(out);
}
