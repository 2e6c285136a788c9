/* carry_out.c - consent first, then a line for every step that moves. */
#include "config.h"
#include "cli/carry_out.h"

#include "cli/plan_text.h"
#include "cli/print.h"
#include "cli/signals.h"
#include "cli/verbs.h"
#include "lab/clock.h"
#include "lab/runs.h"

#include <string.h>
#include <unistd.h>

#define FINISH_S      30 /* how long a step under way may take to end, once a signal came */
#define PLAN_HOLDS_MS (24 * 3600 * G_GINT64_CONSTANT(1000))

struct session *carry_begin(const struct options *o, int *status)
{
	const struct session_wish wish = {.kinds = SESSION_ALL, .moving = true};
	struct session *s = verb_begin(o, &wish, status);
	if (!s || s->config->read_only != READ_ONLY_LOCKED)
		return s;
	complain("read-only = locked in the configuration: nothing is changed");
	session_close(s);
	*status = 2;
	return NULL;
}

/* ---- consent ----------------------------------------------------------------------------------------------------- */

static int refuse(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);
static int refuse(int status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	complain("%s", text);
	return status;
}

static int check_lab(const struct session *s, const struct plan *plan)
{
	if (plan->demo != s->lab->demo)
		return refuse(2, "%s was made for %s: apply it %s --demo", plan->id,
			      plan->demo ? "the built-in lab" : "a real lab",
			      plan->demo ? "with" : "without");
	for (int i = 0; i < plan->n_steps; i++) {
		const char *source = plan->steps[i].target.source;
		if (!lab_find_source(s->lab, TARGET_VSPHERE, source))
			return refuse(2, "%s is about %s, which is not configured here", plan->id, source);
	}
	if (s->lab->now_wall_ms - plan->made_ms > PLAN_HOLDS_MS)
		return refuse(1, "%s is more than a day old: make it again with labtop plan", plan->id);
	return 0;
}

/* Every step that may not be done, in a line each. */
static int tell_obstacles(const struct session *s, const struct plan *plan)
{
	int n = 0;
	for (int i = 0; i < plan->n_steps; i++) {
		g_autoptr(GString) why = g_string_new(NULL), line = g_string_new(NULL);
		enum verdict v = plan_check(plan, i, s->lab, why);
		if (v == V_READY || v == V_ALREADY)
			continue;
		step_line(&plan->steps[i], line);
		complain("%s: %s: %s", verdict_names[v], line->str, why->str);
		n++;
	}
	return n ? 1 : 0;
}

static bool is_confirmed(const struct options *o, const char *name)
{
	g_auto(GStrv) names = g_strsplit(o->confirm ? o->confirm : "", "\n", -1);
	return g_strv_contains((const char *const *)names, name);
}

static int check_names(const struct options *o, const struct plan_sum *sum)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	for (guint i = 0; i < sum->disrupted->len; i++)
		if (!is_confirmed(o, sum->disrupted->pdata[i]))
			g_string_append_printf(missing, " --confirm %s",
					       (const char *)sum->disrupted->pdata[i]);
	if (missing->len > 0)
		return refuse(1, "nothing was done: this disrupts or destroys, and wants%s", missing->str);
	return o->yes ? 0
		      : refuse(1,
			       "nothing was done: --yes agrees to the plan; labtop apply --dry-run shows it");
}

int carry_consent(const struct options *o, const struct session *s, const struct plan *plan)
{
	struct plan_sum sum;
	int status = check_lab(s, plan);
	if (status)
		return status;
	plan_sum(plan, s->lab, &sum);
	if (sum.n[V_ALREADY] == plan->n_steps) {
		printf("%s: already done, all %d steps; nothing was sent.\n", plan->id, plan->n_steps);
		status = -1;
	} else {
		status = tell_obstacles(s, plan);
	}
	if (!status && !o->dry_run)
		status = check_names(o, &sum);
	plan_sum_clear(&sum);
	return status;
}

/* ---- progress ---------------------------------------------------------------------------------------------------- */

static void tell_step_json(const struct run *run, int i)
{
	const struct run_step *rs = &run->steps[i];
	json_t *line = json_pack("{s:s,s:s,s:s}", "plan", run->plan->id, "step", run->plan->steps[i].id,
				 "state", rs->undone ? "undone" : run_step_state_names[rs->state]);
	if (rs->why)
		json_object_set_new(line, "why", json_string(rs->why));
	json_dumpf(line, stdout, JSON_COMPACT);
	json_decref(line);
	printf("\n");
}

/* On a terminal and in a log alike: a line a step, once it has come to something. */
static void tell_step(const struct run *run, int i)
{
	const struct run_step *rs = &run->steps[i];
	g_autoptr(GString) line = g_string_new(NULL);
	const struct step s = run_step_now(run, i);
	step_line(run->undoing && rs->before ? &s : &run->plan->steps[i], line);
	printf("%s: %s%s%s\n", line->str, rs->undone ? "taken back" : run_step_state_names[rs->state],
	       rs->why ? ": " : "", rs->why ? rs->why : "");
}

static bool is_told(const struct run_step *rs)
{
	return rs->state == STEP_SKIPPED || rs->state == STEP_VERIFIED || rs->state == STEP_FAILED;
}

struct progress {
	const struct run *run;
	int *told; /* a step's state as it was last told, -1 none */
};

static void tell(const struct options *o, struct progress *p)
{
	for (int i = 0; i < p->run->plan->n_steps; i++) {
		const struct run_step *rs = &p->run->steps[i];
		int now = (int)rs->state * 2 + rs->undone;
		if (p->told[i] == now)
			continue;
		p->told[i] = now;
		if (o->json)
			tell_step_json(p->run, i);
		else if (is_told(rs))
			tell_step(p->run, i);
	}
	fflush(stdout);
}

static int told_end(const struct options *o, const struct run *run)
{
	bool good = run->state == RUN_DONE || run->state == RUN_UNDONE;
	if (o->json)
		printf("{\"plan\":\"%s\",\"state\":\"%s\"}\n", run->plan->id, run_state_names[run->state]);
	else
		printf("%s: %s\n", run->plan->id, run_state_names[run->state]);
	if (!good && run->why)
		complain("%s: %s: %s", run->plan->id, run_state_names[run->state], run->why);
	if (run->state == RUN_GOES)
		complain("%s was cut off; labtop resume goes on with it", run->plan->id);
	return good ? 0 : 1;
}

static bool is_over(const struct lab *lab)
{
	return !lab_is_acting(lab);
}

/* What was sent is allowed its end, so that the journal says what became of it. */
static void finish_step(struct session *s, struct run *run)
{
	complain("%s: stopping after this step; another signal leaves at once", run->plan->id);
	run_stop(run);
	session_finish(s, is_over, clock_ns() + FINISH_S * NS_PER_S);
}

int carry_run(const struct options *o, struct session *s, struct run *run)
{
	struct progress p = {.run = run, .told = g_new(int, (gsize)run->plan->n_steps + 1)};
	for (int i = 0; i < run->plan->n_steps; i++)
		p.told[i] = (int)run->steps[i].state * 2 + run->steps[i].undone;
	while (!session_run(s, is_over, clock_ns() + NS_PER_S / 10) && !signals_came())
		tell(o, &p);
	if (run->state == RUN_GOES)
		finish_step(s, run);
	tell(o, &p);
	g_free(p.told);
	return told_end(o, run);
}

int carry_end(struct session *s, int status)
{
	session_close(s);
	return signals_came() ? 128 + signals_came() : MAX(status, 0);
}
