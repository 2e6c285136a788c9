/* gpu_facts.c - sentences about one GPU. Subject first, then what; what is not known says so or is left out. */
#include "config.h"

#include "tui/gpu_facts.h"

#include "tui/draw.h"
#include "tui/finding_line.h"
#include "tui/format.h"
#include "tui/sensor_words.h"
#include "tui/gpu_words.h"

#include <stdlib.h>
#include <string.h>

/* ---- who ------------------------------------------------------------------------------------------------------ */

static int part(struct canvas *c, int x, int y, enum role role, const char *text)
{
	return *text ? x + canvas_text(c, x, y, -1, role, text) + 2 : x;
}

static void append_why(GString *line, const struct lab_row *row)
{
	if (row->match_why && *row->match_why)
		g_string_append_printf(line, " · %s", row->match_why);
}

void facts_whose(const struct lab_row *row, struct canvas *c, struct rect r)
{
	g_autoptr(GString) line = g_string_new(NULL);
	if (row->host) {
		g_string_append_printf(line, "host %s", row->host->shown);
		if (row->device && num_known(row->device->numa_node))
			g_string_append_printf(line, " node %.0f", row->device->numa_node.v);
	}
	if (row->vm)
		format_part(line, " · ", "VM %s", row->vm->shown);
	if (row->guest) {
		format_part(line, " · ", "guest %s", row->guest->ref.source);
		if (row->guest->match > GUEST_CONFIGURED)
			g_string_append_printf(line, " by %s", guest_match_names[row->guest->match]);
	}
	/* a doubt goes before what a person noted, a certainty behind it */
	bool doubt = row->match != MATCH_SLOT;
	if (doubt)
		append_why(line, row);
	if (*row->owner)
		g_string_append_printf(line, " · owner %s", row->owner);
	if (row->riser == TRI_YES)
		g_string_append(line, " · on a riser");
	if (*row->note)
		g_string_append_printf(line, " · %s", row->note);
	if (!doubt)
		append_why(line, row);
	draw_text(c, r.x + 1, r.y, r.w - 2, ALIGN_LEFT, ROLE_DIM, line->str);
}

static void draw_software(const struct lab_row *row, struct canvas *c, struct rect r, int from)
{
	g_autoptr(GString) line = g_string_new(NULL);
	for (int i = 0; row->guest && i < row->guest->row->n_libraries; i++) {
		const struct library_row *l = &row->guest->row->libraries[i];
		bool ours = strcmp(l->name, row->gpu->row->vendor_id == 0x1002 ? "rocm-smi" : "nvml") == 0;
		if (ours && *l->version)
			g_string_append_printf(line, "%s %s%s%s", l->name, l->version,
					       *l->driver ? "  driver " : "", l->driver);
		else if (ours && *l->reason)
			g_string_append_printf(line, "%s %s: %s", l->name, l->state, l->reason);
	}
	if (*row->gpu->row->vbios)
		g_string_append_printf(line, "  vBIOS %s", row->gpu->row->vbios);
	int width = r.x + r.w - from - 1;
	if (width > 20)
		draw_text(c, from, r.y, width, ALIGN_RIGHT, ROLE_DIM, line->str);
}

void facts_identity(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct gpu_row *g = row->gpu->row;
	char buf[FORMAT_SIZE];
	struct num total = lab_row_metric(row, M_VRAM_TOTAL_BYTES, NULL);
	int x = part(c, r.x + 1, r.y, ROLE_TITLE, row->label);
	if (num_known(total)) {
		x = part(c, x, r.y, ROLE_TEXT, format_size(buf, total));
	}
	x = part(c, x, r.y, ROLE_DIM, g->arch);
	if (row->gpu->stale) {
		g_autofree char *silent =
			g_strdup_printf("silent for %s", format_duration(buf, row->gpu->age_ms));
		x = part(c, x, r.y, ROLE_WARN, silent);
	}
	draw_software(row, c, r, x + 2);
	if (r.h > 1)
		facts_whose(row, c, rect_of(r.x, r.y + 1, r.w, 1));
}

/* ---- what is wrong -------------------------------------------------------------------------------------------- */

/* The refs that a row's findings may stand under; the caller's array has room for three. */
static int subjects_of(const struct lab_row *row, const struct ref *out[3])
{
	int n = 0;
	out[n++] = &row->ref;
	if (row->gpu)
		out[n++] = &row->gpu->ref;
	if (row->vm)
		out[n++] = &row->vm->ref;
	return n;
}

int facts_findings_rows(const struct lab_row *row, const struct lab *lab)
{
	const struct ref *about[3];
	return finding_count_about(lab, about, subjects_of(row, about));
}

