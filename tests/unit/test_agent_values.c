/* test_agent_values.c - readings: bounds, two sources made one, JSON there and back, restarts, and what a row shows. */
#include "config.h"
#include "backends/gpu/gpu.h"

#include <math.h>
#include <string.h>

#include "backends/gpu/card.h"
#include "backends/gpu/restart.h"
#include "backends/gpu/wire_write.h"
#include "tests/unit/unit.h"

static uint64_t bit(enum metric m)
{
	return UINT64_C(1) << m;
}

static void test_bounds(void)
{
	struct gpu_values v;

	gpu_values_init(&v, 1);
	gpu_values_put(&v, M_BUSY_PCT, 150, ORIGIN_SYSFS);
	g_assert_cmpint(v.m[M_BUSY_PCT].state, ==, NUM_BAD);
	gpu_values_put(&v, M_BUSY_PCT, 50, ORIGIN_GPU_METRICS); /* a later source may know better */
	g_assert_cmpfloat(v.m[M_BUSY_PCT].v, ==, 50);
	gpu_values_put(&v, M_BUSY_PCT, 60, ORIGIN_SYSFS); /* and what is good stays */
	g_assert_cmpfloat(v.m[M_BUSY_PCT].v, ==, 50);
	g_assert_cmpint(v.origin[M_BUSY_PCT], ==, ORIGIN_GPU_METRICS);
	gpu_values_put(&v, M_TEMP_EDGE_C, -3, ORIGIN_HWMON);
	g_assert_cmpfloat(v.m[M_TEMP_EDGE_C].v, ==, -3);
	gpu_values_put(&v, M_ENERGY_J, NAN, ORIGIN_NVML);
	g_assert_cmpint(v.m[M_ENERGY_J].state, ==, NUM_BAD);
	gpu_values_fail(&v, M_POWER_W, NUM_DENIED, ORIGIN_HWMON);
	gpu_values_fail(&v, M_POWER_W, NUM_BUSY, ORIGIN_HWMON);
	g_assert_cmpint(v.m[M_POWER_W].state, ==, NUM_DENIED);
}

static void test_merge(void)
{
	struct gpu_values library, sysfs, out;

	gpu_values_init(&library, 100);
	gpu_values_init(&sysfs, 90);
	gpu_values_put(&library, M_POWER_W, 150, ORIGIN_ROCM_SMI);
	gpu_values_put(&sysfs, M_POWER_W, 160, ORIGIN_HWMON);
	gpu_values_put(&sysfs, M_BUSY_PCT, 97, ORIGIN_SYSFS);
	gpu_values_fail(&library, M_VOLTAGE_MV, NUM_BAD, ORIGIN_ROCM_SMI);
	gpu_values_put(&sysfs, M_VOLTAGE_MV, 900, ORIGIN_HWMON);
	gpu_values_fail(&library, M_SCLK_MHZ, NUM_DENIED, ORIGIN_ROCM_SMI);
	sysfs.throttle = THROTTLE_THERMAL;
	g_strlcpy(sysfs.perf_level, "auto", sizeof sysfs.perf_level);

	gpu_values_merge(&library, &sysfs, 0, &out);
	g_assert_cmpfloat(out.m[M_POWER_W].v, ==, 150);
	g_assert_cmpint(out.origin[M_POWER_W], ==, ORIGIN_ROCM_SMI);
	g_assert_cmpfloat(out.m[M_BUSY_PCT].v, ==, 97);
	g_assert_cmpfloat(out.m[M_VOLTAGE_MV].v, ==, 900);
	g_assert_cmpint(out.m[M_SCLK_MHZ].state, ==, NUM_DENIED);
	g_assert_cmpint(out.m[M_MCLK_MHZ].state, ==, NUM_UNKNOWN);
	g_assert_cmpuint(out.throttle, ==, THROTTLE_THERMAL);
	g_assert_cmpstr(out.perf_level, ==, "auto");
	g_assert_cmpint(out.taken_ms, ==, 100);

	gpu_values_merge(&library, &sysfs, bit(M_POWER_W), &out);
	g_assert_cmpint(out.origin[M_POWER_W], ==, ORIGIN_HWMON);
	gpu_values_merge(NULL, &sysfs, 0, &out);
	g_assert_cmpint(out.origin[M_POWER_W], ==, ORIGIN_HWMON);
	gpu_values_merge(&library, NULL, 0, &out);
	g_assert_cmpint(out.m[M_BUSY_PCT].state, ==, NUM_UNKNOWN);
	gpu_values_merge(NULL, NULL, 0, &out);
	g_assert_cmpint(out.m[M_POWER_W].state, ==, NUM_UNKNOWN);

	/* the agent's own eye says whether the card is awake and there */
	sysfs.state = GPU_SUSPENDED;
	gpu_values_merge(&library, &sysfs, 0, &out);
	g_assert_cmpint(out.state, ==, GPU_SUSPENDED);
}

