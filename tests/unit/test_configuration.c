/* test_configuration.c - what a configuration means, and what each fault in it costs: its line and no more. */
#include "config.h"
#include "cli/configuration.h"

#include "backends/secret.h"
#include "cli/config_keys.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static struct config *read_text(const char *text, bool private_file)
{
	struct config *c = config_new();
	config_read(c, "labtop.conf", text, -1, &(struct file_standing){.is_private = private_file});
	return c;
}

static char *complaints_of(const struct config *c)
{
	g_autoptr(GString) all = g_string_new(NULL);
	for (guint i = 0; i < c->complaints->len; i++)
		g_string_append_printf(all, "%s%s", i ? "\n" : "", (char *)c->complaints->pdata[i]);
	return g_strdup(all->str);
}

static void test_whole(void)
{
	struct config *c = read_text(
		"[lab]\nname = attic\nread-only = locked\ntheme = nord\nglyphs = ascii\ninterval = "
		"500ms\nmouse = yes\n"
		"confirm-reversible = no\n[vsphere esxi1]\nurl = https://root@esxi1/sdk\ninterval = 2m\n"
		"[guest mi50-a]\nssh = ops@mi50-a\n[engine ollama-a]\nurl = http://mi50-a:11434\nguest = "
		"mi50-a\n"
		"[card esxi1 3:00.0]\nfans = Fan 1, Fan 2\nriser = yes\nowner = jo\n[thermal]\nwarn = "
		"80\nhold = 30s\n"
		"[keys]\nfilter = f /\n[veeam b]\nurl = https://b:9419\n",
		false);
	g_autofree char *said = complaints_of(c);
	g_assert_cmpstr(said, ==, "");
	g_assert_cmpstr(c->name, ==, "attic");
	g_assert_cmpint(c->read_only, ==, READ_ONLY_LOCKED);
	g_assert_cmpstr(c->theme, ==, "nord");
	g_assert_cmpstr(c->glyphs, ==, "ascii");
	g_assert_cmpint(c->interval_ms, ==, 500);
	g_assert_true(c->mouse);
	g_assert_cmpfloat(c->thermal_warn_c, ==, 80);
	g_assert_cmpint(c->thermal_hold_ms, ==, 30000);
	g_assert_cmpuint(c->targets->len, ==, 3);
	const struct target *vsphere = c->targets->pdata[0];
	g_assert_cmpint(vsphere->kind, ==, TARGET_VSPHERE);
	g_assert_true(vsphere->named);
	g_assert_cmpstr(vsphere->origin, ==, "labtop.conf:9");
	g_assert_cmpstr(target_get(vsphere, "url"), ==, "https://root@esxi1/sdk");
	g_assert_cmpint(target_ms(vsphere, "interval", 1), ==, 120000);
	g_assert_cmpuint(c->cards->len, ==, 1);
	const struct card_note *card = c->cards->pdata[0];
	g_assert_cmpstr(card->bdf, ==, "0000:03:00.0");
	g_assert_cmpstr(card->fans[1], ==, "Fan 2");
	g_assert_cmpint(card->riser, ==, TRI_YES);
	g_assert_cmpstr(card->note, ==, "");
	g_assert_cmpstr(g_hash_table_lookup(c->keys, "filter"), ==, "f /");
	config_free(c);
}

/* Each fault: what is said. The lines around it hold in any case: a guest before and an engine after it. */
static const struct {
	const char *name, *text, *said;
} faults[] = {
	{"broken line", "[lab]\nwhat\n",
	 "labtop.conf:4: not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\""},
	{"unknown section", "[vpshere x]\nurl = y\n",
	 "labtop.conf:3: [vpshere x]: no such section; left out"},
	{"section without its name", "[vsphere]\nurl = https://x\n",
	 "labtop.conf:3: [vsphere] is written [vsphere NAME]; left out"},
	{"too many names", "[guest a b]\nssh = x\n",
	 "labtop.conf:3: [guest a b] is written [guest NAME]; left out"},
	{"unknown key", "[vsphere x]\nulr = y\n",
	 "labtop.conf:4: \"ulr\" is no key of [vsphere NAME]; left out"},
	{"key twice", "[vsphere x]\nurl = https://a\nurl = https://b\n",
	 "labtop.conf:5: \"url\" is given twice (first in line 4); this one holds"},
	{"bad duration", "[vsphere x]\ninterval = soon\n",
	 "labtop.conf:4: interval is a duration as 500ms 30s 10m 4h 7d; left out"},
	{"bad boolean", "[guest x]\nsudo = true\n", "labtop.conf:4: sudo is yes or no; left out"},
	{"bad choice", "[vsphere x]\ntls = yes\n", "labtop.conf:4: tls is one of pin|ca|insecure; left out"},
	{"bad number", "[thermal]\nwarn = hot\n", "labtop.conf:4: warn is a number; left out"},
	{"bad address", "[engine x]\ngpus = 03:00.9\n",
	 "labtop.conf:4: gpus is a PCI address as 0000:03:00.0; left out"},
	{"bad card", "[card esx01 three]\nowner = jo\n",
	 "labtop.conf:3: [card esx01 three]: the second word is a PCI address as 0000:03:00.0; left out"},
	{"open quote", "[vsphere x]\npassword-command = pass \"x\n",
	 "labtop.conf:4: password-command is a command line with its quotes closed; left out"},
	{"empty value", "[guest x]\nssh =\n", "labtop.conf:4: ssh needs a value; left out"},
	{"password in a URL", "[vsphere x]\nurl = https://root:secret@esx/sdk\n",
	 "labtop.conf:4: url is a URL without a password: use password-command; left out"},
	{"password in a URL whose user is of a domain", "[vsphere x]\nurl = https://ops@lab:secret@esx/sdk\n",
	 "labtop.conf:4: url is a URL without a password: use password-command; left out"},
	{"password that others can read", "[vsphere x]\npassword = secret\n",
	 "labtop.conf:4: a password counts only in a file that is yours alone: chmod 600 labtop.conf, or use "
	 "password-command"},
};

