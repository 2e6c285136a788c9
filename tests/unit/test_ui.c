/* What keys do: views, the way back, filter, palette, help, read-only; and the rules that all command tables keep. */
#include "config.h"

#include "tests/unit/lab_demo.h"
#include "tests/unit/unit.h"
#include "lab/text.h"
#include "tui/global.h"
#include "tui/modal.h"
#include "tui/ui_keys.h"
#include "tui/views.h"

#include <locale.h>
#include <string.h>

static struct lab *lab;

static struct ui *ui_at(const char *view)
{
	struct ui_options o = {.glyphs = GLYPHS_UNICODE, .read_only = true, .view = view};
	g_autoptr(GError) error = NULL;
	struct ui *ui = ui_new(&o, &error);
	g_assert_no_error(error);
	ui_update(ui, lab);
	return ui;
}

static void play(struct ui *ui, const char *script)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) keys = keys_script(script, &error);
	g_assert_no_error(error);
	ui_play(ui, lab, keys);
}

static char *screen(struct ui *ui, int w, int h)
{
	struct canvas *c = canvas_new(w, h, ui->glyphs);
	ui_draw(ui, lab, c);
	char *text = canvas_dump_text(c);
	canvas_free(c);
	return text;
}

static void assert_shows(struct ui *ui, const char *want)
{
	g_autofree char *text = screen(ui, 100, 30);
	if (!strstr(text, want))
		g_test_message("\"%s\" is not on:\n%s", want, text);
	g_assert_nonnull(strstr(text, want));
}

static const char *shown(const struct ui *ui)
{
	return ui_view(ui)->ops->name;
}

/* ---- the rules of the tables -------------------------------------------------------------------------------- */

static void check_command(const struct command *cmd, bool of_view)
{
	int keys[COMMAND_KEYS];
	char bad[32] = "";
	int n = keys_parse(cmd->keys, keys, COMMAND_KEYS, bad);
	g_test_message("%s", cmd->name);
	g_assert_cmpstr(bad, ==, "");
	g_assert_cmpint(n, >=, 0);
	g_assert_cmpint(text_width(cmd->brief), <=, 12);
	g_assert_true(g_str_has_suffix(cmd->help, "."));
	g_assert_cmpint(text_width(cmd->help), <=, 53); /* whole on 80 columns */
	g_assert_true((cmd->run != NULL) != (cmd->op != OP_NONE));
	for (int i = 0; i < n; i++) {
		bool letter = keys[i] < 0x110000 && g_unichar_isprint((gunichar)keys[i]);
		g_assert_true(cmd->danger == DANGER_NONE || !letter);
		g_assert_true(!global_key_reserved(keys[i]) || (cmd->moves && global_key_moves(keys[i])));
		for (const struct command *g = global_commands; of_view && g->name; g++) {
			int taken[COMMAND_KEYS], m = keys_parse(g->keys, taken, COMMAND_KEYS, bad);
			for (int k = 0; k < m; k++)
				g_assert_cmpint(keys[i], !=, taken[k]);
		}
	}
}

static void test_tables(void)
{
	int number = 0;
	for (const struct command *cmd = global_commands; cmd->name; cmd++)
		check_command(cmd, false);
	for (int v = 0; views_all[v]; v++) {
		const struct view_ops *ops = views_all[v];
		for (const struct command *cmd = ops->commands; cmd && cmd->name; cmd++) {
			check_command(cmd, true);
			for (const struct command *other = ops->commands; other != cmd; other++)
				g_assert_cmpstr(other->name, !=, cmd->name);
		}
		g_assert_cmpuint(ops->size, >=, sizeof(struct view));
		g_assert_true(ops->name && ops->draw);
		if (ops->number > 0) {
			g_assert_cmpint(ops->number, >, number);
			number = ops->number;
			g_assert_true(g_ascii_strcasecmp(ops->name, ops->title) == 0);
		}
		g_assert_true(view_by_name(ops->name) == ops);
	}
}

/* ---- moving around ------------------------------------------------------------------------------------------ */

