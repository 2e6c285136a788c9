/* test_vsphere_rows.c - recorded and made answers of the PropertyCollector become rows; requests keep the wire's order. */
#include "config.h"

#include "backends/vsphere/kind.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

/* ---- a reader that keeps the newest row of each object --------------------------------------------------------- */

struct store {
	GHashTable *rows; /* "HostSystem host-21" -> row in box */
	struct box *box;
	struct soap_fault fault;
	const struct kind *const *kinds;
	int n_ends, n_leaves;
	char *token, *version;
	bool truncated, session_lost;
};

static const struct kind *const inventory_kinds[] = {&host_kind, &vm_kind, &datastore_kind, &task_kind, NULL};
static const struct kind *const sensor_kinds[] = {&sensors_kind, NULL};

static void store_init(struct store *s, const struct kind *const *kinds)
{
	*s = (struct store){.rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
			    .box = box_new(),
			    .kinds = kinds};
}

static void store_clear(struct store *s)
{
	g_hash_table_unref(s->rows);
	box_unref(s->box);
	soap_fault_clear(&s->fault);
	g_free(s->token);
	g_free(s->version);
}

static const struct kind *kind_of(const struct store *s, const struct draft *d)
{
	for (const struct kind *const *k = s->kinds; *k; k++)
		if (&(*k)->type == d->type)
			return *k;
	g_assert_not_reached();
}

static const void *row_at(const struct store *s, const char *type, const char *moref)
{
	g_autofree char *key = g_strdup_printf("%s %s", type, moref);
	return g_hash_table_lookup(s->rows, key);
}

static bool on_begin(void *data, struct draft *d)
{
	struct store *s = data;
	const struct kind *k = kind_of(s, d);
	const void *old = row_at(s, d->type->vim, d->moref);
	if (d->change == PROP_LEAVE) {
		s->n_leaves++;
		return false;
	}
	if (old)
		memcpy(d->row, old, d->type->row_size);
	else
		row_blank(d->row, k->texts, k->n_texts);
	return true;
}

static void on_end(void *data, struct draft *d)
{
	struct store *s = data;
	const struct kind *k = kind_of(s, d);
	if (k->finish)
		k->finish(d, row_at(s, d->type->vim, d->moref));
	void *copy = k == &sensors_kind ? d->row : kind_copy(k, s->box, d->row);
	if (k == &sensors_kind) { /* the draft's strings do not last: what is looked at is copied by hand */
		const struct vs_sensors *from = d->row;
		struct vs_sensors *to = box_new0(s->box, struct vs_sensors);
		to->n_rows = from->n_rows;
		to->rows = box_array0(s->box, struct sensor_row, (size_t)MAX(from->n_rows, 1));
		for (int i = 0; i < from->n_rows; i++) {
			to->rows[i] = from->rows[i];
			to->rows[i].name = box_raw(s->box, from->rows[i].name, -1);
			to->rows[i].unit = box_raw(s->box, from->rows[i].unit, -1);
			to->rows[i].type = box_raw(s->box, from->rows[i].type, -1);
			to->rows[i].state = box_raw(s->box, from->rows[i].state, -1);
		}
		copy = to;
	}
	g_hash_table_replace(s->rows, g_strdup_printf("%s %s", d->type->vim, d->moref), copy);
	s->n_ends++;
}

/* method: RetrievePropertiesEx (whole answers) or WaitForUpdatesEx. False when the answer is refused. */
static bool read_answer(struct store *s, const char *method, const struct prop_read *reads, const char *text,
			size_t len)
{
	static const struct props_handler handler = {on_begin, on_end};
	bool whole = strcmp(method, "WaitForUpdatesEx") != 0;
	struct props_reader *reader = props_reader_new(reads, whole, &handler, s);
	struct soap_call call = {.what = "testing", .method = method, .reply = &props_reply, .data = reader};
	g_autoptr(GError) error = NULL;
	bool good = soap_read(&s->fault, &call, 200, "text/xml", text, len, &error);
	g_assert_true(good || error);
	g_free(s->token);
	g_free(s->version);
	s->token = g_strdup(props_token(reader));
	s->version = g_strdup(props_version(reader));
	s->truncated = props_truncated(reader);
	s->session_lost = props_session_lost(reader);
	props_reader_free(reader);
	return good;
}

