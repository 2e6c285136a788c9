/* wire_write.c - a function a form; see the header. */
#include "config.h"
#include "backends/gpu/wire_write.h"

#include <string.h>

#include "lab/text.h"

static const void *place(const void *told, const struct wire_field *f)
{
	return (const char *)told + f->told.offset;
}

/* ---- there ----------------------------------------------------------------------------------------------------------- */

static void write_text(GString *out, const struct wire_field *f, const void *told)
{
	json_out_text(out, f->key, place(told, f));
}

static void write_string(GString *out, const struct wire_field *f, const void *told)
{
	json_out_text(out, f->key, *(const char *const *)place(told, f));
}

static void write_list(GString *out, const struct wire_field *f, const void *told)
{
	const GPtrArray *list = *(GPtrArray *const *)place(told, f);

	json_out_open(out, f->key, '[');
	for (guint i = 0; list && i < list->len; i++)
		json_out_text(out, NULL, g_ptr_array_index(list, i));
	json_out_close(out, '[');
}

static void write_word(GString *out, const struct wire_field *f, const void *told)
{
	unsigned i = *(const unsigned *)place(told, f);

	json_out_text(out, f->key, i < (unsigned)f->n_words ? f->words[i] : NULL);
}

static struct num number_at(const struct wire_field *f, const void *told)
{
	const void *at = place(told, f);

	switch (f->told.type) {
	case WIRE_INT:
		return num_of(*(const int *)at);
	case WIRE_UNSIGNED:
		return num_of(*(const unsigned *)at);
	case WIRE_INT64:
		return num_of((double)*(const int64_t *)at);
	case WIRE_NUM:
		return *(const struct num *)at;
	default:
		return num_none(NUM_UNKNOWN);
	}
}

static void write_number(GString *out, const struct wire_field *f, const void *told)
{
	struct num n = number_at(f, told);

	if (num_known(n) && n.v >= f->min && n.v <= f->max)
		json_out_num(out, f->key, n.v, f->decimals);
}

static void write_tri(GString *out, const struct wire_field *f, const void *told)
{
	enum tri v = *(const enum tri *)place(told, f);

	if (v != TRI_UNKNOWN)
		json_out_bool(out, f->key, v == TRI_YES);
}

static void write_known(GString *out, const struct metric_info *infos, const struct num *n, int count)
{
	for (int i = 0; i < count; i++)
		if (num_known(n[i]))
			json_out_metric(out, &infos[i], n[i].v);
}

static void write_limits(GString *out, const struct wire_field *f, const void *told)
{
	json_out_open(out, f->key, '{');
	write_known(out, limit_info, place(told, f), LIM_COUNT);
	json_out_close(out, '{');
}

static void write_metrics(GString *out, const struct wire_field *f, const void *told)
{
	write_known(out, metric_info, place(told, f), M_COUNT);
}

static void write_origins(GString *out, const struct wire_field *f, const void *told)
{
	const uint8_t *origin = place(told, f);

	json_out_open(out, f->key, '{');
	for (int m = 0; m < M_COUNT; m++)
		json_out_text(out, metric_info[m].key, origin_names[origin[m]]);
	json_out_close(out, '{');
}

static void write_bars(GString *out, const struct wire_field *f, const void *told)
{
	const struct gpu_info *info = told;

	if (info->bar_count == 0)
		return;
	json_out_open(out, f->key, '[');
	for (int i = 0; i < info->bar_count; i++)
		json_out_int(out, NULL, (int64_t)info->bar_bytes[i]);
	json_out_close(out, '[');
}

static void write_throttle(GString *out, const struct wire_field *f, const void *told)
{
	unsigned set = *(const unsigned *)place(told, f);

	if (set & THROTTLE_UNKNOWN)
		return;
	json_out_open(out, f->key, '[');
	for (gsize bit = 0; bit < G_N_ELEMENTS(throttle_names); bit++)
		if (set & 1U << bit)
			json_out_text(out, NULL, throttle_names[bit]);
	json_out_close(out, '[');
}

static void write_bits(GString *out, const struct wire_field *f, const void *told)
{
	const struct gpu_values *v = told;

	if (v->has_throttle_bits)
		json_out_int(out, f->key, (int64_t)v->throttle_bits);
}

static void write_errors(GString *out, const struct wire_field *f, const void *told)
{
	const struct num *n = place(told, f);
	bool any = false;

	for (int m = 0; m < M_COUNT; m++) {
		const char *word = wire_reasons[n[m].state];
		if (word && !any)
			json_out_open(out, f->key, '{');
		json_out_text(out, metric_info[m].key, word);
		any = any || word;
	}
	if (any)
		json_out_close(out, '{');
}

void wire_write(GString *out, const struct wire_table *table, const void *told)
{
	static void (*const writers[WIRE_FORMS])(GString *, const struct wire_field *, const void *) = {
		[WIRE_TEXT] = write_text,         [WIRE_STRING] = write_string,
		[WIRE_COMMAND] = write_string,    [WIRE_LOWER] = write_text,
		[WIRE_LIST] = write_list,         [WIRE_LOWERS] = write_list,
		[WIRE_BDF] = write_text,          [WIRE_ID] = write_text,
		[WIRE_IDS] = write_text,          [WIRE_WORD] = write_word,
		[WIRE_NUMBER] = write_number,     [WIRE_TRI] = write_tri,
		[WIRE_LIMITS] = write_limits,     [WIRE_METRICS] = write_metrics,
		[WIRE_ORIGINS] = write_origins,   [WIRE_BARS] = write_bars,
		[WIRE_THROTTLE] = write_throttle, [WIRE_BITS] = write_bits,
		[WIRE_ERRORS] = write_errors,
	};

	for (int i = 0; i < table->count; i++)
		writers[table->fields[i].form](out, &table->fields[i], told);
}

