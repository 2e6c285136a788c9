/* test_pci.c - libpci's view as rows, on the fabricated MI50 tree and on a dump. */
#include "config.h"
#include "backends/pci/pci.h"
#include "backends/pci/sysfs_extra.h"
#include "lab/bdf.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <unistd.h>

struct tree {
	char *dir, *sys;
	struct box *box;
	struct pci_row *rows;
	int n;
};

/* Builds a tree with the generator's options and reads it. */
static void tree_open(struct tree *t, const char *options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *maker = unit_data("fixtures/mi50/mkmi50tree.sh");
	t->dir = g_dir_make_tmp("labtop-pci-XXXXXX", &error);
	g_assert_no_error(error);
	g_autofree char *command = g_strdup_printf("sh %s %s %s", maker, options, t->dir);
	g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, &error));
	g_assert_no_error(error);
	t->sys = g_build_filename(t->dir, "sys", NULL);
	t->box = box_new();
	struct pci_place place = {.sysfs_root = t->sys};
	g_assert_true(pci_read_all(&place, t->box, &t->rows, &t->n, &error));
	g_assert_no_error(error);
}

static void tree_close(struct tree *t)
{
	g_autofree char *command = g_strdup_printf("rm -rf %s", t->dir);
	g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
	box_unref(t->box);
	g_free(t->dir);
	g_free(t->sys);
}

static struct pci_row *find(struct tree *t, const char *bdf)
{
	for (int i = 0; i < t->n; i++)
		if (strcmp(t->rows[i].bdf, bdf) == 0)
			return &t->rows[i];
	g_error("no device %s", bdf);
}

static struct pci_row *first_gpu(struct tree *t)
{
	for (int i = 0; i < t->n; i++)
		if (t->rows[i].vendor_id == 0x1002)
			return &t->rows[i];
	g_assert_not_reached();
}

static void test_mi50(void)
{
	struct tree t;
	tree_open(&t, "-n 4 -m 32 -i");
	int gpus = 0;
	for (int i = 0; i < t.n; i++) {
		gpus += t.rows[i].vendor_id == 0x1002;
		if (i)
			g_assert_cmpstr(t.rows[i - 1].bdf, <, t.rows[i].bdf);
	}
	g_assert_cmpint(gpus, ==, 4);

	struct pci_row *gpu = first_gpu(&t);
	g_assert_cmphex(gpu->device_id, ==, 0x66a1);
	g_assert_cmphex(gpu->class_id, ==, 0x0380);
	g_assert_cmphex(gpu->subdevice_id, ==, 0x0834);
	g_assert_cmpstr(gpu->driver, ==, "amdgpu");
	g_assert_cmpstr(gpu->iommu_group, !=, "");
	g_assert_true(num_known(gpu->mmio_bytes));
	/* 32 GiB of VRAM aperture plus doorbells and registers */
	g_assert_cmpfloat(gpu->mmio_bytes.v, >, 32.0 * 1073741824);
	g_assert_cmpfloat(gpu->mmio_bytes.v, <, 33.0 * 1073741824);
	g_assert_cmpint(gpu->n_bars, >=, 3);
	g_assert_true(gpu->bars[0].is_64bit);
	g_assert_true(gpu->bars[0].prefetchable);
	g_assert_cmpfloat(gpu->link.max_gen.v, ==, 4);
	g_assert_cmpfloat(gpu->link.gen.v, ==, 4);
	g_assert_cmpfloat(gpu->link.width.v, ==, 16);
	g_assert_cmpint(gpu->rebar, ==, TRI_YES);
	g_assert_cmpint(gpu->aer, ==, TRI_YES);
	/* the virtual root port of ESXi completes no AtomicOps */
	g_assert_cmpint(gpu->atomics, ==, TRI_NO);
	g_assert_false(gpu->needs_root);
	find(&t, gpu->parent);
	tree_close(&t);
}

static void test_downgraded_and_atomics(void)
{
	struct tree t;
	tree_open(&t, "-n 1 -l 3x8 -a");
	struct pci_row *gpu = first_gpu(&t);
	g_assert_cmpfloat(gpu->link.gen.v, ==, 3);
	g_assert_cmpfloat(gpu->link.width.v, ==, 8);
	g_assert_cmpfloat(gpu->link.max_width.v, ==, 16);
	g_assert_cmpint(gpu->atomics, ==, TRI_YES);
	tree_close(&t);
}

