/* test_sensors.c - a host's sensors from the model to screens and JSON: states without numbers, faulty ones first, empty places
 * for fans, fans that stand, names cut where they do not differ. */
#include "config.h"

#include "cli/status_json.h"
#include "lab/sensor.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/frame.h"
#include "tests/unit/unit.h"
#include "tui/sensor_words.h"

#include <jansson.h>
#include <locale.h>

/* A sensor as the reader posts it; unit "" is a state. */
struct told {
	const char *name, *type, *unit;
	double value;
	enum sensor_state health;
	const char *state;
};

static void tell(struct lab *lab, const struct told *told, int n, int64_t at_ms)
{
	struct obs *obs = build_sensors("esx01", "ha-host", at_ms);
	for (int i = 0; i < n; i++) {
		build_sensor(obs, told[i].name, told[i].type, told[i].unit, told[i].value);
		struct sensor_row *row = &obs->u.sensors->rows[i];
		row->health = told[i].health;
		row->state = told[i].state ? told[i].state : "";
		if (!*told[i].unit)
			row->value = num_none(NUM_UNKNOWN);
	}
	build_post(lab, obs, false);
	build_time(lab, at_ms + 1000);
	lab_settle(lab);
}

static struct lab *lab_with(const struct told *told, int n)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 15000, 0);
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(71);
	build_post(lab, obs, false);
	tell(lab, told, n, 0);
	return lab;
}
#define LAB_WITH(told) lab_with(told, G_N_ELEMENTS(told))

static const struct lab_host *host(const struct lab *lab)
{
	return lab->hosts->pdata[0];
}

static const struct lab_sensor *sensor(const struct lab *lab, int i)
{
	return host(lab)->sensors->pdata[i];
}

/* ---- what is a fan ------------------------------------------------------------------------------------------------------ */

static void test_kinds(void)
{
	static const struct {
		struct sensor_row row;
		enum sensor_kind want;
	} cases[] = {
		{{.name = "Fan 1", .type = "fan", .unit = "rpm"}, SENSOR_FAN},
		{{.name = "Fan 1", .type = "FAN", .unit = "%"}, SENSOR_FAN},
		{{.name = "Fan 1", .type = "fan", .unit = ""}, SENSOR_OTHER},
		{{.name = "Fan Redundancy 0", .type = "fan", .unit = "rpm"}, SENSOR_OTHER},
		{{.name = "System Board Fans REDUNDANT", .type = "fan", .unit = "rpm"}, SENSOR_OTHER},
		{{.name = "Inlet", .type = "Temperature", .unit = "°C"}, SENSOR_TEMPERATURE},
		{{.name = "Inlet", .type = "temperature", .unit = ""}, SENSOR_OTHER},
		{{.name = "Inlet", .type = "temperature", .unit = "Rankine"},
		 SENSOR_OTHER}, /* of another scale */
		{{.name = "P12V", .type = "voltage", .unit = "V"}, SENSOR_OTHER},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(sensor_kind_of(&cases[i].row), ==, cases[i].want);
}

static const struct told places[] = {
	{"Fan 1", "fan", "rpm", 5000, SENSOR_GREEN},      {"Fan 2", "fan", "rpm", 0, SENSOR_GREEN},
	{"Fan 3", "fan", "rpm", 4800, SENSOR_GREEN},      {"Fan 4", "fan", "rpm", 0, SENSOR_GREEN},
	{"Fan 5", "fan", "rpm", 5200, SENSOR_GREEN},      {"Fan Redundancy", "fan", "", 0, SENSOR_GREEN},
	{"Inlet", "temperature", "°C", 24, SENSOR_GREEN},
};

/* A place without a fan is no fan anywhere: lists, pages, pictures, findings, JSON. */
static void test_empty_places(void)
{
	struct lab *lab = LAB_WITH(places);
	g_assert_true(sensor_is_empty_place(sensor(lab, 1)));
	g_assert_false(sensor_is_fan(sensor(lab, 1)));
	g_assert_cmpstr(host_slowest_fan(host(lab))->name, ==, "Fan 3");
	g_assert_cmpstr(build_row(lab, "0000:03:00.0")->slowest_fan->name, ==, "Fan 3");
	g_assert_cmpfloat(fan_median(host(lab), "rpm").v, ==, 5000);
	g_assert_null(lab_find_finding(lab, "HOST-TEMP-FAN", NULL));
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 40), *gpus = frame(lab, "gpus", "", 140, 30);
	assert_line(hosts, "esx01 .* 4,800 ", true);
	assert_line(hosts, "Fan 2 +empty", true);
	assert_line(hosts, "5,000 Fan 1", true);
	assert_line(hosts, "0 Fan 2$", false); /* no line in the picture */
	assert_line(gpus, "esx01 +fans 5,000 4,800 5,200 rpm", true);
	assert_line(gpus, "4,800 host", true);
	g_autofree char *card = frame(lab, "gpus", "<enter>", 140, 40);
	assert_line(card, "slowest chassis fan: Fan 3 4,800 rpm", true);
	json_t *status = status_json(lab), *rows = json_object_get(status, "rows");
	json_t *fan = json_object_get(json_array_get(rows, 0), "fan");
	g_assert_cmpstr(json_string_value(json_object_get(fan, "name")), ==, "Fan 3");
	json_t *sensors = json_object_get(json_array_get(json_object_get(status, "hosts"), 0), "sensors");
	for (size_t i = 0; i < json_array_size(sensors); i++)
		g_assert_cmpint(json_is_true(json_object_get(json_array_get(sensors, i), "empty")), ==,
				i == 1 || i == 3);
	json_decref(status);
	lab_free(lab);
}

