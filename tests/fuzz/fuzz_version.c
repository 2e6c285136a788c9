/* fuzz_version.c - what a server says of the versions it speaks: the document, and numbers line by line. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/vsphere/version.h"

#include <string.h>

static void judge_choice(char *take_version, GError **error)
{
	if ((take_version == NULL) != (*error != NULL))
		g_error("neither a version nor an error");
	if (take_version &&
	    (!version_is_number(take_version) || version_compare(take_version, VIM_VERSION_OLDEST) < 0))
		g_error("chose %s", take_version);
	fuzz_judge(take_version);
	fuzz_judge_error(error);
	g_free(take_version);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	GError *error = NULL;
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 20);
	judge_choice(version_negotiate((const char *)data, size, &error), &error);
	if (!lines[0])
		return;
	judge_choice(version_choose(lines[0], (const char *const *)lines + 1, &error), &error);
	for (char **a = lines; a[1]; a++) {
		if (version_compare(a[0], a[0]) != 0 ||
		    sign(version_compare(a[0], a[1])) != -sign(version_compare(a[1], a[0])))
			g_error("no order: %s %s", a[0], a[1]);
	}
}