int facts_findings(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct ref *about[3];
	return finding_lines_about(lab, about, subjects_of(row, about), 0, c, r);
}

/* ---- where it is going ------------------------------------------------------------------------------------------ */

void facts_trend(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct lab_trend *t = &row->gpu->trend;
	g_autoptr(GString) line = g_string_new(NULL);
	/* a limit that is near is a finding already */
	if (row->gpu->stale || lab_find_finding(lab, "GPU-THERMAL-TREND", &row->ref))
		return;
	if (t->nearest >= 0 && isfinite(t->minutes))
		g_string_append_printf(line, "%s reaches its %.0f °C in about %.0f min (%.0f–%.0f)",
				       metric_info[t->nearest].label, t->limit_c, t->minutes, t->minutes_low,
				       t->minutes_high);
	else if (t->steady)
		g_string_append(line, "temperature is steady");
	else if (t->rising)
		g_string_append(line, "temperature rises, but not to its limit");
	if (isfinite(t->tends_to_c) && !t->steady)
		format_part(line, "; ", "tends to %.0f °C if all stays as it is", t->tends_to_c);
	if (!line->len)
		return;
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, "next");
	draw_text(c, r.x + 7, r.y, r.w - 8, ALIGN_LEFT, ROLE_TEXT, line->str);
}

/* ---- processes -------------------------------------------------------------------------------------------------- */

static const struct proc_gpu *on_gpu(const struct proc_row *p, const char *id)
{
	for (int i = 0; i < p->n_gpus; i++)
		if (strcmp(p->gpus[i].gpu, id) == 0)
			return &p->gpus[i];
	return NULL;
}

static void draw_process(struct canvas *c, struct rect r, const char *name, const char *pid, struct num vram,
			 struct num busy, const char *what, bool stale)
{
	char a[FORMAT_SIZE], b[FORMAT_SIZE];
	int name_w = CLAMP(r.w - 40, 12, 34);
	int x = r.x + 1;
	draw_text(c, x, r.y, name_w, ALIGN_LEFT, stale ? ROLE_STALE : ROLE_TEXT, name);
	x += name_w + 1;
	draw_text(c, x, r.y, 7, ALIGN_RIGHT, ROLE_DIM, pid);
	draw_text(c, x + 8, r.y, 9, ALIGN_RIGHT, format_num_role(vram, stale, ROLE_TEXT),
		  format_bytes(a, vram));
	draw_text(c, x + 18, r.y, 5, ALIGN_RIGHT, format_num_role(busy, stale, ROLE_TEXT),
		  format_num(b, busy, 0, "%", false));
	draw_text(c, x + 25, r.y, MAX(r.x + r.w - x - 26, 0), ALIGN_LEFT, ROLE_DIM, what);
}

static void draw_process_title(struct canvas *c, struct rect r)
{
	int name_w = CLAMP(r.w - 40, 12, 34), x = r.x + 2 + name_w;
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, "PROCESS");
	draw_text(c, x, r.y, 7, ALIGN_RIGHT, ROLE_TITLE, "PID");
	draw_text(c, x + 8, r.y, 9, ALIGN_RIGHT, ROLE_TITLE, "VRAM");
	draw_text(c, x + 18, r.y, 5, ALIGN_RIGHT, ROLE_TITLE, "BUSY");
	draw_text(c, x + 25, r.y, MAX(r.x + r.w - x - 26, 0), ALIGN_LEFT, ROLE_TITLE, "BELONGS TO");
}

static const struct lab_job *job_of(const struct lab *lab, const struct proc_row *p)
{
	for (guint i = 0; i < lab->jobs->len; i++) {
		const struct lab_job *job = lab->jobs->pdata[i];
		if (job->proc == p)
			return job;
	}
	return NULL;
}

/* Whose it is: the engine, else a job by its age, with the unit or what was started. */
static void belongs_to(const struct lab *lab, const struct lab_guest *guest, guint i,
		       const struct proc_row *p, char *out, size_t size)
{
	char buf[FORMAT_SIZE];
	const struct lab_engine *owner =
		guest->owners && i < guest->owners->len ? guest->owners->pdata[i] : NULL;
	const struct lab_job *job = job_of(lab, p);
	const char *what = *p->unit ? p->unit : p->cmdline;
	if (owner)
		g_strlcpy(out, owner->ref.id, size);
	else if (job)
		g_snprintf(out, size, "job, %s · %s", format_duration(buf, job->runs_ms), what);
	else
		g_strlcpy(out, what, size);
}