/* The board calls a fan that stands wrong: it is there, and the slowest. */
static void test_standing(void)
{
	static const enum sensor_state healths[] = {SENSOR_YELLOW, SENSOR_RED};
	for (gsize i = 0; i < G_N_ELEMENTS(healths); i++) {
		struct told told[G_N_ELEMENTS(places)];
		memcpy(told, places, sizeof told);
		told[1].health = healths[i];
		struct lab *lab = LAB_WITH(told);
		const struct finding *f = lab_find_finding(lab, "HOST-TEMP-FAN", NULL);
		g_assert_true(sensor_is_fan(sensor(lab, 1)));
		g_assert_cmpstr(host_slowest_fan(host(lab))->name, ==, "Fan 2");
		g_assert_nonnull(f);
		g_assert_cmpstr(f->subject_text, ==, "esx01 Fan 2");
		g_assert_cmpstr(f->evidence, ==, "0 rpm, its twins 5000");
		g_autofree char *hosts = frame(lab, "hosts", "", 120, 40),
				*gpus = frame(lab, "gpus", "", 140, 30);
		assert_line(hosts, "esx01 .* 0 +24°C", true);
		assert_line(hosts, healths[i] == SENSOR_RED ? "^✗Fan 2 +0 rpm" : "^!Fan 2 +0 rpm", true);
		assert_line(gpus, "fans !0 5,000 4,800 5,200 rpm", true);
		assert_line(gpus, " 0 host", true);
		lab_free(lab);
	}
}

/* Of two fans no twins are told, and one that stands is found all the same; one that is slow is not. */
static void test_two_fans(void)
{
	struct told told[] = {{"Fan 1", "fan", "rpm", 5000, SENSOR_GREEN},
			      {"Fan 2", "fan", "rpm", 0, SENSOR_RED}};
	struct lab *lab = LAB_WITH(told);
	const struct finding *f = lab_find_finding(lab, "HOST-TEMP-FAN", NULL);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->text, ==, "it stands");
	g_assert_cmpstr(f->evidence, ==, "0 rpm");
	told[1].value = 900;
	tell(lab, told, G_N_ELEMENTS(told), 60000);
	g_assert_null(lab_find_finding(lab, "HOST-TEMP-FAN", NULL));
	lab_free(lab);
}

