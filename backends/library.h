/* library.h - shared libraries that are loaded when the first source needs them, not when the program starts.
 *
 * What libcurl and libxml2 bring along (OpenSSL, Kerberos, LDAP, ICU) costs the dynamic linker 5 ms, and a console that shows
 * its first frame, a demo or a man page needs none of it. So we do not link them: headers and names are checked by configure,
 * and a source loads what it needs in its worker. A library is one list of its functions, from which come a struct of
 * pointers, typed by the library's own header, and the names to look up; see curl.h.
 */
#ifndef BACKENDS_LIBRARY_H
#define BACKENDS_LIBRARY_H

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct library {
	const char *soname;       /* "libcurl.so.4": what a linked program would have asked for */
	const char *const *names; /* ends with NULL */
	void *functions;          /* a struct of as many function pointers, in the same order */
	void (*start)(void);      /* called once, when all are there; or NULL */
	pthread_mutex_t lock;
	bool loaded;
};

#define LIBRARY(name, name_list, struct_of_functions, start_it)                             \
	{                                                                                   \
		.soname = (name), .names = (name_list), .functions = (struct_of_functions), \
		.start = (start_it), .lock = PTHREAD_MUTEX_INITIALIZER                      \
	}

/* Loads it, whichever thread comes first; it then stays. False: LAB_ERR_SYSTEM, "libcurl.so.4 cannot be loaded: why". What
 * failed is tried again by the next call. */
bool library_load(struct library *l, GError **error);

/* Tells packaging tools, which look at what is linked, that the program wants this library too: the note of
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/ . Once for each library, outside of functions. */
#define LIBRARY_NOTE(name, feature, what_for)                                    \
	LIBRARY_NOTE_(name, "[{\"soname\":[\"" name "\"],\"feature\":\"" feature \
			    "\",\"description\":\"" what_for "\",\"priority\":\"required\"}]")
#define LIBRARY_NOTE_(name, json)                                                        \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct { \
		uint32_t owner_size, size, type;                                         \
		char owner[4];                                                           \
		char text[(sizeof(json) + 3) & ~(size_t)3];                              \
	} library_note = {sizeof "FDO", sizeof(json), 0x407c0c0a, "FDO", json}

#endif
