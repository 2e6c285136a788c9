/* test_hostile_vsphere.c - a vSphere server that means harm: every recorded answer with hostile text in each of its values and
 * attributes, one after the other and all at once, cut off anywhere and with bits flipped; faults of every shape. */
#include "config.h"

#include "lab/error.h"
#include "tests/drivers/vsphere_fed.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"

#include <locale.h>
#include <string.h>

#define CUT_EVERY 1024 /* FC-064; every 64 bytes of the small answers */
#define FLIPS     150  /* an answer */

static char *texts[ANSWER_COUNT];
static gsize lens[ANSWER_COUNT];
static GArray *sites[ANSWER_COUNT];
static const char *now; /* what is being tried */
static GHashTable *shown;

/* What newer servers tell and the recorded one does not. */
static const struct {
	const char *after, *more;
} newer[] = {
	{"</passthruActive>", "<hardwareLabel>SLOT 3</hardwareLabel>"},
	{"</subDeviceId>", "<deviceClassName>Display controller</deviceClassName>"},
};

static void add_newer(char **text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(newer); i++) {
		g_auto(GStrv) parts = g_strsplit(*text, newer[i].after, -1);
		g_autofree char *both = g_strconcat(newer[i].after, newer[i].more, NULL);
		g_free(*text);
		*text = g_strjoinv(both, parts);
	}
}

static void check_error(const GError *error)
{
	g_assert_true(error->domain == LAB_ERROR);
	hostile_show_line(error->message, now);
}

static struct vsphere_fed recorded(void)
{
	struct vsphere_fed fed = {.fault = NULL};
	for (int i = 0; i < ANSWER_COUNT; i++) {
		fed.text[i] = texts[i];
		fed.len[i] = lens[i];
	}
	return fed;
}

static bool try(struct vsphere_fed *fed, const char *what, bool thorough)
{
	now = what;
	struct lab *lab = vsphere_fed_lab(fed, check_error);
	bool seen = hostile_show(lab, what, thorough);
	lab_free(lab);
	return seen;
}

/* gpu-counters.xml: hundredths of a percent, KiB, degrees. */
static void check_counters(const struct lab *lab)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = g_ptr_array_index(lab->rows, i);
		if (row->parent || !row->device || strcmp(row->device->bdf, "0000:a1:00.0") != 0)
			continue;
		g_assert_cmpfloat(row->device->host_busy_pct.v, ==, 64);
		g_assert_cmpfloat(row->device->host_mem_used_bytes.v, ==, 12582912.0 * 1024);
		g_assert_cmpfloat(row->device->host_temp_c.v, ==, 61);
		g_assert_false(num_known(row->device->host_power_w)); /* was not among them */
		return;
	}
	g_error("the A40 has no row");
}

/* A negative number says that there is no sample: the last one is no longer true, and the others hold. */
static void test_negative_counter(void)
{
	struct vsphere_fed fed = recorded();
	g_auto(GStrv) parts = g_strsplit(fed.text[ANSWER_COUNTERS], "<value>61</value>", 2);
	g_autofree char *text = g_strjoinv("<value>-1</value>", parts);
	fed.text[ANSWER_COUNTERS] = text;
	fed.len[ANSWER_COUNTERS] = strlen(text);
	struct lab *lab = vsphere_fed_lab(&fed, NULL);
	int seen = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = g_ptr_array_index(lab->rows, i);
		if (row->parent || !row->device || strcmp(row->device->bdf, "0000:a1:00.0") != 0)
			continue;
		g_assert_cmpint(row->device->host_temp_c.state, ==, NUM_UNKNOWN);
		g_assert_cmpfloat(row->device->host_busy_pct.v, ==, 64);
		seen++;
	}
	g_assert_cmpint(seen, ==, 1);
	lab_free(lab);
}

