/* replay.c - main() of the fuzzers where there is no libFuzzer: each file of the corpus once, as TAP. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	g_autofree char *program = g_path_get_basename(argv[0]);
	const char *name = g_str_has_prefix(program, "fuzz_") ? program + strlen("fuzz_") : program;
	const char *srcdir = g_getenv("srcdir");
	g_autofree char *folder =
		g_build_filename(srcdir ? srcdir : ".", "tests", "fuzz", "corpus", name, NULL);
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	if (!dir) {
		printf("Bail out! no %s\n", folder);
		return 1;
	}
	for (const char *file; (file = g_dir_read_name(dir));)
		g_ptr_array_add(files, g_build_filename(folder, file, NULL));
	g_dir_close(dir);
	g_ptr_array_sort(files, by_name);
	LLVMFuzzerInitialize(&argc, &argv);
	fuzz_every_view = true;
	printf("1..%u\n", files->len + 1);
	for (guint i = 0; i < files->len; i++) {
		g_autofree char *text = NULL, *file = g_path_get_basename(files->pdata[i]);
		gsize len = 0;
		g_file_get_contents(files->pdata[i], &text, &len, NULL);
		LLVMFuzzerTestOneInput((const uint8_t *)text, len);
		printf("ok %u - %s\n", i + 1, file);
		fflush(stdout);
	}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok %u - nothing at all\n", files->len + 1);
	return 0;
}
