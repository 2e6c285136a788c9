/* session_status.c - what the state of the sources means as an exit status. */
#include "config.h"
#include "cli/session.h"

int exit_status_worse(int a, int b)
{
	static const int order[] = {6, 2, 4, 3, 5, 1};
	if (a > 128 || b > 128) /* a signal */
		return MAX(a, b);
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return 0;
}

static bool reached(const struct lab_source *source)
{
	return source->state == SRC_LIVE || source->state == SRC_STALE;
}

static bool any_gap(const char *const *partial)
{
	return partial && *partial;
}

/* Something is not known because nobody who tells of it may read it; what one source may not and another may is known. */
static bool something_refused(const struct lab *lab)
{
	bool any = false;
	for (guint i = 0; i < lab->hosts->len && !any; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		any = !host->row->is_local && any_gap(host->row->partial);
	}
	for (guint i = 0; i < lab->vms->len && !any; i++)
		any = any_gap(((const struct lab_vm *)lab->vms->pdata[i])->row->partial);
	for (guint i = 0; i < lab->datastores->len && !any; i++)
		any = any_gap(((const struct lab_store *)lab->datastores->pdata[i])->row->partial);
	return any;
}

int session_exit_status(const struct session *s)
{
	int named = 0, good = 0, worst = 0;
	for (guint i = 0; i < s->lab->sources->len; i++) {
		const struct lab_source *source = s->lab->sources->pdata[i];
		if (!source->named)
			continue;
		named++;
		if (reached(source)) {
			good++;
			continue;
		}
		int status = source->error >= 0 ? lab_error_exit_status(source->error) : 3;
		worst = exit_status_worse(worst, status == 3 ? 5 : status);
	}
	if (something_refused(s->lab))
		worst = exit_status_worse(worst, 5);
	return named > 0 && good == 0 ? exit_status_worse(worst, 3) : worst;
}
