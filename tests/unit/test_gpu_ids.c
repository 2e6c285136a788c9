/* test_gpu_ids.c - what the cards of a guest are called: ids only where they tell cards apart, and the same ever after. */
#include "config.h"
#include "lab/gpu_ids.h"

#include "backends/guest/agent_line.h"
#include "backends/guest/card_names.h"
#include "tests/unit/unit.h"

#include <string.h>

static void test_told(void)
{
	static const char *const good[] = {"17f4c81172fd6200", "692251001124", "GPU-5b0e1c3a", "0x17f4",
					   "10"};
	static const char *const none[] = {
		"",    "0",     "0000000000000000", "0x0",  "00-00", "ffffffffffffffff",
		"N/A", "[N/A]", "Unknown",          "none", " "};
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(gpu_id_is_told(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_false(gpu_id_is_told(none[i]));
}

static void test_choose(void)
{
	static const struct {
		struct gpu_identity card[3];
		const char *want[3];
	} cases[] = {
		{{{"a1", "s1", "0000:03:00.0", ""},
		  {"b2", "s2", "0000:0b:00.0", ""},
		  {"", "s3", "0000:0c:00.0", ""}},
		 {"a1", "b2", "s3"}},
		/* the same serial, no id; zeros */
		{{{"", "69", "0000:03:00.0", ""},
		  {"", "69", "0000:0b:00.0", ""},
		  {"0000", "", "0000:0c:00.0", ""}},
		 {"0000:03:00.0", "0000:0b:00.0", "0000:0c:00.0"}},
		/* the same id: the serials tell them apart, the third has neither */
		{{{"a1", "s1", "0000:03:00.0", ""},
		  {"A1", "s2", "0000:0b:00.0", ""},
		  {"a1", "0", "0000:0c:00.0", ""}},
		 {"s1", "s2", "0000:0c:00.0"}},
		/* what was chosen stays, and nobody else gets it */
		{{{"a1", "", "0000:03:00.0", "0000:03:00.0"},
		  {"b2", "", "0000:0b:00.0", "c3"},
		  {"c3", "", "0000:0c:00.0", ""}},
		 {"0000:03:00.0", "c3", "0000:0c:00.0"}},
		/* parts without ids of their own have their card's address; one has none at all */
		{{{"a1", "", "0000:03:00.0", ""},
		  {"", "", "0000:03:00.0", "0000:03:00.0"},
		  {"", "", "0000:03:00.0", ""}},
		 {"a1", "0000:03:00.0", "0000:03:00.0#2"}},
		{{{"", "", "", ""}, {"", "", "", ""}, {"", "", "10000:e1:00.0", ""}},
		 {"card", "card#2", "10000:e1:00.0"}},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct gpu_identity cards[3];
		memcpy(cards, cases[i].card, sizeof cards);
		gpu_ids_choose(cards, 3);
		for (int k = 0; k < 3; k++)
			g_assert_cmpstr(cards[k].id, ==, cases[i].want[k]);
	}
}

/* ---- the console's reader ---------------------------------------------------------------------------------------------- */

static struct agent_line parse(struct box *box, const char *line)
{
	struct agent_line out;
	g_autoptr(GError) error = NULL;
	g_assert_true(agent_line_parse(box, line, strlen(line), &out, &error));
	return out;
}

#define HELLO(gpus)         "{\"labtop-agent\":1,\"gpus\":[" gpus "]}"
#define SAMPLE(gpus)        "{\"seq\":1,\"gpus\":[" gpus "],\"procs\":[{\"pid\":1,\"gpus\":{\"a1\":{}}}]}"
#define CARD(id, bdf, more) "{\"id\":\"" id "\",\"bdf\":\"" bdf "\"" more "}"

/* Two cards with one id, and one with none: all three are shown, each with its own values. */
static void test_reader(void)
{
	struct card_names *names = card_names_new();
	struct box *box = box_new();
	struct guest_row *hello = parse(box, HELLO(CARD("0000", "0000:03:00.0", ) "," CARD(
						     "0000", "0000:0b:00.0", ) ","
									       "{\"bdf\":\"0000:0c:00.0\"}"))
					  .hello;
	card_names_hello(names, hello);
	struct sample *s =
		parse(box, SAMPLE("{\"id\":\"0000\",\"temp_edge_c\":1},{\"id\":\"0000\",\"temp_edge_c\":2},"
				  "{\"temp_edge_c\":3}"))
			.sample;
	card_names_sample(names, s);
	g_assert_cmpint(hello->n_gpus, ==, 3);
	g_assert_cmpint(s->n_gpus, ==, 3);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpstr(hello->gpus[i].id, ==, hello->gpus[i].bdf);
		g_assert_cmpstr(s->gpus[i].id, ==, hello->gpus[i].bdf);
		g_assert_cmpfloat(s->gpus[i].metric[M_TEMP_EDGE_C].v, ==, i + 1);
	}
	card_names_free(names);
	box_unref(box);
}

/* An address as an id is bettered by the unique id once, at first sight; parts and processes follow their card. */
static void test_fixed(void)
{
	struct card_names *names = card_names_new();
	struct box *box = box_new();
	struct guest_row *hello =
		parse(box,
		      HELLO(CARD("0000:03:00.0", "0000:03:00.0", ",\"unique_id\":\"u1\"") "," CARD(
			      "0000:0b:00.0", "0000:0b:00.0", ) "," CARD("a1", "0000:0c:00.0",
									 ",\"parent\":\"0000:03:00.0\"")))
			.hello;
	card_names_hello(names, hello);
	g_assert_cmpstr(hello->gpus[0].id, ==, "u1");
	g_assert_cmpstr(hello->gpus[1].id, ==, "0000:0b:00.0");
	g_assert_cmpstr(hello->gpus[2].id, ==, "a1");
	g_assert_cmpstr(hello->gpus[2].parent, ==, "u1");
	hello = parse(box, HELLO(CARD("0000:03:00.0", "0000:03:00.0", ) "," CARD(
				   "0000:0b:00.0", "0000:0b:00.0", ",\"unique_id\":\"u2\"")))
			.hello;
	card_names_hello(names, hello);
	g_assert_cmpstr(hello->gpus[0].id, ==, "u1");
	g_assert_cmpstr(hello->gpus[1].id, ==, "0000:0b:00.0");
	struct sample *s =
		parse(box, "{\"seq\":1,\"gpus\":[{\"id\":\"0000:03:00.0\"}],\"procs\":[{\"pid\":1,\"gpus\":{"
			   "\"0000:03:00.0\":{\"vram_bytes\":5}}}]}")
			.sample;
	card_names_sample(names, s);
	g_assert_cmpstr(s->gpus[0].id, ==, "u1");
	g_assert_cmpstr(s->procs[0].gpus[0].gpu, ==, "u1");
	card_names_free(names);
	box_unref(box);
}

/* More cards than are looked at: it is known how many. */
static void test_left_out(void)
{
	g_autoptr(GString) line = g_string_new("{\"labtop-agent\":1,\"gpus\":[");
	for (int i = 0; i < 70; i++)
		g_string_append_printf(line, "%s{\"id\":\"%d\"}", i ? "," : "", i);
	g_string_append(line, "]}");
	struct box *box = box_new();
	const struct guest_row *hello = parse(box, line->str).hello;
	g_assert_cmpint(hello->n_gpus, ==, 64);
	g_assert_cmpint(hello->gpus_left_out, ==, 6);
	box_unref(box);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/gpu-ids/told", test_told);
	g_test_add_func("/gpu-ids/choose", test_choose);
	g_test_add_func("/gpu-ids/reader", test_reader);
	g_test_add_func("/gpu-ids/fixed", test_fixed);
	g_test_add_func("/gpu-ids/left-out", test_left_out);
	return g_test_run();
}