/* What was recorded is really read: nothing else would prove anything. */
static void test_recorded(void)
{
	struct vsphere_fed fed = recorded();
	struct lab *lab = vsphere_fed_lab(&fed, NULL);
	const struct lab_source *source = g_ptr_array_index(lab->sources, 0);
	g_assert_cmpstr(source->reason, ==, "");
	g_assert_cmpint(source->state, ==, SRC_LIVE);
	for (int i = 0; i < ANSWER_COUNT; i++)
		if (fed.given[i] == 0)
			g_error("%s was never asked for", vsphere_answer_files[i]);
	g_assert_cmpuint(lab->hosts->len, ==, 2);
	g_assert_cmpuint(lab->vms->len, ==, 6);
	g_assert_cmpuint(lab->tasks->len, >, 0);
	g_assert_cmpuint(lab->events->len, >, 0);
	g_assert_cmpstr(source->detail, ==,
			"VMware vCenter Server 8.0.3 build 24022515, certificate not checked");
	check_counters(lab);
	g_assert_false(hostile_show(lab, "recorded", false));
	lab_free(lab);
}

static void test_one_by_one(const void *data)
{
	int which = GPOINTER_TO_INT(data);
	g_autoptr(GPtrArray) paths = hostile_paths(sites[which]);
	for (guint i = 0; i < paths->len; i++) {
		const char *path = g_ptr_array_index(paths, i);
		struct vsphere_fed fed = recorded();
		GString *text =
			hostile_inject(texts[which], lens[which], sites[which], path, hostile_mix(), false);
		fed.text[which] = text->str;
		fed.len[which] = text->len;
		if (try(&fed, path, false) && g_hash_table_add(shown, (gpointer)path))
			g_test_message("out: %s", path);
		g_string_free(text, TRUE);
	}
}

/* These are seen on the screen, so that harm in them must have been on its way there: otherwise nothing was proven. */
static void test_reaches_the_screen(void)
{
	static const char *const values[] = {
		"name/objectSet/changeSet/val",
		"hardware.pciDevice/val/HostPciDevice/deviceName",
		"config.hardware.device/VirtualDevice/backing/vgpu",
		("runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo/val/HostNumericSensorInfo/"
		 "name"),
		"latestPage/val/Event/fullFormattedMessage",
		"info.entityName/objectSet/changeSet/val",
		"/filterSet/objectSet/obj",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (!g_hash_table_contains(shown, values[i]))
			g_error("%s does not come out", values[i]);
}

/* In all answers, so that references still lead somewhere. */
static void test_all_at_once(void)
{
	gsize n;
	const struct hostile_text *hostile = hostile_texts(&n);
	for (gsize i = 0; i < n; i++) {
		struct vsphere_fed fed = recorded();
		GString *injected[ANSWER_COUNT] = {NULL};
		if (hostile[i].big)
			continue;
		for (int a = ANSWER_INVENTORY; a < ANSWER_COUNT; a++) {
			injected[a] = hostile_inject(texts[a], lens[a], sites[a], NULL, &hostile[i], true);
			fed.text[a] = injected[a]->str;
			fed.len[a] = injected[a]->len;
		}
		try(&fed, hostile[i].name, i == 0);
		for (int a = ANSWER_INVENTORY; a < ANSWER_COUNT; a++)
			g_string_free(injected[a], TRUE);
	}
}

static void try_at(int which, guint site, const struct hostile_text *h)
{
	struct vsphere_fed fed = recorded();
	GString *text = hostile_inject_at(texts[which], lens[which], sites[which], site, h, true);
	fed.text[which] = text->str;
	fed.len[which] = text->len;
	try(&fed, h->name, false);
	g_string_free(text, TRUE);
}

/* What is too big to stand everywhere stands in one after the other of the values that come out. */
static void test_big(void)
{
	gsize n;
	const struct hostile_text *hostile = hostile_texts(&n);
	for (int a = 0; a < ANSWER_COUNT; a++)
		for (guint k = 0; k < sites[a]->len; k++) {
			const char *path = g_array_index(sites[a], struct hostile_site, k).path;
			if (!g_hash_table_remove(shown, path))
				continue;
			for (gsize i = 0; i < n; i++)
				if (hostile[i].big)
					try_at(a, k, &hostile[i]);
		}
}

static void read_damaged(int which, const char *text, gsize len)
{
	struct vsphere_fed fed = recorded();
	fed.text[which] = text;
	fed.len[which] = len;
	now = vsphere_answer_files[which];
	lab_free(vsphere_fed_lab(&fed, check_error));
}

static void test_damaged(const void *data)
{
	int which = GPOINTER_TO_INT(data);
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);
	for (gsize cut = 0; cut < lens[which]; cut += lens[which] < 10000 ? 64 : CUT_EVERY)
		read_damaged(which, texts[which], cut);
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *text = g_memdup2(texts[which], lens[which] + 1);
		for (int flips = g_rand_int_range(dice, 1, 8); flips > 0; flips--)
			text[g_rand_int_range(dice, 0, (gint32)lens[which])] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		read_damaged(which, text, lens[which]);
	}
}

