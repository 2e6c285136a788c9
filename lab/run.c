/* run.c - the machine that carries a plan out. Read run.h first. */
#include "config.h"
#include "lab/run.h"

#include "lab/clock.h"

#include <string.h>

const char *const note_event_names[9] = {"plan",   "intent", "sent",   "verified", "already",
					 "failed", "undo",   "undone", "end"};
const char *const run_state_names[6] = {"running", "done", "blocked", "failed", "stopped", "undone"};
const char *const run_step_state_names[8] = {"waiting", "noting",  "asked",    "sent",
					     "looking", "skipped", "verified", "failed"};

/* How long a step may wait for facts that are not known, before the run says so: a source that reconnects. */
#define FACTS_S 60

/* How often the target is asked for again while what was done does not show. */
#define LOOK_S 2

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct run *run_new(struct plan *plan, uint64_t first_id, want_fn want, void *data)
{
	struct run *run = g_new0(struct run, 1);
	run->plan = plan_ref(plan);
	run->steps = g_new0(struct run_step, (gsize)plan->n_steps + 1);
	run->first_id = run->next_id = first_id & ~(uint64_t)1;
	run->want = want;
	run->data = data;
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	for (int i = 0; i < run->plan->n_steps; i++) {
		struct run_step *rs = &run->steps[i];
		g_free(rs->before);
		g_free(rs->why);
		g_free(rs->call);
		g_free(rs->task);
	}
	g_free(run->steps);
	g_free(run->why);
	g_free(run->broken);
	plan_unref(run->plan);
	g_free(run);
}

static void set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

static void enter(struct run *run, int step, enum run_step_state state, int64_t now_ns)
{
	run->steps[step].state = state;
	run->steps[step].since_ns = now_ns;
}

