/* Bytes from terminals become keys: all forms, split anywhere, noise swallowed, pastes kept from being keys. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/input.h"

#include <string.h>

static GArray *events_new(void)
{
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct key_event));
	g_array_set_clear_func(events, (GDestroyNotify)key_event_clear);
	return events;
}

static struct key_event *event(GArray *events, guint i)
{
	g_assert_cmpuint(i, <, events->len);
	return &g_array_index(events, struct key_event, i);
}

/* The keys that bytes give, also when they come one at a time. */
static void assert_keys(const char *bytes, gsize n, const int *want, guint n_want)
{
	for (int split = 0; split < 2; split++) {
		struct input in;
		g_autoptr(GArray) events = events_new();
		input_init(&in);
		for (gsize i = 0; split && i < n; i++)
			input_feed(&in, bytes + i, 1, events);
		if (!split)
			input_feed(&in, bytes, n, events);
		input_flush(&in, events);
		g_assert_cmpuint(events->len, ==, n_want);
		for (guint i = 0; i < n_want; i++)
			g_assert_cmpint(event(events, i)->key, ==, want[i]);
		input_clear(&in);
	}
}

static void test_keys(void)
{
	static const struct {
		const char *bytes;
		int key;
	} keys[] = {
		{"j", 'j'},
		{"\r", K_ENTER},
		{"\n", K_ENTER},
		{"\t", K_TAB},
		{"\x7f", K_BACKSPACE},
		{"\b", K_BACKSPACE},
		{"\x0c", K_CTRL('l')},
		{"é", 0xe9},
		{"漢", 0x6f22},
		{"\033[A", K_UP},
		{"\033OA", K_UP},
		{"\033[1;5A", K_UP},
		{"\033[B", K_DOWN},
		{"\033OC", K_RIGHT},
		{"\033[D", K_LEFT},
		{"\033[H", K_HOME},
		{"\033[1~", K_HOME},
		{"\033[7~", K_HOME},
		{"\033OF", K_END},
		{"\033[4~", K_END},
		{"\033[5~", K_PGUP},
		{"\033[6~", K_PGDN},
		{"\033[2~", K_INSERT},
		{"\033[3~", K_DELETE},
		{"\033[Z", K_BACKTAB},
		{"\033OP", K_F1},
		{"\033[11~", K_F1},
		{"\033[[A", K_F1},
		{"\033[1;2P", K_F1},
		{"\033[15~", K_F1 + 4},
		{"\033[[E", K_F1 + 4},
		{"\033[24~", K_F12},
		{"\033x", K_ALT | 'x'},
		{"\033[106u", 'j'},
		{"\033[106;2u", 'J'},
		{"\033[99;5u", K_CTRL('c')},
		{"\033[120;3u", 'x' | K_ALT},
		{"\033[9;2u", K_BACKTAB},
		{"\033[13;1u", K_ENTER},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		assert_keys(keys[i].bytes, strlen(keys[i].bytes), &keys[i].key, 1);
	static const int esc = K_ESC, two[] = {K_ESC, K_ESC};
	assert_keys("\033", 1, &esc, 1);
	assert_keys("\033\033", 2, two, 2);
}

/* What is no key: unknown sequences, answers of the terminal, bytes that are not UTF-8. The key after it arrives. */
static void test_noise(void)
{
	static const char *const noise[] = {
		"\033[99~",
		"\033[?1;2c",
		"\033[>0;276;0c",
		"\033[I",
		"\033[O",
		"\033[200;1;2;3;4;5;6z",
		"\033]11;rgb:0000/0/0\a",
		"\033]52;c;YWJj\033\\",
		"\033P1$r0m\033\\",
		"\xff\xfe",
		"\033[<35;10;10M",
		"\033[<0;5;5m",
		"\033[24;80R",
		"\033[?2026;2$y",
		"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1~",
	};
	static const int want = 'x', home_too[] = {K_HOME, 'x'}, f3_too[] = {K_F1 + 2, 'x'};
	for (gsize i = 0; i < G_N_ELEMENTS(noise); i++) {
		g_autofree char *bytes = g_strconcat(noise[i], "x", NULL);
		g_test_message("noise %u", (unsigned)i);
		if (i == 12) /* a cursor report looks like F3 with a modifier: nobody asks for one */
			assert_keys(bytes, strlen(bytes), f3_too, 2);
		else if (i == 14)
			assert_keys(bytes, strlen(bytes), home_too, 2);
		else
			assert_keys(bytes, strlen(bytes), &want, 1);
	}
	assert_keys("\0x", 2, &want, 1);
}

static void test_sync_answer(void)
{
	struct input in;
	g_autoptr(GArray) events = events_new();
	input_init(&in);
	g_assert_cmpint(in.sync_answer, ==, -1);
	input_feed(&in, "\033[?2026;2$y", 11, events);
	g_assert_cmpint(in.sync_answer, ==, 2);
	g_assert_cmpuint(events->len, ==, 0);
	input_clear(&in);
}

static void test_mouse(void)
{
	struct input in;
	g_autoptr(GArray) events = events_new();
	const char *bytes = "\033[<0;10;5M\033[<64;1;1M\033[<65;3;4M\033[<2;1;1M";
	input_init(&in);
	input_feed(&in, bytes, strlen(bytes), events);
	g_assert_cmpuint(events->len, ==, 3);
	g_assert_cmpint(event(events, 0)->key, ==, K_MOUSE);
	g_assert_cmpint(event(events, 0)->x, ==, 9);
	g_assert_cmpint(event(events, 0)->y, ==, 4);
	g_assert_cmpint(event(events, 1)->mouse, ==, MOUSE_WHEEL_UP);
	g_assert_cmpint(event(events, 2)->mouse, ==, MOUSE_WHEEL_DOWN);
	input_clear(&in);
}

/* A megabyte with ESC and our own keys in it is one paste, cut to its cap, and fires nothing. */
static void test_paste(void)
{
	struct input in;
	g_autoptr(GArray) events = events_new();
	g_autoptr(GString) bytes = g_string_new("\033[200~");
	while (bytes->len < 1 << 20)
		g_string_append(bytes, "q!\r\033[A\033dd");
	g_string_append(bytes, "\033[201~k");
	input_init(&in);
	for (gsize at = 0; at < bytes->len; at += 4093)
		input_feed(&in, bytes->str + at, MIN(4093, bytes->len - at), events);
	g_assert_cmpuint(events->len, ==, 2);
	g_assert_cmpint(event(events, 0)->key, ==, K_PASTE);
	g_assert_cmpuint(strlen(event(events, 0)->paste), ==, PASTE_CAP);
	g_assert_cmpint(event(events, 1)->key, ==, 'k');
	g_assert_false(input_pending(&in));
	input_clear(&in);
}

/* The mark at a paste's end is found wherever the reads divide it, and what only begins like it is pasted text. */
static void test_paste_split(void)
{
	static const char bytes[] = "\033[200~a\033[201\033[20\033[201~k";
	const gsize n = sizeof bytes - 1;
	for (gsize first = 1; first < n; first++)
		for (gsize second = first; second < n; second++) {
			struct input in;
			g_autoptr(GArray) events = events_new();
			g_test_message("divided at %d and %d", (int)first, (int)second);
			input_init(&in);
			input_feed(&in, bytes, first, events);
			input_feed(&in, bytes + first, second - first, events);
			input_feed(&in, bytes + second, n - second, events);
			g_assert_cmpuint(events->len, ==, 2);
			g_assert_cmpint(event(events, 0)->key, ==, K_PASTE);
			g_assert_cmpstr(event(events, 0)->paste, ==, "a\033[201\033[20");
			g_assert_cmpint(event(events, 1)->key, ==, 'k');
			g_assert_false(input_pending(&in));
			input_clear(&in);
		}
}

static void test_pending(void)
{
	struct input in;
	g_autoptr(GArray) events = events_new();
	input_init(&in);
	input_feed(&in, "\033", 1, events);
	g_assert_true(input_pending(&in));
	input_feed(&in, "[", 1, events);
	g_assert_true(input_pending(&in));
	input_feed(&in, "A", 1, events);
	g_assert_false(input_pending(&in));
	g_assert_cmpint(event(events, 0)->key, ==, K_UP);
	/* A string that never ends does not grow for ever. */
	input_feed(&in, "\033]", 2, events);
	for (int i = 0; i < 10000; i++)
		input_feed(&in, "z", 1, events);
	g_assert_cmpuint(in.bytes->len, <, 8192);
	input_clear(&in);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/input/keys", test_keys);
	g_test_add_func("/input/noise", test_noise);
	g_test_add_func("/input/sync", test_sync_answer);
	g_test_add_func("/input/mouse", test_mouse);
	g_test_add_func("/input/paste", test_paste);
	g_test_add_func("/input/paste-split", test_paste_split);
	g_test_add_func("/input/pending", test_pending);
	return g_test_run();
}
