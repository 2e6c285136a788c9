/* fuzz_pci.c - the configuration space of one device: lists of capabilities that loop, end early or lead nowhere. It is read as
 * libpci reads a dump; bytes that are missing were closed to us. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/pci/pci.h"
#include "tests/unit/build_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *dump;

static void remove_dump(void)
{
	unlink(dump);
}

static void write_dump(const uint8_t *data, size_t size)
{
	if (!dump) {
		int fd = g_file_open_tmp("labtop-fuzz-XXXXXX", &dump, NULL);
		close(fd);
		atexit(remove_dump);
	}
	FILE *f = fopen(dump, "w");
	if (!f)
		g_error("cannot write %s", dump);
	fputs("0000:03:00.0 Display controller: a device\n", f);
	for (size_t at = 0; at < MIN(size, 4096); at++) {
		if (at % 16 == 0)
			fprintf(f, "%s%02zx:", at ? "\n" : "", at);
		fprintf(f, " %02x", data[at]);
	}
	fputs("\n\n", f);
	fclose(f);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct obs *obs = build_obs(OBS_INVENTORY, TARGET_PCI, "local", 0);
	struct obs_inventory *inv = obs->u.inventory = box_new0(obs->box, struct obs_inventory);
	GError *error = NULL;
	write_dump(data, size);
	struct pci_place place = {.dump = dump};
	const struct host_row *host = pci_read_host(&place, obs->box, "local", &error);
	if ((host == NULL) != (error != NULL))
		g_error("neither a host nor an error");
	fuzz_judge_error(&error);
	if (!host) {
		obs_free(obs);
		return;
	}
	if (host->n_pci > 1)
		g_error("%d devices of one", host->n_pci);
	inv->generation = 1;
	inv->complete = true;
	inv->product = inv->version = inv->build = inv->api_version = inv->instance_uuid = "";
	inv->hosts = box_array0(obs->box, const struct host_row *, 1);
	inv->hosts[inv->n_hosts++] = host;
	struct lab *lab = build_lab();
	build_target(lab, TARGET_PCI, "local", NULL, NULL);
	lab_fold(lab, obs);
	fuzz_judge_lab(lab);
}
