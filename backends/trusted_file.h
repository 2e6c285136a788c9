/* trusted_file.h - can somebody else change what stands in a file? Then what it says is not run. */
#ifndef BACKENDS_TRUSTED_FILE_H
#define BACKENDS_TRUSTED_FILE_H

#include <sys/stat.h>

/* What is wrong with a file or folder in which we are to trust, and what to do: "everyone may write PATH; chmod o-w PATH".
 * NULL when only we and root can write it; the owner's private group, with nobody else in it, counts as its owner. fd: the
 * same, opened for reading, to ask for its access list; -1 does without. The caller frees. */
char *trusted_inode(const struct stat *st, int fd, const char *path);

/* Likewise for the open file and every folder in which it could be exchanged: the one that path names, and those that links
 * lead through. What is ours or root's cannot be exchanged in a folder like /tmp. */
char *trusted_file(int fd, const char *path);

/* Likewise for a folder, and for those that links to it lead through. NULL also when there is none. */
char *trusted_folder(const char *path);

#endif
