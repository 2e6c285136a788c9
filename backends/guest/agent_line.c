/* agent_line.c - see agent_line.h. A guest may be anybody's: every count is capped, every number bounded by its metric's
 * table entry, every text cleaned. Unknown keys are passed over, missing ones are not known.
 */
#include "config.h"

#include "backends/guest/agent_line.h"

#include "backends/json.h"
#include "backends/json_scratch.h"
#include "lab/bdf.h"
#include "lab/text.h"

#include <string.h>

#define GPUS_CAP      64
#define PROCS_CAP     4096
#define MOUNTS_CAP    64
#define LIBRARIES_CAP 16
#define ADDRESSES_CAP 64
#define INSTANCE_MAX  65535                              /* NVIDIA counts its MIG instances to 14 */
#define BYTES_MAX     1125899906842624.0                 /* 1 PiB */
#define CLOCK_MAX     G_GINT64_CONSTANT(253402300799999) /* the year 9999 in ms */

/* ---- small formats ------------------------------------------------------------------------------------------- */

static const char *lower_text(struct box *box, const json_t *object, const char *key)
{
	const char *text = json_text(box, object, key);
	g_autofree char *lower = g_ascii_strdown(text, -1);
	return strcmp(lower, text) == 0 ? text : box_raw(box, lower, -1);
}

/* A command line, without what looks like a secret, whatever the other side did about it. */
static const char *command_text(struct box *box, const json_t *object)
{
	const char *raw = json_raw(object, "cmdline");
	g_autofree char *redacted = raw ? text_redact(raw) : NULL;
	return box_text(box, redacted, -1);
}

static const char *const *lower_texts(struct box *box, const json_t *object, const char *key)
{
	const char **list = (const char **)json_texts(box, object, key, ADDRESSES_CAP);
	for (const char **at = list; at && *at; at++) {
		g_autofree char *lower = g_ascii_strdown(*at, -1);
		*at = box_raw(box, lower, -1);
	}
	return list;
}

/* A whole address, or nothing at all: it is compared, so half of one is worse than none. */
static void read_bdf(const json_t *object, const char *key, char out[BDF_SIZE])
{
	const char *text = json_raw(object, key);
	if (text)
		bdf_parse(text, out);
}

static uint16_t hex_id(const char *text)
{
	char *end;
	guint64 id = text && g_ascii_isxdigit(*text) ? g_ascii_strtoull(text, &end, 16) : 0;
	return id <= 0xFFFF ? (uint16_t)id : 0;
}

/* The length of an array, capped. */
static int count_of(const json_t *array, int cap)
{
	return (int)MIN(json_array_size(array), (size_t)cap);
}

/* ---- hello --------------------------------------------------------------------------------------------------- */

static void read_library(struct box *box, const json_t *o, struct library_row *row)
{
	row->name = json_text(box, o, "name");
	row->path = json_text(box, o, "path");
	row->version = json_text(box, o, "version");
	row->driver = json_text(box, o, "driver");
	row->state = json_text(box, o, "state");
	row->reason = json_text(box, o, "reason");
}

static void read_bars(const json_t *bars, struct gpu_row *row)
{
	row->n_bars = count_of(bars, (int)G_N_ELEMENTS(row->bar_bytes));
	for (int i = 0; i < row->n_bars; i++) {
		json_int_t n = json_integer_value(json_array_get(bars, (size_t)i));
		row->bar_bytes[i] = n > 0 ? (uint64_t)n : 0;
	}
}

