/* test_journal.c - plans as JSON and journals as lines: back as they went, and not believed when touched. */
#include "config.h"
#include "backends/journal/line.h"

#include "backends/plan_json.h"
#include "lab/error.h"
#include "lab/wizard.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/lab_demo.h"
#include "tests/unit/unit.h"

static struct plan *demo_plan(const struct lab *lab)
{
	static const char *const words[] = {"vm=new-llm", "gpu=all", NULL};
	g_autoptr(GError) error = NULL;
	struct plan *plan = wizard_plan(wizard_find("gpu-vm"), lab, words, &error);
	g_assert_no_error(error);
	return plan;
}

/* ---- plans as JSON ----------------------------------------------------------------------------------------------- */

static void test_plan_and_back(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = demo_plan(lab);
	g_autoptr(GError) error = NULL;
	json_t *json = plan_to_json(plan, lab), *again;
	struct plan *back = plan_from_json(json, &error);
	g_assert_no_error(error);
	again = plan_to_json(back, lab);
	g_assert_true(json_equal(json, again));
	g_assert_true(back->demo);
	g_assert_cmpint(back->made_ms, ==, plan->made_ms / 1000 * 1000);
	const json_t *first = json_array_get(json_object_get(json, "steps"), 0);
	g_assert_cmpstr(json_string_value(json_object_get(first, "op")), ==, "vm.shutdown");
	g_assert_cmpstr(json_string_value(json_object_get(first, "effect")), ==, "vm-off");
	g_assert_cmpstr(json_string_value(json_object_get(first, "verdict")), ==, "ready");
	json_decref(json);
	json_decref(again);
	plan_unref(back);
	plan_unref(plan);
	lab_free(lab);
}

static void assert_not_taken(json_t *take_json, const char *why)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(plan_from_json(take_json, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
	g_assert_nonnull(strstr(error->message, why));
	json_decref(take_json);
}

static json_t *step_of(json_t *json, size_t i)
{
	return json_array_get(json_object_get(json, "steps"), i);
}

static void test_plans_not_taken(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = demo_plan(lab);
	json_t *json = plan_to_json(plan, NULL), *copy = json_deep_copy(json);
	json_object_set_new(copy, "labtop-plan", json_integer(2));
	assert_not_taken(copy, "a newer labtop made it");
	copy = json_deep_copy(json);
	json_object_del(copy, "labtop-plan");
	assert_not_taken(copy, "\"labtop-plan\" is missing");
	copy = json_deep_copy(json);
	json_object_set_new(step_of(copy, 0), "op", json_string("vm.destroy"));
	assert_not_taken(copy, "knows no step vm.destroy");
	copy = json_deep_copy(json);
	json_object_set_new(json_object_get(step_of(copy, 0), "target"), "id", json_string("7"));
	assert_not_taken(copy, "changed after it was made"); /* another VM would have been shut down */
	copy = json_deep_copy(json);
	json_object_set_new(step_of(copy, 2), "after", json_string("bios"));
	assert_not_taken(copy, "changed after it was made");
	copy = json_deep_copy(json);
	json_array_remove(json_object_get(copy, "steps"), 1);
	assert_not_taken(copy, "changed after it was made");
	copy = json_deep_copy(json);
	json_object_set_new(copy, "demo", json_false());
	assert_not_taken(copy, "changed after it was made");
	copy = json_deep_copy(json);
	json_object_set_new(json_object_get(step_of(copy, 0), "target"), "kind", json_string("host"));
	assert_not_taken(copy, "fits nothing");
	copy = json_deep_copy(json);
	json_object_set_new(step_of(copy, 0), "only_for", json_string("s99"));
	assert_not_taken(copy, "\"only_for\" is no step of it");
	assert_not_taken(json_string("plan"), "\"labtop-plan\" is missing");
	json_decref(json);
	plan_unref(plan);
	lab_free(lab);
}

/* ---- journals ---------------------------------------------------------------------------------------------------- */

static const struct note written[] = {
	{NOTE_PLAN, -1, "", "", "", ""},
	{NOTE_INTENT, 0, "on", "", "", ""},
	{NOTE_SENT, 0, "", "ShutdownGuest", "", ""},
	{NOTE_VERIFIED, 0, "off", "", "", ""},
	{NOTE_ALREADY, 1, "not needed", "", "", ""},
	{NOTE_INTENT, 2, "bios", "", "", ""},
	{NOTE_FAILED, 2, "", "", "", "\"no\" \033[2J"},
	{NOTE_UNDO, 0, "off", "", "", ""},
	{NOTE_UNDONE, 0, "on", "", "", ""},
	{NOTE_END, -1, "", "", "", "undone"},
};

static GString *write_journal(const struct plan *plan)
{
	struct journal_chain chain = {0};
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(written); i++) {
		g_autofree char *line = journal_line(&chain, plan, &written[i],
						     BUILD_WALL_MS + 1000 * (int64_t)i, "ops@console");
		g_string_append(text, line);
	}
	return text;
}

