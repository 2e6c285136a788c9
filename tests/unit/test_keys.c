/* Names of keys, bindings, scripts; command look-ups and the fuzzy match. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/bindings.h"
#include "tui/command.h"
#include "tui/keys.h"
#include "tui/view.h"

#include <string.h>

static void test_names(void)
{
	static const struct {
		const char *name;
		int key;
	} keys[] = {
		{"j", 'j'},
		{"?", '?'},
		{"é", 0xe9},
		{"enter", K_ENTER},
		{"esc", K_ESC},
		{"space", ' '},
		{"tab", '\t'},
		{"shift-tab", K_BACKTAB},
		{"f5", K_F1 + 4},
		{"f12", K_F12},
		{"ctrl-l", 12},
		{"ctrl-a", 1},
		{"up", K_UP},
		{"pgdn", K_PGDN},
		{"alt-x", K_ALT | 'x'},
		{"comma", ','},
		{"ctrl-\\", 28},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		char name[24];
		g_assert_cmpint(key_by_name(keys[i].name), ==, keys[i].key);
		key_spell(keys[i].key, name, sizeof name);
		g_assert_cmpstr(name, ==, keys[i].name);
	}
	static const char *const bad[] = {"",      "f13",  "f0",   "ctrl-",       "ctrl-1",
					  "nokey", "\xff", "alt-", "f99999999999"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(key_by_name(bad[i]), ==, -1);
}

static void test_bindings(void)
{
	int keys[4];
	char bad[32];
	g_assert_cmpint(keys_parse("j, down ctrl-n", keys, 4, bad), ==, 3);
	g_assert_cmpint(keys[1], ==, K_DOWN);
	g_assert_cmpint(keys_parse("", keys, 4, bad), ==, 0);
	g_assert_cmpint(keys_parse("j what", keys, 4, bad), ==, -1);
	g_assert_cmpstr(bad, ==, "what");
}

static void test_script(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) keys = keys_script(":h<enter>\\e\\x1b<f5>\\<é", &error);
	g_assert_no_error(error);
	static const int want[] = {':', 'h', K_ENTER, K_ESC, K_ESC, K_F1 + 4, '<', 0xe9};
	g_assert_cmpuint(keys->len, ==, G_N_ELEMENTS(want));
	for (guint i = 0; i < keys->len; i++)
		g_assert_cmpint(g_array_index(keys, int, i), ==, want[i]);
	static const char *const bad[] = {"<nokey>", "\\q", "\\x1", "\\", "\xff"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) why = NULL;
		g_assert_null(keys_script(bad[i], &why));
		g_assert_nonnull(why);
	}
}

static bool never(const struct lab *lab, const struct ref *r, char *why, size_t size)
{
	g_strlcpy(why, "the VM is on", size);
	return false;
}

static const struct command own[] = {
	{.name = "open", .keys = "enter", .brief = "open", .help = "Open it.", .subject = THING_GPU},
	{.name = "power-off", .keys = "", .brief = "", .help = "Power off.", .danger = DANGER_DISRUPT},
	{.name = "hot-add", .keys = "", .brief = "", .help = "Hot add.", .usable = never},
	{NULL},
};
static const struct command global[] = {
	{.name = "filter", .keys = "/", .brief = "filter", .help = "Filter."},
	{.name = "quit", .keys = "q ctrl-c", .brief = "quit", .help = "Leave."},
	{NULL},
};

static void test_keymap(void)
{
	const struct command *tables[] = {own, NULL, global};
	struct keymap *map = keymap_new(NULL);
	keymap_load(map, tables, 3);
	g_assert_cmpstr(keymap_by_key(map, K_ENTER)->command->name, ==, "open");
	g_assert_cmpstr(keymap_by_key(map, K_CTRL('c'))->command->name, ==, "quit");
	g_assert_null(keymap_by_key(map, 'x'));
	g_assert_cmpstr(keymap_by_name(map, "Filter")->command->name, ==, "filter");
	keymap_free(map);
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(keys, (gpointer) "quit", (gpointer) "f10 x");
	map = keymap_new(keys);
	keymap_load(map, tables, 3);
	g_assert_cmpstr(keymap_by_key(map, 'x')->command->name, ==, "quit");
	g_assert_null(keymap_by_key(map, 'q'));
	keymap_free(map);
}

/* [keys] as somebody may write it: what is refused and why, in this order; "" where all of it holds. */
static const struct {
	const char *keys, *refused;
} bindings[] = {
	{"quit=x", ""},
	{"quit=f10 x;why=q", ""}, /* the one gives up what the other takes */
	{"quit=space", "quit: space moves, marks or chooses a view\n"},
	{"quit=Z j", "quit: j moves, marks or chooses a view\n"},
	{"why=:", "why: : is the key of command\n"},
	{"command=p", "command: p is the key of open\n"},
	{"why=:;command=;", ""}, /* by its name it can still be called */
	{"why=3", "why: 3 moves, marks or chooses a view\n"},
	{"why=ctrl-c", "why: ctrl-c always leaves labtop\n"},
	{"leave=X ctrl-c", ""},
	{"leave=X", ""},
	{"quit=", "quit: it needs a key\n"},
	{"pause=", ""},
	{"pause=P", ""},
	{"pause=enter", "pause: enter is the key of open\n"},
	{"filter=f", "filter: f is the key of functions\n"}, /* of one view only */
	{"filter=f;functions=F", ""},
	{"sort=%;sort-reverse=%", "sort: % is the key of sort-reverse\n"},
	/* what is refused has its own keys again */
	{"quit=space;why=q", "quit: space moves, marks or chooses a view\nwhy: q is the key of quit\n"},
	{"earlier=left", ""},
	{"earlier=H", ""},
	{"earlier=space", "earlier: space moves, marks or chooses a view\n"},
	{"next-gpu=left", "next-gpu: left is the key of earlier\n"},
	{"why=alt-up", "why: alt-up is sent by no terminal as a key of its own\n"},
	{"why=alt-w", ""},
	{"why=f77", "why: \"f77\" is no key\n"},
	{"why=a1", "why: \"a1\" is no key\n"},
	{"why=d t u z x c m Z", ""},
	{"why=! \" # $ % & ' ( )", "why: a command has at most 8 keys\n"},
	{"no-such=x", "no-such: no such command\n"},
	{"Quit=x", "Quit: no such command\n"},
};

