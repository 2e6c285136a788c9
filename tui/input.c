/* input.c - bytes from a terminal become key events (ECMA-48 control sequences, xterm's keys, mouse 1006, paste 2004). */
#include "config.h"

#include "tui/input.h"

#include <string.h>

#define SEQUENCE_CAP 64 /* longer ones are nobody's keys */
#define PASTE_END    "\033[201~"

enum { TAKE_MORE = 0 }; /* bytes taken by a decoder: 0 when the sequence is not complete */

void input_init(struct input *in)
{
	*in = (struct input){.bytes = g_string_new(NULL), .sync_answer = -1};
}

void input_clear(struct input *in)
{
	g_string_free(in->bytes, TRUE);
	if (in->paste)
		g_string_free(in->paste, TRUE);
	*in = (struct input){.sync_answer = -1};
}

static void emit(GArray *events, int key)
{
	struct key_event e = {.key = key};
	if (key != K_NONE)
		g_array_append_val(events, e);
}

/* ---- control sequences -------------------------------------------------------------------------------------- */

/* Finals of CSI and SS3. */
static int key_of_final(char final)
{
	static const struct {
		char final;
		int key;
	} finals[] = {
		{'A', K_UP},     {'B', K_DOWN},   {'C', K_RIGHT},   {'D', K_LEFT},
		{'H', K_HOME},   {'F', K_END},    {'Z', K_BACKTAB}, {'P', K_F1},
		{'Q', K_F1 + 1}, {'R', K_F1 + 2}, {'S', K_F1 + 3},  {'M', K_ENTER},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(finals); i++)
		if (finals[i].final == final)
			return finals[i].key;
	return K_NONE;
}

/* CSI number ~ */
static int key_of_number(int number)
{
	static const int keys[] = {
		[1] = K_HOME,    [2] = K_INSERT,  [3] = K_DELETE,  [4] = K_END,      [5] = K_PGUP,
		[6] = K_PGDN,    [7] = K_HOME,    [8] = K_END,     [11] = K_F1,      [12] = K_F1 + 1,
		[13] = K_F1 + 2, [14] = K_F1 + 3, [15] = K_F1 + 4, [17] = K_F1 + 5,  [18] = K_F1 + 6,
		[19] = K_F1 + 7, [20] = K_F1 + 8, [21] = K_F1 + 9, [23] = K_F1 + 10, [24] = K_F1 + 11,
	};
	return number > 0 && number < (int)G_N_ELEMENTS(keys) ? keys[number] : K_NONE;
}

/* Up to 4 numbers of a control sequence's parameters. Returns how many. */
static int parameters(const char *text, gsize n, int out[4])
{
	int count = 0, value = 0;
	for (gsize i = 0; i <= n && count < 4; i++) {
		if (i < n && g_ascii_isdigit(text[i])) {
			value = MIN(value * 10 + (text[i] - '0'), 99999);
		} else if (i == n || text[i] == ';') {
			out[count++] = value;
			value = 0;
		}
	}
	return count;
}

static void mouse(const int p[4], char final, GArray *events)
{
	struct key_event e = {.key = K_MOUSE, .x = p[1] - 1, .y = p[2] - 1};
	if (final != 'M' || e.x < 0 || e.y < 0)
		return;
	if (p[0] == 64)
		e.mouse = MOUSE_WHEEL_UP;
	else if (p[0] == 65)
		e.mouse = MOUSE_WHEEL_DOWN;
	else if (p[0] == 0)
		e.mouse = MOUSE_PRESS;
	else
		return;
	g_array_append_val(events, e);
}

/* A key told by number, as some terminals can be set to do: CSI number ; modifiers u. Modifiers are one more than a sum of
 * shift 1, alt 2, ctrl 4 (xterm's formatOtherKeys). */
static int key_of_code(int code, int modifiers)
{
	int bits = MAX(modifiers - 1, 0), alt = bits & 2 ? K_ALT : 0;
	if (code <= 0 || code >= 0x110000)
		return K_NONE;
	if (code == K_TAB && bits & 1)
		return K_BACKTAB;
	if (code < 0x80 && g_ascii_isalpha((char)code)) {
		if (bits & 4)
			return K_CTRL(code) | alt;
		if (bits & 1)
			code = g_ascii_toupper((char)code);
	}
	return code | alt;
}

/* A complete control sequence: body is what stands between "ESC [" and the final. */
static void control_sequence(struct input *in, const char *body, gsize n, char final, GArray *events)
{
	int p[4] = {0};
	char private = n > 0 && strchr("<?>=", body[0]) ? body[0] : '\0';
	int count = parameters(body + (private ? 1 : 0), n - (private ? 1 : 0), p);
	if (private == '<') {
		if (count >= 3)
			mouse(p, final, events);
	} else if (private == '?') {
		if (final == 'y' && p[0] == 2026)
			in->sync_answer = p[1];
	} else if (private) {
		return;
	} else if (final == '~' && p[0] == 200) {
		in->paste = g_string_new(NULL);
		in->paste_full = false;
	} else if (final == '~') {
		emit(events, key_of_number(p[0]));
	} else if (final == 'u') {
		emit(events, key_of_code(p[0], p[1]));
	} else if (final != 'M') {
		emit(events, key_of_final(final));
	}
}