/* Screens and findings have one threshold. */
static void test_slow(void)
{
	struct told told[] = {{"Fan 1", "fan", "rpm", 5000, SENSOR_GREEN},
			      {"Fan 2", "fan", "rpm", 5000, SENSOR_GREEN},
			      {"Fan 3", "fan", "rpm", 2500, SENSOR_GREEN},
			      {"Duct", "fan", "%", 20, SENSOR_GREEN}};
	struct lab *lab = LAB_WITH(told);
	g_assert_false(fan_is_slow(host(lab), sensor(lab, 2)));
	g_assert_false(fan_is_slow(host(lab), sensor(lab, 3))); /* another unit */
	g_assert_null(lab_find_finding(lab, "HOST-TEMP-FAN", NULL));
	g_assert_cmpstr(host_slowest_fan(host(lab))->name, ==, "Fan 3");
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 40);
	assert_line(hosts, "2,500 Fan 3$", true);
	assert_line(hosts, "20% Duct$", false); /* a picture has one unit */
	told[2].value = 2499;
	tell(lab, told, G_N_ELEMENTS(told), 60000);
	g_assert_true(fan_is_slow(host(lab), sensor(lab, 2)));
	g_assert_nonnull(lab_find_finding(lab, "HOST-TEMP-FAN", NULL));
	lab_free(lab);
}

/* A person who names a fan of a card knows that it is there: standing, it is no empty place. */
static void test_named_fan(void)
{
	struct lab *lab = build_lab();
	struct card_note *note = g_new0(struct card_note, 1);
	*note = (struct card_note){.host = g_strdup("esx01"),
				   .bdf = g_strdup("0000:43:00.0"),
				   .fans = g_strsplit("Fan 2,Fan 3 --- Normal", ",", -1)};
	lab_add_card_note(lab, note);
	build_post(lab, build_esx01(1, 0), true);
	tell(lab, places, G_N_ELEMENTS(places), 0);
	const struct lab_row *row = build_row(lab, "0000:43:00.0");
	g_assert_cmpuint(row->fans->len, ==, 2);
	g_assert_cmpstr(row->slowest_fan->name, ==, "Fan 2");
	g_assert_false(sensor_is_empty_place(sensor(lab, 1)));
	g_assert_true(sensor_is_empty_place(sensor(lab, 3)));
	const struct finding *f = lab_find_finding(lab, "HOST-TEMP-FAN", NULL);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->subject_text, ==, "esx01 Fan 2");
	lab_free(lab);
}

/* HP's fans tell percent: nothing calls that rpm. */
static void test_percent(void)
{
	static const struct told told[] = {{"Fan Block 1", "fan", "%", 18.8, SENSOR_GREEN},
					   {"Fan Block 2", "fan", "%", 36, SENSOR_GREEN},
					   {"Fan Block 3", "fan", "%", 38, SENSOR_GREEN},
					   {"Fan Block 4", "fan", "%", 38, SENSOR_GREEN}};
	struct lab *lab = LAB_WITH(told);
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 40), *gpus = frame(lab, "gpus", "", 140, 30);
	g_autofree char *card = frame(lab, "gpus", "<enter>", 140, 40);
	assert_line(hosts, "esx01 .* 19% ", true);
	assert_line(hosts, "^!Fan Block 1 +18.8 %", true); /* found slow among its twins */
	assert_line(hosts, "fans, %: in steps, as the host read them", true);
	assert_line(gpus, "fans !19% 36% 38% 38% · ", true);
	assert_line(gpus, "19% host", true);
	assert_line(card, "slowest chassis fan: Fan Block 1 18.8 %", true);
	assert_line(hosts, "rpm", false);
	assert_line(gpus, "rpm", false);
	assert_line(card, "rpm", false);
	lab_free(lab);
}

/* ---- states ------------------------------------------------------------------------------------------------------------- */

