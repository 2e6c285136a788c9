/* fuzz_text.c - the gate itself: what leaves is harmless, short enough, and would pass again unchanged. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "lab/text.h"
#include "tests/unit/hostile_check.h"

#include <string.h>

static void check_canvas(const char *text)
{
	struct canvas *c = canvas_new(40, 2, GLYPHS_UNICODE);
	canvas_text(c, 0, 0, -1, ROLE_TEXT, text);
	canvas_text(c, 3, 1, 7, ROLE_TEXT, text);
	g_autofree char *bad = hostile_find_canvas(c);
	if (bad)
		g_error("%s", bad);
	canvas_free(c);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	const char *raw = (const char *)data;
	gsize cap = size ? data[0] : 0;
	g_autofree char *line = text_clean(raw, (gssize)size), *again = text_clean(line, -1);
	g_autofree char *ended = g_strndup(raw, size);
	g_autofree char *redacted G_GNUC_UNUSED = text_redact(ended); /* it must only not fall over */
	g_autoptr(GString) lines = g_string_new(NULL);
	char field[24];
	fuzz_judge(line);
	if (strlen(line) > TEXT_CAP || strcmp(line, again) != 0 || !text_is_clean(line))
		g_error("not clean");
	text_clean_append(lines, raw, (gssize)size, cap, TEXT_LINES);
	g_autofree char *bad = hostile_find(lines->str, lines->len, ALLOW_NEWLINE);
	if (bad || lines->len > cap)
		g_error("lines: %s", bad ? bad : "too long");
	text_copy(field, line, sizeof field);
	fuzz_judge(field);
	text_width(line);
	check_canvas(line);
	check_canvas(ended); /* the second line of defence: what never passed the gate */
	struct box *box = box_new();
	fuzz_judge(box_text(box, raw, (gssize)size));
	fuzz_judge(box_text(box, ended, -1));
	box_unref(box);
}