static void test_differ(void)
{
	struct gpu_values a, b;

	gpu_values_init(&a, 1);
	gpu_values_init(&b, 1);
	gpu_values_put(&a, M_TEMP_EDGE_C, 60, ORIGIN_ROCM_SMI);
	gpu_values_put(&b, M_TEMP_EDGE_C, 70, ORIGIN_HWMON);
	gpu_values_put(&a, M_BUSY_PCT, 0, ORIGIN_ROCM_SMI);
	gpu_values_put(&b, M_BUSY_PCT, 100, ORIGIN_SYSFS); /* may jump */
	g_assert_cmpuint(gpu_values_differ(&a, &b), ==, 0);
	gpu_values_put(&a, M_TEMP_MEM_C, 0, ORIGIN_ROCM_SMI);
	gpu_values_put(&b, M_TEMP_MEM_C, 70, ORIGIN_HWMON);
	gpu_values_put(&a, M_VRAM_TOTAL_BYTES, 1, ORIGIN_ROCM_SMI);
	g_assert_cmpuint(gpu_values_differ(&a, &b), ==,
			 bit(M_TEMP_MEM_C)); /* one side does not know the total */
}

static GString *values_text(const struct gpu_values *v)
{
	GString *out = g_string_new(NULL);
	json_out_open(out, NULL, '{');
	wire_write(out, &wire_values, v);
	json_out_close(out, '{');
	return out;
}

static GString *info_text(const struct gpu_info *info)
{
	GString *out = g_string_new(NULL);
	json_out_open(out, NULL, '{');
	wire_write(out, &wire_gpu, info);
	json_out_close(out, '{');
	return out;
}

static json_t *load(const GString *text)
{
	json_t *o = json_loadb(text->str, text->len, JSON_REJECT_DUPLICATES, NULL);
	g_assert_nonnull(o);
	return o;
}

static void test_values_json(void)
{
	struct gpu_values v, back;

	gpu_values_init(&v, 1);
	v.state = GPU_BUSY;
	gpu_values_put(&v, M_TEMP_EDGE_C, 86.1, ORIGIN_HWMON);
	gpu_values_put(&v, M_VRAM_TOTAL_BYTES, 34359738368.0, ORIGIN_SYSFS);
	gpu_values_fail(&v, M_POWER_W, NUM_DENIED, ORIGIN_HWMON);
	v.throttle = THROTTLE_THERMAL | THROTTLE_OTHER;
	v.throttle_bits = 4;
	v.has_throttle_bits = true;
	g_strlcpy(v.perf_level, "P0", sizeof v.perf_level);

	g_autoptr(GString) text = values_text(&v);
	json_t *o = load(text);
	g_assert_cmpstr(
		text->str, ==,
		"{\"state\":\"busy\",\"temp_edge_c\":86.1,\"vram_total_bytes\":34359738368,\"perf_level\":"
		"\"P0\","
		"\"throttle\":[\"thermal\",\"other\"],\"throttle_bits\":4,\"err\":{\"power_w\":\"denied\"}}");
	gpu_values_init(&back, 0);
	wire_read_back(o, &wire_values, &back);
	json_decref(o);
	g_assert_cmpint(back.state, ==, GPU_BUSY);
	g_assert_cmpfloat(back.m[M_TEMP_EDGE_C].v, ==, 86.1);
	g_assert_cmpint(back.m[M_POWER_W].state, ==, NUM_DENIED);
	g_assert_cmpuint(back.throttle, ==, v.throttle);
	g_assert_cmpuint(back.throttle_bits, ==, 4);
	g_assert_cmpstr(back.perf_level, ==, "P0");

	gpu_values_init(&v, 1);
	v.throttle = THROTTLE_NONE;
	g_autoptr(GString) none = values_text(&v);
	o = load(none);
	g_assert_cmpuint(json_array_size(json_object_get(o, "throttle")), ==, 0);
	g_assert_true(json_is_array(json_object_get(o, "throttle")));
	json_decref(o);
	v.throttle = THROTTLE_UNKNOWN;
	g_autoptr(GString) unknown = values_text(&v);
	o = load(unknown);
	g_assert_null(json_object_get(o, "throttle"));
	json_decref(o);
}

