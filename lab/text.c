/* text.c - the gate for text from outside: what leaves is shown as it is and drives nothing.
 *
 * Nothing is dropped silently: what a terminal would act on is spelled out (^[, <U+202E>), so that a person sees what
 * somebody tried. Classification is GLib's, which needs no locale (the agent runs in "C").
 */
#include "config.h"

#include "lab/text.h"

#include <stddef.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT   0xFFFDu
#define DOTTED_CIRCLE 0x25CCu
#define MARKS_KEPT    4
#define ELLIPSIS      "\xe2\x80\xa6"
#define GLYPH_MAX     16 /* bytes of the longest form of one character: "<U+10FFFF>" */

/* Lead bytes with the range of their second byte: Unicode, table 3-7. Overlong forms, surrogates and what lies beyond
 * U+10FFFF have no row. */
static const struct {
	guchar lead_from, lead_to, second_from, second_to;
	int len;
} utf8_forms[] = {
	{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
	{0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
	{0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* One character of s[0..n), n > 0; *len is its bytes. A bad sequence gives U+FFFD for its maximal subpart. */
static gunichar decode(const char *s, size_t n, size_t *len)
{
	const guchar *b = (const guchar *)s;
	*len = 1;
	if (b[0] < 0x80)
		return b[0];
	for (size_t i = 0; i < G_N_ELEMENTS(utf8_forms); i++) {
		if (b[0] < utf8_forms[i].lead_from || b[0] > utf8_forms[i].lead_to)
			continue;
		size_t want = (size_t)utf8_forms[i].len;
		if (n < 2 || b[1] < utf8_forms[i].second_from || b[1] > utf8_forms[i].second_to)
			return REPLACEMENT;
		gunichar c = b[0] & (0x7Fu >> want);
		c = c << 6 | (b[1] & 0x3F);
		for (*len = 2; *len < want; ++*len) {
			if (*len == n || (b[*len] & 0xC0) != 0x80)
				return REPLACEMENT;
			c = c << 6 | (b[*len] & 0x3F);
		}
		return c;
	}
	return REPLACEMENT;
}

/* Columns of a printable character. The C library's word counts, because ncurses asks it too; where the locale has no
 * such characters GLib's does. */
static int char_width(gunichar c)
{
	if (c >= 0x20 && c < 0x7F)
		return 1;
	int w = wcwidth((wchar_t)c);
	if (w >= 0)
		return w;
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static bool locale_has_wide_characters(void)
{
	return wcwidth(0x4E00) == 2;
}

enum glyph { GLYPH_PLAIN, GLYPH_MARK, GLYPH_BREAK, GLYPH_TAB, GLYPH_CARET, GLYPH_CODE, GLYPH_BOX };

/* Letters, marks and a pattern to Unicode, and nothing to the eye: Hangul fillers, Khmer vowels that are inherent, a joiner of
 * graphemes, the empty braille pattern. Selectors above the first 16 carry hidden bytes. */
static bool is_unseen(gunichar c)
{
	static const gunichar unseen[] = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0};
	for (size_t i = 0; i < G_N_ELEMENTS(unseen); i++)
		if (c == unseen[i])
			return true;
	return c >= 0xE0100 && c <= 0xE01EF;
}

/* What becomes of a character: itself, a combining mark, a line break, or one of the visible forms. */
static enum glyph classify(gunichar c)
{
	if (c >= 0x20 && c < 0x7F)
		return GLYPH_PLAIN;
	if (c == '\n')
		return GLYPH_BREAK;
	if (c == '\t')
		return GLYPH_TAB;
	if (c < 0x20 || c == 0x7F)
		return GLYPH_CARET;
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL: /* C1 */
	case G_UNICODE_FORMAT:  /* bidi controls, zero-width characters, tags */
		return GLYPH_CODE;
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return GLYPH_BREAK;
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
		return GLYPH_BOX;
	default:
		break;
	}
	if (is_unseen(c))
		return GLYPH_CODE;
	if (wcwidth((wchar_t)c) < 0 && locale_has_wide_characters())
		return GLYPH_BOX;
	return char_width(c) == 0 ? GLYPH_MARK : GLYPH_PLAIN;
}

static size_t put_char(char *out, gunichar c)
{
	return (size_t)g_unichar_to_utf8(c, out);
}

/* The form of one character; marks counts the combining marks since the last base, -1 when there is no base yet. */
static size_t render(gunichar c, enum text_flags flags, int *marks, char out[GLYPH_MAX])
{
	enum glyph g = classify(c);
	if (g == GLYPH_MARK) {
		size_t n = *marks < 0 ? put_char(out, DOTTED_CIRCLE) : 0;
		*marks = *marks < 0 ? 1 : *marks + 1;
		if (*marks <= MARKS_KEPT)
			return n + put_char(out + n, c);
		return *marks == MARKS_KEPT + 1 ? put_char(out, REPLACEMENT) : 0;
	}
	*marks = 0;
	switch (g) {
	case GLYPH_CARET:
		return (size_t)g_snprintf(out, GLYPH_MAX, "^%c", (char)(c ^ 0x40));
	case GLYPH_CODE:
		return (size_t)g_snprintf(out, GLYPH_MAX, "<U+%04X>", c);
	case GLYPH_BREAK:
		*marks = -1;
		out[0] = flags & TEXT_LINES ? '\n' : ' ';
		return 1;
	case GLYPH_TAB:
		out[0] = ' ';
		return 1;
	case GLYPH_BOX:
		return put_char(out, REPLACEMENT);
	default:
		return put_char(out, c);
	}
}

bool text_is_plain(const char *s, size_t n)
{
	if (n > TEXT_CAP)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!g_ascii_isprint(s[i]))
			return false;
	return true;
}

void text_clean_append(GString *out, const char *raw, gssize len, gsize cap, enum text_flags flags)
{
	size_t n = raw ? (len < 0 ? strlen(raw) : (size_t)len) : 0;
	size_t start = out->len, safe = start; /* safe: where the ellipsis still fits */
	int marks = -1;
	for (size_t i = 0, used; i < n; i += used) {
		char form[GLYPH_MAX];
		gunichar c = decode(raw + i, n - i, &used);
		if (c == '\r' && i + 1 < n && raw[i + 1] == '\n')
			continue;
		size_t bytes = render(c, flags, &marks, form);
		if (out->len - start + bytes > cap) {
			g_string_truncate(out, safe);
			if (cap >= strlen(ELLIPSIS))
				g_string_append(out, ELLIPSIS);
			return;
		}
		g_string_append_len(out, form, (gssize)bytes);
		if (out->len - start + strlen(ELLIPSIS) <= cap)
			safe = out->len;
	}
}

char *text_clean(const char *raw, gssize len)
{
	GString *out = g_string_new(NULL);
	text_clean_append(out, raw, len, TEXT_CAP, TEXT_LINE);
	return g_string_free(out, FALSE);
}

bool text_is_clean(const char *s)
{
	size_t n = strlen(s);
	int marks = -1;
	if (n > TEXT_CAP)
		return false;
	for (size_t i = 0, used; i < n; i += used) {
		char form[GLYPH_MAX];
		gunichar c = decode(s + i, n - i, &used);
		if (render(c, TEXT_LINE, &marks, form) != used || memcmp(form, s + i, used) != 0)
			return false;
	}
	return true;
}

void text_mend(char *s)
{
	size_t n = strlen(s), from = n;
	while (from > 0 && n - from < 4 && ((guchar)s[from - 1] & 0xC0) == 0x80)
		from--;
	if (from == 0 || (guchar)s[from - 1] < 0xC0)
		return; /* it ends with ASCII */
	if (g_utf8_get_char_validated(s + from - 1, (gssize)(n - from + 1)) >= (gunichar)-2)
		s[from - 1] = '\0';
}

void text_copy(char *out, const char *text, size_t size)
{
	if (g_strlcpy(out, text, size) >= size)
		text_mend(out);
}

int text_index(const char *const *words, int count, const char *word)
{
	for (int i = 0; word && i < count; i++)
		if (words[i] && strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int digits(const char *s)
{
	return (int)strspn(s, "0123456789");
}

int text_natural(const char *a, const char *b)
{
	size_t i = 0;
	while (a[i] && a[i] == b[i])
		i++;
	size_t from = i; /* of the numbers that differ: the digits before are the same */
	while (from > 0 && g_ascii_isdigit(a[from - 1]))
		from--;
	const char *x = a + from, *y = b + from;
	int nx = digits(x), ny = digits(y);
	if (nx > 0 && ny > 0) {
		const char *p = x + strspn(x, "0"), *q = y + strspn(y, "0");
		int np = digits(p), nq = digits(q), c = strncmp(p, q, (size_t)np);
		if (np != nq)
			return np < nq ? -1 : 1;
		if (c != 0)
			return c;
	}
	return strcmp(a + i, b + i);
}

/* Before a number stands how many digits it has; nine and more are so many nines. */
static void natural_number(GString *out, const char *number, int n)
{
	for (int left = n;; left -= 9) {
		g_string_append_c(out, (char)('0' + MIN(left, 9)));
		if (left < 9)
			break;
	}
	g_string_append_len(out, number, n);
}

void text_natural_key(char *out, size_t size, const char *text)
{
	g_autoptr(GString) key = g_string_sized_new(size);
	for (const char *p = text; *p && key->len < size;) {
		size_t word = strcspn(p, " ");
		bool address = memchr(p, ':', word) != NULL;
		for (const char *end = p + word; p < end;) {
			int n = address ? 0 : digits(p);
			const char *number = p + strspn(p, "0");
			if (n == 0) {
				g_string_append_c(key, *p++);
				continue;
			}
			natural_number(key, number, n - (int)(number - p));
			p += n;
		}
		if (*p)
			g_string_append_c(key, *p++);
	}
	g_strlcpy(out, key->str, size);
}

int text_width(const char *s)
{
	int width = 0;
	size_t n = strlen(s);
	for (size_t i = 0, used; i < n; i += used)
		width += char_width(decode(s + i, n - i, &used));
	return width;
}
