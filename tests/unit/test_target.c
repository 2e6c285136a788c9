/* test_target.c - targets, durations, requests, observations and the meaning of error codes. */
#include "config.h"

#include "lab/error.h"
#include "lab/observation.h"
#include "lab/request.h"
#include "lab/target.h"
#include "tests/unit/unit.h"

#include <string.h>

static void test_durations(void)
{
	static const struct {
		const char *text;
		gint64 ms; /* -1: refused */
	} cases[] = {
		{"500ms", 500},
		{"30s", 30000},
		{"10m", 600000},
		{"4h", 14400000},
		{"7d", 604800000},
		{"3", 3000},
		{"0", 0},
		{"", -1},
		{"s", -1},
		{"-1s", -1},
		{"1.5s", -1},
		{"1 s", -1},
		{"1w", -1},
		{" 1s", -1},
		{"99999999999d", -1},
		{"0x10", -1},
		{"1S", -1},
		{"1s ", -1},
		{"99999999999999999999999s", -1},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 ms = -7;
		g_assert_cmpint(duration_parse(cases[i].text, &ms), ==, cases[i].ms >= 0);
		g_assert_cmpint(ms, ==, cases[i].ms >= 0 ? cases[i].ms : -7);
	}
	g_assert_false(duration_parse(NULL, &(gint64){0}));
}

static void test_values(void)
{
	struct target *t = target_new(TARGET_GUEST, "mi50\033");
	g_assert_cmpstr(t->name, ==, "mi50^[");
	g_assert_null(target_get(t, "ssh"));
	target_set(t, "ssh", "a");
	target_set(t, "ssh", "b");
	g_assert_cmpstr(target_get(t, "ssh"), ==, "b");
	target_set(t, "sudo", "yes");
	target_set(t, "odd", "maybe");
	target_set(t, "interval", "2s");
	g_assert_true(target_bool(t, "sudo", false));
	g_assert_true(target_bool(t, "odd", true));
	g_assert_false(target_bool(t, "none", false));
	g_assert_cmpint(target_ms(t, "interval", 1), ==, 2000);
	g_assert_cmpint(target_ms(t, "odd", 1), ==, 1);
	g_assert_cmpint(target_ms(t, "none", 1), ==, 1);

	struct obs *obs = obs_new(OBS_SOURCE, t);
	g_assert_cmpstr(obs->source, ==, "mi50^[");
	g_assert_cmpint(obs->source_kind, ==, TARGET_GUEST);
	g_assert_cmpint(obs->taken_ns, >, 0);
	obs_free(obs);
	obs_free(NULL);
	target_free(t);
	target_free(NULL);

	struct request *rq = request_new(REQ_REFRESH, TARGET_VSPHERE, "vc1");
	g_assert_cmpstr(rq->target, ==, "vc1");
	request_free(rq);
	request_free(NULL);
}

/* design.md, Command line */
static void test_exit_statuses(void)
{
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_USAGE), ==, 2);
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_AUTH), ==, 3);
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_UNREACHABLE), ==, 3);
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_TIMEOUT), ==, 3);
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_TRUST), ==, 4);
	g_assert_cmpint(lab_error_exit_status(LAB_ERR_SYSTEM), ==, 6);
	g_assert_cmpint(lab_error_exit_status(-1), ==, 6);
	g_assert_cmpint(lab_error_exit_status(999), ==, 6);
	g_assert_nonnull(lab_error_hint(LAB_ERR_AUTH, ERROR_AT_SERVICE));
	g_assert_null(lab_error_hint(999, ERROR_AT_SERVICE));
	/* a file, a terminal and a program that is run here have no address, nor a machine that could be down */
	for (int code = 0; code <= LAB_ERR_LIMIT; code++) {
		const char *here = lab_error_hint(code, ERROR_HERE),
			   *ssh = lab_error_hint(code, ERROR_BY_SSH);
		g_assert_true(!here || !(strstr(here, "address") || strstr(here, "connection") ||
					 strstr(here, "machine is up") || strstr(here, "account")));
		g_assert_true(!ssh || !strstr(ssh, "service"));
		g_assert_true(!here || here == ssh);
		g_assert_true(!ssh || ssh == lab_error_hint(code, ERROR_AT_SERVICE));
	}
	g_assert_nonnull(lab_error_hint(LAB_ERR_UNREACHABLE, ERROR_BY_SSH));
	g_assert_nonnull(lab_error_hint(LAB_ERR_PROTOCOL, ERROR_AT_SERVICE));
	for (int code = LAB_ERR_USAGE; code <= LAB_ERR_SYSTEM; code++)
		g_assert_cmpint(lab_error_exit_status(code), >=, 2);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/target/durations", test_durations);
	g_test_add_func("/target/values", test_values);
	g_test_add_func("/error/exit-statuses", test_exit_statuses);
	return g_test_run();
}
