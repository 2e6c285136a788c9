/* step.c - what can be said of any step, whatever its kind. */
#include "config.h"
#include "lab/step.h"

#include "lab/step_tables.h"

#include <string.h>

const char *const verdict_names[4] = {"already", "ready", "blocked", "unknown"};
const char *const effect_names[4] = {"none", "vm-off", "host-reboot", "data-loss"};

const struct step_ops *step_ops_nth(guint i)
{
	const struct step_ops *const tables[] = {step_vm_table, step_host_table};
	for (gsize k = 0; k < G_N_ELEMENTS(tables); k++)
		for (const struct step_ops *ops = tables[k]; ops->name; ops++)
			if (i-- == 0)
				return ops;
	return NULL;
}

const struct step_ops *step_ops_find(const char *name)
{
	const struct step_ops *ops;
	for (guint i = 0; (ops = step_ops_nth(i)); i++)
		if (strcmp(ops->name, name) == 0)
			return ops;
	return NULL;
}

void step_word(const struct step *s, const char *value, GString *out)
{
	if (s->ops->word)
		s->ops->word(value, out);
	else
		g_string_append(out, *value ? value : "not known");
}

bool step_same_value(const struct step *a, const struct step *b)
{
	return a->ops->read == b->ops->read && strcmp(a->key, b->key) == 0 &&
	       subject_equal(&a->target, &b->target);
}

static bool as_wanted(const struct step *s, const char *value)
{
	return s->ops->once ? strcmp(value, s->before) != 0 : strcmp(value, s->want) == 0;
}

/* ---- seeing ------------------------------------------------------------------------------------------------------ */

/* Sees the subject; V_READY: it is there. */
static enum verdict look(const struct step *s, const struct lab *lab, struct seen *seen, GString *why)
{
	switch (subject_see(lab, &s->target, seen, why)) {
	case SUBJECT_OTHER:
		return V_BLOCKED;
	case SUBJECT_UNKNOWN:
		return V_UNKNOWN;
	case SUBJECT_THERE:
		break;
	}
	return V_READY;
}

static bool read_value(const struct step *s, const struct seen *seen, const struct steps_ahead *ahead,
		       GString *value, GString *why)
{
	for (int i = ahead ? ahead->n - 1 : -1; i >= 0; i--)
		if (!s->ops->once && step_same_value(&ahead->steps[i], s)) {
			g_string_append(value, ahead->steps[i].want);
			return true;
		}
	if (s->ops->read(s, seen, value))
		return true;
	g_string_append_printf(why, "%s of %s: not known", s->ops->title, s->target.name);
	return false;
}

bool step_value(const struct step *s, const struct lab *lab, const struct steps_ahead *ahead, GString *value,
		GString *why)
{
	struct seen seen;
	return look(s, lab, &seen, why) == V_READY && read_value(s, &seen, ahead, value, why);
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static enum verdict check_need(const struct step *s, const struct step_need *need, const struct seen *seen,
			       const struct steps_ahead *ahead, GString *why)
{
	g_autoptr(GString) value = g_string_new(NULL);
	struct step other = *s;
	other.ops = step_ops_find(need->op);
	other.key = need->same_key ? s->key : "";
	if (!read_value(&other, seen, ahead, value, why))
		return V_UNKNOWN;
	if (strcmp(value->str, need->value) == 0)
		return V_READY;
	g_string_append_printf(why, "%s: %s", s->target.name, need->words);
	return V_BLOCKED;
}

static enum verdict check_needs(const struct step *s, const struct seen *seen,
				const struct steps_ahead *ahead, GString *why)
{
	for (const struct step_need *need = s->ops->needs; need && need->op; need++) {
		if (need->want && strcmp(need->want, s->want) != 0)
			continue;
		enum verdict v = check_need(s, need, seen, ahead, why);
		if (v != V_READY)
			return v;
	}
	return V_READY;
}

enum verdict step_check(const struct step *s, const struct lab *lab, const struct steps_ahead *ahead,
			GString *why)
{
	struct seen seen;
	g_autoptr(GString) value = g_string_new(NULL);
	enum verdict v = look(s, lab, &seen, why);
	if (v != V_READY)
		return v;
	if (!read_value(s, &seen, ahead, value, why))
		return V_UNKNOWN;
	if (as_wanted(s, value->str)) {
		g_string_append(why, "already done");
		return V_ALREADY;
	}
	if (strcmp(value->str, s->before) != 0) {
		g_string_append_printf(why, "is \"%s\" now and was \"%s\" when this was planned: plan again",
				       value->str, s->before);
		return V_BLOCKED;
	}
	v = check_needs(s, &seen, ahead, why);
	return v == V_READY && s->ops->may ? s->ops->may(s, &seen, why) : v;
}

enum verdict step_verify(const struct step *s, const struct lab *lab, int64_t since_ns, GString *why)
{
	struct seen seen;
	g_autoptr(GString) value = g_string_new(NULL);
	enum verdict v = look(s, lab, &seen, why);
	if (v != V_READY)
		return v;
	if (seen.taken_ns < since_ns) {
		g_string_append_printf(why, "%s has not told of %s since", s->target.source, s->target.name);
		return V_UNKNOWN;
	}
	if (!read_value(s, &seen, NULL, value, why))
		return V_UNKNOWN;
	if (as_wanted(s, value->str))
		return V_ALREADY;
	g_string_append_printf(why, "is \"%s\"", value->str);
	return V_READY;
}

struct step step_inverse(const struct step *s, const char *before)
{
	struct step back = *s;
	g_assert(s->ops->inverse);
	back.ops = step_ops_find(s->ops->inverse);
	back.before = s->want;
	back.want = before;
	back.only_for = back.only_if = STEP_ANY;
	return back;
}