static void read_gpu(struct box *box, const json_t *o, struct gpu_row *row)
{
	const char *subsystem = json_raw(o, "subsystem"), *colon = subsystem ? strchr(subsystem, ':') : NULL;
	const json_t *limits = json_object_get(o, "limits"), *origin = json_object_get(o, "origin");
	row->id = json_text(box, o, "id");
	row->kind = gpu_kind_of(json_raw(o, "kind"));
	row->parent = json_text(box, o, "parent");
	read_bdf(o, "bdf", row->bdf);
	row->path = lower_text(box, o, "path");
	row->slot = json_text(box, o, "slot");
	row->vendor_id = hex_id(json_raw(o, "vendor_id"));
	row->device_id = hex_id(json_raw(o, "device_id"));
	row->subvendor_id = hex_id(subsystem);
	row->subdevice_id = hex_id(colon ? colon + 1 : NULL);
	row->name = json_text(box, o, "name");
	row->arch = json_text(box, o, "arch");
	row->vbios = json_text(box, o, "vbios");
	row->unique_id = json_text(box, o, "unique_id");
	row->serial = json_text(box, o, "serial");
	row->driver = json_text(box, o, "driver");
	row->numa_node = json_num(o, "numa_node", 0, 4095);
	row->kfd_id = json_num(o, "kfd_id", 0, 4294967295.0);
	row->gpu_instance = json_num(o, "gpu_instance", 0, INSTANCE_MAX);
	row->compute_instance = json_num(o, "compute_instance", 0, INSTANCE_MAX);
	read_bars(json_object_get(o, "bar_bytes"), row);
	row->passive = json_tri(o, "passive");
	for (int i = 0; i < LIM_COUNT; i++)
		row->limit[i] = json_num(limits, limit_info[i].key, limit_info[i].min, limit_info[i].max);
	for (int i = 0; i < M_COUNT; i++)
		row->origin[i] = json_text(box, origin, metric_info[i].key);
}

static bool has_id(const struct gpu_row *rows, int n, const char *id)
{
	for (int i = 0; i < n; i++)
		if (strcmp(rows[i].id, id) == 0)
			return true;
	return false;
}

/* Cards without an id, or with one that another has, cannot be told apart and are left out. */
static void read_gpus(struct box *box, const json_t *array, struct guest_row *row)
{
	int n = count_of(array, GPUS_CAP);
	row->gpus = box_array0(box, struct gpu_row, (size_t)n);
	for (int i = 0; i < n; i++) {
		const json_t *o = json_array_get(array, (size_t)i);
		const char *id = json_text(box, o, "id");
		if (*id && !has_id(row->gpus, row->n_gpus, id))
			read_gpu(box, o, &row->gpus[row->n_gpus++]);
	}
}

static struct guest_row *read_hello(struct box *box, const json_t *o)
{
	struct guest_row *row = box_new0(box, struct guest_row);
	const json_t *g = json_object_get(o, "guest"), *libraries = json_object_get(o, "libraries");
	row->box = box;
	row->source = "";
	row->agent_version = json_text(box, o, "version");
	row->interval_ms = (int)json_int(o, "interval_ms", 10, 3600 * 1000, 1000);
	row->hostname = json_text(box, g, "hostname");
	row->uuid = lower_text(box, g, "uuid");
	row->macs = lower_texts(box, g, "macs");
	row->addresses = json_texts(box, g, "addresses", ADDRESSES_CAP);
	row->os = json_text(box, g, "os");
	row->kernel = json_text(box, g, "kernel");
	row->cmdline = command_text(box, g);
	row->boot_ms = json_int(g, "boot_ms", 0, CLOCK_MAX, 0);
	row->ncpu = json_num(g, "ncpu", 1, 1e6);
	row->mem_bytes = json_num(g, "mem_bytes", 0, BYTES_MAX);
	row->is_root = json_tri(g, "root");
	row->n_libraries = count_of(libraries, LIBRARIES_CAP);
	row->libraries = box_array0(box, struct library_row, (size_t)row->n_libraries);
	for (int i = 0; i < row->n_libraries; i++)
		read_library(box, json_array_get(libraries, (size_t)i), &row->libraries[i]);
	read_gpus(box, json_object_get(o, "gpus"), row);
	return row;
}

/* ---- sample -------------------------------------------------------------------------------------------------- */

static enum gpu_state state_of(const char *word)
{
	for (int i = 1; i < (int)G_N_ELEMENTS(gpu_state_names); i++)
		if (g_strcmp0(word, gpu_state_names[i]) == 0)
			return (enum gpu_state)i;
	return GPU_UNKNOWN;
}

