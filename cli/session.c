/* session.c - from words and files to a lab that fills itself. */
#include "config.h"
#include "cli/session.h"

#include "backends/demo/demo.h"
#include "backends/http.h"
#include "backends/log.h"
#include "backends/secret.h"
#include "backends/statedir.h"
#include "cli/env.h"
#include "cli/first_look.h"
#include "cli/print.h"

#include <signal.h>
#include <stdio.h>

#define STOP_MS  2000 /* for logging out */
#define SLICE_MS 100  /* how soon a signal is noticed while waiting */

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
	env_forget_secrets();
	if (configured)
		return;
	look_around(s, kinds);
	s->hint = first_look_hint;
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
static void drain_all(void *session, int64_t at_ms)
{
	struct session *s = session;
	session_drain(s, -1);
	lab_set_time(s->lab, demo_ns(at_ms), demo_wall(at_ms));
	lab_settle(s->lab);
}

/* The history is folded before anything is drawn; the worker then goes on from its end by the same clock. */
static void start_demo(struct session *s, const struct options *o)
{
	g_ptr_array_unref(s->targets);
	s->targets = demo_targets((uint32_t)o->seed, o->at_s);
	for (guint i = 0; i < s->targets->len; i++)
		lab_add_target(s->lab, s->targets->pdata[i]);
	demo_add_card_notes(s->lab);
	const struct target *const *list = (const struct target *const *)s->targets->pdata;
	demo_fill(list, (int)s->targets->len, s->mail, drain_all, s);
	session_pump(s);
	if (!s->moving)
		return;
	g_autofree char *start = g_strdup_printf("%" G_GINT64_FORMAT, s->start_ns);
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

static void start_real(struct session *s, const struct session_wish *wish)
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
static bool find_target(const struct session *s, const struct session_wish *wish, GError **error)
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

static void tell_complaints(struct session *s, bool to_log)
{
	for (guint i = 0; i < s->config->complaints->len; i++) {
		const char *text = s->config->complaints->pdata[i];
		if (to_log)
			lab_log(s->lab, G_LOG_LEVEL_WARNING, "configuration", text);
		else
			complain("%s", text);
	}
}

/* Without a state directory nothing is remembered, and that is all: the lab is shown. */
static void open_state(struct session *s, const struct options *o, const struct session_wish *wish)
{
	g_autoptr(GError) error = NULL;
	if (!statedir_open(o->demo, &error) || (wish->moving && !log_open(G_LOG_LEVEL_INFO, &error))) {
		g_ptr_array_add(s->config->complaints, g_strdup(error->message));
		return;
	}
	g_autofree char *folder = o->trace ? statedir_path("trace") : NULL;
	if (folder && g_mkdir_with_parents(folder, 0700) == 0)
		http_trace_to(folder);
}

struct session *session_open(const struct options *o, const struct session_wish *wish, GError **error)
{
	struct config *config = config_new();
	if (!config_load(config, o->config, error)) {
		config_free(config);
		return NULL;
	}
	struct session *s = g_new0(struct session, 1);
	s->config = config;
	s->moving = wish->moving || !o->demo;
	s->at_ms = o->demo ? o->at_s * 1000 : -1;
	s->start_ns = clock_ns();
	s->lab = lab_new(o->demo ? "attic" : config->name, o->demo);
	s->mail = mailbox_new();
	s->workers = g_ptr_array_new();
	open_state(s, o, wish);
	s->targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
	s->passed_over = g_string_new(NULL);
	lab_set_thermal(s->lab, config->thermal_warn_c, config->thermal_hold_ms);
	session_pump(s); /* the clock, before the first target counts its age from it */
	if (o->demo)
		start_demo(s, o);
	else
		start_real(s, wish);
	tell_complaints(s, wish->moving);
	if (wish->only && !find_target(s, wish, error)) {
		session_close(s);
		return NULL;
	}
	return s;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	int left = workers_stop(s->workers, STOP_MS);
	g_ptr_array_unref(s->workers);
	mailbox_free(s->mail);
	lab_free(s->lab);
	if (left == 0) /* one that hangs still looks at its target */
		g_ptr_array_unref(s->targets);
	g_string_free(s->passed_over, TRUE);
	config_free(s->config);
	secret_wipe_all();
	log_close();
	g_free(s);
}

/* ---- turning ---------------------------------------------------------------------------------------------------- */

void session_now(const struct session *s, int64_t *now_ns, int64_t *wall_ms)
{
	int64_t mono_ns = clock_ns();
	if (s->at_ms < 0) {
		*now_ns = mono_ns;
		*wall_ms = clock_wall_ms();
		return;
	}
	int64_t at_ms = s->at_ms + (s->moving ? (mono_ns - s->start_ns) / NS_PER_MS : 0);
	*now_ns = demo_ns(at_ms);
	*wall_ms = demo_wall(at_ms);
}

unsigned session_drain(struct session *s, int64_t budget_us)
{
	int64_t start_us = g_get_monotonic_time();
	unsigned kinds = 0;
	do {
		struct obs *obs = mailbox_take(
			s->mail, 1); /* 200 VMs may be in it: the clock is looked at after each */
		if (!obs)
			break;
		while (obs) {
			kinds |= 1u << obs->kind;
			if (obs->kind == OBS_LOG)
				log_line((GLogLevelFlags)obs->u.log->level, obs->source, obs->u.log->text);
			obs = lab_fold(s->lab, obs);
		}
	} while (budget_us < 0 || g_get_monotonic_time() - start_us < budget_us);
	return kinds;
}

bool session_pump(struct session *s)
{
	int64_t now_ns, wall_ms;
	bool any = session_drain(s, -1) != 0;
	session_now(s, &now_ns, &wall_ms);
	lab_set_time(s->lab, now_ns, wall_ms);
	lab_settle(s->lab);
	return any;
}

void session_wait(struct session *s, int64_t wait_ms)
{
	int64_t until_ns = clock_ns() + wait_ms * NS_PER_MS;
	session_pump(s);
	while (!lab_all_answered(s->lab) && !session_signal()) {
		int64_t left_ms = (until_ns - clock_ns()) / NS_PER_MS;
		if (left_ms <= 0)
			return;
		if (mailbox_wait(s->mail, MIN(left_ms, SLICE_MS)))
			session_pump(s);
	}
}

bool session_request(struct session *s, struct request *take_rq)
{
	for (guint i = 0; i < s->workers->len; i++) {
		struct worker *w = s->workers->pdata[i];
		if (!worker_serves(w, take_rq->target_kind, take_rq->target))
			continue;
		worker_request(w, take_rq);
		return true;
	}
	request_free(take_rq);
	return false;
}

/* ---- the end ---------------------------------------------------------------------------------------------------- */

int exit_status_worse(int a, int b)
{
	static const int order[] = {6, 2, 4, 3, 5, 1};
	if (a > 128 || b > 128) /* a signal */
		return MAX(a, b);
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return 0;
}

static bool reached(const struct lab_source *source)
{
	return source->state == SRC_LIVE || source->state == SRC_STALE;
}

static bool any_gap(const char *const *partial)
{
	return partial && *partial;
}

/* Something is not known because nobody who tells of it may read it; what one source may not and another may is known. */
static bool something_refused(const struct lab *lab)
{
	bool any = false;
	for (guint i = 0; i < lab->hosts->len && !any; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		any = !host->row->is_local && any_gap(host->row->partial);
	}
	for (guint i = 0; i < lab->vms->len && !any; i++)
		any = any_gap(((const struct lab_vm *)lab->vms->pdata[i])->row->partial);
	for (guint i = 0; i < lab->datastores->len && !any; i++)
		any = any_gap(((const struct lab_store *)lab->datastores->pdata[i])->row->partial);
	return any;
}

int session_exit_status(const struct session *s)
{
	int named = 0, good = 0, worst = 0;
	for (guint i = 0; i < s->lab->sources->len; i++) {
		const struct lab_source *source = s->lab->sources->pdata[i];
		if (!source->named)
			continue;
		named++;
		if (reached(source)) {
			good++;
			continue;
		}
		int status = source->error >= 0 ? lab_error_exit_status(source->error) : 3;
		worst = exit_status_worse(worst, status == 3 ? 5 : status);
	}
	if (something_refused(s->lab))
		worst = exit_status_worse(worst, 5);
	return named > 0 && good == 0 ? exit_status_worse(worst, 3) : worst;
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void session_catch_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT};
	struct sigaction action = {.sa_handler = on_signal};
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

int session_signal(void)
{
	return caught;
}