void wire_write_object(GString *out, const char *key, const struct wire_table *table, const void *told)
{
	json_out_open(out, key, '{');
	wire_write(out, table, told);
	json_out_close(out, '{');
}

/* ---- and back -------------------------------------------------------------------------------------------------------- */

static void *slot(void *told, const struct wire_field *f)
{
	return (char *)told + f->told.offset;
}

static const json_t *member(const json_t *object, const struct wire_field *f)
{
	return json_object_get(object, f->key);
}

static void back_text(const json_t *object, const struct wire_field *f, void *told)
{
	const char *text = json_string_value(member(object, f));

	if (text)
		g_strlcpy(slot(told, f), text, f->told.size);
}

static void back_word(const json_t *object, const struct wire_field *f, void *told)
{
	int i = text_index(f->words, f->n_words, json_string_value(member(object, f)));

	if (i >= 0)
		*(unsigned *)slot(told, f) = (unsigned)i;
}

static void back_number(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *value = member(object, f);
	double v = json_number_value(value);
	void *at = slot(told, f);

	if (!json_is_number(value) || !(v >= f->min && v <= f->max))
		return;
	switch (f->told.type) {
	case WIRE_INT:
		*(int *)at = (int)v;
		break;
	case WIRE_UNSIGNED:
		*(unsigned *)at = (unsigned)v;
		break;
	case WIRE_INT64:
		*(int64_t *)at = (int64_t)v;
		break;
	case WIRE_NUM:
		*(struct num *)at = num_of(v);
		break;
	default:
		break;
	}
}

static void back_tri(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *value = member(object, f);

	if (json_is_boolean(value))
		*(enum tri *)slot(told, f) = tri_of(json_is_true(value));
}

static void back_limits(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *limits = member(object, f);
	struct num *n = slot(told, f);

	for (int i = 0; i < LIM_COUNT; i++) {
		const json_t *value = json_object_get(limits, limit_info[i].key);
		double v = json_number_value(value);
		if (json_is_number(value) && v >= limit_info[i].min && v <= limit_info[i].max)
			n[i] = num_of(v);
	}
}

static void back_metrics(const json_t *object, const struct wire_field *f, void *told)
{
	for (int m = 0; m < M_COUNT; m++) {
		const json_t *value = json_object_get(object, metric_info[m].key);
		if (json_is_number(value))
			gpu_values_put(told, (enum metric)m, json_number_value(value), ORIGIN_NONE);
	}
}

static void back_bars(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *bars = member(object, f);
	struct gpu_info *info = told;

	info->bar_count = (int)MIN(json_array_size(bars), G_N_ELEMENTS(info->bar_bytes));
	for (int i = 0; i < info->bar_count; i++) {
		json_int_t n = json_integer_value(json_array_get(bars, (size_t)i));
		info->bar_bytes[i] = n > 0 ? (uint64_t)n : 0;
	}
}

static void back_throttle(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *list = member(object, f);
	unsigned set = THROTTLE_NONE;

	if (!json_is_array(list))
		return;
	for (size_t i = 0; i < json_array_size(list); i++) {
		int bit = text_index(throttle_names, (int)G_N_ELEMENTS(throttle_names),
				     json_string_value(json_array_get(list, i)));
		if (bit >= 0)
			set |= 1U << bit;
	}
	*(unsigned *)slot(told, f) = set;
}

static void back_bits(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *bits = member(object, f);
	struct gpu_values *v = told;

	if (!json_is_integer(bits))
		return;
	v->has_throttle_bits = true;
	v->throttle_bits = (uint64_t)json_integer_value(bits);
}

static void back_errors(const json_t *object, const struct wire_field *f, void *told)
{
	const json_t *errors = member(object, f);

	for (int m = 0; m < M_COUNT; m++) {
		const char *word = json_string_value(json_object_get(errors, metric_info[m].key));
		int state = text_index(wire_reasons, NUM_STATES, word);
		if (state >= 0)
			gpu_values_fail(told, (enum metric)m, (enum num_state)state, ORIGIN_NONE);
	}
}

void wire_read_back(const json_t *object, const struct wire_table *table, void *told)
{
	static void (*const readers[WIRE_FORMS])(const json_t *, const struct wire_field *, void *) = {
		[WIRE_TEXT] = back_text,       [WIRE_LOWER] = back_text,    [WIRE_BDF] = back_text,
		[WIRE_ID] = back_text,         [WIRE_IDS] = back_text,      [WIRE_WORD] = back_word,
		[WIRE_NUMBER] = back_number,   [WIRE_TRI] = back_tri,       [WIRE_LIMITS] = back_limits,
		[WIRE_METRICS] = back_metrics, [WIRE_BARS] = back_bars,     [WIRE_THROTTLE] = back_throttle,
		[WIRE_BITS] = back_bits,       [WIRE_ERRORS] = back_errors,
	};

	for (int i = 0; i < table->count; i++)
		if (readers[table->fields[i].form])
			readers[table->fields[i].form](object, &table->fields[i], told);
}
