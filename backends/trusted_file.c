/* trusted_file.c - see the header. What is open is asked, not what stood under its name a moment before. */
#include "config.h"

#include "backends/trusted_file.h"

#include <fcntl.h>
#include <glib.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LINKS_MOST 40 /* as the kernel's */

/* Debian gives each user a group of the same name: with nobody else in it, it is the user. */
static bool is_private_group(uid_t uid, gid_t gid)
{
	const struct passwd *user = getpwuid(uid);
	const struct group *group = getgrgid(gid);
	if (!user || !group || user->pw_gid != gid || strcmp(user->pw_name, group->gr_name) != 0)
		return false;
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, user->pw_name) != 0)
			return false;
	return true;
}

/* With an access list the group's bits are the most that any entry of it gives. */
static bool has_access_list(int fd)
{
	return fd >= 0 && fgetxattr(fd, "system.posix_acl_access", NULL, 0) > 0;
}

static char *name_of_group(gid_t gid)
{
	const struct group *group = getgrgid(gid);
	return group ? g_strdup(group->gr_name) : g_strdup_printf("%u", (unsigned)gid);
}

static char *name_of_user(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);
	return user ? g_strdup(user->pw_name) : g_strdup_printf("%u", (unsigned)uid);
}

char *trusted_inode(const struct stat *st, int fd, const char *path)
{
	if (st->st_uid != geteuid() && st->st_uid != 0) {
		g_autofree char *owner = name_of_user(st->st_uid), *we = name_of_user(geteuid());
		return g_strdup_printf("%s belongs to %s; chown %s %s", path, owner, we, path);
	}
	if (st->st_mode & S_IWOTH)
		return g_strdup_printf("everyone may write %s; chmod o-w %s", path, path);
	if (!(st->st_mode & S_IWGRP))
		return NULL;
	if (has_access_list(fd))
		return g_strdup_printf("the access list of %s lets others write it; setfacl -b %s", path,
				       path);
	if (is_private_group(st->st_uid, st->st_gid))
		return NULL;
	g_autofree char *group = name_of_group(st->st_gid);
	return g_strdup_printf("the group %s may write %s; chmod g-w %s", group, path, path);
}

/* In a folder like /tmp nobody can exchange what belongs to another: there it is enough that the entry is ours or root's. */
static bool is_safe_in_sticky(const struct stat *folder, const char *entry)
{
	struct stat st;
	return folder->st_mode & S_ISVTX && (folder->st_uid == geteuid() || folder->st_uid == 0) &&
	       lstat(entry, &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0);
}

/* The folder itself, at the end of links. entry: what is opened in it, or NULL for whatever comes. */
static char *judge_folder(const char *path, const char *entry)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool known = fd >= 0 ? fstat(fd, &st) == 0 : stat(path, &st) == 0;
	char *wrong =
		known && !(entry && is_safe_in_sticky(&st, entry)) ? trusted_inode(&st, fd, path) : NULL;
	if (fd >= 0)
		close(fd);
	return wrong;
}

/* A folder further up: whoever may write it can move the one below away and make another of its name. Whose it is does not
 * matter: all of them belong to root or to whoever gave us our home. */
static char *judge_above(const char *path, const char *entry)
{
	struct stat st;
	if (stat(path, &st) != 0 || !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return NULL;
	return judge_folder(path, entry);
}

/* Where the link leads, from the folder that it stands in; NULL when path is no link. */
static char *link_target(const char *path)
{
	g_autofree char *text = g_file_read_link(path, NULL), *folder = g_path_get_dirname(path);
	if (!text)
		return NULL;
	return g_path_is_absolute(text) ? g_steal_pointer(&text) : g_build_filename(folder, text, NULL);
}

static char *judge_way(const char *path, int links);

/* The folder at the end of the way is judged whole, each above it by who else may write there, and where one of them is a link
 * the way to what it leads to as well. */
static char *judge_folders(const char *path, int links)
{
	g_autofree char *entry = g_strdup(path), *folder = g_path_get_dirname(path);
	char *wrong = judge_folder(folder, entry);
	while (!wrong && strcmp(folder, entry) != 0 && strcmp(folder, "/") != 0) {
		g_autofree char *leads = link_target(folder);
		wrong = leads && links > 0 ? judge_way(leads, links - 1) : NULL;
		g_free(entry);
		entry = g_steal_pointer(&folder);
		folder = g_path_get_dirname(entry);
		if (!wrong)
			wrong = judge_above(folder, entry);
	}
	return wrong;
}

/* Each folder in which a name stands that leads to the file: whoever writes there can put another in its place. */
static char *judge_way(const char *path, int links)
{
	char *wrong = judge_folders(path, links);
	g_autofree char *next = wrong || links <= 0 ? NULL : link_target(path);
	return next ? judge_way(next, links - 1) : wrong;
}

/* As it stands from the root on; ".." and links in it stay. */
static char *judge_path(const char *path)
{
	g_autofree char *here = g_path_is_absolute(path) ? NULL : g_get_current_dir();
	g_autofree char *whole = here ? g_build_filename(here, path, NULL) : g_strdup(path);
	return judge_way(whole, LINKS_MOST);
}

char *trusted_file(int fd, const char *path)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return g_strdup_printf("nothing is known about %s", path);
	char *wrong = trusted_inode(&st, fd, path);
	/* A pipe has no name that leads to it. */
	return wrong || !S_ISREG(st.st_mode) ? wrong : judge_path(path);
}

char *trusted_folder(const char *path)
{
	char *wrong = judge_folder(path, NULL);
	return wrong ? wrong : judge_path(path);
}
