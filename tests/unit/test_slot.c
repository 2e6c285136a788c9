/* test_slot.c - pciSlotNumber to a place in the guest's tree, and UUIDs in both byte orders. */
#include "config.h"
#include "lab/slot.h"

#include "lab/marks.h"
#include "lab/uuid.h"
#include "tests/unit/unit.h"

#include <string.h>

struct bridge {
	int bridge;
	const char *number;
};

static const struct {
	const char *what;
	int slot;
	struct bridge bridges[4];
	const char *path; /* NULL: must not decode */
	const char *described;
} cases[] = {
	{"primary bus", 21, {{0}}, "0000:00:15.0", "00:15.0"},
	{"Broadcom's example: function 1 of a bridge",
	 1216,
	 {{5, "22"}},
	 "0000:00:16.1/0000:0b:00.0",
	 "bridge 00:16.1"},
	{"fabricated tree, card 0", 160, {{4, "21"}}, "0000:00:15.0/0000:03:00.0", "bridge 00:15.0"},
	{"fabricated tree, card 1", 192, {{5, "22"}}, "0000:00:16.0/0000:04:00.0", "bridge 00:16.0"},
	{"fabricated tree, card 3", 256, {{7, "24"}}, "0000:00:18.0/0000:06:00.0", "bridge 00:18.0"},
	{"function 4 of a bridge", 0x1000 | 192, {{5, "22"}}, "0000:00:16.4/0000:0b:00.0", "bridge 00:16.4"},
	{"function 5 of a bridge", 0x1400 | 192, {{5, "22"}}, "0000:00:16.5/0000:0b:00.0", "bridge 00:16.5"},
	{"function 7 of a bridge", 0x1c00 | 192, {{5, "22"}}, "0000:00:16.7/0000:0b:00.0", "bridge 00:16.7"},
	{"device 3 behind the bridge", 163, {{4, "21"}}, "0000:00:15.0/0000:03:03.0", "bridge 00:15.0"},
	/* 1120 = 001.00011.00000: function 1 of bridge 2, which 160 = 000.00101.00000 puts behind bridge 4 */
	{"bridge behind a bridge",
	 1120,
	 {{2, "160"}, {4, "21"}},
	 "0000:00:15.0/0000:03:00.1/0000:04:00.0",
	 "bridges 00:15.0, 00.1"},
	{"a bridge of a number beyond fifteen",
	 544,
	 {{16, "21"}},
	 "0000:00:15.0/0000:03:00.0",
	 "bridge 00:15.0"},
	{"four bridges above each other",
	 160,
	 {{4, "192"}, {5, "224"}, {6, "256"}, {7, "21"}},
	 "0000:00:15.0/0000:03:00.0/0000:04:00.0/0000:05:00.0/0000:06:00.0",
	 "bridges 00:15.0, 00.0, 00.0, 00.0"},
	{"a bridge is missing", 160, {{5, "22"}}, NULL, NULL},
	{"a bridge behind itself", 160, {{4, "160"}}, NULL, NULL},
	{"two bridges behind each other", 160, {{4, "192"}, {5, "160"}}, NULL, NULL},
	{"a number that is none", 160, {{4, "21x"}}, NULL, NULL},
	{"not assigned yet", -1, {{0}}, NULL, NULL},
	{"more bits than there are", 0x2000, {{0}}, NULL, NULL},
};

static void test_decode(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char keys[4][40], described[64];
		struct kv extra[4];
		struct vm_row vm = {.extra = extra};
		struct slot_path path;
		for (int b = 0; b < 4 && cases[i].bridges[b].number; b++) {
			g_snprintf(keys[b], sizeof keys[b], "pcibridge%d.pciSlotNumber",
				   cases[i].bridges[b].bridge);
			extra[vm.n_extra++] = (struct kv){keys[b], cases[i].bridges[b].number};
		}
		g_test_message("%s", cases[i].what);
		bool decoded = slot_decode(&vm, cases[i].slot, &path);
		g_assert_cmpint(decoded, ==, cases[i].path != NULL);
		if (!decoded)
			continue;
		g_assert_true(slot_is_path(&path, cases[i].path));
		g_assert_false(slot_is_path(&path, "0000:00:1f.7/0000:03:00.0"));
		g_assert_false(slot_is_path(&path, ""));
		slot_describe(&path, described, sizeof described);
		g_assert_cmpstr(described, ==, cases[i].described);
	}
}

