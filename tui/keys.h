/* keys.h - what a key is called: one number a key, names for configuration and scripts. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <glib.h>
#include <stdbool.h>

/* A key is its Unicode character; ctrl-a..ctrl-z are 1..26 as a terminal sends them. What has no character: */
enum key {
	K_NONE = 0,
	K_TAB = '\t',
	K_ENTER = '\r',
	K_ESC = 0x1b,
	K_SPACE = ' ',
	K_BACKSPACE = 0x7f,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_INSERT,
	K_DELETE,
	K_BACKTAB,
	K_F1, /* K_F1 + n - 1, to f12 */
	K_F12 = K_F1 + 11,
	K_MOUSE, /* see struct key_event */
	K_PASTE,
	K_LAST
};

#define K_CTRL(letter) ((letter)&0x1f)
#define K_ALT          0x1000000 /* added to a key */

enum mouse_what { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

/* One thing that came from the keyboard. */
struct key_event {
	int key;
	int x, y; /* K_MOUSE: cell, from 0 */
	enum mouse_what mouse;
	char *paste; /* K_PASTE: text as pasted, at most PASTE_CAP bytes; owned by the event */
};

#define PASTE_CAP (64 * 1024)

void key_event_clear(struct key_event *e);

/* "j", "ctrl-l", "esc", "enter", "space", "f5", "alt-x"... into name[size]. */
void key_spell(int key, char *name, gsize size);

/* The names that are words, in the order of their table; NULL after the last. */
const char *key_word(guint i);

/* The key of a name, or -1. Case matters for single characters only. */
int key_by_name(const char *name);

/* How a key stands in the hint line: short, in the glyph set given ("⏎", "esc", "^L"). */
void key_label(int key, bool unicode, char *label, gsize size);

/* A binding "j, down ctrl-n": names divided by blanks or commas. Returns how many went into keys[max], -1 at a name
 * that is none (told in *bad, borrowed from the text's copy: up to 31 bytes). "," itself is "comma". */
int keys_parse(const char *text, int *keys, int max, char bad[32]);

/* What `snapshot --keys` plays: characters as they are, "\e \r \n \t \\ \<", "\xHH", and names in angle brackets:
 * ":hosts<enter>". Returns an array of int (struct key_event is not needed), or NULL with error. */
GArray *keys_script(const char *text, GError **error);

#endif
