/* test_agent_parse.c - the text forms that the agent reads: attributes, error numbers, process files, mounts, paths. */
#include "config.h"
#include "backends/gpu/sysfs_parse.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "backends/gpu/fdinfo.h"
#include "backends/gpu/mounts.h"
#include "backends/gpu/nvml_abi.h"
#include "backends/gpu/pci_bus.h"
#include "backends/gpu/processes.h"
#include "backends/gpu/process_facts.h"
#include "backends/gpu/rocm_abi.h"
#include "lab/metric.h"
#include "tests/unit/unit.h"

static void test_numbers(void)
{
	static const struct {
		const char *text;
		bool good;
		gint64 value;
	} ints[] = {
		{"84000\n", true, 84000},
		{"-3000", true, -3000},
		{" 7 ", true, 7},
		{"", false, 0},
		{"x", false, 0},
		{"12x", false, 0},
		{"99999999999999999999", false, 0},
		{"1.5", false, 0},
	};
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} hexes[] = {
		{"0x1002\n", true, 0x1002}, {"17f4c81172fd6200", true, 0x17f4c81172fd6200},
		{"-1", false, 0},           {"", false, 0},
		{"0x", false, 0},           {"1ffffffffffffffff", false, 0},
		{"zz", false, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ints); i++) {
		gint64 v = 0;
		g_assert_cmpint(parse_int(ints[i].text, &v), ==, ints[i].good);
		g_assert_cmpint(v, ==, ints[i].value);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(hexes); i++) {
		uint64_t v = 0;
		g_assert_cmpint(parse_hex(hexes[i].text, &v), ==, hexes[i].good);
		g_assert_cmpuint(v, ==, hexes[i].value);
	}
}

