/* test_mmio.c - the MMIO window: every row of the table in rules.md 1.1. */
#include "config.h"
#include "lab/mmio.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

#define AMD    0x1002
#define NVIDIA 0x10de

static void test_window(void)
{
	static const struct {
		int n;
		uint16_t vendor, device;
		int gb;
	} rows[] = {
		{1, NVIDIA, 0x1db4, 32},  {2, NVIDIA, 0x1db4, 64},
		{3, NVIDIA, 0x1db4, 64}, /* 16 GB */
		{4, NVIDIA, 0x1db4, 128}, {1, NVIDIA, 0x20b7, 64},
		{1, NVIDIA, 0x1db6, 64}, /* A30, V100 32 */
		{1, AMD, 0x66a1, 64},     {2, NVIDIA, 0x1b38, 128},
		{2, AMD, 0x66a1, 128},    {3, AMD, 0x66a1, 128},
		{4, AMD, 0x66a1, 256},    {8, AMD, 0x66a1, 512},
		{1, NVIDIA, 0x20f1, 128}, {1, NVIDIA, 0x2235, 128},
		{1, NVIDIA, 0x2331, 256}, {1, NVIDIA, 0x1eb8, 0},
		{4, NVIDIA, 0x1eb8, 0}, /* T4 */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct pci_row card = {.vendor_id = rows[i].vendor, .device_id = rows[i].device};
		g_assert_cmpint(mmio_window_gb(rows[i].n * mmio_card_gib(&card)), ==, rows[i].gb);
	}
	g_assert_cmpint(mmio_window_gb(15.9), ==, 0);
	g_assert_cmpint(mmio_window_gb(16), ==, 32);
	g_assert_cmpint(mmio_window_gb(31.5), ==, 32);
}

/* The published failure: 4,206,594 pages are 16.05 GiB. */
static void test_pages(void)
{
	g_assert_cmpint(mmio_window_gb_of_pages(4206594), ==, 32);
	g_assert_cmpint(mmio_window_gb_of_pages(4194304), ==, 32); /* 16 GiB exactly: strictly above */
	g_assert_cmpint(mmio_window_gb_of_pages(4194303), ==, 16);
	g_assert_cmpint(mmio_window_gb_of_pages(UINT64_MAX), ==, 1 << 20);
}

static void test_size(void)
{
	g_assert_cmpint(mmio_size_gb("64"), ==, 64);
	g_assert_cmpint(mmio_size_gb("256"), ==, 256);
	g_assert_cmpint(mmio_size_gb("64G"), ==, 0);
	g_assert_cmpint(mmio_size_gb("96"), ==, 0);
	g_assert_cmpint(mmio_size_gb("0"), ==, 0);
	g_assert_cmpint(mmio_size_gb("-64"), ==, 0);
	g_assert_cmpint(mmio_size_gb(""), ==, 0);
	g_assert_cmpint(mmio_size_gb(NULL), ==, 0);
}

static void test_card(void)
{
	struct pci_row function = {.vendor_id = NVIDIA, .device_id = 0x20b7, .physical = "0000:17:00.0"};
	struct pci_row stranger = {.vendor_id = AMD, .device_id = 0x0001};
	g_assert_cmpfloat(mmio_card_gib(&function), ==, -1);
	g_assert_cmpfloat(mmio_card_gib(&stranger), ==, -1);
}

/* What the guest measured beats the table; a card that is not known makes the sum unknown. */
static void test_sum(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0), *hello;
	double sum = -1;
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_post(lab, obs, true);
	lab_settle(lab);
	const struct lab_vm *vm = lab->vms->pdata[0];
	g_assert_true(mmio_sum_gib(lab, vm, &sum));
	g_assert_cmpfloat(sum, ==, 32);
	struct guest_row *guest = build_llm1(&hello, 0);
	guest->gpus[0].bar_bytes[0] = (uint64_t)(16 * GIB);
	guest->gpus[0].bar_bytes[1] = 2 << 20;
	guest->gpus[0].n_bars = 2;
	build_target(lab, TARGET_GUEST, "llm-1", NULL, NULL);
	build_post(lab, hello, false);
	lab_settle(lab);
	g_assert_true(mmio_sum_gib(lab, lab->vms->pdata[0], &sum));
	g_assert_cmpfloat(sum, ==, 16);

	obs = build_esx01(2, 100);
	struct host_row *h = (struct host_row *)obs->u.inventory->hosts[0];
	build_pci(h, "0000:99:00.0", AMD, 0x0001, 0x0380);
	build_vm_device((struct vm_row *)obs->u.inventory->vms[0], VMDEV_FIXED, "0000:99:00.0", 192);
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_false(mmio_sum_gib(lab, lab->vms->pdata[0], &sum));
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/mmio/window", test_window);
	g_test_add_func("/mmio/pages", test_pages);
	g_test_add_func("/mmio/size", test_size);
	g_test_add_func("/mmio/card", test_card);
	g_test_add_func("/mmio/sum", test_sum);
	return g_test_run();
}
