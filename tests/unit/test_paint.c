/* test_paint.c - every view at every width: no cell is painted twice, and no mark of a row is left out. */
#include "config.h"

#include "tests/unit/frame.h"
#include "tests/unit/lab_demo.h"
#include "tests/unit/lab_parts.h"
#include "tests/unit/unit.h"
#include "tui/severity.h"
#include "tui/ui_keys.h"

#include <locale.h>
#include <string.h>

#define NARROWEST 40
#define WIDEST    240

static struct lab *silent_lab(void)
{
	struct lab *lab = lab_demo_new();
	lab_demo_silence(lab);
	return lab;
}

/* A host with twelve fans, of which the last one stands still, and a name that is long; and eight VMs whose names differ
 * at the end. */
static struct lab *crowded_lab(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0), *sensors = build_sensors("esx01", "ha-host", 0);
	struct host_row *h = build_host(obs, "ha-host", "hypervisor-rack-07-unit-31.lab.example.org", "");
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 15000, 0);
	for (int i = 0; i < 8; i++) {
		g_autofree char *moref = g_strdup_printf("vm-%d", i);
		g_autofree char *name = g_strdup_printf("inference-production-cluster-worker-%d", i + 3);
		g_autofree char *bdf = g_strdup_printf("0000:%d3:00.0", i);
		build_pci(h, bdf, 0x1002, 0x66a1, 0x0300);
		build_vm_device(build_vm(obs, moref, name, "ha-host"), VMDEV_FIXED, bdf, -1);
	}
	build_post(lab, obs, true);
	for (int i = 0; i < 12; i++) {
		g_autofree char *name = g_strdup_printf("System Board 1 Fan %d", i + 1);
		build_sensor(sensors, name, "fan", "rpm", i == 11 ? 0 : 5000 + 10 * i);
	}
	sensors->u.sensors->rows[11].health = SENSOR_RED;
	build_post(lab, sensors, false);
	build_time(lab, 1000);
	lab_settle(lab);
	return lab;
}

static const struct {
	const char *name;
	struct lab *(*lab)(void);
} kinds[] = {
	{"demo", lab_demo_new}, {"silent", silent_lab}, {"parts", lab_parts_new}, {"crowded", crowded_lab}};

static const struct {
	const char *view, *keys;
} pages[] = {
	{"overview", "sssss"},
	{"gpus", "ssssss"},
	{"gpus", "<right><right><right>"},
	{"vms", "ss"},
	{"overview", ""},
	{"overview", "jj\\r"},
	{"overview", "jj\\rhhhh"},
	{"overview", "jj\\ri"},
	{"overview", "G\\r"},
	{"overview", "jjd"},
	{"overview", "?"},
	{"overview", ":gp"},
	{"gpus", ""},
	{"gpus", "jjs"},
	{"gpus", "G\\r"},
	{"gpus", "f"},
	{"hosts", ""},
	{"hosts", "j"},
	{"hosts", "p"},
	{"hosts", "jp"},
	{"hosts", "n"},
	{"hosts", "jn"},
	{"vms", ""},
	{"vms", "/llm"},
	{"vms", "/llm\\r"},
	{"vms", "j\\r"},
	{"vms", "jjj\\r"},
	{"engines", ""},
	{"engines", "jj"},
	{"tasks", ""},
	{"tasks", "j"},
	{"why", ""},
	{"why", "jj "},
};

static const int heights[] = {16, 24, 50};

static bool overlap_free(const struct canvas *c, guint lab, guint page)
{
	g_autofree char *line = NULL;
	if (c->watch->twice == 0)
		return true;
	line = canvas_row_text(c, c->watch->y);
	g_test_message("%s, %s \"%s\" at %dx%d: %d cells painted twice, first %d,%d:\n%s", kinds[lab].name,
		       pages[page].view, pages[page].keys, c->w, c->h, c->watch->twice, c->watch->x,
		       c->watch->y, line);
	return false;
}

static bool stands_in_margin(const struct canvas *c, int mark)
{
	for (int y = 0; y < c->h; y++)
		if (g_strcmp0(canvas_cell(c, 1, y)->text, glyph_text(c->glyphs, (enum glyph)mark)) == 0)
			return true;
	return false;
}

/* What is wrong with a row that is listed stands beside it at any width. */
static bool marks_stand(const struct ui *ui, const struct canvas *c)
{
	const struct table *t = ui->modal ? NULL : view_table(ui_view((struct ui *)ui));
	for (guint i = 0; t && i < MIN(t->order->len, 8); i++) {
		const struct table_row *row =
			&g_array_index(t->rows, struct table_row, g_array_index(t->order, guint, i));
		if (row->mark && !stands_in_margin(c, row->mark)) {
			g_test_message("at %dx%d the mark of row %u is missing", c->w, c->h, i);
			return false;
		}
	}
	return true;
}

static void walk_page(const struct lab *lab, guint which, guint page, enum glyph_set glyphs)
{
	g_autoptr(GError) error = NULL;
	const struct ui_options options = {.glyphs = glyphs, .read_only = true, .view = pages[page].view};
	struct ui *ui = ui_new(&options, &error);
	struct canvas *c = canvas_new(80, 24, glyphs);
	g_autoptr(GArray) script = keys_script(pages[page].keys, &error);
	g_assert_no_error(error);
	bool good = true;
	canvas_watch(c);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	ui_play(ui, lab, script);
	for (guint h = 0; h < G_N_ELEMENTS(heights); h++)
		for (int w = NARROWEST; w <= WIDEST && good; w += w < 130 ? 1 : 5) {
			canvas_resize(c, w, heights[h]);
			ui_update(ui, lab);
			ui_draw(ui, lab, c);
			good = good && overlap_free(c, which, page) && marks_stand(ui, c);
		}
	if (!good) /* told once a page */
		g_test_fail();
	canvas_free(c);
	ui_free(ui);
}

