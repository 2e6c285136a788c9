/* test_golden.c - every view of the built-in lab as text and roles, at every size that counts, against files that people
 * have looked at. `make update-golden` writes them anew; the diff is the review. */
#include "config.h"

#include "backends/backend.h"
#include "tests/unit/lab_demo.h"
#include "tests/unit/lab_parts.h"
#include "tests/unit/unit.h"
#include "tui/ui_keys.h"

#include <string.h>

/* What is shown: a view, and keys played in it first; of the built-in lab unless another is named. */
static const struct {
	const char *name, *view, *keys;
	bool silent; /* one of the two hosts, and with it its VMs and datastores, has not answered for a while */
	struct lab *(*lab)(void);
} scenes[] = {
	{"overview", "overview", ""},
	{"gpus", "gpus", ""},
	{"gpu", "overview", "jj\\r"},
	{"gpu-values", "overview", "jj\\ri"},
	{"hosts", "hosts", ""},
	{"pci", "hosts", "p"},
	{"numa", "hosts", "n"},
	{"vms", "vms", ""},
	{"vm", "vms", "j\\r"},
	{"engines", "engines", ""},
	{"tasks", "tasks", ""},
	{"why", "why", ""},
	{"why-gpu", "overview", "jjd"},
	{"help", "overview", "?"},
	{"palette", "overview", ":gp"},
	{"filter", "vms", "/llm"},
	{"card", "overview", "jjjjj\\r"},
	{"overview-silent", "overview", "", true},
	{"hosts-silent", "hosts", "", true},
	{"pci-silent", "hosts", "jp", true},
	{"numa-silent", "hosts", "jn", true},
	{"vms-silent", "vms", "", true},
	{"vm-silent", "vms", "jjj\\r", true},
	{"parts", "gpus", "", .lab = lab_parts_new},
	{"parts-listed", "gpus", "f", .lab = lab_parts_new},
	{"parts-overview", "overview", "", .lab = lab_parts_new},
	{"parts-card", "gpus", "jjjj\\r", .lab = lab_parts_new},
};

static struct lab *lab_of(guint scene)
{
	return scenes[scene].lab ? scenes[scene].lab() : lab_demo_new();
}

static const struct {
	int w, h;
} sizes[] = {{80, 24}, {120, 40}, {200, 50}, {60, 16}, {20, 5}, {19, 4}};

static struct canvas *draw(const struct lab *lab, const char *view, const char *keys, int w, int h,
			   enum glyph_set glyphs)
{
	g_autoptr(GError) error = NULL;
	struct ui_options options = {.glyphs = glyphs, .read_only = true, .view = view};
	struct ui *ui = ui_new(&options, &error);
	g_assert_no_error(error);
	struct canvas *c = canvas_new(w, h, glyphs);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	GArray *script = keys_script(keys, &error);
	g_assert_no_error(error);
	ui_play(ui, lab, script);
	g_array_unref(script);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	ui_free(ui);
	return c;
}

/* The text, and below it the roles; both without trailing blanks. Roles are the same in every glyph set: told once. */
static char *describe(const struct canvas *c, enum glyph_set glyphs)
{
	g_autofree char *text = canvas_dump_text(c), *roles = canvas_dump_roles(c);
	if (glyphs != GLYPHS_UNICODE)
		return g_steal_pointer(&text);
	return g_strconcat(text, "---- roles ----\n", roles, NULL);
}

static void first_difference(const char *got, const char *want)
{
	g_auto(GStrv) a = g_strsplit(got, "\n", -1), b = g_strsplit(want, "\n", -1);
	for (guint i = 0; a[i] || b[i]; i++) {
		const char *x = a[i] ? a[i] : "(nothing)", *y = b[i] ? b[i] : "(nothing)";
		if (strcmp(x, y) != 0) {
			g_test_message("line %u differs", i + 1);
			g_test_message("got:  %s", x);
			g_test_message("want: %s", y);
			return;
		}
		if (!a[i] || !b[i])
			return;
	}
}

static void compare(const char *file, const char *got)
{
	g_autofree char *relative = g_strconcat("golden/", file, NULL);
	g_autofree char *path = unit_data(relative), *want = NULL;
	g_autoptr(GError) error = NULL;
	if (g_getenv("LABTOP_UPDATE")) {
		g_assert_true(g_file_set_contents(path, got, -1, &error));
		return;
	}
	if (!g_file_get_contents(path, &want, NULL, &error) || strcmp(got, want) != 0) {
		g_test_message("%s: make update-golden, then look at the diff", file);
		first_difference(got, want ? want : "");
		g_test_fail();
	}
}

