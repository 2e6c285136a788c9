/* check.c - runs tables of checks over the model, and gives findings their age and order. */
#include "config.h"
#include "lab/check.h"

#include "lab/bdf.h"
#include "lab/private.h"
#include "lab/problem.h"
#include "lab/text.h"

#include <stdarg.h>
#include <string.h>

struct check_out {
	struct lab *lab;
	const struct check *check;
	const struct ref *subject;
	const char *subject_text;
	/* for the next hit only */
	const struct ref *about; /* the subject, or kept_ref */
	const char *about_text;
	struct ref kept_ref;
	char kept_text[96];
	enum severity severity;
	int64_t since_ns;
};

/* ---- saying ------------------------------------------------------------------------------------------------------ */

static void forget_about(struct check_out *out)
{
	out->about = out->subject;
	out->about_text = out->subject_text;
	out->severity = out->check->severity;
	out->since_ns = 0;
}

static void say(struct check_out *out, bool unknown, const char *text, const char *evidence)
{
	struct problem p = {.id = out->check->id,
			    .severity = unknown ? SEV_INFO : out->severity,
			    .unknown = unknown,
			    .subject = *out->about,
			    .subject_text = out->about_text,
			    .text = text,
			    .evidence = evidence,
			    .fix = unknown ? "" : out->check->fix,
			    .since_ns = out->since_ns};
	g_ptr_array_add(out->lab->findings, finding_new(&p));
	forget_about(out);
}

void check_hit(struct check_out *out, const char *text, const char *evidence, ...)
{
	va_list args;
	va_start(args, evidence);
	char *told = g_strdup_vprintf(evidence, args);
	va_end(args);
	say(out, false, text, told);
	g_free(told);
}

void check_unknown(struct check_out *out, const char *what)
{
	char *text = g_strdup_printf("not known: %s", what);
	say(out, true, text, "nobody told it, or it may not be read");
	g_free(text);
}

void check_about(struct check_out *out, const struct ref *subject, const char *subject_text)
{
	out->kept_ref = *subject;
	text_copy(out->kept_text, subject_text, sizeof out->kept_text);
	out->about = &out->kept_ref;
	out->about_text = out->kept_text;
}

void check_severity(struct check_out *out, enum severity severity)
{
	out->severity = severity;
}

void check_since(struct check_out *out, int64_t since_ns)
{
	out->since_ns = since_ns;
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static void look_at(struct lab *lab, const struct check *table, enum thing scope, const void *thing,
		    const struct ref *ref, const char *subject_text)
{
	struct check_out out; /* set field by field: it is large, and this runs for every thing there is */
	out.lab = lab;
	out.subject = ref;
	out.subject_text = subject_text;
	for (const struct check *c = table; c->id; c++) {
		if (c->scope != scope)
			continue;
		out.check = c;
		forget_about(&out);
		c->look(lab, thing, &out);
	}
}

static void run_rows(struct lab *lab, const struct check *table)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		const char *where = row->host ? row->host->shown : row->guest ? row->guest->ref.source : "";
		const char *bdf = row->device ? row->device->bdf : row->gpu ? row->gpu->row->bdf : "";
		bool share = row->parent && lab_row_kind(row) != GPU_KIND_VF;
		char *text = g_strdup_printf("%s %s", row->parent && row->vm ? row->vm->shown : where,
					     share ? row->label : bdf_short(bdf));
		look_at(lab, table, THING_ROW, row, &row->ref, text);
		g_free(text);
	}
}

static void run_vms(struct lab *lab, const struct check *table)
{
	g_autoptr(GPtrArray) vms = merge_gpu_vms(lab);
	for (guint i = 0; i < vms->len; i++) {
		const struct lab_vm *vm = vms->pdata[i];
		look_at(lab, table, THING_VM, vm, &vm->ref, vm->shown);
	}
}

void check_run(struct lab *lab, const struct check *table)
{
	run_rows(lab, table);
	run_vms(lab, table);
	for (guint i = 0; i < lab->guests->len; i++) {
		const struct lab_guest *g = lab->guests->pdata[i];
		look_at(lab, table, THING_GUEST, g, &g->ref, g->ref.source);
	}
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		look_at(lab, table, THING_HOST, h, &h->ref, h->shown);
	}
}

/* ---- age and order ----------------------------------------------------------------------------------------------- */

/* Within a severity they stay as the tables have them: what is about one thing stands together. */
static int worst_first(gconstpointer a, gconstpointer b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
	if (x->unknown != y->unknown)
		return x->unknown ? 1 : -1;
	return (int)y->severity - (int)x->severity;
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

void check_lab(struct lab *lab)
{
	g_ptr_array_set_size(lab->findings, 0);
	const GPtrArray *problems[] = {lab->p->match_problems, lab->p->join_problems};
	for (gsize k = 0; k < G_N_ELEMENTS(problems); k++)
		for (guint i = 0; i < problems[k]->len; i++)
			g_ptr_array_add(lab->findings, finding_copy(problems[k]->pdata[i]));
	check_run(lab, check_gpu_table);
	check_run(lab, check_vm_table);
	check_run(lab, check_host_table);
	g_ptr_array_sort(lab->findings, worst_first);
	keep_age(lab);
	mark_rows(lab);
	lab->p->work.checked++;
}
