/* place.c - which model fills which GPU: by the processes, else by VRAM arithmetic, and then it is an estimate. */
#include "config.h"
#include "lab/owner.h"
#include "lab/private.h"

#include <string.h>

#define JOB_AGE_MS     (10 * 60 * 1000LL)
#define IN_USE_BYTES   (256.0 * 1024 * 1024) /* a GPU with less in use holds no model */
#define SIZE_TOLERANCE 0.25 /* a process holds up to this much more or less than the model it runs */
#define MODEL_OVERHEAD 1.05 /* used may be this much less than the engine's word and still hold it */

/* ---- one row ----------------------------------------------------------------------------------------------------- */

static void place(struct lab_row *row, const struct lab_engine *e, const struct model_row *model,
		  struct num vram, bool estimated)
{
	for (guint i = 0; i < row->placed->len; i++) {
		struct lab_placed *p = &g_array_index(row->placed, struct lab_placed, i);
		if (p->engine != e || p->model != model)
			continue;
		if (num_known(p->vram_bytes) && num_known(vram))
			p->vram_bytes.v += vram.v;
		p->estimated |= estimated;
		return;
	}
	struct lab_placed p = {.engine = e, .model = model, .vram_bytes = vram, .estimated = estimated};
	g_array_append_val(row->placed, p);
}

static double known_or_0(struct num n)
{
	return num_known(n) ? n.v : 0;
}

static int biggest_first(gconstpointer a, gconstpointer b)
{
	double x = known_or_0(((const struct lab_placed *)a)->vram_bytes);
	double y = known_or_0(((const struct lab_placed *)b)->vram_bytes);
	return (y > x) - (y < x);
}

static void name_engine(struct lab_row *row)
{
	g_array_sort(row->placed, biggest_first);
	row->engine = row->placed->len > 0 ? g_array_index(row->placed, struct lab_placed, 0).engine : NULL;
}

/* ---- by processes ------------------------------------------------------------------------------------------------ */

/* How many models of an engine are in memory, and the last of them. */
static int loaded_models(const struct lab_engine *e, const struct model_row **last)
{
	int n = 0;
	for (int i = 0; i < e->row->n_models; i++) {
		if (e->row->models[i].loaded != TRI_YES)
			continue;
		*last = &e->row->models[i];
		n++;
	}
	return n;
}

static double held_by(const struct proc_row *p)
{
	double held = 0;
	for (int k = 0; k < p->n_gpus; k++)
		held += known_or_0(p->gpus[k].vram_bytes);
	return held;
}

static const struct model_row *named_by(const struct lab_engine *e, const struct proc_row *proc)
{
	const struct model_row *named = NULL;
	for (int i = 0; i < e->row->n_models; i++) {
		if (e->row->models[i].loaded != TRI_YES || !owner_runs_model(proc, &e->row->models[i]))
			continue;
		if (named)
			return NULL;
		named = &e->row->models[i];
	}
	return named;
}

/* The loaded model whose size fits what the process holds on all GPUs, when just one does. Ollama's runner is told the
 * blob and the API tells the manifest: nothing but the size connects them. */
static const struct model_row *sized_like(const struct lab_engine *e, const struct proc_row *proc)
{
	const struct model_row *fit = NULL;
	double held = held_by(proc);
	for (int i = 0; i < e->row->n_models; i++) {
		const struct model_row *m = &e->row->models[i];
		double takes = known_or_0(m->vram_bytes);
		if (m->loaded != TRI_YES || takes <= 0 || fabs(held - takes) > SIZE_TOLERANCE * takes)
			continue;
		if (fit)
			return NULL;
		fit = m;
	}
	return fit;
}

/* The model that a process runs, or NULL; *sure is false where only sizes speak for it. */
static const struct model_row *model_of(const struct lab_engine *e, const struct proc_row *proc, bool *sure)
{
	const struct model_row *only = NULL;
	*sure = true;
	if (loaded_models(e, &only) == 1)
		return only;
	const struct model_row *named = named_by(e, proc);
	*sure = named != NULL;
	return named ? named : sized_like(e, proc);
}

