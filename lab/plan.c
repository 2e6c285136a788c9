/* plan.c - drafts and sealed plans. */
#include "config.h"
#include "lab/plan.h"

#include "lab/plan_make.h"

#include <string.h>

struct plan_draft {
	const struct lab *lab;
	struct box *box;
	const char *wizard, *title;
	GArray *answers;             /* struct plan_answer */
	GArray *steps;               /* struct step, as they were asked for */
	GPtrArray *manual, *remarks; /* const char *, in the box */
};

struct plan *plan_ref(struct plan *plan)
{
	box_ref(plan->box);
	return plan;
}

void plan_unref(struct plan *plan)
{
	if (plan)
		box_unref(plan->box);
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

struct plan_draft *plan_begin(const struct lab *lab, const char *wizard)
{
	struct plan_draft *draft = g_new0(struct plan_draft, 1);
	draft->lab = lab;
	draft->box = box_new();
	draft->wizard = box_raw(draft->box, wizard, -1);
	draft->title = "";
	draft->answers = g_array_new(FALSE, TRUE, sizeof(struct plan_answer));
	draft->steps = g_array_new(FALSE, TRUE, sizeof(struct step));
	draft->manual = g_ptr_array_new();
	draft->remarks = g_ptr_array_new();
	return draft;
}

static void draft_free(struct plan_draft *draft)
{
	g_array_unref(draft->answers);
	g_array_unref(draft->steps);
	g_ptr_array_unref(draft->manual);
	g_ptr_array_unref(draft->remarks);
	g_free(draft);
}

void plan_drop(struct plan_draft *take_draft)
{
	box_unref(take_draft->box);
	draft_free(take_draft);
}

struct box *plan_box(struct plan_draft *draft)
{
	return draft->box;
}

static const char *boxed(struct box *box, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
static const char *boxed(struct box *box, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);
	return box_text(box, text, -1);
}

void plan_title(struct plan_draft *draft, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	draft->title = boxed(draft->box, format, args);
	va_end(args);
}

void plan_manual(struct plan_draft *draft, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_ptr_array_add(draft->manual, (gpointer)boxed(draft->box, format, args));
	va_end(args);
}

void plan_remark(struct plan_draft *draft, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_ptr_array_add(draft->remarks, (gpointer)boxed(draft->box, format, args));
	va_end(args);
}

void plan_answer(struct plan_draft *draft, const char *name, const char *value)
{
	struct plan_answer answer = {box_raw(draft->box, name, -1), box_text(draft->box, value, -1)};
	g_array_append_val(draft->answers, answer);
}

static bool same_step(const struct step *a, const struct step *b)
{
	return a->ops == b->ops && subject_equal(&a->target, &b->target) && strcmp(a->key, b->key) == 0 &&
	       strcmp(a->want, b->want) == 0;
}

int plan_step(struct plan_draft *draft, const char *op, const struct subject *target, const char *key,
	      const char *want, const char *rule)
{
	struct step s = {.id = "",
			 .ops = step_ops_find(op),
			 .target = *target,
			 .key = box_raw(draft->box, key, -1),
			 .before = "",
			 .want = box_raw(draft->box, want, -1),
			 .rule = box_raw(draft->box, rule, -1),
			 .only_for = STEP_ANY,
			 .only_if = STEP_ANY};
	g_assert(s.ops && s.ops->scope == target->kind);
	for (guint i = 0; i < draft->steps->len; i++)
		if (same_step(&g_array_index(draft->steps, struct step, i), &s))
			return (int)i;
	g_array_append_val(draft->steps, s);
	return (int)draft->steps->len - 1;
}

int plan_find(const struct plan_draft *draft, const char *op, const struct subject *target, const char *key)
{
	const struct step wanted = {.ops = step_ops_find(op), .target = *target, .key = key};
	for (guint i = 0; i < draft->steps->len; i++)
		if (step_same_value(&g_array_index(draft->steps, struct step, i), &wanted))
			return (int)i;
	return -1;
}

bool plan_pending(const struct plan_draft *draft, int first)
{
	for (guint i = (guint)first; i < draft->steps->len; i++) {
		g_autoptr(GString) why = g_string_new(NULL);
		if (step_check(&g_array_index(draft->steps, struct step, i), draft->lab, NULL, why) !=
		    V_ALREADY)
			return true;
	}
	return false;
}

void plan_only_for(struct plan_draft *draft, int step, int other)
{
	g_array_index(draft->steps, struct step, step).only_for = other;
}

void plan_only_if(struct plan_draft *draft, int step, int other)
{
	g_array_index(draft->steps, struct step, step).only_if = other;
}

int plan_n_steps(const struct plan_draft *draft)
{
	return (int)draft->steps->len;
}

/* ---- sealing ----------------------------------------------------------------------------------------------------- */

/* place[i]: where step i of the draft stands in the plan. Stable: steps of one phase stay as they were asked for. */
static void find_places(const struct step *asked, int n, int *place)
{
	for (int i = 0; i < n; i++) {
		place[i] = 0;
		for (int k = 0; k < n; k++)
			place[i] += asked[k].ops->phase < asked[i].ops->phase ||
				    (k < i && asked[k].ops->phase == asked[i].ops->phase);
	}
}

/* What is there when its turn comes: of now, or what an earlier step leaves. Not known is "", and its check says so. */
static const char *value_before(const struct plan_draft *draft, const struct step *steps, int i)
{
	const struct steps_ahead ahead = {steps, i};
	g_autoptr(GString) value = g_string_new(NULL), why = g_string_new(NULL);
	step_value(&steps[i], draft->lab, &ahead, value, why);
	return box_raw(draft->box, value->str, -1);
}

static const struct step *seal_steps(struct plan_draft *draft)
{
	int n = (int)draft->steps->len;
	const struct step *asked = (const struct step *)(void *)draft->steps->data;
	struct step *steps = box_array0(draft->box, struct step, (gsize)n + 1);
	g_autofree int *place = g_new0(int, (gsize)n + 1);
	find_places(asked, n, place);
	for (int i = 0; i < n; i++) {
		struct step *s = &steps[place[i]];
		g_autofree char *id = g_strdup_printf("s%d", place[i] + 1);
		*s = asked[i];
		s->id = box_raw(draft->box, id, -1);
		s->only_for = asked[i].only_for == STEP_ANY ? STEP_ANY : place[asked[i].only_for];
		s->only_if = asked[i].only_if == STEP_ANY ? STEP_ANY : place[asked[i].only_if];
	}
	for (int i = 0; i < n; i++)
		steps[i].before = value_before(draft, steps, i);
	return steps;
}

static const char *const *seal_lines(struct box *box, const GPtrArray *lines)
{
	const char **list = box_array0(box, const char *, lines->len + 1);
	for (guint i = 0; i < lines->len; i++)
		list[i] = lines->pdata[i];
	return lines->len > 0 ? list : NULL;
}

/* Of when it was made and of all that will be done: a plan that was edited has another one. */
const char *plan_make_id(const struct plan *plan)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GDateTime) made = g_date_time_new_from_unix_utc(plan->made_ms / 1000);
	g_autofree char *when = g_date_time_format(made, "%Y%m%d-%H%M%S");
	for (int i = 0; i < plan->n_steps; i++) {
		const struct step *s = &plan->steps[i];
		g_autofree char *line =
			g_strdup_printf("%d %s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\n", plan->demo, plan->wizard,
					s->ops->name, s->target.source, s->target.moref, s->target.uuid,
					s->key, s->before, s->only_for, s->only_if);
		g_checksum_update(sum, (const guchar *)line, -1);
		g_checksum_update(sum, (const guchar *)s->want, -1);
	}
	g_autofree char *id = g_strdup_printf("p-%s-%.8s", when, g_checksum_get_string(sum));
	return box_raw(plan->box, id, -1);
}

