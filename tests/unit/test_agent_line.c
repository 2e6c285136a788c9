/* test_agent_line.c - what guests may send: good lines into rows, bad ones refused, hostile ones made harmless. */
#include "config.h"

#include "backends/guest/agent_line.h"
#include "backends/json_scratch.h"
#include "lab/text.h"
#include "tests/unit/unit.h"

#include <string.h>

static const char hello[] =
	"{\"labtop-agent\":1,\"version\":\"0.1.0\",\"interval_ms\":500,\"pid\":4242,\"new-key\":[1],"
	"\"guest\":{\"hostname\":\"llm-1\",\"uuid\":\"4210AABB-CCDD-EEFF-0011-223344556677\",\"macs\":[\"00:"
	"50:56:AA:00:01\"],"
	"\"addresses\":[\"10.0.0.5\"],\"os\":\"Debian\",\"kernel\":\"6.1\",\"cmdline\":\"ro amdgpu.x=1 "
	"token=abc\","
	"\"boot_ms\":1767254400000,\"ncpu\":16,\"mem_bytes\":68719476736,\"root\":false},"
	"\"libraries\":[{\"name\":\"rocm-smi\",\"path\":\"/"
	"x.so\",\"version\":\"5.0\",\"driver\":\"d\",\"state\":\"live\"}],"
	"\"gpus\":[{\"id\":\"17f4\",\"kind\":\"gpu\",\"bdf\":\"0000:03:00.0\",\"path\":\"0000:00:15.0/"
	"0000:03:00.0\",\"slot\":\"160\","
	"\"vendor_id\":\"1002\",\"device_id\":\"66a1\",\"subsystem\":\"1002:0834\",\"name\":\"Instinct "
	"MI50\",\"arch\":\"gfx906\","
	"\"bar_bytes\":[17179869184,0,2097152],\"kfd_id\":51234,\"passive\":true,\"numa_node\":0,"
	"\"limits\":{\"temp_junction_crit_c\":105,\"power_max_w\":99999},\"origin\":{\"temp_junction_c\":"
	"\"rocm-smi\"}},"
	"{\"id\":\"17f4\",\"name\":\"twin\"},{\"name\":\"nameless\"},{\"id\":\"b\",\"bdf\":\"03:00\","
	"\"device_id\":\"66a1f\"}]}";

static const char sample[] = "{\"seq\":17,\"mono_ms\":123456,\"wall_ms\":1767254400000,"
			     "\"gpus\":[{\"id\":\"17f4\",\"state\":\"live\",\"age_ms\":12,\"temp_edge_c\":79."
			     "5,\"temp_junction_c\":512,\"sclk_mhz\":\"fast\","
			     "\"power_w\":0,\"vram_used_bytes\":14470348800,\"throttle\":[\"thermal\","
			     "\"solar\"],\"perf_level\":\"auto\","
			     "\"busy_pct\":93,\"temp_vrgfx_c\":71,"
			     "\"err\":{\"temp_mem_c\":\"denied\",\"mclk_mhz\":\"bad\",\"busy_pct\":\"busy\","
			     "\"fan_rpm\":\"busy\",\"temp_vrgfx_c\":\"odd\"}},"
			     "{\"id\":\"b\",\"state\":\"lost\"},{\"state\":\"live\"}],"
			     "\"procs\":[{\"pid\":77,\"ppid\":1,\"start_ms\":5,\"name\":\"ollama\","
			     "\"cmdline\":\"serve --api-key hunter2\",\"unit\":\"u\","
			     "\"gpus\":{\"17f4\":{\"vram_bytes\":1024,\"busy_pct\":101}}}],"
			     "\"mounts\":[{\"source\":\"nas:/m\",\"target\":\"/"
			     "m\",\"fstype\":\"nfs\",\"age_ms\":3,\"total_bytes\":10,\"free_bytes\":-1}]}";

static struct agent_line parse(struct box *box, const char *line)
{
	struct agent_line out;
	g_autoptr(GError) error = NULL;
	g_assert_true(agent_line_parse(box, line, strlen(line), &out, &error));
	g_assert_no_error(error);
	return out;
}

