/* gpu_json.c - tables that turn gpu.h's structs into JSON and back. */
#include "config.h"
#include "backends/gpu/gpu_json.h"
#include "lab/text.h"

#include <stddef.h>
#include <string.h>

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

static void write_origins(GString *out, const uint8_t *origin)
{
	json_out_open(out, "origin", '{');
	for (int m = 0; m < M_COUNT; m++)
		if (origin[m] != ORIGIN_NONE)
			json_out_text(out, metric_info[m].key, origin_names[origin[m]]);
	json_out_close(out, '{');
}

void gpu_info_write(GString *out, const struct gpu_info *info, const uint8_t *origin)
{
	for (gsize i = 0; i < G_N_ELEMENTS(info_texts); i++)
		json_out_text(out, info_texts[i].key, (const char *)info + info_texts[i].offset);
	json_out_text(out, "kind", gpu_kind_names[info->kind]);
	if (info->numa_node >= 0)
		json_out_int(out, "numa_node", info->numa_node);
	if (info->bar_count > 0) {
		json_out_open(out, "bar_bytes", '[');
		for (int i = 0; i < info->bar_count; i++)
			json_out_int(out, NULL, (int64_t)info->bar_bytes[i]);
		json_out_close(out, '[');
	}
	if (info->kfd_id)
		json_out_int(out, "kfd_id", info->kfd_id);
	for (gsize i = 0; i < G_N_ELEMENTS(info_instances); i++) {
		const struct num *n = (const void *)((const char *)info + info_instances[i].offset);
		if (num_known(*n))
			json_out_num(out, info_instances[i].key, n->v, 0);
	}
	if (info->passive != TRI_UNKNOWN)
		json_out_bool(out, "passive", info->passive == TRI_YES);
	json_out_open(out, "limits", '{');
	for (int i = 0; i < LIM_COUNT; i++)
		if (num_known(info->limit[i]))
			json_out_metric(out, &limit_info[i], info->limit[i].v);
	json_out_close(out, '{');
	if (origin)
		write_origins(out, origin);
}

static void write_throttle(GString *out, const struct gpu_values *v)
{
	if (!(v->throttle & THROTTLE_UNKNOWN)) {
		json_out_open(out, "throttle", '[');
		for (gsize bit = 0; bit < G_N_ELEMENTS(throttle_names); bit++)
			if (v->throttle & 1U << bit)
				json_out_text(out, NULL, throttle_names[bit]);
		json_out_close(out, '[');
	}
	if (v->has_throttle_bits)
		json_out_int(out, "throttle_bits", (int64_t)v->throttle_bits);
}

static const char *word_of(enum num_state state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
		if (errors[i].state == state)
			return errors[i].word;
	return NULL;
}

static void write_errors(GString *out, const struct gpu_values *v)
{
	bool any = false;

	for (int m = 0; m < M_COUNT; m++) {
		const char *word = word_of(v->m[m].state);
		if (word && !any)
			json_out_open(out, "err", '{');
		if (word)
			json_out_text(out, metric_info[m].key, word);
		any = any || word;
	}
	if (any)
		json_out_close(out, '{');
}

void gpu_values_write(GString *out, const struct gpu_values *v)
{
	json_out_text(out, "state", gpu_state_names[v->state]);
	for (int m = 0; m < M_COUNT; m++)
		if (num_known(v->m[m]))
			json_out_metric(out, &metric_info[m], v->m[m].v);
	json_out_text(out, "perf_level", v->perf_level);
	write_throttle(out, v);
	write_errors(out, v);
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
	out->kind = gpu_kind_of(json_string_value(json_object_get(object, "kind")));
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
	int state = text_index(gpu_state_names, (int)G_N_ELEMENTS(gpu_state_names),
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
			int bit = text_index(throttle_names, (int)G_N_ELEMENTS(throttle_names),
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
