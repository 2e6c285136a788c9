/* test_wire.c - the agent's wire walked both ways by its tables: every field is written, read into the console's row and read
 * back by the agent, and stays what it was. What the shell probe writes by hand must be in the tables too. */
#include "config.h"
#include "backends/gpu/wire.h"

#include <string.h>

#include "backends/gpu/card.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/processes.h"
#include "backends/gpu/vendor.h"
#include "backends/gpu/wire_write.h"
#include "backends/guest/wire_read.h"
#include "lab/rows.h"
#include "tests/unit/unit.h"

/* Tables, with the sizes of their structs and the object of the line that they stand in. */
static const struct {
	const char *object;
	const struct wire_table *table;
	gsize told, row;
} tables[] = {
	{"hello", &wire_hello, sizeof(struct wire_hello_told), sizeof(struct guest_row)},
	{"guest", &wire_guest, sizeof(struct guest_facts), sizeof(struct guest_row)},
	{"library", &wire_library, sizeof(struct vendor_facts), sizeof(struct library_row)},
	{"gpu", &wire_gpu, sizeof(struct gpu_info), sizeof(struct gpu_row)},
	{"gpu", &wire_origins, sizeof(struct card), sizeof(struct gpu_row)},
	{"sample", &wire_sample, sizeof(struct wire_sample_told), sizeof(struct sample)},
	{"reading", &wire_reading, sizeof(struct wire_reading_told), sizeof(struct gpu_sample)},
	{"reading", &wire_values, sizeof(struct gpu_values), sizeof(struct gpu_sample)},
	{"process", &wire_process, sizeof(struct process), sizeof(struct proc_row)},
	{"use", &wire_use, sizeof(struct wire_use_told), sizeof(struct proc_gpu)},
	{"mount", &wire_mount, sizeof(struct wire_mount_told), sizeof(struct mount_row)},
	{"answer", &wire_answer, sizeof(struct wire_answer_told), 0},
	{"vendor process", &wire_vendor_process, sizeof(struct vendor_process), 0},
};

static void *at(void *base, struct wire_place p)
{
	return (char *)base + p.offset;
}

/* ---- values that no other field has ----------------------------------------------------------------------------------- */

/* A number within its bounds. */
static double number_for(int i, double min, double max, int decimals)
{
	double v = MAX(min, 0) + 2 + i;
	return MIN(v, max - 1) + (decimals ? 0.5 : 0);
}

static void fill_number(const struct wire_field *f, int i, void *told)
{
	double v = number_for(i, f->min, f->max, f->decimals);
	if (f->told.type == WIRE_INT)
		*(int *)at(told, f->told) = (int)v;
	else if (f->told.type == WIRE_UNSIGNED)
		*(unsigned *)at(told, f->told) = (unsigned)v;
	else if (f->told.type == WIRE_INT64)
		*(int64_t *)at(told, f->told) = (int64_t)v;
	else if (f->told.type == WIRE_NUM)
		*(struct num *)at(told, f->told) = num_of(v);
	else
		g_error("%s: a number of no type", f->key);
}

static GPtrArray *list_of_two(const char *word)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(list, g_strdup(word));
	g_ptr_array_add(list, g_strdup("last"));
	return list;
}

static void fill(const struct wire_field *f, int i, void *told)
{
	g_autofree char *word = g_strdup_printf("word-%d", i);
	void *place = at(told, f->told);
	struct num *n = place;
	switch (f->form) {
	case WIRE_TEXT:
	case WIRE_LOWER:
		g_strlcpy(place, word, f->told.size);
		break;
	case WIRE_STRING:
	case WIRE_COMMAND:
		*(char **)place = g_steal_pointer(&word);
		break;
	case WIRE_LIST:
	case WIRE_LOWERS:
		*(GPtrArray **)place = list_of_two(word);
		break;
	case WIRE_BDF:
		g_strlcpy(place, "10000000:0a:1f.7", f->told.size);
		break;
	case WIRE_ID:
		g_snprintf(place, f->told.size, "%04x", 0x1000 + i);
		break;
	case WIRE_IDS:
		g_snprintf(place, f->told.size, "1002:%04x", 0x800 + i);
		break;
	case WIRE_WORD:
		*(unsigned *)place = (unsigned)f->n_words - 1;
		break;
	case WIRE_NUMBER:
		fill_number(f, i, told);
		break;
	case WIRE_TRI:
		*(enum tri *)place = TRI_YES;
		break;
	case WIRE_LIMITS:
		for (int k = 0; k < LIM_COUNT; k++)
			n[k] = num_of(number_for(k, limit_info[k].min, limit_info[k].max, 0));
		break;
	case WIRE_METRICS: /* but for three that ERRORS tells of */
		for (int k = NUM_STATES; k < M_COUNT; k++)
			n[k] = num_of(number_for(k % 8, metric_info[k].min, metric_info[k].max,
						 metric_info[k].decimals));
		break;
	case WIRE_ERRORS:
		for (int k = 0; k < NUM_STATES; k++)
			n[k] = wire_reasons[k] ? num_none((enum num_state)k) : num_of(40 + k);
		break;
	case WIRE_ORIGINS:
		for (int k = 0; k < M_COUNT; k++)
			((uint8_t *)place)[k] = (uint8_t)(1 + k % (ORIGIN_COUNT - 1));
		break;
	case WIRE_BARS:
		((struct gpu_info *)told)->bar_count = 2;
		((struct gpu_info *)told)->bar_bytes[0] = UINT64_C(34359738368);
		((struct gpu_info *)told)->bar_bytes[1] = 4096;
		break;
	case WIRE_THROTTLE:
		*(unsigned *)place = THROTTLE_CURRENT | THROTTLE_OTHER;
		break;
	case WIRE_BITS:
		((struct gpu_values *)told)->has_throttle_bits = true;
		((struct gpu_values *)told)->throttle_bits = UINT64_C(1) << 40 | 5;
		break;
	case WIRE_FORMS:
		g_assert_not_reached();
	}
}