static char *recorded(const char *name, gsize *len)
{
	g_autofree char *path = unit_data(name);
	char *text = NULL;
	GError *error = NULL;
	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static const struct prop_read load_reads[] = {{&host_kind.type, SET_LIVE | SET_DETAIL},
					      {&vm_kind.type, SET_LIVE},
					      {&datastore_kind.type, SET_LIVE},
					      {0}};
static const struct prop_read detail_reads[] = {
	{&host_kind.type, SET_DETAIL}, {&vm_kind.type, SET_DETAIL}, {0}};
static const struct prop_read update_reads[] = {{&host_kind.type, SET_LIVE},
						{&vm_kind.type, SET_LIVE},
						{&datastore_kind.type, SET_LIVE},
						{&task_kind.type, SET_LIVE},
						{0}};

static void load_recorded(struct store *s)
{
	gsize len;
	g_autofree char *inventory = recorded("data/vsphere/inventory.xml", &len);
	g_assert_true(read_answer(s, "RetrievePropertiesEx", load_reads, inventory, len));
	g_autofree char *details = recorded("data/vsphere/details.xml", &len);
	g_assert_true(read_answer(s, "RetrievePropertiesEx", detail_reads, details, len));
}

#define HEAD                                                               \
	"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' " \
	"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "           \
	"xmlns:xsd='http://www.w3.org/2001/XMLSchema'><s:Body>"
#define TAIL "</s:Body></s:Envelope>"
#define RETRIEVED(objects)                                                         \
	HEAD "<RetrievePropertiesExResponse xmlns='urn:vim25'><returnval>" objects \
	     "</returnval></RetrievePropertiesExResponse>" TAIL
#define UPDATED(set) \
	HEAD "<WaitForUpdatesExResponse xmlns='urn:vim25'>" set "</WaitForUpdatesExResponse>" TAIL
#define PROP(name, type, value) \
	"<propSet><name>" name "</name><val xsi:type='" type "'>" value "</val></propSet>"
#define CHANGE(name, op, val) "<changeSet><name>" name "</name><op>" op "</op>" val "</changeSet>"

static void retrieve(struct store *s, const struct prop_read *reads, const char *text)
{
	g_assert_true(read_answer(s, "RetrievePropertiesEx", reads, text, strlen(text)));
}

static void update(struct store *s, const char *text)
{
	g_assert_true(read_answer(s, "WaitForUpdatesEx", update_reads, text, strlen(text)));
}

static const struct host_row *host(const struct store *s, const char *moref)
{
	const struct vs_host *h = row_at(s, "HostSystem", moref);
	g_assert_nonnull(h);
	return &h->row;
}

static const struct vm_row *vm(const struct store *s, const char *moref)
{
	const struct vm_row *row = row_at(s, "VirtualMachine", moref);
	g_assert_nonnull(row);
	return row;
}

static const struct pci_row *pci(const struct host_row *h, const char *bdf)
{
	for (int i = 0; i < h->n_pci; i++)
		if (strcmp(h->pci[i].bdf, bdf) == 0)
			return &h->pci[i];
	g_error("no device %s", bdf);
}

/* ---- recorded ------------------------------------------------------------------------------------------------ */

static void test_recorded_hosts(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	load_recorded(&s);
	const struct host_row *h = host(&s, "host-21");
	g_assert_cmpstr(h->name, ==, "esx01");
	g_assert_cmpstr(h->uuid, ==, "30313436-3631-5a43-3331-303130303031");
	g_assert_cmpstr(h->product, ==, "VMware ESXi");
	g_assert_cmpstr(h->version, ==, "7.0.3");
	g_assert_cmpint(h->state, ==, HOST_CONNECTED);
	g_assert_cmpint(h->maintenance, ==, TRI_NO);
	g_assert_cmpint(h->n_nodes, ==, 2);
	g_assert_cmpfloat(h->cpu_cores.v, ==, 32);
	g_assert_cmpint(h->boot_ms, >, 1600000000000);
	g_assert_null(h->partial);
	const struct pci_row *card = pci(h, "0000:c3:00.0");
	g_assert_cmphex(card->vendor_id, ==, 0x1002);
	g_assert_cmphex(card->device_id, ==, 0x66a1);
	g_assert_cmphex(card->class_id, ==, 0x0380);
	g_assert_cmpint(card->pt_state, ==, PT_ACTIVE);
	g_assert_cmpfloat(card->numa_node.v, ==, 1);
	g_assert_cmpint(pci(h, "0000:00:0f.0")->numa_node.state, ==, NUM_UNKNOWN);
	g_assert_true(host_lends_gpus(h));
	g_assert_false(host_drives_gpus(h));

	const struct host_row *h2 = host(&s, "host-34");
	g_assert_cmpint(pci(h2, "0000:e1:00.0")->pt_state, ==, PT_STALE);
	g_assert_cmpint(pci(h2, "0000:a1:00.0")->pt_state, ==, PT_AVAILABLE);
	g_assert_cmpint(pci(h2, "0000:a1:00.0")->graphics, ==, GRAPHICS_SHARED_DIRECT);
	g_assert_cmpstr(pci(h2, "0000:a1:00.0")->vgpu_mode, ==, "sameSize");
	const struct pci_row *nic = pci(h2, "0000:61:00.0");
	g_assert_cmphex(nic->vendor_id, ==, 0x8086); /* -32634 on the wire */
	g_assert_cmpint(nic->sriov_capable, ==, TRI_YES);
	g_assert_cmpfloat(nic->sriov_vfs.v, ==, 4);
	g_assert_true(g_strv_contains(h2->vgpu_profiles, "grid_a40-8q"));
	g_assert_cmpuint(g_strv_length((char **)h2->vgpu_profiles), ==,
			 6); /* named by two properties, told once */
	g_assert_true(host_drives_gpus(h2));
	store_clear(&s);
}

static void test_recorded_vms(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	load_recorded(&s);
	const struct vm_row *v = vm(&s, "vm-42");
	g_assert_cmpstr(v->name, ==, "llm-1");
	g_assert_cmpstr(v->uuid, ==, "4210aabb-ccdd-eeff-0011-223344556677");
	g_assert_cmpint(v->power, ==, POWER_ON);
	g_assert_cmpint(v->tools, ==, TOOLS_RUNNING); /* by which the lab believes its addresses */
	g_assert_cmpstr(v->host, ==, "host-21");
	g_assert_cmpstr(v->macs[0], ==, "00:50:56:aa:00:01");
	g_assert_cmpstr(v->guest_ips[0], ==, "192.0.2.11");
	g_assert_cmpfloat(v->memory_reserved_mb.v, ==, 131072);
	g_assert_cmpint(v->memory_locked, ==, TRI_YES);
	g_assert_cmpfloat(v->snapshots.v, ==, 0);
	g_assert_true(v->settings_read);
	g_assert_cmpint(v->n_devices, ==, 4);
	g_assert_cmpint(v->devices[1].kind, ==, VMDEV_FIXED);
	g_assert_cmpstr(v->devices[1].bdf, ==, "0000:43:00.0");
	g_assert_cmphex(v->devices[1].device_id, ==, 0x66a1);
	g_assert_cmpfloat(v->devices[1].slot.v, ==, 192);
	g_assert_cmpstr(vm_extra(v, "pciPassthru.64bitMMIOSizeGB"), !=, NULL);
	const struct vm_row *vgpu = vm(&s, "vm-48");
	g_assert_cmpint(vgpu->devices[0].kind, ==, VMDEV_VGPU);
	g_assert_cmpstr(vgpu->devices[0].profile, ==, "grid_a40-8q");
	const struct vm_row *bare = vm(&s, "vm-51");
	g_assert_cmpfloat(bare->snapshots.v, ==, 1);
	g_assert_cmpint(bare->firmware, ==, FIRMWARE_BIOS);
	g_assert_cmpint(bare->cpu_hot_add, ==, TRI_YES);
	g_assert_cmpint(bare->n_devices, ==, 0);
	store_clear(&s);
}

/* The first updates repeat everything: nothing in them is news, but for lists, which are not compared. */
static void test_recorded_updates(void)
{
	struct store s;
	gsize len;
	store_init(&s, inventory_kinds);
	load_recorded(&s);
	int before = s.n_ends;
	g_autofree char *updates = recorded("data/vsphere/updates.xml", &len);
	g_assert_true(read_answer(&s, "WaitForUpdatesEx", update_reads, updates, len));
	g_assert_cmpint(s.n_ends, >, before);
	g_assert_cmpstr(s.version, !=, "");
	g_assert_cmpint(host(&s, "host-21")->n_pci, >, 4); /* not in the updates, kept from before */
	g_assert_cmpint(pci(host(&s, "host-21"), "0000:c3:00.0")->pt_state, ==, PT_ACTIVE);
	g_assert_cmpint(vm(&s, "vm-42")->n_devices, ==, 4);
	store_clear(&s);
}

static void test_sensors(void)
{
	struct store s;
	gsize len;
	static const struct prop_read reads[] = {{&sensors_kind.type, SET_LIVE}, {0}};
	g_autofree char *text = recorded("data/vsphere/sensors.xml", &len);
	store_init(&s, sensor_kinds);
	g_assert_true(read_answer(&s, "RetrievePropertiesEx", reads, text, len));
	const struct vs_sensors *read = row_at(&s, "HostSystem", "host-21");
	g_assert_cmpint(read->n_rows, ==, 7);
	g_assert_cmpstr(read->rows[0].name, ==, "System Board 1 FAN1");
	g_assert_cmpstr(read->rows[0].unit, ==, "rpm");
	g_assert_cmpfloat(read->rows[0].value.v, ==, 8400); /* 840000 x 10^-2 */
	g_assert_cmpint(read->rows[0].health, ==, SENSOR_GREEN);
	/* no BMC: the property is not set, and that is an answer */
	retrieve(&s, reads, RETRIEVED("<objects><obj type='HostSystem'>host-9</obj></objects>"));
	read = row_at(&s, "HostSystem", "host-9");
	g_assert_cmpint(read->n_rows, ==, 0);
	/* absurd modifiers */
	retrieve(&s, reads,
		 RETRIEVED("<objects><obj type='HostSystem'>host-8</obj>" PROP(
			 "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo",
			 "ArrayOfHostNumericSensorInfo",
			 "<HostNumericSensorInfo><name>x</name><currentReading>1</"
			 "currentReading><unitModifier>2000000000"
			 "</unitModifier><baseUnits>Degrees C</baseUnits></HostNumericSensorInfo>") "</"
												    "objects"
												    ">"));
	read = row_at(&s, "HostSystem", "host-8");
	g_assert_cmpint(read->rows[0].value.state, ==, NUM_BAD);
	g_assert_cmpstr(read->rows[0].unit, ==, "°C");
	store_clear(&s);
}

#define SENSORS "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo"

/* One sensor as a board tells it, and what is read of it: NAN no number; name NULL: it is no sensor. */
static const struct {
	const char *told_name, *type, *unit, *reading, *modifier, *health;
	const char *name, *shown_unit, *state;
	double value;
	enum sensor_state want;
} boards[] = {
	/* words in any case */
	{"Fan 1", "fan", "RPM", "480000", "-2", "Green", "Fan 1", "rpm", "", 4800, SENSOR_GREEN},
	{"Fan 2", "Fan", "rpm", "0", "0", "RED", "Fan 2", "rpm", "", 0, SENSOR_RED},
	{"Fan 3", "fan", "Rpm", "900", "0", "yELLOW", "Fan 3", "rpm", "", 900, SENSOR_YELLOW},
	{"Fan 4", "fan", "RPM", "0", "0", "green", "Fan 4", "rpm", "", 0, SENSOR_GREEN},
	/* no unit, no number: the state is what it tells */
	{"PSU 1", "power", "", "0", "0", "red", "PSU 1", "", "", NAN, SENSOR_RED},
	{"PSU 2", "power", "unspecified", "7", "0", "Yellow", "PSU 2", "", "", NAN, SENSOR_YELLOW},
	{"Fans --- Fully redundant", "fan", "", "0", "0", "green", "Fans", "", "Fully redundant", NAN,
	 SENSOR_GREEN},
	{" --- Normal", "fan", "", "0", "0", "green", " --- Normal", "", "", NAN, SENSOR_GREEN},
	{"Fan 5 --- Normal", "fan", "RPM", "5000", "0", "green", "Fan 5", "rpm", "Normal", 5000,
	 SENSOR_GREEN},
	/* nobody watches it */
	{"Temp 1", "temperature", "degrees C", "0", "0", "unknown", "Temp 1", "°C", "", NAN, SENSOR_UNKNOWN},
	{"Temp 2", "temperature", "degrees C", "0", "0", "purple", "Temp 2", "°C", "", NAN, SENSOR_UNKNOWN},
	{"Temp 3", "temperature", "degrees C", "21", "0", "Unknown", "Temp 3", "°C", "", 21, SENSOR_UNKNOWN},
	{"Temp 4", "temperature", "degrees C", "0", "0", "green", "Temp 4", "°C", "", 0, SENSOR_GREEN},
	/* one scale */
	{"Temp 5", "temperature", "degrees F", "770", "-1", "green", "Temp 5", "°C", "", 25, SENSOR_GREEN},
	{"Temp 6", "temperature", "FAHRENHEIT", "32", "0", "green", "Temp 6", "°C", "", 0, SENSOR_GREEN},
	{"Temp 7", "temperature", "Kelvin", "29815", "-2", "green", "Temp 7", "°C", "", 25, SENSOR_GREEN},
	/* one spelling, and a unit of nobody's stays as it is told */
	{"Temp 8", "temperature", "deg. C", "25", "0", "green", "Temp 8", "°C", "", 25, SENSOR_GREEN},
	{"Temp 9", "temperature", " Degree Celsius ", "25", "0", "green", "Temp 9", "°C", "", 25,
	 SENSOR_GREEN},
	{"Temp 10", "temperature", "\u2103", "25", "0", "green", "Temp 10", "°C", "", 25, SENSOR_GREEN},
	{"Temp 11", "temperature", "\u2109", "77", "0", "green", "Temp 11", "°C", "", 25, SENSOR_GREEN},
	{"Temp 12", "temperature", "°K", "29815", "-2", "green", "Temp 12", "°C", "", 25, SENSOR_GREEN},
	{"Temp 13", "temperature", "Rankine", "540", "0", "green", "Temp 13", "Rankine", "", 540,
	 SENSOR_GREEN},
	{"Fan 7", "fan", "Revolutions/minute", "4600", "0", "green", "Fan 7", "rpm", "", 4600, SENSOR_GREEN},
	{"Power", "power", "Watt", "120", "0", "green", "Power", "W", "", 120, SENSOR_GREEN},
	{"Current", "other", "Ampere", "12", "-1", "green", "Current", "A", "", 1.2, SENSOR_GREEN},
	{"Fan pairs --- Full", "fan", "redundancy-discrete", "0", "0", "green", "Fan pairs", "", "Full", NAN,
	 SENSOR_GREEN},
	{"In", "voltage", "volts", "12096", "-3", "green", "In", "V", "", 12.096, SENSOR_GREEN},
	{"Fan 6", "fan", "Percent", "1880", "-2", "green", "Fan 6", "%", "", 18.8, SENSOR_GREEN},
	{"Flow", "other", "CFM", "61", "0", "green", "Flow", "CFM", "", 61, SENSOR_GREEN},
	/* what is installed */
	{"VMware net-e1000 8.0.3.1", "Software Components", "", "0", "0", "green"},
	{"lpfc", "software components", "", "0", "0", "green"},
	{"nmlx5", "Software Component ", "", "0", "0", "green"},
};

static void test_boards(void)
{
	static const struct prop_read reads[] = {{&sensors_kind.type, SET_LIVE}, {0}};
	struct store s;
	GString *text =
		g_string_new(HEAD "<RetrievePropertiesExResponse xmlns='urn:vim25'><returnval><objects>"
				  "<obj type='HostSystem'>h</obj><propSet><name>" SENSORS
				  "</name><val xsi:type='ArrayOfHostNumericSensorInfo'>");
	for (size_t i = 0; i < G_N_ELEMENTS(boards); i++)
		g_string_append_printf(text,
				       "<HostNumericSensorInfo><name>%s</name><healthState><key>%s</key>"
				       "</healthState><currentReading>%s</currentReading><unitModifier>%s"
				       "</unitModifier><baseUnits>%s</baseUnits><sensorType>%s</sensorType>"
				       "</HostNumericSensorInfo>",
				       boards[i].told_name, boards[i].health, boards[i].reading,
				       boards[i].modifier, boards[i].unit, boards[i].type);
	g_string_append(text, "</val></propSet></objects></returnval></RetrievePropertiesExResponse>" TAIL);
	store_init(&s, sensor_kinds);
	retrieve(&s, reads, text->str);
	const struct vs_sensors *read = row_at(&s, "HostSystem", "h");
	int n = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(boards); i++) {
		if (!boards[i].name)
			continue;
		const struct sensor_row *row = &read->rows[n++];
		g_test_message("%s", boards[i].told_name);
		g_assert_cmpstr(row->name, ==, boards[i].name);
		g_assert_cmpstr(row->type, ==, boards[i].type);
		g_assert_cmpstr(row->unit, ==, boards[i].shown_unit);
		g_assert_cmpstr(row->state, ==, boards[i].state);
		g_assert_cmpint(row->health, ==, boards[i].want);
		g_assert_cmpint(num_known(row->value), ==, !isnan(boards[i].value));
		if (num_known(row->value))
			g_assert_cmpfloat_with_epsilon(row->value.v, boards[i].value, 1e-9);
	}
	g_assert_cmpint(read->n_rows, ==, n);
	g_string_free(text, TRUE);
	store_clear(&s);
}

