/* view_why.c - what is wrong with one thing, or with the whole lab: each finding with its evidence and what to do. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/finding_group.h"
#include "tui/format.h"
#include "tui/gpu_words.h"
#include "tui/host_facts.h"
#include "tui/severity.h"

#include <string.h>

struct why_view {
	struct view base;
	struct table table;
	GPtrArray *groups; /* struct finding_group *, one a row */
	GArray *refs;      /* struct ref of each */
};

static const struct finding_group *item(const struct table_row *row)
{
	return row->item;
}

static void cell_where(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->first->subject_text, sizeof out->text);
}

static void cell_what(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->sentence, sizeof out->text);
}

static void cell_rule(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct finding_group *g = item(row);
	if (g->members->len > 1)
		g_snprintf(out->text, sizeof out->text, "%s +%u", g->first->id, g->members->len - 1);
	else
		g_strlcpy(out->text, g->first->id, sizeof out->text);
	out->role = ROLE_DIM;
}

static void cell_since(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	int64_t since_ns = item(row)->since_ns;
	g_strlcpy(out->text, since_ns ? format_age(buf, (lab->now_ns - since_ns) / 1000000) : "-",
		  sizeof out->text);
	out->role = ROLE_DIM;
	if (since_ns)
		out->sort = (double)(lab->now_ns - since_ns);
}

static const struct table_column columns[] = {
	{"WHERE", {.min = 14, .ideal = 18, .priority = 0}, ALIGN_LEFT, cell_where},
	{"WHAT", {.min = 37, .ideal = 44, .priority = 0, .grows = true, .most = 88}, ALIGN_LEFT, cell_what},
	{"RULE", {.min = 20, .ideal = 20, .priority = 2}, ALIGN_LEFT, cell_rule},
	{"SINCE", {.min = 5, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_since},
};

static void why_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct why_view *w = (struct why_view *)v;
	if (v->entered > 0)
		return;
	table_init(&w->table, columns, G_N_ELEMENTS(columns));
	w->table.from_top = true;
	w->refs = g_array_new(FALSE, FALSE, sizeof(struct ref));
}

static bool is_device(const struct lab_row *row, const struct ref *device)
{
	return row->host && row->device && strcmp(row->device->bdf, device->sub) == 0 &&
	       strcmp(row->host->ref.source, device->source) == 0 &&
	       strcmp(row->host->ref.id, device->id) == 0;
}

/* A card of the subject: itself, one of the VM or the host that it is, one that the model's engine fills. */
static bool is_card_of(const struct lab_row *row, const struct ref *subject)
{
	if (subject->kind == THING_DEVICE)
		return is_device(row, subject);
	if (subject->kind == THING_MODEL)
		return row->engine && strcmp(row->engine->ref.id, subject->source) == 0;
	return ref_equal(&row->ref, subject) || (row->vm && ref_equal(&row->vm->ref, subject)) ||
	       (row->host && ref_equal(&row->host->ref, subject));
}

/* What a card, its GPU, its VM, its guest and its host have in common with a finding; of a VM or a host all of its
 * cards with their guests; of a line of the log what has its name. */
static bool is_about(const struct finding *f, const struct lab *lab, const struct ref *subject)
{
	if (ref_equal(&f->subject, subject) ||
	    (subject->kind == THING_HOST && finding_is_of_host(f, subject)))
		return true;
	if (subject->kind == THING_TASK && strcmp(f->subject_text, subject->id) == 0)
		return true;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (is_card_of(row, subject) && (ref_equal(&f->subject, &row->ref) ||
						 (row->gpu && ref_equal(&f->subject, &row->gpu->ref)) ||
						 (row->guest && ref_equal(&f->subject, &row->guest->ref))))
			return true;
	}
	const struct lab_row *row = lab_find_row(lab, subject);
	return row && ((row->vm && ref_equal(&f->subject, &row->vm->ref)) ||
		       (row->host && finding_is_of_host(f, &row->host->ref)));
}

/* What could not be told of a thing has a line of its own beside what is wrong with it. */
static void collect(struct why_view *w, const struct lab *lab, const struct ref *subject)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new();
	for (guint i = 0; i < lab->findings->len; i++)
		if (!subject || is_about(lab->findings->pdata[i], lab, subject))
			g_ptr_array_add(findings, lab->findings->pdata[i]);
	g_clear_pointer(&w->groups, g_ptr_array_unref);
	w->groups = finding_groups(lab, findings);
	g_array_set_size(w->refs, 0);
	for (guint i = 0; i < w->groups->len; i++) {
		const struct finding_group *g = w->groups->pdata[i];
		struct ref ref = g->first->subject;
		if (g->first->unknown)
			g_strlcpy(ref.sub, "?", sizeof ref.sub);
		g_array_append_val(w->refs, ref);
	}
}

