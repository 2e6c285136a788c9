/* screen.c - the terminal; the only file that knows curses, and of it only terminfo. */
#include "config.h"

#include "tui/screen.h"

#include "lab/error.h"
#include "tui/emit.h"
#include "tui/input.h"
#include "tui/rescue.h"

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SYNC_ASK   "\033[?2026$p"
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"
#define COPY_CAP   (64 * 1024) /* what terminals take of OSC 52 */
#define LEAVE_MS   500         /* what a terminal that takes nothing is given at the end */

struct screen {
	int in_fd, out_fd;
	int frame_fd; /* a description of our own of the same terminal, so that O_NONBLOCK is nobody else's; or out_fd */
	int given_flags; /* of out_fd where it had to be made non-blocking itself, to be given back; else -1 */
	ssize_t (*write)(int, const void *, size_t);
	struct termios saved;
	bool is_tty, taken, mouse, ask_sync;
	enum depth depth;
	unsigned attrs;
	int fixed_w, fixed_h;
	char *smcup, *modes; /* bytes that take the screen over */
	char *leave;         /* and give it back */
	struct paint paint;
	struct canvas *shown; /* what the terminal shows; NULL: not known */
	struct emit emit;
	GString *out; /* not written yet */
	struct input input;
};

/* ---- what the terminal is ----------------------------------------------------------------------------------- */

/* A string capability without its padding ("$<5>"): no terminal that is still in use needs it. NULL when absent. */
static char *capability(const char *name)
{
	const char *value = tigetstr(name);
	if (!value || value == (const char *)-1)
		return NULL;
	GString *out = g_string_new(NULL);
	for (const char *p = value; *p; p++) {
		const char *end = p[0] == '$' && p[1] == '<' ? strchr(p, '>') : NULL;
		if (end)
			p = end;
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

static bool has(const char *name)
{
	g_autofree char *value = capability(name);
	return value != NULL;
}

/* Frames are written in ECMA-48, which every terminal in use speaks; one whose terminfo says otherwise is refused. */
static bool speaks_ecma48(void)
{
	g_autofree char *cup = capability("cup");
	return cup && g_str_has_prefix(cup, "\033[") && has("el") && has("clear");
}

static enum depth find_depth(void)
{
	const char *no_color = g_getenv("NO_COLOR"), *colorterm = g_getenv("COLORTERM");
	int colours = tigetnum("colors");
	if ((no_color && *no_color) || colours < 8)
		return DEPTH_MONO;
	bool direct = colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0);
	if (colours >= 256)
		return direct || tigetflag("RGB") > 0 ? DEPTH_TRUE : DEPTH_256;
	return colours >= 16 ? DEPTH_16 : DEPTH_8;
}

static unsigned find_attrs(void)
{
	return (has("bold") ? ATTR_BOLD : 0u) | (has("dim") ? ATTR_DIM : 0u) |
	       (has("rev") ? ATTR_REVERSE : 0u) | (has("smul") ? ATTR_UNDERLINE : 0u);
}

/* Terminals that would show the question instead of answering or ignoring it are not asked. */
static bool may_ask(void)
{
	const char *term = g_getenv("TERM");
	return term && !g_str_has_prefix(term, "linux") && !g_str_has_prefix(term, "vt") &&
	       tigetnum("colors") >= 8;
}

static void make_strings(struct screen *s)
{
	g_autofree char *rmcup = capability("rmcup");
	g_autofree char *civis = capability("civis"), *cnorm = capability("cnorm");
	s->smcup = capability("smcup");
	s->modes = g_strconcat(civis ? civis : "", "\033[?2004h", s->mouse ? "\033[?1000h\033[?1006h" : "",
			       s->ask_sync ? SYNC_ASK : "", NULL);
	/* Without an alternate screen the last frame is cleared away. */
	s->leave = g_strconcat(s->ask_sync ? SYNC_END : "", s->mouse ? "\033[?1006l\033[?1000l" : "",
			       "\033[?2004l\033[0m", rmcup ? "" : "\033[H\033[2J",
			       cnorm ? cnorm : "\033[?25h", rmcup ? rmcup : "", NULL);
}

static bool know_terminal(struct screen *s, GError **error)
{
	const char *term = g_getenv("TERM");
	int status = 0;
	if (!term || !*term || setupterm(term, s->out_fd, &status) != OK) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
			    "terminal: TERM=%s is not known here; set TERM, or use --plain or snapshot",
			    term ? term : "");
		return false;
	}
	if (!speaks_ecma48()) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
			    "terminal: TERM=%s cannot place text on the screen; use --plain or snapshot",
			    term);
		return false;
	}
	s->depth = find_depth();
	s->attrs = find_attrs();
	s->ask_sync = s->is_tty && may_ask();
	make_strings(s);
	return true;
}

