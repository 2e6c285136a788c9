/* unit.h - what every unit test starts with: TAP on stdout, data found through the source directory. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <glib.h>
#include <stdlib.h>

/* In place of g_test_init(): TAP output, no other arguments. Directories are pinned by tests/environment.sh, not by
 * G_TEST_OPTION_ISOLATE_DIRS, which leaks. */
static inline void unit_init(char **argv)
{
	static char tap[] = "--tap";
	static char *words[3];
	int argc = 2;
	char **v = words;
	words[0] = argv[0];
	words[1] = tap;
	g_test_init(&argc, &v, NULL);
}

/* A file below tests/ of the source tree; the caller frees the path. */
static inline char *unit_data(const char *relative)
{
	return g_build_filename(g_getenv("srcdir") ? g_getenv("srcdir") : ".", "tests", relative, NULL);
}

/* Skips aloud; under LABTOP_STRICT (our CI) a skip is a failure. */
static inline void unit_skip(const char *why)
{
	if (g_getenv("LABTOP_STRICT"))
		g_test_message("LABTOP_STRICT: %s", why), g_test_fail();
	else
		g_test_skip(why);
}

#endif