static int count_processes(const struct lab_row *row)
{
	const GPtrArray *procs = row->guest ? row->guest->procs : NULL;
	int n = 0;
	for (guint i = 0; procs && i < procs->len; i++)
		n += on_gpu(procs->pdata[i], row->gpu->row->id) != NULL;
	return n;
}

/* In the last row: how many lines have none, and what no process accounts for. */
static void draw_more_processes(int left, struct num unexplained, struct canvas *c, struct rect r)
{
	char buf[FORMAT_SIZE];
	int more = left - num_known(unexplained);
	g_autoptr(GString) line = g_string_new(NULL);
	g_string_printf(line, "%d more", more);
	if (num_known(unexplained))
		g_string_append_printf(line, "; unexplained %s", format_bytes(buf, unexplained));
	draw_text(c, r.x + 1, r.y, r.w - 2, ALIGN_LEFT, ROLE_DIM, line->str);
}

void facts_processes(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct lab_guest *guest = row->guest;
	struct num unexplained = row->gpu->unexplained_bytes;
	bool stale = row->gpu->stale;
	int left = count_processes(row) + num_known(unexplained);
	draw_process_title(c, rect_cut_top(&r, 1));
	for (guint i = 0; guest && guest->procs && i < guest->procs->len && (r.h > 1 || left == 1); i++) {
		const struct proc_row *p = guest->procs->pdata[i];
		const struct proc_gpu *g = on_gpu(p, row->gpu->row->id);
		char pid[24], owner[160];
		if (!g)
			continue;
		belongs_to(lab, guest, i, p, owner, sizeof owner);
		g_snprintf(pid, sizeof pid, "%" G_GINT64_FORMAT, (gint64)p->pid);
		draw_process(c, rect_cut_top(&r, 1), p->name, pid, g->vram_bytes, g->busy_pct, owner, stale);
		left--;
	}
	if (r.h > 0 && left == 1 && num_known(unexplained))
		draw_process(c, r, "unexplained", "-", unexplained, num_none(NUM_UNKNOWN), "", stale);
	else if (r.h > 0 && left > 0)
		draw_more_processes(left, unexplained, c, r);
}

struct rect facts_commands(const struct lab_row *row, struct canvas *c, struct rect r)
{
	const GPtrArray *procs = row->guest ? row->guest->procs : NULL;
	bool titled = false;
	for (guint i = 0; procs && i < procs->len && r.h > 1; i++) {
		const struct proc_row *p = procs->pdata[i];
		if (!on_gpu(p, row->gpu->row->id) || !*p->cmdline)
			continue;
		if (!titled) {
			struct rect title = rect_cut_top(&r, 1);
			canvas_text(c, title.x + 3, title.y, -1, ROLE_TITLE, "STARTED AS");
			titled = true;
		}
		struct rect line = rect_cut_top(&r, 1);
		int x = line.x + 3 +
			canvas_printf(c, line.x + 3, line.y, ROLE_DIM, "%-8" G_GINT64_FORMAT, (gint64)p->pid);
		draw_text(c, x, line.y, line.x + line.w - x - 1, ALIGN_LEFT, ROLE_TEXT, p->cmdline);
	}
	if (titled)
		rect_cut_top(&r, MIN(1, r.h));
	return r;
}

/* ---- link and health --------------------------------------------------------------------------------------------- */

static void link_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	struct num gen = lab_row_metric(row, M_PCIE_GEN, NULL),
		   width = lab_row_metric(row, M_PCIE_WIDTH, NULL);
	struct num max_gen = lab_row_metric(row, M_PCIE_MAX_GEN, NULL),
		   max_width = lab_row_metric(row, M_PCIE_MAX_WIDTH, NULL);
	if (!num_known(gen) || !num_known(width))
		return;
	g_string_append_printf(out, "PCIe gen %.0f x%.0f", gen.v, width.v);
	/* x32 exists on no card: it is what the virtual root port of ESXi says */
	if (row->vm && width.v > 16)
		g_string_append(out, ", a placeholder of ESXi");
	else if (num_known(max_gen) && num_known(max_width) && (gen.v < max_gen.v || width.v < max_width.v))
		g_string_append_printf(out, " of gen %.0f x%.0f", max_gen.v, max_width.v);
}

static void counter_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	static const struct {
		int metric;
		const char *format;
	} counters[] = {
		{M_ECC_CORRECTED, "ECC %s corrected"},
		{M_ECC_UNCORRECTED, "%s uncorrected"},
		{M_BAD_PAGES, "bad pages %s"},
		{M_PCIE_REPLAYS, "replays %s"},
	};
	char buf[FORMAT_SIZE];
	for (guint i = 0; i < G_N_ELEMENTS(counters); i++) {
		struct num n = lab_row_metric(row, counters[i].metric, NULL);
		if (n.state == NUM_UNKNOWN)
			continue;
		const char *text = format_num(buf, n, 0, "", false);
		g_auto(GStrv) around = g_strsplit(counters[i].format, "%s", 2);
		format_part(out, "   ", "%s%s%s", around[0], text, around[1]);
	}
}

