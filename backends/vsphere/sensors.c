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

/* How servers and boards spell units, in any case, and what labtop shows everywhere: (value + plus) x times. "" where the
 * word says that there is none. */
static const struct unit {
	const char *theirs, *ours;
	double plus, times;
} units[] = {
	{"degrees C", "°C", 0, 1},
	{"Celsius", "°C", 0, 1},
	{"C", "°C", 0, 1},
	{"°C", "°C", 0, 1},
	{"degrees F", "°C", -32, 5 / 9.0},
	{"Fahrenheit", "°C", -32, 5 / 9.0},
	{"F", "°C", -32, 5 / 9.0},
	{"°F", "°C", -32, 5 / 9.0},
	{"degrees K", "°C", -273.15, 1},
	{"Kelvin", "°C", -273.15, 1},
	{"RPM", "rpm", 0, 1},
	{"Volts", "V", 0, 1},
	{"V", "V", 0, 1},
	{"Watts", "W", 0, 1},
	{"W", "W", 0, 1},
	{"Amps", "A", 0, 1},
	{"A", "A", 0, 1},
	{"Percent", "%", 0, 1},
	{"Percentage", "%", 0, 1},
	{"%", "%", 0, 1},
	{"none", "", 0, 1},
	{"unspecified", "", 0, 1},
	{"unknown", "", 0, 1},
};

/* Lists of what is installed stand among the sensors. */
static const char *const no_sensors[] = {"Software Components"};

static bool is_sensor(const struct sensor_row *row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(no_sensors); i++)
		if (g_ascii_strcasecmp(row->type, no_sensors[i]) == 0)
			return false;
	return true;
}

/* A list of states has readings of 0 all the same: without a unit there is no number, nor has a sensor one that is not
 * watched (its health is not known) and reads 0. */
static struct num reading(const struct sensor_item *item, const struct unit *unit)
{
	struct num n = item->row.value;
	if (!*item->row.unit || (unit && !*unit->ours))
		return num_none(NUM_UNKNOWN);
	if (n.state != NUM_OK || ABS(item->modifier) > 18)
		return num_none(NUM_BAD);
	if (n.v == 0 && item->row.health == SENSOR_UNKNOWN)
		return num_none(NUM_UNKNOWN);
	n.v *= pow(10, item->modifier);
	return unit ? num_of((n.v + unit->plus) * unit->times) : n;
}

static const struct unit *unit_named(const char *theirs)
{
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (g_ascii_strcasecmp(theirs, units[i].theirs) == 0)
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
