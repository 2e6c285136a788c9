/* fuzz_library.c - lines of a child that holds a vendor's library, which may have written into its memory at will. What they
 * meet first is static, so the file is part of this one. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/gpu/library.c" /* NOLINT */
#include "tests/unit/hostile_check.h"

static void judge_json(const GString *text)
{
	json_t *json = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, NULL);
	if (!json)
		g_error("not JSON: %s", text->str);
	g_autofree char *bad = hostile_find_json(json);
	if (bad)
		g_error("%s", bad);
	json_decref(json);
}

static void judge_library(const struct library *l)
{
	g_autoptr(GString) out = g_string_new("[");
	if (l->count < 0 || l->count > GPU_MAX)
		g_error("%d cards", l->count);
	library_write(out, l);
	for (int i = 0; i < library_card_count(l); i++) {
		wire_write_object(out, NULL, &wire_gpu, library_card(l, i));
		wire_write_object(out, NULL, &wire_values, &l->values[i]);
		const GArray *processes = library_processes(l, i);
		for (guint k = 0; k < processes->len; k++) {
			const struct vendor_process *p = &g_array_index(processes, struct vendor_process, k);
			if (p->pid <= 0 || p->card < 0 || p->card >= l->count)
				g_error("process %d of card %d", p->pid, p->card);
		}
	}
	g_string_append_c(out, ']');
	judge_json(out);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct library *l = library_new(&vendor_nvml, "/nonexistent", 1000);
	fuzz_writes_stderr = true; /* why a library is off */
	for (size_t at = 0; at < size;) {
		const char *lf = memchr(text + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - text) : size;
		read_line(l, text + at, end - at, 1000);
		at = end + 1;
	}
	judge_library(l);
	library_free(l);
}
