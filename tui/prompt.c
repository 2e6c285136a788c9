/* prompt.c - the line editor. */
#include "config.h"

#include "tui/prompt.h"

#include "lab/text.h"

#include <string.h>

void prompt_init(struct prompt *p, const char *sign)
{
	*p = (struct prompt){.sign = sign, .text = g_string_new(NULL)};
	p->history = g_ptr_array_new_with_free_func(g_free);
}

void prompt_clear(struct prompt *p)
{
	g_string_free(p->text, TRUE);
	g_ptr_array_unref(p->history);
}

static void set_text(struct prompt *p, const char *text)
{
	g_string_assign(p->text, text);
	p->cursor = p->text->len;
}

void prompt_open(struct prompt *p, const char *text)
{
	p->at = p->history->len;
	set_text(p, text ? text : "");
}

void prompt_remember(struct prompt *p, const char *text)
{
	guint index;
	if (!*text)
		return;
	if (g_ptr_array_find_with_equal_func(p->history, text, g_str_equal, &index))
		g_ptr_array_remove_index(p->history, index);
	g_ptr_array_add(p->history, g_strdup(text));
	if (p->history->len > PROMPT_HISTORY)
		g_ptr_array_remove_index(p->history, 0);
}

/* ---- editing ------------------------------------------------------------------------------------------------ */

static void insert(struct prompt *p, const char *raw)
{
	g_autoptr(GString) clean = g_string_new(NULL);
	gsize room = PROMPT_CAP - MIN(p->text->len, PROMPT_CAP);
	if (room == 0)
		return;
	text_clean_append(clean, raw, -1, room, TEXT_LINE);
	g_string_insert(p->text, (gssize)p->cursor, clean->str);
	p->cursor += clean->len;
}

static gsize left_of(const struct prompt *p, gsize at)
{
	const char *prev = g_utf8_find_prev_char(p->text->str, p->text->str + at);
	return prev ? (gsize)(prev - p->text->str) : 0;
}

static gsize right_of(const struct prompt *p, gsize at)
{
	return at < p->text->len ? (gsize)(g_utf8_next_char(p->text->str + at) - p->text->str) : at;
}

static gsize word_left_of(const struct prompt *p, gsize at)
{
	while (at > 0 && p->text->str[at - 1] == ' ')
		at--;
	while (at > 0 && p->text->str[at - 1] != ' ')
		at--;
	return at;
}

static void erase(struct prompt *p, gsize from, gsize to)
{
	g_string_erase(p->text, (gssize)from, (gssize)(to - from));
	p->cursor = from;
}

static void recall(struct prompt *p, int by)
{
	gint64 to = (gint64)p->at + by;
	if (to < 0 || to > (gint64)p->history->len)
		return;
	p->at = (guint)to;
	set_text(p, p->at < p->history->len ? p->history->pdata[p->at] : "");
}

/* Keys that edit or move within the line; false for others. */
static bool edit(struct prompt *p, int key)
{
	switch (key) {
	case K_LEFT:
	case K_CTRL('b'):
		p->cursor = left_of(p, p->cursor);
		return true;
	case K_RIGHT:
	case K_CTRL('f'):
		p->cursor = right_of(p, p->cursor);
		return true;
	case K_HOME:
	case K_CTRL('a'):
		p->cursor = 0;
		return true;
	case K_END:
	case K_CTRL('e'):
		p->cursor = p->text->len;
		return true;
	case K_BACKSPACE:
		erase(p, left_of(p, p->cursor), p->cursor);
		return true;
	case K_DELETE:
	case K_CTRL('d'):
		erase(p, p->cursor, right_of(p, p->cursor));
		return true;
	case K_CTRL('u'):
		erase(p, 0, p->cursor);
		return true;
	case K_CTRL('k'):
		erase(p, p->cursor, p->text->len);
		return true;
	case K_CTRL('w'):
		erase(p, word_left_of(p, p->cursor), p->cursor);
		return true;
	default:
		return false;
	}
}

enum prompt_result prompt_key(struct prompt *p, const struct key_event *e, bool with_history)
{
	int key = e->key;
	if (key == K_ENTER)
		return PROMPT_DONE;
	/* Backspace on nothing leaves, as in an editor. */
	if (key == K_ESC || key == K_CTRL('g') || (key == K_BACKSPACE && p->text->len == 0))
		return PROMPT_CANCELLED;
	if (key == K_PASTE) {
		insert(p, e->paste ? e->paste : "");
		return PROMPT_EDITED;
	}
	if (key == K_CTRL('p') || (with_history && key == K_UP)) {
		recall(p, -1);
		return PROMPT_EDITED;
	}
	if (key == K_CTRL('n') || (with_history && key == K_DOWN)) {
		recall(p, 1);
		return PROMPT_EDITED;
	}
	if (edit(p, key))
		return PROMPT_EDITED;
	if (key >= 32 && key < 0x110000) {
		char utf8[8] = "";
		g_unichar_to_utf8((gunichar)key, utf8);
		insert(p, utf8);
		return PROMPT_EDITED;
	}
	return PROMPT_IGNORED;
}

void prompt_draw(const struct prompt *p, struct canvas *c, struct rect r)
{
	struct rect saved = canvas_clip(c, r);
	int sign = canvas_text(c, r.x + 1, r.y, -1, ROLE_KEY, p->sign) + 1;
	g_autofree char *before = g_strndup(p->text->str, p->cursor);
	int at = text_width(before), room = MAX(r.w - sign - 2, 1);
	int scroll = MAX(at - room, 0);
	struct rect line = rect_of(r.x + sign, r.y, room + 1, 1);
	struct rect outer = canvas_clip(c, line);
	canvas_text(c, line.x - scroll, r.y, -1, ROLE_TEXT, p->text->str);
	canvas_unclip(c, outer);
	canvas_cursor(c, line.x + at - scroll, r.y, true);
	canvas_unclip(c, saved);
}
