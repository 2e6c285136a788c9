/* keyfile.h - the one reader of key files: the configuration and the themes. Text in, lines out; no files, no meaning.
 *
 * Not GKeyFile: with one bad line that loads nothing, it tells no line numbers and takes a key given twice in silence.
 * Here every line that is none is told as "file:line: message" and the rest is read.
 */
#ifndef LAB_KEYFILE_H
#define LAB_KEYFILE_H

#include <glib.h>

#define KEYFILE_CAP (1 << 20) /* bytes of a file; what is beyond is not read */

/* One line that says something, in the order of the file. */
struct keyfile_line {
	const char *section; /* "vsphere esx01", blanks squeezed */
	const char *key;     /* NULL: the line is the section's heading */
	const char *value;   /* blanks around it are gone; may be "" */
	int line;            /* from 1 */
};

struct keyfile {
	GArray *lines; /* struct keyfile_line */
	GStringChunk *strings;
};

/* Reads text (len -1: up to the NUL). name stands in the messages, which are added to complaints (char *, owned by it):
 * what is no line of a key file, a key before any section, a key given twice in a section (the later one holds, and
 * only that one is in lines). Keys below a broken heading are left out with it. */
struct keyfile *keyfile_read(const char *text, gssize len, const char *name, GPtrArray *complaints);
void keyfile_free(struct keyfile *kf);

/* Complaints about one file come in two passes, its lines' and its meaning's: puts those from index `from` on, all of them
 * "name:LINE: what", into the order of the lines. */
void keyfile_sort_complaints(GPtrArray *complaints, guint from, const char *name);

#endif