static gsize take_csi(struct input *in, const char *s, gsize n, GArray *events)
{
	if (n > 2 && s[2] == '[') { /* the Linux console's F1 to F5: ESC [ [ A */
		if (n < 4)
			return TAKE_MORE;
		if (s[3] >= 'A' && s[3] <= 'E')
			emit(events, K_F1 + s[3] - 'A');
		return 4;
	}
	for (gsize i = 2; i < n; i++) {
		if (s[i] >= 0x40 && s[i] <= 0x7e) {
			control_sequence(in, s + 2, i - 2, s[i], events);
			return i + 1;
		}
		if (s[i] < 0x20 || i > SEQUENCE_CAP) /* broken off: what came in between is lost */
			return i;
	}
	return TAKE_MORE;
}

/* OSC, DCS, APC, PM: answers of the terminal, swallowed up to their end. */
static gsize take_string(const char *s, gsize n)
{
	for (gsize i = 2; i < n; i++) {
		if (s[i] == '\a')
			return i + 1;
		if (s[i] == '\033')
			return i + 1 < n && s[i + 1] == '\\' ? i + 2 : (i + 1 < n ? i : TAKE_MORE);
		if (i > 4096)
			return i;
	}
	return TAKE_MORE;
}

static gsize take_character(const char *s, gsize n, int alt, GArray *events)
{
	gunichar ch = g_utf8_get_char_validated(s, (gssize)n);
	if (ch == (gunichar)-2)
		return TAKE_MORE;
	if (ch == (gunichar)-1)
		return 1;
	if (ch == '\n')
		ch = K_ENTER;
	if (ch == '\b')
		ch = K_BACKSPACE;
	emit(events, (int)ch | alt);
	return (gsize)(g_utf8_next_char(s) - s);
}

static gsize take_escape(struct input *in, const char *s, gsize n, GArray *events)
{
	if (n < 2)
		return TAKE_MORE;
	switch (s[1]) {
	case '[':
		return take_csi(in, s, n, events);
	case 'O':
		if (n < 3)
			return TAKE_MORE;
		emit(events, key_of_final(s[2]));
		return 3;
	case ']':
	case 'P':
	case '_':
	case '^':
		return take_string(s, n);
	case '\033':
		emit(events, K_ESC);
		return 1;
	default: {
		gsize took = take_character(s + 1, n - 1, K_ALT, events);
		return took ? took + 1 : TAKE_MORE;
	}
	}
}

/* ---- paste -------------------------------------------------------------------------------------------------- */

static void keep_pasted(struct input *in, const char *s, gsize n)
{
	gsize room = PASTE_CAP - MIN(in->paste->len, PASTE_CAP);
	g_string_append_len(in->paste, s, (gssize)MIN(n, room));
	in->paste_full |= n > room;
}

/* Inside the brackets nothing is a key. Returns the bytes taken; the end mark may be split over reads. */
static gsize take_paste(struct input *in, const char *s, gsize n, GArray *events)
{
	const char *end = g_strstr_len(s, (gssize)n, PASTE_END);
	if (end) {
		keep_pasted(in, s, (gsize)(end - s));
		struct key_event e = {.key = K_PASTE, .paste = g_string_free(in->paste, FALSE)};
		in->paste = NULL;
		g_array_append_val(events, e);
		return (gsize)(end - s) + strlen(PASTE_END);
	}
	gsize sure = n > strlen(PASTE_END) ? n - strlen(PASTE_END) : 0;
	keep_pasted(in, s, sure);
	return sure;
}

/* ---- the stream --------------------------------------------------------------------------------------------- */

void input_feed(struct input *in, const char *bytes, gsize n, GArray *events)
{
	g_string_append_len(in->bytes, bytes, (gssize)n);
	gsize at = 0;
	while (at < in->bytes->len) {
		const char *s = in->bytes->str + at;
		gsize left = in->bytes->len - at, took;
		if (in->paste)
			took = take_paste(in, s, left, events);
		else if (*s == '\033')
			took = take_escape(in, s, left, events);
		else if (*s == '\0')
			took = 1;
		else
			took = take_character(s, left, 0, events);
		if (took == 0)
			break;
		at += took;
	}
	g_string_erase(in->bytes, 0, (gssize)at);
}

bool input_pending(const struct input *in)
{
	return in->bytes->len > 0 && !in->paste;
}

void input_flush(struct input *in, GArray *events)
{
	if (!input_pending(in))
		return;
	/* ESC alone is the key; ESC and one character of an introducer is alt with it; the rest is noise. */
	if (in->bytes->len == 1 && in->bytes->str[0] == '\033')
		emit(events, K_ESC);
	else if (in->bytes->len == 2 && in->bytes->str[0] == '\033')
		emit(events, (unsigned char)in->bytes->str[1] | K_ALT);
	g_string_truncate(in->bytes, 0);
}