static void test_journal_and_back(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = demo_plan(lab);
	g_autoptr(GString) text = write_journal(plan);
	g_autoptr(GError) error = NULL;
	struct journal j;
	g_assert_true(journal_parse(text->str, text->len, &j, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(j.plan->id, ==, plan->id);
	g_assert_cmpstr(j.by, ==, "ops@console");
	g_assert_cmpint(j.last_ms, ==, BUILD_WALL_MS + 9000);
	g_assert_cmpuint(j.whole_bytes, ==, text->len);
	g_assert_cmpint(j.chain.n, ==, 10);
	g_assert_cmpuint(j.notes->len, ==, G_N_ELEMENTS(written));
	for (guint i = 0; i < j.notes->len; i++) {
		const struct note *n = &g_array_index(j.notes, struct note, i), *w = &written[i];
		g_assert_cmpint(n->event, ==, w->event);
		g_assert_cmpint(n->step, ==, w->step);
		g_assert_cmpstr(n->value, ==, w->value);
		g_assert_cmpstr(n->call, ==, w->call);
		g_assert_cmpstr(n->task, ==, w->task);
		g_assert_cmpstr(n->text, ==, w->text);
	}
	journal_clear(&j);
	plan_unref(plan);
	lab_free(lab);
}

/* Any bit changed anywhere in it: it is not acted on. */
static void test_journal_touched(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = demo_plan(lab);
	g_autoptr(GString) text = write_journal(plan);
	for (gsize i = 0; i < text->len; i += 7) {
		struct journal j;
		g_autoptr(GError) error = NULL;
		char kept = text->str[i];
		if (kept == '\n')
			continue;
		text->str[i] ^= 1;
		g_assert_false(journal_parse(text->str, text->len, &j, &error));
		g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
		text->str[i] = kept;
	}
	plan_unref(plan);
	lab_free(lab);
}

static void test_journal_cut(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = demo_plan(lab);
	g_autoptr(GString) text = write_journal(plan);
	g_autoptr(GError) error = NULL;
	struct journal j;
	gsize last = (gsize)(g_strrstr_len(text->str, (gssize)text->len - 1, "\n") + 1 - text->str);
	g_assert_true(journal_parse(text->str, text->len - 5, &j, &error)); /* torn: without its last line */
	g_assert_cmpuint(j.notes->len, ==, G_N_ELEMENTS(written) - 1);
	g_assert_cmpuint(j.whole_bytes, ==, last);
	journal_clear(&j);
	/* a line is missing in the middle, or all are */
	char *second = strchr(text->str, '\n') + 1, *third = strchr(second, '\n') + 1;
	g_string_erase(text, second - text->str, third - second);
	g_assert_false(journal_parse(text->str, text->len, &j, &error));
	g_assert_cmpstr(error->message, ==,
			"line 2: its sum is wrong: the journal was changed or is damaged");
	g_clear_error(&error);
	g_assert_false(journal_parse("", 0, &j, &error));
	g_assert_cmpstr(error->message, ==, "line 1: no plan");
	plan_unref(plan);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/plan-json/and-back", test_plan_and_back);
	g_test_add_func("/plan-json/not-taken", test_plans_not_taken);
	g_test_add_func("/journal/and-back", test_journal_and_back);
	g_test_add_func("/journal/touched", test_journal_touched);
	g_test_add_func("/journal/cut", test_journal_cut);
	return g_test_run();
}