static void clear(const struct wire_table *t, void *told)
{
	for (int i = 0; i < t->count; i++) {
		const struct wire_field *f = &t->fields[i];
		if (f->form == WIRE_STRING || f->form == WIRE_COMMAND)
			g_free(*(char **)at(told, f->told));
		if (f->form == WIRE_LIST || f->form == WIRE_LOWERS)
			g_ptr_array_unref(*(GPtrArray **)at(told, f->told));
	}
	g_free(told);
}

/* ---- what came of them ------------------------------------------------------------------------------------------------ */

static double number_in(struct wire_place p, void *base)
{
	if (p.type == WIRE_INT)
		return *(int *)at(base, p);
	if (p.type == WIRE_UNSIGNED)
		return *(unsigned *)at(base, p);
	if (p.type == WIRE_INT64)
		return (double)*(int64_t *)at(base, p);
	g_assert_cmpint(((struct num *)at(base, p))->state, ==, NUM_OK);
	return ((struct num *)at(base, p))->v;
}

static void same_nums(const struct num *a, const struct num *b, int count)
{
	for (int i = 0; i < count; i++) {
		g_assert_cmpint(a[i].state, ==, b[i].state);
		if (num_known(a[i]))
			g_assert_cmpfloat(a[i].v, ==, b[i].v);
	}
}

static void same_id(const char *hex, uint16_t id)
{
	g_assert_cmpuint(strtoul(hex, NULL, 16), ==, id);
}

/* The console reads what the agent has told. */
static void same(const struct wire_field *f, void *told, void *row)
{
	const void *a = at(told, f->told), *b = at(row, f->row);
	g_test_message("%s", f->key ? f->key : "metrics");
	switch (f->form) {
	case WIRE_TEXT:
	case WIRE_LOWER:
		g_assert_cmpstr(a, ==, *(const char *const *)b);
		break;
	case WIRE_STRING:
	case WIRE_COMMAND:
		g_assert_cmpstr(*(const char *const *)a, ==, *(const char *const *)b);
		break;
	case WIRE_LIST:
	case WIRE_LOWERS:
		g_assert_cmpstr((*(GPtrArray *const *)a)->pdata[0], ==, (*(char **const *)b)[0]);
		g_assert_cmpstr("last", ==, (*(char **const *)b)[1]);
		g_assert_null((*(char **const *)b)[2]);
		break;
	case WIRE_BDF:
		g_assert_cmpstr(a, ==, b);
		break;
	case WIRE_ID:
		same_id(a, *(const uint16_t *)b);
		break;
	case WIRE_IDS:
		g_assert_cmphex(((const uint16_t *)b)[0], ==, 0x1002);
		same_id(strchr(a, ':') + 1, ((const uint16_t *)b)[1]);
		break;
	case WIRE_WORD:
		if (f->row.type == WIRE_OTHER)
			g_assert_cmpstr(f->words[*(const unsigned *)a], ==, *(const char *const *)b);
		else
			g_assert_cmpuint(*(const unsigned *)a, ==, *(const unsigned *)b);
		break;
	case WIRE_NUMBER:
		g_assert_cmpfloat(number_in(f->told, told), ==, number_in(f->row, row));
		break;
	case WIRE_TRI:
		g_assert_cmpint(*(const enum tri *)a, ==, *(const enum tri *)b);
		break;
	case WIRE_LIMITS:
		same_nums(a, b, LIM_COUNT);
		break;
	case WIRE_METRICS:
	case WIRE_ERRORS:
		same_nums(a, b, M_COUNT);
		break;
	case WIRE_ORIGINS:
		for (int k = 0; k < M_COUNT; k++)
			g_assert_cmpstr(origin_names[((const uint8_t *)a)[k]], ==,
					((const char *const *)b)[k]);
		break;
	case WIRE_BARS:
		g_assert_cmpint(((struct gpu_row *)row)->n_bars, ==, 2);
		g_assert_cmpmem(((struct gpu_row *)row)->bar_bytes, 16, a, 16);
		break;
	case WIRE_THROTTLE:
		g_assert_cmpuint(*(const unsigned *)a, ==, *(const unsigned *)b);
		break;
	case WIRE_BITS:
		g_assert_true(((struct gpu_sample *)row)->has_throttle_bits);
		g_assert_cmpuint(*(const uint64_t *)a, ==, *(const uint64_t *)b);
		break;
	case WIRE_FORMS:
		g_assert_not_reached();
	}
}