/* An ordinary user sees 64 bytes of configuration space: nothing is claimed to be missing then. */
static void test_needs_root(void)
{
	struct tree t;
	tree_open(&t, "-n 1");
	g_autofree char *config =
		g_build_filename(t.sys, "bus/pci/devices", first_gpu(&t)->bdf, "config", NULL);
	g_assert_cmpint(truncate(config, 64), ==, 0);
	struct pci_place place = {.sysfs_root = t.sys};
	g_autoptr(GError) error = NULL;
	g_assert_true(pci_read_all(&place, t.box, &t.rows, &t.n, &error));
	struct pci_row *gpu = first_gpu(&t);
	g_assert_true(gpu->needs_root);
	g_assert_cmpint(gpu->rebar, ==, TRI_UNKNOWN);
	g_assert_cmpint(gpu->acs, ==, TRI_UNKNOWN);
	g_assert_cmpint(gpu->atomics, ==, TRI_UNKNOWN);
	/* sysfs still tells the link */
	g_assert_cmpfloat(gpu->link.width.v, ==, 16);
	tree_close(&t);
}

static void test_dump(void)
{
	g_autofree char *dump = unit_data("data/pci/mi50-host.dump");
	g_autoptr(GError) error = NULL;
	struct box *box = box_new();
	struct pci_row *rows;
	int n;
	struct pci_place place = {.dump = dump};
	g_assert_true(pci_read_all(&place, box, &rows, &n, &error));
	g_assert_no_error(error);
	g_assert_cmpint(n, ==, 2);
	g_assert_cmphex(rows[1].vendor_id, ==, 0x1002);
	/* a dump tells no sizes: not known, never 0 */
	g_assert_false(num_known(rows[1].mmio_bytes));
	g_assert_false(num_known(rows[1].numa_node));
	g_assert_cmpfloat(rows[1].link.max_gen.v, ==, 4);
	box_unref(box);
}

static void put_file(const struct tree *t, const char *bdf, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(t->sys, "bus/pci/devices", bdf, name, NULL);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void read_again(struct tree *t)
{
	struct pci_place place = {.sysfs_root = t->sys};
	g_autoptr(GError) error = NULL;
	g_assert_true(pci_read_all(&place, t->box, &t->rows, &t->n, &error));
}

/* Linux links a virtual function to its card. */
static void test_physfn(void)
{
	struct tree t;
	tree_open(&t, "-n 2");
	const struct pci_row *card = first_gpu(&t), *function = card + 1;
	while (function->vendor_id != card->vendor_id)
		function++;
	char card_bdf[BDF_SIZE], function_bdf[BDF_SIZE];
	memcpy(card_bdf, card->bdf, BDF_SIZE);
	memcpy(function_bdf, function->bdf, BDF_SIZE);
	g_autofree char *link = g_build_filename(t.sys, "bus/pci/devices", function_bdf, "physfn", NULL);
	g_autofree char *target = g_strconcat("../../0000:00:15.0/", card_bdf, NULL);
	g_assert_cmpstr(function->physical, ==, "");
	g_assert_cmpint(symlink(target, link), ==, 0);
	read_again(&t);
	g_assert_cmpstr(find(&t, function_bdf)->physical, ==, card_bdf);
	g_assert_false(find(&t, function_bdf)->physical_guessed);
	g_assert_cmpstr(find(&t, card_bdf)->physical, ==, "");

	g_assert_cmpint(unlink(link), ==, 0);
	g_assert_cmpint(symlink("../nonsense", link), ==, 0);
	read_again(&t);
	g_assert_cmpstr(find(&t, function_bdf)->physical, ==, "");
	tree_close(&t);
}

/* Without the link, and without the right to read more than 64 bytes: offset and stride stand in files of their own. */
static void test_sriov_files(void)
{
	struct tree t;
	tree_open(&t, "-n 2");
	char bdf[2][BDF_SIZE], offset[16];
	uint32_t domain;
	unsigned id[2];
	int n = 0;
	for (int i = 0; i < t.n && n < 2; i++)
		if (t.rows[i].vendor_id == 0x1002)
			memcpy(bdf[n++], t.rows[i].bdf, BDF_SIZE);
	for (int i = 0; i < 2; i++)
		g_assert_true(bdf_split(bdf[i], &domain, &id[i]));
	g_autofree char *config = g_build_filename(t.sys, "bus/pci/devices", bdf[0], "config", NULL);
	g_assert_cmpint(truncate(config, 64), ==, 0);
	g_snprintf(offset, sizeof offset, "%u\n", id[1] - id[0]);
	put_file(&t, bdf[0], "sriov_totalvfs", "16\n");
	put_file(&t, bdf[0], "sriov_numvfs", "1\n");
	put_file(&t, bdf[0], "sriov_offset", offset);
	put_file(&t, bdf[0], "sriov_stride", "1\n");
	read_again(&t);
	g_assert_cmpint(find(&t, bdf[0])->sriov_active, ==, TRI_YES);
	g_assert_cmpstr(find(&t, bdf[1])->physical, ==, bdf[0]);
	g_assert_false(find(&t, bdf[1])->physical_guessed);
	tree_close(&t);
}

/* One device of a dump: ids and class in the first bytes, and with functions the SR-IOV capability behind a PCIe one. */
static void dump_space(GString *out, const char *bdf, const unsigned char space[4096])
{
	g_string_append_printf(out, "%s 3D controller", bdf);
	for (unsigned i = 0; i < 4096; i++) {
		if (i % 16 == 0)
			g_string_append_printf(out, "\n%03x:", i);
		g_string_append_printf(out, " %02x", space[i]);
	}
	g_string_append(out, "\n\n");
}

static void dump_device(GString *out, const char *bdf, uint16_t device, int functions)
{
	unsigned char space[4096] = {0xde, 0x10, device & 0xff, (unsigned char)(device >> 8), 0, 0, 0x10, 0};
	space[0x0a] = 0x02; /* 3D controller */
	space[0x0b] = 0x03;
	space[0x34] = 0x40;
	space[0x40] = 0x10; /* PCI Express */
	if (functions) {
		static const unsigned char header[] = {0x10, 0, 1, 0};
		memcpy(space + 0x100, header, sizeof header);
		space[0x10e] = 16;
		space[0x110] = (unsigned char)functions;
		space[0x114] = 0xff; /* first offset; the stride is 1 */
		space[0x116] = 1;
	}
	dump_space(out, bdf, space);
}

/* Rows of a dump's text; they live in the box. */
static struct pci_row *read_dump(struct box *box, const GString *text, int *n)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	struct pci_row *rows = NULL;
	int fd = g_file_open_tmp("labtop-dump-XXXXXX", &path, &error);
	g_assert_no_error(error);
	close(fd);
	g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, &error));
	struct pci_place place = {.dump = path};
	g_assert_true(pci_read_all(&place, box, &rows, n, &error));
	unlink(path);
	return rows;
}

