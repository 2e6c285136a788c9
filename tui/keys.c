/* keys.c - names of keys, bindings as text, scripts of keys. */
#include "config.h"

#include "tui/keys.h"

#include "lab/error.h"

#include <string.h>

/* The first row of a key gives the name that is shown. */
static const struct {
	int key;
	const char *name;
	const char *label; /* in the hint line where the glyph set is unicode; NULL: the name */
} named[] = {
	{K_TAB, "tab", NULL},
	{K_ENTER, "enter", "⏎"},
	{K_ENTER, "return", NULL},
	{K_ESC, "esc", NULL},
	{K_ESC, "escape", NULL},
	{K_SPACE, "space", NULL},
	{K_BACKSPACE, "backspace", NULL},
	{K_BACKSPACE, "bs", NULL},
	{K_UP, "up", "↑"},
	{K_DOWN, "down", "↓"},
	{K_LEFT, "left", "←"},
	{K_RIGHT, "right", "→"},
	{K_HOME, "home", NULL},
	{K_END, "end", NULL},
	{K_PGUP, "pgup", NULL},
	{K_PGDN, "pgdn", NULL},
	{K_INSERT, "insert", NULL},
	{K_DELETE, "delete", NULL},
	{K_BACKTAB, "shift-tab", NULL},
	{K_BACKTAB, "backtab", NULL},
	{',', "comma", ","},
	{'<', "lt", "<"},
};

void key_event_clear(struct key_event *e)
{
	g_clear_pointer(&e->paste, g_free);
	e->key = K_NONE;
}

const char *key_word(guint i)
{
	return i < G_N_ELEMENTS(named) ? named[i].name : NULL;
}

static const char *plain_name(int key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
		if (named[i].key == key)
			return named[i].name;
	return NULL;
}

void key_spell(int key, char *name, gsize size)
{
	const char *alt = key & K_ALT ? "alt-" : "";
	key &= ~K_ALT;
	const char *known = plain_name(key);
	char utf8[8] = "";
	if (known)
		g_snprintf(name, size, "%s%s", alt, known);
	else if (key >= K_F1 && key <= K_F12)
		g_snprintf(name, size, "%sf%d", alt, key - K_F1 + 1);
	else if (key > 0 && key <= 26)
		g_snprintf(name, size, "%sctrl-%c", alt, 'a' + key - 1);
	else if (key >= 28 && key < 32)
		g_snprintf(name, size, "%sctrl-%c", alt, '@' + key);
	else if (key > 32 && key < 0x110000 && g_unichar_isprint((gunichar)key)) {
		g_unichar_to_utf8((gunichar)key, utf8);
		g_snprintf(name, size, "%s%s", alt, utf8);
	} else
		g_snprintf(name, size, "%skey-%d", alt, key);
}

void key_label(int key, bool unicode, char *label, gsize size)
{
	for (gsize i = 0; unicode && i < G_N_ELEMENTS(named); i++)
		if (named[i].key == key && named[i].label) {
			g_strlcpy(label, named[i].label, size);
			return;
		}
	if (key == ',' || key == '<')
		g_snprintf(label, size, "%c", key);
	else if (key > 0 && key <= 26 && !plain_name(key))
		g_snprintf(label, size, "^%c", 'A' + key - 1);
	else
		key_spell(key, label, size);
}

static int key_by_word(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_ascii_strcasecmp(named[i].name, name) == 0)
			return named[i].key;
	if ((name[0] == 'f' || name[0] == 'F') && g_ascii_isdigit(name[1])) {
		guint64 n = 0;
		if (g_ascii_string_to_unsigned(name + 1, 10, 1, 12, &n, NULL))
			return K_F1 + (int)n - 1;
	}
	if (g_ascii_strncasecmp(name, "ctrl-", 5) == 0 && name[5] && !name[6]) {
		if (g_ascii_isalpha(name[5]))
			return K_CTRL(name[5]);
		if (name[5] >= '\\' && name[5] <= '_')
			return name[5] - '@';
	}
	return -1;
}

int key_by_name(const char *name)
{
	gunichar ch = g_utf8_get_char_validated(name, -1);
	if (ch < 0x80000000 && ch > 32 && ch != 0x7f && *g_utf8_next_char(name) == '\0')
		return (int)ch;
	if (g_ascii_strncasecmp(name, "alt-", 4) == 0) {
		int key = key_by_name(name + 4);
		return key < 0 ? -1 : key | K_ALT;
	}
	return key_by_word(name);
}

int keys_parse(const char *text, int *keys, int max, char bad[32])
{
	g_auto(GStrv) words = g_strsplit_set(text, " ,\t", -1);
	int n = 0;
	for (char **w = words; *w; w++) {
		if (!**w)
			continue;
		int key = key_by_name(*w);
		if (key < 0) {
			g_strlcpy(bad, *w, 32);
			return -1;
		}
		if (n < max)
			keys[n++] = key;
	}
	return n;
}

/* One escape after a backslash: *p stands on the character after it. Returns the key, or -1. */
static int script_escape(const char **p)
{
	static const char letters[] = "ernt\\<", keys[] = "\x1b\r\r\t\\<";
	const char *found = **p ? strchr(letters, **p) : NULL;
	if (found) {
		(*p)++;
		return keys[found - letters];
	}
	if (**p == 'x' && g_ascii_isxdigit((*p)[1]) && g_ascii_isxdigit((*p)[2])) {
		int key = g_ascii_xdigit_value((*p)[1]) * 16 + g_ascii_xdigit_value((*p)[2]);
		*p += 3;
		return key;
	}
	return -1;
}

/* A name in angle brackets: *p stands after "<". A "<" that closes nowhere is the character. */
static int script_name(const char **p)
{
	const char *end = strchr(*p, '>');
	if (!end)
		return '<';
	g_autofree char *name = g_strndup(*p, (gsize)(end - *p));
	int key = key_by_name(name);
	if (key >= 0)
		*p = end + 1;
	return key;
}

GArray *keys_script(const char *text, GError **error)
{
	GArray *keys = g_array_new(FALSE, FALSE, sizeof(int));
	if (!g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "keys: not valid UTF-8");
		g_array_unref(keys);
		return NULL;
	}
	for (const char *p = text; *p;) {
		const char *at = p;
		int key;
		if (*p == '\\') {
			p++;
			key = script_escape(&p);
		} else if (*p == '<') {
			p++;
			key = script_name(&p);
		} else {
			key = *p == '\n' ? K_ENTER : (int)g_utf8_get_char(p);
			p = g_utf8_next_char(p);
		}
		if (key <= 0) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
				    "keys: \"%.20s\" is no key; names are like <enter> "
				    "<esc> <up> <ctrl-l> <f5>",
				    at);
			g_array_unref(keys);
			return NULL;
		}
		g_array_append_val(keys, key);
	}
	return keys;
}
