/* verb_status.c - labtop status: the lab, once every source has answered or the time is over. */
#include "config.h"
#include "cli/verbs.h"

#include "cli/output.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/signals.h"
#include "cli/status_json.h"
#include "cli/status_text.h"
#include "lab/clock.h"

#include <jansson.h>

void verb_print_json(json_t *take_json, FILE *to)
{
	json_dumpf(take_json, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputs("\n", to);
	json_decref(take_json);
}

/* One line a source: what it refused first, and how much more. */
static void explain_partial(const struct lab *lab, const struct lab_source *source)
{
	g_autoptr(GPtrArray) gaps = lab_source_partial(lab, source);
	g_autofree char *more =
		gaps->len > 1 ? g_strdup_printf("; %u more: --json", gaps->len - 1) : g_strdup("");
	if (gaps->len)
		complain("%s %s: not read: %s%s", target_kind_names[source->kind], source->name,
			 (const char *)gaps->pdata[0], more);
}

void verb_explain(const struct session *s)
{
	if (signals_came()) /* nobody waited for them to the end */
		return;
	for (guint i = 0; i < s->lab->sources->len; i++) {
		const struct lab_source *source = s->lab->sources->pdata[i];
		if (!source->named)
			continue;
		explain_partial(s->lab, source);
		if (source->state == SRC_LIVE || source->state == SRC_STALE)
			continue;
		const char *why = *source->reason ? source->reason
						  : "no answer in time; --wait SECONDS gives it longer";
		complain("%s %s: %s%s%s", target_kind_names[source->kind], source->name, why,
			 *source->hint ? "; " : "", source->hint);
	}
}

int verb_end(struct session *s, int sent)
{
	int status = signals_came() ? 128 + signals_came() : exit_status_worse(session_exit_status(s), sent);
	session_close(s);
	return status;
}

struct session *verb_begin(const struct options *o, const struct session_wish *wish, int *status)
{
	GError *error = NULL;
	signals_catch();
	struct session *s = session_open(o, wish, &error);
	if (!s) {
		*status = complain_error(error, ERROR_HERE);
		return NULL;
	}
	int64_t wait_ms = o->wait_ms < 0 ? VERB_WAIT_MS : o->wait_ms;
	session_run(s, lab_all_answered, clock_ns() + wait_ms * NS_PER_MS);
	return s;
}

int verb_status(struct options *o)
{
	const struct session_wish wish = {.kinds = SESSION_ALL};
	struct output out;
	int status;
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	output_open(&out);
	if (o->json)
		verb_print_json(status_json(s->lab), out.to);
	else
		status_text(s->lab, out.to);
	if (s->hint && !o->json)
		fprintf(out.to, "\n%s\n", s->hint);
	int sent = output_send(&out);
	verb_explain(s);
	return verb_end(s, sent);
}
