/* hostile_check.c - see hostile_check.h. The ranges stand in reliability.md 2 and inference.md 13; they are written down
 * here once more on purpose. */
#include "config.h"

#include "tests/unit/hostile_check.h"

#include <string.h>
#include <wchar.h>

#define MARKS_MAX 4

static const struct {
	gunichar from, to;
	const char *what;
} forbidden[] = {
	{0x0000, 0x001F, "a C0 control"},
	{0x007F, 0x007F, "DEL"},
	{0x0080, 0x009F, "a C1 control"},
	{0x00AD, 0x00AD, "a soft hyphen"},
	{0x061C, 0x061C, "a bidi control"},
	{0x180E, 0x180E, "a zero-width character"},
	{0x200B, 0x200F, "a zero-width or bidi character"},
	{0x2028, 0x202E, "a line separator or bidi control"},
	{0x2060, 0x206F, "a zero-width or bidi character"},
	{0x3164, 0x3164, "a filler"},
	{0xE000, 0xF8FF, "a private character"},
	{0xFDD0, 0xFDEF, "a noncharacter"},
	{0xFEFF, 0xFEFF, "a byte order mark"},
	{0xFFA0, 0xFFA0, "a filler"},
	{0xFFF9, 0xFFFB, "an annotation control"},
	{0xFFFE, 0xFFFF, "a noncharacter"},
	{0xE0000, 0xE0FFF, "a tag or a hidden selector"},
	{0xF0000, 0x10FFFF, "a private character"},
};

static const char *why_forbidden(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++)
		if (c >= forbidden[i].from && c <= forbidden[i].to)
			return forbidden[i].what;
	return NULL;
}

/* Bytes of an allowed escape sequence at s[0..n), 0 when it is none. */
static size_t allowed_sequence(const char *s, size_t n, unsigned allow)
{
	size_t i = 2;
	if (n < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (i < n && i < 64 && (g_ascii_isdigit(s[i]) || s[i] == ';'))
		i++;
	if (i < n && s[i] == 'm' && allow & (ALLOW_SGR | ALLOW_CURSOR))
		return i + 1;
	if (allow & ALLOW_CURSOR) {
		static const char *const whole[] = {"\033[2J", "\033[K", "\033[?25h", "\033[?25l"};
		for (size_t k = 0; k < G_N_ELEMENTS(whole); k++)
			if (n >= strlen(whole[k]) && memcmp(s, whole[k], strlen(whole[k])) == 0)
				return strlen(whole[k]);
		if (i < n && (s[i] == 'H' || s[i] == 'C'))
			return i + 1;
	}
	return 0;
}

static char *found(const char *what, const char *bytes, size_t n, size_t at)
{
	size_t from = at > 20 ? at - 20 : 0;
	g_autofree char *near = g_strndup(bytes + from, MIN(n - from, 40));
	g_autofree char *shown = g_strescape(near, NULL);
	return g_strdup_printf("%s at byte %zu, near \"%s\"", what, at, shown);
}

char *hostile_find(const char *bytes, size_t n, unsigned allow)
{
	int marks = 0;
	for (size_t i = 0; i < n;) {
		if (bytes[i] >= 0x20 && bytes[i] < 0x7f) { /* nearly all */
			marks = 0;
			i++;
			continue;
		}
		size_t skip = allowed_sequence(bytes + i, n - i, allow);
		if (skip == 0 && bytes[i] == '\n' && allow & ALLOW_NEWLINE)
			skip = 1;
		if (skip > 0) {
			i += skip;
			marks = 0;
			continue;
		}
		gunichar c = bytes[i] ? g_utf8_get_char_validated(bytes + i, (gssize)(n - i)) : 0;
		if (c == (gunichar)-1 || c == (gunichar)-2)
			return found("no UTF-8", bytes, n, i);
		if (why_forbidden(c))
			return found(why_forbidden(c), bytes, n, i);
		marks = g_unichar_ismark(c) ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			return found("a heap of combining marks", bytes, n, i);
		i += (size_t)g_unichar_to_utf8(c, NULL);
	}
	return NULL;
}

char *hostile_find_json(const json_t *value)
{
	const char *key;
	json_t *member;
	size_t i;
	char *bad = NULL;
	if (json_is_string(value))
		return hostile_find(json_string_value(value), json_string_length(value), ALLOW_NOTHING);
	json_object_foreach((json_t *)value, key, member)
	{
		bad = hostile_find(key, strlen(key), ALLOW_NOTHING);
		if (bad || (bad = hostile_find_json(member)))
			return bad;
	}
	json_array_foreach(value, i, member) if ((bad = hostile_find_json(member))) return bad;
	return NULL;
}

static const char *wrong_cell(const struct canvas *c, int x, int y)
{
	const struct cell *cell = canvas_cell(c, x, y), *next = canvas_cell(c, x + 1, y),
			  *before = canvas_cell(c, x - 1, y);
	if (cell->role >= ROLE_COUNT)
		return "no such role";
	if (!memchr(cell->text, '\0', sizeof cell->text))
		return "no end";
	if (cell->width == 0)
		return cell->text[0]                   ? "text in the second half of a wide cell"
		       : !before || before->width != 2 ? "half a wide cell"
						       : NULL;
	if (cell->width > 2)
		return "a width that is none";
	if (!cell->text[0])
		return "nothing in it";
	if (wcwidth((wchar_t)g_utf8_get_char(cell->text)) == 0) /* as terminals count */
		return "a mark without a base";
	if (cell->width == 2 && (!next || next->width != 0))
		return "the second half is missing";
	return NULL;
}

char *hostile_find_canvas(const struct canvas *c)
{
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = &c->cells[y * c->w + x];
			const char *text = cell->text;
			if (text[0] >= 0x20 && text[0] < 0x7f && !text[1] && cell->width == 1 &&
			    cell->role < ROLE_COUNT)
				continue; /* nearly all */
			const char *wrong = wrong_cell(c, x, y);
			g_autofree char *bad =
				wrong ? g_strdup(wrong) : hostile_find(text, strlen(text), ALLOW_NOTHING);
			if (bad)
				return g_strdup_printf("cell %d,%d of %dx%d: %s", x, y, c->w, c->h, bad);
		}
	return NULL;
}
