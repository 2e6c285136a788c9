/* test_keyfile.c - what is no line of a key file is told with its line, and the rest is read. */
#include "config.h"
#include "lab/keyfile.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* text in, "section|key=value@line" and complaints out, one a line */
static const struct {
	const char *name, *text, *lines, *complaints;
} cases[] = {
	{"empty", "", "", ""},
	{"plain", "[lab]\nname = attic\n", "[lab]@1 lab|name=attic@2", ""},
	{"blanks", "  [ guest   a ] \n\tssh=x \n\n# c\n; d\n", "[guest a]@1 guest a|ssh=x@2", ""},
	{"no newline at the end", "[a]\nb=c", "[a]@1 a|b=c@2", ""},
	{"windows", "\xef\xbb\xbf[a]\r\nb = c d\r\n", "[a]@1 a|b=c d@2", ""},
	{"empty value and equals in it", "[a]\nb=\nc=d=e\n", "[a]@1 a|b=@2 a|c=d=e@3", ""},
	{"no pair", "[a]\nwhat is this\nb=c\n", "[a]@1 a|b=c@3",
	 "f:2: not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\""},
	{"no key", "[a]\n= c\n", "[a]@1",
	 "f:2: not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\""},
	{"before any section", "b = c\n[a]\n", "[a]@2",
	 "f:1: \"b\" stands before any [section] and is left out"},
	{"broken heading takes its keys along", "[a]\nb=c\n[guest x\nssh=y\n[d]\ne=f\n",
	 "[a]@1 a|b=c@2 [d]@5 d|e=f@6",
	 "f:3: a section is written [kind name]; what stands below it is left out"},
	{"nameless", "[ ]\nb=c\n", "", "f:1: a section needs a name; what stands below it is left out"},
	{"twice", "[a]\nb=1\nb=2\n", "[a]@1 a|b=2@3",
	 "f:3: \"b\" is given twice (first in line 2); this one holds"},
	{"hostile", "[a]\n\033]0;x\007\n", "[a]@1",
	 "f:2: not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\""},
	{"not UTF-8", "[a]\nb=\xff\nc=d\n", "[a]@1 a|c=d@3", "f:2: not UTF-8, or a NUL in it; left out"},
};

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].name);
		g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
		struct keyfile *kf = keyfile_read(cases[i].text, -1, "f", complaints);
		g_autoptr(GString) lines = g_string_new(NULL);
		for (guint k = 0; k < kf->lines->len; k++) {
			const struct keyfile_line *l = &g_array_index(kf->lines, struct keyfile_line, k);
			if (l->key)
				g_string_append_printf(lines, " %s|%s=%s@%d", l->section, l->key, l->value,
						       l->line);
			else
				g_string_append_printf(lines, " [%s]@%d", l->section, l->line);
		}
		g_ptr_array_add(complaints, NULL);
		g_autofree char *said = g_strjoinv("\n", (char **)complaints->pdata);
		g_assert_cmpstr(lines->len ? lines->str + 1 : "", ==, cases[i].lines);
		g_assert_cmpstr(said, ==, cases[i].complaints);
		keyfile_free(kf);
	}
}

static void test_odd(void)
{
	g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
	struct keyfile *kf = keyfile_read("[a]\nb=\0c\nd=e\n", 13, "f", complaints);
	g_assert_cmpuint(kf->lines->len, ==, 2);
	g_assert_cmpuint(complaints->len, ==, 1);
	keyfile_free(kf);

	/* far too large: told once, and what fits is read */
	g_autoptr(GString) big = g_string_new("[a]\n");
	while (big->len <= KEYFILE_CAP)
		g_string_append(big, "# ----------------------------------------------------------------\n");
	g_string_append(big, "x=y\n");
	kf = keyfile_read(big->str, (gssize)big->len, "f", complaints);
	g_assert_cmpuint(kf->lines->len, ==, 1);
	g_assert_cmpuint(complaints->len, ==, 2);
	keyfile_free(kf);
}

/* ---- what stays behind -------------------------------------------------------------------------------------- */

#define CANARY_1 "pass-canary-"
#define CANARY_2 "5f1e7c"
#define MAP_MAX  (64ul * 1024 * 1024)

/* How often the canary stands in memory that can be written. It is put together here from two halves, so that this program
 * does not hold it itself; and nothing is allocated, which would write over what was freed. */
static int count_in_memory(void)
{
	static char maps[256 * 1024];
	int mem = open("/proc/self/mem", O_RDONLY), list = open("/proc/self/maps", O_RDONLY), found = 0;
	gssize len = 0, n;
	g_assert_cmpint(mem, >=, 0);
	while ((n = read(list, maps + len, sizeof maps - 1 - (gsize)len)) > 0)
		len += n;
	maps[len] = '\0';
	close(list);
	for (const char *line = maps; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		unsigned long from, to;
		char mode[8];
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || strncmp(mode, "rw", 2) != 0 ||
		    to - from > MAP_MAX)
			continue;
		char *copy =
			mmap(NULL, to - from, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		n = pread(mem, copy, to - from, (off_t)from);
		for (const char *at = copy;
		     n > 0 && (at = memmem(at, (gsize)(copy + n - at), CANARY_1, strlen(CANARY_1)));
		     at += strlen(CANARY_1))
			if ((gsize)(copy + n - at) >= strlen(CANARY_1) + strlen(CANARY_2) &&
			    memcmp(at + strlen(CANARY_1), CANARY_2, strlen(CANARY_2)) == 0)
				found++;
		munmap(copy, to - from);
	}
	close(mem);
	return found;
}

/* A line may hold a password, also one that is refused: nothing of it is left once the file was read. */
static void test_wiped(void)
{
	static const struct {
		const char *before, *after;
	} forms[] = {
		{"[vsphere x]\npassword = ", "\n"},
		{"[x]\na=", "\na=b\n"},
		{"[x\npassword=", "\n"},
		{"password: ", "\n"},
		{"# ", "\n"},
		{"[x]\n  password = ", " # old\n"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
		gsize size = strlen(forms[i].before) + strlen(forms[i].after) + 256;
		char *text = g_malloc(size);
		int n = g_snprintf(text, (gulong)size, "%s%0100d%s%s%s", forms[i].before, 0, CANARY_1,
				   CANARY_2, forms[i].after);
		g_assert_cmpint(count_in_memory(), >, 0);
		struct keyfile *kf = keyfile_read(text, n, "f", complaints);
		keyfile_free(kf);
		explicit_bzero(text, size);
		g_free(text);
		g_assert_cmpint(count_in_memory(), ==, 0);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/keyfile/cases", test_cases);
	g_test_add_func("/keyfile/odd", test_odd);
	g_test_add_func("/keyfile/wiped", test_wiped);
	return g_test_run();
}