static void test_hello(void)
{
	struct box *box = box_new();
	const struct guest_row *row = parse(box, hello).hello;
	size_t len = strlen(hello);
	g_assert_true(agent_line_hello(hello, &len) == hello && len == strlen(hello));
	g_assert_cmpstr(row->agent_version, ==, "0.1.0");
	g_assert_cmpint(row->interval_ms, ==, 500);
	g_assert_cmpstr(row->uuid, ==, "4210aabb-ccdd-eeff-0011-223344556677");
	g_assert_cmpstr(row->macs[0], ==, "00:50:56:aa:00:01");
	g_assert_null(row->macs[1]);
	g_assert_cmpstr(row->cmdline, ==, "ro amdgpu.x=1 token=***");
	g_assert_cmpfloat(row->ncpu.v, ==, 16);
	g_assert_cmpint(row->is_root, ==, TRI_NO);
	g_assert_cmpint(row->n_libraries, ==, 1);
	g_assert_cmpstr(row->libraries[0].reason, ==, "");
	g_assert_cmpint(row->n_gpus, ==, 4); /* none is dropped */
	g_assert_cmpstr(row->gpus[1].id, ==, "17f4#2");
	g_assert_cmpstr(row->gpus[2].id, ==, "#1");
	const struct gpu_row *gpu = &row->gpus[0];
	g_assert_cmpstr(gpu->name, ==, "Instinct MI50");
	g_assert_cmpstr(gpu->bdf, ==, "0000:03:00.0");
	g_assert_cmphex(gpu->device_id, ==, 0x66a1);
	g_assert_cmphex(gpu->subvendor_id, ==, 0x1002);
	g_assert_cmphex(gpu->subdevice_id, ==, 0x0834);
	g_assert_cmpint(gpu->n_bars, ==, 3);
	g_assert_cmpuint(gpu->bar_bytes[0], ==, 17179869184);
	g_assert_cmpint(gpu->passive, ==, TRI_YES);
	g_assert_cmpfloat(gpu->limit[LIM_TEMP_JUNCTION_CRIT_C].v, ==, 105);
	g_assert_cmpint(gpu->limit[LIM_POWER_MAX_W].state, ==, NUM_BAD);
	g_assert_cmpint(gpu->limit[LIM_TEMP_EDGE_CRIT_C].state, ==, NUM_UNKNOWN);
	g_assert_cmpstr(gpu->origin[M_TEMP_JUNCTION_C], ==, "rocm-smi");
	g_assert_cmpstr(gpu->origin[M_POWER_W], ==, "");
	g_assert_cmpstr(row->gpus[3].bdf, ==, "");
	g_assert_cmphex(row->gpus[3].device_id, ==, 0);
	box_unref(box);
}