static void test_walk(gconstpointer data)
{
	guint which = GPOINTER_TO_UINT(data);
	struct lab *lab = kinds[which].lab();
	for (guint page = 0; page < G_N_ELEMENTS(pages); page++)
		walk_page(lab, which, page, GLYPHS_UNICODE);
	lab_free(lab);
}

/* The print of a certificate is told whole wherever there are rows for it. */
static void test_reason(void)
{
	static const char print[] =
		"AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:"
		"EF:01:23:45:67:89";
	static const struct {
		const char *view;
		int h;
	} shown[] = {{"overview", 24}, {"overview", 50}, {"tasks", 24}, {"tasks", 50}};
	struct lab *lab = lab_demo_new();
	struct target *esx02 = target_new(TARGET_VSPHERE, "esx02");
	struct backend backend = {.out = mailbox_new()};
	g_autoptr(GError) error =
		g_error_new(LAB_ERROR, LAB_ERR_TRUST, "certificate of esx02 %s is not trusted", print);
	backend_post_state(&backend, esx02, SRC_DOWN, error, NULL, 60000, 4000);
	for (struct obs *o = mailbox_take(backend.out, G_MAXINT); o;) {
		o->taken_ns = lab->now_ns;
		o = lab_fold(lab, o);
	}
	for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
		for (int w = i < 2 ? 60 : 40; w <= WIDEST; w += 20) {
			g_autofree char *text = frame(lab, shown[i].view, "", w, shown[i].h);
			g_auto(GStrv) parts = g_strsplit_set(text, " \n", -1);
			g_autofree char *joined = g_strjoinv("", parts);
			g_test_message("%s at %dx%d:\n%s", shown[i].view, w, shown[i].h, text);
			g_assert_nonnull(strstr(joined, print));
		}
	lab_free(lab);
	mailbox_free(backend.out);
	target_free(esx02);
}

/* What a card that its host drives is, and what the host counts of it, stands below the list. */
static void test_driven_card(void)
{
	struct lab *lab = lab_demo_new();
	g_autofree char *text = frame(lab, "gpus", "jjjjj", 120, 40);
	assert_line(text, "^─ esx02 65:00\\.0 ─", true);
	assert_line(text, "^ .*A40.*10de:2235", true);
	assert_line(text, "^ as the host counts: +44°C", true);
	lab_free(lab);
}

/* What is wrong with a setting is marked in the list as on the page. */
static void test_setting_marks(void)
{
	struct lab *lab = lab_demo_new();
	g_autofree char *list = frame(lab, "vms", "", 120, 40),
			*page = frame(lab, "vms", "j<enter>", 120, 40);
	assert_line(list, "new-llm +off .* !bios !none +!CPU", true);
	assert_line(list, "!llm-1 +on .* efi +all +off", true);
	assert_line(page, "^ ! firmware +bios", true);
	assert_line(page, "^ ! memory reservation +none", true);
	lab_free(lab);
}

/* Where not all processes have a row, the last one says how many have none. */
static void test_more_processes(void)
{
	struct lab *lab = lab_demo_new();
	g_autofree char *few = frame(lab, "overview", "jj<enter>", 80, 24),
			*all = frame(lab, "overview", "jj<enter>", 120, 50);
	assert_line(few, "^ 1 more; unexplained 205M$", true);
	assert_line(all, "more; unexplained", false);
	assert_line(all, "^ unexplained +- +205M", true);
	lab_free(lab);
}

/* Whatever the width: the fan that stands still, and how many there are beside those shown. */
static void test_failed_fan(void)
{
	static const char *const views[] = {"overview", "gpus", "hosts"};
	struct lab *lab = crowded_lab();
	for (guint v = 0; v < G_N_ELEMENTS(views); v++)
		for (int w = NARROWEST; w <= WIDEST; w += 4) {
			g_autofree char *text = frame(lab, views[v], "", w, 30);
			assert_line(text, v < 2 ? "!0 (5,|\\+)" : "✗.*Fan 12 .* 0 rpm", true);
			if (v < 2 && w <= 100)
				assert_line(text, "fans !0.* \\+[0-9]+ rpm", true);
		}
	g_autofree char *plot = frame(lab, "hosts", "", 100, 50);
	assert_line(plot, "^ .*┤.* \\+6$", true); /* six have a line in the picture */
	assert_line(plot, " 0 .*12$", true);
	lab_free(lab);
}

/* What was read at the cursor goes before the present readings. */
static void test_cursor_readings(void)
{
	struct lab *lab = lab_demo_new();
	for (int w = 60; w <= WIDEST; w += 10) {
		g_autofree char *text = frame(lab, "overview", "jj<enter>hhhh", w, 24);
		assert_line(text, " 30 s ago: [0-9]+ junction +[0-9]+ HBM +[0-9]+ edge", true);
	}
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	setlocale(LC_CTYPE, "C.UTF-8");
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *path = g_strconcat("/paint/", kinds[i].name, NULL);
		g_test_add_data_func(path, GUINT_TO_POINTER(i), test_walk);
	}
	g_test_add_func("/paint/failed-fan", test_failed_fan);
	g_test_add_func("/paint/cursor-readings", test_cursor_readings);
	g_test_add_func("/paint/reason", test_reason);
	g_test_add_func("/paint/driven-card", test_driven_card);
	g_test_add_func("/paint/setting-marks", test_setting_marks);
	g_test_add_func("/paint/more-processes", test_more_processes);
	return g_test_run();
}