static json_t *load(const GString *text)
{
	json_error_t why;
	json_t *o = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, &why);
	if (!o)
		g_error("%s in %s", why.text, text->str);
	return o;
}

/* Every key is in the line, and nothing else. */
static void check_keys(const struct wire_table *t, const json_t *o)
{
	size_t n = 0;
	for (int i = 0; i < t->count; i++) {
		const char *key = t->fields[i].key;
		g_assert_true(!key || json_object_get(o, key));
		n += key ? 1 : M_COUNT - 3; /* metrics, but for those that ERRORS tells of */
	}
	g_assert_cmpuint(json_object_size(o), ==, n);
}

static void test_both_ways(void)
{
	for (gsize k = 0; k < G_N_ELEMENTS(tables); k++) {
		const struct wire_table *t = tables[k].table;
		void *told = g_malloc0(tables[k].told), *row = g_malloc0(tables[k].row + 1);
		g_autoptr(GString) text = g_string_new(NULL);
		struct box *box = box_new();
		for (int i = 0; i < t->count; i++)
			fill(&t->fields[i], i, told);
		wire_write_object(text, NULL, t, told);
		json_t *o = load(text);
		check_keys(t, o);
		wire_read(box, o, t, row);
		for (int i = 0; i < t->count; i++)
			if (t->fields[i].row.type != WIRE_NONE)
				same(&t->fields[i], told, row);
		json_decref(o);
		box_unref(box);
		g_free(row);
		clear(t, told);
	}
}

/* What a library's child says arrives as it was. */
static void test_back(void)
{
	static const struct wire_table *const of_child[] = {&wire_library, &wire_gpu, &wire_values,
							    &wire_answer, &wire_vendor_process};
	for (gsize k = 0; k < G_N_ELEMENTS(tables); k++) {
		const struct wire_table *t = tables[k].table;
		bool wanted = false;
		for (gsize c = 0; c < G_N_ELEMENTS(of_child); c++)
			wanted = wanted || of_child[c] == t;
		if (!wanted)
			continue;
		void *told = g_malloc0(tables[k].told), *back = g_malloc0(tables[k].told);
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GString) again = g_string_new(NULL);
		for (int i = 0; i < t->count; i++)
			fill(&t->fields[i], i, told);
		wire_write_object(text, NULL, t, told);
		json_t *o = load(text);
		wire_read_back(o, t, back);
		wire_write_object(again, NULL, t, back);
		g_assert_cmpstr(text->str, ==, again->str);
		json_decref(o);
		g_free(told);
		g_free(back);
	}
}

/* Nothing is told where nothing is known, and both readers take that for what it is. */
static void test_nothing(void)
{
	struct gpu_info info;
	struct gpu_values values;
	struct gpu_row gpu = {0};
	struct gpu_sample sample = {0};
	struct box *box = box_new();
	g_autoptr(GString) text = g_string_new(NULL);
	gpu_info_init(&info);
	gpu_values_init(&values, 0);
	wire_write_object(text, NULL, &wire_gpu, &info);
	g_assert_cmpstr(text->str, ==, "{\"kind\":\"gpu\",\"limits\":{}}");
	g_string_truncate(text, 0);
	wire_write_object(text, NULL, &wire_values, &values);
	g_assert_cmpstr(text->str, ==, "{\"state\":\"live\"}");
	wire_read(box, NULL, &wire_gpu, &gpu);
	wire_read(box, NULL, &wire_values, &sample);
	g_assert_cmpstr(gpu.name, ==, "");
	g_assert_cmpint(gpu.numa_node.state, ==, NUM_UNKNOWN);
	g_assert_cmpint(gpu.passive, ==, TRI_UNKNOWN);
	g_assert_cmpint(sample.state, ==, GPU_UNKNOWN);
	g_assert_cmpuint(sample.throttle, ==, THROTTLE_UNKNOWN);
	g_assert_cmpint(sample.metric[M_POWER_W].state, ==, NUM_UNKNOWN);
	info.numa_node = 3;
	values.state = GPU_BUSY;
	wire_read_back(NULL, &wire_gpu, &info);
	wire_read_back(NULL, &wire_values, &values);
	g_assert_cmpint(info.numa_node, ==, 3);
	g_assert_cmpint(values.state, ==, GPU_BUSY);
	box_unref(box);
}

