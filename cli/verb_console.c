/* verb_console.c - labtop: the live screen; plain lines where there is no terminal or where a person asks for them. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/descriptors.h"
#include "backends/journal/store.h"
#include "cli/first_look.h"
#include "cli/look.h"
#include "cli/options.h"
#include "cli/print.h"
#include "tui/app.h"

#include <glib-unix.h>
#include <unistd.h>

#define DRAIN_US 2000 /* one turn of the loop stays short, however much waits */

/* Kinds that tell the same things again, every second or so. */
#define READINGS (1u << OBS_SAMPLE | 1u << OBS_SENSORS | 1u << OBS_ENGINE | 1u << OBS_LOG)

static enum app_heard drain(void *data, struct lab *lab)
{
	unsigned kinds = session_drain(data, DRAIN_US);
	if (kinds == 0)
		return HEARD_NOTHING;
	return kinds & ~READINGS ? HEARD_NEWS : HEARD_READINGS;
}

static void settle(void *data, struct lab *lab)
{
	session_settle(data);
}

static void request(void *data, struct request *take_request)
{
	session_request(data, take_request);
}

/* What an earlier run left behind; NULL: nothing. */
static char *plans_left_behind(void)
{
	g_autoptr(GPtrArray) entries = journal_list();
	const struct journal_entry *one = NULL;
	int n = 0;
	for (guint i = 0; i < entries->len; i++) {
		const struct journal_entry *entry = entries->pdata[i];
		if (!journal_is_open(entry) || entry->locked)
			continue;
		one = entry;
		n++;
	}
	if (n == 1)
		return g_strdup_printf("A plan was cut off; labtop resume goes on with it: %s",
				       one->journal.plan->title);
	return n ? g_strdup_printf("%d plans were cut off: labtop plans lists them", n) : NULL;
}

static int run_screen(const struct options *o, struct session *s)
{
	g_autoptr(GPtrArray) notices = g_ptr_array_new();
	GError *error = NULL;
	g_autofree char *left = plans_left_behind();
	if (left)
		g_ptr_array_add(notices, left);
	for (guint i = 0; i < s->config->complaints->len; i++)
		g_ptr_array_add(notices, s->config->complaints->pdata[i]);
	if (s->hint)
		g_ptr_array_add(notices, (char *)s->hint);
	const struct app_options app = {
		.ui = look_ui(o, s->config),
		.feed = {.fd = mailbox_fd(s->mail),
			 .drain = drain,
			 .settle = settle,
			 .request = request,
			 .data = s},
		.theme = look_theme(o, s->config),
		.mouse = s->config->mouse,
		.interval_ms = (int)(o->interval_ms ? o->interval_ms : s->config->interval_ms),
		.frames = (int)o->frames,
		.in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO,
		.notices = notices,
	};
	descriptors_let_go();
	int status = app_run(&app, s->lab, &error);
	return status >= 0 ? status : complain_error(error, ERROR_HERE);
}

static bool wants_lines(const struct options *o)
{
	const char *accessible = g_getenv("ACCESSIBLE");
	bool dumb = g_strcmp0(g_getenv("TERM"), "dumb") == 0; /* an editor's shell: no place to put text at */
	return o->plain || (accessible && *accessible) || dumb || !isatty(STDIN_FILENO) ||
	       !isatty(STDOUT_FILENO);
}

/* GLib aborts where its two loops (ours, and the one that catches signals) get no descriptor: they take theirs before the
 * sources do, and those of the screen are kept for it. */
static void take_descriptors(void)
{
	g_main_context_default();
	g_source_unref(g_unix_signal_source_new(SIGTERM));
	descriptors_hold();
}

int verb_console(struct options *o)
{
	const struct session_wish wish = {.kinds = SESSION_ALL, .moving = true};
	GError *error = NULL;
	if (wants_lines(o))
		return verb_status(o);
	take_descriptors();
	struct session *s = session_open(o, &wish, &error);
	if (!s)
		return complain_error(error, ERROR_HERE);
	int status = run_screen(o, s);
	session_close(s);
	return status;
}
