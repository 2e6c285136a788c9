/* sysfs_extra.c - small files of /sys/bus/pci/devices. Every one may be missing. */
#include "config.h"
#include "backends/pci/sysfs_extra.h"

#include "lab/bdf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *sysfs_slurp(const char *root, const char *relative)
{
	g_autofree char *path = g_build_filename(root, relative, NULL);
	char bytes[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ssize_t n = read(fd, bytes, sizeof bytes - 1);
	close(fd);
	if (n <= 0)
		return NULL;
	bytes[n] = '\0';
	return g_strdup(g_strchomp(bytes));
}

int sysfs_link_gen(const char *speed)
{
	/* GT/s of each generation, as the kernel writes them */
	static const char *const starts[] = {"2.5 ", "5.0 ", "8.0 ", "16.0 ", "32.0 ", "64.0 "};
	for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_str_has_prefix(speed, starts[i]))
			return (int)i + 1;
	return 0;
}

int sysfs_cpulist_count(const char *list)
{
	int count = 0;
	g_auto(GStrv) parts = g_strsplit(list, ",", -1);
	for (char **p = parts; *p; p++) {
		guint64 first, last;
		char *dash = strchr(*p, '-');
		if (dash)
			*dash = '\0';
		if (!g_ascii_string_to_unsigned(g_strstrip(*p), 10, 0, 65535, &first, NULL))
			return -1;
		last = first;
		if (dash && !g_ascii_string_to_unsigned(dash + 1, 10, first, 65535, &last, NULL))
			return -1;
		count += (int)(last - first) + 1;
	}
	return count;
}

static struct num read_number(const char *root, const char *dir, const char *file)
{
	g_autofree char *relative = g_build_filename(dir, file, NULL);
	g_autofree char *text = sysfs_slurp(root, relative);
	guint64 v;
	if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &v, NULL))
		return num_none(NUM_UNKNOWN);
	return num_of((double)v);
}

static struct num read_gen(const char *root, const char *dir, const char *file)
{
	g_autofree char *relative = g_build_filename(dir, file, NULL);
	g_autofree char *text = sysfs_slurp(root, relative);
	int gen = text ? sysfs_link_gen(text) : 0;
	return gen ? num_of(gen) : num_none(NUM_UNKNOWN);
}

/* The kernel keeps one counter a cause and a line "TOTAL_ERR_COR 12" at the end. */
static struct num read_aer_total(const char *root, const char *dir, const char *file, const char *total)
{
	g_autofree char *relative = g_build_filename(dir, file, NULL);
	g_autofree char *text = sysfs_slurp(root, relative);
	const char *at = text ? strstr(text, total) : NULL;
	if (!at)
		return num_none(NUM_UNKNOWN);
	return num_of((double)g_ascii_strtoull(at + strlen(total), NULL, 10));
}

static void fill_unknown(struct num *n, struct num from)
{
	if (!num_known(*n))
		*n = from;
}

/* What the configuration space tells root, these files tell everybody (offset and stride: Linux 4.11). */
static void read_sriov(const char *root, const char *dir, struct pci_row *row)
{
	row->sriov_max = read_number(root, dir, "sriov_totalvfs");
	row->sriov_vfs = read_number(root, dir, "sriov_numvfs");
	row->sriov_offset = read_number(root, dir, "sriov_offset");
	row->sriov_stride = read_number(root, dir, "sriov_stride");
	if (num_known(row->sriov_max))
		row->sriov_capable = TRI_YES;
	if (num_known(row->sriov_vfs))
		row->sriov_active = row->sriov_enabled = tri_of(row->sriov_vfs.v > 0);
}

/* A virtual function has a link to its card, "physfn -> ../0000:3b:00.0". */
static void read_physical(const char *root, const char *dir, char out[BDF_SIZE])
{
	g_autofree char *path = g_build_filename(root, dir, "physfn", NULL);
	g_autofree char *target = g_file_read_link(path, NULL);
	g_autofree char *name = target ? g_path_get_basename(target) : NULL;
	if (name)
		bdf_parse(name, out);
}

void sysfs_extra_read(const char *root, struct box *box, struct pci_row *row)
{
	g_autofree char *dir = g_build_filename("bus/pci/devices", row->bdf, NULL);
	g_autofree char *reset_file = g_build_filename(dir, "reset_method", NULL);
	g_autofree char *reset = sysfs_slurp(root, reset_file);

	row->reset_method = box_text(box, reset, -1);
	fill_unknown(&row->link.gen, read_gen(root, dir, "current_link_speed"));
	fill_unknown(&row->link.max_gen, read_gen(root, dir, "max_link_speed"));
	fill_unknown(&row->link.width, read_number(root, dir, "current_link_width"));
	fill_unknown(&row->link.max_width, read_number(root, dir, "max_link_width"));
	/* the kernel tells 0 or 255 lanes where there is no link */
	if (num_known(row->link.width) && (row->link.width.v < 1 || row->link.width.v > 32))
		row->link.width = num_none(NUM_UNKNOWN);
	if (num_known(row->link.max_width) && (row->link.max_width.v < 1 || row->link.max_width.v > 32))
		row->link.max_width = num_none(NUM_UNKNOWN);
	row->aer_correctable = read_aer_total(root, dir, "aer_dev_correctable", "TOTAL_ERR_COR");
	row->aer_uncorrectable = read_aer_total(root, dir, "aer_dev_nonfatal", "TOTAL_ERR_NONFATAL");
	num_add(&row->aer_uncorrectable, read_aer_total(root, dir, "aer_dev_fatal", "TOTAL_ERR_FATAL"));
	if (row->needs_root)
		read_sriov(root, dir, row);
	read_physical(root, dir, row->physical);
}
