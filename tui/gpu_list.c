/* gpu_list.c - the life of a table of GPUs, and opening one. */
#include "config.h"

#include "tui/gpu_list.h"

#include "tui/gpu_rows.h"

void gpu_list_enter(struct view *v, const struct table_column *columns, int n, const char *empty,
		    const struct ref *subject)
{
	struct gpu_list *list = (struct gpu_list *)v;
	if (v->entered == 0) {
		table_init(&list->table, columns, n);
		list->table.group = gpu_rows_draw_group;
		list->table.empty = empty;
	}
	if (subject)
		table_select(&list->table, subject);
}

void gpu_list_update(struct view *v, const struct lab *lab)
{
	struct gpu_list *list = (struct gpu_list *)v;
	gpu_rows_fill(&list->table, lab, list->spares);
}

struct table *gpu_list_table(struct view *v)
{
	return &((struct gpu_list *)v)->table;
}

void gpu_list_leave(struct view *v)
{
	table_clear(&((struct gpu_list *)v)->table);
}

static bool has_spares(const struct lab *lab, const struct ref *r, char *why, size_t size)
{
	bool any = gpu_rows_fold(lab);
	g_strlcpy(why, any ? "" : "no free SR-IOV functions", size);
	return any;
}

/* Folding takes the cursor to the line that stands for where it was. */
static void run_spares(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct gpu_list *list = (struct gpu_list *)v;
	const struct lab_row *row = r ? lab_find_row(lab, r) : NULL;
	list->spares = !list->spares;
	gpu_rows_fill(&list->table, lab, list->spares);
	for (guint i = 0; row && lab_row_is_spare(row) && i < list->table.rows->len; i++) {
		const struct table_row *line = &g_array_index(list->table.rows, struct table_row, i);
		const struct lab_row *first = line->item;
		if (line->counts && first->parent == row->parent)
			table_select(&list->table, line->ref);
	}
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct table_row *at = table_current(&((struct gpu_list *)v)->table);
	if (at && at->counts)
		run_spares(v, lab, r, out);
	else
		intent_go(out, "gpu", r);
}

const struct command gpu_list_commands[] = {
	{"open", "enter", "open", "Open the GPU: plots, processes, link and health.", DANGER_NONE, THING_ROW,
	 NULL, run_open},
	{"functions", "f", "functions", "List each free SR-IOV function, or fold them again.", DANGER_NONE,
	 THING_NONE, has_spares, run_spares},
	{NULL},
};