static struct lab_row *row_of_gpu(const struct lab_guest *g, const char *id)
{
	const GPtrArray *gpus = ((const struct guest_thing *)g)->gpus;
	for (guint i = 0; i < gpus->len; i++) {
		const struct gpu_thing *gpu = gpus->pdata[i];
		if (strcmp(gpu->pub.ref.id, id) == 0)
			return gpu->row;
	}
	return NULL;
}

/* True when a process of the engine was seen on a GPU. */
static bool place_by_processes(const struct lab_guest *g, const struct lab_engine *e)
{
	bool seen = false;
	for (guint i = 0; g->procs && i < g->procs->len; i++) {
		const struct proc_row *p = g->procs->pdata[i];
		bool sure;
		if (g->owners->pdata[i] != e)
			continue;
		const struct model_row *model = model_of(e, p, &sure);
		for (int k = 0; k < p->n_gpus; k++) {
			struct lab_row *row = row_of_gpu(g, p->gpus[k].gpu);
			if (!row || (num_known(p->gpus[k].vram_bytes) && p->gpus[k].vram_bytes.v <= 0))
				continue;
			place(row, e, model, p->gpus[k].vram_bytes, !sure);
			seen = true;
		}
	}
	return seen;
}

/* ---- by arithmetic ----------------------------------------------------------------------------------------------- */

static bool configured_for(const struct lab_engine *e, const struct lab_row *row)
{
	const char *const *bdf = e->row->gpu_bdfs;
	if (!bdf || !*bdf)
		return true;
	for (; *bdf; bdf++)
		if (row->gpu && strcmp(row->gpu->row->bdf, *bdf) == 0)
			return true;
	return false;
}

static bool runs_beside(const struct lab_engine *e, const struct lab_row *row)
{
	if (row->gpu && e->guest)
		return row->guest == e->guest;
	return e->vm && row->vm == e->vm;
}

/* VRAM in use that no process explains: where a model can be. What a row without telemetry holds is not known. */
static double room_taken(const struct lab_row *row)
{
	if (!row->gpu)
		return 0;
	return known_or_0(row->gpu->unexplained_bytes);
}

static GPtrArray *rows_for(const struct lab *lab, const struct lab_engine *e, double *taken)
{
	GPtrArray *rows = g_ptr_array_new();
	*taken = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		struct lab_row *row = lab->rows->pdata[i];
		if (!runs_beside(e, row) || !configured_for(e, row) ||
		    (row->gpu && room_taken(row) < IN_USE_BYTES))
			continue;
		*taken += room_taken(row);
		g_ptr_array_add(rows, row);
	}
	return rows;
}

/* A single GPU that holds about as much as the model takes is the one, even where others are in use as well. */
static struct lab_row *only_fit(const GPtrArray *rows, double bytes)
{
	struct lab_row *fit = NULL;
	for (guint i = 0; i < rows->len; i++) {
		struct lab_row *row = rows->pdata[i];
		if (room_taken(row) * MODEL_OVERHEAD < bytes)
			continue;
		if (fit)
			return NULL;
		fit = row;
	}
	return fit;
}

static void place_one(const struct lab_engine *e, const struct model_row *m, const GPtrArray *rows,
		      double taken)
{
	struct lab_row *fit = num_known(m->vram_bytes) ? only_fit(rows, m->vram_bytes.v) : NULL;
	for (guint i = 0; i < rows->len; i++) {
		struct lab_row *row = rows->pdata[i];
		struct num share = num_none(NUM_UNKNOWN);
		if (fit && row != fit)
			continue;
		if (num_known(m->vram_bytes) && (fit || rows->len == 1))
			share = m->vram_bytes;
		else if (num_known(m->vram_bytes) && taken > 0)
			share = num_of(floor(m->vram_bytes.v * room_taken(row) / taken));
		place(row, e, m, share, true);
	}
}

static void place_by_arithmetic(struct lab *lab, const struct lab_engine *e)
{
	double taken;
	GPtrArray *rows = rows_for(lab, e, &taken);
	for (int i = 0; i < e->row->n_models; i++) {
		const struct model_row *m = &e->row->models[i];
		bool on_gpu = !num_known(m->vram_bytes) || m->vram_bytes.v > 0;
		if (m->loaded == TRI_YES && on_gpu)
			place_one(e, m, rows, taken);
	}
	g_ptr_array_unref(rows);
}