static void test_info_json(void)
{
	struct gpu_info info, back, *const all[] = {&info};

	gpu_info_init(&info);
	g_strlcpy(info.bdf, "0000:03:00.0", sizeof info.bdf);
	g_strlcpy(info.serial, "692", sizeof info.serial);
	gpu_infos_name(all, 1);
	g_assert_cmpstr(info.id, ==, "692");
	g_strlcpy(info.unique_id, "17f4", sizeof info.unique_id);
	gpu_infos_name(all, 1); /* too late */
	g_assert_cmpstr(info.id, ==, "692");
	info.kind = GPU_KIND_MIG;
	info.numa_node = 1;
	info.bar_count = 2;
	info.bar_bytes[0] = UINT64_C(32) << 30;
	info.bar_bytes[1] = 5;
	info.passive = TRI_YES;
	info.kfd_id = 26273;
	info.gpu_instance = num_of(13);
	info.compute_instance = num_of(0);
	info.limit[LIM_POWER_MAX_W] = num_of(225);

	g_autoptr(GString) text = info_text(&info);
	json_t *o = load(text);
	gpu_info_init(&back);
	wire_read_back(o, &wire_gpu, &back);
	g_autoptr(GString) again = info_text(&back);
	g_assert_cmpstr(text->str, ==, again->str);
	json_decref(o);
	g_assert_cmpstr(back.unique_id, ==, "17f4");
	g_assert_cmpint(back.kind, ==, GPU_KIND_MIG);
	g_assert_cmpint(back.numa_node, ==, 1);
	g_assert_cmpuint(back.bar_bytes[0], ==, UINT64_C(32) << 30);
	g_assert_cmpfloat(back.limit[LIM_POWER_MAX_W].v, ==, 225);
	g_assert_cmpfloat(back.gpu_instance.v, ==, 13);
	g_assert_true(num_known(back.compute_instance));

	gpu_info_init(&back);
	wire_read_back(NULL, &wire_gpu, &back);
	g_assert_cmpint(back.numa_node, ==, -1);
	o = json_pack("{s:i,s:s,s:[i],s:s,s:{s:s}}", "id", 7, "kind", "nonsense", "bar_bytes", -5, "passive",
		      "yes", "limits", "power_max_w", "x");
	wire_read_back(o, &wire_gpu, &back);
	json_decref(o);
	g_assert_cmpstr(back.id, ==, "");
	g_assert_cmpint(back.kind, ==, GPU_KIND_GPU);
	g_assert_cmpuint(back.bar_bytes[0], ==, 0);
	g_assert_cmpint(back.passive, ==, TRI_UNKNOWN);
	g_assert_false(num_known(back.limit[LIM_POWER_MAX_W]));
}

static void test_restart(void)
{
	static const gint64 delays[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
	struct restart r = {0};
	gint64 now = 1000000;

	g_assert_true(restart_is_due(&r, now));
	for (gsize i = 0; i < G_N_ELEMENTS(delays); i++) {
		restart_started(&r, now);
		restart_died(&r, now += 10);
		g_assert_cmpint(r.due_ms - now, ==, delays[i]);
		g_assert_false(restart_is_due(&r, r.due_ms - 1));
		g_assert_true(restart_is_due(&r, r.due_ms));
		now = r.due_ms;
	}
	restart_started(&r, now);
	restart_died(&r, now + 60000); /* it had worked for a minute */
	g_assert_cmpint(r.due_ms, ==, now + 61000);
	restart_after(&r, now, 5);
	g_assert_true(restart_is_due(&r, now + 5));
}

static void test_blame(void)
{
	struct blame *b = blame_new();

	g_assert_false(blame_add(b, "0000:03:00.0", "temp"));
	g_assert_false(blame_add(b, "0000:03:00.0", "power"));
	g_assert_false(blame_add(b, "0000:0b:00.0", "temp")); /* another card's */
	g_assert_false(blame_add(b, "0000:03:00.0", "temp"));
	g_assert_false(blame_is_left_out(b, "0000:03:00.0", "temp"));
	g_assert_true(blame_add(b, "0000:03:00.0", "temp"));
	g_assert_true(blame_is_left_out(b, "0000:03:00.0", "temp"));
	g_assert_false(blame_is_left_out(b, "0000:0b:00.0", "temp"));
	g_autoptr(GPtrArray) list = blame_left_out(b);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(list, 0), ==, "0000:03:00.0/temp");
	blame_free(b);
}

