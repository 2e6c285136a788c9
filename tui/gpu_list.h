/* gpu_list.h - what the overview and the table of GPUs have in common: one table of joined rows, grouped by host. */
#ifndef TUI_GPU_LIST_H
#define TUI_GPU_LIST_H

#include "tui/view.h"

struct gpu_list {
	struct view base;
	struct table table;
	bool spares; /* list each spare function of a card */
};

/* For .enter: the table with these columns, and what it says when it is empty; the subject is put under the cursor. */
void gpu_list_enter(struct view *v, const struct table_column *columns, int n, const char *empty,
		    const struct ref *subject);

/* Ready for .update, .table, .leave, .commands. */
void gpu_list_update(struct view *v, const struct lab *lab);
struct table *gpu_list_table(struct view *v);
void gpu_list_leave(struct view *v);
extern const struct command gpu_list_commands[];

#endif
