/* test_hostile_files.c - files that mean harm: configuration and themes with hostile text in each value, cut off and damaged;
 * names of theme files; lines for the log; what is pasted into a prompt. */
#include "config.h"

#include "cli/configuration.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/hostile_check.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"
#include "tui/paint.h"
#include "tui/theme_files.h"
#include "tui/ui_keys.h"
#include "tui/views.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define CUT_EVERY 16
#define FLIPS     2000

static const char configuration[] =
	"[lab]\nname = attic\nread-only = no\ntheme = nord\nglyphs = unicode\ninterval = 1s\nmouse = no\n"
	"confirm-reversible = yes\n"
	"[vsphere esx01]\nurl = https://root@esx01/sdk\nuser = root\npassword = secret-word\ntls = pin\n"
	"ca-file = /etc/ca.pem\nthumbprint = "
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\nproxy = http://proxy:3128\ninterval = "
	"60s\n"
	"[guest llm-1]\nssh = ops@llm-1:22\nssh-config = /home/ops/.ssh/config\nagent = labtop-agent\nsudo = "
	"no\n"
	"method = auto\ninterval = 1s\nvm = llm-1\n"
	"[engine ollama]\nurl = http://llm-1:11434\nkind = ollama\nguest = llm-1\ngpus = 0000:03:00.0\n"
	"unit = ollama.service\nkey-env = OLLAMA_KEY\nproxy = http://proxy:3128\ninterval = 2s\n"
	"[card esx01 0000:03:00.0]\nfans = FAN1,FAN2\nriser = yes\nowner = Ada\nnote = weak air\n"
	"[thermal]\nwarn = 85\nhold = 60s\n"
	"[keys]\nfilter = ctrl-f\n";

static const char theme[] =
	"[theme]\nname = dusk\ndescription = Quiet colours\n[roles]\ntext = default\n"
	"warn = #e69f00 bold\nwarn.8 = yellow bold\ncrit = red on black underline\nbar = 12\n";

static void add_site(GArray *sites, gsize at, gsize len, const char *line)
{
	struct hostile_site s = {.at = at, .len = len, .syntax = SYNTAX_PLAIN, .path = g_strdup(line)};
	g_array_append_val(sites, s);
}

/* Sites of a key file: section names, keys, values. */
static GArray *scan(const char *text)
{
	GArray *sites = hostile_sites();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gsize at = 0;
	for (char **l = lines; *l; at += strlen(*l) + 1, l++) {
		const char *equals = strstr(*l, " = ");
		gsize len = strlen(*l), key = equals ? (gsize)(equals - *l) : 0;
		if (equals) {
			add_site(sites, at, key, *l);
			add_site(sites, at + key + 3, len - key - 3, *l);
		} else if (len > 2) {
			add_site(sites, at + 1, len - 2, *l);
		}
	}
	return sites;
}

static void check_lines(const GPtrArray *lines, const char *what)
{
	for (guint i = 0; i < lines->len; i++)
		hostile_show_line(lines->pdata[i], what);
}

/* Calls try with the text damaged in every way there is: each place replaced by and prefixed with each text, cut, flipped. */
static void damage(const char *text, void (*try)(const char *text, gsize len, const char *what))
{
	gsize n, len = strlen(text);
	const struct hostile_text *texts = hostile_texts(&n);
	g_autoptr(GArray) sites = scan(text);
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);
	for (guint k = 0; k < sites->len; k++)
		for (gsize i = 0; i < n * 2; i++) {
			GString *bad = hostile_inject_at(text, len, sites, k, &texts[i / 2], i & 1);
			if (!texts[i / 2].big || k < 4)
				try(bad->str, bad->len, texts[i / 2].name);
			g_string_free(bad, TRUE);
		}
	for (gsize cut = 0; cut < len; cut += CUT_EVERY)
		try(text, cut, "cut off");
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *bad = g_memdup2(text, len + 1);
		for (int flips = g_rand_int_range(dice, 1, 8); flips > 0; flips--)
			bad[g_rand_int_range(dice, 0, (gint32)len)] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		try(bad, len, "flipped");
	}
}

/* ---- configuration ------------------------------------------------------------------------------------------------------ */

static struct lab *configured(struct config *c)
{
	struct lab *lab = lab_new(c->name, false);
	build_time(lab, 0);
	for (guint i = 0; i < c->targets->len; i++)
		lab_add_target(lab, c->targets->pdata[i]);
	while (c->cards->len > 0)
		lab_add_card_note(lab, g_ptr_array_steal_index(c->cards, 0));
	build_post(lab, build_esx01(1, 0), true);
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	for (guint i = 0; i < c->complaints->len; i++)
		lab_log(lab, G_LOG_LEVEL_WARNING, "configuration", c->complaints->pdata[i]);
	lab_settle(lab);
	return lab;
}

static guint shown;

static void try_configuration(const char *text, gsize len, const char *what)
{
	struct config *c = config_new();
	config_read(c, "labtop.conf", text, (gssize)len, &(struct file_standing){.is_private = true});
	check_lines(c->complaints, what);
	for (guint i = 0; i < c->targets->len; i++)
		hostile_show_line(((struct target *)c->targets->pdata[i])->origin, what);
	if (g_str_has_prefix(what, "mix")) {
		struct lab *lab = configured(c);
		shown += hostile_show(lab, what, false);
		lab_free(lab);
	}
	config_free(c);
}