/* What a login wrote before it, without the end of a line. */
static void test_hello_after_text(void)
{
	static const struct {
		const char *line, *hello;
	} cases[] = {
		{"\033]0;ops@box\007{\"labtop-agent\":1}", "{\"labtop-agent\":1}"},
		{"\"labtop-agent\" $ { \"labtop-agent\":1}", "{ \"labtop-agent\":1}"},
		{"{\"labtop-agent\":1} tail", "{\"labtop-agent\":1} tail"},
		{"{x\"labtop-agent\":1}", NULL},
		{"\"labtop-agent\":1}", NULL},
		{"{\"labtop-agent", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t len = strlen(cases[i].line);
		const char *at = agent_line_hello(cases[i].line, &len);
		g_test_message("%s", cases[i].line);
		g_assert_cmpstr(at, ==, cases[i].hello);
		g_assert_cmpuint(len, ==, strlen(at ? at : cases[i].line));
	}
}

static void test_sample(void)
{
	struct box *box = box_new();
	const struct sample *s = parse(box, sample).sample;
	size_t len = strlen(sample);
	g_assert_null(agent_line_hello(sample, &len));
	g_assert_cmpuint(len, ==, strlen(sample));
	g_assert_cmpint(s->seq, ==, 17);
	g_assert_cmpint(s->n_gpus, ==, 3);
	g_assert_cmpstr(s->gpus[2].id, ==, "#1");
	const struct gpu_sample *g = &s->gpus[0];
	g_assert_cmpint(g->state, ==, GPU_LIVE);
	g_assert_cmpint(g->age_ms, ==, 12);
	g_assert_cmpfloat(g->metric[M_TEMP_EDGE_C].v, ==, 79.5);
	g_assert_cmpint(g->metric[M_TEMP_JUNCTION_C].state, ==, NUM_BAD);
	g_assert_cmpint(g->metric[M_SCLK_MHZ].state, ==, NUM_BAD);
	g_assert_cmpint(g->metric[M_POWER_W].state, ==, NUM_OK);
	g_assert_cmpint(g->metric[M_TEMP_MEM_C].state, ==, NUM_DENIED);
	g_assert_cmpint(g->metric[M_MCLK_MHZ].state, ==, NUM_BAD);
	g_assert_cmpint(g->metric[M_TEMP_VRGFX_C].state, ==, NUM_BAD);
	g_assert_cmpint(g->metric[M_BUSY_PCT].state, ==, NUM_BUSY);
	g_assert_cmpfloat(g->metric[M_BUSY_PCT].v, ==, 93);
	g_assert_cmpint(g->metric[M_FAN_RPM].state, ==, NUM_BUSY);
	g_assert_false(num_known(g->metric[M_FAN_RPM]));
	g_assert_cmpint(g->metric[M_ENERGY_J].state, ==, NUM_UNKNOWN);
	g_assert_cmpuint(g->throttle, ==, THROTTLE_THERMAL | THROTTLE_OTHER);
	g_assert_cmpint(s->gpus[1].state, ==, GPU_LOST);
	g_assert_cmpuint(s->gpus[1].throttle, ==, THROTTLE_UNKNOWN);
	g_assert_true(s->has_procs && s->has_mounts);
	g_assert_cmpstr(s->procs[0].cmdline, ==, "serve --api-key ***");
	g_assert_cmpstr(s->procs[0].gpus[0].gpu, ==, "17f4");
	g_assert_cmpfloat(s->procs[0].gpus[0].vram_bytes.v, ==, 1024);
	g_assert_cmpint(s->procs[0].gpus[0].busy_pct.state, ==, NUM_BAD);
	g_assert_cmpint(s->mounts[0].free_bytes.state, ==, NUM_BAD);
	s = parse(box, "{\"seq\":0,\"gpus\":[]}").sample;
	g_assert_false(s->has_procs || s->has_mounts);
	box_unref(box);
}

static void test_other_lines(void)
{
	g_autofree char *huge = g_strnfill(AGENT_LINE_CAP + 1, ' '), *deep = g_strnfill(300, '[');
	const struct {
		const char *line;
		int code; /* -1: passed over */
	} cases[] = {
		{"{}", -1},
		{"{\"kind-of-line-we-do-not-know\":1}", -1},
		{"Last login: today", LAB_ERR_PROTOCOL},
		{"[1]", LAB_ERR_PROTOCOL},
		{"", LAB_ERR_PROTOCOL},
		{"{\"seq\":1,\"seq\":2}", LAB_ERR_PROTOCOL},
		{"{\"seq\":1,\"gpus\":[{\"id\":\"a\\u0000b\"}]}", LAB_ERR_PROTOCOL},
		{"{\"seq\":NaN}", LAB_ERR_PROTOCOL},
		{"{\"seq\":1", LAB_ERR_PROTOCOL},
		{huge, LAB_ERR_PROTOCOL},
		{deep, LAB_ERR_PROTOCOL},
		{"{\"labtop-agent\":2}", LAB_ERR_UNSUPPORTED},
		{"{\"labtop-agent\":\"1\"}", LAB_ERR_UNSUPPORTED},
		{"{\"labtop-agent\":99999999999999}", LAB_ERR_UNSUPPORTED},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct box *box = box_new();
		struct agent_line out;
		g_autoptr(GError) error = NULL;
		bool good = agent_line_parse(box, cases[i].line, strlen(cases[i].line), &out, &error);
		g_assert_cmpint(good, ==, cases[i].code == -1);
		g_assert_true(!out.hello && !out.sample);
		if (!good)
			g_assert_error(error, LAB_ERROR, cases[i].code);
		box_unref(box);
	}
}

/* Everything of the wrong type at once, and no text left that could drive a terminal. */
static void test_hostile(void)
{
	static const char *const wrong[] = {
		"null", "1", "-1e308", "true", "\"\\u001b[2J\\u202e\"", "[]", "[[{}]]", "{\"\\u009b\":{}}"};
	static const char *const keys[] = {"guest",   "libraries", "gpus",   "interval_ms",
					   "version", "procs",     "mounts", "seq"};
	for (size_t w = 0; w < G_N_ELEMENTS(wrong); w++) {
		g_autoptr(GString) line = g_string_new("{\"labtop-agent\":1");
		for (size_t k = 0; k < G_N_ELEMENTS(keys); k++)
			g_string_append_printf(line, ",\"%s\":%s", keys[k], wrong[w]);
		g_string_append(line, "}");
		struct box *box = box_new();
		const struct guest_row *row = parse(box, line->str).hello;
		g_assert_true(text_is_clean(row->agent_version));
		g_assert_cmpint(row->n_gpus, ==, 0);
		g_string_erase(line, 1, (gssize)strlen("\"labtop-agent\":1,"));
		const struct sample *s = parse(box, line->str).sample;
		g_assert_true(!s || s->n_gpus == 0);
		box_unref(box);
	}
	struct box *box = box_new();
	const struct guest_row *row =
		parse(box, "{\"labtop-agent\":1,\"guest\":{\"hostname\":\"\\u001b]0;x\\u0007\",\"addresses\":"
			   "[\"\\u202e\"]},"
			   "\"gpus\":[{\"id\":\"\\u009b\",\"name\":\"a\\nb\",\"path\":\"\\u001bX\"}]}")
			.hello;
	g_assert_cmpstr(row->hostname, ==, "^[]0;x^G");
	g_assert_cmpstr(row->addresses[0], ==, "<U+202E>");
	g_assert_cmpstr(row->gpus[0].id, ==, "<U+009B>");
	g_assert_cmpstr(row->gpus[0].name, ==, "a b");
	g_assert_true(text_is_clean(row->gpus[0].path));
	box_unref(box);
}

/* Counts that a guest names are capped. */
static void test_caps(void)
{
	g_autoptr(GString) line = g_string_new("{\"seq\":1,\"gpus\":[");
	for (int i = 0; i < 500; i++)
		g_string_append_printf(line, "%s{\"id\":\"%d\"}", i ? "," : "", i);
	g_string_append(line, "]}");
	struct box *box = box_new();
	g_assert_cmpint(parse(box, line->str).sample->n_gpus, ==, 64);
	box_unref(box);
}

/* Small trees cost no malloc; one that outgrows the piece is read and freed all the same. */
static void test_scratch(void)
{
	struct json_scratch scratch;
	g_autoptr(GString) text = g_string_new("[0");
	for (int i = 0; i < 4000; i++)
		g_string_append_printf(text, ",\"%d\"", i);
	g_string_append_c(text, ']');

	json_scratch_begin(&scratch);
	json_t *small = json_loads("{\"a\":[1,2]}", 0, NULL);
	g_assert_true((char *)small >= scratch.bytes && (char *)small < scratch.bytes + sizeof scratch.bytes);
	g_assert_false(scratch.outgrown);
	json_scratch_end(&scratch, small);

	json_scratch_begin(&scratch);
	json_t *big = json_loads(text->str, 0, NULL);
	g_assert_cmpuint(json_array_size(big), ==, 4001);
	g_assert_true(scratch.outgrown);
	json_scratch_end(&scratch, big);

	json_t *after = json_loads("[1]", 0, NULL); /* as ever */
	g_assert_false((char *)after >= scratch.bytes &&
		       (char *)after < scratch.bytes + sizeof scratch.bytes);
	json_decref(after);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	json_scratch_install();
	g_test_add_func("/agent/line/scratch", test_scratch);
	g_test_add_func("/agent-line/hello", test_hello);
	g_test_add_func("/agent-line/hello-after-text", test_hello_after_text);
	g_test_add_func("/agent-line/sample", test_sample);
	g_test_add_func("/agent-line/other-lines", test_other_lines);
	g_test_add_func("/agent-line/hostile", test_hostile);
	g_test_add_func("/agent-line/caps", test_caps);
	return g_test_run();
}
