/* run.h - a plan being carried out: a small machine that is advanced, with no clock, no disk and no network of its own.
 *
 * It asks for two things, by requests: that a line stands in the journal, and that a step is carried out. Nothing is asked
 * of the world before its intent is on the disk, and nothing counts as done before a newer word of the world shows it.
 * Thrown away at any moment and made again from the journal's lines it goes on without doing anything twice.
 *
 *   WAITS ── intent noted ──▶ NOTING ──▶ ASKED ──▶ SENT ──▶ LOOKING ──▶ VERIFIED
 *     └─▶ SKIPPED (already so)              └─────────┴──────▶ FAILED ◀──┘ patience over
 */
#ifndef LAB_RUN_H
#define LAB_RUN_H

#include "lab/plan.h"
#include "lab/reply.h"

/* ---- the journal, as data ------------------------------------------------------------------------------------ */

enum note_event {
	NOTE_PLAN, /* the plan itself: the first line */
	NOTE_INTENT,
	NOTE_SENT,
	NOTE_VERIFIED,
	NOTE_ALREADY,
	NOTE_FAILED,
	NOTE_UNDO, /* an intent to take a step back */
	NOTE_UNDONE,
	NOTE_END,
};
extern const char *const note_event_names[9]; /* "plan", "intent", ... */

/* One line. Texts are "" where the event has none. */
struct note {
	enum note_event event;
	int step;          /* index in the plan; -1: about the whole */
	const char *value; /* intent, undo: what was there before; verified, already, undone: what was seen */
	const char *call;  /* sent: the method */
	const char *task;  /* sent: its task (raw) */
	const char *text;  /* failed: why; end: "done", "stopped", "undone", "forgotten" */
};

/* ---- what is asked for --------------------------------------------------------------------------------------- */

enum want_kind {
	WANT_NOTE,  /* append and sync a line */
	WANT_APPLY, /* carry out *step */
	/* Read step->target again now. With an id: also tell whether a call of ours for it is still under way (PROGRESS), or
	 * none is any more (DONE): so it is known whether what an earlier process began may still happen. */
	WANT_LOOK,
};

struct want {
	enum want_kind kind;
	uint64_t id;             /* stands in the answer; 0: none is waited for */
	struct plan *plan;       /* borrowed: the run holds it */
	const struct step *step; /* APPLY and LOOK; as it is to be carried out, also when it is taken back */
	struct note note;        /* NOTE; its texts are borrowed until the next call */
};

/* Gets each want in its order. */
typedef void (*want_fn)(void *data, const struct want *want);

/* ---- the machine --------------------------------------------------------------------------------------------- */

enum run_state {
	RUN_GOES,
	RUN_DONE,    /* every step verified or found done */
	RUN_BLOCKED, /* a step may not be done, or cannot be judged */
	RUN_FAILED,
	RUN_STOPPED, /* by a person, between two steps */
	RUN_UNDONE,
};
extern const char *const run_state_names[6];

enum run_step_state {
	STEP_WAITS,
	STEP_NOTING,
	STEP_ASKED,
	STEP_SENT,
	STEP_LOOKING,
	STEP_SKIPPED,
	STEP_VERIFIED,
	STEP_FAILED,
};
extern const char *const run_step_state_names[8];

struct run_step {
	enum run_step_state state;
	char *before; /* what was there when it was begun; NULL: not begun */
	char *why;    /* of SKIPPED and FAILED, and what a waiting one waits for; or NULL */
	char *call, *task;
	struct num progress_pct;
	int64_t since_ns; /* when this state was entered, on the lab's clock */
	int64_t asked_ns; /* LOOKING: when the target was asked for last */
	bool resumed;     /* LOOKING for what an earlier process began */
	bool at_rest; /* resumed: nothing of it is under way any more; what is not there may be begun again */
	bool lost;    /* no answer came */
	bool undone;
};

struct run {
	struct plan *plan; /* a reference */
	enum run_state state;
	bool opened; /* its plan stands in the journal */
	bool undoing, stopping;
	int at;                 /* the step whose turn it is; n_steps, or -1 while undoing: past the end */
	struct run_step *steps; /* one a step of the plan */
	char *why;              /* of BLOCKED and FAILED, or NULL */
	char *broken;           /* why the journal takes no more lines, or NULL */
	uint64_t first_id, next_id, waits_for;
	want_fn want;
	void *data;
};

/* A run that has not begun. Its first want is the plan's own line. ids of wants count from first_id, so that those of two
 * runs differ. */
struct run *run_new(struct plan *plan, uint64_t first_id, want_fn want, void *data);
void run_free(struct run *run);

/* A run as its journal leaves it. What was begun and not finished is looked at and never repeated blindly. */
struct run *run_resume(struct plan *plan, const struct note *notes, int n_notes, uint64_t first_id,
		       want_fn want, void *data);

/* Goes as far as the lab allows. After every change of the lab, and every second. */
void run_advance(struct run *run, const struct lab *lab);

/* An answer; those of other runs are left alone. */
void run_reply(struct run *run, const struct lab *lab, const struct reply *reply);

/* Ends after the step that is under way. */
void run_stop(struct run *run);

/* Takes back what this run did and can be taken back, last first. Only a run that has come to an end. */
void run_undo(struct run *run, const struct lab *lab);

/* The step as it is carried out now: while undoing its inverse. Its strings live as long as the run. */
struct step run_step_now(const struct run *run, int step);

#endif
