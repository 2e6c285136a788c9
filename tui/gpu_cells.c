/* gpu_cells.c - one function a column over the joined rows. Unknown stays "-"; a mark or a word carries every state. */
#include "config.h"

#include "tui/gpu_cells.h"

#include "lab/heat.h"
#include "lab/sensor.h"
#include "tui/format.h"
#include "tui/gpu_words.h"
#include "tui/sensor_words.h"
#include "tui/table_cell.h"

#include <string.h>

static const struct lab_row *item(const struct table_row *row)
{
	return row->item;
}

/* ---- what a row knows ---------------------------------------------------------------------------------------- */

static struct num row_limit(const struct lab_row *r, int limit)
{
	return r->gpu ? r->gpu->row->limit[limit] : num_none(NUM_UNKNOWN);
}

enum role temp_role(const struct lab *lab, struct num temp, struct num limit)
{
	if (!num_known(temp))
		return ROLE_TEXT;
	if (num_known(limit) && temp.v >= limit.v - 5)
		return ROLE_CRIT;
	return temp.v >= lab->warn_c ? ROLE_WARN : ROLE_TEXT;
}

/* ---- cells --------------------------------------------------------------------------------------------------- */

static void metric_cell(const struct lab_row *r, int metric, int decimals, const char *unit,
			struct table_cell *out)
{
	table_cell_num(out, lab_row_metric(r, metric, NULL), decimals, unit, lab_row_stale(r));
}

static void temp_cell(const struct lab *lab, const struct lab_row *r, int metric, int limit,
		      struct table_cell *out)
{
	metric_cell(r, metric, 0, "°C", out);
	if (out->role == ROLE_TEXT)
		out->role = temp_role(lab, lab_row_metric(r, metric, NULL), row_limit(r, limit));
}

void cell_gpu(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	if (row->counts)
		g_snprintf(out->text, sizeof out->text, "└ %d VFs", row->counts);
	else if (r->parent)
		g_snprintf(out->text, sizeof out->text, "└ %s", row_part_name(r));
	else
		g_snprintf(out->text, sizeof out->text, "%-4s %s", r->label, row_address(r));
}

void cell_vm(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	const char *name = r->vm ? r->vm->shown : r->guest ? r->guest->ref.source : NULL;
	bool shares = r->device && ((r->device->graphics && r->device->graphics != GRAPHICS_DIRECT) ||
				    r->device->sriov_active == TRI_YES);
	if (!name && shares)
		name = "the host"; /* its driver has it; VMs have parts */
	else if (!name && r->device && !r->host->row->is_local && r->device->pt_state != PT_UNAVAILABLE)
		name = "nobody";
	table_cell_text(out, r->vm || r->guest ? ROLE_TEXT : ROLE_DIM, name);
}

void cell_junction(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	enum role role;
	if (row->counts) {
		gsize mark = g_strlcpy(out->text, row_sentence_mark(r), sizeof out->text);
		row_spares_sentence(lab, r->parent, out->text + mark, sizeof out->text - mark);
		out->role = ROLE_DIM;
		out->span = true;
		return;
	}
	const char *sentence = row_sentence(r, &role);
	if (sentence) {
		g_snprintf(out->text, sizeof out->text, "%s%s", row_sentence_mark(r), sentence);
		out->role = role;
		out->span = true;
		return;
	}
	enum metric heat = row_heat_metric(r);
	temp_cell(lab, r, heat, heat == M_TEMP_JUNCTION_C ? LIM_TEMP_JUNCTION_CRIT_C : LIM_TEMP_EDGE_CRIT_C,
		  out);
}

void cell_mem_temp(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	temp_cell(lab, item(row), M_TEMP_MEM_C, LIM_TEMP_MEM_CRIT_C, out);
}

void cell_edge(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	temp_cell(lab, item(row), M_TEMP_EDGE_C, LIM_TEMP_EDGE_CRIT_C, out);
}

void cell_sclk(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	metric_cell(item(row), M_SCLK_MHZ, 0, "", out);
}

void cell_mclk(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	metric_cell(item(row), M_MCLK_MHZ, 0, "", out);
}

void cell_power(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	metric_cell(item(row), M_POWER_W, 0, " W", out);
}

void cell_vram(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	const struct lab_row *r = item(row);
	struct num used = lab_row_metric(r, M_VRAM_USED_BYTES, NULL),
		   total = lab_row_metric(r, M_VRAM_TOTAL_BYTES, NULL);
	bool stale = lab_row_stale(r);
	g_snprintf(out->text, sizeof out->text, "%s%s", stale && num_known(used) ? "~" : "",
		   format_used_of(buf, used, total));
	out->role = format_num_role(used, stale, ROLE_TEXT);
	out->bar_width = 4;
	out->bar_text = 7;
	if (num_known(used) && num_known(total) && total.v > 0) {
		out->bar = used.v / total.v;
		out->bar_role = stale ? ROLE_STALE : ROLE_BAR;
		out->sort = used.v;
	}
}

void cell_busy(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	metric_cell(item(row), M_BUSY_PCT, 0, "%", out);
}

void cell_mem_busy(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	metric_cell(item(row), M_MEM_BUSY_PCT, 0, "%", out);
}

