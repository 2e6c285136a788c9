/* fuzz_engine.c - a recording of an engine (tests/replay/replay.h), polled twice. The first byte says which kind the
 * configuration names; what is none of them: it is to be found out. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/engine/engine.h"
#include "tests/drivers/engine_fed.h"
#include "tests/drivers/recording.h"

#include <string.h>

static void check(const GError *error)
{
	GError *copy = g_error_copy(error);
	fuzz_judge_error(&copy);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	const char *kind = "auto";
	if (size == 0)
		return;
	for (int i = 0; engine_kinds[i]; i++)
		if (data[0] == 'a' + i)
			kind = engine_kind_names[engine_kinds[i]->kind];
	g_autofree char *text = g_strndup("", size); /* the recording wants its NUL */
	memcpy(text, data + 1, size - 1);
	struct recording *r = recording_new(text, size - 1);
	struct lab *lab = engine_fed_lab(kind, recording_serve, r, 2, check);
	recording_free(r);
	fuzz_judge_lab(lab);
}