/* Cut anywhere, an answer is an error, never half believed and never a crash. */
static void test_truncated(void)
{
	gsize len;
	g_autofree char *text = recorded("data/vsphere/inventory.xml", &len);
	for (gsize cut = 0; cut < len - 2; cut += 1024) {
		struct store s;
		store_init(&s, inventory_kinds);
		g_assert_false(read_answer(&s, "RetrievePropertiesEx", load_reads, text, cut));
		store_clear(&s);
	}
}

/* ---- made ---------------------------------------------------------------------------------------------------- */

static void test_other_spelling(void)
{
	static const char text[] =
		"<?xml version='1.0'?><!-- hello --><E:Envelope "
		"xmlns:E='http://schemas.xmlsoap.org/soap/envelope/'><E:Body>"
		"<v:RetrievePropertiesExResponse xmlns:v='urn:vim25'><v:returnval><v:objects><v:obj "
		"type='VirtualMachine'>vm-1</v:obj>"
		"<v:propSet><v:name>name</v:name><v:val "
		"xmlns:XMLSchema-instance='http://www.w3.org/2001/XMLSchema-instance' "
		"xmlns:q='http://www.w3.org/2001/XMLSchema' "
		"XMLSchema-instance:type='q:string'><![CDATA[a<b>]]>&amp;<?pi?>%2fc</v:val>"
		"</v:propSet><v:propSet><v:name>runtime.powerState</v:name><v:val>poweredOn</v:val></"
		"v:propSet>"
		"</v:objects></v:returnval></v:RetrievePropertiesExResponse></E:Body></E:Envelope>";
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads, text);
	g_assert_cmpstr(vm(&s, "vm-1")->name, ==, "a<b>&/c");
	g_assert_cmpint(vm(&s, "vm-1")->power, ==, POWER_ON);
	g_assert_false(vm(&s, "vm-1")->settings_read);
	store_clear(&s);
}

static void test_paging(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<token>1</token><objects><obj type='VirtualMachine'>vm-1</obj>" PROP(
			 "name", "xsd:string", "one") "</objects>"));
	g_assert_cmpstr(s.token, ==, "1");
	retrieve(&s, load_reads, RETRIEVED("<objects><obj type='VirtualMachine'>vm-2</obj></objects>"));
	g_assert_cmpstr(s.token, ==, "");
	g_assert_cmpint(s.n_ends, ==, 2);
	store_clear(&s);
}

static void test_update_operations(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	update(&s,
	       UPDATED("<returnval><version>7</version><filterSet><filter "
		       "type='PropertyFilter'>f</filter><objectSet><kind>enter"
		       "</kind><obj type='VirtualMachine'>vm-1</obj>" CHANGE(
			       "name", "assign", "<val xsi:type='xsd:string'>a</val>")
			       CHANGE("runtime.question", "assign",
				      "<val "
				      "xsi:type='VirtualMachineQuestionInfo'><id>1</id><text>Really?</text></"
				      "val>")
				       CHANGE("guest.ipAddress", "assign",
					      "<val xsi:type='xsd:string'>192.0.2.1</val>") "</objectSet>"
											    "</"
											    "filterSet><"
											    "truncated>true</"
											    "truncated></"
											    "returnval>"));
	g_assert_cmpstr(s.version, ==, "7");
	g_assert_true(s.truncated);
	g_assert_cmpstr(vm(&s, "vm-1")->question, ==, "Really?");
	update(&s,
	       UPDATED("<returnval><version>8</version><filterSet><objectSet><kind>modify</kind><obj "
		       "type='VirtualMachine'>vm-1"
		       "</obj>" CHANGE("runtime.question", "remove", "") CHANGE(
			       "guest.ipAddress", "assign",
			       "") "</objectSet><objectSet>"
				   "<kind>leave</kind><obj "
				   "type='VirtualMachine'>vm-2</obj></objectSet></filterSet></returnval>"));
	g_assert_false(s.truncated);
	g_assert_cmpstr(vm(&s, "vm-1")->question, ==, "");
	g_assert_cmpstr(vm(&s, "vm-1")->guest_ip, ==, "");
	g_assert_cmpstr(vm(&s, "vm-1")->name, ==, "a"); /* was not in it */
	g_assert_cmpint(s.n_leaves, ==, 1);
	update(&s, UPDATED("")); /* time-out */
	g_assert_cmpstr(s.version, ==, "");
	store_clear(&s);
}

static void test_missing(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='HostSystem'>host-1</obj>" PROP(
			 "name", "xsd:string",
			 "esx") "<missingSet><path>"
				"hardware.pciDevice</path><fault><fault "
				"xsi:type='NoPermission'><privilegeId>System.Read</privilegeId></fault>"
				"<localizedMessage>No.</localizedMessage></fault></"
				"missingSet><missingSet><path>config.graphicsInfo</path><fault>"
				"<fault xsi:type='InvalidProperty'/></fault></missingSet></objects>"
				"<objects><obj "
				"type='VirtualMachine'>vm-1</obj><missingSet><path>snapshot</"
				"path><fault><fault "
				"xsi:type='NoPermission'/></fault></missingSet></objects>"));
	g_assert_cmpstr(host(&s, "host-1")->name, ==, "esx");
	g_assert_cmpstr(host(&s, "host-1")->partial[0], ==, "hardware.pciDevice: this user may not do that");
	g_assert_null(host(&s, "host-1")->partial[1]); /* that this version lacks a property is no trouble */
	g_assert_cmpint(vm(&s, "vm-1")->snapshots.state, ==, NUM_DENIED);
	g_assert_cmpstr(vm(&s, "vm-1")->partial[0], ==, "snapshot: this user may not do that");
	g_assert_null(vm(&s, "vm-1")->partial[1]);
	g_assert_false(s.session_lost);
	/* An ended session denies everything: no row is made of it. */
	int before = s.n_ends;
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj "
			   "type='HostSystem'>host-1</obj><missingSet><path>name</path><fault><fault "
			   "xsi:type='NotAuthenticated'/></fault></missingSet></objects>"));
	g_assert_true(s.session_lost);
	g_assert_cmpint(s.n_ends, ==, before);
	g_assert_cmpstr(host(&s, "host-1")->name, ==, "esx");
	store_clear(&s);
}

#define DENIED(path) \
	"<missingSet><path>" path "</path><fault><fault xsi:type='NoPermission'/></fault></missingSet>"
#define ONE_VM(inside) RETRIEVED("<objects><obj type='VirtualMachine'>vm-1</obj>" inside "</objects>")