static void test_dpm(void)
{
	static const struct {
		const char *text;
		bool good;
		double current, max; /* current NAN: none */
	} cases[] = {
		{"0: 930Mhz \n1: 1606Mhz *\n2: 1725Mhz \n", true, 1606, 1725},
		{"S: 19Mhz *\n0: 615Mhz \n1: 2430Mhz \n", true, 19, 2430}, /* deep sleep */
		{"0: 500.5MHz\n", true, NAN, 500.5},
		{"0: 930Mhz\n1: nonsense\n: 7Mhz *\n2: 1000Mhz *", true, 1000, 1000},
		{"", false, 0, 0},
		{"error 5\n", false, 0, 0},
		{"0: 2.5GT/s, x16 619Mhz *\n", false, 0, 0},
		{"0: -5Mhz *\n", false, 0, 0},
		{"0: infMhz *\n", false, 0, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct dpm d = {0};
		g_assert_cmpint(parse_dpm(cases[i].text, &d), ==, cases[i].good);
		g_assert_cmpint(num_known(d.current_mhz), ==, cases[i].good && !isnan(cases[i].current));
		if (num_known(d.current_mhz))
			g_assert_cmpfloat(d.current_mhz.v, ==, cases[i].current);
		if (cases[i].good)
			g_assert_cmpfloat(d.max_mhz.v, ==, cases[i].max);
	}
}

static void test_link(void)
{
	g_assert_cmpint(parse_link_gen("2.5 GT/s PCIe"), ==, 1);
	g_assert_cmpint(parse_link_gen("8.0 GT/s PCIe\n"), ==, 3);
	g_assert_cmpint(parse_link_gen("16.0 GT/s PCIe"), ==, 4);
	g_assert_cmpint(parse_link_gen("32 GT/s"), ==, 5);
	g_assert_cmpint(parse_link_gen("Unknown"), ==, 0);
	g_assert_cmpint(parse_link_gen("16"), ==, 0);
	g_assert_cmpint(parse_link_gen("17 GT/s"), ==, 0);
}

static void test_ecc(void)
{
	uint64_t ue = 9, ce = 9;

	g_assert_true(parse_ecc("ue: 1\nce: 33\n", &ue, &ce));
	g_assert_cmpuint(ue, ==, 1);
	g_assert_cmpuint(ce, ==, 33);
	g_assert_true(parse_ecc("ce: 2\nue: 0\n", &ue, &ce));
	g_assert_cmpuint(ce, ==, 2);
	g_assert_false(parse_ecc("ue: 1\n", &ue, &ce));
	g_assert_false(parse_ecc("ue: x\nce: y\n", &ue, &ce));
}

static void test_bars(void)
{
	uint64_t sizes[6];
	const char *text = "0x0000100000000000 0x00001003ffffffff 0x000000000014220c\n"
			   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
			   "0x0000100400000000 0x00001004001fffff 0x000000000014220c\n"
			   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
			   "0x000000000000d000 0x000000000000d0ff 0x0000000000040101\n" /* an I/O port */
			   "0x00000000fd400000 0x00000000fd47ffff 0x0000000000040200\n"
			   "0x00000000fd480000 0x00000000fd49ffff 0x0000000000046200\n"; /* the ROM */

	g_assert_cmpint(parse_bars(text, sizes), ==, 3);
	g_assert_cmpuint(sizes[0], ==, UINT64_C(16) << 30);
	g_assert_cmpuint(sizes[1], ==, 2 << 20);
	g_assert_cmpuint(sizes[2], ==, 512 << 10);
	g_assert_cmpint(parse_bars("", sizes), ==, 0);
	g_assert_cmpint(parse_bars("garbage\n", sizes), ==, 0);
}

static void test_kfd(void)
{
	const char *text = "cpu_cores_count 0\nsimd_count 240\nlocation_id 768\ngfx_target_version 90006\n";
	uint64_t v = 0;
	char name[16];

	g_assert_true(parse_property(text, "location_id", &v));
	g_assert_cmpuint(v, ==, 768);
	g_assert_false(parse_property(text, "count", &v)); /* the end of another key */
	g_assert_false(parse_property(text, "simd", &v));  /* the beginning of one */
	gfx_name(90006, name, sizeof name);
	g_assert_cmpstr(name, ==, "gfx906");
	gfx_name(90010, name, sizeof name);
	g_assert_cmpstr(name, ==, "gfx90a");
	gfx_name(100302, name, sizeof name);
	g_assert_cmpstr(name, ==, "gfx1032");
	gfx_name(0, name, sizeof name);
	g_assert_cmpstr(name, ==, "");
}

static void test_errors(void)
{
	static const struct {
		int err;
		enum num_state state;
		bool lost;
	} cases[] = {
		{ENOENT, NUM_UNKNOWN, false}, {ENODATA, NUM_UNKNOWN, false}, {EOPNOTSUPP, NUM_UNKNOWN, false},
		{EINVAL, NUM_UNKNOWN, false}, {EACCES, NUM_DENIED, false},   {EPERM, NUM_BUSY, false},
		{EBUSY, NUM_BUSY, false},     {ENODEV, NUM_UNKNOWN, true},   {EIO, NUM_UNKNOWN, true},
		{ESTALE, NUM_UNKNOWN, true},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		enum read_result r = read_result_of_errno(cases[i].err);
		g_assert_cmpint(read_result_state(r), ==, cases[i].state);
		g_assert_cmpint(r == READ_LOST, ==, cases[i].lost);
	}
}

static void test_paths(void)
{
	char out[256];

	pci_path_of("/sys/devices/pci0000:00/0000:00:15.0/0000:03:00.0", out, sizeof out);
	g_assert_cmpstr(out, ==, "0000:00:15.0/0000:03:00.0");
	pci_path_of("/tmp/x/sys/devices/pci0000:00/0000:00:16.1/0000:0a:00.0/0000:0b:00.0", out, sizeof out);
	g_assert_cmpstr(out, ==, "0000:00:16.1/0000:0a:00.0/0000:0b:00.0");
	pci_path_of("/nothing/here", out, sizeof out);
	g_assert_cmpstr(out, ==, "");
	g_assert_true(pci_is_address("0000:03:00.0", 12));
	g_assert_false(pci_is_address("0000:03:00.", 11));
	g_assert_false(pci_is_address("pci0000:00.0", 12));
	g_assert_true(pci_is_address("10000:e1:00.0", 13)); /* behind Intel's VMD */
	g_assert_true(pci_is_address("fedcba98:03:00.0", 16));
	g_assert_false(pci_is_address("0000:3B:00.0", 12));
	g_assert_false(pci_is_address("03:00.0", 7));
	pci_path_of("/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", out,
		    sizeof out);
	g_assert_cmpstr(out, ==, "0000:00:0e.0/10000:e0:06.0/10000:e1:00.0");
}

static void test_throttle_nvidia(void)
{
	static const struct {
		uint64_t reasons;
		unsigned want;
	} cases[] = {
		{0, THROTTLE_NONE},
		{0x1, THROTTLE_NONE},
		{0x2, THROTTLE_NONE},
		{0x100, THROTTLE_NONE},
		{0x4, THROTTLE_POWER_CAP},
		{0x80, THROTTLE_POWER_CAP},
		{0x88, THROTTLE_POWER_CAP},
		{0x20, THROTTLE_THERMAL},
		{0x40, THROTTLE_THERMAL},
		{0x48, THROTTLE_THERMAL},
		{0x8, THROTTLE_OTHER},
		{0x10, THROTTLE_OTHER},
		{UINT64_C(1) << 40, THROTTLE_NONE},
		{0x1ff, THROTTLE_THERMAL | THROTTLE_POWER_CAP | THROTTLE_OTHER},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		if (nvml_throttle(cases[i].reasons) != cases[i].want)
			g_test_message("reasons 0x%" PRIx64, cases[i].reasons);
		g_assert_cmpuint(nvml_throttle(cases[i].reasons), ==, cases[i].want);
	}
}

/* Statuses by the numbers of nvml.h. */
static void test_states_nvidia(void)
{
	static const struct {
		enum num_state want;
		int statuses[8]; /* up to the first 0 */
	} cases[] = {
		{NUM_UNKNOWN, {2, 3, 6, 13, 15, 21, 25, 26}},
		{NUM_DENIED, {4, 17}},
		{NUM_BUSY, {10, 16, 19, 27}},
		{NUM_BAD, {7, 14, 999}},
	};

	g_assert_cmpint(nvml_state_of(0), ==, NUM_OK);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(cases[i].statuses) && cases[i].statuses[k]; k++) {
			if (nvml_state_of(cases[i].statuses[k]) != cases[i].want)
				g_test_message("status %d", cases[i].statuses[k]);
			g_assert_cmpint(nvml_state_of(cases[i].statuses[k]), ==, cases[i].want);
		}
}

