/* wire_read.c - a function a form; see the header. */
#include "config.h"

#include "backends/guest/wire_read.h"

#include "backends/json.h"
#include "lab/bdf.h"
#include "lab/rows.h"
#include "lab/text.h"

#include <string.h>

#define LIST_CAP 64

static void *slot(void *row, const struct wire_field *f)
{
	return (char *)row + f->row.offset;
}

/* ---- text ---------------------------------------------------------------------------------------------------- */

static void read_text(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	*(const char **)slot(row, f) = json_text(box, o, f->key);
}

static const char *lower(struct box *box, const char *text)
{
	g_autofree char *low = g_ascii_strdown(text, -1);
	return strcmp(low, text) == 0 ? text : box_raw(box, low, -1);
}

static void read_lower(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	*(const char **)slot(row, f) = lower(box, json_text(box, o, f->key));
}

/* Without what looks like a secret, whatever the other side did about it. */
static void read_command(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const char *raw = json_raw(o, f->key);
	g_autofree char *redacted = raw ? text_redact(raw) : NULL;
	*(const char **)slot(row, f) = box_text(box, redacted, -1);
}

static void read_list(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	*(const char *const **)slot(row, f) = json_texts(box, o, f->key, LIST_CAP);
}

static void read_lowers(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const char **list = (const char **)json_texts(box, o, f->key, LIST_CAP);
	for (const char **at = list; at && *at; at++)
		*at = lower(box, *at);
	*(const char *const **)slot(row, f) = list;
}

/* It is compared, so half of one is worse than none. */
static void read_bdf(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const char *text = json_raw(o, f->key);
	if (text)
		bdf_parse(text, slot(row, f));
}

static uint16_t hex_id(const char *text)
{
	char *end;
	guint64 id = text && g_ascii_isxdigit(*text) ? g_ascii_strtoull(text, &end, 16) : 0;
	return id <= 0xFFFF ? (uint16_t)id : 0;
}

static void read_id(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	*(uint16_t *)slot(row, f) = hex_id(json_raw(o, f->key));
}

static void read_ids(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const char *text = json_raw(o, f->key), *colon = text ? strchr(text, ':') : NULL;
	uint16_t *id = slot(row, f);
	id[0] = hex_id(text);
	id[1] = hex_id(colon ? colon + 1 : NULL);
}

/* One that is not known here leaves the row's first. */
static void read_word(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	int i = f->row.type == WIRE_OTHER ? -1 : text_index(f->words, f->n_words, json_raw(o, f->key));
	if (f->row.type == WIRE_OTHER)
		read_text(box, o, f, row);
	else if (i >= 0)
		*(unsigned *)slot(row, f) = (unsigned)i;
}

/* ---- numbers ------------------------------------------------------------------------------------------------- */

static void read_number(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	void *at = slot(row, f);
	if (f->row.type == WIRE_NUM)
		*(struct num *)at = json_num(o, f->key, f->min, f->max);
	else if (f->row.type == WIRE_INT64)
		*(int64_t *)at = json_int(o, f->key, (int64_t)f->min, (int64_t)f->max, 0);
	else if (f->row.type == WIRE_INT)
		*(int *)at = (int)json_int(o, f->key, (int64_t)f->min, (int64_t)f->max, 0);
}

static void read_tri(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	*(enum tri *)slot(row, f) = json_tri(o, f->key);
}

static void read_bars(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const json_t *bars = json_object_get(o, f->key);
	struct gpu_row *gpu = row;
	gpu->n_bars = (int)MIN(json_array_size(bars), G_N_ELEMENTS(gpu->bar_bytes));
	for (int i = 0; i < gpu->n_bars; i++) {
		json_int_t n = json_integer_value(json_array_get(bars, (size_t)i));
		gpu->bar_bytes[i] = n > 0 ? (uint64_t)n : 0;
	}
}

/* ---- what goes by metric.h ----------------------------------------------------------------------------------- */

