/* guest.c - what guests tell: who they are, which cards they have, and a sample of all of them a second. */
#include "config.h"
#include "lab/heat.h"
#include "lab/private.h"
#include "lab/trend.h"

#include <string.h>

static struct gpu_thing *find_gpu(const struct guest_thing *g, const char *id)
{
	for (guint i = 0; i < g->gpus->len; i++) {
		struct gpu_thing *gpu = g->gpus->pdata[i];
		if (strcmp(gpu->pub.ref.id, id) == 0)
			return gpu;
	}
	return NULL;
}

void gpu_thing_free(struct gpu_thing *gpu)
{
	for (int i = 0; i < HIST_COUNT; i++)
		ring_clear(&gpu->pub.hist[i]);
	if (gpu->heat.spells)
		g_array_unref(gpu->heat.spells);
	box_unref(gpu->sample_box);
	g_free(gpu);
}

void guest_thing_free(struct guest_thing *g)
{
	for (guint i = 0; i < g->gpus->len; i++)
		gpu_thing_free(g->gpus->pdata[i]);
	GPtrArray *arrays[] = {g->gpus, g->pub.procs, g->pub.owners, g->pub.mounts};
	for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
		if (arrays[i])
			g_ptr_array_unref(arrays[i]);
	box_unref(g->hello_box);
	box_unref(g->procs_box);
	box_unref(g->mounts_box);
	g_free(g);
}

/* ---- hello ------------------------------------------------------------------------------------------------------- */

static struct guest_thing *guest_new(struct lab *lab, struct source *src)
{
	struct guest_thing *g = g_new0(struct guest_thing, 1);
	g->src = src;
	src->guest = g;
	g->gpus = g_ptr_array_new();
	g->pub.ref = ref_make(THING_GUEST, src->name, src->name, "");
	g_ptr_array_add(lab->guests, g);
	g_ptr_array_sort(lab->guests, ref_by_source);
	return g;
}

static int gpus_by_address(gconstpointer a, gconstpointer b)
{
	const struct gpu_thing *x = *(struct gpu_thing *const *)a, *y = *(struct gpu_thing *const *)b;
	int c = gpu_order(x->pub.row, y->pub.row);
	return c ? c : strcmp(x->pub.ref.id, y->pub.ref.id);
}

static void take_gpu(struct guest_thing *g, const struct gpu_row *row)
{
	struct gpu_thing *gpu = find_gpu(g, row->id);
	if (!gpu) {
		gpu = g_new0(struct gpu_thing, 1);
		gpu->guest = g;
		gpu->pub.ref = ref_make(THING_GPU, g->src->name, row->id, "");
		gpu->pub.guest = &g->pub;
		gpu->pub.age_ms = -1;
		trend_void(&gpu->pub.trend);
		g_ptr_array_add(g->gpus, gpu);
	}
	gpu->pub.row = row;
	gpu->seen = true;
}

/* The cards of the hello before that this one does not name are gone. */
static void drop_unseen(struct lab *lab, struct guest_thing *g)
{
	guint kept = 0;
	for (guint i = 0; i < g->gpus->len; i++) {
		struct gpu_thing *gpu = g->gpus->pdata[i];
		if (gpu->seen)
			g->gpus->pdata[kept++] = gpu;
		else
			g_ptr_array_add(lab->p->dead_gpus, gpu);
		gpu->seen = false;
	}
	g_ptr_array_set_size(g->gpus, (int)kept);
}

static void add_with_parts(struct lab *lab, const struct guest_thing *g, struct gpu_thing *card)
{
	g_ptr_array_add(lab->gpus, card);
	for (guint i = 0; i < g->gpus->len; i++) {
		struct gpu_thing *part = g->gpus->pdata[i];
		if (part->pub.parent == &card->pub)
			g_ptr_array_add(lab->gpus, part);
	}
}