/* What may not be read is not "none"; the two reads of a VM add up; what is granted later is forgotten as a gap. */
static void test_denied_settings(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads, ONE_VM(DENIED("guest.ipAddress")));
	retrieve(&s, detail_reads, ONE_VM(DENIED("config.extraConfig") DENIED("config.firmware")));
	const struct vm_row *v = vm(&s, "vm-1");
	g_assert_false(v->settings_read);
	g_assert_cmpuint(g_strv_length((char **)v->partial), ==, 3);
	g_assert_cmpstr(v->partial[0], ==, "guest.ipAddress: this user may not do that");
	g_assert_cmpstr(v->partial[2], ==, "config.firmware: this user may not do that");
	retrieve(&s, detail_reads, ONE_VM(DENIED("config.hardware.device")));
	v = vm(&s, "vm-1");
	g_assert_false(v->settings_read);
	g_assert_cmpuint(g_strv_length((char **)v->partial), ==, 2);
	g_assert_cmpstr(v->partial[1], ==, "config.hardware.device: this user may not do that");
	/* an update tells of what changed only */
	update(&s, UPDATED("<returnval><version>8</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='VirtualMachine'>vm-1</obj>" CHANGE(
				   "name", "assign", "<val>b</val>") "</objectSet></filterSet>"
								     "</returnval>"));
	g_assert_cmpuint(g_strv_length((char **)vm(&s, "vm-1")->partial), ==, 2);
	retrieve(&s, detail_reads, ONE_VM(PROP("config.firmware", "xsd:string", "efi")));
	g_assert_true(vm(&s, "vm-1")->settings_read);
	g_assert_cmpuint(g_strv_length((char **)vm(&s, "vm-1")->partial), ==, 1);
	retrieve(&s, load_reads, ONE_VM(PROP("name", "xsd:string", "a")));
	g_assert_null(vm(&s, "vm-1")->partial);
	store_clear(&s);
}

static char *long_value(void)
{
	return g_strnfill(XML_TEXT_CAP + 1, 'x');
}

/* A value over a cap costs itself: the rest of its list, its VM and the answer are read. */
static void test_long_value(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	g_autofree char *big = long_value();
	g_autofree char *text = g_strdup_printf(
		RETRIEVED("<objects><obj type='VirtualMachine'>vm-1</obj>" PROP(
			"config.extraConfig", "ArrayOfOptionValue",
			"<OptionValue><key>guestinfo.data</key><value>%s</value></OptionValue><OptionValue>"
			"<key>pciPassthru.use64bitMMIO</key><value>TRUE</value></OptionValue>")
				  PROP("config.hardware.device", "ArrayOfVirtualDevice", "") PROP(
					  "config.firmware", "xsd:string",
					  "efi") "</objects><objects><obj "
						 "type='VirtualMachine'>vm-2</obj>" PROP(
							 "config.firmware", "xsd:string", "%s") "</objects>"),
		big, big);
	retrieve(&s, detail_reads, text);
	const struct vm_row *v = vm(&s, "vm-1");
	g_assert_true(v->settings_read);
	g_assert_cmpstr(vm_extra(v, "pciPassthru.use64bitMMIO"), ==, "TRUE");
	g_assert_cmpint(v->firmware, ==, FIRMWARE_EFI);
	g_assert_cmpuint(g_strv_length((char **)v->partial), ==, 1);
	g_assert_cmpstr(v->partial[0], ==, "config.extraConfig: a value is longer than 1 MiB");
	g_assert_cmpint(vm(&s, "vm-2")->firmware, ==, 0);
	g_assert_cmpstr(vm(&s, "vm-2")->partial[0], ==, "config.firmware: a value is longer than 1 MiB");
	/* It is told anew by every answer that holds the property. */
	retrieve(&s, detail_reads, ONE_VM(PROP("config.firmware", "xsd:string", "efi")));
	g_assert_null(vm(&s, "vm-1")->partial);
	store_clear(&s);
}

/* Where no value is lost but what holds an answer together, nothing can be made of the rest. */
static void test_long_token(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	g_autofree char *big = long_value();
	g_autofree char *token = g_strdup_printf(RETRIEVED("<token>%s</token>"), big);
	g_autofree char *name =
		g_strdup_printf(ONE_VM("<propSet><name>%s</name><val>1</val></propSet>"), big);
	g_assert_false(read_answer(&s, "RetrievePropertiesEx", load_reads, token, strlen(token)));
	g_assert_false(read_answer(&s, "RetrievePropertiesEx", load_reads, name, strlen(name)));
	store_clear(&s);
}

/* A chain of snapshots that is nested too deeply is not counted half; it is known again once it is short. */
static void test_long_chain(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	g_autoptr(GString) text =
		g_string_new(HEAD "<RetrievePropertiesExResponse xmlns='urn:vim25'><returnval>"
				  "<objects><obj type='VirtualMachine'>vm-1</obj><propSet>"
				  "<name>name</name><val>chain</val></propSet><propSet>"
				  "<name>snapshot</name><val><rootSnapshotList>");
	for (int i = 0; i < 60; i++)
		g_string_append(text, "<snapshot>s</snapshot><childSnapshotList>");
	for (int i = 0; i < 60; i++)
		g_string_append(text, "</childSnapshotList>");
	g_string_append(text,
			"</rootSnapshotList></val></propSet></objects><objects><obj type='VirtualMachine'>"
			"vm-2</obj></objects></returnval></RetrievePropertiesExResponse>" TAIL);
	retrieve(&s, load_reads, text->str);
	const struct vm_row *v = vm(&s, "vm-1");
	g_assert_cmpint(v->snapshots.state, ==, NUM_BAD);
	g_assert_cmpstr(v->name, ==, "chain");
	g_assert_cmpstr(v->partial[0], ==, "snapshot: it is nested too deeply");
	g_assert_null(v->partial[1]);
	g_assert_cmpfloat(vm(&s, "vm-2")->snapshots.v, ==, 0);
	g_assert_null(vm(&s, "vm-2")->partial);
	update(&s,
	       UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>modify</kind><obj "
		       "type='VirtualMachine'>vm-1</obj>" CHANGE("snapshot", "assign",
								 "<val><rootSnapshotList><snapshot>s</"
								 "snapshot></rootSnapshotList></val>") "</"
												       "objec"
												       "tSet>"
												       "</"
												       "filte"
												       "rSet>"
												       "</"
												       "retur"
												       "nval"
												       ">"));
	g_assert_cmpfloat(vm(&s, "vm-1")->snapshots.v, ==, 1);
	g_assert_null(vm(&s, "vm-1")->partial);
	retrieve(&s, load_reads, text->str);
	g_assert_nonnull(vm(&s, "vm-1")->partial);
	update(&s, UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='VirtualMachine'>vm-1</obj>" CHANGE(
				   "snapshot", "assign", "") "</objectSet></filterSet></returnval>"));
	g_assert_cmpfloat(vm(&s, "vm-1")->snapshots.v, ==, 0);
	g_assert_null(vm(&s, "vm-1")->partial);
	store_clear(&s);
}

/* Of a property with many leaves a text costs itself, and depth all of it. */
static void test_lost_leaf(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	g_autofree char *big = long_value();
	g_autofree char *wide =
		g_strdup_printf(RETRIEVED("<objects><obj type='HostSystem'>host-1</obj>" PROP(
					"summary.hardware", "HostHardwareSummary",
					"<vendor>Acme</vendor><model>%s</model><otherIdentifyingInfo><x>%s</"
					"x></otherIdentifyingInfo>"
					"<uuid>4c4c4544-0042-3110-8051-b1c04f4d3232</uuid>") "</objects>"),
				big, big);
	retrieve(&s, load_reads, wide);
	const struct host_row *h = host(&s, "host-1");
	g_assert_cmpstr(h->vendor, ==, "Acme");
	g_assert_cmpstr(h->model, ==, "");
	g_assert_cmpstr(h->uuid, ==, "4c4c4544-0042-3110-8051-b1c04f4d3232");
	g_assert_cmpuint(g_strv_length((char **)h->partial), ==, 1);
	g_assert_cmpstr(h->partial[0], ==, "summary.hardware: a value is longer than 1 MiB");
	store_clear(&s);
}

#define MISSING_ALL(fault) \
	"<missingSet><path></path><fault><fault xsi:type='" fault "'/></fault></missingSet>"

/* What is said of all of an object has a subject; that it is gone is no gap. */
static void test_missing_all(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, detail_reads, ONE_VM(MISSING_ALL("NoPermission")));
	g_assert_cmpstr(vm(&s, "vm-1")->partial[0], ==, "all of it: this user may not do that");
	retrieve(&s, detail_reads, ONE_VM(PROP("config.firmware", "xsd:string", "efi")));
	g_assert_null(vm(&s, "vm-1")->partial);
	retrieve(&s, detail_reads, ONE_VM(MISSING_ALL("ManagedObjectNotFound")));
	g_assert_null(vm(&s, "vm-1")->partial);
	/* what is gone may be what a property leads to */
	retrieve(&s, detail_reads,
		 ONE_VM("<missingSet><path>config.firmware</path><fault><fault "
			"xsi:type='ManagedObjectNotFound'/>"
			"</fault></missingSet>"));
	g_assert_cmpstr(vm(&s, "vm-1")->partial[0], ==, "config.firmware: it is not there any more");
	/* an update clears the gaps of what it tells, of that object alone */
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='VirtualMachine'>vm-1</obj>" DENIED(
			 "snapshot") "</objects><objects><obj "
				     "type='VirtualMachine'>vm-2</obj>" DENIED("snapshot") "</"
											   "objects"
											   ">"));
	update(&s, UPDATED("<returnval><version>9</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='VirtualMachine'>vm-1</obj>" CHANGE(
				   "snapshot", "assign",
				   "") "</objectSet>"
				       "<objectSet><kind>modify</kind><obj "
				       "type='VirtualMachine'>vm-2</obj>" CHANGE(
					       "name", "assign",
					       "<val>b</val>") "</objectSet></filterSet></returnval>"));
	g_assert_cmpuint(g_strv_length((char **)vm(&s, "vm-1")->partial), ==, 1); /* the firmware's */
	g_assert_cmpstr(vm(&s, "vm-2")->partial[0], ==, "snapshot: this user may not do that");
	store_clear(&s);
}

