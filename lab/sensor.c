/* sensor.c - which sensor is what, by the words that boards use for them; and which fan is not like its twins. */
#include "config.h"
#include "lab/sensor.h"

#include <stdlib.h>
#include <string.h>

#define SLOW_PART  0.5 /* a fan below this part of its twins' median is slow */
#define LEAST_FANS 3   /* of two nobody knows which is right */
#define MOST_FANS  256

static bool says(const char *text, const char *word)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);
	return strstr(lower, word) != NULL;
}

static bool about_fans(const char *type)
{
	return g_ascii_strncasecmp(type, "fan", 3) == 0;
}

enum sensor_kind sensor_kind_of(const struct sensor_row *row)
{
	if (!*row->unit || says(row->name, "redundan"))
		return SENSOR_OTHER;
	if (about_fans(row->type))
		return SENSOR_FAN;
	/* in a unit that is not known its number would be taken for degrees Celsius */
	bool temperature = g_ascii_strncasecmp(row->type, "temp", 4) == 0 && strcmp(row->unit, "°C") == 0;
	return temperature ? SENSOR_TEMPERATURE : SENSOR_OTHER;
}

bool sensor_is_empty_place(const struct lab_sensor *s)
{
	return s->kind == SENSOR_FAN && num_known(s->value) && s->value.v <= 0 && !sensor_is_faulty(s) &&
	       !s->cools_card;
}

bool sensor_is_fan(const struct lab_sensor *s)
{
	return s->kind == SENSOR_FAN && !sensor_is_empty_place(s);
}

bool sensor_is_temperature(const struct lab_sensor *s)
{
	return s->kind == SENSOR_TEMPERATURE;
}

bool sensor_is_faulty(const struct lab_sensor *s)
{
	return s->health == SENSOR_YELLOW || s->health == SENSOR_RED;
}

bool sensor_is_state(const struct lab_sensor *s)
{
	return !*s->unit;
}

/* ---- fans -------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static bool has_speed(const struct lab_sensor *s)
{
	return sensor_is_fan(s) && num_known(s->value);
}

struct num fan_median(const struct lab_host *host, const char *unit)
{
	double v[MOST_FANS];
	size_t n = 0;
	for (guint i = 0; host->sensors && i < host->sensors->len && n < G_N_ELEMENTS(v); i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		if (has_speed(s) && strcmp(s->unit, unit) == 0)
			v[n++] = s->value.v;
	}
	if (n < LEAST_FANS)
		return num_none(NUM_UNKNOWN);
	qsort(v, n, sizeof *v, by_value);
	return num_of(v[n / 2]);
}

bool fan_is_slow(const struct lab_host *host, const struct lab_sensor *fan)
{
	if (!has_speed(fan))
		return false;
	if (fan->value.v <= 0)
		return true; /* it is no empty place */
	struct num median = fan_median(host, fan->unit);
	return num_known(median) && fan->value.v < SLOW_PART * median.v;
}

const struct lab_sensor *host_slowest_fan(const struct lab_host *host)
{
	const struct lab_sensor *slowest = NULL;
	for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		if (has_speed(s) &&
		    (!slowest || (strcmp(s->unit, slowest->unit) == 0 && s->value.v < slowest->value.v)))
			slowest = s;
	}
	return slowest;
}

const struct lab_sensor *host_fan_state(const struct lab_host *host)
{
	const struct lab_sensor *worst = NULL;
	for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		if (sensor_is_state(s) && about_fans(s->type) && (!worst || s->health > worst->health))
			worst = s;
	}
	return worst;
}

/* ---- air --------------------------------------------------------------------------------------------------------- */

const struct lab_sensor *host_inlet(const struct lab_host *host)
{
	static const char *const words[] = {"inlet", "ambient", "intake", "air in", "front"};
	for (guint w = 0; w < G_N_ELEMENTS(words); w++) {
		for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
			const struct lab_sensor *s = host->sensors->pdata[i];
			if (sensor_is_temperature(s) && says(s->name, words[w]))
				return s;
		}
	}
	return NULL;
}
