/* agent_line.c - see agent_line.h. What is in an object is read by the wire's tables (wire_read.h); here is what lies around
 * it. Every count is capped; unknown keys are passed over, missing ones are not known.
 */
#include "config.h"

#include "backends/guest/agent_line.h"

#include "backends/guest/wire_read.h"
#include "backends/json.h"
#include "backends/json_scratch.h"

#include <string.h>

#define GPUS_CAP      64
#define PROCS_CAP     4096
#define MOUNTS_CAP    64
#define LIBRARIES_CAP 16
#define INTERVAL_MS   1000 /* of a hello that tells none */

/* The length of an array, capped. */
static int count_of(const json_t *array, int cap)
{
	return (int)MIN(json_array_size(array), (size_t)cap);
}

/* ---- hello --------------------------------------------------------------------------------------------------- */

/* Which card of the list this is of those that are called so: cards that cannot be told apart by their ids are so by their
 * order, which is the same in a hello and a sample. */
static const char *id_of(struct box *box, const json_t *array, int i)
{
	const json_t *o = json_array_get(array, (size_t)i);
	const char *raw = json_raw(o, WIRE_KEY_ID);
	int nth = 1;
	for (int k = 0; k < i; k++) {
		const json_t *other = json_array_get(array, (size_t)k);
		nth += json_is_object(other) && g_strcmp0(json_raw(other, WIRE_KEY_ID), raw) == 0;
	}
	if (nth == 1 && raw && *raw)
		return json_text(box, o, WIRE_KEY_ID);
	g_autofree char *numbered = g_strdup_printf("%s#%d", raw ? raw : "", nth);
	return box_text(box, numbered, -1);
}

static void read_gpus(struct box *box, const json_t *array, struct guest_row *row)
{
	int n = count_of(array, GPUS_CAP);
	row->gpus_left_out = (int)json_array_size(array) - n;
	row->gpus = box_array0(box, struct gpu_row, (size_t)n);
	for (int i = 0; i < n; i++) {
		const json_t *o = json_array_get(array, (size_t)i);
		struct gpu_row *gpu = &row->gpus[row->n_gpus];
		if (!json_is_object(o))
			continue;
		wire_read(box, o, &wire_gpu, gpu);
		wire_read(box, o, &wire_origins, gpu);
		gpu->id = id_of(box, array, i);
		row->n_gpus++;
	}
}

static struct guest_row *read_hello(struct box *box, const json_t *o)
{
	struct guest_row *row = box_new0(box, struct guest_row);
	const json_t *libraries = json_object_get(o, WIRE_KEY_LIBRARIES);
	row->box = box;
	row->source = "";
	wire_read(box, o, &wire_hello, row);
	wire_read(box, json_object_get(o, WIRE_KEY_GUEST), &wire_guest, row);
	if (row->interval_ms == 0)
		row->interval_ms = INTERVAL_MS;
	row->n_libraries = count_of(libraries, LIBRARIES_CAP);
	row->libraries = box_array0(box, struct library_row, (size_t)row->n_libraries);
	for (int i = 0; i < row->n_libraries; i++)
		wire_read(box, json_array_get(libraries, (size_t)i), &wire_library, &row->libraries[i]);
	read_gpus(box, json_object_get(o, WIRE_KEY_GPUS), row);
	return row;
}

/* ---- sample -------------------------------------------------------------------------------------------------- */

static void read_samples(struct box *box, const json_t *array, struct sample *s)
{
	int n = count_of(array, GPUS_CAP);
	s->gpus = box_array0(box, struct gpu_sample, (size_t)n);
	for (int i = 0; i < n; i++) {
		const json_t *o = json_array_get(array, (size_t)i);
		struct gpu_sample *g = &s->gpus[s->n_gpus];
		if (!json_is_object(o))
			continue;
		wire_read(box, o, &wire_reading, g);
		wire_read(box, o, &wire_values, g);
		g->id = id_of(box, array, i);
		s->n_gpus++;
	}
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
		wire_read(box, use, &wire_use, g);
	}
}

static void read_proc(struct box *box, const json_t *o, struct proc_row *row)
{
	wire_read(box, o, &wire_process, row);
	read_proc_gpus(box, json_object_get(o, WIRE_KEY_GPUS), row);
}

static struct sample *read_sample(struct box *box, const json_t *o)
{
	struct sample *s = box_new0(box, struct sample);
	const json_t *procs = json_object_get(o, WIRE_KEY_PROCS),
		     *mounts = json_object_get(o, WIRE_KEY_MOUNTS);
	s->box = box;
	wire_read(box, o, &wire_sample, s);
	read_samples(box, json_object_get(o, WIRE_KEY_GPUS), s);
	s->has_procs = json_is_array(procs);
	s->n_procs = count_of(procs, PROCS_CAP);
	s->procs = box_array0(box, struct proc_row, (size_t)s->n_procs);
	for (int i = 0; i < s->n_procs; i++)
		read_proc(box, json_array_get(procs, (size_t)i), &s->procs[i]);
	s->has_mounts = json_is_array(mounts);
	s->n_mounts = count_of(mounts, MOUNTS_CAP);
	s->mounts = box_array0(box, struct mount_row, (size_t)s->n_mounts);
	for (int i = 0; i < s->n_mounts; i++)
		wire_read(box, json_array_get(mounts, (size_t)i), &wire_mount, &s->mounts[i]);
	return s;
}

/* ---- a line -------------------------------------------------------------------------------------------------- */

const char *agent_line_hello(const char *line, size_t *len)
{
	static const char key[] = "\"" WIRE_KEY_PROTOCOL "\"";
	const char *end = line + *len, *from = line, *at;
	while ((at = memmem(from, (size_t)(end - from), key, sizeof key - 1))) {
		from = at + 1;
		while (at > line && g_ascii_isspace(at[-1]))
			at--;
		if (at > line && at[-1] == '{') {
			*len = (size_t)(end - (at - 1));
			return at - 1;
		}
	}
	return NULL;
}

static bool take_object(struct box *box, const json_t *root, struct agent_line *out, GError **error)
{
	const json_t *protocol = json_object_get(root, WIRE_KEY_PROTOCOL);
	bool good = json_is_object(root);
	if (!good) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "a line that is no JSON object");
	} else if (protocol && json_integer_value(protocol) != WIRE_PROTOCOL) {
		g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
			    "its agent speaks protocol %d, this console %d: bring the older of the two up to "
			    "date",
			    (int)CLAMP(json_integer_value(protocol), -1, 1000000), WIRE_PROTOCOL);
		good = false;
	} else if (protocol) {
		out->hello = read_hello(box, root);
	} else if (json_object_get(root, WIRE_KEY_SEQ)) {
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
