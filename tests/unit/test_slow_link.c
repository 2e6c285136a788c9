/* test_slow_link.c - the console on a terminal that takes its frames slowly: fewer of them, without plots, and plots again
 * when it is quick (how many fewer: test_pace.c). Link and clock are played by the test: nothing depends on the machine. */
#include "config.h"

#include "tests/unit/lab_demo.h"
#include "tests/unit/unit.h"
#include "tui/app.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FRAMES     40
#define SLOW_FROM  4 /* frames */
#define SLOW_TO    12
#define TRIES      5 /* until a frame has left a slow link */
#define TRY_MS     3 /* and how long each takes: together many intervals */
#define FIRST_BITE 4
#define LEFT_OUT   "no plots while the terminal is slow"

static struct {
	int64_t now_us;
	int painted; /* frames so far */
	int tries;   /* to go until the frame has left; 0: none is on its way */
	GString *frame[FRAMES + 1];
} link_played;

/* In place of GLib's: the console, its pace and its timer go by this one. */
gint64 g_get_monotonic_time(void)
{
	return link_played.now_us;
}

static bool is_slow(int frame)
{
	return frame >= SLOW_FROM && frame < SLOW_TO;
}

static ssize_t play_write(int fd, const void *bytes, size_t n)
{
	size_t taken = n;
	if (link_played.tries > 0) {
		link_played.now_us += TRY_MS * 1000;
		if (--link_played.tries > 0) {
			errno = EAGAIN;
			return -1;
		}
	} else if (is_slow(link_played.painted) && n > FIRST_BITE) {
		link_played.tries = TRIES;
		taken = FIRST_BITE;
	}
	g_string_append_len(link_played.frame[link_played.painted], bytes, (gssize)taken);
	return (ssize_t)taken;
}

/* A turn comes before each frame, which is a minute later than the one before, so that there is something to draw. Turns go
 * on behind a frame that is on its way, where none is painted. */
static void on_turn(void *data, struct lab *lab)
{
	if (link_played.tries > 0)
		return;
	if (link_played.painted < FRAMES)
		link_played.painted++;
	link_played.now_us += 1000;
	lab_set_time(lab, demo_ns(DEMO_AT_S * 1000),
		     demo_wall((DEMO_AT_S + 60 * link_played.painted) * 1000));
}

/* U+2800 to U+28FF. */
static bool has_braille(const GString *frame)
{
	for (const char *p = frame->str; (p = strstr(p, "\xe2")); p++)
		if ((unsigned char)p[1] >= 0xa0 && (unsigned char)p[1] <= 0xa3)
			return true;
	return false;
}

static void run_console(void)
{
	struct lab *lab = lab_demo_new();
	int keys[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	g_assert_cmpint(pipe(keys), ==, 0);
	struct app_options o = {.ui = {.glyphs = GLYPHS_UNICODE},
				.feed = {.fd = -1, .settle = on_turn},
				.in_fd = keys[0],
				.out_fd = null,
				.w = 120,
				.h = 40,
				.frames = FRAMES,
				.interval_ms = 2,
				.write = play_write};
	for (int i = 0; i <= FRAMES; i++)
		link_played.frame[i] = g_string_new(NULL);
	g_assert_cmpint(app_run(&o, lab, NULL), ==, 0);
	lab_free(lab);
	close(keys[0]);
	close(keys[1]);
	close(null);
}

static void test_slow_link(void)
{
	int back = 0;
	g_setenv("TERM", "xterm-256color", TRUE);
	link_played.now_us = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
	run_console();
	GString **frame = link_played.frame;
	/* telling the time comes before the first frame too */
	g_assert_true(has_braille(frame[2]) || has_braille(frame[1]));
	g_assert_true(strstr(frame[SLOW_FROM + 1]->str, LEFT_OUT) != NULL);
	for (int i = SLOW_FROM + 1; i <= SLOW_TO; i++)
		g_assert_false(has_braille(frame[i]));
	/* some quick frames must have left until the plots are tried again */
	for (int i = SLOW_TO; i <= FRAMES && !back; i++)
		back = has_braille(frame[i]) ? i : 0;
	g_assert_cmpint(back, >=, SLOW_TO + 4);
	g_assert_cmpint(back, <, FRAMES);
	for (int i = back + 1; i <= FRAMES; i++)
		g_assert_null(strstr(frame[i]->str, LEFT_OUT));
	for (int i = 0; i <= FRAMES; i++)
		g_string_free(frame[i], TRUE);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/slow-link", test_slow_link);
	return g_test_run();
}
