/* gpu_names.h - the short name of a card for tables. */
#ifndef LAB_GPU_NAMES_H
#define LAB_GPU_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* One known card. Ids and names: pci.ids; VRAM: vendor data sheets. */
struct gpu_fact {
	uint16_t vendor_id, device_id;
	const char *label, *arch;
	int vram_gib; /* 0: sold in several sizes */
};

/* The fact sheet of an id, or NULL. */
const struct gpu_fact *gpu_fact_find(uint16_t vendor_id, uint16_t device_id);

/* A short name into out: by id, else the marketing name without maker and family. */
void gpu_short_name(uint16_t vendor_id, uint16_t device_id, const char *marketing, char *out, size_t size);

#endif
