/* input.h - bytes from a terminal become key events. Pure: no descriptor, no clock; the same decoder for every TERM.
 *
 * Arrow and function keys are taken in all the forms that xterm, its kin, screen, tmux, rxvt and the Linux console send,
 * so that no mode of the terminal has to be changed for them. What is no key (answers of the terminal, unknown
 * sequences) is swallowed. A lone ESC is only known after a pause: the caller waits INPUT_ESC_MS and calls
 * input_flush().
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "tui/keys.h"

#define INPUT_ESC_MS 25

struct input {
	GString *bytes;  /* not decoded yet */
	GString *paste;  /* between the brackets, or NULL */
	bool paste_full; /* the rest of it is dropped */
	int sync_answer; /* what the terminal said about mode 2026: -1 nothing yet, else Ps of DECRPM */
};

void input_init(struct input *in);
void input_clear(struct input *in);

/* Decodes and appends struct key_event to events; the caller clears them. */
void input_feed(struct input *in, const char *bytes, gsize n, GArray *events);

/* True when what came so far may be the beginning of more. */
bool input_pending(const struct input *in);

/* Nothing more came in time: takes what is there as it is. */
void input_flush(struct input *in, GArray *events);

#endif