/* A row with readings of a library, without any child. */
static struct card *library_row(void)
{
	struct gpu_info info;

	gpu_info_init(&info);
	g_strlcpy(info.unique_id, "GPU-1", sizeof info.unique_id);
	return card_new_library("/nowhere", &info);
}

static void test_settle(void)
{
	struct card *card = library_row();

	g_assert_cmpstr(card->info.unique_id, ==, "GPU-1");
	g_assert_cmpstr(card->info.id, ==, ""); /* named when it is first told of */
	gpu_values_init(&card->library, 1000);
	gpu_values_put(&card->library, M_TEMP_EDGE_C, 50, ORIGIN_NVML);
	g_assert_true(card_settle(card, 1000)); /* the first origins are told at once */
	g_assert_cmpint(card->origin[M_TEMP_EDGE_C], ==, ORIGIN_NVML);
	g_assert_false(card_settle(card, 1000));

	/* busy: the last value stays, and the error says why */
	gpu_values_init(&card->library, 2000);
	gpu_values_fail(&card->library, M_TEMP_EDGE_C, NUM_BUSY, ORIGIN_NVML);
	g_assert_false(card_settle(card, 1000));
	g_assert_cmpint(card->shown.m[M_TEMP_EDGE_C].state, ==, NUM_BUSY);
	g_assert_cmpfloat(card->shown.m[M_TEMP_EDGE_C].v, ==, 50);

	/* a fan that a passive board does not have */
	card->info.passive = TRI_YES;
	gpu_values_init(&card->library, 3000);
	gpu_values_put(&card->library, M_FAN_RPM, 1200, ORIGIN_NVML);
	card_settle(card, 1000);
	g_assert_cmpint(card->shown.m[M_FAN_RPM].state, ==, NUM_UNKNOWN);
	card_free(card);
}

static void test_settle_two(void)
{
	struct card *card = library_row();

	card->library_up = true;
	gpu_values_init(&card->library, 1000);
	gpu_values_put(&card->library, M_POWER_W, 150, ORIGIN_ROCM_SMI);
	gpu_values_init(&card->sysfs, 1000);
	gpu_values_put(&card->sysfs, M_POWER_W, 160, ORIGIN_HWMON);
	g_assert_true(card_settle(card, 1000));
	g_assert_cmpfloat(card->shown.m[M_POWER_W].v, ==, 150);

	/* the library has stopped answering: sysfs stands in, and that is told once it has stayed so */
	card->sysfs.taken_ms = 2500;
	g_assert_false(card_settle(card, 1000));
	g_assert_cmpfloat(card->shown.m[M_POWER_W].v, ==, 160);
	g_assert_cmpint(card->shown.taken_ms, ==, 2500);
	g_assert_true(card_settle(card, 1000));
	g_assert_cmpint(card->origin[M_POWER_W], ==, ORIGIN_HWMON);
	card_free(card);
}

static void test_distrust(void)
{
	struct card *card = library_row();

	card->library_up = true;
	for (int round = 1; round <= 4; round++) {
		gpu_values_init(&card->library, round * 1000);
		gpu_values_put(&card->library, M_TEMP_JUNCTION_C, round == 2 ? 80 : 20, ORIGIN_ROCM_SMI);
		gpu_values_init(&card->sysfs, round * 1000);
		gpu_values_put(&card->sysfs, M_TEMP_JUNCTION_C, 84, ORIGIN_HWMON);
		card_settle(card, 1000);
		g_assert_cmpfloat(card->shown.m[M_TEMP_JUNCTION_C].v, ==,
				  round == 2 ? 80 : 20); /* not three in a row yet */
	}
	card_settle(card, 1000);
	g_assert_cmpfloat(card->shown.m[M_TEMP_JUNCTION_C].v, ==, 84);
	card_free(card);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/values/bounds", test_bounds);
	g_test_add_func("/agent/values/merge", test_merge);
	g_test_add_func("/agent/values/differ", test_differ);
	g_test_add_func("/agent/values/json", test_values_json);
	g_test_add_func("/agent/values/info-json", test_info_json);
	g_test_add_func("/agent/values/settle", test_settle);
	g_test_add_func("/agent/values/settle-two", test_settle_two);
	g_test_add_func("/agent/values/distrust", test_distrust);
	g_test_add_func("/agent/restart/delays", test_restart);
	g_test_add_func("/agent/restart/blame", test_blame);
	return g_test_run();
}
