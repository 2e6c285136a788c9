/* verb_plan.c - labtop plan: a plan made of the answers to a wizard's questions, printed. Changes nothing. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/plan_json.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/plan_text.h"
#include "cli/print.h"
#include "lab/nearest.h"
#include "lab/wizard.h"

#include <errno.h>
#include <string.h>

static const struct wizard *the_wizard(const char *name, GError **error)
{
	const struct wizard *wizard = wizard_find(name);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GString) known = g_string_new(NULL);
	for (const struct wizard *w = wizard_table; w->name; w++) {
		g_ptr_array_add(names, (gpointer)w->name);
		g_string_append_printf(known, " %s", w->name);
	}
	g_ptr_array_add(names, NULL);
	const char *near = nearest_word(name, (const char *const *)names->pdata);
	if (!wizard)
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "plan %s: no such wizard; %s%s%s", name,
			    near ? "did you mean " : "there are:", near ? near : known->str, near ? "?" : "");
	return wizard;
}

/* Without answers: what is asked. */
static int print_questions(const struct wizard *wizard)
{
	struct output out;
	output_open(&out);
	fprintf(out.to, "%s: %s\n\n", wizard->title, wizard->brief);
	for (const struct question *q = wizard->questions; q->name; q++)
		fprintf(out.to, "  %-12s %s%s\n", q->name, q->help, q->standard ? " (may be left out)" : "");
	return output_send(&out);
}

static int write_file(const char *path, const struct plan *plan, const struct lab *lab)
{
	g_autoptr(GError) error = NULL;
	json_t *json = plan_to_json(plan, lab);
	char *text = json_dumps(json, JSON_INDENT(2));
	g_autofree char *line = g_strconcat(text, "\n", NULL);
	json_decref(json);
	free(text);
	if (g_file_set_contents_full(path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
		return 0;
	return complain_error(g_error_new(LAB_ERROR, LAB_ERR_SYSTEM, "writing the plan: %s", error->message),
			      ERROR_HERE);
}

/* Blocked steps, or ones that cannot be judged, are a no. */
static int status_of(const struct plan *plan, const struct lab *lab)
{
	struct plan_sum sum;
	plan_sum(plan, lab, &sum);
	int status = sum.n[V_BLOCKED] + sum.n[V_UNKNOWN] > 0 ? 1 : 0;
	plan_sum_clear(&sum);
	return status;
}

static int show(const struct options *o, const struct plan *plan, const struct lab *lab)
{
	struct output out;
	int status = status_of(plan, lab);
	output_open(&out);
	if (o->json)
		verb_print_json(plan_to_json(plan, lab), out.to);
	else
		plan_text(plan, lab, out.to);
	status = exit_status_worse(output_send(&out), status);
	if (o->output)
		status = exit_status_worse(write_file(o->output, plan, lab), status);
	return status;
}

/* What cannot be chosen now is a no, and not a wrong word; the reason stands in it, and the hint of a conflict is of another
 * kind. */
static int refused(GError *take_error)
{
	if (!g_error_matches(take_error, LAB_ERROR, LAB_ERR_CONFLICT))
		return complain_error(take_error, ERROR_HERE);
	complain("%s", take_error->message);
	g_error_free(take_error);
	return 1;
}

int verb_plan(struct options *o)
{
	const struct session_wish wish = {.kinds = SESSION_ALL};
	GError *error = NULL;
	int status;
	const struct wizard *wizard = the_wizard(o->words[0], &error);
	if (!wizard)
		return complain_error(error, ERROR_HERE);
	if (o->n_words == 1)
		return print_questions(wizard);
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	const char *words[WORDS_MAX + 1] = {NULL};
	memcpy(words, o->words + 1, (size_t)(o->n_words - 1) * sizeof *words);
	struct plan *plan = wizard_plan(wizard, s->lab, words, &error);
	status = plan ? show(o, plan, s->lab) : refused(error);
	if (!plan)
		verb_explain(s); /* what is missing may be behind a source that does not answer */
	plan_unref(plan);
	return verb_end(s, status);
}
