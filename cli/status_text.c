/* status_text.c - plain tables of the lab. What is not known is "-", what is old has "~" before it. */
#include "config.h"
#include "cli/status_text.h"

#include "cli/print.h"
#include "lab/heat.h"
#include "tui/format.h"

#include <string.h>

static const char *dash(const char *text)
{
	return text && *text ? text : "-";
}

static void add_num(struct sheet *s, struct num n, int decimals, const char *unit, bool stale)
{
	char buf[FORMAT_SIZE];
	sheet_add(s, format_num(buf, n, decimals, unit, stale));
}

/* A part of the status: an empty line, then its table; nothing of both when there is nothing to say. */
static void print_part(struct sheet *take_sheet, FILE *to, const char *empty_text)
{
	if (!sheet_is_empty(take_sheet) || empty_text)
		fputs("\n", to);
	sheet_print(take_sheet, to, empty_text);
}

/* ---- sources ---------------------------------------------------------------------------------------------------- */

static void print_sources(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"SOURCE", "KIND", "STATE", ">AGE", "", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *source = lab->sources->pdata[i];
		char age[FORMAT_SIZE];
		sheet_add(s, source->name);
		sheet_add(s, target_kind_names[source->kind]);
		sheet_add(s, source_state_names[source->state]);
		sheet_add(s, format_age(age, source->age_ms));
		sheet_addf(s, "%s%s", source->reason && *source->reason ? source->reason : source->detail,
			   source->insecure ? " (certificate not checked)" : "");
	}
	print_part(s, to, "No sources.");
}

/* ---- rows: host, VM, guest, GPU, model -------------------------------------------------------------------------- */

static char *models_of(const struct lab_row *row)
{
	g_autoptr(GString) out = g_string_new(NULL);
	for (guint i = 0; row->placed && i < row->placed->len; i++) {
		const struct lab_placed *p = &g_array_index(row->placed, struct lab_placed, i);
		g_string_append_printf(out, "%s%s%s", i ? " + " : "", p->estimated ? "~" : "",
				       p->model ? p->model->name : p->engine->row->source);
	}
	return g_strdup(out->len ? out->str : "-");
}

static char *throttle_of(const struct lab_gpu *gpu)
{
	g_autoptr(GString) out = g_string_new(NULL);
	unsigned set = heat_slowed(gpu);
	if (set & THROTTLE_UNKNOWN)
		return g_strdup("-");
	for (int i = 0; i < (int)G_N_ELEMENTS(throttle_names); i++)
		if (set & (1u << i))
			format_part(out, ",", "%s", throttle_names[i]);
	return g_strdup(out->len ? out->str : "no");
}

static void add_vram(struct sheet *s, struct num used, struct num total, bool stale)
{
	char buf[FORMAT_SIZE];
	sheet_addf(s, "%s%s", stale && num_known(used) ? "~" : "", format_used_of(buf, used, total));
}

static void add_row(struct sheet *s, const struct lab_row *row)
{
	bool stale = lab_row_stale(row);
	g_autofree char *models = models_of(row), *throttle = throttle_of(row->gpu);
	sheet_add(s, row->host ? row->host->shown : "-");
	sheet_addf(s, "%s%s", row->parent ? "  " : "", dash(row->label));
	sheet_add(s, row->device ? format_bdf(row->device->bdf) : "-");
	sheet_add(s, row->vm ? row->vm->shown : row->guest ? row->guest->row->hostname : "-");
	sheet_add(s, row->gpu ? format_bdf(row->gpu->row->bdf) : "-");
	sheet_add(s, row_match_names[row->match]);
	add_num(s, lab_row_temp(row), 0, "°C", stale);
	add_num(s, lab_row_metric(row, M_TEMP_MEM_C, NULL), 0, "°C", stale);
	add_num(s, lab_row_metric(row, M_POWER_W, NULL), 0, " W", stale);
	add_vram(s, lab_row_metric(row, M_VRAM_USED_BYTES, NULL),
		 lab_row_metric(row, M_VRAM_TOTAL_BYTES, NULL), stale);
	add_num(s, lab_row_metric(row, M_BUSY_PCT, NULL), 0, "%", stale);
	sheet_add(s, throttle);
	sheet_add(s, models);
}

/* The functions of a card that nobody has: --json names each. */
static void add_spares(struct sheet *s, const struct lab_row *card, int n)
{
	sheet_add(s, card->host->shown);
	sheet_addf(s, "  %d VFs", n);
	for (int i = 0; i < 11; i++)
		sheet_add(s, "-");
}