/* A metric is what its number says, unless "err" says why it is none at present. A busy one keeps its last value. */
static struct num metric_with_error(struct num n, const char *why)
{
	if (strcmp(why, "denied") == 0)
		return num_none(NUM_DENIED);
	if (strcmp(why, "busy") == 0)
		return (struct num){.v = n.state == NUM_OK ? n.v : NAN, .state = NUM_BUSY};
	return num_none(NUM_BAD);
}

/* The metric of a key, or -1. Agents write in the order of the table, so the search begins where the last one ended. */
static int metric_after(const char *key, int from)
{
	for (int i = 0; i < M_COUNT; i++) {
		int m = from + i < M_COUNT ? from + i : from + i - M_COUNT;
		if (metric_info[m].key[0] == key[0] && strcmp(metric_info[m].key, key) == 0)
			return m;
	}
	return -1;
}

/* Walks over what is there instead of asking for each of the table: most keys of most lines are metrics. */
static void read_metrics(const json_t *o, const json_t *err, struct num out[M_COUNT])
{
	const char *key;
	json_t *value;
	int m, next = 0;
	for (int i = 0; i < M_COUNT; i++)
		out[i] = num_none(NUM_UNKNOWN);
	json_object_foreach((json_t *)o, key, value)
	{
		if ((m = metric_after(key, next)) < 0)
			continue;
		out[m] = json_num_of(value, metric_info[m].min, metric_info[m].max);
		next = m + 1;
	}
	json_object_foreach((json_t *)err, key, value)
	{
		if (json_is_string(value) && (m = metric_after(key, 0)) >= 0)
			out[m] = metric_with_error(out[m], json_string_value(value));
	}
}

static unsigned read_throttle(const json_t *list)
{
	unsigned set = THROTTLE_NONE;
	if (!json_is_array(list))
		return THROTTLE_UNKNOWN;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		unsigned bit = THROTTLE_OTHER;
		for (size_t k = 0; k < G_N_ELEMENTS(throttle_names); k++)
			if (g_strcmp0(word, throttle_names[k]) == 0)
				bit = 1u << k;
		set |= bit;
	}
	return set;
}

static void read_gpu_sample(struct box *box, const json_t *o, struct gpu_sample *g)
{
	const json_t *err = json_object_get(o, "err");
	g->id = json_text(box, o, "id");
	g->state = state_of(json_raw(o, "state"));
	g->age_ms = json_int(o, "age_ms", 0, CLOCK_MAX, 0);
	read_metrics(o, err, g->metric);
	g->throttle = read_throttle(json_object_get(o, "throttle"));
	g->has_throttle_bits = json_is_integer(json_object_get(o, "throttle_bits"));
	g->throttle_bits = (uint64_t)json_integer_value(json_object_get(o, "throttle_bits"));
	g->perf_level = json_text(box, o, "perf_level");
}

static void read_proc_gpus(struct box *box, const json_t *gpus, struct proc_row *row)
{
	const char *id;
	json_t *use;
	row->gpus = box_array0(box, struct proc_gpu, MIN(json_object_size(gpus), GPUS_CAP));
	json_object_foreach((json_t *)gpus, id, use)
	{
		if (row->n_gpus == GPUS_CAP)
			break;
		struct proc_gpu *g = &row->gpus[row->n_gpus++];
		g->gpu = box_text(box, id, -1);
		g->vram_bytes = json_num(use, "vram_bytes", 0, BYTES_MAX);
		g->busy_pct = json_num(use, "busy_pct", 0, 100);
	}
}

static void read_proc(struct box *box, const json_t *o, struct proc_row *row)
{
	row->pid = json_int(o, "pid", 1, G_MAXINT, 0);
	row->ppid = json_int(o, "ppid", 0, G_MAXINT, 0);
	row->start_ms = json_int(o, "start_ms", 0, CLOCK_MAX, 0);
	row->name = json_text(box, o, "name");
	row->cmdline = command_text(box, o);
	row->unit = json_text(box, o, "unit");
	read_proc_gpus(box, json_object_get(o, "gpus"), row);
}