static void why_update(struct view *v, const struct lab *lab)
{
	struct why_view *w = (struct why_view *)v;
	collect(w, lab, v->has_subject ? &v->subject : NULL);
	w->table.empty =
		v->has_subject ? "No findings about it. D shows those of the whole lab." : "No findings.";
	table_begin(&w->table);
	for (guint i = 0; i < w->groups->len; i++) {
		const struct finding_group *g = w->groups->pdata[i];
		struct severity_look look = severity_look(g->first->severity, g->first->unknown);
		struct table_row *row = table_row(&w->table, &g_array_index(w->refs, struct ref, i), g);
		row->mark = (int)look.mark;
		row->mark_role = look.role;
	}
	table_end(&w->table, lab);
}

static void draw_part(struct canvas *c, struct rect *r, const char *title, const char *text)
{
	if (!text || !*text || r->h < 2)
		return;
	draw_rule(c, r->x, r->y, r->w, title);
	rect_cut_top(r, 1);
	rect_cut_top(r, draw_wrapped(c, rect_of(r->x + 1, r->y, r->w - 2, r->h), ROLE_TEXT, text));
}

/* What each finding of the group rests on, by name: the list above may have scrolled on. */
static char *evidence_of(const struct finding_group *g)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < g->members->len; i++) {
		const struct finding *f = g->members->pdata[i];
		bool same = i > 0 && strcmp(f->subject_text, g->first->subject_text) == 0;
		g_string_append_printf(out, "%s%s%s%s: %s", i ? "; " : "", same ? "" : f->subject_text,
				       same ? "" : " ", f->text, f->evidence);
	}
	return g_string_free(out, FALSE);
}

/* Each thing to do once; the last, which a cause adds, first: it may be all there is to do. */
static char *fix_of(const struct finding_group *g)
{
	GString *out = g_string_new(NULL);
	for (guint i = g->members->len; i > 0; i--) {
		const struct finding *f = g->members->pdata[i - 1];
		if (*f->fix && !strstr(out->str, f->fix))
			format_part(out, "; ", "%s", f->fix);
	}
	return g_string_free(out, FALSE);
}

#define STORY_ROWS 8

/* The list, and right below it the whole story of the finding under the cursor. */
static void why_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct why_view *w = (const struct why_view *)v;
	const struct table_row *current = table_current(&w->table);
	bool room = current && r.h >= 12;
	int list = room ? MIN((int)w->table.order->len + 1, r.h - STORY_ROWS) : r.h;
	table_draw(&w->table, lab, c, rect_cut_top(&r, list));
	if (!room)
		return;
	rect_cut_top(&r, r.h > STORY_ROWS ? 1 : 0);
	g_autofree char *evidence = evidence_of(item(current)), *fix = fix_of(item(current));
	draw_part(c, &r, "why", evidence);
	draw_part(c, &r, "what to do", fix);
}

static void why_crumb(const struct view *v, const struct lab *lab, char *out, size_t size)
{
	const struct ref *about = &v->subject;
	const struct lab_row *row = v->has_subject ? lab_find_row(lab, about) : NULL;
	const struct lab_vm *vm = v->has_subject ? lab_find_vm(lab, about) : NULL;
	const struct lab_host *host = v->has_subject ? lab_find_host(lab, about) : NULL;
	if (!v->has_subject)
		g_strlcpy(out, "the whole lab", size);
	else if (row)
		g_snprintf(out, size, "%s %s", row->host ? row->host->shown : row->label, row_address(row));
	else if (about->kind == THING_DEVICE)
		g_strlcpy(out, format_bdf(about->sub), size);
	else
		g_strlcpy(out, vm ? vm->shown : host ? host->shown : about->id, size);
}

static struct table *why_table(struct view *v)
{
	return &((struct why_view *)v)->table;
}

static void why_leave(struct view *v)
{
	struct why_view *w = (struct why_view *)v;
	table_clear(&w->table);
	g_clear_pointer(&w->groups, g_ptr_array_unref);
	g_array_unref(w->refs);
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	static const struct {
		enum thing kind;
		const char *view;
	} homes[] = {{THING_ROW, "gpu"},
		     {THING_GPU, "gpu"},
		     {THING_VM, "vm"},
		     {THING_HOST, "hosts"},
		     {THING_ENGINE, "engines"}};
	const struct table_row *current = table_current(&((struct why_view *)v)->table);
	for (guint i = 0; current && i < G_N_ELEMENTS(homes); i++)
		if (item(current)->first->subject.kind == homes[i].kind)
			intent_go(out, homes[i].view, &item(current)->first->subject);
}

static bool has_place(const struct lab *lab, const struct ref *r, char *why, size_t size)
{
	g_strlcpy(why, "there is no finding to go to", size);
	return r != NULL;
}

static const struct command commands[] = {
	{"open", "enter", "go there", "The view of what the finding is about.", DANGER_NONE, THING_NONE,
	 has_place, run_open},
	{NULL},
};

const struct view_ops view_why = {
	.name = "why",
	.help = "What is wrong, the evidence, and what to do.",
	.size = sizeof(struct why_view),
	.commands = commands,
	.enter = why_enter,
	.update = why_update,
	.draw = why_draw,
	.table = why_table,
	.crumb = why_crumb,
	.leave = why_leave,
};