struct plan *plan_seal(struct plan_draft *take_draft)
{
	struct plan_draft *d = take_draft;
	struct plan *plan = box_new0(d->box, struct plan);
	struct plan_answer *answers = box_array0(d->box, struct plan_answer, d->answers->len + 1);
	for (guint i = 0; i < d->answers->len; i++)
		answers[i] = g_array_index(d->answers, struct plan_answer, i);
	*plan = (struct plan){.box = d->box,
			      .wizard = d->wizard,
			      .title = d->title,
			      .demo = d->lab->demo,
			      .made_ms = d->lab->now_wall_ms,
			      .answers = answers,
			      .n_answers = (int)d->answers->len,
			      .steps = seal_steps(d),
			      .n_steps = (int)d->steps->len,
			      .manual = seal_lines(d->box, d->manual),
			      .remarks = seal_lines(d->box, d->remarks)};
	plan->id = plan_make_id(plan);
	draft_free(d);
	return plan;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static enum verdict skip(GString *why, const char *text)
{
	g_string_append(why, text);
	return V_ALREADY;
}

enum verdict plan_check(const struct plan *plan, int step, const struct lab *lab, GString *why)
{
	const struct step *s = &plan->steps[step];
	const struct steps_ahead ahead = {plan->steps, step};
	g_autoptr(GString) unused = g_string_new(NULL);
	if (s->only_for != STEP_ANY && plan_check(plan, s->only_for, lab, unused) == V_ALREADY)
		return skip(why, "not needed");
	if (s->only_if != STEP_ANY && plan_check(plan, s->only_if, lab, unused) == V_ALREADY)
		return skip(why, "not needed");
	return step_check(s, lab, &ahead, why);
}

static void add_name(GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++)
		if (strcmp(names->pdata[i], name) == 0)
			return;
	g_ptr_array_add(names, (gpointer)name);
}

void plan_sum(const struct plan *plan, const struct lab *lab, struct plan_sum *out)
{
	*out = (struct plan_sum){.disrupted = g_ptr_array_new()};
	for (int i = 0; i < plan->n_steps; i++) {
		const struct step_ops *ops = plan->steps[i].ops;
		g_autoptr(GString) why = g_string_new(NULL);
		enum verdict v = plan_check(plan, i, lab, why);
		out->n[v]++;
		if (v == V_ALREADY)
			continue;
		out->worst = MAX(out->worst, ops->effect);
		out->irreversible |= !step_reversible(ops);
		if (ops->effect != EFFECT_NONE)
			add_name(out->disrupted, plan->steps[i].target.name);
	}
}

void plan_sum_clear(struct plan_sum *sum)
{
	g_ptr_array_unref(sum->disrupted);
}