/* Which volume it is, by the URL as a vCenter and as a host write it. */
static void test_volumes(void)
{
	static const struct {
		const char *url, *volume;
	} cases[] = {
		{"ds:///vmfs/volumes/5F1C2A77-4d0e1b3c-77aa-3cecef010203/",
		 "5f1c2a77-4d0e1b3c-77aa-3cecef010203"},
		{"/vmfs/volumes/5f1c2a77-4d0e1b3c-77aa-3cecef010203", "5f1c2a77-4d0e1b3c-77aa-3cecef010203"},
		{"ds:///vmfs/volumes/vsan:52aa-11/", "vsan:52aa-11"},
		{"ds:///vmfs/volumes/a/b", ""},
		{"ds:///vmfs/volumes/", ""},
		{"/tmp/datastore", ""},
		{"", ""},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store s;
		store_init(&s, inventory_kinds);
		g_autofree char *text = g_strdup_printf(
			RETRIEVED("<objects><obj type='Datastore'>d</obj>" PROP(
				"summary", "DatastoreSummary",
				"<name>nvme</name><url>%s</url><capacity>9</capacity>") "</objects>"),
			cases[i].url);
		retrieve(&s, load_reads, text);
		const struct datastore_row *row = row_at(&s, "Datastore", "d");
		g_assert_cmpstr(row->volume, ==, cases[i].volume);
		g_assert_null(row->partial);
		retrieve(&s, load_reads,
			 RETRIEVED("<objects><obj type='Datastore'>d</obj>" DENIED("summary") "</objects>"));
		row = row_at(&s, "Datastore", "d");
		g_assert_cmpstr(row->partial[0], ==, "summary: this user may not do that");
		store_clear(&s);
	}
}

static void test_tolerates(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(
		&s, detail_reads,
		RETRIEVED("<objects><obj type='Folder'>group-1</obj>" PROP(
			"name", "xsd:string",
			"x") "</objects><objects><obj>bare</obj>"
			     "</objects><surprise/><objects><obj type='VirtualMachine'>vm-1</obj>" PROP(
				     "config.future", "Future", "<a><b/></a>") PROP("config.firmware",
										    "xsd:string", "efi")
				     PROP("config.firmware", "xsd:string",
					  "bios") "<propSet><name>config.version</name><val "
						  "xsi:nil='true'/></"
						  "propSet><propSet><name>config.hardware.device"
						  "</name><val><VirtualDevice "
						  "xsi:type='VirtualQuantumCard'><key>1</key></VirtualDevice>"
						  "<VirtualDevice "
						  "xsi:type='VirtualPCIPassthrough'><key>99999999999</"
						  "key><backing xsi:type='NewBacking'><id>zz"
						  "</id></backing></VirtualDevice></val></propSet></"
						  "objects>"));
	g_assert_cmpint(s.n_ends, ==, 1);
	g_assert_cmpint(vm(&s, "vm-1")->firmware, ==, FIRMWARE_BIOS);
	g_assert_cmpstr(vm(&s, "vm-1")->hw_version, ==, "");
	g_assert_cmpint(vm(&s, "vm-1")->n_devices, ==, 1);
	g_assert_cmpstr(vm(&s, "vm-1")->devices[0].bdf, ==, "");
	store_clear(&s);
}

#define CARD(id)                                                                        \
	"<HostPciDevice><id>" id "</id><classId>770</classId><vendorId>4318</vendorId>" \
	"<deviceId>8757</deviceId></HostPciDevice>"
#define ACTIVE(id)                                                                                       \
	"<HostPciPassthruInfo><id>" id "</id><dependentDevice>" id "</dependentDevice><passthruEnabled>" \
	"true</passthruEnabled><passthruCapable>true</passthruCapable><passthruActive>true</"            \
	"passthruActive></HostPciPassthruInfo>"
#define ONE_HOST(inside) RETRIEVED("<objects><obj type='HostSystem'>h</obj>" inside "</objects>")
#define FIRST            "0000:03:00.0"
#define SECOND           "0000:43:00.0"

/* A newer list that lacks a device takes its flags away: what was true of it is not known any more. */
static void test_flags_of_a_newer_list(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 ONE_HOST(PROP("hardware.pciDevice", "ArrayOfHostPciDevice", CARD(FIRST) CARD(SECOND))
				  PROP("config.pciPassthruInfo", "ArrayOfHostPciPassthruInfo",
				       ACTIVE(FIRST) ACTIVE(SECOND))));
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(host(&s, "h")->pci[i].pt_state, ==, PT_ACTIVE);
	update(&s, UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='HostSystem'>h</obj>" CHANGE(
				   "config.pciPassthruInfo", "assign",
				   "<val>" ACTIVE(FIRST) "</val>") "</objectSet></filterSet></returnval>"));
	const struct pci_row *kept = pci(host(&s, "h"), FIRST), *gone = pci(host(&s, "h"), SECOND);
	g_assert_cmpint(kept->pt_state, ==, PT_ACTIVE);
	g_assert_cmpstr(kept->dependent, ==, FIRST);
	g_assert_cmpint(gone->pt_capable, ==, TRI_UNKNOWN);
	g_assert_cmpint(gone->pt_enabled, ==, TRI_UNKNOWN);
	g_assert_cmpint(gone->pt_active, ==, TRI_UNKNOWN);
	g_assert_cmpint(gone->pt_state, ==, PT_UNKNOWN);
	g_assert_cmpstr(gone->dependent, ==, "");
	store_clear(&s);
}

/* What is in force stands before what is configured; which VM has a card is told by graphicsInfo before a binding. */
static void test_graphics(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(
		&s, load_reads,
		ONE_HOST(
			PROP("hardware.pciDevice", "ArrayOfHostPciDevice", CARD(FIRST) CARD(SECOND)) PROP(
				"config.graphicsInfo", "ArrayOfHostGraphicsInfo",
				"<HostGraphicsInfo><graphicsType>sharedDirect</"
				"graphicsType><vgpuMode>mixedSize</vgpuMode>"
				"<pciId>" FIRST "</pciId><vm>vm-1</vm></HostGraphicsInfo>")
				PROP("config.graphicsConfig", "HostGraphicsConfig",
				     "<deviceType><deviceId>" FIRST
				     "</deviceId><graphicsType>shared</graphicsType>"
				     "<vgpuMode>sameSize</vgpuMode></deviceType><deviceType><deviceId>" SECOND
				     "</deviceId><graphicsType>shared</graphicsType><vgpuMode>sameSize</"
				     "vgpuMode>"
				     "</deviceType>")
					PROP("config.assignableHardwareBinding",
					     "ArrayOfHostAssignableHardwareBinding",
					     "<HostAssignableHardwareBinding><instanceId>pci:" FIRST
					     "</instanceId><vm>vm-2</vm></HostAssignableHardwareBinding>"
					     "<HostAssignableHardwareBinding><instanceId>pci:" SECOND
					     "</instanceId><vm>vm-3</vm></HostAssignableHardwareBinding>")));
	const struct pci_row *told = pci(host(&s, "h"), FIRST), *configured = pci(host(&s, "h"), SECOND);
	g_assert_cmpint(told->graphics, ==, GRAPHICS_SHARED_DIRECT);
	g_assert_cmpstr(told->vgpu_mode, ==, "mixedSize");
	g_assert_cmpstr(told->graphics_vms[0], ==, "vm-1");
	g_assert_null(told->graphics_vms[1]);
	g_assert_cmpint(configured->graphics, ==, GRAPHICS_SHARED);
	g_assert_cmpstr(configured->vgpu_mode, ==, "sameSize");
	g_assert_cmpstr(configured->graphics_vms[0], ==, "vm-3");
	store_clear(&s);
}

/* A property goes with itself, and with what holds it. */
static void test_removed(void)
{
	static const char *const operations[] = {"remove", "indirectRemove"};
	for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
		struct store s;
		store_init(&s, inventory_kinds);
		update(&s,
		       UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>enter</kind><obj "
			       "type='VirtualMachine'>vm-1</obj>" CHANGE("guest.hostName", "assign",
									 "<val>llm</val>")
				       CHANGE("name", "assign",
					      "<val>a</val>") "</objectSet></filterSet></returnval>"));
		g_assert_cmpstr(vm(&s, "vm-1")->guest_hostname, ==, "llm");
		g_autofree char *text = g_strdup_printf(
			UPDATED("<returnval><version>2</version><filterSet><objectSet><kind>modify</"
				"kind><obj "
				"type='VirtualMachine'>vm-1</obj>" CHANGE(
					"guest.hostName", "%s",
					"<val>left</val>") "</objectSet></filterSet></returnval>"),
			operations[i]);
		update(&s, text);
		g_assert_cmpstr(vm(&s, "vm-1")->guest_hostname, ==, "");
		g_assert_cmpstr(vm(&s, "vm-1")->name, ==, "a");
		store_clear(&s);
	}
}