static const struct told states[] = {
	{"Rollup", "system", "", 0, SENSOR_YELLOW},
	{"CPU 1", "Processors", "", 0, SENSOR_GREEN},
	{"Fans", "fan", "", 0, SENSOR_GREEN, "Fully redundant"},
	{"Inlet", "temperature", "°C", 24, SENSOR_GREEN},
	{"Exhaust", "temperature", "°C", 55, SENSOR_YELLOW},
	{"PSU 2 AC lost", "power", "", 0, SENSOR_RED},
	{"Memory", "memory", "", 0, SENSOR_UNKNOWN},
};

/* Faulty first, then numbers, then states; a state is no 0. */
static void test_states(void)
{
	struct lab *lab = LAB_WITH(states);
	g_autofree char *text = frame(lab, "hosts", "", 42, 40);
	static const char *const order[] = {
		"✗PSU 2 AC lost +alert", "!Rollup +warning",       "!Exhaust +55 °C", " Inlet +24 °C",
		" CPU 1 +normal",        " Fans +Fully redundant", " Memory +-"};
	g_autoptr(GString) all = g_string_new("^");
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		g_string_append_printf(all, "%s%s", i ? " *\n" : "", order[i]);
	assert_line(text, all->str, true);
	assert_line(text, " 0 ?(°C)?$", false);
	json_t *status = status_json(lab);
	json_t *told = json_object_get(json_array_get(json_object_get(status, "hosts"), 0), "sensors");
	static const char *const health[] = {"yellow", "green", "green", "green", "yellow", "red", NULL};
	for (gsize i = 0; i < G_N_ELEMENTS(health); i++) {
		json_t *o = json_array_get(told, i);
		g_assert_cmpstr(json_string_value(json_object_get(o, "health")), ==, health[i]);
		g_assert_cmpint(json_is_null(json_object_get(o, "value")), ==, !*states[i].unit);
		g_assert_cmpint(json_is_null(json_object_get(o, "unit")), ==, !*states[i].unit);
		g_assert_cmpstr(json_string_value(json_object_get(o, "state")), ==, states[i].state);
	}
	json_decref(status);
	lab_free(lab);
}

/* Sensors and none of fans, fans that tell a state, no sensors: three things. */
static void test_no_fans(void)
{
	static const struct told air[] = {{"Inlet", "temperature", "°C", 24, SENSOR_GREEN}};
	struct told only_states[] = {{"Fan 1", "fan", "", 0, SENSOR_GREEN},
				     {"Fan 2", "fan", "", 0, SENSOR_RED}};
	struct lab *lab = LAB_WITH(air);
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 30), *gpus = frame(lab, "gpus", "", 120, 30);
	assert_line(hosts, "esx01 .* none told ", true);
	assert_line(hosts, "no sensors", false);
	assert_line(gpus, "esx01 +no fan speeds told", true);
	tell(lab, only_states, 2, 60000);
	g_autofree char *alert = frame(lab, "hosts", "", 120, 30);
	assert_line(alert, "esx01 .* alert ", true);
	only_states[1].health = SENSOR_GREEN;
	tell(lab, only_states, 2, 120000);
	g_autofree char *normal = frame(lab, "hosts", "", 120, 30);
	assert_line(normal, "esx01 .* normal ", true);
	tell(lab, NULL, 0, 180000);
	g_autofree char *none = frame(lab, "gpus", "", 120, 30);
	assert_line(none, "esx01 +no sensors", true);
	lab_free(lab);
}

