/* check_gpu.c - heat, telemetry and memory of cards (rules.md section 6). */
#include "config.h"
#include "lab/check.h"

#include "lab/heat.h"
#include "lab/private.h"

#define CRIT_ROOM_C   2.0
#define HBM_ROOM_C    5.0
#define SOON_MIN      30.0
#define ORPHAN_SHARE  0.05
#define MOUNT_DEAD_MS 30000.0

/* The newest sample of a row's GPU, or NULL when there is none that holds now. */
static const struct gpu_sample *fresh(const struct lab_row *row)
{
	return row->gpu && !row->gpu->stale ? row->gpu->sample : NULL;
}

static void look_warm(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	if (!s || !row->gpu->hot_since_ns || lab->now_ns - row->gpu->hot_since_ns < lab->hold_ms * NS_PER_MS)
		return;
	bool junction = num_known(s->metric[M_TEMP_JUNCTION_C]);
	char text[48];
	g_snprintf(text, sizeof text, "%s ≥ %.0f °C", junction ? "junction" : "edge", lab->warn_c);
	check_since(out, row->gpu->hot_since_ns);
	check_hit(out, text, "%.0f °C now", heat_policy_temp(s).v);
}

static void look_critical(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	double limit, room;
	int m = s ? heat_nearest(row->gpu->row, s, &limit, &room) : -1;
	if (m < 0 || room > CRIT_ROOM_C)
		return;
	char text[64];
	g_snprintf(text, sizeof text, "%s at its limit", metric_info[m].label);
	check_hit(out, text, "%.0f °C of %.0f °C", limit - room, limit);
}

static void look_hbm(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	if (!s)
		return;
	struct num t = s->metric[M_TEMP_MEM_C], limit = row->gpu->row->limit[LIM_TEMP_MEM_CRIT_C];
	if (num_known(t) && num_known(limit) && t.v >= limit.v - HBM_ROOM_C && t.v < limit.v - CRIT_ROOM_C)
		check_hit(out, "HBM near its limit", "%.0f °C of %.0f °C", t.v, limit.v);
}

static void look_slowed(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	if (!s || !row->gpu->throttled_since_ns)
		return;
	struct num sclk = s->metric[M_SCLK_MHZ], max = row->gpu->row->limit[LIM_SCLK_MAX_MHZ];
	check_since(out, row->gpu->throttled_since_ns);
	if (num_known(sclk) && num_known(max) && sclk.v < max.v)
		check_hit(out, "slowed by heat", "thermal bit set, sclk %.0f MHz under its highest",
			  max.v - sclk.v);
	else
		check_hit(out, "slowed by heat", "thermal bit set, temperature at its limit");
}

static void look_soon(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	if (!fresh(row) || row->gpu->trend.nearest < 0)
		return;
	const struct lab_trend *t = &row->gpu->trend;
	if (isnan(t->minutes) || t->minutes > SOON_MIN || t->room_c <= CRIT_ROOM_C)
		return;
	char text[96];
	g_snprintf(text, sizeof text, "%s at its %.0f °C in ~%.0f min (%.0f–%.0f)",
		   metric_info[t->nearest].label, t->limit_c, fmax(t->minutes, 1), floor(t->minutes_low),
		   ceil(t->minutes_high));
	check_hit(out, text, "estimate: rises %.1f °C a minute, %.0f °C of room", t->slope_c_min, t->room_c);
}

static void look_lost(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct gpu_sample *s = fresh(thing);
	if (s && s->state == GPU_LOST)
		check_hit(out, "the driver has lost the card", "all of its values vanished at once");
}

static bool any_process_on(const struct lab_gpu *gpu)
{
	for (guint i = 0; i < gpu->guest->procs->len; i++) {
		const struct proc_row *p = gpu->guest->procs->pdata[i];
		for (int k = 0; k < p->n_gpus; k++)
			if (g_str_equal(p->gpus[k].gpu, gpu->ref.id))
				return true;
	}
	return false;
}