static void test_tabs(void)
{
	struct ui *ui = ui_at(NULL);
	g_assert_cmpstr(shown(ui), ==, "overview");
	play(ui, "4");
	g_assert_cmpstr(shown(ui), ==, "hosts");
	play(ui, "3"); /* not built: nothing happens */
	g_assert_cmpstr(shown(ui), ==, "hosts");
	play(ui, "<tab>");
	g_assert_cmpstr(shown(ui), ==, "vms");
	play(ui, "1<shift-tab>");
	g_assert_cmpstr(shown(ui), ==, "tasks");
	play(ui, "<tab>");
	g_assert_cmpstr(shown(ui), ==, "overview");
	ui_free(ui);
}

static void test_into_and_back(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "jj");
	struct ref third;
	g_assert_true(view_selected(ui_view(ui), lab, &third));
	play(ui, "<enter>");
	g_assert_cmpstr(shown(ui), ==, "gpu");
	assert_shows(ui, "attic › gpu");
	play(ui, "<esc>");
	g_assert_cmpstr(shown(ui), ==, "gpus");
	struct ref still;
	g_assert_true(view_selected(ui_view(ui), lab, &still));
	g_assert_true(ref_equal(&third, &still));
	play(ui, "<esc><esc>"); /* at the beginning there is nothing to go back to */
	g_assert_cmpstr(shown(ui), ==, "gpus");
	ui_free(ui);
}

static void test_filter(void)
{
	struct ui *ui = ui_at("vms");
	play(ui, "/llm");
	assert_shows(ui, " /llm");
	play(ui, "q"); /* a letter, not the key that quits */
	g_assert_false(ui->effects.quit);
	play(ui, "<backspace><enter>");
	g_autofree char *text = screen(ui, 100, 30);
	g_assert_null(strstr(text, "nas"));
	g_assert_nonnull(strstr(text, "llm-1"));
	play(ui, "<esc>");
	assert_shows(ui, "nas");
	play(ui, "/!llm<enter>");
	assert_shows(ui, "nas");
	play(ui, "/<esc>"); /* esc clears */
	assert_shows(ui, "llm-1");
	ui_free(ui);
}

static void test_palette(void)
{
	struct ui *ui = ui_at(NULL);
	play(ui, ":host");
	assert_shows(ui, "Hosts: state, load");
	play(ui, "<enter>");
	g_assert_cmpstr(shown(ui), ==, "hosts");
	play(ui, ":theme default<enter>");
	g_assert_cmpstr(ui->effects.theme, ==, "default");
	play(ui, ":zzzzqqq");
	assert_shows(ui, "no match");
	play(ui, "<enter>");
	g_assert_null(ui->modal);
	play(ui, ":quit<enter>");
	g_assert_true(ui->effects.quit);
	ui_free(ui);
}

static bool ready_with_a_reason(const struct lab *of, const struct ref *r, char *why, size_t size)
{
	g_strlcpy(why, "it has no GPU", size);
	return true;
}

/* What may run is not greyed, also where its command had a reason ready. */
static void test_usable(void)
{
	const struct command always = {.name = "open", .usable = ready_with_a_reason};
	char why[64] = "";
	g_assert_true(command_usable(&always, lab, NULL, true, why, sizeof why));
	g_assert_cmpstr(why, ==, "");
	struct ui *ui = ui_at("vms");
	play(ui, "<enter>:open");
	g_assert_cmpstr(shown(ui), ==, "vm");
	assert_shows(ui, "The first of its GPUs");
	play(ui, "<esc>:sort"); /* what can do nothing here says so before it is chosen */
	assert_shows(ui, "no list on this page");
	play(ui, "<esc>:actions");
	assert_shows(ui, "no actions on this page");
	ui_free(ui);
}

static void test_help(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "?");
	for (const struct command *cmd = ui_view(ui)->ops->commands; cmd->name; cmd++)
		assert_shows(ui, cmd->name);
	play(ui, "read-only");
	assert_shows(ui, "Leave or enter read-only");
	play(ui, "<enter>"); /* help can be run */
	g_assert_false(ui->read_only);
	play(ui, "?<esc>");
	g_assert_null(ui->modal);
	ui_free(ui);
}

