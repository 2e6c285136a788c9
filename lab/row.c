/* row.c - what a row says: the guest's word, else the host's. */
#include "config.h"
#include "lab/private.h"

#include <string.h>

#define SPARES_FOLD 3 /* fewer would not be shorter on one line */

static struct num host_metric(const struct pci_row *d, enum metric m)
{
	switch (m) {
	case M_BUSY_PCT:
		return d->host_busy_pct;
	case M_VRAM_USED_BYTES:
		return d->host_mem_used_bytes;
	case M_VRAM_TOTAL_BYTES:
		return d->graphics_mem_bytes;
	case M_TEMP_EDGE_C:
		return d->host_temp_c;
	case M_POWER_W:
		return d->host_power_w;
	default:
		return num_none(NUM_UNKNOWN);
	}
}

enum gpu_kind lab_row_kind(const struct lab_row *row)
{
	enum gpu_kind told = row->gpu ? row->gpu->row->kind : GPU_KIND_GPU;
	if (told == GPU_KIND_MIG)
		return GPU_KIND_MIG;
	if (row->vm_device && row->vm_device->kind == VMDEV_VGPU)
		return GPU_KIND_VGPU;
	if (row->device && *row->device->physical)
		return GPU_KIND_VF;
	return told;
}

bool lab_row_is_spare(const struct lab_row *row)
{
	return row->parent && !row->vm && !row->gpu && lab_row_kind(row) == GPU_KIND_VF;
}

int lab_spares_to_fold(const struct lab *lab, guint at)
{
	int n = 0;
	for (guint i = at + 1; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (!row->parent)
			break;
		n += lab_row_is_spare(row);
	}
	return n >= SPARES_FOLD ? n : 0;
}

int gpu_order(const struct gpu_row *a, const struct gpu_row *b)
{
	const struct num x[] = {a->gpu_instance, a->compute_instance},
			 y[] = {b->gpu_instance, b->compute_instance};
	int c = strcmp(a->bdf, b->bdf);
	for (gsize i = 0; !c && i < G_N_ELEMENTS(x); i++) {
		double p = num_known(x[i]) ? x[i].v : -1, q = num_known(y[i]) ? y[i].v : -1;
		c = (p > q) - (p < q);
	}
	return c;
}

/* Whose counters a row may show: a share that somebody has is as hot as its card. */
static const struct pci_row *counted(const struct lab_row *row, enum metric m)
{
	if (!row->parent)
		return row->device;
	return m == M_TEMP_EDGE_C && (row->vm || row->guest) ? row->parent->device : NULL;
}

struct num lab_row_metric(const struct lab_row *row, enum metric m, enum row_origin *origin)
{
	enum row_origin nobody, *from = origin ? origin : &nobody;
	struct num told = row->gpu && row->gpu->sample ? row->gpu->sample->metric[m] : num_none(NUM_UNKNOWN);
	*from = FROM_GUEST;
	if (num_known(told))
		return told;
	const struct pci_row *device = counted(row, m);
	struct num host = device ? host_metric(device, m) : num_none(NUM_UNKNOWN);
	*from = num_known(host) ? FROM_HOST : told.state == NUM_UNKNOWN ? FROM_NOBODY : FROM_GUEST;
	return num_known(host) ? host : told;
}

struct num lab_row_temp(const struct lab_row *row)
{
	struct num junction = lab_row_metric(row, M_TEMP_JUNCTION_C, NULL);
	if (num_known(junction))
		return junction;
	struct num edge = lab_row_metric(row, M_TEMP_EDGE_C, NULL);
	return num_known(edge) || junction.state == NUM_UNKNOWN ? edge : junction;
}

bool lab_row_stale(const struct lab_row *row)
{
	return row->gpu ? row->gpu->stale : row->host ? row->host->stale : false;
}