static void test_configuration(void)
{
	struct config *c = config_new();
	config_read(c, "labtop.conf", configuration, -1, &(struct file_standing){.is_private = true});
	for (guint i = 0; i < c->complaints->len; i++)
		g_test_message("%s", (char *)c->complaints->pdata[i]);
	g_assert_cmpuint(c->complaints->len, ==, 0);
	g_assert_cmpuint(c->targets->len, ==, 3);
	config_free(c);
	damage(configuration, try_configuration);
	g_assert_cmpuint(shown, >=, 5);
}

/* ---- themes ------------------------------------------------------------------------------------------------------------- */

static void try_theme(const char *text, gsize len, const char *what)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *ended = g_strndup(text, len);
	struct theme *t = theme_parse(ended, "bad.theme", problems);
	check_lines(problems, what);
	hostile_show_line(t->name, what);
	hostile_show_line(t->description, what);
	static guint count;
	if (count++ % 8 == 0) {
		enum depth depth = (enum depth)(count / 8 % DEPTH_COUNT);
		struct paint paint;
		paint_make(&paint, t, depth, ~0u);
		for (int role = 0; role < ROLE_COUNT; role++)
			for (int s = 0; s < 2; s++) {
				const char *sgr = paint.as[role][s].sgr;
				g_autofree char *bad = hostile_find(sgr, strlen(sgr), ALLOW_SGR);
				g_assert_cmpstr(bad, ==, NULL);
			}
	}
	theme_free(t);
}

static void test_theme(void)
{
	damage(theme, try_theme);
}

static void press(struct ui *ui, struct lab *lab, struct key_event e)
{
	struct canvas *c = canvas_new(80, 24, GLYPHS_UNICODE);
	ui_key(ui, lab, &e);
	ui_update(ui, lab);
	ui_draw(ui, lab, c);
	g_autofree char *bad = hostile_find_canvas(c);
	if (bad)
		g_error("%s", bad);
	canvas_free(c);
}

static void type(struct ui *ui, struct lab *lab, const char *keys)
{
	g_autoptr(GArray) script = keys_script(keys, NULL);
	for (guint i = 0; i < script->len; i++)
		press(ui, lab, (struct key_event){.key = g_array_index(script, int, i)});
}

/* A theme's file name is somebody's, too: it stands in the palette and in messages. */
static void test_theme_names(void)
{
	g_autofree char *dir = g_build_filename(g_get_user_config_dir(), "labtop", "themes", NULL);
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	struct lab *lab = build_lab();
	g_mkdir_with_parents(dir, 0700);
	for (gsize i = 0; i < n; i++) {
		g_autofree char *name =
			g_strdup_printf("%.*s.theme", (int)MIN(texts[i].len, 200), texts[i].bytes);
		g_autofree char *path = g_build_filename(dir, g_strdelimit(name, "/", '_'), NULL);
		g_file_set_contents(path, theme, -1, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
		theme_free(theme_load("no such theme", problems, &error));
		g_assert_nonnull(error);
		hostile_show_line(error->message, texts[i].name);
		struct ui *ui = ui_new(&(struct ui_options){.glyphs = GLYPHS_UNICODE}, NULL);
		ui_update(ui, lab);
		type(ui, lab, ":theme <down><down><down>");
		type(ui, lab, "Qzq<down><up><enter>");
		ui_free(ui);
		g_unlink(path);
	}
	lab_free(lab);
}

/* ---- prompts, log ------------------------------------------------------------------------------------------------------- */

static void test_pasted(void)
{
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	lab_settle(lab);
	for (gsize i = 0; i < n; i++)
		for (int v = 0; views_all[v]; v++) {
			struct ui *ui = ui_new(&(struct ui_options){.glyphs = GLYPHS_UNICODE}, NULL);
			ui_go(ui, lab, views_all[v]->name, NULL);
			for (const char *const *open = (const char *const[]){"/", ":", "?", "a", "", NULL};
			     *open; open++) {
				g_autofree char *text =
					g_strndup(texts[i].bytes, MIN(texts[i].len, PASTE_CAP));
				type(ui, lab, *open);
				press(ui, lab, (struct key_event){.key = K_PASTE, .paste = text});
				type(ui, lab, "<left><left><backspace>x<home><delete><end>");
				type(ui, lab, "<enter><esc><esc>");
			}
			ui_free(ui);
		}
	lab_free(lab);
}

static void test_log(void)
{
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	struct lab *lab = build_lab();
	for (gsize i = 0; i < n; i++)
		lab_log(lab, G_LOG_LEVEL_WARNING, texts[i].bytes, texts[i].bytes);
	g_assert_true(hostile_show(lab, "log", true));
	for (guint i = 0; i < lab->log->len; i++) {
		const struct log_line *line = g_ptr_array_index(lab->log, i);
		hostile_show_line(line->text, "log");
		hostile_show_line(line->source, "log");
	}
	lab_free(lab);
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	/* other tests list themes at the same time */
	g_autofree char *home = g_dir_make_tmp("labtop-hostile-XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", home, TRUE);
	unit_init(argv);
	g_test_add_func("/hostile/files/configuration", test_configuration);
	g_test_add_func("/hostile/files/theme", test_theme);
	g_test_add_func("/hostile/files/theme-names", test_theme_names);
	g_test_add_func("/hostile/files/pasted", test_pasted);
	g_test_add_func("/hostile/files/log", test_log);
	int status = g_test_run();
	g_autofree char *themes = g_build_filename(home, "labtop", "themes", NULL);
	g_autofree char *ours = g_build_filename(home, "labtop", NULL);
	g_rmdir(themes);
	g_rmdir(ours);
	g_rmdir(home);
	return status;
}
