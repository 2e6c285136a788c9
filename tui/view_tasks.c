/* view_tasks.c - what was done and said: sources that are not live and why, vSphere's recent tasks and events, the program's
 * own log, and what the live sources say of themselves. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/source_words.h"

#include <string.h>

struct tasks_view {
	struct view base;
	struct table table;
	GArray *items;    /* struct entry, one a row */
	GPtrArray *words; /* char *, of sources and of what was said more than once */
};

enum entry_kind { ENTRY_SILENT, ENTRY_TASK, ENTRY_EVENT, ENTRY_LOG, ENTRY_LIVE };

/* One line of any of them, in one shape. Texts are the model's, but those of sources: words. */
struct entry {
	enum entry_kind kind;
	int64_t when_ms;
	const char *who, *what, *about;
	const char *state;
	enum role role;
	struct num progress;
	struct ref ref;
};

static const char *const titles[] = {"sources that are not live", "tasks of vSphere", "events of vSphere",
				     "log of labtop", "live sources"};

static const struct entry *item(const struct table_row *row)
{
	return row->item;
}

static void put(struct table_cell *out, enum role role, const char *text)
{
	g_strlcpy(out->text, text, sizeof out->text);
	out->role = role;
}

static void cell_when(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	int64_t when = item(row)->when_ms;
	bool today = when && lab->now_wall_ms - when < 20 * 3600 * 1000;
	put(out, ROLE_DIM,
	    !when   ? "-"
	    : today ? format_clock_s(buf, when)
		    : format_day(buf, when, lab->now_wall_ms));
	if (when)
		out->sort = (double)when;
}

static void cell_state(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct entry *e = item(row);
	if (num_known(e->progress) && strcmp(e->state, "running") == 0) {
		g_snprintf(out->text, sizeof out->text, "%.0f%%", e->progress.v);
		out->bar = e->progress.v / 100;
		out->bar_width = 4;
		return;
	}
	put(out, e->role, e->state);
}

static void cell_what(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	put(out, item(row)->role == ROLE_CRIT ? ROLE_CRIT : ROLE_TEXT, item(row)->what);
}

static void cell_about(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	put(out, ROLE_TEXT, item(row)->about);
}

static void cell_who(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	put(out, ROLE_DIM, item(row)->who);
}

static const struct table_column columns[] = {
	{"WHEN", {.min = 8, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_when},
	{"STATE", {.min = 8, .ideal = 9, .priority = 1}, ALIGN_LEFT, cell_state},
	{"ABOUT", {.min = 8, .ideal = 14, .priority = 2}, ALIGN_LEFT, cell_about},
	{"WHAT", {.min = 24, .ideal = 72, .priority = 0, .grows = true}, ALIGN_LEFT, cell_what},
	{"WHO", {.min = 8, .ideal = 16, .priority = 3}, ALIGN_LEFT, cell_who},
};

static void draw_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct entry *first = row->item;
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, titles[first->kind]);
}

static void tasks_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct tasks_view *t = (struct tasks_view *)v;
	if (v->entered > 0)
		return;
	table_init(&t->table, columns, G_N_ELEMENTS(columns));
	t->items = g_array_new(FALSE, TRUE, sizeof(struct entry));
	t->words = g_ptr_array_new_with_free_func(g_free);
	t->table.group = draw_group;
	t->table.empty = "Nothing happened yet.";
}

static void add(struct tasks_view *t, struct entry e, const char *id)
{
	e.ref.kind = e.kind == ENTRY_LOG ? THING_LOG : THING_TASK;
	g_strlcpy(e.ref.source, titles[e.kind], sizeof e.ref.source);
	g_strlcpy(e.ref.id, id, sizeof e.ref.id);
	g_array_append_val(t->items, e);
}

static void add_sources(struct tasks_view *t, const struct lab *lab, enum entry_kind kind)
{
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		struct source_look look = source_look(s);
		char words[512];
		if ((s->state == SRC_LIVE) != (kind == ENTRY_LIVE))
			continue;
		source_words(s, words, sizeof words);
		g_ptr_array_add(t->words, g_strdup(words));
		add(t,
		    (struct entry){.kind = kind,
				   .when_ms = lab->now_wall_ms - (lab->now_ns - s->since_ns) / 1000000,
				   .who = target_kind_names[s->kind],
				   .what = t->words->pdata[t->words->len - 1],
				   .about = s->name,
				   .state = source_state_names[s->state],
				   .role = look.role},
		    s->name);
	}
}