/* d: of a host with its fans and cards, of a VM with its cards; of a card that is well the host's fan, and no dead end. */
static void test_why(void)
{
	struct ui *ui = ui_at("hosts");
	play(ui, "d");
	g_assert_cmpstr(shown(ui), ==, "why");
	assert_shows(ui, "why › esx01");
	assert_shows(ui, "Fan 3 far slower than its twins");
	assert_shows(ui, "88 °C, slowed 2 min");
	play(ui, "d"); /* is where it leads already */
	assert_shows(ui, "why › esx01");
	play(ui, "<esc>5d");
	assert_shows(ui, "why › llm-1");
	assert_shows(ui, "88 °C, slowed 2 min");
	play(ui, "5Gd");
	assert_shows(ui, "No findings about it. D shows");
	play(ui, "9gd"); /* a source that is silent */
	assert_shows(ui, "why › vllm-1");
	assert_shows(ui, "no telemetry");
	play(ui, "6gd"); /* a model: its engine's cards */
	assert_shows(ui, "88 °C, slowed 2 min");
	play(ui, "4pgjd"); /* a PCI device that is a GPU, and to it */
	assert_shows(ui, "why › 03:00.0");
	play(ui, "<esc><enter>");
	assert_shows(ui, "gpu › esx01 03:00.0");
	play(ui, "5GD");
	assert_shows(ui, "why › the whole lab");
	assert_shows(ui, "BIOS firmware");
	play(ui, "<esc><esc>");
	g_assert_cmpstr(shown(ui), ==, "vms");
	play(ui, "<enter>");
	assert_shows(ui, "vm › nas");
	play(ui, "gk<enter>"); /* nas has no GPU to go to */
	assert_shows(ui, "it has no GPU");
	play(ui, "5<enter><enter>");
	assert_shows(ui, "vm › nas");
	play(ui, "5g<enter><enter>");
	assert_shows(ui, "gpu › esx01 03:00.0");
	ui_free(ui);
}

/* ---- each key of the help does what it says ----------------------------------------------------------------- */

/* What a person sees and what leaves the program; the same twice means that nothing happened. */
static char *state_of(struct ui *ui)
{
	g_autofree char *frame = screen(ui, 100, 40);
	const struct ui_effects *e = &ui->effects;
	return g_strdup_printf("%s %d%d%d %s %s %u", frame, e->quit, e->repaint, e->suspend, e->copy,
			       e->theme, e->requests->len);
}

/* Where there is something to do: in the middle of a list, with a cursor over the plots. */
static const struct {
	const char *view, *command, *keys;
} beginnings[] = {
	{"gpu", "later", "<left><left>"},
	{"gpu", "previous-gpu", "nn"},
	{"gpu", "up", "nn"},
};

static void begin(struct ui *ui, const char *command)
{
	g_free(screen(ui, 100, 40)); /* lists learn their height by being drawn */
	if (view_table(ui_view(ui)))
		play(ui, "gj");
	for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++)
		if (strcmp(beginnings[i].view, shown(ui)) == 0 && strcmp(beginnings[i].command, command) == 0)
			play(ui, beginnings[i].keys);
}

/* One key of one command, pressed as a person does. */
static void press(const char *view, const char *command, int key)
{
	struct ui *ui = ui_at(view);
	char name[24];
	begin(ui, command);
	g_autofree char *before = state_of(ui);
	struct key_event e = {.key = key};
	ui_key(ui, lab, &e);
	ui_update(ui, lab);
	g_autofree char *after = state_of(ui);
	key_spell(key, name, sizeof name);
	if (strcmp(before, after) == 0) {
		g_test_message("%s: %s (%s) does nothing", view, name, command);
		g_test_fail();
	}
	ui_free(ui);
}

static void press_all(const char *view, const char *command, const char *text)
{
	int keys[16];
	char bad[32];
	int n = keys_parse(text, keys, G_N_ELEMENTS(keys), bad);
	for (int i = 0; i < n; i++)
		press(view, command, keys[i]);
}

