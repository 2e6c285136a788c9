/* sensors.c - a host's hardware sensors, as its BMC told the host's agent: steps, not a stream. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include "lab/sensor.h"

#include <math.h>
#include <string.h>

enum { LIST_SENSORS = 1 };

struct sensor_item {
	struct sensor_row row;
	int32_t modifier;
};

static const struct leaf sensor[] = {
	LEAF(struct sensor_item, row.name, LEAF_TEXT, "name"),
	LEAF(struct sensor_item, row.type, LEAF_TEXT, "sensorType"),
	LEAF(struct sensor_item, row.unit, LEAF_TEXT, "baseUnits"),
	LEAF(struct sensor_item, row.value, LEAF_NUM, "currentReading"),
	LEAF(struct sensor_item, modifier, LEAF_INT, "unitModifier"),
	LEAF_ENUM(struct sensor_item, row.health, sensor_state_names + 1, "healthState/key"),
	{0},
};

static const struct prop props[] = {
	{.path = "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo",
	 .sets = SET_LIVE,
	 .leaves = sensor,
	 .list = LIST_SENSORS},
	{0},
};

/* How servers and boards spell units, as plain_unit() leaves them, and what labtop shows everywhere: (value + plus) x times.
 * "" where the word says that there is none. */
static const struct unit {
	const char *theirs, *ours;
	double plus, times;
} units[] = {
	{"celsius", "°C", 0, 1},
	{"c", "°C", 0, 1},
	{"fahrenheit", "°C", -32, 5 / 9.0},
	{"f", "°C", -32, 5 / 9.0},
	{"kelvin", "°C", -273.15, 1},
	{"kelvins", "°C", -273.15, 1},
	{"k", "°C", -273.15, 1},
	{"rpm", "rpm", 0, 1},
	{"r/min", "rpm", 0, 1},
	{"rev/min", "rpm", 0, 1},
	{"revolutions/min", "rpm", 0, 1},
	{"revolutions/minute", "rpm", 0, 1},
	{"revolutions per minute", "rpm", 0, 1},
	{"volts", "V", 0, 1},
	{"volt", "V", 0, 1},
	{"v", "V", 0, 1},
	{"watts", "W", 0, 1},
	{"watt", "W", 0, 1},
	{"w", "W", 0, 1},
	{"amps", "A", 0, 1},
	{"amp", "A", 0, 1},
	{"amperes", "A", 0, 1},
	{"ampere", "A", 0, 1},
	{"a", "A", 0, 1},
	{"percent", "%", 0, 1},
	{"percentage", "%", 0, 1},
	{"%", "%", 0, 1},
	{"", "", 0, 1},
	{"none", "", 0, 1},
	{"n/a", "", 0, 1},
	{"unspecified", "", 0, 1},
	{"unknown", "", 0, 1},
	{"discrete", "", 0, 1},
	{"state-discrete", "", 0, 1},
	{"redundancy-discrete", "", 0, 1},
};

/* Lists of what is installed stand among the sensors. */
static const char *const no_sensors[] = {"software component"};

static bool is_sensor(const struct sensor_row *row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(no_sensors); i++)
		if (g_ascii_strncasecmp(row->type, no_sensors[i], strlen(no_sensors[i])) == 0)
			return false;
	return true;
}

/* A list of states has readings of 0 all the same: without a unit there is no number, nor has a sensor one that is not
 * watched (its health is not known) and reads 0. */
static struct num reading(const struct sensor_item *item, const struct unit *unit)
{
	struct num n = item->row.value;
	if (unit && !*unit->ours)
		return num_none(NUM_UNKNOWN);
	if (n.state != NUM_OK || ABS(item->modifier) > 18)
		return num_none(NUM_BAD);
	if (n.v == 0 && item->row.health == SENSOR_UNKNOWN)
		return num_none(NUM_UNKNOWN);
	n.v *= pow(10, item->modifier);
	return unit ? num_of((n.v + unit->plus) * unit->times) : n;
}

/* One spelling of a unit: plain letters ("℃" is two), lower case, no blanks around it, without the word for degrees. */
static char *plain_unit(const char *theirs)
{
	static const char *const degrees[] = {"degrees ", "degree ", "deg. ", "deg ", "°"};
	g_autofree char *letters = g_utf8_normalize(theirs, -1, G_NORMALIZE_NFKC);
	g_autofree char *lower = g_ascii_strdown(letters ? letters : theirs, -1);
	const char *unit = g_strstrip(lower);
	for (size_t i = 0; i < G_N_ELEMENTS(degrees); i++)
		if (g_str_has_prefix(unit, degrees[i]))
			return g_strchug(g_strdup(unit + strlen(degrees[i])));
	return g_strdup(unit);
}

static const struct unit *unit_named(const char *theirs)
{
	g_autofree char *plain = plain_unit(theirs);
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (strcmp(plain, units[i].theirs) == 0)
			return &units[i];
	return NULL;
}

/* "Fan 1 --- Normal": the state goes where it does not change the sensor's name. */
static void split_state(struct box *box, struct sensor_row *row)
{
	const char *behind = strstr(row->name, SENSOR_STATE_BEHIND);
	row->state = "";
	if (!behind || behind == row->name)
		return;
	row->state = behind + strlen(SENSOR_STATE_BEHIND);
	row->name = box_raw(box, row->name, behind - row->name);
}

static void finish(struct draft *d, const void *old)
{
	struct vs_sensors *s = d->row;
	GArray *items = d->lists[LIST_SENSORS];
	s->rows = box_array0(d->box, struct sensor_row, MAX(items->len, 1));
	s->n_rows = 0;
	for (guint i = 0; i < items->len; i++) {
		const struct sensor_item *item = &g_array_index(items, struct sensor_item, i);
		const struct unit *unit = unit_named(item->row.unit);
		struct sensor_row *row = &s->rows[s->n_rows];
		if (!is_sensor(&item->row))
			continue;
		*row = item->row;
		row->value = reading(item, unit);
		row->unit = unit ? unit->ours : row->unit;
		split_state(d->box, row);
		s->n_rows++;
	}
}

const struct kind sensors_kind = {
	.type = {.vim = "HostSystem",
		 .props = props,
		 .row_size = sizeof(struct vs_sensors),
		 .item_size = {[LIST_SENSORS] = sizeof(struct sensor_item)}},
	.finish = finish,
};
