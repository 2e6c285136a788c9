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

static bool is_live(const struct lab *lab, const void *thing)
{
	return fresh(thing) != NULL;
}

static bool temp_told(const struct lab *lab, const void *thing)
{
	const struct gpu_sample *s = fresh(thing);
	return s && num_known(heat_policy_temp(s));
}

static bool limit_told(const struct lab *lab, const void *thing)
{
	double limit, room;
	const struct gpu_sample *s = fresh(thing);
	return s && heat_nearest(((const struct lab_row *)thing)->gpu->row, s, &limit, &room) >= 0;
}

static bool hbm_told(const struct lab *lab, const void *thing)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = fresh(row);
	return s && num_known(s->metric[M_TEMP_MEM_C]) &&
	       num_known(row->gpu->row->limit[LIM_TEMP_MEM_CRIT_C]);
}

static bool vram_told(const struct lab *lab, const void *thing)
{
	const struct gpu_sample *s = fresh(thing);
	return s && num_known(s->metric[M_VRAM_USED_BYTES]) && num_known(s->metric[M_VRAM_TOTAL_BYTES]);
}

static bool procs_told(const struct lab *lab, const void *thing)
{
	const struct lab_row *row = thing;
	return row->gpu && row->gpu->guest->procs;
}

static bool guest_is_live(const struct lab *lab, const void *thing)
{
	return !((const struct lab_guest *)thing)->stale;
}

static bool mounts_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_guest *)thing)->mounts != NULL;
}

/* All quiet: that a guest is silent, or none is there, is said of the guest, and a value that a card does not have stands
 * as "-" wherever it is shown. */
static const struct check_need telemetry = {"telemetry of its guest", is_live, true},
			       temperature = {"junction or edge temperature", temp_told, true},
			       limits = {"a temperature with its limit", limit_told, true},
			       hbm = {"HBM temperature and its limit", hbm_told, true},
			       vram = {"VRAM in use", vram_told, true},
			       processes = {"processes of its guest", procs_told, true},
			       guest_live = {"telemetry", guest_is_live, true},
			       mounts = {"file systems", mounts_told, true};

static void look_warm(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = row->gpu->sample;
	if (!row->gpu->hot_since_ns || lab->now_ns - row->gpu->hot_since_ns < lab->hold_ms * NS_PER_MS)
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
	const struct gpu_sample *s = row->gpu->sample;
	double limit, room;
	int m = heat_nearest(row->gpu->row, s, &limit, &room);
	if (room > CRIT_ROOM_C)
		return;
	char text[64];
	g_snprintf(text, sizeof text, "%s at its limit", metric_info[m].label);
	check_hit(out, text, "%.0f °C of %.0f °C", limit - room, limit);
}

static void look_hbm(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = row->gpu->sample;
	struct num t = s->metric[M_TEMP_MEM_C], limit = row->gpu->row->limit[LIM_TEMP_MEM_CRIT_C];
	if (t.v >= limit.v - HBM_ROOM_C && t.v < limit.v - CRIT_ROOM_C)
		check_hit(out, "HBM near its limit", "%.0f °C of %.0f °C", t.v, limit.v);
}

static void look_slowed(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	const struct gpu_sample *s = row->gpu->sample;
	if (!row->gpu->throttled_since_ns)
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
	const struct lab_trend *t = &row->gpu->trend;
	if (t->nearest < 0 || isnan(t->minutes) || t->minutes > SOON_MIN || t->room_c <= CRIT_ROOM_C)
		return;
	char text[96];
	g_snprintf(text, sizeof text, "%s at its %.0f °C in ~%.0f min (%.0f–%.0f)",
		   metric_info[t->nearest].label, t->limit_c, fmax(t->minutes, 1), floor(t->minutes_low),
		   ceil(t->minutes_high));
	check_hit(out, text, "estimate: rises %.1f °C a minute, %.0f °C of room", t->slope_c_min, t->room_c);
}