void cell_throttle(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	static const enum role roles[] = {ROLE_CRIT, ROLE_WARN, ROLE_INFO, ROLE_INFO};
	const struct lab_row *r = item(row);
	unsigned set = heat_slowed(r->gpu);
	if (set & THROTTLE_UNKNOWN) {
		table_cell_text(out, ROLE_DIM, NULL);
		return;
	}
	out->sort = set;
	g_strlcpy(out->text, "no", sizeof out->text);
	for (unsigned i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (!(set & (1u << i)))
			continue;
		out->role = roles[i];
		g_strlcpy(out->text, throttle_names[i], sizeof out->text);
		return;
	}
}

/* The row before or after r in the lab's own order, or NULL. */
static const struct lab_row *neighbour(const struct lab *lab, const struct lab_row *r, int step)
{
	guint at;
	if (!g_ptr_array_find(lab->rows, r, &at) || (step < 0 && at == 0) ||
	    at + (guint)step >= lab->rows->len)
		return NULL;
	return lab->rows->pdata[at + (guint)step];
}

static const struct lab_placed *placed(const struct lab_row *r, guint i)
{
	return r && r->placed && i < r->placed->len ? &g_array_index(r->placed, struct lab_placed, i) : NULL;
}

/* An engine's process whose model is not known goes by the engine's name. */
static const char *model_name(const struct lab_placed *p)
{
	return p->model ? p->model->name : p->engine->ref.id;
}

static bool same_lead(const struct lab_row *a, const struct lab_row *b)
{
	const struct lab_placed *x = placed(a, 0), *y = placed(b, 0);
	return x && y && x->engine == y->engine && strcmp(model_name(x), model_name(y)) == 0;
}

/* A job (a long process of no engine) that holds memory of the card, or NULL. */
static const struct lab_job *job_on(const struct lab *lab, const struct lab_row *r)
{
	for (guint i = 0; r->gpu && i < lab->jobs->len; i++) {
		const struct lab_job *job = lab->jobs->pdata[i];
		for (int k = 0; job->guest == r->guest && k < job->proc->n_gpus; k++)
			if (strcmp(job->proc->gpus[k].gpu, r->gpu->row->id) == 0)
				return job;
	}
	return NULL;
}

/* A model that is split over cards is named once; its other cards hang on it by a line. */
void cell_model(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	const struct lab_placed *lead = placed(r, 0), *second = placed(r, 1);
	const struct lab_row *above = neighbour(lab, r, -1), *below = neighbour(lab, r, 1);
	const char *profile = r->vm_device && *r->vm_device->profile ? r->vm_device->profile : NULL;

	if (!lead) {
		const struct lab_job *job = job_on(lab, r);
		g_snprintf(out->text, sizeof out->text, "%s%s",
			   job       ? "job "
			   : profile ? "profile "
				     : "-",
			   job       ? job->proc->name
			   : profile ? profile
				     : "");
		out->role = ROLE_DIM;
		return;
	}
	if (same_lead(above, r)) {
		g_strlcpy(out->text, same_lead(r, below) ? "├" : "└", sizeof out->text);
		out->role = ROLE_DIM;
		if (second && !same_lead(neighbour(lab, above, -1), above))
			g_snprintf(out->text, sizeof out->text, "%s +%s", same_lead(r, below) ? "├" : "└",
				   model_name(second));
		return;
	}
	g_snprintf(out->text, sizeof out->text, "%s%s", lead->estimated ? "~" : "", model_name(lead));
	if (second && !same_lead(r, below)) {
		g_autofree char *more = g_strdup_printf("%s +%u", out->text, r->placed->len - 1);
		g_strlcpy(out->text, more, sizeof out->text);
	}
	if (lab_row_stale(r))
		out->role = ROLE_STALE;
}

/* An engine's rate stands at its first card. */
void cell_tokens(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	const struct lab_row *r = item(row), *above = neighbour(lab, r, -1);
	if (!r->engine || (above && above->engine == r->engine))
		return;
	struct num n = r->engine->row->tokens_per_second;
	bool mark = r->engine->stale || r->engine->row->tokens_estimated;
	table_cell_value(out, n, r->engine->stale, format_num(buf, n, 1, "", mark));
}

void cell_fan(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	const struct lab_row *r = item(row);
	const struct lab_sensor *fan = r->slowest_fan;
	if (!fan) {
		table_cell_text(out, ROLE_DIM, NULL);
		return;
	}
	bool own = r->fans != NULL;
	g_snprintf(out->text, sizeof out->text, "%s%s", sensor_speed(buf, fan, false), own ? "" : " host");
	out->role = r->host && fan_is_slow(r->host, fan) ? ROLE_WARN : own ? ROLE_TEXT : ROLE_DIM;
	if (num_known(fan->value))
		out->sort = fan->value.v;
}

void cell_link(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	struct num gen = lab_row_metric(r, M_PCIE_GEN, NULL), width = lab_row_metric(r, M_PCIE_WIDTH, NULL);
	if (num_known(gen) && num_known(width))
		g_snprintf(out->text, sizeof out->text, "gen %.0f x%.0f", gen.v, width.v);
	else
		table_cell_text(out, ROLE_DIM, NULL);
}

void cell_guest_gpu(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	table_cell_text(out, ROLE_TEXT, r->gpu ? format_bdf(r->gpu->row->bdf) : NULL);
}

void cell_match(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = item(row);
	table_cell_text(out, r->match == MATCH_SLOT ? ROLE_TEXT : ROLE_INFO,
			r->match == MATCH_NONE ? NULL : row_match_names[r->match]);
}

void cell_owner(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->owner, sizeof out->text);
	out->role = ROLE_DIM;
}
