/* test_session.c - what the state of sources means as an exit status. */
#include "config.h"
#include "cli/session.h"

#include "tests/unit/unit.h"

static void test_worse(void)
{
	static const int order[] = {6, 2, 4, 3, 5, 1, 0};
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(order); k++)
			g_assert_cmpint(exit_status_worse(order[i], order[k]), ==, order[MIN(i, k)]);
	g_assert_cmpint(exit_status_worse(143, 0), ==, 143);
}

/* One source: l live, d down, t down for trust, a refused, p may not, u configured wrongly, c still connecting;
 * upper case: named. */
static void add_source(struct session *s, char letter, int number)
{
	static const struct {
		char letter;
		enum source_state state;
		int error;
	} kinds[] = {
		{'l', SRC_LIVE, -1},
		{'d', SRC_DOWN, LAB_ERR_UNREACHABLE},
		{'t', SRC_DOWN, LAB_ERR_TRUST},
		{'a', SRC_DOWN, LAB_ERR_AUTH},
		{'p', SRC_DOWN, LAB_ERR_DENIED},
		{'u', SRC_DOWN, LAB_ERR_USAGE},
		{'c', SRC_CONNECTING, -1},
	};
	g_autofree char *name = g_strdup_printf("s%d", number);
	struct target *t = target_new(TARGET_ENGINE, name);
	t->named = g_ascii_isupper(letter);
	g_ptr_array_add(s->targets, t);
	lab_add_target(s->lab, t);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].letter != g_ascii_tolower(letter))
			continue;
		struct obs *obs = obs_new(OBS_SOURCE, t);
		obs->u.src = box_new0(obs->box, struct obs_source);
		*obs->u.src = (struct obs_source){.state = kinds[i].state,
						  .reason = "",
						  .hint = "",
						  .detail = "",
						  .error = kinds[i].error};
		lab_fold(s->lab, obs);
		return;
	}
	g_assert_not_reached();
}

static void test_sources(void)
{
	static const struct {
		const char *sources;
		int status;
	} cases[] = {
		{"", 0},   {"L", 0},  {"LL", 0}, {"D", 3},  {"DD", 3}, {"LD", 5}, {"C", 3}, {"LC", 5},
		{"d", 0},  {"cd", 0}, {"Ld", 0}, {"lD", 3}, {"A", 3},  {"LA", 5}, {"T", 4}, {"LT", 4},
		{"TD", 4}, {"t", 0},  {"P", 3},  {"LP", 5}, {"LU", 2}, {"UT", 2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct session s = {.lab = lab_new("test", false),
				    .targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free)};
		for (int k = 0; cases[i].sources[k]; k++)
			add_source(&s, cases[i].sources[k], k);
		lab_settle(s.lab);
		g_test_message("%s", cases[i].sources);
		g_assert_cmpint(session_exit_status(&s), ==, cases[i].status);
		lab_free(s.lab);
		g_ptr_array_unref(s.targets);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/session/exit-status-worse", test_worse);
	g_test_add_func("/session/exit-status-of-sources", test_sources);
	return g_test_run();
}