/* The guest numbers its buses itself; depth, device and function are what counts. */
static void test_path(void)
{
	struct kv extra[] = {{"pciBridge4.pciSlotNumber", "21"}};
	struct vm_row vm = {.extra = extra, .n_extra = 1};
	struct slot_path path;
	g_assert_true(slot_decode(&vm, 160, &path));
	g_assert_true(slot_is_path(&path, "0000:00:15.0/0000:7f:00.0"));
	g_assert_false(slot_is_path(&path, "0000:00:15.1/0000:03:00.0"));
	g_assert_false(slot_is_path(&path, "0000:00:15.0/0000:03:01.0"));
	g_assert_false(slot_is_path(&path, "0000:00:15.0/0000:03:00.0/0000:04:00.0"));
	g_assert_false(slot_is_path(&path, "0000:00:15.0"));
	g_assert_false(slot_is_path(&path, "/"));
}

static void test_marks(void)
{
	static const char *const none[] = {"",
					   "localhost",
					   "LOCALHOST",
					   "localhost.localdomain",
					   "localhost.lan",
					   "localhost6",
					   "photon-machine",
					   "(none)",
					   ".lan"};
	static const char *const some[] = {"local", "localhosts", "my-localhost", "esx01", "10.0.0.5"};
	static const char *const shared[] = {"127.0.0.1", "169.254.3.4", "172.17.0.1", "fe80::1",
					     "FE80::2",   "::1",         "0.0.0.0",    "::"};
	static const char *const own[] = {"10.0.0.5", "172.18.0.1", "2001:db8::1", "::12"};
	for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_true(name_is_default(none[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(some); i++)
		g_assert_false(name_is_default(some[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(shared); i++)
		g_assert_true(address_is_shared(shared[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
		g_assert_false(address_is_shared(own[i]));
}

static void test_uuid(void)
{
	char out[UUID_SIZE], other[UUID_SIZE];
	g_assert_true(uuid_swap("00112233-4455-6677-8899-aabbccddeeff", out));
	g_assert_cmpstr(out, ==, "33221100-5544-7766-8899-aabbccddeeff");
	g_assert_true(uuid_canonical("33221100-5544-7766-8899-AABBCCDDEEFF", out));
	g_assert_true(uuid_canonical("00112233-4455-6677-8899-aabbccddeeff", other));
	g_assert_cmpstr(out, ==, other);
	g_assert_false(uuid_swap("00112233-4455-6677-8899", out));
	g_assert_false(uuid_swap("", out));
	g_assert_false(uuid_swap("zz112233-4455-6677-8899-aabbccddeeff", out));
	g_assert_true(uuid_placeholder("00000000-0000-0000-0000-000000000000"));
	g_assert_true(uuid_placeholder("FFFFFFFF-ffff-ffff-ffff-ffffffffffff"));
	g_assert_true(uuid_placeholder("03000200-0400-0500-0006-000700080009"));
	g_assert_true(uuid_placeholder("00020003-0004-0005-0006-000700080009"));
	g_assert_true(uuid_placeholder("12345678-1234-5678-90ab-cddeefaabbcc"));
	g_assert_true(uuid_placeholder("78563412-3412-7856-90ab-cddeefaabbcc")); /* in the other byte order */
	g_assert_true(uuid_placeholder("01234567-89AB-CDEF-0123-456789abcdef"));
	g_assert_true(uuid_placeholder("fefefefe-fefe-fefe-fefe-fefefefefefe"));
	g_assert_true(uuid_placeholder("4c4c4544-0000-2010-8020-80c04f202020"));
	g_assert_true(uuid_placeholder("00000000-0000-0000-0000-000000000012"));
	g_assert_false(
		uuid_placeholder("00000000-0000-0000-0000-0cc47a123456")); /* Supermicro's: a MAC address */
	g_assert_false(uuid_placeholder("4c4c4544-0042-3110-8051-b1c04f4d3232"));
	g_assert_false(uuid_placeholder("12abcdef-1234-5678-90ab-cddeefaabbcc"));
	g_assert_true(uuid_placeholder("Not Settable"));
	g_assert_false(uuid_placeholder("00112233-4455-6677-8899-aabbccddeeff"));
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/slot/decode", test_decode);
	g_test_add_func("/slot/path", test_path);
	g_test_add_func("/uuid/orders", test_uuid);
	g_test_add_func("/slot/marks", test_marks);
	return g_test_run();
}