static void look_lost(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_row *row = thing;
	if (row->gpu->sample->state == GPU_LOST)
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
	const struct gpu_sample *s = row->gpu->sample;
	if (row->placed->len > 0 || any_process_on(row->gpu))
		return;
	struct num used = s->metric[M_VRAM_USED_BYTES], total = s->metric[M_VRAM_TOTAL_BYTES];
	if (used.v > total.v * ORPHAN_SHARE)
		check_hit(out, "VRAM in use by nobody", "%.1f GiB in use, no process and no model on it",
			  used.v / GIB);
}

/* ---- guests ------------------------------------------------------------------------------------------------------ */

static bool told_once(const struct lab *lab, const void *thing)
{
	return ((const struct lab_guest *)thing)->sample_ns != 0;
}

static void look_silent(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_guest *g = thing;
	if (!g->stale)
		return;
	check_since(out, g->sample_ns);
	check_hit(out, "no telemetry", "silent for %.0f s; what is shown is the last known",
		  (double)(lab->now_ns - g->sample_ns) / 1e9);
}

static void look_library(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_guest *g = thing;
	for (int i = 0; i < g->row->n_libraries; i++) {
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
	for (guint i = 0; i < g->mounts->len; i++) {
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
	{.id = "GPU-THROTTLE",
	 .severity = SEV_WARN,
	 .scope = THING_ROW,
	 .live = true,
	 .needs = {&telemetry},
	 .look = look_slowed,
	 .fix = "more air at this card, or a lower power cap"},
	{.id = "GPU-THERMAL-85",
	 .severity = SEV_WARN,
	 .scope = THING_ROW,
	 .live = true,
	 .ticks = true,
	 .needs = {&telemetry, &temperature},
	 .look = look_warm,
	 .fix = "more air at this card, a lower power cap, or less load"},
	{.id = "GPU-THERMAL-CRIT",
	 .severity = SEV_BLOCK,
	 .scope = THING_ROW,
	 .live = true,
	 .needs = {&telemetry, &limits},
	 .look = look_critical,
	 .fix = "stop the load; then air: fan profile, shroud, slot"},
	{.id = "GPU-THERMAL-HBM",
	 .severity = SEV_WARN,
	 .scope = THING_ROW,
	 .live = true,
	 .needs = {&telemetry, &hbm},
	 .look = look_hbm,
	 .fix = "more air at this card, a lower power cap, or less load"},
	{.id = "GPU-THERMAL-TREND",
	 .severity = SEV_WARN,
	 .scope = THING_ROW,
	 .live = true,
	 .needs = {&telemetry, &limits},
	 .look = look_soon,
	 .fix = "unload a model, cap the card's power, or give it more air"},
	{.id = "GPU-LOST",
	 .severity = SEV_BLOCK,
	 .scope = THING_ROW,
	 .live = true,
	 .needs = {&telemetry},
	 .look = look_lost,
	 .fix = "read the guest's kernel log; then a cold boot of the host"},
	{.id = "GPU-VRAM-ORPHAN",
	 .severity = SEV_WARN,
	 .scope = THING_ROW,
	 .needs = {&telemetry, &processes, &vram},
	 .look = look_orphan,
	 .fix = "look for a process that was killed; restart the engine"},
	{.id = "GPU-TELEM-STALE",
	 .severity = SEV_WARN,
	 .scope = THING_GUEST,
	 .live = true,
	 .ticks = true,
	 .applies = told_once,
	 .look = look_silent,
	 .fix = "see the source's reason; labtop tries again by itself"},
	{.id = "GPU-LIBRARY",
	 .severity = SEV_WARN,
	 .scope = THING_GUEST,
	 .live = true,
	 .needs = {&guest_live},
	 .look = look_library,
	 .fix = "see its reason; a library and a kernel module of two versions agree after a reboot"},
	{.id = "GUEST-MOUNT-DEAD",
	 .severity = SEV_WARN,
	 .scope = THING_GUEST,
	 .live = true,
	 .needs = {&guest_live, &mounts},
	 .look = look_mounts,
	 .fix = "bring its server back, or unmount it lazily (umount -l)"},
	{NULL},
};
