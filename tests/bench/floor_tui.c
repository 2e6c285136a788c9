/* floor_tui.c - the least a 1 Hz dashboard can cost.
 *
 * 8 gauges, 4 sparklines and 30 numbers; about 120 cells change per frame.
 *   -m update   ncurses, writes only the values that changed
 *   -m erase    ncurses, werase() and redraw all, curses finds the difference
 *   -m clear    ncurses, full repaint of the terminal every frame
 *   -m raw      no curses: own difference, one write(2) per frame
 *   -i MS       frame interval (1000)     -s  bracket frames with mode 2026
 *   -o          curses modes: catch the frame in a memory file, write it once
 *   -n N        leave after N frames (for callgrind: instructions per frame)
 * Built with -DALL_LIBS it also starts libcurl, libxml2, jansson and libpci, to
 * show what linking them costs in start-up time and memory (-l: only after the
 * first frame, so that they do not delay it).
 * j/k move a marker (for key latency), q quits.  Idle is one poll(2) sleep.
 */
#define _GNU_SOURCE
#include <ncurses.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifdef ALL_LIBS
#include <curl/curl.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <pci/pci.h>
static void start_libs(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	xmlInitParser();
	json_decref(json_object());
	struct pci_access *a = pci_alloc();
	pci_init(a);
	pci_cleanup(a);
}
#else
static void start_libs(void)
{
}
#endif

enum { GAUGES = 8, SPARKS = 4, NUMS = 30, BAR = 40, SPARK = 40 };

static int gauge[GAUGES], oldg[GAUGES], num[NUMS], oldn[NUMS];
static int spark[SPARKS][SPARK], mark;
static unsigned seed = 12345;
static volatile sig_atomic_t stop;

static unsigned rnd(void)
{
	return seed = seed * 1664525u + 1013904223u;
}
static void on_sig(int s)
{
	(void)s;
	stop = 1;
}

static void step(void)
{
	for (int i = 0; i < GAUGES; i++) {
		oldg[i] = gauge[i];
		gauge[i] += (int)(rnd() >> 16) % 5 - 2;
		if (gauge[i] < 0)
			gauge[i] = 0;
		if (gauge[i] > BAR)
			gauge[i] = BAR;
	}
	for (int i = 0; i < NUMS; i++) {
		oldn[i] = num[i];
		num[i] = 1000 + (int)(rnd() >> 16) % 9000;
	}
	for (int i = 0; i < SPARKS; i++) { /* a ring, not a scroll */
		static int at[SPARKS];
		spark[i][at[i] = (at[i] + 1) % SPARK] = (int)(rnd() >> 16) % 8;
	}
}

/* ---- ncurses ---- */
static void draw_gauge(int i, int from, int to)
{
	for (int x = from; x < to; x++)
		mvaddch(1 + i, 10 + x, (x < gauge[i] ? '#' : ' ') | COLOR_PAIR(1 + (x > 30)));
}

static void draw(int all)
{
	static int last_mark = -1;
	for (int i = 0; i < GAUGES; i++) {
		if (all)
			mvprintw(1 + i, 1, "GPU%d", i);
		int a = oldg[i] < gauge[i] ? oldg[i] : gauge[i];
		int b = oldg[i] < gauge[i] ? gauge[i] : oldg[i];
		draw_gauge(i, all ? 0 : a, all ? BAR : b);
	}
	for (int i = 0; i < SPARKS; i++)
		for (int x = 0; x < SPARK; x++)
			mvaddch(10 + i, 10 + x, " .:-=+*#"[spark[i][x]] | COLOR_PAIR(3));
	for (int i = 0; i < NUMS; i++)
		if (all || oldn[i] != num[i])
			mvprintw(15 + i / 5, 2 + (i % 5) * 12, "%6d MB", num[i]);
	if (all || mark != last_mark) {
		if (last_mark >= 0)
			mvaddch(1 + last_mark, 0, ' ');
		mvaddch(1 + mark, 0, '>');
		last_mark = mark;
	}
}

/* ncurses flushes at every cursor move.  While it paints, its descriptor points
 * to a memory file; then the frame goes to the terminal in one write(2). */
static int out_fd = -1, tty_fd = -1, mem_fd = -1, sync_on;
static char once[262144];

static void paint_once(void)
{
	size_t n = 0;
	ssize_t r;
	dup2(mem_fd, out_fd);
	refresh();
	dup2(tty_fd, out_fd);
	if (sync_on) {
		memcpy(once, "\033[?2026h", 8);
		n = 8;
	}
	r = pread(mem_fd, once + n, sizeof once - 16, 0);
	if (ftruncate(mem_fd, 0) < 0 || r <= 0)
		return;
	lseek(mem_fd, 0, SEEK_SET);
	n += (size_t)r;
	if (sync_on) {
		memcpy(once + n, "\033[?2026l", 8);
		n += 8;
	}
	if (write(tty_fd, once, n) < 0)
		stop = 1;
}

/* ---- raw ---- */
static char cell[24][80], shown[24][80];
static char buf[16384];

