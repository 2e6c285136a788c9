/* test_stores.c - datastores that a vCenter and a host both tell of: one volume is one, and which word of it holds. */
#include "config.h"

#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

#define VC     "vc"
#define ESX    "esx01"
#define VOLUME "5f1c2a77-4d0e1b3c-77aa-3cecef010203"
#define OTHER  "61a8b0c4-9e2f7d10-11bb-b07b25040506"
#define GIG    (1024.0 * 1024 * 1024)

static void tell(struct lab *lab, const char *source, const char *moref, const char *name, const char *volume,
		 double free_gib, int64_t at_ms)
{
	struct obs *obs = build_inventory(source, 1, at_ms);
	build_store(obs, moref, name, volume)->free_bytes = num_of(free_gib * GIG);
	build_post(lab, obs, false);
	lab_settle(lab);
}

static struct lab *two_sources(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, VC, NULL, NULL);
	build_target(lab, TARGET_VSPHERE, ESX, NULL, NULL);
	build_state(lab, TARGET_VSPHERE, VC, SRC_LIVE, 60000, 0);
	build_state(lab, TARGET_VSPHERE, ESX, SRC_LIVE, 60000, 0);
	return lab;
}

static const struct lab_store *store_at(const struct lab *lab, guint i)
{
	g_assert_cmpuint(lab->datastores->len, >, i);
	return lab->datastores->pdata[i];
}

static void assert_shown(const struct lab *lab, const char *source, double free_gib, bool stale)
{
	g_assert_cmpuint(lab->datastores->len, ==, 1);
	g_assert_cmpstr(store_at(lab, 0)->row->source, ==, source);
	g_assert_cmpfloat(store_at(lab, 0)->row->free_bytes.v, ==, free_gib * GIG);
	g_assert_cmpint(store_at(lab, 0)->stale, ==, stale);
	g_assert_cmpstr(store_at(lab, 0)->name, ==, "esx01-nvme"); /* the first one configured names it */
}

static void test_one_volume(void)
{
	struct lab *lab = two_sources();
	tell(lab, ESX, VOLUME, "datastore1", VOLUME, 10, 1000);
	tell(lab, VC, "datastore-12", "esx01-nvme", VOLUME, 11, 2000);
	assert_shown(lab, VC, 11, false);
	g_assert_cmpstr(store_at(lab, 0)->also->source, ==, ESX);
	tell(lab, ESX, VOLUME, "datastore1", VOLUME, 12, 3000);
	assert_shown(lab, ESX, 12, false);
	tell(lab, VC, "datastore-12", "esx01-nvme", VOLUME, 13, 4000);
	assert_shown(lab, VC, 13, false);
	build_state(lab, TARGET_VSPHERE, VC, SRC_DOWN, 60000, 5000);
	lab_settle(lab);
	assert_shown(lab, ESX, 12, false); /* older, but somebody still looks at it */
	tell(lab, ESX, VOLUME, "datastore1", VOLUME, 14, 6000);
	assert_shown(lab, ESX, 14, false);
	build_state(lab, TARGET_VSPHERE, ESX, SRC_DOWN, 60000, 7000);
	lab_settle(lab);
	assert_shown(lab, ESX, 14, true);
	build_state(lab, TARGET_VSPHERE, VC, SRC_LIVE, 60000, 8000);
	lab_settle(lab);
	assert_shown(lab, VC, 13, false);
	lab_free(lab);
}

/* A source that no longer knows it takes its word with it. */
static void test_gone(void)
{
	struct lab *lab = two_sources();
	tell(lab, ESX, VOLUME, "datastore1", VOLUME, 10, 1000);
	tell(lab, VC, "datastore-12", "esx01-nvme", VOLUME, 11, 2000);
	struct obs *obs = build_inventory(VC, 1, 3000);
	build_gone(obs, "datastore-12");
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpuint(lab->datastores->len, ==, 1);
	g_assert_cmpstr(store_at(lab, 0)->name, ==, "datastore1");
	g_assert_null(store_at(lab, 0)->also);
	obs = build_inventory(ESX, 1, 4000);
	build_gone(obs, VOLUME);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpuint(lab->datastores->len, ==, 0);
	lab_free(lab);
}

/* Every host calls its own disk "datastore1"; what has no volume is nobody else's; and one source may name one twice. */
static void test_others(void)
{
	struct lab *lab = two_sources();
	tell(lab, ESX, VOLUME, "datastore1", VOLUME, 10, 1000);
	tell(lab, VC, "datastore-12", "datastore1", OTHER, 11, 2000);
	g_assert_cmpuint(lab->datastores->len, ==, 2);
	g_assert_cmpstr(store_at(lab, 0)->row->volume, ==, VOLUME);
	tell(lab, ESX, "a", "nfs", "", 1, 3000);
	tell(lab, VC, "b", "nfs", "", 2, 3000);
	g_assert_cmpuint(lab->datastores->len, ==, 4);
	tell(lab, VC, "datastore-99", "datastore1", OTHER, 11, 4000);
	g_assert_cmpuint(lab->datastores->len, ==, 5);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/stores/one-volume", test_one_volume);
	g_test_add_func("/stores/gone", test_gone);
	g_test_add_func("/stores/others", test_others);
	return g_test_run();
}