static void test_each_key(void)
{
	for (int v = 0; views_all[v]; v++) {
		struct ui *ui = ui_at(views_all[v]->name);
		struct table *t = view_table(ui_view(ui));
		for (const struct command *cmd = views_all[v]->commands; cmd && cmd->name; cmd++)
			press_all(views_all[v]->name, cmd->name, cmd->keys);
		for (const struct command *cmd = global_commands; cmd->name; cmd++)
			press_all(views_all[v]->name, cmd->name, cmd->keys);
		for (const struct motion *m = global_motions; m->keys; m++)
			if (!m->of_list || (t && t->order->len > 2))
				press_all(views_all[v]->name, m->help, m->keys);
		ui_free(ui);
	}
}

/* n and N go from card to card, j and k too; how one looks at them stays, and back leads to the list. */
static void test_next_gpu(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "<enter>");
	assert_shows(ui, "gpu › esx01 03:00.0 → llm-1 0b:00.0");
	play(ui, "in");
	assert_shows(ui, "gpu › esx01 43:00.0 → llm-1 13:00.0");
	assert_shows(ui, "PCIe replays");
	play(ui, "i");
	g_autofree char *longer = screen(ui, 100, 30);
	play(ui, "+");
	g_autofree char *zoomed = screen(ui, 100, 30);
	g_assert_cmpstr(longer, !=, zoomed);
	play(ui, "N");
	assert_shows(ui, "gpu › esx01 03:00.0");
	play(ui, "n");
	g_autofree char *again = screen(ui, 100, 30);
	g_assert_cmpstr(zoomed, ==, again);
	play(ui, "Nk");
	assert_shows(ui, "this is the first GPU");
	play(ui, "j");
	assert_shows(ui, "gpu › esx01 43:00.0");
	play(ui, "<up>");
	assert_shows(ui, "gpu › esx01 03:00.0");
	play(ui, "<down><esc>");
	g_assert_cmpstr(shown(ui), ==, "gpus");
	ui_free(ui);
}

/* The cursor over the plots stands in the help and the hints. */
static void test_sideways(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "<enter>");
	assert_shows(ui, "← cursor");
	g_autofree char *plain = screen(ui, 100, 40);
	play(ui, "<left>");
	g_autofree char *with = screen(ui, 100, 40);
	g_assert_cmpstr(plain, !=, with);
	play(ui, "<right>");
	g_autofree char *without = screen(ui, 100, 40);
	g_assert_cmpstr(plain, ==, without);
	play(ui, "?cursor");
	assert_shows(ui, "← h");
	play(ui, "<esc>?page up");
	assert_shows(ui, "no match"); /* there is no list here */
	ui_free(ui);
	ui = ui_at("numa");
	g_free(screen(ui, 80, 24)); /* lists learn their height by being drawn */
	play(ui, "<right>");
	assert_shows(ui, "all nodes are shown");
	g_autofree char *narrow = screen(ui, 60, 24);
	g_assert_nonnull(strstr(narrow, "nodes 0–0 of 2: ← → show others"));
	play(ui, "<right>");
	g_autofree char *second = screen(ui, 60, 24);
	g_assert_nonnull(strstr(second, "nodes 1–1 of 2"));
	play(ui, "l<left>"); /* pressed too often it does not count */
	g_autofree char *first = screen(ui, 60, 24);
	g_assert_nonnull(strstr(first, "nodes 0–0 of 2"));
	ui_free(ui);
}

/* q goes back and out, Q out from anywhere; Ctrl-C whatever is open. */
static void test_leaving(void)
{
	struct ui *ui = ui_at("gpus");
	assert_shows(ui, "q quit");
	play(ui, "<enter>");
	assert_shows(ui, "esc back");
	g_autofree char *below = screen(ui, 100, 30);
	g_assert_null(strstr(below, "q quit"));
	play(ui, "q");
	g_assert_cmpstr(shown(ui), ==, "gpus");
	g_assert_false(ui->effects.quit);
	play(ui, "<enter>Q");
	g_assert_true(ui->effects.quit);
	static const char *const open[] = {"", ":", "/", "?", "<enter>"};
	for (gsize i = 0; i < G_N_ELEMENTS(open); i++) {
		ui_effects_clear(ui);
		play(ui, "1");
		play(ui, open[i]);
		g_assert_false(ui->effects.quit);
		play(ui, "<ctrl-c>");
		g_assert_true(ui->effects.quit);
		play(ui, "<esc>");
	}
	ui_effects_clear(ui);
	play(ui, "1q");
	g_assert_true(ui->effects.quit);
	ui_free(ui);
}