static void add_tasks(struct tasks_view *t, const struct lab *lab)
{
	for (guint i = 0; i < lab->tasks->len; i++) {
		const struct task_row *k = lab->tasks->pdata[i];
		bool failed = k->state == TASK_ERROR;
		add(t,
		    (struct entry){.kind = ENTRY_TASK,
				   .when_ms = k->start_ms,
				   .who = k->user,
				   .what = failed && *k->error ? k->error : k->what,
				   .about = k->entity,
				   .state = k->state ? task_state_names[k->state] : "",
				   .role = failed                     ? ROLE_CRIT
					   : k->state == TASK_SUCCESS ? ROLE_OK
								      : ROLE_INFO,
				   .progress = k->progress_pct},
		    k->moref);
	}
}

static void add_events(struct tasks_view *t, const struct lab *lab)
{
	for (guint i = 0; i < lab->events->len; i++) {
		const struct event_row *e = lab->events->pdata[i];
		g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT " %u", (gint64)e->when_ms, i);
		add(t, (struct entry){ENTRY_EVENT, e->when_ms, e->user, e->text, "", "", ROLE_DIM, {0}, {0}},
		    id);
	}
}

static void add_log(struct tasks_view *t, const struct lab *lab)
{
	for (guint i = lab->log->len; i > 0; i--) {
		const struct log_line *l = lab->log->pdata[i - 1];
		bool error = l->level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL),
		     warning = l->level & G_LOG_LEVEL_WARNING;
		g_autofree char *id =
			g_strdup_printf("%s %s", l->source, l->text); /* stays when it is said again */
		g_ptr_array_add(t->words,
				l->times > 1 ? g_strdup_printf("%u times", l->times) : g_strdup(""));
		add(t,
		    (struct entry){ENTRY_LOG,
				   l->wall_ms,
				   t->words->pdata[t->words->len - 1],
				   l->text,
				   l->source,
				   error     ? "error"
				   : warning ? "warning"
					     : "info",
				   error     ? ROLE_CRIT
				   : warning ? ROLE_WARN
					     : ROLE_DIM,
				   {0},
				   {0}},
		    id);
	}
}

static void tasks_update(struct view *v, const struct lab *lab)
{
	struct tasks_view *t = (struct tasks_view *)v;
	int last = -1;
	g_array_set_size(t->items, 0);
	g_ptr_array_set_size(t->words, 0);
	add_sources(t, lab, ENTRY_SILENT);
	add_tasks(t, lab);
	add_events(t, lab);
	add_log(t, lab);
	add_sources(t, lab, ENTRY_LIVE);
	table_begin(&t->table);
	for (guint i = 0; i < t->items->len; i++) {
		const struct entry *e = &g_array_index(t->items, struct entry, i);
		if ((int)e->kind != last)
			table_group(&t->table, NULL, e);
		last = (int)e->kind;
		table_row(&t->table, &e->ref, e);
	}
	table_end(&t->table, lab);
}

#define WHOLE_ROWS 4  /* a rule and the selected line's text */
#define LIST_LEAST 5  /* rows that stay for the table */
#define ROOM       13 /* from here it stands below the table */

/* The selected line whole, right below a list that is short, else below as much of it as there is room for. */
static void tasks_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct tasks_view *t = (const struct tasks_view *)v;
	const struct table_row *row = table_current(&t->table);
	bool room = row && r.h >= ROOM;
	int whole = room ? MAX(WHOLE_ROWS, 1 + draw_wrapped_rows(r.w - 2, item(row)->what)) : 0;
	int list = MIN(table_lines(&t->table) + 2, r.h - MIN(whole, r.h - LIST_LEAST));
	list = room ? list : r.h;
	table_draw(&t->table, lab, c, rect_cut_top(&r, list));
	if (!room)
		return;
	const struct entry *e = item(row);
	const char *parts[] = {e->about, e->state, e->who};
	g_autoptr(GString) title = g_string_new(NULL);
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (*parts[i])
			format_part(title, " · ", "%s", parts[i]);
	draw_rule(c, r.x, r.y, r.w, title->str);
	rect_cut_top(&r, 1);
	draw_wrapped(c, rect_of(r.x + 1, r.y, r.w - 2, r.h), ROLE_TEXT, e->what);
}

static struct table *tasks_table(struct view *v)
{
	return &((struct tasks_view *)v)->table;
}

static void tasks_leave(struct view *v)
{
	struct tasks_view *t = (struct tasks_view *)v;
	table_clear(&t->table);
	g_array_unref(t->items);
	g_ptr_array_unref(t->words);
}

const struct view_ops view_tasks = {
	.name = "tasks",
	.help = "Tasks, events, and the log of labtop.",
	.title = "Tasks",
	.number = 9,
	.size = sizeof(struct tasks_view),
	.enter = tasks_enter,
	.update = tasks_update,
	.draw = tasks_draw,
	.table = tasks_table,
	.leave = tasks_leave,
};