static void test_layouts(void)
{
	g_assert_cmpint(abi_layout_of(1)->freq_table, ==, 8);
	g_assert_cmpint(abi_layout_of(5)->levels, ==, 32);
	g_assert_cmpint(abi_layout_of(6)->freq_table, ==, 16);
	g_assert_cmpint(abi_layout_of(7)->levels, ==, 33);
	g_assert_null(abi_layout_of(0));
	g_assert_null(abi_layout_of(8));
}

static void test_stat(void)
{
	struct process p = {0};
	uint64_t ticks = 0;

	g_assert_true(parse_stat(
		"41 (a) b (c) S 7 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 5123 1 1 18446744073709551615\n",
		&p, &ticks));
	g_assert_cmpstr(p.name, ==, "a) b (c");
	g_assert_cmpint(p.ppid, ==, 7);
	g_assert_cmpuint(ticks, ==, 5123);
	g_assert_false(parse_stat("41 (cut off) S 7 1", &p, &ticks));
	g_assert_false(parse_stat("41 no name", &p, &ticks));
	g_assert_false(parse_stat(")(", &p, &ticks));
	g_assert_false(parse_stat("", &p, &ticks));
}

static void test_unit(void)
{
	static const struct {
		const char *text, *unit;
	} cases[] = {
		{"0::/system.slice/ollama.service\n", "ollama.service"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/vllm.service\n", "vllm.service"},
		{"0::/system.slice/docker-0123456789ab.scope\n", "docker-0123456789ab.scope"},
		{"0::/system.slice/ollama.service/worker\n", "ollama.service"},
		{"12:cpu:/x.service\n1:name=systemd:/system.slice/a.service\n", "a.service"},
		{"12:cpu:/x.service\n0::/\n", ""},
		{"", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char out[64];
		unit_of_cgroup(cases[i].text, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].unit);
	}
}

static void test_fdinfo(void)
{
	struct drm_client c, later;

	g_assert_true(fdinfo_parse(
		"pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t12\n"
		"drm-memory-vram:\t100 KiB\ndrm-resident-vram:\t2 MiB\ndrm-engine-gfx:\t1000 ns\n"
		"drm-engine-capacity-gfx:\t2\n",
		&c));
	g_assert_cmpstr(c.bdf, ==, "0000:03:00.0");
	g_assert_cmpuint(c.id, ==, 12);
	g_assert_cmpuint(c.vram_bytes, ==, 2 << 20);
	g_assert_cmpint(c.engines, ==, 1);
	g_assert_false(fdinfo_parse("drm-driver:\ti915\ndrm-pdev:\t0000:00:02.0\n", &c));
	g_assert_false(fdinfo_parse("drm-driver:\tamdgpu\n", &c));
	g_assert_false(fdinfo_parse("", &c));

	later = c;
	later.engine[0].ns += 500000000;
	g_assert_cmpfloat_with_epsilon(fdinfo_busy_pct(&c, &later, 1000000), 50, 0.001);
	g_assert_cmpfloat_with_epsilon(fdinfo_busy_pct(&c, &later, 1000), 100, 0.001);
	g_assert_cmpfloat(fdinfo_busy_pct(&later, &c, 1000000), ==,
			  0); /* counted back: another client of the id */
	g_assert_cmpfloat(fdinfo_busy_pct(&c, &later, 0), ==, 0);
}

static void test_mountinfo(void)
{
	static const struct {
		const char *line, *source, *target, *fstype; /* source NULL: not a network's */
	} cases[] = {
		{"36 35 0:44 / /models rw,relatime master:1 shared:2 - nfs4 nas:/m rw", "nas:/m", "/models",
		 "nfs4"},
		{"36 35 0:44 / /mnt/a\\040b rw - cifs //nas/x\\040y rw", "//nas/x y", "/mnt/a b", "cifs"},
		{"36 35 0:44 / /s rw - fuse.sshfs me@h:/d rw", "me@h:/d", "/s", "fuse.sshfs"},
		{"36 35 0:44 / /a\\134\\012 rw - nfs n:/\\303\\274 rw", "n:/\xc3\xbc", "/a\\\n", "nfs"},
		{"36 35 0:44 / /a\\ rw - nfs n:/\\n\\0\\000\\400 rw", "n:/\\n\\0\\000\\400", "/a\\", "nfs"},
		{"36 35 8:1 / / rw - ext4 /dev/sda1 rw", NULL, NULL, NULL},
		{"36 35 0:44 / /models rw -", NULL, NULL, NULL},
		{"36 35", NULL, NULL, NULL},
		{"", NULL, NULL, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *source = NULL, *target = NULL, *fstype = NULL;
		g_assert_cmpint(mounts_parse_line(cases[i].line, &source, &target, &fstype), ==,
				cases[i].source != NULL);
		g_assert_cmpstr(source, ==, cases[i].source);
		g_assert_cmpstr(target, ==, cases[i].target);
		g_assert_cmpstr(fstype, ==, cases[i].fstype);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/parse/numbers", test_numbers);
	g_test_add_func("/agent/parse/dpm", test_dpm);
	g_test_add_func("/agent/parse/link", test_link);
	g_test_add_func("/agent/parse/ecc", test_ecc);
	g_test_add_func("/agent/parse/bars", test_bars);
	g_test_add_func("/agent/parse/kfd", test_kfd);
	g_test_add_func("/agent/parse/errors", test_errors);
	g_test_add_func("/agent/parse/paths", test_paths);
	g_test_add_func("/agent/parse/throttle-nvidia", test_throttle_nvidia);
	g_test_add_func("/agent/parse/states-nvidia", test_states_nvidia);
	g_test_add_func("/agent/parse/layouts", test_layouts);
	g_test_add_func("/agent/parse/stat", test_stat);
	g_test_add_func("/agent/parse/unit", test_unit);
	g_test_add_func("/agent/parse/fdinfo", test_fdinfo);
	g_test_add_func("/agent/parse/mountinfo", test_mountinfo);
	return g_test_run();
}
