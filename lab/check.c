/* check.c - what the model itself can tell is wrong: runs the table of checks, gives findings their age and order. */
#include "config.h"
#include "lab/private.h"
#include "lab/problem.h"

#include <string.h>

static int worst_first(gconstpointer a, gconstpointer b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	int c = strcmp(x->id, y->id);
	return c ? c : strcmp(x->subject_text, y->subject_text);
}

void check_lab(struct lab *lab)
{
	g_ptr_array_set_size(lab->findings, 0);
	for (guint i = 0; i < lab->p->join_problems->len; i++)
		g_ptr_array_add(lab->findings, finding_copy(lab->p->join_problems->pdata[i]));
	g_ptr_array_sort(lab->findings, worst_first);
	lab->p->work.checked++;
}
