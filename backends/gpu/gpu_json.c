/* gpu_json.c - tables that turn gpu.h's structs into JSON and back. */
#include "config.h"
#include "backends/gpu/gpu_json.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lab/text.h"

/* The text fields of a card, in the order in which they are written. */
static const struct text_field {
	const char *key;
	size_t offset, size;
} info_texts[] = {
#define FIELD(name)                                                                          \
	{                                                                                    \
#name, offsetof(struct gpu_info, name), sizeof(((struct gpu_info *)0)->name) \
	}
	FIELD(id),        FIELD(parent),    FIELD(bdf),       FIELD(path),   FIELD(slot),
	FIELD(vendor_id), FIELD(device_id), FIELD(subsystem), FIELD(name),   FIELD(arch),
	FIELD(vbios),     FIELD(unique_id), FIELD(serial),    FIELD(driver),
#undef FIELD
};

/* The numbers of a MIG instance within its card, as nvidia-smi and DCGM write them. */
static const struct {
	const char *key;
	size_t offset;
} info_instances[] = {
	{"gpu_instance", offsetof(struct gpu_info, gpu_instance)},
	{"compute_instance", offsetof(struct gpu_info, compute_instance)},
};

/* Why a value is missing, as "err" says it. */
static const struct {
	enum num_state state;
	const char *word;
} errors[] = {{NUM_DENIED, "denied"}, {NUM_BAD, "bad"}, {NUM_BUSY, "busy"}};

static int name_index(const char *const *names, int count, const char *name)
{
	for (int i = 0; name && i < count; i++)
		if (g_strcmp0(names[i], name) == 0)
			return i;
	return -1;
}

void json_set_text(json_t *object, const char *key, const char *text)
{
	if (!text || !text[0])
		return;
	g_autofree char *clean = text_clean(text, -1);
	json_object_set_new(object, key, json_string(clean));
}

json_t *json_metric(const struct metric_info *info, double v)
{
	if (info->decimals == 0)
		return json_integer((json_int_t)llround(v));
	double scale = pow(10, info->decimals);
	return json_real(round(v * scale) / scale);
}

json_t *gpu_info_to_json(const struct gpu_info *info, const uint8_t *origin)
{
	json_t *o = json_object();
	json_t *limits = json_object();

	for (gsize i = 0; i < G_N_ELEMENTS(info_texts); i++)
		json_set_text(o, info_texts[i].key, (const char *)info + info_texts[i].offset);
	json_object_set_new(o, "kind", json_string(gpu_kind_names[info->kind]));
	if (info->numa_node >= 0)
		json_object_set_new(o, "numa_node", json_integer(info->numa_node));
	if (info->bar_count > 0) {
		json_t *bars = json_array();
		for (int i = 0; i < info->bar_count; i++)
			json_array_append_new(bars, json_integer((json_int_t)info->bar_bytes[i]));
		json_object_set_new(o, "bar_bytes", bars);
	}
	if (info->kfd_id)
		json_object_set_new(o, "kfd_id", json_integer(info->kfd_id));
	for (gsize i = 0; i < G_N_ELEMENTS(info_instances); i++) {
		const struct num *n = (const void *)((const char *)info + info_instances[i].offset);
		if (num_known(*n))
			json_object_set_new(o, info_instances[i].key, json_integer((json_int_t)n->v));
	}
	if (info->passive != TRI_UNKNOWN)
		json_object_set_new(o, "passive", json_boolean(info->passive == TRI_YES));
	for (int i = 0; i < LIM_COUNT; i++)
		if (num_known(info->limit[i]))
			json_object_set_new(limits, limit_info[i].key,
					    json_metric(&limit_info[i], info->limit[i].v));
	json_object_set_new(o, "limits", limits);
	if (origin) {
		json_t *from = json_object();
		for (int m = 0; m < M_COUNT; m++)
			if (origin[m] != ORIGIN_NONE)
				json_object_set_new(from, metric_info[m].key,
						    json_string(origin_names[origin[m]]));
		json_object_set_new(o, "origin", from);
	}
	return o;
}

static void throttle_to_json(const struct gpu_values *v, json_t *o)
{
	if (!(v->throttle & THROTTLE_UNKNOWN)) {
		json_t *list = json_array();
		for (gsize bit = 0; bit < G_N_ELEMENTS(throttle_names); bit++)
			if (v->throttle & 1U << bit)
				json_array_append_new(list, json_string(throttle_names[bit]));
		json_object_set_new(o, "throttle", list);
	}
	if (v->has_throttle_bits)
		json_object_set_new(o, "throttle_bits", json_integer((json_int_t)v->throttle_bits));
}

