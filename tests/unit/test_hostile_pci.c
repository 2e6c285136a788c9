/* test_hostile_pci.c - this machine's PCI files meaning harm: sysfs with hostile text in each of its files and link names,
 * and a dump that is damaged. They are the kernel's own, but a container or a dump somebody sent is anybody's. */
#include "config.h"

#include "backends/pci/pci.h"
#include "cli/status_json.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/hostile_check.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLIPS 300

static char *dir, *sys;

/* Without waiting for a disk. */
static void write_file(const char *path, const char *bytes, gsize len)
{
	FILE *f = fopen(path, "w");
	g_assert_nonnull(f);
	fwrite(bytes, 1, len, f);
	fclose(f);
}

/* What `labtop pci --json` prints of them. True when the mark was in it. */
static bool show_devices(const struct lab *lab, const char *what)
{
	bool seen = false;
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		for (int k = 0; k < host->row->n_pci; k++) {
			json_t *json = status_json_pci(lab, host, &host->row->pci[k]);
			g_autofree char *bad = hostile_find_json(json);
			char *text = json_dumps(json, 0);
			if (bad || !text)
				g_error("%s: %s", what, bad ? bad : "cannot be written");
			seen |= strstr(text, HOSTILE_MARK) != NULL;
			free(text);
			json_decref(json);
		}
	}
	return seen;
}

/* True when the mark came out somewhere. */
static bool try(const struct pci_place *place, const char *what, bool show)
{
	g_autoptr(GError) error = NULL;
	struct obs *obs = build_obs(OBS_INVENTORY, TARGET_PCI, "local", 0);
	struct obs_inventory *inv = obs->u.inventory = box_new0(obs->box, struct obs_inventory);
	const struct host_row *host = pci_read_host(place, obs->box, "local", &error);
	g_assert_true((host == NULL) == (error != NULL));
	if (error) {
		g_assert_true(error->domain == LAB_ERROR);
		hostile_show_line(error->message, what);
		obs_free(obs);
		return false;
	}
	inv->generation = 1;
	inv->complete = true;
	inv->product = inv->version = inv->build = inv->api_version = inv->instance_uuid = "";
	inv->hosts = box_array0(obs->box, const struct host_row *, 1);
	inv->hosts[inv->n_hosts++] = host;
	struct lab *lab = build_lab();
	build_target(lab, TARGET_PCI, "local", NULL, NULL);
	lab_fold(lab, obs);
	lab_settle(lab);
	bool seen = show && hostile_show(lab, what, false);
	lab_settle(lab);
	seen |= show_devices(lab, what);
	lab_free(lab);
	return seen;
}

/* The device directory of the first GPU. */
static char *gpu_dir(void)
{
	g_autofree char *devices = g_build_filename(sys, "bus", "pci", "devices", NULL);
	GDir *d = g_dir_open(devices, 0, NULL);
	char *found = NULL;
	g_assert_nonnull(d);
	for (const char *name; !found && (name = g_dir_read_name(d));) {
		g_autofree char *path = g_build_filename(devices, name, NULL);
		g_autofree char *vendor = g_build_filename(path, "vendor", NULL);
		g_autofree char *text = NULL;
		if (g_file_get_contents(vendor, &text, NULL, NULL) && g_str_has_prefix(text, "0x1002"))
			found = g_steal_pointer(&path);
	}
	g_dir_close(d);
	return found;
}

static bool try_file(const char *path, const char *name)
{
	gsize n, len = 0;
	const struct hostile_text *texts = hostile_texts(&n);
	g_autofree char *was = NULL;
	struct pci_place place = {.sysfs_root = sys};
	bool seen = false;
	if (!g_file_get_contents(path, &was, &len, NULL))
		return false;
	for (gsize i = 0; i < n; i++) {
		if (i % 4 && !texts[i].big)
			continue;
		write_file(path, texts[i].bytes, texts[i].len);
		seen |= try(&place, name, i == 0);
	}
	write_file(path, was, len);
	return seen;
}

static bool try_link(const char *path, const char *name)
{
	g_autofree char *was = g_file_read_link(path, NULL);
	g_autofree char *base = g_strndup(hostile_mix()->bytes, hostile_mix()->len);
	g_autofree char *folder = g_path_get_dirname(was), *target = g_build_filename(folder, base, NULL);
	g_autofree char *device = g_path_get_dirname(path), *there = g_build_filename(device, target, NULL);
	struct pci_place place = {.sysfs_root = sys};
	g_unlink(path);
	g_mkdir(there, 0700); /* libpci follows it */
	g_assert_cmpint(symlink(target, path), ==, 0);
	bool seen = try(&place, name, true);
	g_unlink(path);
	g_assert_cmpint(symlink(was, path), ==, 0);
	return seen;
}

static void test_sysfs(void)
{
	g_autofree char *gpu = gpu_dir();
	g_autofree char *reset = g_build_filename(gpu, "reset_method", NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) shown = g_string_new(" ");
	write_file(reset, "bus\n", 4);
	GDir *d = g_dir_open(gpu, 0, NULL);
	for (const char *name; (name = g_dir_read_name(d));)
		g_ptr_array_add(names, g_strdup(name));
	g_dir_close(d);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		g_autofree char *path = g_build_filename(gpu, name, NULL);
		bool link = g_file_test(path, G_FILE_TEST_IS_SYMLINK);
		if (link ? try_link(path, name) : try_file(path, name))
			g_string_append_printf(shown, "%s ", name);
	}
	g_test_message("out:%s", shown->str);
	g_assert_nonnull(strstr(shown->str, " driver "));
	g_assert_nonnull(strstr(shown->str, " reset_method "));
}

static void test_dump(void)
{
	g_autofree char *source = unit_data("data/pci/mi50-host.dump"), *text = NULL;
	g_autofree char *path = g_build_filename(dir, "dump", NULL);
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);
	struct pci_place place = {.dump = path};
	gsize len;
	g_assert_true(g_file_get_contents(source, &text, &len, NULL));
	for (gsize cut = 0; cut < len; cut += 256) {
		write_file(path, text, cut);
		try(&place, "cut", false);
	}
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *bad = g_memdup2(text, len + 1);
		for (int flips = g_rand_int_range(dice, 1, 8); flips > 0; flips--)
			bad[g_rand_int_range(dice, 0, (gint32)len)] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		write_file(path, bad, len);
		try(&place, "flipped", i % 16 == 0);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_autofree char *maker = unit_data("fixtures/mi50/mkmi50tree.sh");
	dir = g_dir_make_tmp("labtop-hostile-XXXXXX", NULL);
	sys = g_build_filename(dir, "sys", NULL);
	g_autofree char *make = g_strdup_printf("sh %s -n 1 -m 32 -i %s", maker, dir);
	g_assert_true(g_spawn_command_line_sync(make, NULL, NULL, NULL, NULL));
	g_test_add_func("/hostile/pci/sysfs", test_sysfs);
	g_test_add_func("/hostile/pci/dump", test_dump);
	int status = g_test_run();
	g_autofree char *clear = g_strdup_printf("rm -rf %s", dir);
	g_spawn_command_line_sync(clear, NULL, NULL, NULL, NULL);
	g_free(sys);
	g_free(dir);
	return status;
}