static void print_rows(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"HOST", "CARD",   "PCI",   "VM",    "IN GUEST", "MATCH", ">TEMP",
					     ">MEM", ">POWER", ">VRAM", ">BUSY", "SLOWED",   "MODEL", NULL};
	struct sheet *s = sheet_new(titles);
	int folded = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (!row->parent)
			folded = lab_spares_to_fold(lab, i);
		if (!row->parent || folded == 0 || !lab_row_is_spare(row))
			add_row(s, row);
		if (!row->parent && folded > 0)
			add_spares(s, row, folded);
	}
	print_part(s, to, "No GPUs.");
}

/* ---- GPUs of guests --------------------------------------------------------------------------------------------- */

static struct num metric_of(const struct lab_gpu *gpu, enum metric m)
{
	return gpu->sample ? gpu->sample->metric[m] : num_none(NUM_UNKNOWN);
}

static void add_gpu(struct sheet *s, const struct lab_gpu *gpu)
{
	static const struct {
		enum metric metric;
		const char *unit;
	} columns[] = {
		{M_TEMP_EDGE_C, "°C"}, {M_TEMP_JUNCTION_C, "°C"}, {M_TEMP_MEM_C, "°C"},
		{M_POWER_W, " W"},     {M_SCLK_MHZ, " MHz"},      {M_MCLK_MHZ, " MHz"},
	};
	g_autofree char *throttle = throttle_of(gpu);
	sheet_add(s, gpu->guest->ref.source);
	sheet_add(s, format_bdf(gpu->row->bdf));
	sheet_add(s, dash(gpu->row->name));
	/* what was true when it last spoke is not true now */
	sheet_add(s, gpu->stale ? "stale" : gpu->sample ? dash(gpu_state_names[gpu->sample->state]) : "-");
	for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
		add_num(s, metric_of(gpu, columns[i].metric), 0, columns[i].unit, gpu->stale);
	add_vram(s, metric_of(gpu, M_VRAM_USED_BYTES), metric_of(gpu, M_VRAM_TOTAL_BYTES), gpu->stale);
	add_num(s, metric_of(gpu, M_BUSY_PCT), 0, "%", gpu->stale);
	sheet_add(s, throttle);
}

/* Why cards may be missing from the list. */
static void print_troubles(const struct lab_guest *g, FILE *to)
{
	for (int i = 0; i < g->row->n_libraries; i++)
		if (library_trouble(&g->row->libraries[i]))
			fprintf(to, "%s: %s\n", g->row->libraries[i].name,
				library_trouble(&g->row->libraries[i]));
}

void status_text_gpus(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"GUEST",     "PCI",   "NAME",   "STATE", ">EDGE",
					     ">JUNCTION", ">MEM",  ">POWER", ">SCLK", ">MCLK",
					     ">VRAM",     ">BUSY", "SLOWED", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->gpus->len; i++)
		add_gpu(s, lab->gpus->pdata[i]);
	sheet_print(s, to, "No GPU that this machine's drivers tell of.");
	for (guint i = 0; i < lab->guests->len; i++)
		print_troubles(lab->guests->pdata[i], to);
}

/* ---- engines ---------------------------------------------------------------------------------------------------- */

static void print_engines(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"ENGINE",  "KIND",   "VERSION",  "STATE",  "GUEST", ">LOADED",
					     ">MODELS", ">TOK/S", ">RUNNING", ">QUEUE", ">KV",   NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		int loaded = 0;
		for (int k = 0; k < e->row->n_models; k++)
			loaded += e->row->models[k].loaded == TRI_YES;
		sheet_add(s, e->row->source);
		sheet_add(s, dash(engine_kind_names[e->row->kind]));
		sheet_add(s, dash(e->row->version));
		sheet_add(s, dash(engine_state_names[e->row->state]));
		sheet_add(s, e->guest ? e->guest->ref.source : "-");
		sheet_addf(s, "%d", loaded);
		sheet_addf(s, "%d", e->row->n_models);
		add_num(s, e->row->tokens_per_second, 1, "", e->stale || e->row->tokens_estimated);
		add_num(s, e->row->running, 0, "", e->stale);
		add_num(s, e->row->queue, 0, "", e->stale);
		add_num(s, e->row->kv_used_pct, 0, "%", e->stale || e->row->kv_estimated);
	}
	print_part(s, to, NULL);
}

/* Where a loaded model lies, from what is in VRAM of all it takes. */
static char *where(const struct model_row *m)
{
	if (!num_known(m->vram_bytes) || !num_known(m->mem_bytes) || m->mem_bytes.v <= 0)
		return g_strdup("-");
	int share = (int)(m->vram_bytes.v / m->mem_bytes.v * 100 + 0.5);
	if (share >= 100)
		return g_strdup("GPU");
	return share <= 0 ? g_strdup("CPU") : g_strdup_printf("GPU %d%% CPU %d%%", share, 100 - share);
}