static void test_faults(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_test_message("%s", faults[i].name);
		g_autofree char *text = g_strconcat("[guest before]\nssh = a\n", faults[i].text,
						    "[engine after]\nurl = http://a\n", NULL);
		struct config *c = read_text(text, false);
		g_autofree char *said = complaints_of(c);
		g_assert_cmpstr(said, ==, faults[i].said);
		g_assert_null(strstr(said, "secret"));
		g_assert_cmpstr(target_get(config_find_target(c, TARGET_GUEST, "before"), "ssh"), ==, "a");
		g_assert_cmpstr(target_get(config_find_target(c, TARGET_ENGINE, "after"), "url"), ==,
				"http://a");
		config_free(c);
	}
}

/* What is no line is found in another pass than what is no value; a person reads the file from top to bottom. */
static void test_order(void)
{
	static const char text[] = "[lab]\ninterval = soon\nwhat\n[guest g]\nsudo = true\nsudo = maybe\n[x]\n"
				   "[vsphere v]\nulr = x\n\xff\ntls = yes\n";
	struct config *c = config_new();
	g_ptr_array_add(c->complaints, g_strdup("zz.conf:1: of a file before"));
	config_read(c, "a:9.conf", text, -1, &(struct file_standing){0});
	static const int lines[] = {2, 3, 6, 6, 7, 9, 10, 11};
	g_assert_cmpuint(c->complaints->len, ==, 1 + G_N_ELEMENTS(lines));
	g_assert_cmpstr(c->complaints->pdata[0], ==, "zz.conf:1: of a file before");
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *place = g_strdup_printf("a:9.conf:%d: ", lines[i]);
		g_test_message("%s", (char *)c->complaints->pdata[1 + i]);
		g_assert_true(g_str_has_prefix(c->complaints->pdata[1 + i], place));
	}
	/* of one line: first that it stands there twice, then what is wrong with it */
	g_assert_nonnull(strstr(c->complaints->pdata[3], "twice"));
	config_free(c);
}

/* A user of a domain, as GOVC_URL may name one; and how long the first answer may take. */
static void test_user_of_domain(void)
{
	struct config *c =
		read_text("[vsphere x]\nurl = https://ops@lab@esx:443/sdk\nfirst-answer = 5m\n", false);
	const struct target *t = config_find_target(c, TARGET_VSPHERE, "x");
	g_assert_cmpuint(c->complaints->len, ==, 0);
	g_assert_cmpstr(target_get(t, "url"), ==, "https://ops@lab@esx:443/sdk");
	g_assert_cmpint(target_ms(t, "first-answer", 0), ==, 300000);
	config_free(c);
}

