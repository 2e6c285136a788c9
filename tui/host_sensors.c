/* host_sensors.c - which sensor is what, by the words that boards use for them; and which fan is not like its twins. */
#include "config.h"

#include "tui/host_sensors.h"

#include <stdlib.h>
#include <string.h>

#define SLOW_PART 0.6 /* a fan below this part of its twins' median is slow */

bool sensor_is_fan(const struct lab_sensor *s)
{
	return g_ascii_strcasecmp(s->type, "fan") == 0;
}

bool sensor_is_temperature(const struct lab_sensor *s)
{
	return g_ascii_strncasecmp(s->type, "temp", 4) == 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

bool fan_is_slow(const struct lab_host *host, const struct lab_sensor *fan)
{
	double v[64];
	size_t n = 0;
	for (guint i = 0; host->sensors && i < host->sensors->len && n < G_N_ELEMENTS(v); i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		if (sensor_is_fan(s) && num_known(s->value) && strcmp(s->unit, fan->unit) == 0)
			v[n++] = s->value.v;
	}
	if (n < 3 || !num_known(fan->value))
		return false;
	qsort(v, n, sizeof *v, by_value);
	return fan->value.v < SLOW_PART * v[n / 2];
}

const struct lab_sensor *host_inlet(const struct lab_host *host)
{
	static const char *const words[] = {"inlet", "ambient", "intake", "air in", "front"};
	for (guint w = 0; w < G_N_ELEMENTS(words); w++) {
		for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
			const struct lab_sensor *s = host->sensors->pdata[i];
			g_autofree char *name = g_ascii_strdown(s->name, -1);
			if (sensor_is_temperature(s) && strstr(name, words[w]))
				return s;
		}
	}
	return NULL;
}

const struct lab_sensor *host_slowest_fan(const struct lab_host *host)
{
	const struct lab_sensor *slowest = NULL;
	for (guint i = 0; host->sensors && i < host->sensors->len; i++) {
		const struct lab_sensor *s = host->sensors->pdata[i];
		if (sensor_is_fan(s) && num_known(s->value) && (!slowest || s->value.v < slowest->value.v))
			slowest = s;
	}
	return slowest;
}