/* ---- what is left over ------------------------------------------------------------------------------------------- */

static double held_by_processes(const struct lab_guest *g, const char *gpu)
{
	double held = 0;
	for (guint i = 0; g->procs && i < g->procs->len; i++) {
		const struct proc_row *p = g->procs->pdata[i];
		for (int k = 0; k < p->n_gpus; k++)
			if (strcmp(p->gpus[k].gpu, gpu) == 0)
				held += known_or_0(p->gpus[k].vram_bytes);
	}
	return held;
}

static void count_unexplained(struct lab *lab)
{
	for (guint i = 0; i < lab->gpus->len; i++) {
		struct lab_gpu *gpu = lab->gpus->pdata[i];
		struct num used =
			gpu->sample ? gpu->sample->metric[M_VRAM_USED_BYTES] : num_none(NUM_UNKNOWN);
		gpu->unexplained_bytes =
			num_known(used) ? num_of(MAX(used.v - held_by_processes(gpu->guest, gpu->ref.id), 0))
					: used;
	}
}

/* What the engines' word accounts for (marked as estimated) is explained as well. */
static void explain_estimated(struct lab *lab)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		for (guint k = 0; row->gpu && k < row->placed->len; k++) {
			const struct lab_placed *p = &g_array_index(row->placed, struct lab_placed, k);
			struct num *left = &row->gpu->unexplained_bytes;
			if (p->estimated && p->model && num_known(*left) && num_known(p->vram_bytes) &&
			    !g_hash_table_contains(lab->p->by_process, p->engine))
				left->v = MAX(left->v - p->vram_bytes.v, 0);
		}
	}
}

static void find_jobs(struct lab *lab, const struct guest_thing *g)
{
	for (guint i = 0; g->pub.procs && i < g->pub.procs->len; i++) {
		const struct proc_row *p = g->pub.procs->pdata[i];
		int64_t runs_ms = p->start_ms > 0 && g->wall_ms > 0 ? g->wall_ms - p->start_ms : 0;
		double held = held_by(p);
		if (g->pub.owners->pdata[i] || held <= 0 || runs_ms <= JOB_AGE_MS)
			continue;
		struct lab_job *job = g_new0(struct lab_job, 1);
		*job = (struct lab_job){
			.guest = &g->pub, .proc = p, .vram_bytes = num_of(held), .runs_ms = runs_ms};
		g_ptr_array_add(lab->jobs, job);
	}
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void own_processes(struct lab *lab, struct guest_thing *g)
{
	GPtrArray *engines = g_ptr_array_new();
	for (guint i = 0; i < lab->engines->len; i++)
		if (((struct lab_engine *)lab->engines->pdata[i])->guest == &g->pub)
			g_ptr_array_add(engines, lab->engines->pdata[i]);
	if (g->pub.procs)
		owner_assign(&g->pub, engines);
	g_ptr_array_unref(engines);
	find_jobs(lab, g);
}

void place_models(struct lab *lab)
{
	g_ptr_array_set_size(lab->jobs, 0);
	g_hash_table_remove_all(lab->p->by_process);
	for (guint i = 0; i < lab->rows->len; i++)
		g_array_set_size(((struct lab_row *)lab->rows->pdata[i])->placed, 0);
	for (guint i = 0; i < lab->guests->len; i++)
		own_processes(lab, lab->guests->pdata[i]);
	count_unexplained(lab);
	for (guint i = 0; i < lab->engines->len; i++) {
		struct lab_engine *e = lab->engines->pdata[i];
		if (e->guest && place_by_processes(e->guest, e))
			g_hash_table_add(lab->p->by_process, e);
	}
	for (guint i = 0; i < lab->engines->len; i++)
		if (!g_hash_table_contains(lab->p->by_process, lab->engines->pdata[i]))
			place_by_arithmetic(lab, lab->engines->pdata[i]);
	explain_estimated(lab);
	for (guint i = 0; i < lab->rows->len; i++)
		name_engine(lab->rows->pdata[i]);
	lab->p->work.placed++;
}
