/* hurts.c - what depends on the VMs that a plan stops. */
#include "config.h"
#include "lab/hurts.h"

#include "lab/private.h"

#include <string.h>

const char *const hurt_kind_names[HURT_KINDS] = {"vm", "job", "engine", "clients", "mount", "backup"};

struct gathering {
	const struct lab *lab;
	GPtrArray *hurts;
};

static void hurt_free(gpointer p)
{
	struct hurt *h = p;
	g_free(h->who);
	g_free(h->what);
	g_free(h);
}

static void add(const struct gathering *g, enum hurt_kind kind, const char *who, const char *what, ...)
	G_GNUC_PRINTF(4, 5);
static void add(const struct gathering *g, enum hurt_kind kind, const char *who, const char *what, ...)
{
	struct hurt *h = g_new0(struct hurt, 1);
	va_list args;
	va_start(args, what);
	*h = (struct hurt){.kind = kind, .who = g_strdup(who), .what = g_strdup_vprintf(what, args)};
	va_end(args);
	g_ptr_array_add(g->hurts, h);
}

/* ---- within a VM ------------------------------------------------------------------------------------------------- */

static void add_jobs(const struct gathering *g, const struct lab_vm *vm)
{
	for (guint i = 0; i < g->lab->jobs->len; i++) {
		const struct lab_job *job = g->lab->jobs->pdata[i];
		if (job->guest->vm != vm)
			continue;
		if (num_known(job->vram_bytes))
			add(g, HURT_JOB, job->proc->name,
			    "pid %" G_GINT64_FORMAT " in %s holds %.1f GiB of VRAM", job->proc->pid,
			    job->guest->ref.source, job->vram_bytes.v / GIB);
		else
			add(g, HURT_JOB, job->proc->name, "pid %" G_GINT64_FORMAT " in %s holds VRAM",
			    job->proc->pid, job->guest->ref.source);
	}
}

static char *count_word(struct num n, const char *what)
{
	return num_known(n) ? g_strdup_printf("%.0f %s", n.v, what) : g_strdup_printf("%s not known", what);
}

static void add_engines(const struct gathering *g, const struct lab_vm *vm)
{
	for (guint i = 0; i < g->lab->engines->len; i++) {
		const struct lab_engine *e = g->lab->engines->pdata[i];
		if (e->vm != vm)
			continue;
		g_autofree char *running = count_word(e->row->running, "requests running");
		g_autofree char *queue = count_word(e->row->queue, "in its queue");
		int loaded = 0;
		for (int m = 0; m < e->row->n_models; m++)
			loaded += e->row->models[m].loaded == TRI_YES;
		add(g, HURT_ENGINE, e->ref.source, "%d models loaded, %s, %s", loaded, running, queue);
		add(g, HURT_CLIENTS, e->ref.source, "connected clients: not known");
	}
}

/* ---- around a VM ------------------------------------------------------------------------------------------------- */

/* "10.0.4.9:/models", "//nas/models", "nas:/x": the machine that it comes from. */
static char *server_of(const char *source)
{
	const char *begin = g_str_has_prefix(source, "//") ? source + 2 : source;
	const char *end = begin == source ? strstr(begin, ":/") : strchr(begin, '/');
	return end && end > begin ? g_strndup(begin, (gsize)(end - begin)) : NULL;
}

static bool is_named(const struct lab_vm *vm, const char *server)
{
	const struct vm_row *row = vm->row;
	if (g_ascii_strcasecmp(server, row->guest_hostname) == 0 || strcmp(server, row->guest_ip) == 0 ||
	    g_ascii_strcasecmp(server, row->name) == 0)
		return true;
	return row->guest_ips && g_strv_contains(row->guest_ips, server);
}

static void add_mounts(const struct gathering *g, const struct lab_vm *vm)
{
	for (guint i = 0; i < g->lab->guests->len; i++) {
		const struct lab_guest *guest = g->lab->guests->pdata[i];
		for (guint k = 0; guest->vm != vm && guest->mounts && k < guest->mounts->len; k++) {
			const struct mount_row *m = guest->mounts->pdata[k];
			g_autofree char *server = server_of(m->source);
			if (server && is_named(vm, server))
				add(g, HURT_MOUNT, guest->ref.source, "has %s of %s mounted", m->source,
				    vm->name);
		}
	}
}

/* ---- plans ------------------------------------------------------------------------------------------------------- */

static const struct lab_vm *vm_of(const struct lab *lab, const struct subject *s)
{
	const struct source *src = (const struct source *)lab_find_source(lab, TARGET_VSPHERE, s->source);
	return src ? rec_vm(g_hash_table_lookup(src->recs[REC_VM], s->moref)) : NULL;
}

static void add_vm(const struct gathering *g, const struct lab_vm *vm, const char *how)
{
	add(g, HURT_VM, vm->name, "%s", how);
	add_jobs(g, vm);
	add_engines(g, vm);
	add_mounts(g, vm);
	add(g, HURT_BACKUP, vm->name, "newest backup: not known");
}

static bool stops(const struct step *s)
{
	return s->target.kind == THING_VM && strcmp(s->want, "off") == 0 &&
	       step_ops_find("vm.power-on")->read == s->ops->read;
}

static enum verdict check(const struct plan *plan, int i, const struct lab *lab)
{
	g_autoptr(GString) why = g_string_new(NULL);
	return plan_check(plan, i, lab, why);
}

GPtrArray *plan_hurts(const struct plan *plan, const struct lab *lab)
{
	const struct gathering g = {lab, g_ptr_array_new_with_free_func(hurt_free)};
	for (int i = 0; i < plan->n_steps; i++) {
		const struct step *s = &plan->steps[i];
		if (!stops(s) || check(plan, i, lab) == V_ALREADY)
			continue;
		const struct lab_vm *vm = vm_of(lab, &s->target);
		if (vm)
			add_vm(&g, vm,
			       s->ops->effect == EFFECT_DATA_LOSS ? "is powered off: what it does is lost"
								  : "is shut down");
	}
	return g.hurts;
}

int plan_usual_s(const struct plan *plan, const struct lab *lab)
{
	int seconds = 0;
	for (int i = 0; i < plan->n_steps; i++)
		if (check(plan, i, lab) != V_ALREADY)
			seconds += plan->steps[i].ops->usual_s;
	return seconds;
}
