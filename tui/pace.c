/* pace.c - see the header. */
#include "config.h"

#include "tui/pace.h"

#include <glib.h>

#define FRAME_MS     100  /* between frames that no key asked for */
#define GATHER_MS    30   /* readings of one second come from several sources */
#define SLOW_MOST_MS 5000 /* an interval is not lengthened beyond this, unless frames take longer to leave */
#define PATIENCE     8    /* quick frames until plots come back; doubled each time that was too early */
#define PATIENCE_MAX 64

void pace_init(struct pace *p, int interval_ms)
{
	*p = (struct pace){.interval_ms = interval_ms > 0 ? interval_ms : 1000, .patience = PATIENCE};
	p->beat_ms = p->drawn_ms = p->heard_ms = p->lead_ms = INT64_MIN / 2;
	p->company = true;
}

/* What readings may be early, and how long a tick waits for them where there are any. So ticks that come first fall back
 * until readings do; those lead from then on, and each second is one frame. */
static int slack_ms(const struct pace *p)
{
	return p->interval_ms / 10;
}

/* A lone source is drawn in the same wake-up that its word came in. */
static int64_t due_for_readings(struct pace *p, int64_t now_ms, int64_t else_ms)
{
	bool due = now_ms >= p->beat_ms + p->interval_ms - slack_ms(p), wait = true;
	if (now_ms - p->lead_ms <= GATHER_MS) {
		p->company = true;
	} else if (due) {
		wait = p->company;
		p->company = false;
		p->lead_ms = now_ms;
	}
	return !due ? else_ms : wait ? now_ms + GATHER_MS : now_ms;
}

int64_t pace_due(struct pace *p, enum pace_why why, int64_t now_ms)
{
	if (why == PACE_READINGS)
		p->heard_ms = now_ms;
	bool expected = p->heard_ms >= p->beat_ms - p->interval_ms;
	int64_t due_ms = p->beat_ms + p->interval_ms + (expected ? slack_ms(p) : 0);
	if (why == PACE_KEY)
		return now_ms;
	if (why == PACE_NEWS)
		due_ms = p->drawn_ms + FRAME_MS;
	else if (why == PACE_READINGS)
		due_ms = due_for_readings(p, now_ms, due_ms);
	return MAX(due_ms, p->drawn_ms + p->slow_ms);
}

void pace_drawn(struct pace *p, enum pace_why why, int64_t now_ms)
{
	p->drawn_ms = now_ms;
	if (why != PACE_KEY && now_ms >= p->beat_ms + p->interval_ms - slack_ms(p))
		p->beat_ms = now_ms;
}

void pace_left(struct pace *p, int64_t took_ms)
{
	if (took_ms > p->interval_ms) {
		if (p->quick > 0 && p->slow_ms == 0) /* plots had come back, or nearly */
			p->patience = MIN(p->patience * 2, PATIENCE_MAX);
		p->slow_ms = MAX(took_ms, MIN(2 * took_ms, SLOW_MOST_MS));
		p->sparing = true;
		p->quick = 0;
		return;
	}
	p->slow_ms = 0;
	if (p->sparing && ++p->quick >= p->patience)
		p->sparing = false;
}