static void add_model(struct sheet *s, const struct lab_engine *e, const struct model_row *m,
		      int64_t now_wall_ms)
{
	char buf[FORMAT_SIZE];
	g_autofree char *place = m->loaded == TRI_YES ? where(m) : g_strdup("");
	sheet_add(s, e->row->source);
	sheet_add(s, m->name);
	sheet_add(s, dash(model_state_names[m->state]));
	sheet_add(s, format_bytes(buf, m->size_bytes));
	sheet_add(s, format_bytes(buf, m->vram_bytes));
	sheet_add(s, place);
	add_num(s, m->context, 0, "", false);
	sheet_add(s, dash(m->quant));
	if (m->expires_ms == INT64_MAX)
		sheet_add(s, "never");
	else
		sheet_add(s, m->expires_ms ? format_age(buf, m->expires_ms - now_wall_ms) : "-");
}

void status_text_models(const struct lab *lab, const char *engine, bool only_loaded, FILE *to)
{
	static const char *const titles[] = {"ENGINE", "MODEL",    "STATE", ">SIZE",    ">VRAM",
					     "WHERE",  ">CONTEXT", "QUANT", ">UNLOADS", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		if (engine && !g_str_equal(e->row->source, engine))
			continue;
		for (int k = 0; k < e->row->n_models; k++)
			if (!only_loaded || e->row->models[k].loaded == TRI_YES)
				add_model(s, e, &e->row->models[k], lab->now_wall_ms);
	}
	sheet_print(s, to, only_loaded ? "No model is loaded." : "No models.");
}

/* ---- hosts, VMs, findings --------------------------------------------------------------------------------------- */

static void print_hosts(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"HOST",   "PRODUCT", "VERSION", "STATE",
					     ">NODES", ">MEMORY", ">PCI",    NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		char buf[FORMAT_SIZE];
		sheet_add(s, h->shown);
		sheet_add(s, dash(h->row->product));
		sheet_add(s, dash(h->row->version));
		sheet_addf(s, "%s%s", h->stale ? "~" : "", dash(host_state_names[h->row->state]));
		if (h->row->n_nodes)
			sheet_addf(s, "%d", h->row->n_nodes);
		else
			sheet_add(s, "-");
		sheet_add(s, format_bytes(buf, h->row->mem_bytes));
		sheet_addf(s, "%d", h->row->n_pci);
	}
	print_part(s, to, NULL);
}

static void print_vms(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"VM",        "HOST",     "POWER",      ">VCPUS", ">MEMORY",
					     ">RESERVED", "FIRMWARE", ">SNAPSHOTS", ">CARDS", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *v = lab->vms->pdata[i];
		struct num memory = v->row->memory_mb, reserved = v->row->memory_reserved_mb;
		char buf[FORMAT_SIZE];
		memory.v *= 1048576;
		reserved.v *= 1048576;
		sheet_add(s, v->shown);
		sheet_add(s, v->host ? v->host->shown : "-");
		bool reached = vm_is_in_reach(v->row);
		sheet_addf(s, "%s%s%s%s", v->stale || !reached ? "~" : "",
			   dash(vm_power_names[v->row->power]), reached ? "" : ", ",
			   reached ? "" : vm_connection_names[v->row->connection]);
		add_num(s, v->row->vcpus, 0, "", false);
		sheet_add(s, format_bytes(buf, memory));
		sheet_add(s, format_bytes(buf, reserved));
		sheet_add(s, dash(vm_firmware_names[v->row->firmware]));
		add_num(s, v->row->snapshots, 0, "", false);
		sheet_addf(s, "%d", v->row->n_devices);
	}
	print_part(s, to, NULL);
}

static void print_findings(const struct lab *lab, FILE *to)
{
	static const char *const titles[] = {"FINDING", "WHERE", "WHAT", NULL};
	struct sheet *s = sheet_new(titles);
	for (guint i = 0; i < lab->findings->len; i++) {
		const struct finding *f = lab->findings->pdata[i];
		sheet_add(s, f->unknown ? "unknown" : severity_names[f->severity]);
		sheet_add(s, dash(f->subject_text));
		sheet_add(s, dash(f->text));
	}
	print_part(s, to, NULL);
}

void status_text(const struct lab *lab, FILE *to)
{
	void (*const parts[])(const struct lab *, FILE *) = {print_sources, print_rows,  print_engines,
							     print_vms,     print_hosts, print_findings};
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(lab->now_wall_ms / 1000);
	g_autofree char *when = g_date_time_format(at, "%Y-%m-%d %H:%M:%S UTC");
	fprintf(to, "%s%s, %s\n", lab->name, lab->demo ? " (DEMO)" : "", when);
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		parts[i](lab, to);
}