static void cap_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	struct num cap = lab_row_metric(row, M_POWER_CAP_W, NULL);
	struct num lo = row->gpu->row->limit[LIM_POWER_MIN_W], hi = row->gpu->row->limit[LIM_POWER_MAX_W];
	if (!num_known(cap))
		return;
	g_string_append_printf(out, "power cap %.0f W", cap.v);
	if (num_known(lo) && num_known(hi))
		g_string_append_printf(out, ", range %.0f–%.0f", lo.v, hi.v);
	if (row->gpu->sample && *row->gpu->sample->perf_level)
		g_string_append_printf(out, "   level %s", row->gpu->sample->perf_level);
}

#define FAN_NAME_W 28

static void cooling_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	char buf[FORMAT_SIZE], name[96];
	struct num rpm = lab_row_metric(row, M_FAN_RPM, NULL);
	if (row->gpu->row->passive == TRI_YES)
		g_string_append(out, "fan: none, passive card");
	else if (num_known(rpm))
		g_string_append_printf(out, "fan %s", format_num(buf, rpm, 0, " rpm", false));
	const struct lab_sensor *fan = row->slowest_fan;
	if (!fan || !num_known(fan->value))
		return;
	sensor_name(name, sizeof name, row->host, fan, FAN_NAME_W);
	format_part(out, "; ", "%s %s %s", row->fans ? "cooled by" : "slowest chassis fan:", name,
		    sensor_value(buf, fan));
}

static void voltage_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	static const struct {
		int metric;
		const char *name;
	} rails[] = {{M_TEMP_VRGFX_C, "gfx"}, {M_TEMP_VRSOC_C, "soc"}, {M_TEMP_VRMEM_C, "mem"}};
	for (guint i = 0; i < G_N_ELEMENTS(rails); i++) {
		struct num t = lab_row_metric(row, rails[i].metric, NULL);
		if (num_known(t))
			g_string_append_printf(out, "%s%s %.0f °C", out->len ? "  " : "regulators ",
					       rails[i].name, t.v);
	}
}

static void id_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	const struct gpu_row *g = row->gpu->row;
	if (*g->unique_id)
		g_string_append_printf(out, "unique id %s", g->unique_id);
	if (*g->serial)
		format_part(out, "   ", "serial %s", g->serial);
	if (num_known(g->gpu_instance))
		format_part(out, "   ", "GPU instance %.0f", g->gpu_instance.v);
	if (num_known(g->compute_instance))
		format_part(out, "   ", "compute instance %.0f", g->compute_instance.v);
}

/* What the card is cut into: by name what somebody has, by number what is spare. */
static void parts_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	int spare = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *part = lab->rows->pdata[i];
		if (part->parent == row && lab_row_is_spare(part))
			spare++;
		else if (part->parent == row)
			g_string_append_printf(out, "%s%s", out->len ? ", " : "parts: ", row_part_name(part));
	}
	if (spare)
		g_string_append_printf(out, "%s%d virtual functions that nobody tells of",
				       out->len ? ", " : "parts: ", spare);
}

static void origin_line(const struct lab_row *row, const struct lab *lab, GString *out)
{
	const char *junction = row->gpu->row->origin[M_TEMP_JUNCTION_C],
		   *power = row->gpu->row->origin[M_POWER_W];
	const char *temp = *junction ? junction : row->gpu->row->origin[M_TEMP_EDGE_C];
	if (*temp)
		g_string_append_printf(out, "temperatures from %s", temp);
	if (*power)
		format_part(out, ", ", "power from %s", power);
}

void facts_health(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	static void (*const lines[])(const struct lab_row *, const struct lab *,
				     GString *) = {parts_line,   link_line,    counter_line, cap_line,
						   cooling_line, voltage_line, id_line,      origin_line};
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, "LINK AND HEALTH");
	rect_cut_top(&r, 1);
	for (guint i = 0; i < G_N_ELEMENTS(lines) && r.h > 0; i++) {
		g_autoptr(GString) line = g_string_new(NULL);
		lines[i](row, lab, line);
		if (!line->len)
			continue;
		draw_text(c, r.x + 1, r.y, r.w - 1, ALIGN_LEFT, ROLE_TEXT, line->str);
		rect_cut_top(&r, 1);
	}
}
