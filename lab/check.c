/* check.c - asks tables of rules about the things of the model; keeps the findings, with their age and order. */
#include "config.h"
#include "lab/check.h"

#include "lab/bdf.h"
#include "lab/private.h"
#include "lab/text.h"

#include <stdarg.h>
#include <string.h>

struct scope;

/* One thing that is being asked about, and what the rule that looks at it has said so far. */
struct check_out {
	const struct lab *lab;
	const struct check_sink *sink;
	const struct scope *scope;
	const void *thing;
	uint64_t place; /* of the thing; the rule's own is added */
	GString *name;  /* "" until somebody wants it */
	struct ruling ruling;
	bool hit;
	const struct ref *about; /* the thing, or kept_ref */
	struct ref kept_ref;     /* of check_about() */
	char kept_text[96];
};

const struct check *const check_tables[] = {check_source_table, check_gpu_table,  check_engine_table,
					    check_vm_table,     check_host_table, NULL};

/* ---- scopes ------------------------------------------------------------------------------------------------------ */

static GPtrArray *all_sources(const struct lab *lab)
{
	return g_ptr_array_ref(lab->sources);
}

static GPtrArray *all_engines(const struct lab *lab)
{
	return g_ptr_array_ref(lab->engines);
}

static GPtrArray *all_rows(const struct lab *lab)
{
	return g_ptr_array_ref(lab->rows);
}

static GPtrArray *all_guests(const struct lab *lab)
{
	return g_ptr_array_ref(lab->guests);
}

static GPtrArray *all_hosts(const struct lab *lab)
{
	return g_ptr_array_ref(lab->hosts);
}

static void name_source(const void *thing, GString *name)
{
	g_string_assign(name, ((const struct lab_source *)thing)->name);
}

static void name_engine(const void *thing, GString *name)
{
	g_string_assign(name, ((const struct lab_engine *)thing)->ref.source);
}

static void name_row(const void *thing, GString *name)
{
	const struct lab_row *row = thing;
	const char *where = row->host ? row->host->shown : row->guest ? row->guest->ref.source : "";
	const char *bdf = row->device ? row->device->bdf : row->gpu ? row->gpu->row->bdf : "";
	bool share = row->parent && lab_row_kind(row) != GPU_KIND_VF;
	g_string_printf(name, "%s %s", row->parent && row->vm ? row->vm->shown : where,
			share ? row->label : bdf_short(bdf));
}

static void name_vm(const void *thing, GString *name)
{
	g_string_assign(name, ((const struct lab_vm *)thing)->shown);
}

static void name_guest(const void *thing, GString *name)
{
	g_string_assign(name, ((const struct lab_guest *)thing)->ref.source);
}

static void name_host(const void *thing, GString *name)
{
	g_string_assign(name, ((const struct lab_host *)thing)->shown);
}

/* Things of every scope begin with their ref. */
static const struct scope {
	enum thing kind;
	GPtrArray *(*all)(const struct lab *lab); /* in a stable order; the caller unrefs */
	void (*name)(const void *thing, GString *name);
} scopes[] = {
	{THING_SOURCE, all_sources, name_source}, {THING_ENGINE, all_engines, name_engine},
	{THING_ROW, all_rows, name_row},          {THING_VM, merge_gpu_vms, name_vm},
	{THING_GUEST, all_guests, name_guest},    {THING_HOST, all_hosts, name_host},
};

/* ---- saying ------------------------------------------------------------------------------------------------------ */

/* Field by field: a reference is large, and this runs for each rule and thing. */
static void begin_ruling(struct check_out *out, const struct check *check)
{
	struct problem *p = &out->ruling.problem;
	out->ruling.check = check;
	out->ruling.thing = out->thing;
	out->ruling.need = NULL;
	out->about = out->thing;
	p->id = check->id;
	p->severity = check->severity;
	p->unknown = false;
	p->subject_text = p->text = p->evidence = NULL;
	p->fix = check->fix;
	p->since_ns = 0;
	p->place = out->place;
	p->ticks = check->ticks;
	p->live = check->live;
	p->last = false;
}

