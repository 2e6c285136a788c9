/* plan_text.c - a plan as a table, and what there is to know before it is carried out. */
#include "config.h"
#include "cli/plan_text.h"

#include "cli/print.h"
#include "lab/bdf.h"
#include "lab/hurts.h"

#include <string.h>

static const char *const effect_words[] = {[EFFECT_NONE] = "",
					   [EFFECT_VM_OFF] = "VM off",
					   [EFFECT_HOST_REBOOT] = "host reboots",
					   [EFFECT_DATA_LOSS] = "loses data"};

/* "Advanced configuration numa.nodeAffinity", "PCI device 83:00.0". */
static void add_what(const struct step *s, GString *out)
{
	g_string_append(out, s->ops->title);
	if (*s->key)
		g_string_append_printf(out, " %s", strchr(s->key, ',') ? s->key : bdf_short(s->key));
}

void step_line(const struct step *s, GString *out)
{
	g_string_append_printf(out, "%-3s %s: ", s->id, s->target.name);
	add_what(s, out);
	g_string_append_c(out, ' ');
	step_word(s, s->before, out);
	g_string_append(out, " → ");
	step_word(s, s->want, out);
}

static void add_step(struct sheet *sheet, const struct plan *plan, int i, const struct lab *lab)
{
	const struct step *s = &plan->steps[i];
	g_autoptr(GString) what = g_string_new(NULL), now = g_string_new(NULL), then = g_string_new(NULL);
	g_autoptr(GString) why = g_string_new(NULL);
	enum verdict v = plan_check(plan, i, lab, why);
	add_what(s, what);
	step_word(s, s->before, now);
	step_word(s, s->want, then);
	sheet_add(sheet, s->id);
	sheet_add(sheet, s->target.name);
	sheet_add(sheet, what->str);
	sheet_add(sheet, now->str);
	sheet_add(sheet, then->str);
	sheet_add(sheet, v == V_ALREADY ? "" : effect_words[s->ops->effect]);
	sheet_addf(sheet, "%s%s%s", verdict_names[v], v == V_READY || v == V_ALREADY ? "" : ": ",
		   v == V_READY || v == V_ALREADY ? "" : why->str);
}

static void print_lines(const char *title, const char *const *lines, FILE *to)
{
	if (!lines)
		return;
	fprintf(to, "\n%s\n", title);
	for (; *lines; lines++)
		fprintf(to, "  %s\n", *lines);
}

static void print_consent(const struct plan_sum *sum, FILE *to)
{
	if (sum->n[V_READY] + sum->n[V_BLOCKED] + sum->n[V_UNKNOWN] == 0) {
		fprintf(to, "\nNothing to do: everything is as wanted already.\n");
		return;
	}
	if (sum->disrupted->len > 0) {
		fprintf(to, "\nDisrupts");
		for (guint i = 0; i < sum->disrupted->len; i++)
			fprintf(to, "%s %s", i ? "," : "", (const char *)sum->disrupted->pdata[i]);
		fprintf(to, ": apply wants --confirm with each name.\n");
	}
	if (sum->irreversible)
		fprintf(to, "Some steps cannot be taken back.\n");
}

/* VMs, and what is in and around them indented below. */
static void print_hurts(const struct plan *plan, const struct lab *lab, FILE *to)
{
	g_autoptr(GPtrArray) hurts = plan_hurts(plan, lab);
	int seconds = plan_usual_s(plan, lab);
	if (hurts->len > 0)
		fprintf(to, "\nWho is hurt:\n");
	for (guint i = 0; i < hurts->len; i++) {
		const struct hurt *h = hurts->pdata[i];
		fprintf(to, "%s%s: %s\n", h->kind == HURT_VM ? "  " : "    ", h->who, h->what);
	}
	if (seconds >= 90)
		fprintf(to, "\nTakes about %d minutes (an estimate).\n", (seconds + 30) / 60);
	else if (seconds > 0)
		fprintf(to, "\nTakes about %d s (an estimate).\n", seconds);
}

void plan_text(const struct plan *plan, const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"STEP", "TARGET", "WHAT",  "NOW",
					     "THEN", "EFFECT", "STATE", NULL};
	struct sheet *sheet = sheet_new(titles);
	struct plan_sum sum;
	plan_sum(plan, lab, &sum);
	fprintf(to, "%s\n%s%s, %d steps: %d to do, %d already done", plan->title, plan->id,
		plan->demo ? " (DEMO)" : "", plan->n_steps, sum.n[V_READY], sum.n[V_ALREADY]);
	if (sum.n[V_BLOCKED] + sum.n[V_UNKNOWN] > 0)
		fprintf(to, ", %d blocked, %d not known", sum.n[V_BLOCKED], sum.n[V_UNKNOWN]);
	fprintf(to, "\n\n");
	for (int i = 0; i < plan->n_steps; i++)
		add_step(sheet, plan, i, lab);
	sheet_print(sheet, to, "No steps.");
	print_hurts(plan, lab, to);
	print_lines("By hand:", plan->manual, to);
	print_lines("To know:", plan->remarks, to);
	print_consent(&sum, to);
	plan_sum_clear(&sum);
}

void run_text(const struct run *run, FILE *to)
{
	static const char *const titles[] = {"STEP", "TARGET", "WHAT", "BEFORE", "AFTER", "STATE", NULL};
	struct sheet *sheet = sheet_new(titles);
	for (int i = 0; i < run->plan->n_steps; i++) {
		const struct step *s = &run->plan->steps[i];
		const struct run_step *rs = &run->steps[i];
		g_autoptr(GString) what = g_string_new(NULL), before = g_string_new(NULL),
				   after = g_string_new(NULL);
		add_what(s, what);
		step_word(s, rs->before ? rs->before : s->before, before);
		step_word(s, s->want, after);
		sheet_add(sheet, s->id);
		sheet_add(sheet, s->target.name);
		sheet_add(sheet, what->str);
		sheet_add(sheet, before->str);
		sheet_add(sheet, after->str);
		sheet_addf(sheet, "%s%s%s", rs->undone ? "taken back" : run_step_state_names[rs->state],
			   rs->why ? ": " : "", rs->why ? rs->why : "");
	}
	sheet_print(sheet, to, "No steps.");
}