static void list_gpus(struct lab *lab)
{
	g_ptr_array_set_size(lab->gpus, 0);
	for (guint i = 0; i < lab->guests->len; i++) {
		const struct guest_thing *g = lab->guests->pdata[i];
		for (guint k = 0; k < g->gpus->len; k++)
			if (!((struct gpu_thing *)g->gpus->pdata[k])->pub.parent)
				add_with_parts(lab, g, g->gpus->pdata[k]);
	}
}

/* One level only: a part of a part hangs at nothing, and so does a card that names itself. */
static void set_parents(struct guest_thing *g)
{
	for (guint i = 0; i < g->gpus->len; i++) {
		struct gpu_thing *gpu = g->gpus->pdata[i];
		struct gpu_thing *parent = *gpu->pub.row->parent ? find_gpu(g, gpu->pub.row->parent) : NULL;
		bool usable = parent && parent != gpu && !*parent->pub.row->parent;
		gpu->pub.parent = usable ? &parent->pub : NULL;
	}
}

void guest_fold_hello(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct guest_row *row = obs->u.hello;
	struct guest_thing *g = src->guest ? src->guest : guest_new(lab, src);
	lab_bury_box(lab, g->hello_box);
	g->hello_box = lab_hold(row->box, obs);
	g->pub.row = row;
	for (int i = 0; i < row->n_gpus; i++)
		take_gpu(g, &row->gpus[i]);
	drop_unseen(lab, g);
	g_ptr_array_sort(g->gpus, gpus_by_address);
	set_parents(g);
	list_gpus(lab);
	if (row->interval_ms > 0 && src->pub.interval_ms <= 0)
		src->pub.interval_ms = row->interval_ms;
	src->pub.answered |= row->n_gpus == 0;
	lab->p->dirty |= DIRTY_JOIN;
	lab->version++;
	guest_tick(lab, g);
}

/* ---- samples ----------------------------------------------------------------------------------------------------- */

static const enum metric history_of[HIST_COUNT] = {
	[HIST_JUNCTION] = M_TEMP_JUNCTION_C,
	[HIST_MEM] = M_TEMP_MEM_C,
	[HIST_EDGE] = M_TEMP_EDGE_C,
	[HIST_POWER] = M_POWER_W,
	[HIST_SCLK] = M_SCLK_MHZ,
	[HIST_BUSY] = M_BUSY_PCT,
	[HIST_VRAM] = M_VRAM_USED_BYTES,
	[HIST_THROTTLE] = M_COUNT,
};

static void take_history(struct gpu_thing *gpu, int64_t at_ns)
{
	int step_ms = MAX(gpu->guest->pub.row->interval_ms, 1000);
	const struct gpu_sample *s = &gpu->sample;
	for (int i = 0; i < HIST_COUNT; i++) {
		if (i == HIST_THROTTLE) {
			if (!(s->throttle & THROTTLE_UNKNOWN))
				ring_add(&gpu->pub.hist[i], at_ns, step_ms,
					 gpu->pub.throttled_since_ns ? 1 : 0);
		} else if (s->metric[history_of[i]].state == NUM_OK) {
			ring_add(&gpu->pub.hist[i], at_ns, step_ms, s->metric[history_of[i]].v);
		}
	}
}

static void take_gpu_sample(struct lab *lab, struct gpu_thing *gpu, const struct gpu_sample *told,
			    const struct obs *obs)
{
	struct gpu_sample before = gpu->sample;
	bool had = gpu->pub.sample != NULL;
	int64_t at_ns = obs->taken_ns - MAX(told->age_ms, 0) * NS_PER_MS;
	gpu->sample = *told;
	for (int m = 0; had && m < M_COUNT; m++) { /* busy just now: what was read last still stands */
		struct num *n = &gpu->sample.metric[m];
		if (n->state == NUM_BUSY && isnan(n->v) && num_known(before.metric[m]))
			n->v = before.metric[m].v;
	}
	lab_bury_box(lab, gpu->sample_box);
	gpu->sample_box = lab_hold(obs->u.sample->box, obs);
	gpu->pub.sample = &gpu->sample;
	/* the same numbers again, only older, are no new sample; the line's own way jitters */
	int64_t half_ns = gpu->guest->pub.row->interval_ms * NS_PER_MS / 2;
	if (had && told->age_ms > 0 && at_ns - gpu->sample_ns < half_ns)
		return;
	gpu->sample_ns = at_ns;
	heat_take(lab, gpu, at_ns);
	take_history(gpu, at_ns);
	lab->p->dirty |= DIRTY_TRENDS;
}