/* A key that others can read on its way is warned about: to another machine, by http, if there is one. */
static void test_key_in_the_open(void)
{
	static const struct {
		const char *lines;
		const char *host; /* NULL: nothing to warn of */
	} cases[] = {
		{"url = http://gpu-box:8000\nkey-env = K", "gpu-box"},
		{"url = http://10.0.0.7:8000/v1\nkey-file = /k", "10.0.0.7"},
		{"url = HTTP://[fd00::1]:8000\nkey-command = k", "fd00::1"},
		{"url = gpu-box:8000\nkey-env = K", "gpu-box"},
		{"url = http://127.evil.example\nkey-env = K", "127.evil.example"},
		{"url = https://gpu-box\nkey-env = K", NULL},
		{"url = http://gpu-box:8000", NULL},
		{"url = http://127.0.0.1:8000\nkey-env = K", NULL},
		{"url = http://[::1]:8000\nkey-env = K", NULL},
		{"url = http://localhost:8000\nkey-env = K", NULL},
		{"url = http://ollama.localhost\nkey-env = K", NULL},
	};
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "labtop-key.conf", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf("[engine e]\n%s\n", cases[i].lines);
		struct config *c = config_new();
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
		g_assert_true(config_load(c, path, NULL));
		g_assert_cmpuint(c->complaints->len, ==, cases[i].host ? 1 : 0);
		if (cases[i].host) {
			g_autofree char *want = g_strdup_printf(" goes to %s over plain http", cases[i].host);
			g_assert_nonnull(strstr(c->complaints->pdata[0], want));
			g_assert_true(
				g_str_has_prefix(c->complaints->pdata[0], "labtop-key.conf:1: [engine e]: "));
		}
		config_free(c);
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

static void test_password(void)
{
	struct config *c = read_text("[vsphere x]\nurl = https://x\npassword = hunter2\n", true);
	const struct target *t = config_find_target(c, TARGET_VSPHERE, "x");
	g_assert_cmpuint(c->complaints->len, ==, 0);
	g_assert_null(target_get(t, "password"));
	g_assert_cmpstr(secret_find(t, "password", NULL), ==, "hunter2");
	config_free(c);
}

static void write_file(const char *path, const char *text, int mode)
{
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* labtop.conf, then labtop.d in the order of names: later values replace, and a file's mode counts for itself. */
static void test_files(void)
{
	g_autofree char *folder = g_build_filename(g_get_user_config_dir(), "labtop", NULL);
	g_autofree char *more = g_build_filename(folder, "labtop.d", NULL);
	g_autofree char *main_file = g_build_filename(folder, "labtop.conf", NULL);
	g_autofree char *ten = g_build_filename(more, "10-a.conf", NULL),
			*nine = g_build_filename(more, "09-b.conf", NULL);
	g_autofree char *other = g_build_filename(more, "notes.txt", NULL);
	struct config *c = config_new();
	g_assert_true(config_load(c, NULL, NULL));
	g_assert_cmpuint(c->files->len, ==, 0);
	config_free(c);

	g_assert_cmpint(g_mkdir_with_parents(more, 0700), ==, 0);
	write_file(main_file, "[lab]\nname = one\n[guest g]\nssh = a\n", 0644);
	write_file(nine, "[lab]\nname = two\n", 0644);
	write_file(ten, "[lab]\nname = three\n[guest g]\nsudo = yes\n[vsphere v]\npassword = pw\n", 0600);
	write_file(other, "[lab]\nname = four\n", 0644);
	c = config_new();
	g_assert_true(config_load(c, NULL, NULL));
	g_assert_cmpuint(c->files->len, ==, 3);
	g_assert_cmpstr(c->name, ==, "three");
	const struct target *guest = config_find_target(c, TARGET_GUEST, "g");
	g_assert_cmpstr(target_get(guest, "ssh"), ==, "a");
	g_assert_cmpstr(target_get(guest, "sudo"), ==, "yes");
	g_assert_cmpstr(guest->origin, ==, "labtop.conf:3");
	g_assert_cmpuint(c->complaints->len, ==, 0);
	config_free(c);

	g_assert_cmpint(g_chmod(ten, 0640), ==, 0);
	c = config_new();
	g_assert_true(config_load(c, NULL, NULL));
	g_assert_cmpuint(c->complaints->len, ==, 1);
	config_free(c);

	/* a file that the user named must be there, and is the only one */
	g_autoptr(GError) error = NULL;
	c = config_new();
	g_assert_false(config_load(c, "/nowhere/labtop.conf", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
	g_assert_true(config_load(c, nine, NULL));
	g_assert_cmpstr(c->name, ==, "two");
	config_free(c);

	const char *const made[] = {other, nine, ten, main_file, more, folder, g_get_user_config_dir()};
	for (gsize i = 0; i < G_N_ELEMENTS(made); i++)
		g_assert_cmpint(g_remove(made[i]), ==, 0);
}

/* Every key has a type that the reader knows, a sentence, and choices where it needs some. */
static void test_tables(void)
{
	for (const struct config_section *s = config_sections; s->kind; s++) {
		g_assert_true(g_str_has_prefix(s->title, s->kind));
		for (const struct config_key *k = s->keys; k && k->name; k++) {
			g_assert_nonnull(k->help);
			g_assert_false(g_str_has_suffix(k->help, "."));
			g_assert_cmpint(k->type == KEY_CHOICE, ==, k->choices != NULL);
		}
	}
}

int main(int argc, char **argv)
{
	g_autofree char *folder = g_dir_make_tmp("labtop-conf.XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", folder, TRUE);
	unit_init(argv);
	g_test_add_func("/configuration/whole", test_whole);
	g_test_add_func("/configuration/faults", test_faults);
	g_test_add_func("/configuration/order", test_order);
	g_test_add_func("/configuration/user-of-domain", test_user_of_domain);
	g_test_add_func("/configuration/key-in-the-open", test_key_in_the_open);
	g_test_add_func("/configuration/password", test_password);
	g_test_add_func("/configuration/files", test_files);
	g_test_add_func("/configuration/tables", test_tables);
	return g_test_run();
}