/* What is marked and shown is what a command gets; esc takes filter, marks and the page back, in this order. */
static void test_marks(void)
{
	struct ui *ui = ui_at("vms");
	struct table *t = view_table(ui_view(ui));
	play(ui, "g y");
	g_auto(GStrv) one = g_strsplit(ui->effects.copy, "\n", -1);
	g_assert_cmpuint(g_strv_length(one), ==, 1);
	g_assert_true(g_str_has_prefix(one[0], "llm-1"));
	assert_shows(ui, "copied the row");
	play(ui, "j y");
	g_auto(GStrv) rows = g_strsplit(ui->effects.copy, "\n", -1);
	g_assert_cmpuint(g_strv_length(rows), ==, 2);
	g_assert_true(g_str_has_prefix(rows[0], "llm-1"));
	assert_shows(ui, "copied 2 rows");
	play(ui, "/llm-1<enter>"); /* what is not shown is not worked on */
	g_assert_cmpuint(table_marks(t), ==, 1);
	play(ui, "<esc>");
	g_assert_cmpuint(table_marks(t), ==, 2);
	play(ui, "<esc>");
	g_assert_cmpuint(table_marks(t), ==, 0);
	play(ui, "<esc>");
	assert_shows(ui, "this is the first page");
	ui_free(ui);
}

/* Home and End move in lists that are chosen from, too. */
static void test_menu_ends(void)
{
	struct ui *ui = ui_at("vms");
	play(ui, "?<end>");
	g_assert_cmpint(ui->menu.cursor, ==, (int)ui->menu.order->len - 1);
	play(ui, "<home>");
	g_assert_cmpint(ui->menu.cursor, ==, 0);
	ui_free(ui);
}

/* A key that nothing is bound to says so; those that move never do. */
static void test_no_such_key(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "w");
	assert_shows(ui, "w does nothing here; ? shows the keys");
	play(ui, "hl");
	struct ui *one =
		ui_at("gpus"); /* a page without a list: its name can be copied, and nothing sorted */
	play(one, "<enter>y");
	g_assert_cmpstr(one->effects.copy, ==, "esx01 03:00.0 → llm-1 0b:00.0");
	play(one, "s");
	assert_shows(one, "sort: no list on this page");
	ui_free(one);
	g_autofree char *text = screen(ui, 100, 30);
	g_assert_null(strstr(text, "does nothing here"));
	play(ui, "?"); /* keys that move are explained, and found by their heading */
	play(ui, "moving");
	assert_shows(ui, "first, last");
	g_autofree char *narrow = screen(ui, 60, 16);
	g_assert_nonnull(strstr(narrow, "a page up, down"));
	ui_free(ui);
}

static void test_read_only(void)
{
	struct ui *ui = ui_at(NULL);
	assert_shows(ui, "READ-ONLY");
	play(ui, "!");
	assert_shows(ui, "WRITE");
	ui_free(ui);
	struct ui_options o = {.locked = true};
	ui = ui_new(&o, NULL);
	ui_update(ui, lab);
	play(ui, "!");
	assert_shows(ui, "READ-ONLY");
	assert_shows(ui, "locked by the configuration");
	ui_free(ui);
}

static void test_bind(void)
{
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(keys, (gpointer) "quit", (gpointer) "x");
	const struct ui_options o = {.glyphs = GLYPHS_UNICODE, .keys = keys};
	struct ui *ui = ui_new(&o, NULL);
	play(ui, "q");
	g_assert_false(ui->effects.quit);
	assert_shows(ui, "q does nothing here");
	play(ui, "<down>");
	assert_shows(ui, "x quit");
	play(ui, "x");
	g_assert_true(ui->effects.quit);
	ui_free(ui);
}