/* ---- faults ----------------------------------------------------------------------------------------------------------- */

#define FAULT(string, detail)                                                                               \
	"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "                                \
	"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body><e:Fault><faultcode>x</faultcode>" \
	"<faultstring>" string "</faultstring><detail>" detail "</detail></e:Fault></e:Body></e:Envelope>"
#define BAD HOSTILE_MARK "&#155;2J&#x202E;&#13;&#10;&#9;\xe2\x80\x8b%s%n"

static void test_fault(const void *fault)
{
	struct vsphere_fed fed = recorded();
	fed.fault = fault;
	g_assert_true(try(&fed, fault, false));
}

/* Properties that could not be read, in the server's words. */
static void test_missing(void)
{
	static const char *const end = "</objects>",
				 *missing = "<missingSet><path>config.extraConfig</path><fault><fault "
					    "xsi:type=\"" BAD "\"/><localizedMessage>" BAD
					    "</localizedMessage></fault></missingSet><missingSet><path>" BAD
					    "</path></missingSet></objects>";
	struct vsphere_fed fed = recorded();
	g_auto(GStrv) parts = g_strsplit(texts[ANSWER_INVENTORY], end, -1);
	g_autofree char *text = g_strjoinv(missing, parts);
	fed.text[ANSWER_INVENTORY] = text;
	fed.len[ANSWER_INVENTORY] = strlen(text);
	g_assert_cmpuint(g_strv_length(parts), >, 5);
	try(&fed, "missingSet", false);
}

static const char *const faults[] = {
	FAULT(BAD, ""),
	FAULT(BAD, "<"
		   "BrandNew"
		   " xsi:type=\"" BAD "\"/>"),
	FAULT("x", "<F xsi:type=\"" BAD "\"/>"),
	FAULT("x", "<F xsi:type=\"NoPermission\"><object type=\"Folder\">" BAD "</object><privilegeId>" BAD
		   "</privilegeId></F>"),
	FAULT("x", "<F xsi:type=\"InvalidArgument\"><invalidProperty>" BAD
		   "</invalidProperty><faultMessage><key>" BAD "</key><message>" BAD
		   "</message></faultMessage></F>"),
};

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	shown = g_hash_table_new(g_str_hash, g_str_equal);
	for (int i = 0; i < ANSWER_COUNT; i++) {
		g_autofree char *below = g_build_filename("data", "vsphere", vsphere_answer_files[i], NULL);
		g_autofree char *path = unit_data(below);
		g_assert_true(g_file_get_contents(path, &texts[i], &lens[i], NULL));
		add_newer(&texts[i]);
		lens[i] = strlen(texts[i]);
		sites[i] = hostile_sites();
		hostile_scan(sites[i], texts[i], 0, lens[i]);
	}
	g_test_add_func("/hostile/vsphere/a-recorded/all", test_recorded);
	g_test_add_func("/hostile/vsphere/negative-counter", test_negative_counter);
	for (int i = 0; i < ANSWER_COUNT; i++) {
		g_autofree char *one =
			g_strdup_printf("/hostile/vsphere/%s/one-by-one", vsphere_answer_files[i]);
		g_autofree char *damaged =
			g_strdup_printf("/hostile/vsphere/%s/damaged", vsphere_answer_files[i]);
		g_test_add_data_func(one, GINT_TO_POINTER(i), test_one_by_one);
		g_test_add_data_func(damaged, GINT_TO_POINTER(i), test_damaged);
	}
	g_test_add_func("/hostile/vsphere/together/reaches-the-screen", test_reaches_the_screen);
	g_test_add_func("/hostile/vsphere/together/all-at-once", test_all_at_once);
	g_test_add_func("/hostile/vsphere/together/big", test_big);
	g_test_add_func("/hostile/vsphere/fault/missing", test_missing);
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *title = g_strdup_printf("/hostile/vsphere/fault/%zu", i);
		g_test_add_data_func(title, faults[i], test_fault);
	}
	return g_test_run();
}
