/* test_state.c - what is remembered and what must not be: state directory, pins, log, secrets. */
#include "config.h"

#include "backends/certs.h"
#include "backends/log.h"
#include "backends/secret.h"
#include "backends/statedir.h"
#include "cli/log_tap.h"
#include "lab/clock.h"
#include "lab/error.h"
#include "lab/xdg.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *top; /* a directory of this test alone */

static void write_file(const char *path, const char *text, int mode)
{
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void test_statedir(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_build_filename(top, "state", NULL);
	struct stat st;
	g_setenv("LABTOP_STATE", dir, TRUE);
	g_assert_true(statedir_open(false, &error)); /* it makes it */
	g_assert_no_error(error);
	g_assert_cmpint(stat(dir, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0700);
	g_assert_null(statedir_read("none", &error));
	g_assert_no_error(error);
	g_assert_true(statedir_write("a", "one", 3, &error));
	g_assert_true(statedir_write("a", "two", 3, &error));
	g_autofree char *text = statedir_read("a", &error), *path = statedir_path("a");
	g_assert_cmpstr(text, ==, "two");
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	g_autofree char *folder =
		statedir_path("folder"); /* opens, and cannot be read: not the same as empty */
	g_mkdir(folder, 0700);
	g_assert_null(statedir_read("folder", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_clear_error(&error);

	g_assert_true(statedir_open(true, &error));
	g_autofree char *demo = statedir_path("a");
	g_assert_true(g_str_has_suffix(demo, "/state/demo/a"));
	g_assert_true(statedir_open(false, &error));

	g_autofree char *file = g_build_filename(top, "file", NULL);
	write_file(file, "", 0600);
	g_setenv("LABTOP_STATE", file, TRUE);
	g_assert_false(statedir_open(false, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_setenv("LABTOP_STATE", dir, TRUE);
}

/* Opening the folder of that name fails and says the word; its mode is what it was. */
static void assert_not_used(const char *name, const char *word)
{
	g_autoptr(GError) error = NULL;
	struct stat before, after;
	g_setenv("LABTOP_STATE", name, TRUE);
	g_assert_cmpint(stat(name, &before), ==, 0);
	g_assert_false(statedir_open(false, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, word));
	g_assert_cmpint(stat(name, &after), ==, 0);
	g_assert_cmpint(after.st_mode, ==, before.st_mode);
}

/* A folder that was there before is anything: its mode is its owner's. */
static void test_folder_of_others(void)
{
	g_autofree char *before = g_strdup(g_getenv("LABTOP_STATE")),
			*dir = g_build_filename(top, "there", NULL),
			*link = g_build_filename(top, "link", NULL), *slash = g_strconcat(link, "/", NULL),
			*dot = g_strconcat(link, "/.//", NULL), *dir_slash = g_strconcat(dir, "//", NULL);
	struct stat st;
	g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
	g_chmod(dir, 0755);
	g_setenv("LABTOP_STATE", dir_slash, TRUE);
	g_assert_true(statedir_open(false, NULL));
	g_autofree char *path = statedir_path("a");
	g_assert_true(g_str_has_suffix(path, "/there/a"));
	g_assert_cmpint(stat(dir, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0755); /* others may look; the files in it are ours alone */
	g_chmod(dir, 01777);
	assert_not_used(dir, "everyone may write");
	g_chmod(dir, 0755);
	g_assert_cmpint(symlink(dir, link), ==, 0);
	assert_not_used(link, "Not a directory");
	assert_not_used(slash, "Not a directory");
	assert_not_used(dot, "Not a directory");
	if (geteuid() == 0) {
		g_assert_cmpint(chown(dir, 12345, 0), ==, 0);
		assert_not_used(dir, "belongs to somebody else");
	} else {
		unit_skip("needs root: a folder is given to somebody");
	}
	g_unlink(link);
	g_rmdir(dir);
	g_setenv("LABTOP_STATE", before, TRUE);
	g_assert_true(statedir_open(false, NULL));
}

/* XDG: a relative path is ignored. */
static void test_xdg(void)
{
	g_autofree char *before = g_strdup(g_getenv("XDG_STATE_HOME")),
			*home = g_build_filename(g_get_home_dir(), ".local/state", NULL);
	static const char *const ignored[] = {"", "state", "./state", "../x"};
	for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++) {
		g_setenv("XDG_STATE_HOME", ignored[i], TRUE);
		g_autofree char *folder = xdg_folder("XDG_STATE_HOME", ".local/state");
		g_assert_cmpstr(folder, ==, home);
	}
	g_unsetenv("XDG_STATE_HOME");
	g_autofree char *none = xdg_folder("XDG_STATE_HOME", ".local/state");
	g_assert_cmpstr(none, ==, home);
	g_setenv("XDG_STATE_HOME", "/x/y", TRUE);
	g_autofree char *absolute = xdg_folder("XDG_STATE_HOME", ".local/state");
	g_assert_cmpstr(absolute, ==, "/x/y");
	g_setenv("XDG_STATE_HOME", before, TRUE);
}

static void test_pins(void)
{
	struct http_certificate a = {
		.sha256 = (char *)"AA:BB", .sha1 = (char *)"0C:0D", .key_pin = (char *)"sha256//k1="};
	struct http_certificate b = {
		.sha256 = (char *)"CC:DD", .sha1 = (char *)"0E:0F", .key_pin = (char *)"sha256//k2="};
	struct cert_pin pin = {0};
	g_autoptr(GError) error = NULL;
	g_assert_false(certs_find("esx01:443", &pin, &error));
	g_assert_no_error(error);
	/* a file that cannot be read does not make a server unknown */
	g_autofree char *unreadable = statedir_path("certs");
	g_assert_cmpint(g_mkdir(unreadable, 0700), ==, 0);
	g_assert_false(certs_find("esx01:443", &pin, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_clear_error(&error);
	g_rmdir(unreadable);
	g_assert_true(certs_accept("esx01:443", &a, &error));
	g_assert_true(certs_accept("esx02:443", &b, &error));
	g_assert_true(certs_find("esx01:443", &pin, NULL));
	g_assert_cmpstr(pin.sha256, ==, "AA:BB");
	g_assert_cmpstr(pin.key_pin, ==, "sha256//k1=");
	cert_pin_clear(&pin);
	g_assert_true(certs_accept("ESX01:443", &b, &error));
	g_autofree char *text = statedir_read("certs", NULL);
	g_assert_cmpstr(text, ==, "esx02:443 SHA256:CCDD sha256//k2=\nESX01:443 SHA256:CCDD sha256//k2=\n");
	g_assert_false(certs_find("esx01:4433", &pin, NULL));

	g_assert_true(certs_thumbprint_fits(&a, "aa:bb"));
	g_assert_true(certs_thumbprint_fits(&a, "AABB"));
	g_assert_true(certs_thumbprint_fits(&a, "SHA256:aabb"));
	g_assert_true(certs_thumbprint_fits(&a, "SHA-1:0c0d"));
	g_assert_false(certs_thumbprint_fits(&a, "aabbcc"));
	g_assert_false(certs_thumbprint_fits(&a, ""));
	g_assert_false(certs_thumbprint_fits(&a, "aa:bb!"));
}

#define AT_ONCE 8

/* Eight people pin eight servers at the same moment: none is lost, whoever writes last. */
static void test_pins_at_once(void)
{
	struct http_certificate c = {
		.sha256 = (char *)"AA:BB", .sha1 = (char *)"0C:0D", .key_pin = (char *)"sha256//k1="};
	for (int round = 0; round < 10; round++) {
		pid_t pids[AT_ONCE];
		int start[2], status = 0;
		g_assert_cmpint(pipe(start), ==, 0);
		for (int i = 0; i < AT_ONCE; i++) {
			pids[i] = fork();
			if (pids[i] != 0)
				continue;
			char name[32], go;
			close(start[1]);
			g_snprintf(name, sizeof name, "at-once-%d:%d", i, round);
			bool good = read(start[0], &go, 1) == 0 && certs_accept(name, &c, NULL);
			_exit(good ? 0 : 1);
		}
		close(start[0]);
		close(start[1]);
		for (int i = 0; i < AT_ONCE; i++) {
			g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
			g_assert_cmpint(status, ==, 0);
		}
		for (int i = 0; i < AT_ONCE; i++) {
			struct cert_pin pin = {0};
			g_autofree char *name = g_strdup_printf("at-once-%d:%d", i, round);
			g_assert_true(certs_find(name, &pin, NULL));
			cert_pin_clear(&pin);
		}
	}
}

static void test_log(void)
{
	struct target *t = target_new(TARGET_VSPHERE, "esx");
	g_autoptr(GError) error = NULL;
	secret_put(t, "password", "log-canary");
	log_line(G_LOG_LEVEL_WARNING, "early", "nobody hears this");
	g_assert_true(log_open(G_LOG_LEVEL_INFO, &error));
	log_line(G_LOG_LEVEL_WARNING, "esx\033", "a\nb log-canary TOKEN=xyz");
	log_line(G_LOG_LEVEL_DEBUG, "esx", "not this");
	/* newer GLib's g_test_init() takes messages for itself before they come to a writer */
	g_log_set_default_handler(g_log_default_handler, NULL);
	g_message("from glib");
	log_close();
	g_autofree char *text = statedir_read("log", NULL);
	g_assert_nonnull(strstr(text, "Z warn  esx^[: a b *** TOKEN=***\n"));
	g_assert_nonnull(strstr(text, "from glib\n"));
	g_assert_null(strstr(text, "not this"));
	g_assert_null(strstr(text, "early"));
	secret_wipe_all();
	target_free(t);
}

static gsize size_of(const char *name)
{
	struct stat st;
	g_autofree char *path = statedir_path(name);
	return stat(path, &st) == 0 ? (gsize)st.st_size : 0;
}

static void fill_log(const char *last)
{
	g_autofree char *long_line = g_strnfill(8000, 'x');
	gsize before;
	do {
		before = size_of("log");
		log_line(G_LOG_LEVEL_INFO, "esx", long_line);
	} while (size_of("log") >= before);
	log_line(G_LOG_LEVEL_INFO, "esx", last);
}

/* The file is moved aside while it is written to, once however many do so: a second program finds that it was. */
static void test_log_rotates(void)
{
	g_autofree char *path = statedir_path("log"), *older = statedir_path("log.1");
	unlink(path);
	unlink(older);
	g_assert_true(log_open(G_LOG_LEVEL_INFO, NULL));
	fill_log("first in the new one");
	gsize moved = size_of("log.1");
	g_assert_cmpuint(moved, >, 4 * 1024 * 1024);
	g_assert_cmpuint(moved, <, 4 * 1024 * 1024 + 20000);
	g_assert_cmpuint(size_of("log"), <, 1000);
	/* another program has moved it: what is still open here is long, and not the file at its place */
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		fill_log("first of the other program");
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	log_line(G_LOG_LEVEL_INFO, "esx", "last in the old one");
	log_line(G_LOG_LEVEL_INFO, "esx", "ours again");
	log_close();
	g_autofree char *text = statedir_read("log", NULL);
	g_assert_nonnull(strstr(text, "first of the other program\n"));
	g_assert_nonnull(strstr(text, "ours again\n"));
	g_assert_null(strstr(text, "xxx"));
	g_assert_cmpuint(size_of("log.1"), >, 4 * 1024 * 1024);
}

static void say(struct log_tap *tap, const char *source, const char *text, int64_t at_s)
{
	struct target *t = target_new(TARGET_GUEST, source);
	struct obs *obs = obs_new(OBS_LOG, t);
	obs->u.log = box_new0(obs->box, struct obs_log);
	obs->u.log->level = G_LOG_LEVEL_WARNING;
	obs->u.log->text = box_text(obs->box, text, -1);
	obs->taken_ns = (1000 + at_s) * NS_PER_S;
	log_tap_see(tap, obs);
	obs_free(obs);
	target_free(t);
}

static guint count(const char *text, const char *what)
{
	guint n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* Two lines that take turns stand there once an hour, with how often they came; nothing of it is lost at the end. */
static void test_log_tap(void)
{
	g_autofree char *path = statedir_path("log");
	struct log_tap *tap = log_tap_new();
	unlink(path);
	g_assert_true(log_open(G_LOG_LEVEL_INFO, NULL));
	for (int s = 0; s < 3600; s++)
		say(tap, "g", s % 2 ? "refused" : "again", s);
	g_autofree char *text = statedir_read("log", NULL);
	g_assert_cmpuint(count(text, "warn  g: again\n"), ==, 1);
	g_assert_cmpuint(count(text, "warn  g: refused\n"), ==, 1);
	g_assert_cmpuint(count(text, "\n"), ==, 2);
	say(tap, "g", "again", 3600);
	say(tap, "h", "again", 3600); /* another who says the same */
	g_autofree char *later = statedir_read("log", NULL);
	g_assert_cmpuint(count(later, "warn  g: 1799 times more: again\n"), ==, 1);
	g_assert_cmpuint(count(later, "warn  g: again\n"), ==, 2);
	g_assert_cmpuint(count(later, "warn  h: again\n"), ==, 1);
	log_tap_free(tap);
	log_close();
	g_autofree char *all = statedir_read("log", NULL);
	g_assert_cmpuint(count(all, "warn  g: 1799 times more: refused\n"), ==, 1);
	g_assert_cmpuint(count(all, "\n"), ==, 6);
}

/* ---- secrets ------------------------------------------------------------------------------------------------- */

static void test_hidden(void)
{
	struct target *t = target_new(TARGET_VSPHERE, "esx");
	secret_put(t, "password", "p<w&\"\\ 7");
	g_autoptr(GString) s = g_string_new(
		"p<w&\"\\ 7 | p&lt;w&amp;&quot;\\ 7 | p<w&\\\"\\\\ 7 | p%3Cw%26%22%5C%207 | p<w");
	secret_hide(s);
	g_assert_cmpstr(s->str, ==, "*** | *** | *** | *** | p<w");
	g_assert_cmpstr(secret_find(t, "password", NULL), ==, "p<w&\"\\ 7");
	g_assert_null(secret_find(t, "key", NULL));
	secret_wipe_all();
	g_assert_null(secret_find(t, "password", NULL));
	target_free(t);
}

static void test_command(void)
{
	struct target *t = target_new(TARGET_VSPHERE, "esx");
	g_autoptr(GError) error = NULL;
	g_autofree char *count = g_build_filename(top, "count", NULL);
	g_autofree char *command =
		g_strdup_printf("sh -c 'echo x >> \"%s\"; echo pw$(wc -l < \"%s\")'", count, count);
	target_set(t, "password-command", command);
	g_assert_cmpstr(secret_find(t, "password", &error), ==, "pw1");
	g_assert_cmpstr(secret_find(t, "password", &error), ==, "pw1");
	secret_ask_again(t, "password");
	g_assert_cmpstr(secret_find(t, "password", &error), ==, "pw2");
	g_assert_no_error(error);
	/* what was put comes first, and stays whatever the server thinks of it */
	secret_put(t, "password", "put");
	secret_ask_again(t, "password");
	g_assert_cmpstr(secret_find(t, "password", &error), ==, "put");
	secret_wipe_all();
	target_set(t, "password-command", "sh -c 'echo no-canary; exit 1'");
	g_assert_null(secret_find(t, "password", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_AUTH);
	g_assert_null(strstr(error->message, "canary"));
	g_clear_error(&error);
	/* it is handed none of ours: its environment as the kernel has it */
	g_setenv("GOVC_PASSWORD", "canary", TRUE);
	target_set(t, "password-command", "sh -c 'grep -zc ^GOVC_PASSWORD= /proc/$$/environ; true'");
	g_assert_cmpstr(secret_find(t, "password", &error), ==, "0");
	g_unsetenv("GOVC_PASSWORD");
	secret_wipe_all();
	target_set(t, "password-command", "unbalanced '");
	g_assert_null(secret_find(t, "password", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_AUTH);
	secret_wipe_all();
	target_free(t);
}

static void test_file(void)
{
	struct target *t = target_new(TARGET_ENGINE, "e");
	GError *error = NULL;
	g_autofree char *path = g_build_filename(top, "key", NULL);
	write_file(path, "file-key\r\nrest\n", 0600);
	target_set(t, "key-file", path);
	g_assert_cmpstr(secret_find(t, "key", &error), ==, "file-key");
	g_assert_no_error(error);
	secret_wipe_all();
	g_chmod(path, 0644);
	g_assert_null(secret_find(t, "key", &error));
	g_assert_nonnull(strstr(error->message, "chmod 600"));
	g_clear_error(&error);
	g_autofree char *longest = g_strnfill(SECRET_CAP, 'k'), *longer = g_strconcat(longest, "k", NULL);
	write_file(path, longer, 0600); /* not its beginning, which would be a wrong key */
	g_assert_null(secret_find(t, "key", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_AUTH);
	g_clear_error(&error);
	write_file(path, longest, 0600);
	g_assert_cmpstr(secret_find(t, "key", &error), ==, longest);
	secret_wipe_all();
	g_unlink(path);
	g_assert_null(secret_find(t, "key", &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_AUTH);
	g_clear_error(&error);
	target_free(t);
	/* what is no file is not waited for, and not read */
	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	g_assert_cmpint(secret_file_open(path, &error), ==, -1);
	g_assert_nonnull(strstr(error->message, "no file"));
	g_clear_error(&error);
	g_unlink(path);
	g_assert_cmpint(secret_file_open(top, &error), ==, -1);
	g_clear_error(&error);
	/* a link is judged by what it leads to */
	g_autofree char *link = g_build_filename(top, "link", NULL);
	g_assert_cmpint(symlink(path, link), ==, 0);
	write_file(path, "x", 0640);
	g_assert_cmpint(secret_file_open(link, &error), ==, -1);
	g_assert_nonnull(strstr(error->message, "chmod 600"));
	g_clear_error(&error);
	g_chmod(path, 0600);
	int fd = secret_file_open(link, &error);
	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_unlink(link);
	g_unlink(path);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	top = g_dir_make_tmp("labtop-state-XXXXXX", NULL);
	g_test_add_func("/statedir", test_statedir);
	g_test_add_func("/state/folder-of-others", test_folder_of_others);
	g_test_add_func("/state/xdg", test_xdg);
	g_test_add_func("/certs", test_pins);
	g_test_add_func("/certs/at-once", test_pins_at_once);
	g_test_add_func("/log", test_log);
	g_test_add_func("/state/log-rotates", test_log_rotates);
	g_test_add_func("/state/log-tap", test_log_tap);
	g_test_add_func("/secret/hidden", test_hidden);
	g_test_add_func("/secret/command", test_command);
	g_test_add_func("/secret/file", test_file);
	int rc = g_test_run();
	g_free(top);
	return rc;
}