static void test_effects(void)
{
	struct ui *ui = ui_at("vms");
	play(ui, "y");
	g_assert_nonnull(ui->effects.copy);
	g_assert_cmpstr(ui->effects.copy, !=, "");
	play(ui, "r");
	g_assert_cmpuint(ui->effects.requests->len, ==, lab->sources->len);
	ui_effects_clear(ui);
	play(ui, "R"); /* nobody has refused us: nobody is asked */
	g_assert_cmpuint(ui->effects.requests->len, ==, 0);
	play(ui, "<ctrl-l>");
	g_assert_true(ui->effects.repaint);
	play(ui, "<ctrl-z>");
	g_assert_true(ui->effects.suspend);
	ui_effects_clear(ui);
	g_assert_null(ui->effects.copy);
	struct key_event paste = {.key = K_PASTE, .paste = g_strdup("q!\r")};
	ui_key(ui, lab, &paste); /* outside of a prompt: nobody's */
	g_assert_false(ui->effects.quit);
	g_assert_true(ui->read_only);
	key_event_clear(&paste);
	ui_free(ui);
}

/* A megabyte pasted into a prompt is cut, stays one line, and fires nothing. */
static void test_paste_into_prompt(void)
{
	struct ui *ui = ui_at("vms");
	g_autoptr(GString) text = g_string_new(NULL);
	while (text->len < 1 << 20)
		g_string_append(text, "q\033[A\r\n!");
	struct key_event paste = {.key = K_PASTE, .paste = text->str};
	play(ui, "/");
	ui_key(ui, lab, &paste);
	g_assert_true(ui->modal == &modal_filter);
	g_assert_false(ui->effects.quit);
	g_assert_cmpuint(ui->filter.text->len, <=, PROMPT_CAP);
	g_assert_null(strchr(ui->filter.text->str, '\033'));
	g_assert_null(strchr(ui->filter.text->str, '\n'));
	g_autofree char *frame = screen(ui, 80, 24);
	g_assert_true(g_utf8_validate(frame, -1, NULL));
	play(ui, "<ctrl-u>nas");
	g_assert_cmpstr(ui->filter.text->str, ==, "nas");
	ui_free(ui);
}

static void test_prompt_editing(void)
{
	static const struct {
		const char *keys, *text;
		gsize cursor;
	} cases[] = {
		{"abc<left><left>X", "aXbc", 2},      {"abc<home><delete>", "bc", 0},
		{"one two<ctrl-w>", "one ", 4},       {"abc<left><ctrl-k>", "ab", 2},
		{"é漢<left><backspace>", "漢", 0},    {"abc<ctrl-a>x<end>y", "xabcy", 5},
		{"a<left><left><backspace>", "a", 0}, {"abc<ctrl-u>", "", 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ui *ui = ui_at("vms");
		play(ui, "/");
		play(ui, cases[i].keys);
		g_assert_cmpstr(ui->filter.text->str, ==, cases[i].text);
		g_assert_cmpuint(ui->filter.cursor, ==, cases[i].cursor);
		ui_free(ui);
	}
	struct ui *ui = ui_at("vms");
	play(ui, "/first<enter>/<ctrl-u>second<enter>/<up>");
	g_assert_cmpstr(ui->filter.text->str, ==, "second");
	play(ui, "<up>");
	g_assert_cmpstr(ui->filter.text->str, ==, "first");
	play(ui, "<up><down>");
	g_assert_cmpstr(ui->filter.text->str, ==, "second");
	ui_free(ui);
}

static void click(struct ui *ui, const char *text)
{
	g_autofree char *frame = screen(ui, 100, 30);
	g_auto(GStrv) rows = g_strsplit(frame, "\n", -1);
	for (int y = 0; rows[y]; y++) {
		const char *found = strstr(rows[y], text);
		if (!found)
			continue;
		struct key_event e = {
			.key = K_MOUSE, .x = (int)g_utf8_strlen(rows[y], found - rows[y]), .y = y};
		ui_key(ui, lab, &e);
		ui_update(ui, lab);
		return;
	}
	g_test_message("no %s on:\n%s", text, frame);
	g_test_fail();
}

static void test_mouse(void)
{
	struct ui *ui = ui_at(NULL);
	click(ui, "5 VMs");
	g_assert_cmpstr(shown(ui), ==, "vms");
	click(ui, "nas");
	struct ref at;
	g_assert_true(view_selected(ui_view(ui), lab, &at));
	g_assert_cmpstr(lab_find_vm(lab, &at)->row->name, ==, "nas");
	click(ui, "nas"); /* again: into it */
	g_assert_cmpstr(shown(ui), ==, "vm");
	click(ui, "? help");
	g_assert_true(ui->modal == &modal_help);
	ui_free(ui);
}

/* ---- sizes -------------------------------------------------------------------------------------------------- */

static void test_sizes(void)
{
	static const int sizes[][2] = {{80, 24},   {120, 40}, {200, 50}, {400, 120}, {60, 16},
				       {59, 15},   {20, 5},   {19, 5},   {20, 4},    {1, 1},
				       {500, 200}, {10, 3},   {80, 5},   {20, 60}};
	for (int set = 0; set < GLYPHS_COUNT; set++)
		for (int v = 0; views_all[v]; v++)
			for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
				struct ui *ui = ui_at(views_all[v]->name);
				ui->glyphs = (enum glyph_set)set;
				g_autofree char *frame = screen(ui, sizes[i][0], sizes[i][1]);
				play(ui, i % 2 ? "?" : ":");
				g_autofree char *menu = screen(ui, sizes[i][0], sizes[i][1]);
				if (set == GLYPHS_ASCII) {
					g_assert_true(g_str_is_ascii(frame));
					g_assert_true(g_str_is_ascii(menu));
				}
				ui_free(ui);
			}
	struct ui *ui = ui_at(NULL);
	g_autofree char *tiny = screen(ui, 19, 5), *small = screen(ui, 50, 15);
	g_assert_true(g_str_has_prefix(tiny, "min 20x5; ^C quits"));
	g_assert_nonnull(strstr(small, "60x16 shows more"));
	ui_free(ui);
}

