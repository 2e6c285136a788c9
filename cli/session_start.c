/* session_start.c - what is asked: the targets of a session, and the workers that ask them. */
#include "config.h"
#include "cli/session_private.h"

#include "backends/demo/demo.h"
#include "cli/env.h"
#include "cli/first_look.h"

/* ---- targets ---------------------------------------------------------------------------------------------------- */

static void collect_configured(struct session *s, unsigned kinds)
{
	GPtrArray *all = s->config->targets;
	while (all->len > 0) {
		struct target *t = g_ptr_array_steal_index(all, 0);
		if (kinds & (1u << t->kind))
			g_ptr_array_add(s->targets, t);
		else
			target_free(t);
	}
}

static bool has_url(const struct session *s, const char *url)
{
	for (guint i = 0; i < s->targets->len; i++)
		if (g_strcmp0(target_get(s->targets->pdata[i], "url"), url) == 0)
			return true;
	return false;
}

static void add_from_environment(struct session *s, struct target *t, unsigned kinds)
{
	if (t && (kinds & (1u << t->kind)) && !has_url(s, target_get(t, "url")))
		g_ptr_array_add(s->targets, t);
	else
		target_free(t);
}

static void look_around(struct session *s, unsigned kinds)
{
	struct target *pci;
	if (kinds & (1u << TARGET_GUEST))
		g_ptr_array_add(s->targets, first_look_guest());
	if ((kinds & (1u << TARGET_PCI)) && (pci = first_look_pci()))
		g_ptr_array_add(s->targets, pci);
	if (kinds & (1u << TARGET_ENGINE))
		first_look_engines(s->targets);
}

static void collect_targets(struct session *s, unsigned kinds)
{
	collect_configured(s, kinds);
	bool configured = s->targets->len > 0;
	add_from_environment(s, env_vsphere_target(), kinds);
	add_from_environment(s, env_ollama_target(), kinds);
	bool named = s->targets->len > 0;
	env_forget_secrets();
	if (!configured)
		look_around(s, kinds);
	s->hint = named ? NULL : first_look_hint;
}

/* ---- workers ---------------------------------------------------------------------------------------------------- */

/* A part that this build does not have answers at once, so that nobody waits for it. */
static void tell_missing(struct session *s, const struct target *t)
{
	struct obs *obs = obs_new(OBS_SOURCE, t);
	struct obs_source *state = box_new0(obs->box, struct obs_source);
	*state = (struct obs_source){.state = SRC_OFF,
				     .reason = "this labtop was built without it",
				     .hint = "",
				     .error = -1,
				     .detail = ""};
	obs->u.src = state;
	mailbox_post(s->mail, obs);
}

static void start_kind(struct session *s, enum target_kind kind)
{
	const struct backend_ops *ops = backend_for(kind);
	g_autoptr(GPtrArray) of_kind = g_ptr_array_new();
	for (guint i = 0; i < s->targets->len; i++) {
		const struct target *t = s->targets->pdata[i];
		if (t->kind != kind)
			continue;
		if (!ops)
			tell_missing(s, t);
		else
			g_ptr_array_add(of_kind, (gpointer)t);
	}
	if (of_kind->len == 0)
		return;
	const struct target *const *list = (const struct target *const *)of_kind->pdata;
	if (ops->many) {
		g_ptr_array_add(s->workers, worker_start(ops, list, (int)of_kind->len, s->mail));
		return;
	}
	for (guint i = 0; i < of_kind->len; i++)
		g_ptr_array_add(s->workers, worker_start(ops, list + i, 1, s->mail));
}

/* Settling lets go of what newer observations have replaced. */
static void turn_at(void *session, int64_t at_ms)
{
	struct session *s = session;
	s->clock.at_ms = at_ms;
	session_turn(s);
}

/* The history is folded before anything is drawn; the worker then goes on from its end by the same clock. */
void session_start_demo(struct session *s, const struct options *o, bool moving)
{
	g_ptr_array_unref(s->targets);
	s->targets = demo_targets((uint32_t)o->seed, o->at_s);
	for (guint i = 0; i < s->targets->len; i++)
		lab_add_target(s->lab, s->targets->pdata[i]);
	demo_add_card_notes(s->lab);
	const struct target *const *list = (const struct target *const *)s->targets->pdata;
	demo_fill(list, (int)s->targets->len, s->mail, turn_at, s);
	turn_at(s, o->at_s * 1000);
	if (!moving)
		return;
	g_autofree char *start = g_strdup_printf("%" G_GINT64_FORMAT, s->clock.start_ns);
	s->clock.ops = &clock_demo;
	target_set(s->targets->pdata[0], "filled", "yes");
	target_set(s->targets->pdata[0], "start-ns", start);
	g_ptr_array_add(s->workers, worker_start(&demo_backend, list, (int)s->targets->len, s->mail));
}

static void keep_only(struct session *s, const char *name)
{
	for (guint i = 0; i < s->targets->len;) {
		const struct target *t = s->targets->pdata[i];
		if (g_str_equal(t->name, name)) {
			i++;
			continue;
		}
		g_string_append_printf(s->passed_over, " %s", t->name);
		g_ptr_array_remove_index(s->targets, i);
	}
}

/* As configured, when a section says how its agent is run; else as a first look would. */
static void collect_this_machine(struct session *s)
{
	collect_configured(s, 1u << TARGET_GUEST);
	for (guint i = s->targets->len; i > 0; i--)
		if (g_strcmp0(target_get(s->targets->pdata[i - 1], "ssh"), "local") != 0)
			g_ptr_array_remove_index(s->targets, i - 1);
	if (s->targets->len == 0)
		g_ptr_array_add(s->targets, first_look_guest());
	for (guint i = 0; i < s->targets->len; i++)
		((struct target *)s->targets->pdata[i])->named = true; /* it is what was asked for */
}

void session_start_real(struct session *s, const struct session_wish *wish)
{
	if (wish->kinds == 0)
		collect_this_machine(s);
	else
		collect_targets(s, wish->kinds);
	if (wish->only)
		keep_only(s, wish->only);
	for (guint i = 0; i < s->targets->len; i++)
		lab_add_target(s->lab, s->targets->pdata[i]);
	while (s->config->cards->len > 0)
		lab_add_card_note(s->lab, g_ptr_array_steal_index(s->config->cards, 0));
	for (enum target_kind kind = 0; kind < TARGET_COUNT && !wish->silent; kind++)
		start_kind(s, kind);
}

/* What was named on the command line must be there. */
bool session_find_only(const struct session *s, const struct session_wish *wish, GError **error)
{
	g_autoptr(GString) known = g_string_new(s->passed_over->str);
	for (guint i = 0; i < s->targets->len; i++) {
		const struct target *t = s->targets->pdata[i];
		if (!(wish->kinds & (1u << t->kind)))
			continue;
		if (g_str_equal(t->name, wish->only))
			return true;
		g_string_append_printf(known, " %s", t->name);
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: no target of that name is configured%s%s",
		    wish->only, known->len ? "; there are:" : "", known->str);
	return false;
}