/* pciPassthruN counts by the keys, with gaps where devices were taken away; a key of no such range counts by place. */
static void test_gaps_in_keys(void)
{
	static const int keys[] = {13001, 13004, 200}, slots[] = {160, 192, 224};
	g_autoptr(GString) devices = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		g_string_append_printf(
			devices,
			"<VirtualDevice xsi:type='VirtualPCIPassthrough'><key>%d</key><backing "
			"xsi:type='VirtualPCIPassthroughDeviceBackingInfo'><id>0000:0%d:00.0</id>"
			"</backing></VirtualDevice>",
			keys[i], (int)i + 1);
#define SLOT(n, slot) \
	"<OptionValue><key>pciPassthru" n ".pciSlotNumber</key><value>" slot "</value></OptionValue>"
	g_autofree char *text = g_strdup_printf(
		ONE_VM(PROP("config.hardware.device", "ArrayOfVirtualDevice", "%s") PROP(
			"config.extraConfig", "ArrayOfOptionValue",
			SLOT("0", "1") SLOT("1", "160") SLOT("2", "224") SLOT("3", "3") SLOT("4", "192"))),
		devices->str);
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, detail_reads, text);
	g_assert_cmpint(vm(&s, "vm-1")->n_devices, ==, 3);
	for (gsize i = 0; i < G_N_ELEMENTS(slots); i++)
		g_assert_cmpfloat(vm(&s, "vm-1")->devices[i].slot.v, ==, slots[i]);
	store_clear(&s);
}

static void test_device_kinds(void)
{
	static const char text[] =
		RETRIEVED("<objects><obj "
			  "type='VirtualMachine'>vm-1</obj><propSet><name>config.hardware.device</name><val "
			  "xsi:type='ArrayOfVirtualDevice'>"
			  "<VirtualDevice xsi:type='VirtualPCIPassthrough'><key>13000</key><backing "
			  "xsi:type='VirtualPCIPassthroughDynamicBackingInfo'><deviceName></"
			  "deviceName><allowedDevice><vendorId>4098</vendorId>"
			  "<deviceId>26273</deviceId></allowedDevice><customLabel>mi50</"
			  "customLabel><assignedId>0000:43:00.0</assignedId></backing>"
			  "</VirtualDevice>"
			  "<VirtualDevice xsi:type='VirtualPCIPassthrough'><key>13001</key><backing "
			  "xsi:type='VirtualPCIPassthroughDeviceBackingInfo'><deviceName>x</"
			  "deviceName><id>21:00.0</id><deviceId>ffff9f5f</deviceId>"
			  "<systemId>s</systemId><vendorId>-32634</vendorId></backing><slotInfo "
			  "xsi:type='VirtualDevicePciBusSlotInfo'>"
			  "<pciSlotNumber>1216</pciSlotNumber></slotInfo></VirtualDevice>"
			  "<VirtualDevice "
			  "xsi:type='VirtualSriovEthernetCard'><key>4000</key><macAddress>00:50:56:AA:BB:CC</"
			  "macAddress><sriovBacking>"
			  "<physicalFunctionBacking><id>0000:61:00.0</id><deviceId>1572</"
			  "deviceId><vendorId>-32634</vendorId></physicalFunctionBacking>"
			  "<virtualFunctionBacking><id>0000:61:02.1</id></virtualFunctionBacking></"
			  "sriovBacking></VirtualDevice>"
			  "<VirtualDevice xsi:type='VirtualPCIPassthrough'><key>13002</key><backing "
			  "xsi:type='VirtualPCIPassthroughVmiopBackingInfo'><vgpu>nvidia_a30-1-6c</vgpu></"
			  "backing></VirtualDevice>"
			  "<VirtualDevice "
			  "xsi:type='VirtualE1000'><key>4001</key><macAddress>00:50:56:00:00:01</"
			  "macAddress></VirtualDevice>"
			  "</val></propSet><propSet><name>config.extraConfig</name><val "
			  "xsi:type='ArrayOfOptionValue'><OptionValue><key>"
			  "pciPassthru0.pciSlotNumber</key><value "
			  "xsi:type='xsd:string'>160</value></OptionValue><OptionValue><key>annotation</key>"
			  "<value>x</value></OptionValue><OptionValue><key>pciPassthru2.pciSlotNumber</"
			  "key><value>-1</value></OptionValue></val>"
			  "</propSet></objects>");
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, detail_reads, text);
	const struct vm_row *v = vm(&s, "vm-1");
	g_assert_cmpint(v->n_devices, ==, 4);
	g_assert_cmpint(v->devices[0].kind, ==, VMDEV_DYNAMIC);
	g_assert_cmpstr(v->devices[0].bdf, ==, "0000:43:00.0");
	g_assert_cmpstr(v->devices[0].label, ==, "mi50");
	g_assert_cmphex(v->devices[0].vendor_id, ==, 0x1002);
	g_assert_cmphex(v->devices[0].device_id, ==, 0x66a1);
	g_assert_cmpfloat(v->devices[0].slot.v, ==, 160); /* from extraConfig */
	g_assert_cmpint(v->devices[1].kind, ==, VMDEV_FIXED);
	g_assert_cmpstr(v->devices[1].bdf, ==, "0000:21:00.0");
	g_assert_cmphex(v->devices[1].vendor_id, ==, 0x8086);
	g_assert_cmphex(v->devices[1].device_id, ==, 0x9f5f); /* a short that was printed as a long one */
	g_assert_cmpfloat(v->devices[1].slot.v, ==, 1216);
	g_assert_cmpint(v->devices[2].kind, ==, VMDEV_SRIOV);
	g_assert_cmpstr(v->devices[2].bdf, ==, "0000:61:02.1");
	g_assert_cmpstr(v->devices[2].physical, ==, "0000:61:00.0");
	g_assert_cmphex(v->devices[2].device_id, ==, 0x1572);
	g_assert_cmpint(v->devices[3].kind, ==, VMDEV_VGPU);
	g_assert_cmpstr(v->devices[3].profile, ==, "nvidia_a30-1-6c");
	g_assert_cmpint(v->devices[3].slot.state, ==, NUM_UNKNOWN);
	g_assert_cmpuint(g_strv_length((char **)v->macs), ==, 2);
	g_assert_cmpstr(v->macs[0], ==, "00:50:56:aa:bb:cc");
	g_assert_null(vm_extra(v, "annotation"));
	store_clear(&s);
}

/* A function whose own address is not told is not its card: the hypervisor keeps that. */
static void test_untold_function(void)
{
	static const char text[] = RETRIEVED(
		"<objects><obj type='VirtualMachine'>vm-1</obj><propSet><name>config.hardware.device"
		"</name><val xsi:type='ArrayOfVirtualDevice'><VirtualDevice "
		"xsi:type='VirtualSriovEthernetCard'><key>13031</key><sriovBacking>"
		"<physicalFunctionBacking><id>0000:1a:00.1</id><deviceId>0</deviceId><systemId>BYPASS"
		"</systemId><vendorId>0</vendorId></physicalFunctionBacking></sriovBacking>"
		"</VirtualDevice></val></propSet></objects>");
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, detail_reads, text);
	const struct vm_row *v = vm(&s, "vm-1");
	g_assert_cmpint(v->n_devices, ==, 1);
	g_assert_cmpint(v->devices[0].kind, ==, VMDEV_SRIOV);
	g_assert_cmpstr(v->devices[0].bdf, ==, "");
	g_assert_cmpstr(v->devices[0].physical, ==, "0000:1a:00.1");
	store_clear(&s);
}

/* Hexadecimal as documented, or decimal as some tools write it; five digits can only be that. */
static void test_device_ids(void)
{
	static const struct {
		const char *told;
		uint16_t want;
	} cases[] = {{"66a1", 0x66a1}, {"66A1", 0x66a1}, {"26273", 0x66a1}, {"ffff9f5f", 0x9f5f},
		     {"1572", 0x1572}, {"", 0},          {"-1", 0}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store s;
		g_autofree char *text = g_strdup_printf(
			RETRIEVED("<objects><obj type='VirtualMachine'>vm-1</obj><propSet><name>"
				  "config.hardware.device</name><val xsi:type='ArrayOfVirtualDevice'>"
				  "<VirtualDevice xsi:type='VirtualPCIPassthrough'><key>13000</key><backing "
				  "xsi:type='VirtualPCIPassthroughDeviceBackingInfo'><id>0000:21:00.0</id>"
				  "<deviceId>%s</deviceId></backing></VirtualDevice></val></propSet></"
				  "objects>"),
			cases[i].told);
		store_init(&s, inventory_kinds);
		retrieve(&s, detail_reads, text);
		g_assert_cmphex(vm(&s, "vm-1")->devices[0].device_id, ==, cases[i].want);
		store_clear(&s);
	}
}

/* Told by API 8.0.3 and newer, else by the number that every version tells. */
static void test_classes(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='HostSystem'>h</obj>" PROP(
			 "hardware.pciDevice", "ArrayOfHostPciDevice",
			 "<HostPciDevice><id>0000:01:00.0</id><classId>770</classId></HostPciDevice>"
			 "<HostPciDevice><id>0000:02:00.0</id><classId>768</"
			 "classId><deviceClassName>VGA"
			 "</deviceClassName></HostPciDevice>"
			 "<HostPciDevice><id>0000:03:00.0</id><classId>881</classId></HostPciDevice>"
			 "<HostPciDevice><id>0000:04:00.0</id><classId>-256</classId></HostPciDevice>"
			 "<HostPciDevice><id>0000:05:00.0</id><classId>12288</classId></"
			 "HostPciDevice>") "</objects>"));
	const struct host_row *h = host(&s, "h");
	g_assert_cmpstr(pci(h, "0000:01:00.0")->class_name, ==, "3D controller");
	g_assert_cmpstr(pci(h, "0000:02:00.0")->class_name, ==, "VGA");
	g_assert_cmpstr(pci(h, "0000:03:00.0")->class_name, ==, "Display controller"); /* its base class */
	g_assert_cmpstr(pci(h, "0000:04:00.0")->class_name, ==, "Unassigned class");   /* -256 is 0xff00 */
	g_assert_cmpstr(pci(h, "0000:05:00.0")->class_name, ==, "");
	/* a newer list keeps what it tells */
	update(&s, UPDATED("<returnval><version>2</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='HostSystem'>h</obj>" CHANGE("summary.rebootRequired", "assign",
							      "<val>true</val>") "</objectSet></filterSet>"
										 "</returnval>"));
	g_assert_cmpstr(pci(host(&s, "h"), "0000:01:00.0")->class_name, ==, "3D controller");
	store_clear(&s);
}