/* Names of sources as far as they have room and how many more, else two numbers. */
static void test_header(void)
{
	static const struct {
		int w;
		const char *want;
	} cases[] = {{160, "● esx01 ● esx02 ● llm-1 ◌ vllm-1 12s"},
		     {80, "● esx01 ● 5 more ◌ vllm-1 12s"},
		     {60, "● 6 ◌ 1"}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ui *ui = ui_at(NULL);
		g_autofree char *frame = screen(ui, cases[i].w, 24);
		g_assert_nonnull(strstr(frame, cases[i].want));
		g_assert_nonnull(strstr(frame, "DEMO READ-ONLY 08:10\n"));
		ui_free(ui);
	}
}

/* On a narrow screen the lab's name goes first, then the clock; where we are and READ-ONLY stay whole. */
static void test_narrow_header(void)
{
	static const struct {
		int w;
		const char *want;
	} cases[] = {{40, " overview   ✗1 !10 DEMO READ-ONLY 08:10\n"},
		     {30, " overview   ✗1 DEMO READ-ONLY\n"},
		     {20, "DEMO READ-ONLY\n"}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ui *ui = ui_at(NULL);
		g_autofree char *frame = screen(ui, cases[i].w, 8);
		g_assert_nonnull(strstr(frame, cases[i].want));
		ui_free(ui);
	}
}

/* However a lab is called, the line stands. */
static void test_long_name(void)
{
	char name[301];
	struct lab *demo = lab;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	lab = lab_new(name, false);
	struct ui *ui = ui_at("gpus");
	g_autofree char *text = screen(ui, 60, 16);
	g_assert_true(g_str_has_prefix(text, " gpus "));
	ui_free(ui);
	lab_free(lab);
	lab = demo;
}

/* A page about one thing tells which one whole, before the lab's name and the sources' names. */
static void test_crumb(void)
{
	struct ui *ui = ui_at("gpus");
	play(ui, "<enter>");
	g_autofree char *text = screen(ui, 80, 24);
	g_assert_true(g_str_has_prefix(text, " gpu › esx01 03:00.0 → llm-1 0b:00.0 "));
	ui_free(ui);
}