struct step run_step_now(const struct run *run, int step)
{
	const struct step *s = &run->plan->steps[step];
	return run->undoing ? step_inverse(s, run->steps[step].before) : *s;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* Odd ids are of lines, so that an answer tells by itself what it is about. */
static uint64_t new_id(struct run *run, bool line)
{
	run->next_id += 2;
	return run->next_id | (line ? 1 : 0);
}

/* Only an intent is waited for; that any other line could not be written is told before the next step. */
static uint64_t ask_note(struct run *run, const struct note *note)
{
	const struct want want = {
		.kind = WANT_NOTE, .id = new_id(run, true), .plan = run->plan, .note = *note};
	run->want(run->data, &want);
	return want.id;
}

static void note_value(struct run *run, enum note_event event, int step, const char *value)
{
	ask_note(run,
		 &(struct note){
			 .event = event, .step = step, .value = value, .call = "", .task = "", .text = ""});
}

static void note_text(struct run *run, enum note_event event, int step, const char *text)
{
	ask_note(run,
		 &(struct note){
			 .event = event, .step = step, .value = "", .call = "", .task = "", .text = text});
}

static void ask_step(struct run *run, enum want_kind kind, int step)
{
	const struct step s = run_step_now(run, step);
	bool waits = kind == WANT_APPLY || run->steps[step].resumed;
	const struct want want = {
		.kind = kind, .id = waits ? new_id(run, false) : 0, .plan = run->plan, .step = &s};
	if (waits)
		run->waits_for = want.id;
	run->want(run->data, &want);
}

static void ask_look(struct run *run, const struct lab *lab)
{
	run->steps[run->at].asked_ns = lab->now_ns;
	ask_step(run, WANT_LOOK, run->at);
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

static void end(struct run *run, enum run_state state, const char *why)
{
	run->state = state;
	run->waits_for = 0;
	set_text(&run->why, why);
	if (state == RUN_DONE || state == RUN_STOPPED || state == RUN_UNDONE)
		note_text(run, NOTE_END, -1, run_state_names[state]);
}

static void fail_step(struct run *run, int64_t now_ns, const char *why)
{
	set_text(&run->steps[run->at].why, why);
	enter(run, run->at, run->undoing ? STEP_VERIFIED : STEP_FAILED, now_ns);
	note_text(run, NOTE_FAILED, run->at, why);
	end(run, RUN_FAILED, why);
}

static void next_step(struct run *run)
{
	run->at += run->undoing ? -1 : 1;
}

/* ---- a step whose turn it is ------------------------------------------------------------------------------------- */

static void skip_step(struct run *run, const struct lab *lab, const char *why)
{
	set_text(&run->steps[run->at].why, why);
	enter(run, run->at, STEP_SKIPPED, lab->now_ns);
	note_value(run, NOTE_ALREADY, run->at, why);
	next_step(run);
}

/* A step for another one that is as wanted already, or behind one that had nothing to do. */
static bool is_needless(const struct run *run, const struct lab *lab)
{
	const struct step *s = &run->plan->steps[run->at];
	g_autoptr(GString) why = g_string_new(NULL);
	if (s->only_if != STEP_ANY && run->steps[s->only_if].state != STEP_VERIFIED)
		return true;
	return s->only_for != STEP_ANY &&
	       step_check(&run->plan->steps[s->only_for], lab, NULL, why) == V_ALREADY;
}

static bool is_to_undo(const struct run *run)
{
	const struct run_step *rs = &run->steps[run->at];
	return rs->state == STEP_VERIFIED && !rs->undone && rs->before &&
	       step_reversible(run->plan->steps[run->at].ops);
}

static void begin_step(struct run *run, const struct lab *lab, const struct step *s)
{
	struct run_step *rs = &run->steps[run->at];
	g_autoptr(GString) value = g_string_new(NULL), why = g_string_new(NULL);
	step_value(s, lab, NULL, value, why);
	if (!run->undoing)
		set_text(&rs->before, value->str);
	g_clear_pointer(&rs->why, g_free);
	enter(run, run->at, STEP_NOTING, lab->now_ns);
	run->waits_for = ask_note(run, &(struct note){.event = run->undoing ? NOTE_UNDO : NOTE_INTENT,
						      .step = run->at,
						      .value = value->str,
						      .call = "",
						      .task = "",
						      .text = ""});
}

/* Facts that are missing may still come; asked for once, and not for ever. */
static bool wait_for_facts(struct run *run, const struct lab *lab, const char *why)
{
	struct run_step *rs = &run->steps[run->at];
	if (!rs->why) {
		rs->since_ns = lab->now_ns;
		ask_step(run, WANT_LOOK, run->at);
	}
	set_text(&rs->why, why);
	return lab->now_ns - rs->since_ns < FACTS_S * NS_PER_S;
}

/* The turn of a waiting step. True: the machine may go on at once. */
static bool take_turn(struct run *run, const struct lab *lab)
{
	g_autoptr(GString) why = g_string_new(NULL);
	if (run->broken || run->stopping) {
		end(run, run->broken ? RUN_FAILED : RUN_STOPPED, run->broken);
		return false;
	}
	if (run->undoing && !is_to_undo(run)) {
		next_step(run);
		return true;
	}
	if (!run->undoing && is_needless(run, lab)) {
		skip_step(run, lab, "not needed");
		return true;
	}
	const struct step s = run_step_now(run, run->at);
	switch (step_check(&s, lab, NULL, why)) {
	case V_ALREADY:
		if (run->undoing) {
			run->steps[run->at].undone = true;
			note_value(run, NOTE_UNDONE, run->at, s.want);
			next_step(run);
		} else {
			skip_step(run, lab, why->str);
		}
		return true;
	case V_READY:
		begin_step(run, lab, &s);
		return false;
	case V_UNKNOWN:
		if (wait_for_facts(run, lab, why->str))
			return false;
		break;
	case V_BLOCKED:
		break;
	}
	set_text(&run->steps[run->at].why, why->str);
	end(run, RUN_BLOCKED, why->str);
	return false;
}

/* ---- a step that was carried out --------------------------------------------------------------------------------- */

static void see_done(struct run *run, const struct lab *lab, const struct step *s)
{
	struct run_step *rs = &run->steps[run->at];
	g_autoptr(GString) value = g_string_new(NULL), why = g_string_new(NULL);
	step_value(s, lab, NULL, value, why);
	g_clear_pointer(&rs->why, g_free);
	rs->undone = run->undoing;
	rs->resumed = false;
	enter(run, run->at, STEP_VERIFIED, lab->now_ns);
	note_value(run, run->undoing ? NOTE_UNDONE : NOTE_VERIFIED, run->at, value->str);
	next_step(run);
}

/* An earlier process began it, nothing of it is under way any more, and a newer word does not show it: it never happened. */
static void begin_anew(struct run *run, const struct lab *lab)
{
	struct run_step *rs = &run->steps[run->at];
	rs->resumed = rs->at_rest = false;
	g_clear_pointer(&rs->why, g_free);
	enter(run, run->at, run->undoing ? STEP_VERIFIED : STEP_WAITS, lab->now_ns);
}

static void give_up_looking(struct run *run, const struct lab *lab, const char *why)
{
	const struct run_step *rs = &run->steps[run->at];
	g_autofree char *text =
		g_strdup_printf("%s: %s",
				rs->resumed ? "begun earlier, and what became of it cannot be seen"
				: rs->lost  ? "sent, no answer; not seen"
					    : "reported done; not seen",
				why);
	fail_step(run, lab->now_ns, text);
}

/* True: the machine may go on at once. */
static bool look_again(struct run *run, const struct lab *lab)
{
	struct run_step *rs = &run->steps[run->at];
	const struct step s = run_step_now(run, run->at);
	g_autoptr(GString) why = g_string_new(NULL);
	enum verdict v = step_verify(&s, lab, rs->since_ns, why);
	if (v == V_ALREADY) {
		see_done(run, lab, &s);
		return true;
	}
	if (v == V_BLOCKED) {
		fail_step(run, lab->now_ns, why->str);
		return false;
	}
	if (v == V_READY && rs->at_rest) {
		begin_anew(run, lab);
		return true;
	}
	set_text(&rs->why, why->str);
	if (lab->now_ns - rs->since_ns >= s.ops->patience_s * NS_PER_S)
		give_up_looking(run, lab, why->str);
	else if (lab->now_ns - rs->asked_ns >= LOOK_S * NS_PER_S)
		ask_look(run, lab);
	return false;
}

/* ---- turning ----------------------------------------------------------------------------------------------------- */

static bool is_over(const struct run *run)
{
	return run->at < 0 || run->at >= run->plan->n_steps;
}

/* One move. False: nothing more can be done now. */
static bool move(struct run *run, const struct lab *lab)
{
	struct run_step *rs = &run->steps[run->at];
	switch (rs->state) {
	case STEP_NOTING:
	case STEP_ASKED:
	case STEP_SENT:
		return false;
	case STEP_LOOKING:
		if (rs->resumed && rs->since_ns == 0) {
			rs->since_ns = lab->now_ns;
			ask_look(run, lab);
		}
		return look_again(run, lab);
	case STEP_SKIPPED:
	case STEP_VERIFIED:
		if (!run->undoing) {
			next_step(run);
			return true;
		}
		return take_turn(run, lab);
	case STEP_WAITS:
	case STEP_FAILED:
		break;
	}
	return take_turn(run, lab);
}

void run_advance(struct run *run, const struct lab *lab)
{
	if (run->state != RUN_GOES)
		return;
	if (!run->opened) {
		if (!run->waits_for) {
			run->waits_for = ask_note(run, &(struct note){.event = NOTE_PLAN,
								      .step = -1,
								      .value = "",
								      .call = "",
								      .task = "",
								      .text = ""});
		}
		return;
	}
	while (run->state == RUN_GOES && !is_over(run) && move(run, lab))
		;
	if (run->state == RUN_GOES && is_over(run))
		end(run, run->broken ? RUN_FAILED : run->undoing ? RUN_UNDONE : RUN_DONE, run->broken);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static bool is_final(const struct reply *reply)
{
	return reply->state != REPLY_PROGRESS && reply->state != REPLY_SENT;
}

/* The plan, or an intent, stands in the journal or could not be written there. */
static void noted(struct run *run, const struct lab *lab, const struct reply *reply)
{
	if (reply->state != REPLY_DONE) {
		g_autofree char *why =
			g_strdup_printf("not done, since it could not be noted: %s", reply->text);
		if (run->opened) {
			set_text(&run->steps[run->at].why, why);
			enter(run, run->at, run->undoing ? STEP_VERIFIED : STEP_WAITS, lab->now_ns);
		}
		end(run, RUN_FAILED, why);
		return;
	}
	run->waits_for = 0;
	if (!run->opened) {
		run->opened = true;
		return;
	}
	enter(run, run->at, STEP_ASKED, lab->now_ns);
	ask_step(run, WANT_APPLY, run->at);
}

/* Whether something that an earlier process began is still under way. */
static void looked(struct run *run, const struct reply *reply)
{
	struct run_step *rs = &run->steps[run->at];
	rs->progress_pct = reply->progress_pct;
	rs->at_rest = reply->state == REPLY_DONE;
}

static void start_looking(struct run *run, const struct lab *lab, const struct reply *reply)
{
	run->waits_for = 0;
	run->steps[run->at].lost = reply->state == REPLY_LOST;
	enter(run, run->at, STEP_LOOKING, lab->now_ns);
	ask_look(run, lab);
}

static void has_left(struct run *run, const struct lab *lab, const struct reply *reply)
{
	struct run_step *rs = &run->steps[run->at];
	set_text(&rs->call, reply->call);
	set_text(&rs->task, reply->task);
	enter(run, run->at, STEP_SENT, lab->now_ns);
	ask_note(run, &(struct note){.event = NOTE_SENT,
				     .step = run->at,
				     .value = "",
				     .call = reply->call,
				     .task = reply->task,
				     .text = ""});
}

static void applied(struct run *run, const struct lab *lab, const struct reply *reply)
{
	switch (reply->state) {
	case REPLY_SENT:
		has_left(run, lab, reply);
		return;
	case REPLY_PROGRESS:
		run->steps[run->at].progress_pct = reply->progress_pct;
		set_text(&run->steps[run->at].why, reply->text);
		return;
	case REPLY_DONE:
	case REPLY_LOST:
		start_looking(run, lab, reply);
		return;
	case REPLY_FAILED:
	case REPLY_REFUSED:
		fail_step(run, lab->now_ns, reply->text);
		return;
	}
}

/* A line that is not waited for could not be written: nothing new is begun without a journal. */
static void note_failed(struct run *run, const struct reply *reply)
{
	g_autofree char *why = g_strdup_printf("the journal could not be written: %s", reply->text);
	set_text(&run->broken, why);
}

void run_reply(struct run *run, const struct lab *lab, const struct reply *reply)
{
	if (run->state != RUN_GOES || reply->id < run->first_id || reply->id > run->next_id + 1)
		return;
	if (reply->id != run->waits_for) {
		bool line = reply->id & 1;
		if (line && is_final(reply) && reply->state != REPLY_DONE)
			note_failed(run, reply);
		return;
	}
	if (!run->opened || run->steps[run->at].state == STEP_NOTING) {
		if (is_final(reply))
			noted(run, lab, reply);
	} else if (run->steps[run->at].resumed) {
		looked(run, reply);
	} else {
		applied(run, lab, reply);
	}
	run_advance(run, lab);
}

void run_stop(struct run *run)
{
	run->stopping = true;
}

void run_undo(struct run *run, const struct lab *lab)
{
	g_return_if_fail(run->state != RUN_GOES);
	run->undoing = true;
	run->stopping = false;
	run->state = RUN_GOES;
	run->at = MIN(run->at, run->plan->n_steps - 1);
	run_advance(run, lab);
}

/* ---- from the journal -------------------------------------------------------------------------------------------- */

static void begun_before(struct run *run, const struct note *note)
{
	struct run_step *rs = &run->steps[note->step];
	run->at = note->step;
	run->undoing = note->event == NOTE_UNDO;
	if (!run->undoing)
		set_text(&rs->before, note->value);
	rs->state = STEP_LOOKING;
	rs->resumed = true;
}

static void replay(struct run *run, const struct note *note)
{
	struct run_step *rs = note->step >= 0 ? &run->steps[note->step] : NULL;
	switch (note->event) {
	case NOTE_PLAN:
		break;
	case NOTE_INTENT:
	case NOTE_UNDO:
		begun_before(run, note);
		break;
	case NOTE_SENT:
		set_text(&rs->call, note->call);
		set_text(&rs->task, note->task);
		break;
	case NOTE_VERIFIED:
	case NOTE_UNDONE:
		rs->state = STEP_VERIFIED;
		rs->undone = note->event == NOTE_UNDONE;
		rs->resumed = false;
		break;
	case NOTE_ALREADY:
		rs->state = STEP_SKIPPED;
		set_text(&rs->why, note->value);
		break;
	case NOTE_FAILED: /* the other side said no: it may be tried again */
		rs->state = run->undoing ? STEP_VERIFIED : STEP_WAITS;
		rs->resumed = false;
		break;
	case NOTE_END:
		run->state = strcmp(note->text, run_state_names[RUN_DONE]) == 0     ? RUN_DONE
			     : strcmp(note->text, run_state_names[RUN_UNDONE]) == 0 ? RUN_UNDONE
										    : RUN_STOPPED;
		break;
	}
}

struct run *run_resume(struct plan *plan, const struct note *notes, int n_notes, uint64_t first_id,
		       want_fn want, void *data)
{
	struct run *run = run_new(plan, first_id, want, data);
	run->opened = true;
	for (int i = 0; i < n_notes; i++)
		if (notes[i].step < plan->n_steps)
			replay(run, &notes[i]);
	if (run->state == RUN_STOPPED)
		run->state = RUN_GOES;
	return run;
}
