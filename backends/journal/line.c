/* line.c - lines of the journal, and the chain of sums that proves them. */
#include "config.h"
#include "backends/journal/line.h"

#include "backends/json.h"
#include "backends/plan_json.h"

#include <string.h>

#define SUM_MARK ",\"sum\":\""

/* ---- sums -------------------------------------------------------------------------------------------------------- */

/* body: the line without its sum, "{…}". */
static void sum_of(const char *before, const char *body, gsize len, char out[17])
{
	g_autoptr(GChecksum) sha = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(sha, (const guchar *)before, -1);
	g_checksum_update(sha, (const guchar *)body, (gssize)len);
	g_strlcpy(out, g_checksum_get_string(sha), 17);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Which of a note's texts an event tells, and under what name. */
static const struct {
	const char *value, *text;
	bool call;
} fields[] = {
	[NOTE_PLAN] = {NULL, NULL},       [NOTE_INTENT] = {"before", NULL}, [NOTE_SENT] = {NULL, NULL, true},
	[NOTE_VERIFIED] = {"seen", NULL}, [NOTE_ALREADY] = {"seen", NULL},  [NOTE_FAILED] = {NULL, "text"},
	[NOTE_UNDO] = {"before", NULL},   [NOTE_UNDONE] = {"seen", NULL},   [NOTE_END] = {NULL, "state"},
};

static void set_text(json_t *line, const char *key, const char *text)
{
	if (key)
		json_object_set_new(line, key, json_string(text));
}

static json_t *body_of(const struct plan *plan, const struct note *note, const char *by)
{
	json_t *line = json_pack("{s:s}", "ev", note_event_names[note->event]);
	if (note->event == NOTE_PLAN) {
		json_object_set_new(line, "plan", plan_to_json(plan, NULL));
		set_text(line, "by", by);
		set_text(line, "labtop", PACKAGE_VERSION);
	}
	if (note->step >= 0) {
		set_text(line, "step", plan->steps[note->step].id);
		set_text(line, "target", plan->steps[note->step].target.moref);
	}
	set_text(line, fields[note->event].value, note->value);
	set_text(line, fields[note->event].text, note->text);
	set_text(line, fields[note->event].call ? "call" : NULL, note->call);
	set_text(line, fields[note->event].call ? "task" : NULL, note->task);
	return line;
}

char *journal_line(struct journal_chain *chain, const struct plan *plan, const struct note *note,
		   int64_t wall_ms, const char *by)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(wall_ms / 1000);
	g_autofree char *when = g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ");
	json_t *line = json_pack("{s:i,s:i,s:s}", "v", JOURNAL_VERSION, "n", chain->n, "t", when);
	json_t *body = body_of(plan, note, by);
	json_object_update(line, body);
	json_decref(body);
	char *text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	gsize len = strlen(text);
	sum_of(chain->sum, text, len, chain->sum);
	chain->n++;
	char *whole = g_strdup_printf("%.*s" SUM_MARK "%s\"}\n", (int)len - 1, text, chain->sum);
	free(text);
	return whole;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool wrong(GError **error, int n, const char *what)
{
	g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "line %d: %s", n + 1, what);
	return false;
}

/* Whether the line's own sum follows from the one before. */
static bool sum_holds(struct journal_chain *chain, const char *line, gsize len)
{
	const gsize tail = strlen(SUM_MARK) + 16 + strlen("\"}");
	char sum[17];
	if (len <= tail || memcmp(line + len - tail, SUM_MARK, strlen(SUM_MARK)) != 0)
		return false;
	g_autofree char *body = g_strdup_printf("%.*s}", (int)(len - tail), line);
	sum_of(chain->sum, body, strlen(body), sum);
	if (memcmp(line + len - 18, sum, 16) != 0)
		return false;
	memcpy(chain->sum, sum, sizeof sum);
	return true;
}