/* ---- taking over and giving back ---------------------------------------------------------------------------- */

/* Raw keys, but ctrl-\ stays a signal: it gets a person out of a program that hangs, and rescue.c cleans up. */
static void set_raw(const struct screen *s)
{
	struct termios raw = s->saved;
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VINTR] = raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (s->is_tty) /* not TCSADRAIN: a line that takes nothing never drains */
		tcsetattr(s->in_fd, TCSANOW, &raw);
}

/* Whoever shares the descriptor with us (the shell that ran su) waits while we hold the terminal. */
static void hold_flags(struct screen *s)
{
	int flags = s->frame_fd == s->out_fd ? fcntl(s->out_fd, F_GETFL) : -1;
	if (flags < 0 || flags & O_NONBLOCK)
		return;
	s->given_flags = flags;
	fcntl(s->out_fd, F_SETFL, flags | O_NONBLOCK);
}

static void give_flags_back(struct screen *s)
{
	if (s->given_flags >= 0)
		fcntl(s->out_fd, F_SETFL, s->given_flags);
	s->given_flags = -1;
}

static void take_over(struct screen *s)
{
	set_raw(s);
	hold_flags(s);
	rescue_arm(s->frame_fd, s->leave, s->is_tty ? &s->saved : NULL, s->given_flags);
	g_string_assign(s->out, s->smcup && !s->taken ? s->smcup : "");
	g_string_append(s->out, s->modes);
	screen_flush(s); /* what does not leave now goes before the first frame */
	s->taken = true;
	s->emit.cursor_shown = false;
	screen_forget(s);
}

static bool flush_within(struct screen *s, int ms)
{
	gint64 until_us = g_get_monotonic_time() + ms * 1000;
	while (!screen_flush(s)) {
		gint64 left_us = until_us - g_get_monotonic_time();
		if (left_us <= 0)
			return false;
		struct pollfd p = {.fd = s->frame_fd, .events = POLLOUT};
		poll(&p, 1, (int)(left_us / 1000) + 1);
	}
	return true;
}

/* What the terminal has not taken in that time is thrown away, which makes room: it finds itself put back when it goes on. */
static void write_leave(struct screen *s)
{
	g_string_assign(s->out, s->leave);
	if (flush_within(s, LEAVE_MS))
		return;
	tcflush(s->frame_fd, TCOFLUSH);
	g_string_assign(s->out, s->leave);
	screen_flush(s);
	g_string_truncate(s->out, 0);
}

static void give_back(struct screen *s)
{
	if (!s->taken)
		return;
	write_leave(s);
	if (s->is_tty && s->ask_sync && s->input.sync_answer < 0)
		tcflush(s->in_fd, TCIFLUSH); /* an answer still under way must not be typed into the shell */
	if (s->is_tty)
		tcsetattr(s->in_fd, TCSANOW, &s->saved);
	give_flags_back(s);
	rescue_disarm();
	s->taken = false;
}

/* A second description of the terminal, for frames: by its name, or where that is another user's (su, sudo -u) as the
 * terminal that controls us, which anybody may open. -1 where neither can be had. */
static int open_again(int out_fd)
{
	static const int flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	char name[64];
	int fd = ttyname_r(out_fd, name, sizeof name) == 0 ? open(name, flags) : -1;
	if (fd < 0 && tcgetsid(out_fd) == getsid(0))
		fd = open("/dev/tty", flags);
	return fd;
}

struct screen *screen_open(const struct screen_options *o, GError **error)
{
	struct screen *s = g_new0(struct screen, 1);
	s->in_fd = o->in_fd;
	s->out_fd = s->frame_fd = o->out_fd;
	s->given_flags = -1;
	s->write = o->write ? o->write : write;
	s->mouse = o->mouse;
	s->fixed_w = o->w;
	s->fixed_h = o->h;
	s->is_tty = tcgetattr(s->in_fd, &s->saved) == 0;
	s->out = g_string_new(NULL);
	input_init(&s->input);
	if (!know_terminal(s, error)) {
		screen_close(s);
		return NULL;
	}
	int again = isatty(o->out_fd) ? open_again(o->out_fd) : -1;
	s->frame_fd = again >= 0 ? again : o->out_fd;
	screen_set_theme(s, o->theme);
	take_over(s);
	return s;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	give_back(s);
	if (s->frame_fd != s->out_fd)
		close(s->frame_fd);
	if (cur_term)
		del_curterm(cur_term);
	canvas_free(s->shown);
	g_string_free(s->out, TRUE);
	input_clear(&s->input);
	g_free(s->smcup);
	g_free(s->modes);
	g_free(s->leave);
	g_free(s);
}