static void read_mount(struct box *box, const json_t *o, struct mount_row *row)
{
	row->source = json_text(box, o, "source");
	row->target = json_text(box, o, "target");
	row->fstype = json_text(box, o, "fstype");
	row->age_ms = json_num(o, "age_ms", 0, (double)CLOCK_MAX);
	row->total_bytes = json_num(o, "total_bytes", 0, BYTES_MAX * 1024);
	row->free_bytes = json_num(o, "free_bytes", 0, BYTES_MAX * 1024);
}

static struct sample *read_sample(struct box *box, const json_t *o)
{
	struct sample *s = box_new0(box, struct sample);
	const json_t *gpus = json_object_get(o, "gpus"), *procs = json_object_get(o, "procs"),
		     *mounts = json_object_get(o, "mounts");
	int n_gpus = count_of(gpus, GPUS_CAP);
	s->box = box;
	s->seq = json_int(o, "seq", 0, G_MAXINT64, 0);
	s->mono_ms = json_int(o, "mono_ms", 0, G_MAXINT64, 0);
	s->wall_ms = json_int(o, "wall_ms", 0, CLOCK_MAX, 0);
	s->gpus = box_array0(box, struct gpu_sample, (size_t)n_gpus);
	for (int i = 0; i < n_gpus; i++) {
		read_gpu_sample(box, json_array_get(gpus, (size_t)i), &s->gpus[s->n_gpus]);
		if (*s->gpus[s->n_gpus].id)
			s->n_gpus++;
	}
	s->has_procs = json_is_array(procs);
	s->n_procs = count_of(procs, PROCS_CAP);
	s->procs = box_array0(box, struct proc_row, (size_t)s->n_procs);
	for (int i = 0; i < s->n_procs; i++)
		read_proc(box, json_array_get(procs, (size_t)i), &s->procs[i]);
	s->has_mounts = json_is_array(mounts);
	s->n_mounts = count_of(mounts, MOUNTS_CAP);
	s->mounts = box_array0(box, struct mount_row, (size_t)s->n_mounts);
	for (int i = 0; i < s->n_mounts; i++)
		read_mount(box, json_array_get(mounts, (size_t)i), &s->mounts[i]);
	return s;
}

/* ---- a line -------------------------------------------------------------------------------------------------- */

bool agent_line_is_hello(const char *line, size_t len)
{
	static const char key[] = "\"labtop-agent\"";
	return memmem(line, MIN(len, 64), key, sizeof key - 1) != NULL;
}

static bool take_object(struct box *box, const json_t *root, struct agent_line *out, GError **error)
{
	const json_t *protocol = json_object_get(root, "labtop-agent");
	bool good = json_is_object(root);
	if (!good) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "a line that is no JSON object");
	} else if (protocol && json_integer_value(protocol) != AGENT_PROTOCOL) {
		g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
			    "its agent speaks protocol %d, this console %d: bring the older of the two up to "
			    "date",
			    (int)CLAMP(json_integer_value(protocol), -1, 1000000), AGENT_PROTOCOL);
		good = false;
	} else if (protocol) {
		out->hello = read_hello(box, root);
	} else if (json_object_get(root, "seq")) {
		out->sample = read_sample(box, root);
	}
	return good;
}

bool agent_line_parse(struct box *box, const char *line, size_t len, struct agent_line *out, GError **error)
{
	*out = (struct agent_line){NULL, NULL};
	if (len > AGENT_LINE_CAP) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "a line longer than %d KiB",
			    AGENT_LINE_CAP / 1024);
		return false;
	}
	struct json_scratch scratch;
	json_scratch_begin(&scratch);
	json_t *root = json_read(line, len, JSON_AGENT, error);
	bool good = root && take_object(box, root, out, error);
	json_scratch_end(&scratch, root);
	return good;
}
