/* pace.h - when the next frame is due: one an interval for what comes by itself, sooner for news, at once for a key, and
 * fewer while they leave slowly. Pure: the clock is the caller's, in milliseconds. */
#ifndef TUI_PACE_H
#define TUI_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Why a frame is wanted, the most urgent first. */
enum pace_why {
	PACE_KEY,      /* a person waits for it */
	PACE_NEWS,     /* something happened: a VM went off, a source was lost */
	PACE_READINGS, /* the same things, measured again */
	PACE_TICK,     /* time passes: clock and ages */
};

struct pace {
	int interval_ms;
	int64_t drawn_ms; /* the last frame */
	int64_t beat_ms;  /* the last one that readings or a tick were due for */
	int64_t heard_ms; /* the last readings: more are to be expected */
	int64_t lead_ms;  /* the last ones that a frame was due for */
	bool company;     /* others came right behind those: the next frame waits a moment for them */
	int64_t slow_ms;  /* least time between frames, as they leave slowly; 0: they do not */
	int patience;     /* quick frames in a row until the terminal is taken for quick again */
	int quick;        /* of these so far */
	bool sparing;     /* frames are to be small: plots are left out */
};

void pace_init(struct pace *p, int interval_ms);

/* When a frame is due; not after now_ms: at once. Readings wait a moment for each other where several come together;
 * where they came too soon after the frame before, they wait for the next tick. */
int64_t pace_due(struct pace *p, enum pace_why why, int64_t now_ms);

void pace_drawn(struct pace *p, enum pace_why why, int64_t now_ms);

/* The last frame took so long until the terminal had taken it all. */
void pace_left(struct pace *p, int64_t took_ms);

#endif
