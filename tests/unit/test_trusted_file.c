/* test_trusted_file.c - whose file it is and who else may write it, and what a configuration file of doubt may still say. */
#include "config.h"

#include "backends/secret.h"
#include "backends/trusted_file.h"
#include "cli/configuration.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define SOMEBODY 12345 /* nobody's number */

static char *dir; /* ours alone */

static char *in_dir(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void make_file(const char *path, const char *text, int mode)
{
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static char *judge(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(fd, >=, 0);
	char *wrong = trusted_file(fd, path);
	close(fd);
	return wrong;
}

static void assert_good(const char *path)
{
	g_autofree char *wrong = judge(path);
	g_assert_cmpstr(wrong, ==, NULL);
}

/* `what` and the path that is to be put right, and how. */
static void assert_wrong(const char *path, const char *what, const char *remedy, const char *blamed)
{
	g_autofree char *wrong = judge(path), *command = g_strdup_printf("; %s %s", remedy, blamed);
	g_assert_nonnull(wrong);
	g_test_message("%s", wrong);
	g_assert_nonnull(strstr(wrong, what));
	g_assert_nonnull(strstr(wrong, command));
}

static void test_modes(void)
{
	g_autofree char *file = in_dir("modes.conf");
	make_file(file, "", 0600);
	assert_good(file);
	g_chmod(file, 0644);
	assert_good(file);
	g_chmod(file, 0646);
	assert_wrong(file, "everyone may write", "chmod o-w", file);
	g_chmod(file, 0644);
	/* the folder it stands in */
	g_chmod(dir, 0777);
	assert_wrong(file, "everyone may write", "chmod o-w", dir);
	/* as /tmp: nobody can put another in the place of ours, but somebody may have been there first */
	g_chmod(dir, 01777);
	assert_good(file);
	if (geteuid() == 0) {
		g_autofree char *link = in_dir("modes-link.conf");
		g_assert_cmpint(symlink(file, link), ==, 0);
		assert_good(link);
		g_assert_cmpint(lchown(link, SOMEBODY, 0), ==, 0);
		assert_wrong(link, "everyone may write", "chmod o-w", dir);
		g_assert_cmpint(lchown(link, 0, 0), ==, 0);
		g_assert_cmpint(chown(dir, SOMEBODY, 0), ==, 0);
		assert_wrong(file, "belongs to 12345", "chown", "root");
		g_assert_cmpint(chown(dir, 0, 0), ==, 0);
		g_unlink(link);
	}
	g_chmod(dir, 0755);
	assert_good(file);
	g_unlink(file);
}

/* The owner's group counts as the owner only where it bears the same name and has nobody else in it. */
static void test_groups(void)
{
	g_autofree char *file = in_dir("groups.conf");
	const struct passwd *we = getpwuid(geteuid());
	make_file(file, "", 0664);
	if (geteuid() != 0) {
		unit_skip("needs root: a file is given to groups");
		return;
	}
	g_assert_cmpint(chown(file, 0, 0), ==, 0);
	g_assert_true(we && we->pw_gid == 0);
	assert_good(file); /* root's own */
	const struct group *other = getgrnam("adm") ? getgrnam("adm") : getgrnam("daemon");
	g_autofree char *what = g_strdup_printf("the group %s may write", other->gr_name);
	g_assert_cmpint(chown(file, 0, other->gr_gid), ==, 0);
	assert_wrong(file, what, "chmod g-w", file);
	g_assert_cmpint(chown(file, 0, SOMEBODY), ==, 0);
	assert_wrong(file, "the group 12345 may write", "chmod g-w", file);
	g_chmod(file, 0644);
	assert_good(file);
	/* a primary group that many share: nobody's is nogroup */
	const struct passwd *nobody = getpwnam("nobody");
	struct stat shared = {.st_uid = nobody->pw_uid, .st_gid = nobody->pw_gid, .st_mode = S_IFREG | 0664};
	g_assert_cmpint(seteuid(nobody->pw_uid), ==, 0);
	g_autofree char *of_shared = trusted_inode(&shared, -1, file);
	g_assert_cmpint(seteuid(0), ==, 0);
	g_assert_nonnull(of_shared);
	g_assert_true(g_str_has_prefix(of_shared, "the group "));
	/* the folder */
	g_assert_cmpint(chown(dir, 0, other->gr_gid), ==, 0);
	g_chmod(dir, 0775);
	assert_wrong(file, what, "chmod g-w", dir);
	g_chmod(dir, 0755);
	g_assert_cmpint(chown(dir, 0, 0), ==, 0);
	assert_good(file);
	g_unlink(file);
}

static void test_owners(void)
{
	g_autofree char *file = in_dir("owners.conf");
	make_file(file, "", 0600);
	if (geteuid() != 0) {
		unit_skip("needs root: a file is given to somebody");
		return;
	}
	g_autofree char *remedy = g_strdup_printf("chown %s", getpwuid(0)->pw_name);
	g_assert_cmpint(chown(file, SOMEBODY, 0), ==, 0);
	assert_wrong(file, "belongs to 12345", remedy, file);
	g_assert_cmpint(chown(file, 0, 0), ==, 0);
	g_assert_cmpint(chown(dir, SOMEBODY, 0), ==, 0);
	assert_wrong(file, "belongs to 12345", remedy, dir);
	g_assert_cmpint(chown(dir, 0, 0), ==, 0);
	/* somebody else may take a file of root's for good */
	g_assert_cmpint(seteuid(SOMEBODY), ==, 0);
	struct stat st = {.st_uid = 0, .st_mode = S_IFREG | 0644};
	g_autofree char *of_root = trusted_inode(&st, -1, file);
	st.st_uid = SOMEBODY + 1;
	g_autofree char *of_another = trusted_inode(&st, -1, file);
	g_assert_cmpint(seteuid(0), ==, 0);
	g_assert_cmpstr(of_root, ==, NULL);
	g_assert_nonnull(of_another);
	g_unlink(file);
}

/* Whoever can exchange a link, or what it leads to, can say what the file says. */
static void test_links(void)
{
	g_autofree char *open_dir = in_dir("open"), *file = g_build_filename(open_dir, "real.conf", NULL),
			*link = in_dir("link.conf"), *chain = in_dir("chain.conf"),
			*mid = g_build_filename(open_dir, "mid.conf", NULL), *good = in_dir("good.conf");
	g_assert_cmpint(g_mkdir(open_dir, 0755), ==, 0);
	make_file(file, "", 0600);
	make_file(good, "", 0600);
	g_assert_cmpint(symlink("open/real.conf", link), ==, 0);
	assert_good(link);
	g_chmod(open_dir, 0777);
	assert_wrong(link, "everyone may write", "chmod o-w", open_dir);
	/* a link that leads through such a folder to a good place */
	g_assert_cmpint(symlink("../good.conf", mid), ==, 0);
	g_assert_cmpint(symlink(mid, chain), ==, 0);
	assert_wrong(chain, "everyone may write", "chmod o-w", open_dir);
	g_chmod(open_dir, 0755);
	assert_good(chain);
	/* a folder is judged where a link to it leads */
	g_autofree char *folder_link = in_dir("labtop.d"), *none = trusted_folder(folder_link);
	g_assert_cmpstr(none, ==, NULL);
	g_assert_cmpint(symlink("open", folder_link), ==, 0);
	g_chmod(open_dir, 0777);
	g_autofree char *wrong = trusted_folder(folder_link);
	g_assert_nonnull(wrong);
	g_unlink(folder_link);
	g_unlink(link);
	g_unlink(chain);
	g_unlink(mid);
	g_unlink(file);
	g_unlink(good);
	g_rmdir(open_dir);
	/* a pipe is nobody's to exchange */
	int ends[2];
	g_assert_cmpint(pipe(ends), ==, 0);
	g_autofree char *of_pipe = trusted_file(ends[0], "/dev/fd/9");
	g_assert_cmpstr(of_pipe, ==, NULL);
	close(ends[0]);
	close(ends[1]);
}

/* Who can move a folder away can put another in its place, however far up; and where a folder is a link, there too. */
static void assert_doubted(const char *path)
{
	g_autofree char *why = judge(path);
	g_assert_nonnull(why);
}

static void test_folders_above(void)
{
	g_autofree char *open_dir = in_dir("above"), *mid = g_build_filename(open_dir, "mid", NULL),
			*low = g_build_filename(mid, "low", NULL),
			*file = g_build_filename(low, "x.conf", NULL), *link = in_dir("folder-link"),
			*by_link = g_build_filename(link, "x.conf", NULL);
	g_assert_cmpint(g_mkdir_with_parents(low, 0755), ==, 0);
	make_file(file, "", 0600);
	g_assert_cmpint(symlink("above/mid/low", link), ==, 0);
	assert_good(file);
	assert_good(by_link);
	g_chmod(open_dir, 0777);
	assert_wrong(file, "everyone may write", "chmod o-w", open_dir);
	assert_doubted(by_link);
	g_autofree char *folder = trusted_folder(low);
	g_assert_nonnull(folder);
	g_chmod(open_dir, 01777); /* what is ours stays in its place there */
	assert_good(file);
	assert_good(by_link);
	g_chmod(open_dir, 0755);
	/* the folder that the link to a folder leads into */
	g_chmod(mid, 0777);
	assert_doubted(by_link);
	g_chmod(mid, 0755);
	assert_good(by_link);
	g_unlink(link);
	g_unlink(file);
	g_rmdir(low);
	g_rmdir(mid);
	g_rmdir(open_dir);
}

/* ---- the configuration ------------------------------------------------------------------------------------------ */

static const char everything[] =
	"[lab]\nname = attic\n"
	"[guest g]\nssh = ops@g\nagent = evil\nssh-config = evil\nvm = vm1\n"
	"[engine e]\nurl = https://e:1\nkey-command = evil\nkey-file = evil\nkey-env = EVIL\n"
	"[vsphere v]\nurl = https://v/sdk\npassword-command = evil\n";

static const char *const dangerous[][2] = {{"guest", "agent"},        {"guest", "ssh-config"},
					   {"engine", "key-command"}, {"engine", "key-file"},
					   {"engine", "key-env"},     {"vsphere", "password-command"}};

static const struct target *first_of(const struct config *c, const char *kind)
{
	for (guint i = 0; i < c->targets->len; i++) {
		const struct target *t = c->targets->pdata[i];
		if (g_str_equal(target_kind_names[t->kind], kind))
			return t;
	}
	return NULL;
}

/* Reads the file; whether what runs something counts, and that everything else does. One line tells. */
static void read_and_check(const char *path, bool believed)
{
	struct config *c = config_new();
	g_assert_true(config_load(c, path, NULL));
	g_assert_cmpstr(c->name, ==, "attic");
	g_assert_cmpstr(target_get(first_of(c, "guest"), "vm"), ==, "vm1");
	g_assert_cmpstr(target_get(first_of(c, "guest"), "ssh"), ==, "ops@g");
	g_assert_cmpstr(target_get(first_of(c, "vsphere"), "url"), ==, "https://v/sdk");
	for (size_t i = 0; i < G_N_ELEMENTS(dangerous); i++)
		g_assert_cmpint(target_get(first_of(c, dangerous[i][0]), dangerous[i][1]) != NULL, ==,
				believed);
	g_assert_cmpuint(c->complaints->len, ==, believed ? 0 : 1);
	if (!believed) {
		const char *line = c->complaints->pdata[0];
		g_test_message("%s", line);
		for (size_t i = 0; i < G_N_ELEMENTS(dangerous); i++)
			g_assert_nonnull(strstr(line, dangerous[i][1]));
		g_assert_nonnull(strstr(line, path));
		g_assert_nonnull(strstr(line, "chmod o-w"));
	}
	config_free(c);
}

static void test_configuration(void)
{
	g_autofree char *path = in_dir("own.conf");
	make_file(path, everything, 0600);
	read_and_check(path, true);
	g_chmod(path, 0666);
	read_and_check(path, false);
	g_unlink(path);
}

static char *complaints_of(const struct config *c)
{
	g_ptr_array_add(c->complaints, NULL);
	char *text = g_strjoinv("\n", (char **)c->complaints->pdata);
	g_ptr_array_remove_index(c->complaints, c->complaints->len - 1);
	return text;
}

/* labtop.d in which others may write: its files run nothing, and turn no secret of the main file to another place. */
static void test_folder_of_others(void)
{
	g_autofree char *conf = g_build_filename(g_get_user_config_dir(), "labtop", NULL),
			*folder = g_build_filename(conf, "labtop.d", NULL),
			*own = g_build_filename(conf, "labtop.conf", NULL),
			*added = g_build_filename(folder, "x.conf", NULL);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	make_file(own,
		  "[vsphere v]\nurl = https://v/sdk\npassword = s3cret!\n[engine e]\nurl = https://e:1\n"
		  "key-command = mine\n[vsphere w]\nurl = https://w/sdk\npassword = other!\n[engine f]\nurl "
		  "= https://f:1\nkey-command = mine\n",
		  0600);
	make_file(added,
		  "[vsphere v]\nurl = https://evil/sdk\ntls = insecure\n[engine e]\nproxy = "
		  "http://evil\n[guest "
		  "h]\nssh = h\nagent = evil\n",
		  0600);
	for (int others = 0; others < 2; others++) {
		struct config *c = config_new();
		g_chmod(folder, others ? 0777 : 0755);
		g_assert_true(config_load(c, NULL, NULL));
		const struct target *v = first_of(c, "vsphere"),
				    *e = config_find_target(c, TARGET_ENGINE, "e"),
				    *f = config_find_target(c, TARGET_ENGINE, "f");
		g_autofree char *said = complaints_of(c);
		g_assert_cmpstr(target_get(v, "url"), ==, "https://evil/sdk");
		g_assert_cmpstr(secret_find(v, "password", NULL), ==, others ? NULL : "s3cret!");
		g_assert_cmpstr(secret_find(config_find_target(c, TARGET_VSPHERE, "w"), "password", NULL), ==,
				"other!"); /* nobody else speaks of it */
		g_assert_cmpstr(target_get(e, "key-command"), ==, others ? NULL : "mine");
		g_assert_cmpstr(target_get(f, "key-command"), ==, "mine");
		g_assert_cmpstr(target_get(first_of(c, "guest"), "agent"), ==, others ? NULL : "evil");
		g_assert_cmpuint(c->complaints->len, ==, others ? 3 : 0);
		g_assert_true(!others ||
			      (strstr(said, "x.conf: agent: left out: everyone may write") &&
			       strstr(said, "[engine e]: key-command: left out: a file that others") &&
			       strstr(said, "[vsphere v]: password: left out")));
		config_free(c);
		secret_wipe_all();
	}
	g_unlink(added);
	g_unlink(own);
	g_rmdir(folder);
	g_rmdir(conf);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	dir = g_dir_make_tmp("labtop-trusted-XXXXXX", NULL);
	g_autofree char *config = in_dir("config");
	g_setenv("XDG_CONFIG_HOME", config, TRUE);
	g_test_add_func("/trusted-file/modes", test_modes);
	g_test_add_func("/trusted-file/groups", test_groups);
	g_test_add_func("/trusted-file/owners", test_owners);
	g_test_add_func("/trusted-file/links", test_links);
	g_test_add_func("/trusted-file/folders-above", test_folders_above);
	g_test_add_func("/trusted-file/configuration", test_configuration);
	g_test_add_func("/trusted-file/folder-of-others", test_folder_of_others);
	int status = g_test_run();
	g_rmdir(config);
	g_rmdir(dir);
	g_free(dir);
	return status;
}