static int raw_frame(void)
{
	int n = 0, cy = -1, cx = -1;
	char tmp[16];
	memset(cell, ' ', sizeof cell);
	for (int i = 0; i < GAUGES; i++) {
		cell[1 + i][0] = i == mark ? '>' : ' ';
		snprintf(tmp, sizeof tmp, "GPU%d", i);
		memcpy(&cell[1 + i][1], tmp, 4);
		memset(&cell[1 + i][10], '#', (size_t)gauge[i]);
	}
	for (int i = 0; i < SPARKS; i++)
		for (int x = 0; x < SPARK; x++)
			cell[10 + i][10 + x] = " .:-=+*#"[spark[i][x]];
	for (int i = 0; i < NUMS; i++) {
		snprintf(tmp, sizeof tmp, "%6d MB", num[i]);
		memcpy(&cell[15 + i / 5][2 + (i % 5) * 12], tmp, 9);
	}
	for (int y = 0; y < 24; y++)
		for (int x = 0; x < 80; x++)
			if (cell[y][x] != shown[y][x]) {
				if (cy != y || cx != x)
					n += sprintf(buf + n, "\033[%d;%dH", y + 1, x + 1);
				buf[n++] = shown[y][x] = cell[y][x];
				cy = y;
				cx = x + 1;
			}
	return n;
}

int main(int argc, char **argv)
{
	const char *mode = "update";
	int ms = 1000, sync = 0, single = 0, c, late = 0;
	long limit = -1, shown_n = 0;
	while ((c = getopt(argc, argv, "m:i:son:l")) != -1) {
		if (c == 'm')
			mode = optarg;
		else if (c == 'i')
			ms = atoi(optarg);
		else if (c == 's')
			sync = sync_on = 1;
		else if (c == 'o')
			single = 1;
		else if (c == 'n')
			limit = atol(optarg);
		else if (c == 'l')
			late = 1;
		else
			return 2;
	}
	int raw = !strcmp(mode, "raw"), erase_all = !strcmp(mode, "erase");
	int full = !strcmp(mode, "clear");
	struct termios old;
	signal(SIGTERM, on_sig);
	setlocale(LC_ALL, "");
	if (raw) {
		struct termios t;
		if (tcgetattr(0, &t))
			return 2;
		old = t;
		cfmakeraw(&t);
		tcsetattr(0, TCSANOW, &t);
		memset(shown, ' ', sizeof shown);
		if (write(1, "\033[?1049h\033[?25l\033[2J", 18) < 0)
			return 1;
	} else {
		if (single) {
			tty_fd = dup(1);
			out_fd = dup(1);
			mem_fd = memfd_create("frame", MFD_CLOEXEC);
			FILE *f = fdopen(out_fd, "w");
			if (mem_fd < 0 || !f || !newterm(NULL, f, stdin))
				return 1;
		} else
			initscr();
		cbreak();
		noecho();
		keypad(stdscr, TRUE);
		curs_set(0);
		nodelay(stdscr, TRUE);
		start_color();
		use_default_colors();
		init_pair(1, COLOR_GREEN, -1);
		init_pair(2, COLOR_RED, -1);
		init_pair(3, COLOR_CYAN, -1);
	}
	if (!late)
		start_libs();
	for (int i = 0; i < GAUGES; i++)
		gauge[i] = 20;
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	long long next = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
	int first = 1, done = 0, dirty = 0;
	while (!done && !stop) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		long long now = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
		if (now >= next) {
			step();
			next += ms;
			dirty = 1;
		}
		if (dirty) {
			dirty = 0;
			if (raw) {
				int n = raw_frame();
				if (n && write(1, buf, (size_t)n) < 0)
					break;
			} else {
				if (erase_all)
					erase();
				if (full)
					clearok(stdscr, TRUE);
				draw(first || erase_all || full);
				if (single)
					paint_once();
				else {
					if (sync)
						putp("\033[?2026h");
					refresh();
					if (sync) {
						putp("\033[?2026l");
						fflush(stdout);
					}
				}
			}
			if (first && late)
				start_libs();
			first = 0;
			if (++shown_n == limit)
				break;
		}
		struct pollfd p = {0, POLLIN, 0};
		if (poll(&p, 1, next > now ? (int)(next - now) : 0) > 0) {
			int k = 0;
			if (raw) {
				char ch;
				if (read(0, &ch, 1) != 1)
					break;
				k = ch;
			} else if ((k = getch()) == ERR)
				k = 0;
			if (k == 'q')
				done = 1;
			if (k == 'j' && mark < GAUGES - 1) {
				mark++;
				dirty = 1;
			}
			if (k == 'k' && mark > 0) {
				mark--;
				dirty = 1;
			}
			for (int i = 0; i < GAUGES; i++)
				oldg[i] = gauge[i];
			for (int i = 0; i < NUMS; i++)
				oldn[i] = num[i];
		}
	}
	if (raw) {
		if (write(1, "\033[?25h\033[?1049l", 14) < 0)
			return 1;
		tcsetattr(0, TCSANOW, &old);
	} else
		endwin();
	return 0;
}