/* What is out of bounds is no value, whoever writes or reads it. */
static void test_bounds(void)
{
	struct vendor_process p = {.pid = -5, .card = 3, .vram_bytes = num_of(-1), .busy_pct = num_of(101)};
	struct proc_row row = {0};
	struct proc_gpu use = {0};
	struct box *box = box_new();
	g_autoptr(GString) text = g_string_new(NULL);
	wire_write_object(text, NULL, &wire_vendor_process, &p);
	g_assert_cmpstr(text->str, ==, "{\"card\":3}");
	json_t *o = json_pack("{s:i,s:i,s:i,s:f,s:I}", "pid", -5, "card", GPU_MAX, "busy_pct", 101,
			      "vram_bytes", -1.0, "start_ms", (json_int_t)G_MAXINT64);
	wire_read(box, o, &wire_process, &row);
	wire_read(box, o, &wire_use, &use);
	g_assert_cmpint(row.pid, ==, 0);
	g_assert_cmpint(row.start_ms, ==, 0);
	g_assert_cmpint(use.vram_bytes.state, ==, NUM_BAD);
	g_assert_cmpint(use.busy_pct.state, ==, NUM_BAD);
	p = (struct vendor_process){.pid = 7, .card = -1};
	wire_read_back(o, &wire_vendor_process, &p);
	g_assert_cmpint(p.pid, ==, 7);
	g_assert_cmpint(p.card, ==, -1);
	g_assert_false(num_known(p.busy_pct));
	json_decref(o);
	box_unref(box);
}

/* ---- the shell probe --------------------------------------------------------------------------------------------------- */

static GHashTable *known_keys(void)
{
	static const char *const objects[] = {WIRE_KEY_PROTOCOL, WIRE_KEY_GUEST, WIRE_KEY_LIBRARIES,
					      WIRE_KEY_GPUS,     WIRE_KEY_PROCS, WIRE_KEY_MOUNTS};
	GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);
	for (gsize k = 0; k < G_N_ELEMENTS(tables); k++)
		for (int i = 0; i < tables[k].table->count; i++)
			if (tables[k].table->fields[i].key)
				g_hash_table_add(keys, (char *)tables[k].table->fields[i].key);
	for (int i = 0; i < M_COUNT; i++)
		g_hash_table_add(keys, (char *)metric_info[i].key);
	for (int i = 0; i < LIM_COUNT; i++)
		g_hash_table_add(keys, (char *)limit_info[i].key);
	for (gsize i = 0; i < G_N_ELEMENTS(objects); i++)
		g_hash_table_add(keys, (char *)objects[i]);
	return keys;
}

/* It writes its lines by hand, and its script names each key literally, but for those of the sensors by their labels. */
static void test_probe_keys(void)
{
	g_autofree char *path = unit_data("../backends/guest/probe.sh"), *script = NULL;
	g_autoptr(GHashTable) keys = known_keys();
	g_autoptr(GRegex) written = g_regex_new(
		"^\\s*(?:.*&& )?(?:text|number|decimal|reading|celsius) ([a-z_]+) |\"([a-z_-]+)\\\\?\":",
		G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	int n = 0;
	g_assert_true(g_file_get_contents(path, &script, NULL, NULL));
	for (g_regex_match(written, script, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL), n++) {
		g_autofree char *helped = g_match_info_fetch(match, 1),
				*literal = g_match_info_fetch(match, 2);
		const char *key = *helped ? helped : literal;
		if (!g_hash_table_contains(keys, key))
			g_error("probe.sh writes \"%s\", which nobody reads", key);
	}
	g_assert_cmpint(n, >, 60);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/wire/both-ways", test_both_ways);
	g_test_add_func("/wire/back", test_back);
	g_test_add_func("/wire/nothing", test_nothing);
	g_test_add_func("/wire/bounds", test_bounds);
	g_test_add_func("/wire/probe-keys", test_probe_keys);
	return g_test_run();
}
