/* lab.c - the model's life: made, told the time, settled, asked, freed. What is folded in: fold.c. */
#include "config.h"
#include "lab/lab.h"

#include "lab/backing.h"
#include "lab/index.h"
#include "lab/private.h"
#include "lab/problem.h"
#include "lab/runs.h"
#include "lab/text.h"
#include "lab/trend.h"

#include <string.h>

#define LOG_LINES 1000

const char *const row_match_names[4] = {"none", "slot", "order", "guess"};
const char *const guest_match_names[7] = {"none", "configured", "uuid",     "uuid (swapped)",
					  "mac",  "ip",         "host name"};
const char *const severity_names[5] = {NULL, "info", "advice", "warn", "block"};

/* ---- references -------------------------------------------------------------------------------------------------- */

struct ref ref_make(enum thing kind, const char *source, const char *id, const char *sub)
{
	struct ref ref = {.kind = kind};
	text_copy(ref.source, source ? source : "", sizeof ref.source);
	text_copy(ref.id, id ? id : "", sizeof ref.id);
	text_copy(ref.sub, sub ? sub : "", sizeof ref.sub);
	return ref;
}

bool ref_equal(const struct ref *a, const struct ref *b)
{
	return a->kind == b->kind && strcmp(a->id, b->id) == 0 && strcmp(a->sub, b->sub) == 0 &&
	       strcmp(a->source, b->source) == 0;
}

gboolean ref_same(gconstpointer a, gconstpointer b)
{
	return ref_equal(a, b);
}

int ref_by_source(gconstpointer a, gconstpointer b)
{
	const struct ref *x = *(struct ref *const *)a, *y = *(struct ref *const *)b;
	return strcmp(x->source, y->source);
}

