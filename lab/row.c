/* row.c - what a row says: the guest's word, else the host's. */
#include "config.h"
#include "lab/private.h"

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

struct num lab_row_metric(const struct lab_row *row, enum metric m, enum row_origin *origin)
{
	enum row_origin nobody, *from = origin ? origin : &nobody;
	struct num told = row->gpu && row->gpu->sample ? row->gpu->sample->metric[m] : num_none(NUM_UNKNOWN);
	*from = FROM_GUEST;
	if (num_known(told))
		return told;
	/* a share has its card's temperature; the card's power and load are not its own */
	struct num host = row->device && (!row->parent || m == M_TEMP_EDGE_C) ? host_metric(row->device, m)
									      : num_none(NUM_UNKNOWN);
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
