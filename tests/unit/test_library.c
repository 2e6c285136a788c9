/* test_library.c - libraries that are loaded when first needed: what is missing is named, and can come later. */
#include "config.h"

#include "backends/library.h"
#include "lab/error.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static struct {
	__typeof__(cos) *cos;
	__typeof__(pow) *pow;
} mathematics;
static int started;

static void start(void)
{
	started++;
}

static void test_load(void)
{
	static const char *const names[] = {"cos", "pow", NULL};
	static struct library l = LIBRARY("libm.so.6", names, &mathematics, start);
	g_autoptr(GError) error = NULL;
	g_assert_true(library_load(&l, &error));
	g_assert_true(library_load(&l, &error));
	g_assert_no_error(error);
	g_assert_cmpint(started, ==, 1);
	g_assert_cmpfloat(mathematics.cos(0), ==, 1);
	g_assert_cmpfloat(mathematics.pow(2, 10), ==, 1024);
}

static void test_absent(void)
{
	static const char *const names[] = {"cos", NULL};
	static struct library l = LIBRARY("liblabtop-none.so.1", names, &mathematics, start);
	g_autoptr(GError) error = NULL;
	started = 0;
	g_assert_false(library_load(&l, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_assert_true(g_str_has_prefix(error->message, "liblabtop-none.so.1 cannot be loaded: "));
	g_assert_true(strstr(error->message, "No such file") != NULL);
	l.soname = "libm.so.6"; /* installed meanwhile */
	g_assert_true(library_load(&l, NULL));
	g_assert_cmpint(started, ==, 1);
}

static void test_too_old(void)
{
	static const char *const names[] = {"cos", "cosine_of_tomorrow", NULL};
	static struct library l = LIBRARY("libm.so.6", names, &mathematics, start);
	g_autoptr(GError) error = NULL;
	started = 0;
	g_assert_false(library_load(&l, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_assert_true(strstr(error->message, "cosine_of_tomorrow") != NULL);
	g_assert_cmpint(started, ==, 0);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/library/load", test_load);
	g_test_add_func("/library/absent", test_absent);
	g_test_add_func("/library/too_old", test_too_old);
	return g_test_run();
}