guint ref_hash(gconstpointer key)
{
	const struct ref *r = key;
	return g_str_hash(r->id) ^ (g_str_hash(r->source) << 1) ^ g_str_hash(r->sub) * 31 ^ (guint)r->kind;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void free_box(gpointer box)
{
	box_unref(box);
}

static void free_note(gpointer p)
{
	struct card_note *note = p;
	g_free(note->host);
	g_free(note->bdf);
	g_strfreev(note->fans);
	g_free(note->owner);
	g_free(note->note);
	g_free(note);
}

static void free_log_line(gpointer p)
{
	struct log_line *line = p;
	g_free((char *)line->source);
	g_free((char *)line->text);
	g_free(line);
}

#define FREE_AS(name, type, free_it) \
	static void name(gpointer p) \
	{                            \
		free_it((type *)p);  \
	}
FREE_AS(free_finding, struct finding, finding_free)
FREE_AS(free_source, struct source, source_free)
FREE_AS(free_host, struct host_thing, host_thing_free)
FREE_AS(free_vm, struct vm_thing, vm_thing_free)
FREE_AS(free_guest, struct guest_thing, guest_thing_free)
FREE_AS(free_gpu, struct gpu_thing, gpu_thing_free)
FREE_AS(free_sensor, struct lab_sensor, sensor_free)
FREE_AS(free_store, struct lab_store, store_free)
FREE_AS(free_row, struct lab_row, table_free_row)
FREE_AS(free_run, struct run, run_free)
FREE_AS(free_request, struct request, request_free)

static void free_engine(gpointer p)
{
	struct engine_thing *e = p;
	box_unref(e->box);
	ring_clear(&e->pub.tokens);
	g_free(e);
}

static struct lab_private *private_new(void)
{
	struct lab_private *p = g_new0(struct lab_private, 1);
	p->queue = g_ptr_array_new();
	p->dead_boxes = g_ptr_array_new_with_free_func(free_box);
	p->dead_hosts = g_ptr_array_new_with_free_func(free_host);
	p->dead_vms = g_ptr_array_new_with_free_func(free_vm);
	p->dead_gpus = g_ptr_array_new_with_free_func(free_gpu);
	p->dead_sensors = g_ptr_array_new_with_free_func(free_sensor);
	p->refs = g_hash_table_new(ref_hash, ref_same);
	p->hosts_by_key = index_new();
	p->vms_by_instance = index_new();
	p->vms_by_uuid = index_new();
	p->vms_by_mac = index_new();
	p->vms_by_ip = index_new();
	p->vms_by_name = index_new();
	p->gpu_vms = g_hash_table_new(NULL, NULL);
	p->by_process = g_hash_table_new(NULL, NULL);
	p->notes = g_ptr_array_new_with_free_func(free_note);
	p->match_problems = g_ptr_array_new_with_free_func(free_finding);
	p->join_problems = g_ptr_array_new_with_free_func(free_finding);
	p->since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	p->wanted = g_ptr_array_new();
	p->words = g_string_chunk_new(1024);
	return p;
}

struct lab *lab_new(const char *name, bool demo)
{
	struct lab *lab = g_new0(struct lab, 1);
	lab->name = g_strdup(name ? name : "");
	lab->demo = demo;
	lab->warn_c = THERMAL_WARN_C;
	lab->hold_ms = THERMAL_HOLD_MS;
	lab->sources = g_ptr_array_new_with_free_func(free_source);
	lab->hosts = g_ptr_array_new_with_free_func(free_host);
	lab->vms = g_ptr_array_new_with_free_func(free_vm);
	lab->guests = g_ptr_array_new_with_free_func(free_guest);
	lab->gpus = g_ptr_array_new();
	lab->engines = g_ptr_array_new_with_free_func(free_engine);
	lab->rows = g_ptr_array_new_with_free_func(free_row);
	lab->datastores = g_ptr_array_new_with_free_func(free_store);
	lab->tasks = g_ptr_array_new();
	lab->events = g_ptr_array_new();
	lab->tasks_told = lab->events_told = true; /* there is nobody who could have some */
	lab->jobs = g_ptr_array_new_with_free_func(g_free);
	lab->findings = g_ptr_array_new_with_free_func(free_finding);
	lab->runs = g_ptr_array_new_with_free_func(free_run);
	lab->log = g_ptr_array_new_with_free_func(free_log_line);
	lab->p = private_new();
	return lab;
}

static void private_free(struct lab_private *p)
{
	GHashTable *tables[] = {p->refs,       p->hosts_by_key, p->vms_by_instance, p->vms_by_uuid,
				p->vms_by_mac, p->vms_by_ip,    p->vms_by_name,     p->gpu_vms,
				p->since,      p->by_process};
	GPtrArray *arrays[] = {p->queue,    p->dead_boxes,     p->dead_hosts,
			       p->dead_vms, p->dead_gpus,      p->dead_sensors,
			       p->notes,    p->match_problems, p->join_problems};
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		g_hash_table_destroy(tables[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_ptr_array_unref(arrays[i]);
	g_ptr_array_set_free_func(p->wanted, free_request);
	g_ptr_array_unref(p->wanted);
	g_string_chunk_free(p->words);
	g_free(p);
}

void lab_free(struct lab *lab)
{
	if (!lab)
		return;
	GPtrArray *arrays[] = {lab->rows,    lab->jobs,       lab->findings, lab->gpus,   lab->guests,
			       lab->engines, lab->vms,        lab->hosts,    lab->log,    lab->tasks,
			       lab->events,  lab->datastores, lab->runs,     lab->sources};
	for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_ptr_array_unref(arrays[i]);
	private_free(lab->p);
	g_free(lab->name);
	g_free(lab);
}

const struct lab_work *lab_work(const struct lab *lab)
{
	return &lab->p->work;
}

struct box *lab_hold(struct box *row_box, const struct obs *obs)
{
	return box_ref(row_box ? row_box : obs->box);
}

void lab_bury_box(struct lab *lab, struct box *take_box)
{
	if (take_box)
		g_ptr_array_add(lab->p->dead_boxes, take_box);
}

/* ---- what the configuration says --------------------------------------------------------------------------------- */

/* "ops@llm-1" and "ssh://ops@llm-1:2222" lead to llm-1. */
static char *ssh_host(const char *ssh)
{
	if (!ssh)
		return NULL;
	const char *scheme = strstr(ssh, "://"), *host = scheme ? scheme + 3 : ssh, *at = strrchr(host, '@');
	host = at ? at + 1 : host;
	size_t n = *host == '[' ? strcspn(++host, "]") : strcspn(host, scheme ? ":/" : "/");
	return g_strndup(host, n);
}

void lab_add_target(struct lab *lab, const struct target *t)
{
	struct source *src = source_get(lab, t->kind, t->name);
	src->pub.named = t->named;
	g_free(src->vm);
	g_free(src->host);
	src->vm = g_strdup(target_get(t, "vm"));
	src->host = t->kind == TARGET_GUEST ? ssh_host(target_get(t, "ssh")) : NULL;
	lab->p->dirty |= DIRTY_TASKS; /* it has told none */
	lab->version++;
}

void lab_set_thermal(struct lab *lab, double warn_c, int64_t hold_ms)
{
	lab->warn_c = warn_c;
	lab->hold_ms = hold_ms;
}

void lab_add_card_note(struct lab *lab, struct card_note *take_note)
{
	g_ptr_array_add(lab->p->notes, take_note);
	lab->p->dirty |= DIRTY_JOIN;
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

/* What guests and engines told grows old with the clock and with their sources. */
static void tick_told(struct lab *lab)
{
	for (guint i = 0; i < lab->guests->len; i++)
		guest_tick(lab, lab->guests->pdata[i]);
	for (guint i = 0; i < lab->engines->len; i++) {
		struct engine_thing *e = lab->engines->pdata[i];
		e->pub.stale = !source_live(e->src);
	}
}

void lab_set_time(struct lab *lab, int64_t now_ns, int64_t now_wall_ms)
{
	if (now_ns / NS_PER_S != lab->now_ns / NS_PER_S) {
		lab->version++; /* clocks and ages are shown in seconds */
		lab->p->dirty |= DIRTY_CLOCK;
	}
	lab->now_ns = now_ns;
	lab->now_wall_ms = now_wall_ms;
	for (guint i = 0; i < lab->sources->len; i++)
		source_tick(lab, lab->sources->pdata[i]);
	tick_told(lab);
}

/* ---- settling ---------------------------------------------------------------------------------------------------- */

static int newest_task(gconstpointer a, gconstpointer b)
{
	const struct task_row *x = *(struct task_row *const *)a, *y = *(struct task_row *const *)b;
	return (y->start_ms > x->start_ms) - (y->start_ms < x->start_ms);
}

static int newest_event(gconstpointer a, gconstpointer b)
{
	const struct event_row *x = *(struct event_row *const *)a, *y = *(struct event_row *const *)b;
	return (y->when_ms > x->when_ms) - (y->when_ms < x->when_ms);
}

static void gather_tasks(struct lab *lab)
{
	g_ptr_array_set_size(lab->tasks, 0);
	g_ptr_array_set_size(lab->events, 0);
	lab->tasks_told = lab->events_told = true;
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct source *src = lab->sources->pdata[i];
		const struct obs_tasks *told = src->tasks;
		if (src->pub.kind == TARGET_VSPHERE) {
			lab->tasks_told &= told && told->has_tasks;
			lab->events_told &= told && told->has_events;
		}
		for (int k = 0; told && k < told->n_tasks; k++)
			g_ptr_array_add(lab->tasks, &told->tasks[k]);
		for (int k = 0; told && k < told->n_events; k++)
			g_ptr_array_add(lab->events, &told->events[k]);
	}
	g_ptr_array_sort(lab->tasks, newest_task);
	g_ptr_array_sort(lab->events, newest_event);
}

static void empty_graves(struct lab_private *p)
{
	g_ptr_array_set_size(p->dead_gpus, 0);
	g_ptr_array_set_size(p->dead_vms, 0);
	g_ptr_array_set_size(p->dead_hosts, 0);
	g_ptr_array_set_size(p->dead_sensors, 0);
	g_ptr_array_set_size(p->dead_boxes, 0);
}

static void fit_trends(struct lab *lab)
{
	for (guint i = 0; i < lab->gpus->len; i++) {
		struct gpu_thing *gpu = lab->gpus->pdata[i];
		if (gpu->pub.sample)
			trend_take(gpu, gpu->sample_ns);
	}
}

/* Each step may make the next one necessary, never an earlier one. */
void lab_settle(struct lab *lab)
{
	struct lab_private *p = lab->p;
	if (p->dirty)
		lab->version++;
	if (p->dirty & DIRTY_RECORDS)
		merge_records(lab);
	if (p->dirty & DIRTY_SOURCES) {
		merge_repick(lab);
		tick_told(lab);
	}
	if (p->names_moved)
		names_tell_apart(lab);
	p->names_moved = false;
	if (p->dirty & (DIRTY_JOIN | DIRTY_MATCH)) {
		bool moved = join_guests(lab);
		if (join_engines(lab) || moved)
			p->dirty |= DIRTY_JOIN;
	}
	if (p->dirty & DIRTY_JOIN) {
		table_build(lab);
		p->dirty |= DIRTY_PLACE | DIRTY_FINDINGS;
		p->work.joined++;
	} else if (p->dirty & DIRTY_FANS) {
		table_fans(lab);
	}
	if (p->dirty & DIRTY_PLACE)
		place_models(lab);
	if (p->dirty & (DIRTY_STORES | DIRTY_SOURCES))
		stores_gather(lab);
	if (p->dirty & (DIRTY_TASKS | DIRTY_SOURCES))
		gather_tasks(lab);
	if (p->dirty & DIRTY_TRENDS)
		fit_trends(lab);
	if (p->dirty & (DIRTY_FINDINGS | DIRTY_PLACE | DIRTY_TASKS | DIRTY_CLOCK))
		check_lab(lab, !(p->dirty & (DIRTY_FINDINGS | DIRTY_PLACE | DIRTY_TASKS)));
	p->dirty = 0;
	empty_graves(p);
	runs_advance(lab);
}

/* ---- log --------------------------------------------------------------------------------------------------------- */

/* The same said before, taken out of the log; else a new line. */
static struct log_line *log_line_for(struct lab *lab, int level, const char *source, const char *text)
{
	for (guint i = lab->log->len; i > 0; i--) {
		struct log_line *line = lab->log->pdata[i - 1];
		if (line->level == level && strcmp(line->text, text) == 0 &&
		    strcmp(line->source, source) == 0)
			return g_ptr_array_steal_index(lab->log, i - 1);
	}
	struct log_line *line = g_new0(struct log_line, 1);
	*line = (struct log_line){.level = level, .source = g_strdup(source), .text = g_strdup(text)};
	return line;
}

void lab_log(struct lab *lab, int level, const char *source, const char *text)
{
	g_autofree char *clean_source = text_clean(source, -1), *clean = text_clean(text, -1);
	struct log_line *line = log_line_for(lab, level, clean_source, clean);
	line->wall_ms = lab->now_wall_ms;
	line->times++;
	g_ptr_array_add(lab->log, line);
	if (lab->log->len > LOG_LINES)
		g_ptr_array_remove_index(lab->log, 0);
	lab->version++;
}

/* ---- look-ups ---------------------------------------------------------------------------------------------------- */

const struct lab_source *lab_find_source(const struct lab *lab, enum target_kind kind, const char *name)
{
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		if (s->kind == kind && strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* Every noun begins with its ref. */
static const void *find_ref(const GPtrArray *array, const struct ref *ref)
{
	for (guint i = 0; i < array->len; i++)
		if (ref_equal(array->pdata[i], ref))
			return array->pdata[i];
	return NULL;
}

const struct lab_host *lab_find_host(const struct lab *lab, const struct ref *ref)
{
	return ref->kind == THING_HOST ? g_hash_table_lookup(lab->p->refs, ref) : NULL;
}

const struct lab_vm *lab_find_vm(const struct lab *lab, const struct ref *ref)
{
	return ref->kind == THING_VM ? g_hash_table_lookup(lab->p->refs, ref) : NULL;
}

const struct lab_engine *lab_find_engine(const struct lab *lab, const struct ref *ref)
{
	return find_ref(lab->engines, ref);
}

const struct lab_row *lab_find_row(const struct lab *lab, const struct ref *ref)
{
	return find_ref(lab->rows, ref);
}

const struct pci_row *lab_host_device(const struct lab_host *host, const char *bdf)
{
	return backing_at(host->row, bdf);
}

GHashTable *lab_worst_findings(const struct lab *lab)
{
	GHashTable *worst = g_hash_table_new(ref_hash, ref_same);
	for (guint i = lab->findings->len; i > 0; i--) { /* worst first: they replace the others */
		struct finding *f = lab->findings->pdata[i - 1];
		if (!f->unknown)
			g_hash_table_replace(worst, &f->subject, f);
	}
	return worst;
}

const struct finding *lab_find_finding(const struct lab *lab, const char *id, const struct ref *subject)
{
	for (guint i = 0; i < lab->findings->len; i++) {
		const struct finding *f = lab->findings->pdata[i];
		if (strcmp(f->id, id) == 0 && (!subject || ref_equal(&f->subject, subject)))
			return f;
	}
	return NULL;
}
