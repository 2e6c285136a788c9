/* host.c - this machine as a host row: what uname, /proc and /sys tell about it, and its PCI devices. */
#include "config.h"
#include "backends/pci/pci.h"

#include "backends/pci/sysfs_extra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define NODES_CAP 64

static int64_t boot_wall_ms(void)
{
	struct timespec wall, up;
	if (clock_gettime(CLOCK_REALTIME, &wall) || clock_gettime(CLOCK_BOOTTIME, &up))
		return 0;
	return (wall.tv_sec - up.tv_sec) * 1000 + (wall.tv_nsec - up.tv_nsec) / 1000000;
}

/* "Node 0 MemTotal:       131881240 kB" */
static struct num node_memory(const char *root, int node)
{
	char file[64];
	g_snprintf(file, sizeof file, "devices/system/node/node%d/meminfo", node);
	g_autofree char *text = sysfs_slurp(root, file);
	const char *at = text ? strstr(text, "MemTotal:") : NULL;
	return at ? num_of((double)g_ascii_strtoull(at + strlen("MemTotal:"), NULL, 10) * 1024)
		  : num_none(NUM_UNKNOWN);
}

static void read_nodes(const char *root, struct box *box, struct host_row *host)
{
	host->nodes = box_array0(box, struct numa_node, NODES_CAP);
	for (int id = 0; id < NODES_CAP; id++) {
		char file[64];
		g_snprintf(file, sizeof file, "devices/system/node/node%d/cpulist", id);
		g_autofree char *cpus = sysfs_slurp(root, file);
		int count = cpus ? sysfs_cpulist_count(cpus) : -1;
		if (count < 0)
			continue;
		host->nodes[host->n_nodes++] = (struct numa_node){
			.id = id, .cpus = num_of(count), .mem_bytes = node_memory(root, id)};
	}
}

/* The first "model name" of /proc/cpuinfo; other architectures have none. */
static const char *cpu_model(struct box *box)
{
	g_autoptr(GError) ignored = NULL;
	g_autofree char *text = NULL;
	if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, &ignored))
		return "";
	const char *at = strstr(text, "model name");
	const char *colon = at ? strchr(at, ':') : NULL;
	if (!colon)
		return "";
	colon += strspn(colon, ": \t");
	return box_text(box, colon, (gssize)strcspn(colon, "\n"));
}

const struct host_row *pci_read_host(const struct pci_place *place, struct box *box, const char *source,
				     GError **error)
{
	const char *root = place->sysfs_root ? place->sysfs_root : "/sys";
	struct host_row *host = box_new0(box, struct host_row);
	struct utsname name;

	host->box = box;
	if (!pci_read_all(place, box, &host->pci, &host->n_pci, error))
		return NULL;
	memset(&name, 0, sizeof name);
	uname(&name);
	g_autofree char *uuid = sysfs_slurp(root, "class/dmi/id/product_uuid");
	g_autofree char *vendor = sysfs_slurp(root, "class/dmi/id/sys_vendor");
	g_autofree char *model = sysfs_slurp(root, "class/dmi/id/product_name");
	g_autofree char *lower = uuid ? g_ascii_strdown(uuid, -1) : NULL;
	host->source = box_text(box, source, -1);
	host->moref = "local";
	host->is_local = true;
	host->name = box_text(box, name.nodename, -1);
	host->uuid = box_text(box, lower, -1);
	host->product = box_text(box, name.sysname, -1);
	host->version = box_text(box, name.release, -1);
	host->build = "";
	host->state = HOST_THIS_MACHINE;
	host->vendor = box_text(box, vendor, -1);
	host->model = box_text(box, model, -1);
	host->cpu_model = cpu_model(box);
	host->boot_ms = boot_wall_ms();
	host->cpu_threads = num_of((double)sysconf(_SC_NPROCESSORS_ONLN));
	host->mem_bytes = num_of((double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE));
	read_nodes(root, box, host);
	return host;
}
