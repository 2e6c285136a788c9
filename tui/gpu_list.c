/* gpu_list.c - the life of a table of GPUs, and opening one. */
#include "config.h"

#include "tui/gpu_list.h"

#include "tui/gpu_cells.h"

void gpu_list_enter(struct view *v, const struct table_column *columns, int n, const char *empty,
		    const struct ref *subject)
{
	struct gpu_list *list = (struct gpu_list *)v;
	if (v->entered == 0) {
		table_init(&list->table, columns, n);
		list->table.group = draw_host_group;
		list->table.empty = empty;
	}
	if (subject)
		table_select(&list->table, subject);
}

void gpu_list_update(struct view *v, const struct lab *lab)
{
	fill_gpu_rows(&((struct gpu_list *)v)->table, lab);
}

struct table *gpu_list_table(struct view *v)
{
	return &((struct gpu_list *)v)->table;
}

void gpu_list_leave(struct view *v)
{
	table_clear(&((struct gpu_list *)v)->table);
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "gpu", r);
}

const struct command gpu_list_commands[] = {
	{"open", "enter", "open", "Open the GPU: plots, processes, link and health.", DANGER_NONE, THING_ROW,
	 NULL, run_open},
	{NULL},
};
