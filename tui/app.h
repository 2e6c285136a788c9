/* app.h - the console: the loop that owns the terminal and the lab.
 *
 * It sleeps in the default GMainContext on the terminal, the caller's feed, signals and the next tick; nothing it calls
 * waits for a network or a driver. It knows no backend: the caller gives it a descriptor and functions.
 */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "lab/request.h"
#include "tui/ui.h"

#include <sys/types.h>

/* What came in: readings measure known things again and may wait for their frame, news are shown at once. */
enum app_heard { HEARD_NOTHING, HEARD_READINGS, HEARD_NEWS };

/* How the world reaches the lab. */
struct app_feed {
	int fd; /* readable while something waits; -1: nothing ever comes */
	/* Folds what waits, at most some 2 ms of it (the descriptor stays readable for the rest). */
	enum app_heard (*drain)(void *data, struct lab *lab);
	/* The other half of a turn: tells the lab the time (the machine's, or the demo's) and settles it. NULL: the
	 * machine's. */
	void (*settle)(void *data, struct lab *lab);
	/* What a key asked of a backend. NULL: nobody listens. */
	void (*request)(void *data, struct request *take_request);
	void *data;
};

struct app_options {
	struct ui_options ui;
	struct app_feed feed;
	const char *theme; /* name; NULL: default */
	bool mouse;
	int interval_ms;   /* of the tick; 0: 1000 */
	int frames;        /* leave after so many drawn frames; 0: never */
	int in_fd, out_fd; /* the terminal: 0 and 1 */
	int w, h;          /* a fixed size, for tests; 0: ask the terminal */
	ssize_t (*write)(int fd, const void *bytes, size_t n); /* for tests; NULL: write(2) */
	GPtrArray *
		notices; /* char *: shown when the screen is up (broken lines of the configuration); or NULL */
};

/* Runs until the person leaves or a signal ends it. Returns the exit status: 0, or 128 + signal after an orderly end;
 * -1 with error when the terminal could not be taken over. */
int app_run(const struct app_options *o, struct lab *lab, GError **error);

#endif