void screen_suspend(struct screen *s)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;
	give_back(s);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &before);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	take_over(s);
}

void screen_resume(struct screen *s)
{
	take_over(s); /* it is still the alternate screen: nobody left that for us */
}

/* ---- frames ------------------------------------------------------------------------------------------------- */

enum depth screen_depth(const struct screen *s)
{
	return s->depth;
}

void screen_set_theme(struct screen *s, const struct theme *theme)
{
	paint_make(&s->paint, theme, s->depth, s->attrs);
	screen_forget(s);
}

void screen_size(const struct screen *s, int *w, int *h)
{
	struct winsize size;
	if (s->fixed_w > 0 && s->fixed_h > 0) {
		*w = s->fixed_w;
		*h = s->fixed_h;
	} else if (ioctl(s->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*w = size.ws_col;
		*h = size.ws_row;
	} else { /* a serial line tells no size: terminfo, which also knows LINES and COLUMNS */
		*w = columns > 0 ? columns : 80;
		*h = lines > 0 ? lines : 24;
	}
}

void screen_forget(struct screen *s)
{
	g_clear_pointer(&s->shown, canvas_free);
}

bool screen_writing(const struct screen *s)
{
	return s->out->len > 0;
}

int screen_out_fd(const struct screen *s)
{
	return s->frame_fd;
}

bool screen_flush(struct screen *s)
{
	while (s->out->len > 0) {
		ssize_t w = s->write(s->frame_fd, s->out->str, s->out->len);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			g_string_truncate(s->out, 0); /* the terminal is gone; reading will tell */
		if (w <= 0)
			break;
		g_string_erase(s->out, 0, w);
	}
	return s->out->len == 0;
}

static void remember(struct screen *s, const struct canvas *frame)
{
	if (!s->shown)
		s->shown = canvas_new(frame->w, frame->h, frame->glyphs);
	size_t row = (size_t)frame->w, bytes = row * sizeof *frame->cells;
	for (size_t at = 0; at < row * (size_t)frame->h; at += row) /* most rows are as they were */
		if (memcmp(s->shown->cells + at, frame->cells + at, bytes) != 0)
			memcpy(s->shown->cells + at, frame->cells + at, bytes);
	s->shown->cursor_x = frame->cursor_x;
	s->shown->cursor_y = frame->cursor_y;
	s->shown->show_cursor = frame->show_cursor;
}

enum present screen_present(struct screen *s, const struct canvas *frame)
{
	if (s->out->len > 0 && !screen_flush(s))
		return PRESENT_BUSY;
	if (s->shown && (s->shown->w != frame->w || s->shown->h != frame->h))
		screen_forget(s);
	bool sync = s->input.sync_answer == 1 || s->input.sync_answer == 2;
	if (sync)
		g_string_append(s->out, SYNC_BEGIN);
	gsize empty = s->out->len;
	emit_frame(&s->emit, s->out, s->shown, frame, &s->paint);
	if (s->out->len == empty) {
		g_string_truncate(s->out, 0);
		return PRESENT_SAME;
	}
	if (sync)
		g_string_append(s->out, SYNC_END);
	remember(s, frame);
	screen_flush(s);
	return PRESENT_SENT;
}

/* ---- keys, clipboard ---------------------------------------------------------------------------------------- */

bool screen_read(struct screen *s, GArray *events)
{
	char bytes[4096];
	ssize_t n = read(s->in_fd, bytes, sizeof bytes);
	if (n > 0)
		input_feed(&s->input, bytes, (gsize)n, events);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
}

bool screen_read_pending(const struct screen *s)
{
	return input_pending(&s->input);
}

void screen_read_late(struct screen *s, GArray *events)
{
	input_flush(&s->input, events);
}

void screen_copy(struct screen *s, const char *text)
{
	gsize n = MIN(strlen(text), COPY_CAP);
	if (s->out->len > COPY_CAP) /* nothing leaves: what is copied must not pile up */
		return;
	g_autofree char *encoded = g_base64_encode((const guchar *)text, n);
	g_string_append_printf(s->out, "\033]52;c;%s\a", encoded);
	screen_flush(s);
}