/* A card behind a root port, and what its registers say: link, Resizable BAR, functions that are off. */
static struct pci_row read_card(struct box *box, uint16_t link_status)
{
	unsigned char port[4096] = {0x86, 0x80, 0x30, 0x20, 0, 0, 0x10, 0},
		      card[4096] = {0x02, 0x10, 0xa1, 0x66, 0, 0, 0x10, 0};
	static const unsigned char rebar[] = {0x15, 0, 1, 0x20, 0, 0x10, 0, 0}, sriov[] = {0x10, 0, 1, 0};
	g_autoptr(GString) text = g_string_new(NULL);
	int n;
	port[0x0a] = 0x04, port[0x0b] = 0x06, port[0x0e] = 1; /* a bridge to bus 3 */
	port[0x19] = port[0x1a] = 3;
	port[0x34] = card[0x34] = 0x40;
	port[0x40] = card[0x40] = 0x10; /* PCI Express */
	port[0x42] = 0x42;              /* root port, version 2 */
	card[0x0a] = 0x80, card[0x0b] = 0x03;
	card[0x42] = 0x02;
	card[0x4c] = 0x0f; /* LNKCAP: a generation that there is not, and 16 lanes */
	card[0x4d] = 0x01;
	card[0x52] = link_status & 0xff, card[0x53] = (unsigned char)(link_status >> 8);
	memcpy(card + 0x100, rebar, sizeof rebar);
	memcpy(card + 0x200, sriov, sizeof sriov);
	card[0x20e] = 16; /* functions that may be, none that is on */
	dump_space(text, "0000:00:01.0", port);
	dump_space(text, "0000:03:00.0", card);
	struct pci_row *rows = read_dump(box, text, &n);
	g_assert_cmpint(n, ==, 2);
	return rows[1];
}

