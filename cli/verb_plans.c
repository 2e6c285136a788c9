/* verb_plans.c - labtop plans and labtop resume: journals listed, shown, gone on with, taken back, forgotten. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/demo/demo.h"
#include "backends/demo/world.h"
#include "backends/journal/store.h"
#include "backends/statedir.h"
#include "cli/carry_out.h"
#include "cli/output.h"
#include "cli/plan_text.h"
#include "cli/print.h"
#include "lab/clock.h"
#include "lab/runs.h"

#include <string.h>

/* A run that only shows what its journal says. */
static void want_nothing(void *data, const struct want *want)
{
}

static struct run *run_of(const struct journal_entry *entry)
{
	const GArray *notes = entry->journal.notes;
	return run_resume(entry->journal.plan, (const struct note *)(void *)notes->data, (int)notes->len, 1,
			  want_nothing, NULL);
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static const char *state_word(const struct journal_entry *entry)
{
	const GArray *notes = entry->journal.notes;
	const struct note *last = &g_array_index(notes, struct note, notes->len - 1);
	if (last->event == NOTE_END)
		return last->text;
	return entry->locked ? "running" : last->event == NOTE_FAILED ? "failed" : "cut off";
}

static void add_entry(struct sheet *sheet, const struct journal_entry *entry)
{
	int done = 0;
	sheet_add(sheet, entry->id);
	if (entry->error) {
		sheet_add(sheet, "not usable");
		sheet_add(sheet, "");
		sheet_add(sheet, entry->error->message);
		return;
	}
	struct run *run = run_of(entry);
	for (int i = 0; i < run->plan->n_steps; i++)
		done += run->steps[i].state == STEP_VERIFIED || run->steps[i].state == STEP_SKIPPED;
	sheet_add(sheet, state_word(entry));
	sheet_addf(sheet, "%d/%d", done, run->plan->n_steps);
	sheet_add(sheet, entry->journal.plan->title);
	run_free(run);
}

static int list(void)
{
	static const char *const titles[] = {"PLAN", "STATE", ">STEPS", "WHAT", NULL};
	struct sheet *sheet = sheet_new(titles);
	g_autoptr(GPtrArray) entries = journal_list();
	struct output out;
	for (guint i = 0; i < entries->len; i++)
		add_entry(sheet, entries->pdata[i]);
	output_open(&out);
	sheet_print(sheet, out.to, "No plan was begun here.");
	return output_send(&out);
}

static int show(const struct journal_entry *entry)
{
	struct run *run = run_of(entry);
	struct output out;
	output_open(&out);
	fprintf(out.to, "%s\n%s, begun by %s: %s\n\n", entry->journal.plan->title, entry->id,
		entry->journal.by, state_word(entry));
	run_text(run, out.to);
	run_free(run);
	return output_send(&out);
}

/* ---- going on ---------------------------------------------------------------------------------------------------- */

/* Each process begins the built-in lab anew; what the plan did to it before is done to it again. */
static void replay_in_demo(const struct journal_entry *entry)
{
	struct run *run = run_of(entry);
	for (int i = 0; i < run->plan->n_steps; i++)
		if (run->steps[i].state == STEP_VERIFIED && !run->steps[i].undone)
			world_apply(demo_world(), &run->plan->steps[i], entry->journal.last_ms, NULL);
	run_free(run);
}

/* A session with the run of a journal in it. NULL: *status. */
static struct run *begin(const struct options *o, const struct journal_entry *entry, struct session **s,
			 int *status)
{
	const GArray *notes = entry->journal.notes;
	if (entry->locked) {
		complain("%s: another labtop is working on it", entry->id);
		*status = 1;
		return NULL;
	}
	if (o->demo && entry->journal.plan->demo)
		replay_in_demo(entry);
	*s = carry_begin(o, status);
	if (!*s)
		return NULL;
	return lab_resume((*s)->lab, entry->journal.plan, (const struct note *)(void *)notes->data,
			  (int)notes->len);
}

static int go_on(const struct options *o, const struct journal_entry *entry)
{
	struct session *s = NULL;
	int status = 0;
	struct run *run = begin(o, entry, &s, &status);
	if (run)
		status = carry_run(o, s, run);
	return s ? carry_end(s, status) : status;
}

static int undo(const struct options *o, const struct journal_entry *entry)
{
	struct session *s = NULL;
	int status = 0;
	struct run *run = begin(o, entry, &s, &status);
	if (!run)
		return s ? carry_end(s, status) : status;
	if (run->state == RUN_GOES)
		run->state = RUN_STOPPED;
	run_undo(run, s->lab);
	return carry_end(s, carry_run(o, s, run));
}

static int forget(const struct journal_entry *entry)
{
	GError *error = NULL;
	if (!journal_forget(entry->id, clock_wall_ms(), &error))
		return complain_error(error, ERROR_HERE);
	printf("%s: forgotten\n", entry->id);
	return 0;
}

/* ---- verbs ------------------------------------------------------------------------------------------------------- */

static bool open_state(const struct options *o)
{
	GError *error = NULL;
	if (statedir_open(o->demo, &error))
		return true;
	complain_error(error, ERROR_HERE);
	return false;
}

static int with_entry(const struct options *o, const char *id, const char *what)
{
	GError *error = NULL;
	struct journal_entry *entry = journal_find(id, &error);
	int status;
	if (!entry)
		return complain_error(error, ERROR_HERE);
	if (entry->error)
		status = complain_error(g_steal_pointer(&entry->error), ERROR_HERE);
	else if (strcmp(what, "show") == 0)
		status = show(entry);
	else if (strcmp(what, "forget") == 0)
		status = forget(entry);
	else if (strcmp(what, "undo") == 0)
		status = undo(o, entry);
	else
		status = go_on(o, entry);
	journal_entry_free(entry);
	return status;
}

int verb_plans(struct options *o)
{
	static const char *const words[] = {"show", "forget", "undo", NULL};
	if (!open_state(o))
		return 6;
	if (o->n_words == 0)
		return list();
	if (!g_strv_contains(words, o->words[0]) || o->n_words == 1) {
		complain("plans %s: say what and which: labtop plans show|forget|undo ID", o->words[0]);
		return 2;
	}
	return with_entry(o, o->words[1], o->words[0]);
}

int verb_resume(struct options *o)
{
	if (!open_state(o))
		return 6;
	if (o->n_words == 1)
		return with_entry(o, o->words[0], "resume");
	g_autoptr(GPtrArray) entries = journal_list();
	g_autoptr(GString) open = g_string_new(NULL);
	const struct journal_entry *one = NULL;
	int n = 0;
	for (guint i = 0; i < entries->len; i++) {
		const struct journal_entry *entry = entries->pdata[i];
		if (!journal_is_open(entry))
			continue;
		one = entry;
		n++;
		g_string_append_printf(open, " %s", entry->id);
	}
	if (n == 1)
		return go_on(o, one);
	if (n == 0)
		printf("Nothing to resume.\n");
	else
		complain("resume: say which:%s", open->str);
	return n ? 2 : 0;
}
