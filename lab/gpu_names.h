/* gpu_names.h - the short name of a card for tables. */
#ifndef LAB_GPU_NAMES_H
#define LAB_GPU_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* PCI ids of those who make GPUs for work. */
enum { PCI_VENDOR_AMD = 0x1002, PCI_VENDOR_NVIDIA = 0x10de };

#define NO_LARGE_BAR (-1)

/* One known card. Ids and names: pci.ids; VRAM: vendor data sheets; BARs: rules.md section 12. */
struct gpu_fact {
	uint16_t vendor_id, device_id;
	const char *label, *arch;
	int vram_gib; /* 0: sold in several sizes */
	int bar_gib;  /* large BAR: 0 from the VRAM, NO_LARGE_BAR */
};

/* The fact sheet of an id, or NULL. */
const struct gpu_fact *gpu_fact_find(uint16_t vendor_id, uint16_t device_id);

/* The large BAR of a card in GiB: of the table, else the power of two at or above its VRAM; 0 for cards that need no
 * window above 4 GiB; -1 not known. Where sizes differ the largest is taken. */
double gpu_large_bar_gib(uint16_t vendor_id, uint16_t device_id);

/* A short name into out: by id, else the marketing name without maker and family. */
void gpu_short_name(uint16_t vendor_id, uint16_t device_id, const char *marketing, char *out, size_t size);

#endif
