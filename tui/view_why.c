/* view_why.c - what is wrong with one thing, or with the whole lab: each finding with its evidence and what to do. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/severity.h"

#include <string.h>

struct why_view {
	struct view base;
	struct table table;
	GArray *items; /* struct why_item, one a row */
};

struct why_item {
	const struct finding *finding;
	struct ref ref; /* a finding has no name of its own: its subject and its rule */
};

static const struct finding *item(const struct table_row *row)
{
	return ((const struct why_item *)row->item)->finding;
}

static void cell_where(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->subject_text, sizeof out->text);
}

static void cell_what(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->text, sizeof out->text);
}

static void cell_rule(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->id, sizeof out->text);
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
	{"WHAT", {.min = 30, .ideal = 60, .priority = 0, .grows = true}, ALIGN_LEFT, cell_what},
	{"RULE", {.min = 12, .ideal = 20, .priority = 2}, ALIGN_LEFT, cell_rule},
	{"SINCE", {.min = 5, .ideal = 6, .priority = 1}, ALIGN_RIGHT, cell_since},
};

static void why_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct why_view *w = (struct why_view *)v;
	if (v->entered > 0)
		return;
	table_init(&w->table, columns, G_N_ELEMENTS(columns));
	w->items = g_array_new(FALSE, TRUE, sizeof(struct why_item));
}

/* What a row, its GPU, its VM, its guest and its host have in common with a finding. */
static bool is_about(const struct finding *f, const struct lab *lab, const struct ref *subject)
{
	if (ref_equal(&f->subject, subject))
		return true;
	const struct lab_row *row = lab_find_row(lab, subject);
	if (!row)
		return false;
	return (row->gpu && ref_equal(&f->subject, &row->gpu->ref)) ||
	       (row->vm && ref_equal(&f->subject, &row->vm->ref)) ||
	       (row->guest && ref_equal(&f->subject, &row->guest->ref)) ||
	       (row->host && ref_equal(&f->subject, &row->host->ref));
}

static void collect(struct why_view *w, const struct lab *lab, const struct ref *subject)
{
	g_array_set_size(w->items, 0);
	for (guint i = 0; i < lab->findings->len; i++) {
		const struct finding *f = lab->findings->pdata[i];
		if (subject && !is_about(f, lab, subject))
			continue;
		struct why_item it = {.finding = f, .ref = f->subject};
		g_strlcpy(it.ref.sub, f->id, sizeof it.ref.sub);
		g_array_append_val(w->items, it);
	}
}

static void why_update(struct view *v, const struct lab *lab)
{
	struct why_view *w = (struct why_view *)v;
	collect(w, lab, v->has_subject ? &v->subject : NULL);
	w->table.empty = v->has_subject ? "Nothing that labtop knows of is wrong with it."
					: "Nothing that labtop knows of is wrong.";
	table_begin(&w->table);
	for (guint i = 0; i < w->items->len; i++) {
		const struct why_item *it = &g_array_index(w->items, struct why_item, i);
		struct severity_look look = severity_look(it->finding->severity, it->finding->unknown);
		struct table_row *row = table_row(&w->table, &it->ref, it);
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

/* The list, and below it the whole story of the finding under the cursor. */
static void why_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct why_view *w = (const struct why_view *)v;
	const struct table_row *current = table_current(&w->table);
	struct rect story = rect_cut_bottom(&r, current && r.h >= 12 ? 7 : 0);
	table_draw(&w->table, lab, c, r);
	if (!story.h)
		return;
	draw_part(c, &story, "why", item(current)->evidence);
	draw_part(c, &story, "what to do", item(current)->fix);
}

static struct table *why_table(struct view *v)
{
	return &((struct why_view *)v)->table;
}

static void why_leave(struct view *v)
{
	struct why_view *w = (struct why_view *)v;
	table_clear(&w->table);
	g_array_unref(w->items);
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
		if (item(current)->subject.kind == homes[i].kind)
			intent_go(out, homes[i].view, &item(current)->subject);
}

static const struct command commands[] = {
	{"open", "enter", "go there", "The view of what the finding is about.", DANGER_NONE, THING_NONE, NULL,
	 run_open},
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
	.leave = why_leave,
};