static void take_procs(struct lab *lab, struct guest_thing *g, const struct obs *obs)
{
	const struct sample *s = obs->u.sample;
	lab_bury_box(lab, g->procs_box);
	g->procs_box = lab_hold(s->box, obs);
	if (!g->pub.procs)
		g->pub.procs = g_ptr_array_new();
	if (!g->pub.owners)
		g->pub.owners = g_ptr_array_new();
	g_ptr_array_set_size(g->pub.procs, 0);
	for (int i = 0; i < s->n_procs; i++)
		g_ptr_array_add(g->pub.procs, &s->procs[i]);
	g_ptr_array_set_size(g->pub.owners, 0); /* grown only: new entries are NULL */
	g_ptr_array_set_size(g->pub.owners, s->n_procs);
}

static void take_mounts(struct lab *lab, struct guest_thing *g, const struct obs *obs)
{
	const struct sample *s = obs->u.sample;
	lab_bury_box(lab, g->mounts_box);
	g->mounts_box = lab_hold(s->box, obs);
	if (!g->pub.mounts)
		g->pub.mounts = g_ptr_array_new();
	g_ptr_array_set_size(g->pub.mounts, 0);
	for (int i = 0; i < s->n_mounts; i++)
		g_ptr_array_add(g->pub.mounts, &s->mounts[i]);
}

void guest_fold_sample(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct sample *s = obs->u.sample;
	struct guest_thing *g = src->guest;
	if (!g) /* a sample before any hello: nobody knows what its ids stand for */
		return;
	for (int i = 0; i < s->n_gpus; i++) {
		struct gpu_thing *gpu = find_gpu(g, s->gpus[i].id);
		if (gpu)
			take_gpu_sample(lab, gpu, &s->gpus[i], obs);
	}
	if (s->has_procs)
		take_procs(lab, g, obs);
	if (s->has_mounts)
		take_mounts(lab, g, obs);
	g->wall_ms = s->wall_ms;
	g->pub.sample_ns = MAX(g->pub.sample_ns, obs->taken_ns);
	src->pub.answered = true;
	/* used VRAM is in the arithmetic of who holds it; the join of cards is not touched */
	lab->p->dirty |= DIRTY_PLACE | DIRTY_FINDINGS;
	lab->version++;
	guest_tick(lab, g);
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

static void gpu_tick(struct lab *lab, struct gpu_thing *gpu)
{
	struct lab_gpu *g = &gpu->pub;
	int64_t interval_ms = MAX(gpu->guest->pub.row->interval_ms, 1000);
	g->age_ms = g->sample ? MAX(lab->now_ns - gpu->sample_ns, 0) / NS_PER_MS : -1;
	bool stale =
		g->sample && (g->age_ms > STALE_INTERVALS * interval_ms || !source_live(gpu->guest->src));
	if (stale != g->stale)
		lab->p->dirty |= DIRTY_FINDINGS;
	g->stale = stale;
	heat_tick(lab, gpu);
	if (g->stale)
		trend_void(&g->trend); /* nobody knows where it went from there */
}

void guest_tick(struct lab *lab, struct guest_thing *g)
{
	int64_t interval_ms = MAX(g->pub.row->interval_ms, 1000);
	bool old = g->pub.sample_ns &&
		   lab->now_ns - g->pub.sample_ns > STALE_INTERVALS * interval_ms * NS_PER_MS;
	bool stale = old || !source_live(g->src);
	if (stale != g->pub.stale)
		lab->p->dirty |= DIRTY_FINDINGS, lab->version++;
	g->pub.stale = stale;
	for (guint i = 0; i < g->gpus->len; i++)
		gpu_tick(lab, g->gpus->pdata[i]);
}
