/* menu.c - the filtered list behind ":", "?" and "a". */
#include "config.h"

#include "tui/menu.h"

#include "tui/command.h"
#include "tui/draw.h"

#include <string.h>

#define KEYS_WIDTH     9
#define NAME_WIDTH     13
#define PALETTE_HEIGHT 12
#define NARROW_W       72

void menu_init(struct menu *m)
{
	*m = (struct menu){0};
	m->items = g_array_new(FALSE, TRUE, sizeof(struct menu_item));
	m->order = g_array_new(FALSE, FALSE, sizeof(guint));
}

void menu_clear(struct menu *m)
{
	g_array_unref(m->items);
	g_array_unref(m->order);
}

void menu_open(struct menu *m, enum menu_kind kind)
{
	m->kind = kind;
	g_array_set_size(m->items, 0);
}

static const struct menu_item *item_at(const struct menu *m, int i)
{
	return &g_array_index(m->items, struct menu_item, g_array_index(m->order, guint, i));
}

/* ---- matching ----------------------------------------------------------------------------------------------- */

/* In help and actions a word of the explanation counts as well. */
static int score_of(const struct menu *m, const struct menu_item *item, const char *typed)
{
	int score = fuzzy_score(typed, item->name);
	if (score > 0 || m->kind == MENU_PALETTE)
		return score;
	g_autofree char *words = g_strconcat(item->help, " ", item->group, NULL);
	g_autofree char *help = g_utf8_casefold(words, -1), *want = g_utf8_casefold(typed, -1);
	return strstr(help, want) ? 1 : 0;
}

struct scored {
	guint index;
	int score;
};

static int better_first(gconstpointer pa, gconstpointer pb)
{
	const struct scored *a = pa, *b = pb;
	return a->score != b->score ? b->score - a->score : (a->index > b->index) - (a->index < b->index);
}

void menu_filter(struct menu *m, const char *typed)
{
	g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct scored));
	for (guint i = 0; i < m->items->len; i++) {
		struct scored hit = {i, score_of(m, &g_array_index(m->items, struct menu_item, i), typed)};
		if (hit.score > 0)
			g_array_append_val(hits, hit);
	}
	if (m->kind == MENU_PALETTE && *typed)
		g_array_sort(hits, better_first);
	g_array_set_size(m->order, 0);
	for (guint i = 0; i < hits->len; i++)
		g_array_append_val(m->order, g_array_index(hits, struct scored, i).index);
	m->cursor = m->top = 0;
}

bool menu_key(struct menu *m, int key)
{
	int last = MAX((int)m->order->len - 1, 0), to = m->cursor;
	if (key == K_DOWN || key == K_TAB)
		to++;
	else if (key == K_UP || key == K_BACKTAB)
		to--;
	else if (key == K_PGDN)
		to += 10;
	else if (key == K_PGUP)
		to -= 10;
	else if (key == K_HOME)
		to = 0;
	else if (key == K_END)
		to = last;
	else
		return false;
	m->cursor = CLAMP(to, 0, last);
	return true;
}

const struct menu_item *menu_current(const struct menu *m)
{
	return m->cursor < (int)m->order->len ? item_at(m, m->cursor) : NULL;
}

/* ---- drawing ------------------------------------------------------------------------------------------------ */

/* Where a line begins with the name, and with what it does. A narrow help leaves the names to the palette; a note has none:
 * keys and what they do. */
struct stops {
	int name, help;
};

static struct stops stops_of(const struct menu *m, struct rect line)
{
	struct stops at = {.name = line.x + 2 + KEYS_WIDTH + 1};
	bool narrow = m->kind == MENU_HELP && line.w < NARROW_W;
	at.help = narrow ? at.name : at.name + NAME_WIDTH + 2;
	return at;
}

static void draw_item(const struct menu *m, struct canvas *c, struct rect line, const struct menu_item *item,
		      bool current)
{
	bool usable = item->why[0] == '\0', note = item->what == ITEM_NOTE;
	struct stops at = stops_of(m, line);
	int keys_w = note && at.help > at.name ? at.help - line.x - 4 : KEYS_WIDTH;
	draw_text(c, line.x + 2, line.y, keys_w, ALIGN_LEFT, ROLE_KEY, item->keys);
	if (!note && at.help > at.name)
		draw_text(c, at.name, line.y, NAME_WIDTH, ALIGN_LEFT, usable ? ROLE_TEXT : ROLE_DIM,
			  item->name);
	draw_text(c, at.help, line.y, line.x + line.w - at.help, ALIGN_LEFT, ROLE_DIM,
		  note     ? item->name
		  : usable ? item->help
			   : item->why);
	if (current) {
		canvas_glyph(c, line.x, line.y, ROLE_FOCUS, G_CURSOR);
		canvas_select(c, line);
	}
}

/* A heading stands where an item's group differs from the one shown above it. */
static bool needs_heading(const struct menu *m, int i)
{
	if (m->kind != MENU_HELP || !item_at(m, i)->group)
		return false;
	return i == m->top || g_strcmp0(item_at(m, i - 1)->group, item_at(m, i)->group) != 0;
}

/* Rows that items from..to take with their headings. */
static int rows_between(const struct menu *m, int from, int to)
{
	int rows = 0;
	for (int i = from; i <= to && i < (int)m->order->len; i++)
		rows += 1 + (i == from || needs_heading(m, i) ? m->kind == MENU_HELP : 0);
	return rows;
}

static void scroll(struct menu *m, int height)
{
	m->top = MIN(m->top, m->cursor);
	while (m->top < m->cursor && rows_between(m, m->top, m->cursor) > height)
		m->top++;
}

/* The rule above the list; "7/31" at its end, where not all is to be seen. */
static void draw_top(const struct menu *m, struct canvas *c, struct rect body, int height, const char *title)
{
	char text[32] = "";
	if (m->order->len > 0 && rows_between(m, 0, (int)m->order->len - 1) > height)
		g_snprintf(text, sizeof text, " %d/%u ", m->cursor + 1, m->order->len);
	int w = (int)strlen(text), rule = w ? MAX(body.w - w - 1, 0) : body.w;
	draw_rule(c, body.x, body.y, rule, title);
	draw_text(c, body.x + rule, body.y, w, ALIGN_LEFT, ROLE_INFO, text);
	draw_rule(c, body.x + rule + w, body.y, body.w - rule - w, NULL);
}

void menu_draw(struct menu *m, struct canvas *c, struct rect body, const char *title)
{
	if (m->kind != MENU_HELP) {
		int h = MIN(MIN(MAX((int)m->order->len, 1) + 1, PALETTE_HEIGHT), body.h);
		body = rect_of(body.x, body.y + body.h - h, body.w, h);
	}
	canvas_fill(c, body, ROLE_TEXT, " ");
	struct rect list = rect_of(body.x, body.y + 1, body.w, body.h - 1);
	scroll(m, list.h);
	draw_top(m, c, body, list.h, title);
	if (m->order->len == 0)
		canvas_text(c, list.x + 2, list.y, -1, ROLE_DIM, "no match");
	int y = list.y, bottom = list.y + list.h;
	for (int i = m->top; i < (int)m->order->len && y < bottom; i++) {
		if (needs_heading(m, i) && y + 1 < bottom)
			draw_text(c, list.x + 1, y++, list.w - 1, ALIGN_LEFT, ROLE_TITLE,
				  item_at(m, i)->group);
		draw_item(m, c, rect_of(list.x, y++, list.w, 1), item_at(m, i), i == m->cursor);
	}
}