static int event_of(const char *name)
{
	for (int i = 0; name && i < (int)G_N_ELEMENTS(note_event_names); i++)
		if (strcmp(note_event_names[i], name) == 0)
			return i;
	return -1;
}

static bool take_plan(struct journal *j, const json_t *line, int n, GError **error)
{
	const char *by = json_raw(line, "by");
	j->plan = plan_from_json(json_object_get(line, "plan"), error);
	if (!j->plan)
		g_prefix_error(error, "line %d: ", n + 1);
	j->by = g_strdup(by ? by : "");
	return j->plan != NULL;
}

static const char *kept(struct journal *j, const json_t *line, const char *key)
{
	const char *text = key ? json_raw(line, key) : NULL;
	return text ? box_raw(j->plan->box, text, -1) : "";
}

static bool take_note(struct journal *j, const json_t *line, int n, GError **error)
{
	const char *id = json_raw(line, "step");
	struct note note = {.event = (enum note_event)event_of(json_raw(line, "ev")), .step = -1};
	if ((int)note.event < 0)
		return wrong(error, n, "an event that this labtop does not know");
	if ((note.event == NOTE_PLAN) != (n == 0))
		return wrong(error, n, n ? "a second plan" : "no plan");
	if (n == 0 && !take_plan(j, line, n, error))
		return false;
	for (int i = 0; id && i < j->plan->n_steps; i++)
		if (strcmp(j->plan->steps[i].id, id) == 0)
			note.step = i;
	if (note.step < 0 && note.event != NOTE_PLAN && note.event != NOTE_END)
		return wrong(error, n, "about no step of the plan");
	note.value = kept(j, line, fields[note.event].value);
	note.text = kept(j, line, fields[note.event].text);
	note.call = kept(j, line, fields[note.event].call ? "call" : NULL);
	note.task = kept(j, line, fields[note.event].call ? "task" : NULL);
	g_array_append_val(j->notes, note);
	return true;
}

static bool take_line(struct journal *j, const char *text, gsize len, GError **error)
{
	int n = j->chain.n;
	if (!sum_holds(&j->chain, text, len))
		return wrong(error, n, "its sum is wrong: the journal was changed or is damaged");
	json_t *line = json_read(text, len, JSON_AGENT, NULL);
	bool ok = json_is_object(line) && json_int(line, "n", 0, INT32_MAX, -1) == n;
	const char *when = json_raw(line, "t");
	g_autoptr(GDateTime) t = when ? g_date_time_new_from_iso8601(when, NULL) : NULL;
	if (!ok || !t)
		wrong(error, n, "it makes no sense");
	else if (json_int(line, "v", 1, INT32_MAX, 0) != JOURNAL_VERSION)
		ok = wrong(error, n, "a newer labtop wrote it");
	else
		ok = take_note(j, line, n, error);
	if (t)
		j->last_ms = g_date_time_to_unix(t) * 1000;
	json_decref(line);
	j->chain.n++;
	return ok && t;
}

bool journal_parse(const char *text, gsize len, struct journal *out, GError **error)
{
	const char *at = text, *end = text + len;
	*out = (struct journal){.notes = g_array_new(FALSE, TRUE, sizeof(struct note))};
	while (at < end) {
		const char *stop = memchr(at, '\n', (gsize)(end - at));
		if (!stop) /* torn: the power went while it was written, and nothing was done for it */
			break;
		if (!take_line(out, at, (gsize)(stop - at), error)) {
			journal_clear(out);
			return false;
		}
		at = stop + 1;
	}
	out->whole_bytes = (gsize)(at - text);
	if (out->plan)
		return true;
	wrong(error, 0, "no plan");
	journal_clear(out);
	return false;
}

void journal_clear(struct journal *j)
{
	plan_unref(j->plan);
	if (j->notes)
		g_array_unref(j->notes);
	g_free(j->by);
	*j = (struct journal){NULL};
}