static bool is_drawn(guint scene, int h)
{
	if (h < 16)
		return scene == 0; /* below 60x16 one view tells it all */
	return !scenes[scene].silent || (h == 24 || h == 40);
}

static void test_frames(gconstpointer data)
{
	static const char *const ending[] = {[GLYPHS_UNICODE] = "utf8", [GLYPHS_ASCII] = "ascii"};
	static const enum glyph_set sets[] = {GLYPHS_UNICODE, GLYPHS_ASCII};
	guint scene = GPOINTER_TO_UINT(data);
	struct lab *lab = lab_of(scene);
	if (scenes[scene].silent)
		lab_demo_silence(lab);
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		if (!is_drawn(scene, sizes[i].h))
			continue;
		for (guint s = 0; s < G_N_ELEMENTS(sets); s++) {
			struct canvas *c = draw(lab, scenes[scene].view, scenes[scene].keys, sizes[i].w,
						sizes[i].h, sets[s]);
			g_autofree char *got = describe(c, sets[s]);
			g_autofree char *file = g_strdup_printf("%s-%dx%d.%s", scenes[scene].name, sizes[i].w,
								sizes[i].h, ending[sets[s]]);
			compare(file, got);
			canvas_free(c);
		}
	}
	lab_free(lab);
}

/* Nothing configured, nothing found, one source down: never an empty screen. */
static void test_welcome(void)
{
	struct lab *lab = lab_new("here", false);
	struct target *guest = target_new(TARGET_GUEST, "local"),
		      *engine = target_new(TARGET_ENGINE, "ollama");
	struct backend backend = {.out = mailbox_new()};
	g_autoptr(GError) error = g_error_new(LAB_ERROR, LAB_ERR_UNREACHABLE,
					      "GET http://127.0.0.1:11434/: Connection refused");
	lab_add_target(lab, guest);
	lab_add_target(lab, engine);
	lab_set_time(lab, demo_ns(0), demo_wall(0));
	backend_post_state(&backend, engine, SRC_DOWN, error, NULL, 2000, 1000);
	for (struct obs *o = mailbox_take(backend.out, G_MAXINT); o;)
		o = lab_fold(lab, o);
	lab_settle(lab);
	struct canvas *c = draw(lab, "overview", "", 80, 24, GLYPHS_UNICODE);
	g_autofree char *got = describe(c, GLYPHS_UNICODE);
	compare("welcome-80x24.utf8", got);
	canvas_free(c);
	lab_free(lab);
	mailbox_free(backend.out);
	target_free(guest);
	target_free(engine);
}

/* ASCII means ASCII: nothing else in any frame. */
static void test_ascii_only(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(scenes); i++) {
		struct lab *lab = lab_of(i);
		struct canvas *c = draw(lab, scenes[i].view, scenes[i].keys, 120, 40, GLYPHS_ASCII);
		g_autofree char *text = canvas_dump_text(c);
		for (const char *p = text; *p; p++)
			if ((unsigned char)*p > 126)
				g_error("%s: not ASCII at: %.40s", scenes[i].name, p);
		canvas_free(c);
		lab_free(lab);
	}
}

/* The demo says so on every screen, and nothing else does. */
static void test_demo_is_told(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(scenes); i++) {
		struct lab *lab = lab_of(i);
		struct canvas *c = draw(lab, scenes[i].view, scenes[i].keys, 80, 24, GLYPHS_UNICODE);
		g_autofree char *top = canvas_row_text(c, 0);
		g_assert_cmpint(strstr(top, "DEMO") != NULL, ==, !scenes[i].lab);
		canvas_free(c);
		lab_free(lab);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	for (guint i = 0; i < G_N_ELEMENTS(scenes); i++) {
		g_autofree char *path = g_strconcat("/golden/", scenes[i].name, NULL);
		g_test_add_data_func(path, GUINT_TO_POINTER(i), test_frames);
	}
	g_test_add_func("/golden/welcome", test_welcome);
	g_test_add_func("/golden/ascii", test_ascii_only);
	g_test_add_func("/golden/demo", test_demo_is_told);
	return g_test_run();
}
