/* screen.h - the terminal: opened, painted with frames, read from, put back exactly as it was.
 *
 * Of curses only the terminfo part is used: it tells what the terminal has. Frames are told apart and written by us
 * (emit.h), because curses flushes at every cursor move: here a frame is one write(2), never blocks, is skipped when
 * nothing changed, and can have 24-bit colours. Keys are decoded by input.h.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "tui/canvas.h"
#include "tui/keys.h"
#include "tui/theme.h"

#include <sys/types.h>

struct screen;

struct screen_options {
	int in_fd, out_fd;
	const struct theme *theme; /* borrowed for the call */
	bool mouse;
	int w, h;                                              /* a fixed size, for tests; 0: ask */
	ssize_t (*write)(int fd, const void *bytes, size_t n); /* NULL: write(2); tests count */
};

/* Takes the terminal over: alternate screen, raw keys, crash handler. NULL with error when TERM is not known or cannot
 * place text; nothing was changed then. */
struct screen *screen_open(const struct screen_options *options, GError **error);

/* Puts everything back and frees. */
void screen_close(struct screen *s);

/* What this terminal shows: NO_COLOR, COLORTERM and terminfo decide. */
enum depth screen_depth(const struct screen *s);
void screen_set_theme(struct screen *s, const struct theme *theme);

/* The size now. */
void screen_size(const struct screen *s, int *w, int *h);

/* Shows a frame. SENT: written or on its way. BUSY: an earlier frame has not left yet; paint the latest state again when
 * the descriptor takes bytes. SAME: nothing differed, nothing was written. */
enum present { PRESENT_SENT, PRESENT_BUSY, PRESENT_SAME };
enum present screen_present(struct screen *s, const struct canvas *frame);

/* Something is left to write: poll screen_out_fd() for writing, then screen_flush(), which is true when all is gone. */
bool screen_writing(const struct screen *s);
int screen_out_fd(const struct screen *s);
bool screen_flush(struct screen *s);

/* The next frame is painted whole (ctrl-l, after somebody else wrote to the terminal). */
void screen_forget(struct screen *s);

/* Reads what is there, decodes, appends struct key_event. False at the end of input: the terminal is gone. */
bool screen_read(struct screen *s, GArray *events);
/* True when a lone ESC may be waiting: call screen_read_late() after INPUT_ESC_MS. */
bool screen_read_pending(const struct screen *s);
void screen_read_late(struct screen *s, GArray *events);

/* The clipboard of the person's own terminal, through ssh too (OSC 52). */
void screen_copy(struct screen *s, const char *text);

/* Leaves the terminal as it was, stops this process as ctrl-z does, and takes the terminal over again afterwards. */
void screen_suspend(struct screen *s);
/* After somebody else stopped and continued us: takes the terminal over again. */
void screen_resume(struct screen *s);

#endif