static void test_registers(void)
{
	struct box *box = box_new();
	struct pci_row card = read_card(box, 0x0104);
	g_assert_cmpint(card.atomics, ==, TRI_UNKNOWN); /* a dump does not tell what is above a device */
	g_assert_false(num_known(card.link.max_gen));
	g_assert_cmpfloat(card.link.max_width.v, ==, 16);
	g_assert_cmpfloat(card.link.gen.v, ==, 4);
	g_assert_cmpfloat(card.link.width.v, ==, 16);
	g_assert_cmpfloat(card.rebar_max_bytes.v, ==, 256.0 * 1024 * 1024);
	g_assert_cmpint(card.sriov_capable, ==, TRI_YES);
	g_assert_cmpint(card.sriov_active, ==, TRI_NO);
	g_assert_cmpfloat(card.sriov_max.v, ==, 16);
	card = read_card(box, 0xffff);
	g_assert_false(num_known(card.link.gen) || num_known(card.link.width)); /* a lost device */
	box_unref(box);
}

/* A dump has no links: the card's registers say where its functions are, here on two buses. */
static void test_sriov_dump(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	int n, fd = g_file_open_tmp("labtop-dump-XXXXXX", &path, &error);
	g_assert_no_error(error);
	close(fd);
	dump_device(text, "0000:3b:00.0", 0x2235, 2);
	dump_device(text, "0000:3b:1f.7", 0x2235, 0);
	dump_device(text, "0000:3c:00.0", 0x2235, 0);
	dump_device(text, "0000:3c:00.1", 0x2235, 0);
	g_assert_true(g_file_set_contents(path, text->str, -1, &error));
	struct box *box = box_new();
	struct pci_row *rows;
	struct pci_place place = {.dump = path};
	g_assert_true(pci_read_all(&place, box, &rows, &n, &error));
	unlink(path);
	g_assert_cmpint(n, ==, 4);
	g_assert_cmpfloat(rows[0].sriov_vfs.v, ==, 2);
	static const char *const want[] = {"", "0000:3b:00.0", "0000:3b:00.0", ""};
	for (int i = 0; i < n; i++) {
		g_assert_cmpstr(rows[i].physical, ==, want[i]);
		g_assert_false(rows[i].physical_guessed);
	}
	box_unref(box);
}

static void test_missing_place(void)
{
	g_autoptr(GError) error = NULL;
	struct box *box = box_new();
	struct pci_row *rows;
	int n;
	struct pci_place place = {.dump = "/nonexistent/dump"};
	g_assert_false(pci_read_all(&place, box, &rows, &n, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	g_assert_nonnull(strstr(error->message, "/nonexistent/dump"));
	box_unref(box);
}

static void test_this_machine(void)
{
	g_autoptr(GError) error = NULL;
	struct box *box = box_new();
	struct pci_place place = {0};
	const struct host_row *host = pci_read_host(&place, box, "here", &error);
	if (!host) { /* a container without /sys/bus/pci */
		g_assert_error(error, LAB_ERROR, LAB_ERR_SYSTEM);
	} else {
		g_assert_true(host->is_local);
		g_assert_cmpstr(host->name, !=, "");
		g_assert_cmpfloat(host->mem_bytes.v, >, 0);
	}
	box_unref(box);
}

static void test_small_parsers(void)
{
	g_assert_cmpint(sysfs_link_gen("16.0 GT/s PCIe"), ==, 4);
	g_assert_cmpint(sysfs_link_gen("2.5 GT/s PCIe"), ==, 1);
	g_assert_cmpint(sysfs_link_gen("Unknown"), ==, 0);
	g_assert_cmpint(sysfs_cpulist_count("0-15,32-47"), ==, 32);
	g_assert_cmpint(sysfs_cpulist_count("3"), ==, 1);
	g_assert_cmpint(sysfs_cpulist_count("5-3"), ==, -1);
	g_assert_cmpint(sysfs_cpulist_count("x"), ==, -1);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/pci/mi50", test_mi50);
	g_test_add_func("/pci/downgraded", test_downgraded_and_atomics);
	g_test_add_func("/pci/needs-root", test_needs_root);
	g_test_add_func("/pci/dump", test_dump);
	g_test_add_func("/pci/physfn", test_physfn);
	g_test_add_func("/pci/registers", test_registers);
	g_test_add_func("/pci/sriov-files", test_sriov_files);
	g_test_add_func("/pci/sriov-dump", test_sriov_dump);
	g_test_add_func("/pci/missing", test_missing_place);
	g_test_add_func("/pci/this-machine", test_this_machine);
	g_test_add_func("/pci/parsers", test_small_parsers);
	return g_test_run();
}