static void look_orphan(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	if (!s || !row->gpu->guest->procs || row->placed->len > 0 || any_process_on(row->gpu))
		return;
	struct num used = s->metric[M_VRAM_USED_BYTES], total = s->metric[M_VRAM_TOTAL_BYTES];
	if (num_known(used) && num_known(total) && used.v > total.v * ORPHAN_SHARE)
		check_hit(out, "VRAM in use by nobody", "%.1f GiB in use, no process and no model on it",
			  used.v / GIB);
}

/* ---- guests ------------------------------------------------------------------------------------------------------ */

static void look_silent(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_guest *g = thing;
	if (!g->stale || !g->sample_ns)
		return;
	check_since(out, g->sample_ns);
	check_hit(out, "no telemetry", "silent for %.0f s; what is shown is the last known",
		  (double)(lab->now_ns - g->sample_ns) / 1e9);
}

static void look_library(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_guest *g = thing;
	for (int i = 0; !g->stale && i < g->row->n_libraries; i++) {
		const struct library_row *l = &g->row->libraries[i];
		if (!library_trouble(l))
			continue;
		char *text = g_strdup_printf("%s tells of no card", l->name);
		struct ref ref = ref_make(THING_GUEST, g->ref.source, g->ref.id, l->name);
		check_about(out, &ref, g->ref.source);
		check_hit(out, text, "%s", library_trouble(l));
		g_free(text);
	}
}

/* Which file systems hang with their server is the agent's to know: it tells of no others. */
static void look_mounts(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_guest *g = thing;
	for (guint i = 0; g->mounts && !g->stale && i < g->mounts->len; i++) {
		const struct mount_row *m = g->mounts->pdata[i];
		if (!num_known(m->age_ms) || m->age_ms.v < MOUNT_DEAD_MS)
			continue;
		char *text = g_strdup_printf("%s does not answer", m->target);
		struct ref ref = ref_make(THING_GUEST, g->ref.source, g->ref.id, m->target);
		check_about(out, &ref, g->ref.source);
		check_since(out, g->sample_ns - (int64_t)m->age_ms.v * NS_PER_MS);
		check_hit(out, text, "%s %s, silent for %.0f s", m->fstype, m->source, m->age_ms.v / 1000);
		g_free(text);
	}
}

const struct check check_gpu_table[] = {
	{"GPU-THROTTLE", SEV_WARN, THING_ROW, look_slowed, "more air at this card, or a lower power cap"},
	{"GPU-THERMAL-85", SEV_WARN, THING_ROW, look_warm,
	 "more air at this card, a lower power cap, or less load"},
	{"GPU-THERMAL-CRIT", SEV_BLOCK, THING_ROW, look_critical,
	 "stop the load; then air: fan profile, shroud, slot"},
	{"GPU-THERMAL-HBM", SEV_WARN, THING_ROW, look_hbm,
	 "more air at this card, a lower power cap, or less load"},
	{"GPU-THERMAL-TREND", SEV_WARN, THING_ROW, look_soon,
	 "unload a model, cap the card's power, or give it more air"},
	{"GPU-LOST", SEV_BLOCK, THING_ROW, look_lost,
	 "read the guest's kernel log; then a cold boot of the host"},
	{"GPU-VRAM-ORPHAN", SEV_WARN, THING_ROW, look_orphan,
	 "look for a process that was killed; restart the engine"},
	{"GPU-TELEM-STALE", SEV_WARN, THING_GUEST, look_silent,
	 "see the source's reason; labtop tries again by itself"},
	{"GPU-LIBRARY", SEV_WARN, THING_GUEST, look_library,
	 "see its reason; a library and a kernel module of two versions agree after a reboot"},
	{"GUEST-MOUNT-DEAD", SEV_WARN, THING_GUEST, look_mounts,
	 "bring its server back, or unmount it lazily (umount -l)"},
	{NULL},
};