static void note_refused(void *data, const char *command, const char *why)
{
	g_string_append_printf(data, "%s: %s\n", command, why);
}

static void test_checked_bindings(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
		g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_autoptr(GString) refused = g_string_new(NULL);
		g_auto(GStrv) lines = g_strsplit(bindings[i].keys, ";", -1);
		guint left = 0;
		for (char **line = lines; *line && **line; line++, left++) {
			char *value = strchr(*line, '=');
			*value++ = '\0';
			g_hash_table_insert(keys, g_strdup(*line), g_strdup(value));
		}
		bindings_check(keys, note_refused, refused);
		g_test_message("%s", bindings[i].keys);
		g_assert_cmpstr(refused->str, ==, bindings[i].refused);
		for (const char *p = refused->str; (p = strchr(p, '\n')); p++)
			left--;
		g_assert_cmpuint(g_hash_table_size(keys), ==, left);
	}
}

static void test_usable(void)
{
	char why[64] = "";
	struct ref gpu = {.kind = THING_GPU}, vm = {.kind = THING_VM};
	g_assert_true(command_usable(&own[0], NULL, &gpu, true, why, sizeof why));
	g_assert_false(command_usable(&own[0], NULL, &vm, true, why, sizeof why));
	g_assert_cmpstr(why, ==, "needs a GPU under the cursor");
	g_assert_false(command_usable(&own[0], NULL, NULL, true, why, sizeof why));
	g_assert_false(command_usable(&own[1], NULL, NULL, true, why, sizeof why));
	g_assert_cmpstr(why, ==, "read-only: ! lifts it");
	g_assert_true(command_usable(&own[1], NULL, NULL, false, why, sizeof why));
	g_assert_false(command_usable(&own[2], NULL, NULL, false, why, sizeof why));
	g_assert_cmpstr(why, ==, "the VM is on");
}

static void test_fuzzy(void)
{
	g_assert_cmpint(fuzzy_score("xyz", "overview"), ==, 0);
	g_assert_cmpint(fuzzy_score("", "overview"), >, 0);
	g_assert_cmpint(fuzzy_score("vm", "vms"), >, fuzzy_score("vm", "overview mode"));
	g_assert_cmpint(fuzzy_score("gr", "gpu reset"), >, fuzzy_score("gr", "gather"));
	g_assert_cmpint(fuzzy_score("host", "hosts"), >, fuzzy_score("host", "host-reboot"));
	g_assert_cmpint(fuzzy_score("HO", "hosts"), >, 0);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/keys/names", test_names);
	g_test_add_func("/keys/bindings", test_bindings);
	g_test_add_func("/keys/script", test_script);
	g_test_add_func("/command/keymap", test_keymap);
	g_test_add_func("/keys/checked", test_checked_bindings);
	g_test_add_func("/command/usable", test_usable);
	g_test_add_func("/command/fuzzy", test_fuzzy);
	return g_test_run();
}