static void give(struct check_out *out, enum outcome outcome)
{
	out->ruling.outcome = outcome;
	out->sink->take(out->sink->data, &out->ruling);
}

static const char *subject_name(struct check_out *out)
{
	if (!out->name->len)
		out->scope->name(out->thing, out->name);
	return out->name->str;
}

void check_hit(struct check_out *out, const char *text, const char *evidence, ...)
{
	struct problem *p = &out->ruling.problem;
	va_list args;
	va_start(args, evidence);
	g_autofree char *told = g_strdup_vprintf(evidence, args);
	va_end(args);
	if (!p->subject_text)
		p->subject_text = subject_name(out);
	p->subject = *out->about;
	p->text = text;
	p->evidence = told;
	give(out, OUTCOME_HIT);
	out->hit = true;
	begin_ruling(out, out->ruling.check);
}

static void say_unknown(struct check_out *out, const struct check_need *need)
{
	struct problem *p = &out->ruling.problem;
	g_autofree char *text = g_strdup_printf("not known: %s", need->what);
	out->ruling.need = need;
	p->severity = SEV_INFO;
	p->unknown = true;
	p->subject = *out->about;
	p->subject_text = subject_name(out);
	p->text = text;
	p->evidence = "nobody told it, or it may not be read";
	p->fix = NULL;
	give(out, OUTCOME_UNKNOWN);
}

void check_about(struct check_out *out, const struct ref *subject, const char *subject_text)
{
	out->kept_ref = *subject;
	out->about = &out->kept_ref;
	text_copy(out->kept_text, subject_text, sizeof out->kept_text);
	out->ruling.problem.subject_text = out->kept_text;
}

void check_severity(struct check_out *out, enum severity severity)
{
	out->ruling.problem.severity = severity;
}

void check_since(struct check_out *out, int64_t since_ns)
{
	out->ruling.problem.since_ns = since_ns;
}

void check_fix(struct check_out *out, const char *fix)
{
	out->ruling.problem.fix = fix;
}