static void read_limits(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const json_t *limits = json_object_get(o, f->key);
	struct num *out = slot(row, f);
	for (int i = 0; i < LIM_COUNT; i++)
		out[i] = json_num(limits, limit_info[i].key, limit_info[i].min, limit_info[i].max);
}

static void read_origins(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const json_t *origins = json_object_get(o, f->key);
	const char **out = slot(row, f);
	for (int m = 0; m < M_COUNT; m++)
		out[m] = json_text(box, origins, metric_info[m].key);
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
static void read_metrics(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	struct num *out = slot(row, f);
	const char *key;
	json_t *value;
	int m, next = 0;
	for (int i = 0; i < M_COUNT; i++)
		out[i] = num_none(NUM_UNKNOWN);
	json_object_foreach((json_t *)o, key, value)
	{
		if ((m = metric_after(key, next)) < 0)
			continue;
		out[m] = json_is_number(value) ? metric_num((enum metric)m, json_number_value(value))
					       : json_num_of(value, 0, 0);
		next = m + 1;
	}
	metrics_settle(out);
}

/* A metric is what its number says, unless there is a reason why it is none at present. A busy one keeps its last value;
 * a reason that is not known here is still one. */
static struct num with_reason(struct num n, const char *why)
{
	if (strcmp(why, wire_reasons[NUM_DENIED]) == 0)
		return num_none(NUM_DENIED);
	if (strcmp(why, wire_reasons[NUM_BUSY]) == 0)
		return (struct num){.v = n.state == NUM_OK ? n.v : NAN, .state = NUM_BUSY};
	return num_none(NUM_BAD);
}

static void read_errors(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	struct num *out = slot(row, f);
	const char *key;
	json_t *value;
	int m;
	json_object_foreach(json_object_get(o, f->key), key, value)
	{
		if (json_is_string(value) && (m = metric_after(key, 0)) >= 0)
			out[m] = with_reason(out[m], json_string_value(value));
	}
}

static void read_throttle(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const json_t *list = json_object_get(o, f->key);
	unsigned set = json_is_array(list) ? THROTTLE_NONE : THROTTLE_UNKNOWN;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		int bit = text_index(throttle_names, G_N_ELEMENTS(throttle_names), word);
		set |= bit < 0 ? THROTTLE_OTHER : 1u << bit; /* what is not known here is still a reason */
	}
	*(unsigned *)slot(row, f) = set;
}

static void read_bits(struct box *box, const json_t *o, const struct wire_field *f, void *row)
{
	const json_t *bits = json_object_get(o, f->key);
	struct gpu_sample *g = row;
	g->has_throttle_bits = json_is_integer(bits);
	g->throttle_bits = (uint64_t)json_integer_value(bits);
}

void wire_read(struct box *box, const json_t *object, const struct wire_table *table, void *row)
{
	static void (*const readers[WIRE_FORMS])(struct box *, const json_t *, const struct wire_field *,
						 void *) = {
		[WIRE_TEXT] = read_text,         [WIRE_STRING] = read_text,
		[WIRE_COMMAND] = read_command,   [WIRE_LOWER] = read_lower,
		[WIRE_LIST] = read_list,         [WIRE_LOWERS] = read_lowers,
		[WIRE_BDF] = read_bdf,           [WIRE_ID] = read_id,
		[WIRE_IDS] = read_ids,           [WIRE_WORD] = read_word,
		[WIRE_NUMBER] = read_number,     [WIRE_TRI] = read_tri,
		[WIRE_LIMITS] = read_limits,     [WIRE_METRICS] = read_metrics,
		[WIRE_ORIGINS] = read_origins,   [WIRE_BARS] = read_bars,
		[WIRE_THROTTLE] = read_throttle, [WIRE_BITS] = read_bits,
		[WIRE_ERRORS] = read_errors,
	};
	for (int i = 0; i < table->count; i++)
		if (table->fields[i].row.type != WIRE_NONE)
			readers[table->fields[i].form](box, object, &table->fields[i], row);
}