/* The newest reading stands, whichever comes last; a state that changes is the same sensor. */
static void test_newest(void)
{
	struct told told[] = {{"Fan 1", "fan", "rpm", 5000, SENSOR_GREEN, "Normal"}};
	struct lab *lab = LAB_WITH(told);
	told[0].value = 900;
	told[0].health = SENSOR_RED;
	told[0].state = "Critical";
	tell(lab, told, 1, 60000);
	const struct lab_sensor *fan = sensor(lab, 0);
	g_assert_cmpfloat(fan->value.v, ==, 900);
	g_assert_cmpstr(fan->state, ==, "Critical");
	g_assert_cmpint(fan->health, ==, SENSOR_RED);
	g_assert_cmpint(fan->history.n, >, 1);
	told[0].value = 5000;
	tell(lab, told, 1, 30000); /* read before that, and late */
	g_assert_cmpfloat(sensor(lab, 0)->value.v, ==, 900);
	told[0].unit = "%"; /* another firmware: another sensor */
	tell(lab, told, 1, 120000);
	g_assert_cmpstr(sensor(lab, 0)->unit, ==, "%");
	g_assert_cmpint(sensor(lab, 0)->history.n, ==, 1);
	lab_free(lab);
}

/* ---- names -------------------------------------------------------------------------------------------------------------- */

static void test_names(void)
{
	static const struct told told[] = {
		{"System Board 1 FAN MOD 4B RPM", "fan", "rpm", 4800, SENSOR_GREEN},
		{"System Board 1 FAN MOD 4A RPM", "fan", "rpm", 6720, SENSOR_GREEN},
		{"System Board 1 FAN MOD 3B RPM", "fan", "rpm", 4320, SENSOR_GREEN},
		{"Ambient of the chassis as a whole", "temperature", "°C", 21, SENSOR_GREEN},
		{"Slot A of the riser in the back, top", "temperature", "°C", 31, SENSOR_GREEN},
		{"Slot A of the riser in the back, low", "temperature", "°C", 31, SENSOR_GREEN},
		{"Größe Nord außen am Gehäuse Süd", "temperature", "°C", 31, SENSOR_GREEN},
	};
	static const struct {
		int at, width;
		const char *want;
	} cases[] = {
		{0, 29, "System Board 1 FAN MOD 4B RPM"},
		{0, 28, "System Board 1 FAN MOD 4B R…"},
		{0, 26, "System Board 1 FAN MOD 4B…"},
		{0, 25, "…m Board 1 FAN MOD 4B RPM"},
		{1, 14, "…AN MOD 4A RPM"},
		{1, 8, "…4A RPM"},
		{0, 4, "…B …"},
		{3, 12, "Ambient of …"},
		{4, 12, "…e back, top"},
		{6, 8, "Größe N…"},
	};
	struct lab *lab = LAB_WITH(told);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char out[96];
		sensor_name(out, sizeof out, host(lab), sensor(lab, cases[i].at), cases[i].width);
		g_test_message("%d in %d", cases[i].at, cases[i].width);
		g_assert_cmpstr(out, ==, cases[i].want);
	}
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 40), *low = frame(lab, "hosts", "", 80, 18);
	assert_line(hosts, "^ System Board 1 FAN MOD 4B RPM +4,800 rpm",
		    true); /* two columns where there is room */
	assert_line(hosts, "Slot A of the riser in the back, low +31 °C", true);
	assert_line(low, "Slot A of the riser in the back, low", false);
	assert_line(low, "the back, low +31 °C", true);
	assert_line(hosts, "4,800 .*4B RPM$", true); /* in the picture, too */
	assert_line(hosts, "6,720 .*4A RPM$", true);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	setlocale(LC_ALL, "C.UTF-8");
	g_test_add_func("/sensors/kinds", test_kinds);
	g_test_add_func("/sensors/empty-places", test_empty_places);
	g_test_add_func("/sensors/standing", test_standing);
	g_test_add_func("/sensors/two-fans", test_two_fans);
	g_test_add_func("/sensors/slow", test_slow);
	g_test_add_func("/sensors/named-fan", test_named_fan);
	g_test_add_func("/sensors/percent", test_percent);
	g_test_add_func("/sensors/states", test_states);
	g_test_add_func("/sensors/no-fans", test_no_fans);
	g_test_add_func("/sensors/newest", test_newest);
	g_test_add_func("/sensors/names", test_names);
	return g_test_run();
}