void check_last(struct check_out *out)
{
	out->ruling.problem.last = true;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static const struct check_need *first_unknown(const struct check *check, const struct check_out *out)
{
	for (const struct check_need *const *need = check->needs; *need; need++)
		if (!(*need)->known(out->lab, out->thing))
			return *need;
	return NULL;
}

static void ask_rule(const struct check *check, struct check_out *out)
{
	begin_ruling(out, check);
	if (check->applies && !check->applies(out->lab, out->thing)) {
		give(out, OUTCOME_NA);
		return;
	}
	const struct check_need *missing = first_unknown(check, out);
	if (missing) {
		say_unknown(out, missing);
		return;
	}
	out->hit = false;
	check->look(out->lab, out->thing, out);
	if (!out->hit)
		give(out, OUTCOME_PASS);
}

static bool is_asked(const struct check *check, const struct scope *scope,
		     const struct check_question *question)
{
	return check->scope == scope->kind && (check->ticks || !question->only_ticking);
}

static bool any_asked(const struct check *table, const struct scope *scope,
		      const struct check_question *question)
{
	const struct check *c = table;
	while (c->id && !is_asked(c, scope, question))
		c++;
	return c->id != NULL;
}

/* Places count by table, scope, thing and rule: whoever is asked alone stands where it would among all. */
static void ask_scope(int table, gsize scope, const struct check_question *question, struct check_out *out)
{
	const struct check *rules = question->tables[table];
	g_autoptr(GPtrArray) things = scopes[scope].all(out->lab);
	out->scope = &scopes[scope];
	for (guint i = 0; i < things->len; i++) {
		out->thing = things->pdata[i];
		if (question->about && !ref_equal(out->thing, question->about))
			continue;
		g_string_truncate(out->name, 0);
		for (const struct check *c = rules; c->id; c++) {
			if (!is_asked(c, out->scope, question))
				continue;
			out->place = ((uint64_t)table + 1) << 56 | (uint64_t)scope << 48 | (uint64_t)i << 16 |
				     (uint64_t)(c - rules);
			ask_rule(c, out);
		}
	}
}

void check_ask(const struct lab *lab, const struct check_question *question, const struct check_sink *sink)
{
	g_autoptr(GString) name = g_string_new(NULL);
	struct check_out out = {.lab = lab, .sink = sink, .name = name};
	for (int t = 0; question->tables[t]; t++)
		for (gsize s = 0; s < G_N_ELEMENTS(scopes); s++)
			if (any_asked(question->tables[t], &scopes[s], question))
				ask_scope(t, s, question, &out);
}

/* ---- age and order ----------------------------------------------------------------------------------------------- */

/* Within a severity what goes on now, then as the tables have them: what is about one thing stands together. */
static int worst_first(gconstpointer a, gconstpointer b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
	if (x->unknown != y->unknown)
		return x->unknown ? 1 : -1;
	if (x->last != y->last)
		return x->last ? 1 : -1;
	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	if (x->live != y->live)
		return x->live ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* A finding is as old as it has been there without a break, unless the check knows better. What was there before every
 * source had told its first look may be older than labtop: its age is not known. */
static void keep_age(struct lab *lab)
{
	GHashTable *now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < lab->findings->len; i++) {
		struct finding *f = lab->findings->pdata[i];
		char *key = g_strdup_printf("%s\n%s\n%s\n%s", f->id, f->subject.source, f->subject.id,
					    f->subject.sub);
		int64_t *first = g_hash_table_lookup(lab->p->since, key);
		int64_t *kept = g_new(int64_t, 1);
		*kept = first ? *first : lab->p->seen_whole ? lab->now_ns : 0;
		if (!f->since_ns)
			f->since_ns = *kept;
		g_hash_table_replace(now, key, kept);
	}
	g_hash_table_destroy(lab->p->since);
	lab->p->since = now;
	lab->p->seen_whole |= lab->sources->len > 0 && lab_all_answered(lab);
}

static int severity_of(GHashTable *worst, const struct ref *ref)
{
	const struct finding *f = g_hash_table_lookup(worst, ref);
	return f ? (int)f->severity : 0;
}

static void mark_rows(struct lab *lab)
{
	GHashTable *worst = lab_worst_findings(lab);
	for (guint i = 0; i < lab->rows->len; i++) {
		struct lab_row *row = lab->rows->pdata[i];
		row->severity = severity_of(worst, &row->ref);
		if (row->gpu)
			row->severity = MAX(row->severity, severity_of(worst, &row->gpu->ref));
	}
	g_hash_table_unref(worst);
}

/* ---- the findings ------------------------------------------------------------------------------------------------ */

static void keep_finding(void *data, const struct ruling *r)
{
	struct lab *lab = data;
	if (r->outcome == OUTCOME_HIT || (r->outcome == OUTCOME_UNKNOWN && !r->need->quiet))
		g_ptr_array_add(lab->findings, finding_new(&r->problem));
}

/* What the joins found, which are no rules. */
static void copy_problems(struct lab *lab)
{
	const GPtrArray *problems[] = {lab->p->match_problems, lab->p->join_problems};
	for (gsize k = 0; k < G_N_ELEMENTS(problems); k++)
		for (guint i = 0; i < problems[k]->len; i++)
			g_ptr_array_add(lab->findings, finding_copy(problems[k]->pdata[i]));
}

static void drop_ticking(struct lab *lab)
{
	for (guint i = lab->findings->len; i > 0; i--)
		if (((const struct finding *)lab->findings->pdata[i - 1])->ticks)
			g_ptr_array_remove_index(lab->findings, i - 1);
}

void check_lab(struct lab *lab, bool only_ticking)
{
	struct check_question question = {.tables = check_tables, .only_ticking = only_ticking};
	struct check_sink sink = {keep_finding, lab};
	if (only_ticking) {
		drop_ticking(lab);
	} else {
		g_ptr_array_set_size(lab->findings, 0);
		copy_problems(lab);
	}
	check_ask(lab, &question, &sink);
	g_ptr_array_sort(lab->findings, worst_first);
	keep_age(lab);
	mark_rows(lab);
	lab->p->work.checked += !only_ticking;
}
