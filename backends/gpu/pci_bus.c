/* pci_bus.c - sysfs' view of the PCI bus; see the header. */
#include "config.h"
#include "backends/gpu/pci_bus.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/gpu/sysfs_file.h"
#include "lab/bdf.h"

#define CLASS_DISPLAY     0x03
#define CLASS_ACCELERATOR 0x12

static char *device_dir(const char *root, const char *bdf)
{
	return g_build_filename(root, "bus/pci/devices", bdf, NULL);
}

static uint64_t read_hex(const char *dir, const char *name)
{
	char text[64];
	uint64_t v = 0;

	if (sysfs_read_once(dir, name, text, sizeof text) == READ_OK)
		parse_hex(text, &v);
	return v;
}

/* Last component of what a link points to; "" when it is none. */
static void link_name(const char *dir, const char *name, char *out, gsize size)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char target[512];
	ssize_t n = readlink(path, target, sizeof target - 1);

	out[0] = '\0';
	if (n <= 0)
		return;
	target[n] = '\0';
	const char *slash = strrchr(target, '/');
	g_strlcpy(out, slash ? slash + 1 : target, size);
}

bool pci_is_address(const char *s, gsize len)
{
	char text[BDF_SIZE], address[BDF_SIZE];

	if (len >= sizeof text)
		return false;
	g_strlcpy(text, s, len + 1);
	return bdf_parse(text, address) && strcmp(text, address) == 0;
}

void pci_path_of(const char *resolved, char *out, gsize size)
{
	out[0] = '\0';
	for (const char *p = resolved; *p;) {
		gsize len = strcspn(p, "/");
		if (pci_is_address(p, len)) {
			char address[BDF_SIZE];
			g_strlcpy(address, p, len + 1);
			if (out[0])
				g_strlcat(out, "/", size);
			g_strlcat(out, address, size);
		}
		p += len;
		p += *p == '/';
	}
}

static int compare_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *pci_bus_list(const char *root, unsigned vendor, const char *driver)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *devices = g_build_filename(root, "bus/pci/devices", NULL);
	GDir *dir = g_dir_open(devices, 0, NULL);
	const char *bdf;

	while (dir && list->len < GPU_MAX && (bdf = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(devices, bdf, NULL);
		char bound[32];
		if (!pci_is_address(bdf, strlen(bdf)) || read_hex(path, "vendor") != vendor)
			continue;
		uint64_t class = read_hex(path, "class") >> 16;
		if (class != CLASS_DISPLAY && class != CLASS_ACCELERATOR)
			continue;
		link_name(path, "driver", bound, sizeof bound);
		if (!driver || strcmp(bound, driver) == 0)
			g_ptr_array_add(list, g_strdup(bdf));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(list, compare_text);
	return list;
}

/* A slot's address file has no function: "0000:03:00", "10000:e1:00". */
static void find_slot(const char *root, const char *bdf, char *out, gsize size)
{
	g_autofree char *slots = g_build_filename(root, "bus/pci/slots", NULL);
	GDir *dir = g_dir_open(slots, 0, NULL);
	const char *name, *dot = strchr(bdf, '.');
	gsize len = dot ? (gsize)(dot - bdf) : strlen(bdf);

	while (dir && !out[0] && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(slots, name, NULL);
		char address[32];
		if (sysfs_read_once(path, "address", address, sizeof address) == READ_OK &&
		    strlen(address) == len && g_ascii_strncasecmp(address, bdf, len) == 0)
			g_strlcpy(out, name, size);
	}
	if (dir)
		g_dir_close(dir);
}

static void describe_ids(const char *dir, struct gpu_info *out)
{
	uint64_t sub_vendor = read_hex(dir, "subsystem_vendor"),
		 sub_device = read_hex(dir, "subsystem_device");

	g_snprintf(out->vendor_id, sizeof out->vendor_id, "%04x", (unsigned)read_hex(dir, "vendor") & 0xffff);
	g_snprintf(out->device_id, sizeof out->device_id, "%04x", (unsigned)read_hex(dir, "device") & 0xffff);
	if (sub_vendor || sub_device)
		g_snprintf(out->subsystem, sizeof out->subsystem, "%04x:%04x", (unsigned)sub_vendor & 0xffff,
			   (unsigned)sub_device & 0xffff);
}

bool pci_bus_describe(const char *root, const char *bdf, struct gpu_info *out)
{
	g_autofree char *dir = device_dir(root, bdf);
	char text[SYSFS_TEXT_MAX];
	gint64 node;

	if (access(dir, F_OK) != 0)
		return false;
	g_strlcpy(out->bdf, bdf, sizeof out->bdf);
	char *resolved = realpath(dir, NULL);
	pci_path_of(resolved ? resolved : bdf, out->path, sizeof out->path);
	free(resolved);
	find_slot(root, bdf, out->slot, sizeof out->slot);
	describe_ids(dir, out);
	link_name(dir, "driver", out->driver, sizeof out->driver);
	if (sysfs_read_once(dir, "numa_node", text, sizeof text) == READ_OK && parse_int(text, &node) &&
	    node >= 0 && node < 4096)
		out->numa_node = (int)node;
	if (sysfs_read_once(dir, "resource", text, sizeof text) == READ_OK)
		out->bar_count = parse_bars(text, out->bar_bytes);
	link_name(dir, "physfn", text, 32);
	if (text[0]) {
		out->kind = GPU_KIND_VF;
		g_strlcpy(out->parent, text, sizeof out->parent);
	}
	return true;
}
