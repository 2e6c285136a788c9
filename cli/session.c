/* session.c - opened and closed: from words and files to a lab that fills itself. */
#include "config.h"
#include "cli/session_private.h"

#include "backends/http.h"
#include "backends/log.h"
#include "backends/secret.h"
#include "backends/statedir.h"
#include "cli/log_tap.h"
#include "cli/print.h"
#include "lab/clock.h"
#include "lab/runs.h"

#include <errno.h>

#define STOP_MS 2000 /* for logging out */

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
	struct mailbox *mail = mailbox_new();
	if (!mail) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "cannot start: %s", g_strerror(errno));
		return NULL;
	}
	struct config *config = config_new();
	if (!config_load(config, o->config, error)) {
		config_free(config);
		mailbox_free(mail);
		return NULL;
	}
	struct session *s = g_new0(struct session, 1);
	s->config = config;
	s->clock = (struct session_clock){.ops = o->demo ? &clock_still : &clock_machine,
					  .at_ms = o->at_s * 1000,
					  .start_ns = clock_ns()};
	s->lab = lab_new(o->demo ? "attic" : config->name, o->demo);
	s->mail = mail;
	s->workers = g_ptr_array_new();
	s->taps = session_taps_new();
	s->log_tap = log_tap_new();
	session_add_tap(s, log_tap_see, s->log_tap);
	open_state(s, o, wish);
	s->targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
	s->passed_over = g_string_new(NULL);
	lab_set_thermal(s->lab, config->thermal_warn_c, config->thermal_hold_ms);
	session_settle(s); /* the clock, before the first target counts its age from it */
	if (o->demo)
		session_start_demo(s, o, wish->moving);
	else
		session_start_real(s, wish);
	tell_complaints(s, wish->moving);
	if (wish->only && !session_find_only(s, wish, error)) {
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
	g_array_unref(s->taps);
	log_tap_free(s->log_tap);
	lab_free(s->lab);
	if (left == 0) /* one that hangs still looks at its target */
		g_ptr_array_unref(s->targets);
	g_string_free(s->passed_over, TRUE);
	config_free(s->config);
	secret_wipe_all();
	log_close();
	g_free(s);
}

static bool give_to_worker(struct session *s, struct request *take_rq)
{
	for (guint i = 0; i < s->workers->len; i++) {
		struct worker *w = s->workers->pdata[i];
		if (!worker_serves(w, take_rq->target_kind, take_rq->target))
			continue;
		worker_request(w, take_rq);
		return true;
	}
	return false;
}

/* Only what carries out a plan has one. */
static void start_journal(struct session *s)
{
	struct target *t = target_new(TARGET_JOURNAL, TARGET_JOURNAL_NAME);
	g_ptr_array_add(s->targets, t);
	g_ptr_array_add(s->workers,
			worker_start(&journal_backend, (const struct target *const *)&t, 1, s->mail));
}

bool session_request(struct session *s, struct request *take_rq)
{
	if (give_to_worker(s, take_rq))
		return true;
	if (take_rq->target_kind == TARGET_JOURNAL) {
		start_journal(s);
		return give_to_worker(s, take_rq);
	}
	lab_refused(s->lab, take_rq, "nobody is there who could do it");
	request_free(take_rq);
	return false;
}