#define NO_PROFILES(fault)                                                                                   \
	"<missingSet><path>config.sharedPassthruGpuTypes</path><fault><fault xsi:type='" fault "'/></fault>" \
	"</missingSet>"

/* Unset: there are none. Denied: nobody knows. */
static void test_no_profiles(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads, RETRIEVED("<objects><obj type='HostSystem'>none</obj></objects>"));
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='HostSystem'>denied</obj>" NO_PROFILES(
			 "NoPermission") "</objects>"));
	g_assert_nonnull(host(&s, "none")->vgpu_profiles);
	g_assert_null(host(&s, "none")->vgpu_profiles[0]);
	g_assert_false(host_drives_gpus(host(&s, "none")));
	g_assert_null(host(&s, "denied")->vgpu_profiles);
	store_clear(&s);
}

static void test_connections(void)
{
	static const struct {
		const char *told;
		enum vm_connection want;
		bool in_reach;
	} cases[] = {{"connected", VM_CONNECTED, true}, {"disconnected", VM_DISCONNECTED, false},
		     {"Orphaned", VM_ORPHANED, false},  {"inaccessible", VM_INACCESSIBLE, false},
		     {"INVALID", VM_INVALID, false},    {"else", VM_CONNECTION_UNKNOWN, true}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store s;
		g_autofree char *text =
			g_strdup_printf(RETRIEVED("<objects><obj type='VirtualMachine'>v</obj>" PROP(
						"runtime.connectionState", "x", "%s") "</objects>"),
					cases[i].told);
		store_init(&s, inventory_kinds);
		retrieve(&s, load_reads, text);
		g_assert_cmpint(vm(&s, "v")->connection, ==, cases[i].want);
		g_assert_cmpint(vm_is_in_reach(vm(&s, "v")), ==, cases[i].in_reach);
		store_clear(&s);
	}
}

/* Of a VM whose configuration cannot be read nothing is claimed; back in reach it is looked at again. */
static void test_unreadable(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='VirtualMachine'>v</obj>" PROP("runtime.connectionState", "x",
									      "inaccessible") "</objects>"));
	retrieve(&s, detail_reads, RETRIEVED("<objects><obj type='VirtualMachine'>v</obj></objects>"));
	g_assert_false(vm(&s, "v")->settings_read);
	g_assert_cmpint(vm(&s, "v")->snapshots.state, ==, NUM_UNKNOWN);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='VirtualMachine'>w</obj>" PROP("runtime.connectionState", "x",
									      "orphaned")
				   PROP("config.uuid", "x", "4210") "</objects>"));
	retrieve(&s, detail_reads, RETRIEVED("<objects><obj type='VirtualMachine'>w</obj></objects>"));
	g_assert_true(vm(&s, "w")->settings_read); /* vCenter still has its configuration */
	g_assert_cmpfloat(vm(&s, "w")->snapshots.v, ==, 0);
	struct vm_row before = *vm(&s, "w"), now = before;
	g_assert_false(vm_kind.detail_due(&before, &now));
	now.connection = VM_CONNECTED;
	g_assert_true(vm_kind.detail_due(&before, &now));
	g_assert_false(vm_kind.detail_due(&now, &before)); /* there is nothing new to be read */
	store_clear(&s);
}

static void test_snapshots(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='VirtualMachine'>vm-1</obj>" PROP(
			 "snapshot", "VirtualMachineSnapshotInfo",
			 "<currentSnapshot "
			 "type='VirtualMachineSnapshot'>s3</currentSnapshot><rootSnapshotList><snapshot>s1</"
			 "snapshot><vm>v</vm>"
			 "<childSnapshotList><snapshot>s2</snapshot><childSnapshotList><snapshot>s3</"
			 "snapshot></childSnapshotList>"
			 "</childSnapshotList></rootSnapshotList><rootSnapshotList><snapshot>s4</snapshot></"
			 "rootSnapshotList>") "</objects>"));
	g_assert_cmpfloat(vm(&s, "vm-1")->snapshots.v, ==, 4);
	update(&s, UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>modify</kind><obj "
			   "type='VirtualMachine'>vm-1"
			   "</obj>" CHANGE("snapshot", "assign", "") "</objectSet></filterSet></returnval>"));
	g_assert_cmpfloat(vm(&s, "vm-1")->snapshots.v, ==, 0);
	store_clear(&s);
}

static void test_hostile(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='VirtualMachine'>vm&#155;-1</obj>" PROP(
			 "name", "xsd:string", "a&#155;31mb&#x202E;c&#13;d")
				   PROP("guest.hostName", "xsd:string", "&#157;0;x&#156;") "</objects>"));
	const struct vm_row *v = vm(&s, "vm\xc2\x9b-1");
	g_assert_true(text_is_clean(v->name));
	g_assert_true(text_is_clean(v->guest_hostname));
	g_assert_null(strstr(v->name, "\xc2\x9b"));
	store_clear(&s);
}

static const struct {
	enum tri capable, enabled, active, reboot;
	enum passthru_state want;
} states[] = {
	{TRI_NO, TRI_NO, TRI_NO, TRI_NO, PT_UNAVAILABLE},
	{TRI_YES, TRI_NO, TRI_NO, TRI_NO, PT_AVAILABLE},
	{TRI_YES, TRI_YES, TRI_NO, TRI_YES, PT_ENABLE_PENDING},
	{TRI_YES, TRI_YES, TRI_NO, TRI_UNKNOWN, PT_ENABLE_PENDING},
	{TRI_YES, TRI_YES, TRI_NO, TRI_NO, PT_STALE},
	{TRI_YES, TRI_YES, TRI_YES, TRI_NO, PT_ACTIVE},
	{TRI_NO, TRI_YES, TRI_YES, TRI_YES, PT_ACTIVE},
	{TRI_YES, TRI_NO, TRI_YES, TRI_YES, PT_DISABLE_PENDING},
	{TRI_UNKNOWN, TRI_NO, TRI_NO, TRI_NO, PT_UNKNOWN},
	{TRI_YES, TRI_UNKNOWN, TRI_NO, TRI_NO, PT_UNKNOWN},
	{TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN, PT_UNKNOWN},
};

static void test_passthrough_states(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		g_assert_cmpint(passthru_derive(states[i].capable, states[i].enabled, states[i].active,
						states[i].reboot),
				==, states[i].want);
}

#define HOST_CHANGE(changes)                                                                    \
	UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>modify</kind><obj " \
		"type='HostSystem'>host-1</obj>" changes "</objectSet></filterSet></returnval>")
#define PASSTHRU(enabled, active)                                                          \
	"<val><HostPciPassthruInfo><id>0000:21:00.0</id><dependentDevice>0000:21:00.0</"   \
	"dependentDevice><passthruEnabled>" enabled                                        \
	"</passthruEnabled><passthruCapable>true</passthruCapable><passthruActive>" active \
	"</passthruActive></HostPciPassthruInfo></val>"

/* A card that waited for a reboot and is not active after one is stale, whatever rebootRequired says; toggling ends it. */
static void test_stale_after_reboot(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='HostSystem'>host-1</obj>" PROP(
			 "runtime.bootTime", "xsd:dateTime", "2026-01-01T00:00:00Z")
				   PROP("summary.rebootRequired", "xsd:boolean", "true")
					   PROP("hardware.pciDevice", "ArrayOfHostPciDevice",
						"<HostPciDevice><id>0000:21:00.0</id><classId>768</classId></"
						"HostPciDevice>") "</objects>"));
	update(&s, HOST_CHANGE(CHANGE("config.pciPassthruInfo", "assign", PASSTHRU("true", "false"))));
	g_assert_cmpint(host(&s, "host-1")->pci[0].pt_state, ==, PT_ENABLE_PENDING);
	g_assert_cmphex(host(&s, "host-1")->pci[0].class_id, ==, 0x0300);
	update(&s, HOST_CHANGE(CHANGE("runtime.bootTime", "assign", "<val>2026-01-02T00:00:00Z</val>")));
	g_assert_cmpint(host(&s, "host-1")->pci[0].pt_state, ==, PT_STALE);
	update(&s, HOST_CHANGE(CHANGE("name", "assign", "<val>other</val>")));
	g_assert_cmpint(host(&s, "host-1")->pci[0].pt_state, ==, PT_STALE);
	update(&s, HOST_CHANGE(CHANGE("config.pciPassthruInfo", "assign", PASSTHRU("false", "false"))));
	g_assert_cmpint(host(&s, "host-1")->pci[0].pt_state, ==, PT_AVAILABLE);
	update(&s, HOST_CHANGE(CHANGE("config.pciPassthruInfo", "assign", PASSTHRU("true", "true"))));
	g_assert_cmpint(host(&s, "host-1")->pci[0].pt_state, ==, PT_ACTIVE);
	store_clear(&s);
}

#define GPU_AT(id, parent)                                                              \
	"<HostPciDevice><id>" id "</id><classId>770</classId><vendorId>4318</vendorId>" \
	"<deviceId>8757</deviceId><parentBridge>" parent "</parentBridge></HostPciDevice>"