/* Nothing known yet, nothing configured: every view still draws. */
static void test_empty_lab(void)
{
	struct lab *full = lab;
	lab = lab_new("", false);
	lab_set_time(lab, 1, 1767254400000);
	for (int v = 0; views_all[v]; v++) {
		struct ui *ui = ui_at(views_all[v]->name);
		g_autofree char *text = screen(ui, 80, 24);
		g_assert_true(g_str_has_prefix(text, " lab › "));
		if (view_table(ui_view(ui))) { /* it may fill while one types */
			play(ui, "/x");
			g_assert_true(ui->modal == &modal_filter);
			play(ui, "<esc>");
		}
		play(ui, "jkgG <enter><esc>sS/x<enter><esc>yL?<esc>:<esc>a<esc><left><right>+-");
		g_autofree char *after = screen(ui, 80, 24);
		g_assert_true(g_str_has_prefix(after, " lab › "));
		ui_free(ui);
	}
	lab_free(lab);
	lab = full;
}

/* Random keys for a long time, in random sizes. */
static void test_monkey(void)
{
	static const int special[] = {K_ENTER, K_ESC,  K_TAB, K_UP, K_DOWN,   K_LEFT,    K_RIGHT,    K_PGUP,
				      K_PGDN,  K_HOME, K_END, K_F1, K_DELETE, K_BACKTAB, K_BACKSPACE};
	g_autoptr(GRand) rand = g_rand_new_with_seed(42);
	struct ui *ui = ui_at(NULL);
	for (int i = 0; i < 5000; i++) {
		struct key_event e = {.key = g_rand_int_range(rand, 0, 3)
						     ? g_rand_int_range(rand, 1, 127)
						     : special[g_rand_int_range(rand, 0, 15)]};
		ui_key(ui, lab, &e);
		ui_update(ui, lab);
		if (i % 7 == 0) {
			g_autofree char *text =
				screen(ui, g_rand_int_range(rand, 1, 160), g_rand_int_range(rand, 1, 60));
			g_assert_true(g_utf8_validate(text, -1, NULL));
		}
		ui_effects_clear(ui);
	}
	ui_free(ui);
}

/* Numbers are fixed by the design; one whose view is not built yet says so. */
static void test_no_such_tab(void)
{
	struct ui *ui = ui_at("overview");
	play(ui, "7");
	assert_shows(ui, "there is no view 7");
	g_assert_cmpstr(shown(ui), ==, "overview");
	ui_free(ui);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	lab = lab_demo_new();
	g_test_add_func("/ui/tables", test_tables);
	g_test_add_func("/ui/tabs", test_tabs);
	g_test_add_func("/ui/no-such-tab", test_no_such_tab);
	g_test_add_func("/ui/into-and-back", test_into_and_back);
	g_test_add_func("/ui/filter", test_filter);
	g_test_add_func("/ui/palette", test_palette);
	g_test_add_func("/ui/usable", test_usable);
	g_test_add_func("/ui/help", test_help);
	g_test_add_func("/ui/read-only", test_read_only);
	g_test_add_func("/ui/bind", test_bind);
	g_test_add_func("/ui/effects", test_effects);
	g_test_add_func("/ui/paste", test_paste_into_prompt);
	g_test_add_func("/ui/prompt", test_prompt_editing);
	g_test_add_func("/ui/mouse", test_mouse);
	g_test_add_func("/ui/header", test_header);
	g_test_add_func("/ui/narrow-header", test_narrow_header);
	g_test_add_func("/ui/long-name", test_long_name);
	g_test_add_func("/ui/crumb", test_crumb);
	g_test_add_func("/ui/no-such-key", test_no_such_key);
	g_test_add_func("/ui/why", test_why);
	g_test_add_func("/ui/each-key", test_each_key);
	g_test_add_func("/ui/next-gpu", test_next_gpu);
	g_test_add_func("/ui/sideways", test_sideways);
	g_test_add_func("/ui/leaving", test_leaving);
	g_test_add_func("/ui/marks", test_marks);
	g_test_add_func("/ui/menu-ends", test_menu_ends);
	g_test_add_func("/ui/sizes", test_sizes);
	g_test_add_func("/ui/empty", test_empty_lab);
	g_test_add_func("/ui/monkey", test_monkey);
	int rc = g_test_run();
	lab_free(lab);
	return rc;
}
