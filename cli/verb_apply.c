/* verb_apply.c - labtop apply: a plan from a file, carried out. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/plan_json.h"
#include "cli/carry_out.h"
#include "cli/output.h"
#include "cli/plan_text.h"
#include "cli/print.h"
#include "lab/runs.h"

static int show(const struct plan *plan, const struct lab *lab)
{
	struct output out;
	output_open(&out);
	plan_text(plan, lab, out.to);
	return output_send(&out);
}

int verb_apply(struct options *o)
{
	GError *error = NULL;
	int status;
	struct plan *plan = plan_read_file(o->words[0], &error);
	if (!plan)
		return complain_error(error, ERROR_HERE);
	struct session *s = carry_begin(o, &status);
	if (!s) {
		plan_unref(plan);
		return status;
	}
	status = carry_consent(o, s, plan);
	if (status == 0 && o->dry_run)
		status = show(plan, s->lab);
	else if (status == 0)
		status = carry_run(o, s, lab_start(s->lab, plan));
	plan_unref(plan);
	return carry_end(s, status);
}
