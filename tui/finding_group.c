/* finding_group.c - what is wrong with one thing, in one sentence: how hot, since when slowed, what comes next, and why. */
#include "config.h"

#include "tui/finding_group.h"

#include "tui/format.h"

#include <string.h>

/* ---- the parts of a card's sentence ------------------------------------------------------------------------- */

static void say_hot(const struct lab *lab, const struct lab_row *row, const struct finding *f, GString *out)
{
	char buf[FORMAT_SIZE];
	format_part(out, ", ", "%s", format_num(buf, lab_row_temp(row), 0, " °C", false));
}

static void say_slowed(const struct lab *lab, const struct lab_row *row, const struct finding *f,
		       GString *out)
{
	char buf[FORMAT_SIZE];
	if (f->since_ns)
		format_part(out, ", ", "slowed %s",
			    format_duration(buf, (lab->now_ns - f->since_ns) / 1000000));
	else
		format_part(out, ", ", "%s", f->text);
}

static void say_soon(const struct lab *lab, const struct lab_row *row, const struct finding *f, GString *out)
{
	const struct lab_trend *t = row->gpu ? &row->gpu->trend : NULL;
	if (t && t->nearest >= 0 && isfinite(t->minutes))
		format_part(out, ", ", "%s at its limit in ~%.0f min", metric_info[t->nearest].label,
			    fmax(t->minutes, 1));
	else
		format_part(out, ", ", "%s", f->text);
}

/* In this order they stand in the sentence, before whatever else there is. */
static const struct {
	const char *rule;
	void (*say)(const struct lab *lab, const struct lab_row *row, const struct finding *f, GString *out);
} of_card[] = {
	{"GPU-THERMAL-85", say_hot},
	{"GPU-THROTTLE", say_slowed},
	{"GPU-THERMAL-TREND", say_soon},
};

static int part_of_card(const struct finding *f)
{
	for (gsize i = 0; i < G_N_ELEMENTS(of_card); i++)
		if (strcmp(f->id, of_card[i].rule) == 0)
			return (int)i;
	return -1;
}

/* ---- causes -------------------------------------------------------------------------------------------------- */

/* The fan that a finding is about, if a [card] section says that it cools the card. */
static const struct lab_sensor *fan_of_card(const struct lab_row *row, const struct finding *f)
{
	for (guint i = 0; row->host && row->fans && i < row->fans->len; i++) {
		const struct lab_sensor *s = row->fans->pdata[i];
		struct ref ref = ref_make(THING_HOST, row->host->ref.source, row->host->ref.id, s->name);
		if (ref_equal(&ref, &f->subject))
			return s;
	}
	return NULL;
}

static void say_cause(const struct lab *lab, const struct lab_sensor *fan, const struct finding *f,
		      GString *out)
{
	char speed[FORMAT_SIZE], clock[FORMAT_SIZE];
	g_string_append_printf(out, ": %s %s %s", fan->name, format_num(speed, fan->value, 0, "", false),
			       fan->unit);
	if (f->since_ns)
		g_string_append_printf(
			out, " since %s",
			format_clock(clock, lab->now_wall_ms - (lab->now_ns - f->since_ns) / 1000000));
}

/* A slow fan explains heat, and nothing else that may be wrong with the card. */
static bool is_heat(const struct finding *f)
{
	return g_str_has_prefix(f->id, "GPU-THERMAL") || strcmp(f->id, "GPU-THROTTLE") == 0;
}

/* ---- groups -------------------------------------------------------------------------------------------------- */

static void free_group(gpointer group)
{
	struct finding_group *g = group;
	g_ptr_array_unref(g->members);
	g_free(g->sentence);
	g_free(g);
}

static void join_group(struct finding_group *g, const struct finding *f)
{
	g_ptr_array_add(g->members, (gpointer)f);
	if (f->since_ns && (!g->since_ns || f->since_ns < g->since_ns))
		g->since_ns = f->since_ns;
}

static bool cools_any(const struct lab *lab, const struct finding_group *g, const struct finding *fan)
{
	const struct lab_row *row = is_heat(g->first) ? lab_find_row(lab, &g->first->subject) : NULL;
	return row && fan_of_card(row, fan);
}

/* The hot card that the fan cools, or NULL: then it is a finding like others. */
static struct finding_group *explained(const struct lab *lab, const GPtrArray *groups,
				       const struct finding *f)
{
	if (strcmp(f->id, "HOST-TEMP-FAN") != 0)
		return NULL;
	for (guint i = 0; i < groups->len; i++)
		if (cools_any(lab, groups->pdata[i], f))
			return groups->pdata[i];
	return NULL;
}

static void add_finding(const struct lab *lab, GPtrArray *groups, GHashTable *by_subject,
			const struct finding *f)
{
	struct finding_group *g = explained(lab, groups, f);
	if (!g)
		g = g_hash_table_lookup(by_subject, &f->subject);
	if (!g || g->first->unknown != f->unknown) {
		g = g_new0(struct finding_group, 1);
		g->first = f;
		g->members = g_ptr_array_new();
		g_ptr_array_add(groups, g);
		g_hash_table_replace(by_subject, (gpointer)&f->subject, g);
	}
	join_group(g, f);
}

static void make_sentence(const struct lab *lab, struct finding_group *g)
{
	GString *out = g_string_new(NULL);
	const struct lab_row *row = g->members->len > 1 ? lab_find_row(lab, &g->first->subject) : NULL;
	for (gsize part = 0; row && part < G_N_ELEMENTS(of_card); part++)
		for (guint i = 0; i < g->members->len; i++)
			if (part_of_card(g->members->pdata[i]) == (int)part)
				of_card[part].say(lab, row, g->members->pdata[i], out);
	for (guint i = 0; i < g->members->len; i++) {
		const struct finding *f = g->members->pdata[i];
		const struct lab_sensor *fan = row ? fan_of_card(row, f) : NULL;
		if (fan)
			say_cause(lab, fan, f, out);
		else if (!row || part_of_card(f) < 0)
			format_part(out, ", ", "%s", f->text);
	}
	g->sentence = g_string_free(out, FALSE);
}

GPtrArray *finding_groups(const struct lab *lab, const GPtrArray *findings)
{
	GPtrArray *groups = g_ptr_array_new_with_free_func(free_group);
	g_autoptr(GHashTable) by_subject = g_hash_table_new(ref_hash, ref_same);
	for (guint i = 0; i < findings->len; i++)
		add_finding(lab, groups, by_subject, findings->pdata[i]);
	for (guint i = 0; i < groups->len; i++)
		make_sentence(lab, groups->pdata[i]);
	return groups;
}
