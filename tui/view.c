/* view.c - the life of a view, and intents. */
#include "config.h"

#include "tui/view.h"

#include <stdarg.h>
#include <string.h>

struct view *view_new(const struct view_ops *ops)
{
	struct view *v = g_malloc0(MAX(ops->size, sizeof(struct view)));
	v->ops = ops;
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	if (v->ops->leave && v->entered > 0)
		v->ops->leave(v);
	g_free(v);
}

void view_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	bool has = subject && subject->kind != THING_NONE;
	bool same = v->has_subject == has && (!has || ref_equal(&v->subject, subject));
	if (v->entered > 0 && same)
		return;
	v->has_subject = has;
	v->subject = has ? *subject : (struct ref){.kind = THING_NONE};
	struct table *t = v->entered > 0 ? view_table(v) : NULL;
	if (t)
		table_forget(t); /* rows of the time when it was last shown */
	if (v->ops->enter)
		v->ops->enter(v, lab, has ? &v->subject : NULL);
	v->entered++;
}

struct table *view_table(struct view *v)
{
	return v->ops->table ? v->ops->table(v) : NULL;
}

bool view_selected(const struct view *v, const struct lab *lab, struct ref *out)
{
	if (v->ops->selected)
		return v->ops->selected(v, lab, out);
	/* .table only finds a part of the view; it changes nothing. */
	struct table *t = v->ops->table ? v->ops->table((struct view *)v) : NULL;
	const struct table_row *row = t ? table_current(t) : NULL;
	if (row)
		*out = *row->ref;
	return row != NULL;
}

/* ---- intents ------------------------------------------------------------------------------------------------ */

void intent_clear(struct intent *intent)
{
	g_free(intent->text);
	*intent = (struct intent){.kind = INTENT_NONE};
}

void intent_go(struct intent *out, const char *view, const struct ref *subject)
{
	intent_clear(out);
	out->kind = INTENT_GO;
	out->view = view;
	if (subject)
		out->ref = *subject;
}

void intent_turn(struct intent *out, const struct ref *subject)
{
	intent_clear(out);
	out->kind = INTENT_TURN;
	out->ref = *subject;
}

void intent_say(struct intent *out, enum say how, const char *format, ...)
{
	intent_clear(out);
	va_list args;
	va_start(args, format);
	out->kind = INTENT_SAY;
	out->say = how;
	out->text = g_strdup_vprintf(format, args);
	va_end(args);
}
