/* kfd.c - reads class/kfd; see the header. */
#include "config.h"
#include "backends/gpu/kfd.h"

#include <stdlib.h>
#include <string.h>

#include "backends/gpu/sysfs_file.h"
#include "lab/bdf.h"

#define USES_MAX 4096

static bool node_is_card(const char *properties, uint32_t domain, unsigned location)
{
	uint64_t d = 0, l;

	parse_property(properties, "domain", &d); /* kernels before 4.19 have none */
	return parse_property(properties, "location_id", &l) && l == location && d == domain;
}

static void fill_from_node(const char *properties, const char *node, struct gpu_info *info)
{
	uint64_t v, per;
	char text[64];
	gint64 id;

	if (sysfs_read_once(node, "gpu_id", text, sizeof text) == READ_OK && parse_int(text, &id) && id > 0)
		info->kfd_id = (uint32_t)id;
	if (parse_property(properties, "gfx_target_version", &v))
		gfx_name(v, info->arch, sizeof info->arch);
	if (parse_property(properties, "simd_count", &v) && parse_property(properties, "simd_per_cu", &per) &&
	    per > 0)
		info->cu_count = (uint32_t)(v / per);
}

bool kfd_describe(const char *root, struct gpu_info *info)
{
	g_autofree char *nodes = g_build_filename(root, "class/kfd/kfd/topology/nodes", NULL);
	uint32_t domain;
	unsigned location;
	GDir *dir;
	const char *name;
	bool found = false;

	if (!bdf_split(info->bdf, &domain, &location))
		return false;
	dir = g_dir_open(nodes, 0, NULL);
	while (dir && !found && (name = g_dir_read_name(dir))) {
		g_autofree char *node = g_build_filename(nodes, name, NULL);
		char text[SYSFS_TEXT_MAX];
		if (sysfs_read_once(node, "properties", text, sizeof text) != READ_OK ||
		    !node_is_card(text, domain, location))
			continue;
		fill_from_node(text, node, info);
		found = info->kfd_id != 0; /* the CPU's node has location 0 too */
	}
	if (dir)
		g_dir_close(dir);
	return found;
}

/* The number behind a prefix ("vram_26273"), or 0. */
static uint32_t id_after(const char *name, const char *prefix)
{
	gint64 id;

	if (!g_str_has_prefix(name, prefix) || !parse_int(name + strlen(prefix), &id) || id <= 0 ||
	    id > G_MAXUINT32)
		return 0;
	return (uint32_t)id;
}

static bool has_queue(const char *process, uint32_t kfd_id)
{
	g_autofree char *queues = g_build_filename(process, "queues", NULL);
	GDir *dir = g_dir_open(queues, 0, NULL);
	const char *name;
	bool found = false;

	while (dir && !found && (name = g_dir_read_name(dir))) {
		g_autofree char *queue = g_build_filename(queues, name, NULL);
		char text[64];
		gint64 id;
		found = sysfs_read_once(queue, "gpuid", text, sizeof text) == READ_OK &&
			parse_int(text, &id) && id == (gint64)kfd_id;
	}
	if (dir)
		g_dir_close(dir);
	return found;
}

static struct num occupancy(const char *process, uint32_t kfd_id)
{
	char name[64], text[64];
	gint64 v;

	g_snprintf(name, sizeof name, "stats_%u/cu_occupancy", kfd_id);
	if (sysfs_read_once(process, name, text, sizeof text) == READ_OK && parse_int(text, &v) && v >= 0)
		return num_of((double)v);
	return num_none(NUM_UNKNOWN);
}

static void list_cards_of(const char *process, int pid, GArray *out)
{
	GDir *dir = g_dir_open(process, 0, NULL);
	const char *name;

	while (dir && out->len < USES_MAX && (name = g_dir_read_name(dir))) {
		struct kfd_use use = {.pid = pid, .kfd_id = id_after(name, "vram_")};
		char text[64];
		gint64 bytes;
		if (!use.kfd_id || sysfs_read_once(process, name, text, sizeof text) != READ_OK ||
		    !parse_int(text, &bytes) || bytes < 0)
			continue;
		use.vram_bytes = (uint64_t)bytes;
		if (bytes == 0 && !has_queue(process, use.kfd_id))
			continue; /* the driver lists every card of the machine */
		use.busy_cus = occupancy(process, use.kfd_id);
		g_array_append_val(out, use);
	}
	if (dir)
		g_dir_close(dir);
}

void kfd_list_processes(const char *root, GArray *out)
{
	g_autofree char *processes = g_build_filename(root, "class/kfd/kfd/proc", NULL);
	GDir *dir = g_dir_open(processes, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *process = g_build_filename(processes, name, NULL);
		gint64 pid;
		if (parse_int(name, &pid) && pid > 0 && pid <= G_MAXINT)
			list_cards_of(process, (int)pid, out);
	}
	if (dir)
		g_dir_close(dir);
}
