/* fuzz_theme.c - a theme file: whatever it says, a role's bytes are one SGR sequence. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/unit/hostile_check.h"
#include "tui/paint.h"

#include <string.h>

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme = theme_parse(text, "fuzz.theme", problems);
	struct paint paint;
	for (guint i = 0; i < problems->len; i++)
		fuzz_judge(problems->pdata[i]);
	fuzz_judge(theme->name);
	fuzz_judge(theme->description);
	paint_make(&paint, theme, (enum depth)(size % DEPTH_COUNT), ~0u);
	for (int role = 0; role < ROLE_COUNT; role++) {
		const char *sgr = paint.as[role][0].sgr;
		g_autofree char *bad = hostile_find(sgr, strlen(sgr), ALLOW_SGR);
		if (bad || !g_str_has_suffix(sgr, "m"))
			g_error("role %d: %s", role, bad ? bad : sgr);
	}
	theme_free(theme);
}