void gpu_values_add_json(const struct gpu_values *v, json_t *o)
{
	json_t *err = NULL;

	json_object_set_new(o, "state", json_string(gpu_state_names[v->state]));
	for (int m = 0; m < M_COUNT; m++) {
		if (num_known(v->m[m]))
			json_object_set_new(o, metric_info[m].key, json_metric(&metric_info[m], v->m[m].v));
		for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
			if (v->m[m].state == errors[i].state) {
				err = err ? err : json_object();
				json_object_set_new(err, metric_info[m].key, json_string(errors[i].word));
			}
	}
	json_set_text(o, "perf_level", v->perf_level);
	throttle_to_json(v, o);
	if (err)
		json_object_set_new(o, "err", err);
}

static uint64_t unsigned_of(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	return n > 0 ? (uint64_t)n : 0;
}

void gpu_info_from_json(const json_t *object, struct gpu_info *out)
{
	gpu_info_init(out);
	for (gsize i = 0; i < G_N_ELEMENTS(info_texts); i++) {
		const char *text = json_string_value(json_object_get(object, info_texts[i].key));
		if (text)
			g_strlcpy((char *)out + info_texts[i].offset, text, info_texts[i].size);
	}
	int kind = name_index(gpu_kind_names, GPU_KIND_COUNT,
			      json_string_value(json_object_get(object, "kind")));
	out->kind = kind < 0 ? GPU_KIND_GPU : (enum gpu_kind)kind;
	const json_t *numa = json_object_get(object, "numa_node");
	if (json_is_integer(numa) && json_integer_value(numa) < 4096)
		out->numa_node = (int)json_integer_value(numa);
	const json_t *bars = json_object_get(object, "bar_bytes");
	out->bar_count = (int)MIN(json_array_size(bars), G_N_ELEMENTS(out->bar_bytes));
	for (int i = 0; i < out->bar_count; i++)
		out->bar_bytes[i] = unsigned_of(json_array_get(bars, (size_t)i));
	out->kfd_id = (uint32_t)unsigned_of(json_object_get(object, "kfd_id"));
	for (gsize i = 0; i < G_N_ELEMENTS(info_instances); i++) {
		const json_t *n = json_object_get(object, info_instances[i].key);
		struct num *slot = (void *)((char *)out + info_instances[i].offset);
		if (json_is_integer(n) && json_integer_value(n) >= 0)
			*slot = num_of((double)json_integer_value(n));
	}
	const json_t *passive = json_object_get(object, "passive");
	if (json_is_boolean(passive))
		out->passive = tri_of(json_is_true(passive));
	const json_t *limits = json_object_get(object, "limits");
	for (int i = 0; i < LIM_COUNT; i++) {
		const json_t *n = json_object_get(limits, limit_info[i].key);
		if (json_is_number(n))
			out->limit[i] = num_of(json_number_value(n));
	}
}

static void errors_from_json(const json_t *err, enum origin origin, struct gpu_values *out)
{
	for (int m = 0; m < M_COUNT; m++) {
		const char *word = json_string_value(json_object_get(err, metric_info[m].key));
		for (gsize i = 0; word && i < G_N_ELEMENTS(errors); i++)
			if (strcmp(word, errors[i].word) == 0)
				gpu_values_fail(out, (enum metric)m, errors[i].state, origin);
	}
}

void gpu_values_from_json(const json_t *object, enum origin origin, struct gpu_values *out)
{
	gpu_values_init(out, 0);
	int state = name_index(gpu_state_names, (int)G_N_ELEMENTS(gpu_state_names),
			       json_string_value(json_object_get(object, "state")));
	out->state = state < 0 ? GPU_LIVE : (enum gpu_state)state;
	for (int m = 0; m < M_COUNT; m++) {
		const json_t *n = json_object_get(object, metric_info[m].key);
		if (json_is_number(n))
			gpu_values_put(out, (enum metric)m, json_number_value(n), origin);
	}
	errors_from_json(json_object_get(object, "err"), origin, out);
	const char *level = json_string_value(json_object_get(object, "perf_level"));
	if (level)
		g_strlcpy(out->perf_level, level, sizeof out->perf_level);
	const json_t *list = json_object_get(object, "throttle");
	if (json_is_array(list)) {
		out->throttle = THROTTLE_NONE;
		for (size_t i = 0; i < json_array_size(list); i++) {
			int bit = name_index(throttle_names, (int)G_N_ELEMENTS(throttle_names),
					     json_string_value(json_array_get(list, i)));
			if (bit >= 0)
				out->throttle |= 1U << bit;
		}
	}
	const json_t *bits = json_object_get(object, "throttle_bits");
	if (json_is_integer(bits)) {
		out->has_throttle_bits = true;
		out->throttle_bits = (uint64_t)json_integer_value(bits);
	}
}