#define BRIDGE_AT(id) "<HostPciDevice><id>" id "</id><classId>1540</classId></HostPciDevice>"
#define SRIOV(on, n)                                                                                       \
	"<val><HostPciPassthruInfo xsi:type='HostSriovInfo'><id>0000:3b:00.0</id><passthruEnabled>false</" \
	"passthruEnabled><passthruCapable>true</passthruCapable><passthruActive>false</passthruActive>"    \
	"<sriovEnabled>" on "</sriovEnabled><sriovCapable>true</sriovCapable><sriovActive>" on             \
	"</sriovActive><numVirtualFunction>" n "</numVirtualFunction></HostPciPassthruInfo></val>"

/* vSphere tells how many functions a card has and the bridge above each device: also those behind its bus find it, and a
 * card with a bridge of its own is none of them. */
static void test_functions(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	retrieve(&s, load_reads,
		 RETRIEVED("<objects><obj type='HostSystem'>host-1</obj>" PROP(
			 "hardware.pciDevice", "ArrayOfHostPciDevice",
			 BRIDGE_AT("0000:3a:00.0") BRIDGE_AT("0000:3a:01.0")
				 GPU_AT("0000:3b:00.0", "0000:3a:00.0") GPU_AT("0000:3b:1f.7", "0000:3a:00.0")
					 GPU_AT("0000:3c:00.0", "0000:3a:00.0")
						 GPU_AT("0000:3d:00.0", "0000:3a:01.0")) "</objects>"));
	static const char *const want[] = {"", "", "", "0000:3b:00.0", "0000:3b:00.0", ""};
	g_assert_cmpint(host(&s, "host-1")->n_pci, ==, G_N_ELEMENTS(want));
	for (gsize i = 0; i < G_N_ELEMENTS(want); i++)
		g_assert_cmpstr(host(&s, "host-1")->pci[i].physical, ==, ""); /* SR-IOV is not told yet */
	update(&s, HOST_CHANGE(CHANGE("config.pciPassthruInfo", "assign", SRIOV("true", "16"))));
	for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
		const struct pci_row *p = &host(&s, "host-1")->pci[i];
		g_assert_cmpstr(p->physical, ==, want[i]);
		g_assert_cmpint(p->physical_guessed, ==, *want[i] != '\0'); /* nothing of it was told */
	}
	update(&s, HOST_CHANGE(CHANGE("config.pciPassthruInfo", "assign", SRIOV("false", "0"))));
	for (gsize i = 0; i < G_N_ELEMENTS(want); i++)
		g_assert_cmpstr(host(&s, "host-1")->pci[i].physical, ==, "");
	store_clear(&s);
}

static void test_host_states(void)
{
	static const struct {
		const char *connection, *power, *maintenance;
		enum host_state want;
	} cases[] = {
		{"connected", "poweredOn", "false", HOST_CONNECTED},
		{"Connected", "PoweredOn", "True", HOST_MAINTENANCE},
		{"CONNECTED", "STANDBY", "FALSE", HOST_STANDBY},
		{"notResponding", "unknown", "true", HOST_NOT_RESPONDING},
		{"disconnected", "poweredOn", "false", HOST_DISCONNECTED},
		{"adrift", "poweredOn", "true", HOST_STATE_UNKNOWN},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct store s;
		g_autofree char *text = g_strdup_printf(
			RETRIEVED("<objects><obj type='HostSystem'>h</obj>" PROP(
				"runtime.connectionState", "x", "%s") PROP("runtime.powerState", "x", "%s")
					  PROP("runtime.inMaintenanceMode", "x", "%s") "</objects>"),
			cases[i].connection, cases[i].power, cases[i].maintenance);
		store_init(&s, inventory_kinds);
		retrieve(&s, load_reads, text);
		g_assert_cmpint(host(&s, "h")->state, ==, cases[i].want);
		store_clear(&s);
	}
}

static void test_tasks(void)
{
	struct store s;
	store_init(&s, inventory_kinds);
	update(&s,
	       UPDATED("<returnval><version>1</version><filterSet><objectSet><kind>enter</kind><obj "
		       "type='Task'>task-1</obj>" CHANGE("info.state", "assign", "<val>Error</val>") CHANGE(
			       "info.descriptionId", "assign", "<val>VirtualMachine.powerOn</val>")
			       CHANGE("info.queueTime", "assign", "<val>2026-01-01T00:00:00Z</val>")
				       CHANGE("info.reason", "assign",
					      "<val "
					      "xsi:type='TaskReasonUser'><userName>root</userName></val>")
					       CHANGE("info.error", "assign",
						      "<val><fault "
						      "xsi:type='InvalidPowerState'><requestedState>"
						      "poweredOn</requestedState></fault>"
						      "<localizedMessage>Not "
						      "now.</localizedMessage></val>") "</objectSet></"
										       "filterSet></"
										       "returnval>"));
	const struct vs_task *t = row_at(&s, "Task", "task-1");
	g_assert_cmpstr(t->row.user, ==, "root");
	g_assert_cmpint(t->row.state, ==, TASK_ERROR);
	g_assert_cmpstr(t->row.error, ==,
			"the virtual machine is in another power state by now: Not now (InvalidPowerState)");
	g_assert_cmpint(t->row.start_ms, ==, 1767225600000);
	store_clear(&s);
}

/* ---- requests ------------------------------------------------------------------------------------------------ */

static void test_request_order(void)
{
	struct prop_limits limits = {.version = "6.0", .refused = g_hash_table_new(g_str_hash, g_str_equal)};
	g_autoptr(GString) out = g_string_new(NULL);
	props_append_set(out, &datastore_kind.type, SET_LIVE, &limits);
	props_append_traversal(out, (struct vim_ref){"ContainerView", "v<1>"}, "view");
	props_append_object(out, (struct vim_ref){"VirtualMachine", "vm-1"});
	g_assert_cmpstr(
		out->str, ==,
		"<propSet><type>Datastore</type><pathSet>summary</pathSet></propSet>"
		"<objectSet><obj type=\"ContainerView\">v&lt;1&gt;</obj><skip>true</skip>"
		"<selectSet "
		"xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView</type><path>view</path>"
		"<skip>false</skip></selectSet></objectSet><objectSet><obj "
		"type=\"VirtualMachine\">vm-1</obj></objectSet>");
	/* What the spoken version does not have is not asked for, nor what was refused once. */
	g_string_truncate(out, 0);
	g_hash_table_add(limits.refused, (char *)"name");
	props_append_set(out, &host_kind.type, SET_LIVE | SET_DETAIL, &limits);
	g_assert_null(strstr(out->str, "<pathSet>name</pathSet>"));
	g_assert_null(strstr(out->str, "assignableHardwareBinding"));
	g_assert_null(strstr(out->str, "graphicsConfig"));
	g_assert_nonnull(strstr(out->str, "<pathSet>config.graphicsInfo</pathSet>"));
	limits.version = "8.0.3.0";
	g_string_truncate(out, 0);
	props_append_set(out, &host_kind.type, SET_LIVE | SET_DETAIL, &limits);
	g_assert_nonnull(strstr(out->str, "assignableHardwareBinding"));
	g_hash_table_add(limits.refused, (char *)"summary");
	g_string_truncate(out, 0);
	props_append_set(out, &datastore_kind.type, SET_LIVE, &limits);
	g_assert_cmpstr(out->str, ==, "");
	g_hash_table_unref(limits.refused);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/rows/recorded/hosts", test_recorded_hosts);
	g_test_add_func("/rows/recorded/vms", test_recorded_vms);
	g_test_add_func("/rows/recorded/updates", test_recorded_updates);
	g_test_add_func("/rows/sensors", test_sensors);
	g_test_add_func("/rows/boards", test_boards);
	g_test_add_func("/rows/truncated", test_truncated);
	g_test_add_func("/rows/other-spelling", test_other_spelling);
	g_test_add_func("/rows/paging", test_paging);
	g_test_add_func("/rows/update-operations", test_update_operations);
	g_test_add_func("/rows/missing", test_missing);
	g_test_add_func("/rows/denied-settings", test_denied_settings);
	g_test_add_func("/rows/long-value", test_long_value);
	g_test_add_func("/rows/long-token", test_long_token);
	g_test_add_func("/rows/long-chain", test_long_chain);
	g_test_add_func("/rows/lost-leaf", test_lost_leaf);
	g_test_add_func("/rows/missing-all", test_missing_all);
	g_test_add_func("/rows/volumes", test_volumes);
	g_test_add_func("/rows/tolerates", test_tolerates);
	g_test_add_func("/rows/device-kinds", test_device_kinds);
	g_test_add_func("/rows/untold-function", test_untold_function);
	g_test_add_func("/rows/device-ids", test_device_ids);
	g_test_add_func("/rows/classes", test_classes);
	g_test_add_func("/rows/no-profiles", test_no_profiles);
	g_test_add_func("/rows/connections", test_connections);
	g_test_add_func("/rows/unreadable", test_unreadable);
	g_test_add_func("/rows/snapshots", test_snapshots);
	g_test_add_func("/rows/hostile", test_hostile);
	g_test_add_func("/rows/passthrough-states", test_passthrough_states);
	g_test_add_func("/rows/stale-after-reboot", test_stale_after_reboot);
	g_test_add_func("/rows/functions", test_functions);
	g_test_add_func("/rows/host-states", test_host_states);
	g_test_add_func("/rows/tasks", test_tasks);
	g_test_add_func("/rows/request-order", test_request_order);
	g_test_add_func("/vsphere/rows/flags-of-a-newer-list", test_flags_of_a_newer_list);
	g_test_add_func("/vsphere/rows/graphics", test_graphics);
	g_test_add_func("/vsphere/rows/removed", test_removed);
	g_test_add_func("/vsphere/rows/gaps-in-keys", test_gaps_in_keys);
	return g_test_run();
}
