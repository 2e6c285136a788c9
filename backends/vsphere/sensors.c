/* sensors.c - a host's hardware sensors, as its BMC told the host's agent: steps, not a stream. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <math.h>
#include <string.h>

enum { LIST_SENSORS = 1 };

struct sensor_item {
	struct sensor_row row;
	int32_t modifier;
};

static const char *const health_words[] = {"green", "yellow", "red", NULL};

static const struct leaf sensor[] = {
	LEAF(struct sensor_item, row.name, LEAF_TEXT, "name"),
	LEAF(struct sensor_item, row.type, LEAF_TEXT, "sensorType"),
	LEAF(struct sensor_item, row.unit, LEAF_TEXT, "baseUnits"),
	LEAF(struct sensor_item, row.value, LEAF_NUM, "currentReading"),
	LEAF(struct sensor_item, modifier, LEAF_INT, "unitModifier"),
	LEAF_ENUM(struct sensor_item, row.health, health_words, "healthState/key"),
	{0},
};

static const struct prop props[] = {
	{.path = "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo",
	 .sets = SET_LIVE,
	 .leaves = sensor,
	 .list = LIST_SENSORS},
	{0},
};

/* How vSphere spells units, and how labtop shows them everywhere. */
static const struct {
	const char *theirs, *ours;
} units[] = {
	{"degrees C", "°C"}, {"Celsius", "°C"}, {"C", "°C"},      {"RPM", "rpm"}, {"Volts", "V"},
	{"Watts", "W"},      {"Amps", "A"},     {"Percent", "%"}, {"%", "%"},
};

static void finish(struct draft *d, const void *old)
{
	struct vs_sensors *s = d->row;
	GArray *items = d->lists[LIST_SENSORS];
	s->rows = box_array0(d->box, struct sensor_row, MAX(items->len, 1));
	s->n_rows = (int)items->len;
	for (guint i = 0; i < items->len; i++) {
		const struct sensor_item *item = &g_array_index(items, struct sensor_item, i);
		struct sensor_row *row = &s->rows[i];
		*row = item->row;
		if (row->value.state == NUM_OK && ABS(item->modifier) <= 18)
			row->value.v *= pow(10, item->modifier);
		else
			row->value = num_none(NUM_BAD);
		for (size_t u = 0; u < G_N_ELEMENTS(units); u++)
			if (g_ascii_strcasecmp(row->unit, units[u].theirs) == 0)
				row->unit = units[u].ours;
	}
}

const struct kind sensors_kind = {
	.type = {.vim = "HostSystem",
		 .props = props,
		 .row_size = sizeof(struct vs_sensors),
		 .item_size = {[LIST_SENSORS] = sizeof(struct sensor_item)}},
	.finish = finish,
};
