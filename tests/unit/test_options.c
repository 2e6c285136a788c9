/* test_options.c - the command line: what is understood, and what is said about the rest. */
#include "config.h"
#include "cli/options.h"

#include "cli/help.h"
#include "lab/nearest.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Parses "labtop " line, split at blanks. */
static bool parse(struct options *o, const char *line, GError **error)
{
	static char **words; /* the options borrow from it */
	g_autofree char *all = g_strconcat("labtop ", line, NULL);
	g_strfreev(words);
	g_assert_true(g_shell_parse_argv(all, NULL, &words, NULL));
	return options_parse(o, (int)g_strv_length(words), words, error);
}

static void test_good(void)
{
	struct options o;
	g_assert_true(parse(&o, "", NULL));
	g_assert_null(o.verb->name);
	g_assert_cmpint(o.seed, ==, 1);
	g_assert_cmpint(o.at_s, ==, 600);
	g_assert_cmpint(o.wait_ms, ==, -1);
	g_assert_true(parse(&o, "--demo --seed 7 --at=60 --view gpus", NULL));
	g_assert_true(o.demo && o.seed == 7 && o.at_s == 60);
	g_assert_cmpstr(o.view, ==, "gpus");
	/* before or after the verb and its words */
	g_assert_true(parse(&o, "--json status --wait 0.5 --demo", NULL));
	g_assert_cmpstr(o.verb->name, ==, "status");
	g_assert_true(o.json && o.demo && o.wait_ms == 500);
	g_assert_true(parse(&o, "--demo engine ls --json ollama@llm-1", NULL));
	g_assert_cmpint(o.n_words, ==, 2);
	g_assert_cmpstr(o.words[1], ==, "ollama@llm-1");
	g_assert_true(parse(&o, "engine ls -- --odd", NULL));
	g_assert_cmpstr(o.words[1], ==, "--odd");
	g_assert_true(parse(&o, "engine -h", NULL));
	g_assert_true(o.help);
	g_assert_true(parse(&o, "snapshot --keys --view --size 80x24", NULL));
	g_assert_cmpstr(o.keys, ==, "--view"); /* a value is a value */
}

static const char *const faults[][2] = {
	{"statsu", "statsu: no such command; did you mean status?"},
	{"frobnicate", "frobnicate: no such command"},
	{"--sed 3", "--sed: no such option; did you mean --seed?"},
	{"--frobnicate", "--frobnicate: no such option"},
	{"-x", "--x: no such option"},
	{"status --wiat 3", "--wiat: no such option; did you mean --wait?"},
	{"--seed", "--seed needs a value: N"},
	{"--demo --seed x", "--seed x: N is a number from 0 to 4294967295"},
	{"--demo --at -1", "--at -1: SECONDS is a number from 0 to 31622400"},
	{"status --wait soon", "--wait soon: SECONDS is a number from 0 to 3600"},
	{"--demo=yes", "--demo takes no value"},
	{"status --keys x", "--keys: not for labtop status"},
	{"--json", "--json: not for the console"},
	{"--seed 3", "--seed and --at belong to --demo"},
	{"engine", "engine: say which: ls|ps|show [ENGINE] [MODEL]"},
	{"engine ls a b c", "engine c: one word too many"},
	{"status now", "status now: one word too many"},
	{"--trace soap", "--trace soap: only http can be traced"},
};

static void test_faults(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		struct options o;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", faults[i][0]);
		g_assert_false(parse(&o, faults[i][0], &error));
		g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
		g_assert_cmpstr(error->message, ==, faults[i][1]);
	}
}

static void test_nearest(void)
{
	static const char *const words[] = {"status", "gpu", "pci", NULL};
	g_assert_cmpstr(nearest_word("satus", words), ==, "status");
	g_assert_cmpstr(nearest_word("gpus", words), ==, "gpu");
	g_assert_cmpstr(nearest_word("pic", words), ==, "pci");
	g_assert_null(nearest_word("zzz", words));
	g_assert_null(nearest_word("a word far longer than anything we know", words));
}

/* The tables hold together: names unique, texts there, every verb's options exist, and no help line is too wide. */
static void test_tables(void)
{
	for (const struct option_info *a = options_all; a->name; a++) {
		g_assert_nonnull(a->help);
		g_assert_cmpint(a->type == OPTION_FLAG, ==, a->value == NULL);
		for (const struct option_info *b = a + 1; b->name; b++)
			g_assert_cmpstr(a->name, !=, b->name);
	}
	for (const struct verb *v = verbs_all; v->brief; v++) {
		g_auto(GStrv) names = g_strsplit(v->options, " ", -1);
		for (int i = 0; names[i]; i++)
			g_assert_true(!*names[i] || option_by_name(names[i]));
		g_autoptr(GString) text = g_string_new(NULL);
		help_text(v, text);
		g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
		for (int i = 0; lines[i]; i++)
			g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 80);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/options/good", test_good);
	g_test_add_func("/options/faults", test_faults);
	g_test_add_func("/options/nearest", test_nearest);
	g_test_add_func("/options/tables", test_tables);
	return g_test_run();
}
