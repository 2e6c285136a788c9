/* gpu_names.c - what GPU people call their cards. 66a1 is sold under several names; in a rack it is an MI50. */
#include "config.h"
#include "lab/gpu_names.h"

#include "lab/text.h"

#include <glib.h>
#include <string.h>

#define AMD    PCI_VENDOR_AMD
#define NVIDIA PCI_VENDOR_NVIDIA

static const struct gpu_fact facts[] = {
	{AMD, 0x66a0, "MI60", "gfx906", 0, 32},      {AMD, 0x66a1, "MI50", "gfx906", 0, 32},
	{AMD, 0x66a2, "Vega20", "gfx906", 0},        {AMD, 0x66a3, "ProVegaII", "gfx906", 32},
	{AMD, 0x66a4, "Vega20", "gfx906", 0},        {AMD, 0x66a7, "ProVega20", "gfx906", 0},
	{AMD, 0x66af, "RadeonVII", "gfx906", 16},    {AMD, 0x6860, "MI25", "gfx900", 16},
	{AMD, 0x6861, "WX9100", "gfx900", 16},       {AMD, 0x6863, "VegaFE", "gfx900", 16},
	{AMD, 0x687f, "Vega", "gfx900", 8},          {AMD, 0x7300, "MI8", "gfx803", 4},
	{AMD, 0x738c, "MI100", "gfx908", 32},        {AMD, 0x738e, "MI100", "gfx908", 32},
	{AMD, 0x7408, "MI250X", "gfx90a", 128},      {AMD, 0x740c, "MI250", "gfx90a", 128},
	{AMD, 0x740f, "MI210", "gfx90a", 64},        {AMD, 0x74a0, "MI300A", "gfx942", 128},
	{AMD, 0x74a1, "MI300X", "gfx942", 192},      {AMD, 0x74a5, "MI325X", "gfx942", 256},
	{AMD, 0x73a3, "W6800", "gfx1030", 32},       {AMD, 0x73bf, "RX6900", "gfx1030", 16},
	{AMD, 0x744c, "RX7900", "gfx1100", 0},       {AMD, 0x7448, "W7900", "gfx1100", 48},
	{AMD, 0x745e, "W7800", "gfx1100", 32},       {NVIDIA, 0x102d, "K80", "Kepler", 12},
	{NVIDIA, 0x13bd, "M10", "Maxwell", 8},       {NVIDIA, 0x13f2, "M60", "Maxwell", 8},
	{NVIDIA, 0x17fd, "M40", "Maxwell", 0},       {NVIDIA, 0x1b38, "P40", "Pascal", 24},
	{NVIDIA, 0x1bb3, "P4", "Pascal", 8},         {NVIDIA, 0x15f7, "P100", "Pascal", 12},
	{NVIDIA, 0x15f8, "P100", "Pascal", 16},      {NVIDIA, 0x15f9, "P100 SXM2", "Pascal", 16},
	{NVIDIA, 0x1db1, "V100 SXM2", "Volta", 16},  {NVIDIA, 0x1db4, "V100", "Volta", 16},
	{NVIDIA, 0x1db5, "V100 SXM2", "Volta", 32},  {NVIDIA, 0x1db6, "V100", "Volta", 32},
	{NVIDIA, 0x1df6, "V100S", "Volta", 32},      {NVIDIA, 0x1eb8, "T4", "Turing", 16, NO_LARGE_BAR},
	{NVIDIA, 0x1e78, "RTX6000", "Turing", 24},   {NVIDIA, 0x1e30, "RTX6000", "Turing", 0},
	{NVIDIA, 0x2204, "RTX3090", "Ampere", 24},   {NVIDIA, 0x20b0, "A100 SXM4", "Ampere", 40},
	{NVIDIA, 0x20b2, "A100 SXM4", "Ampere", 80}, {NVIDIA, 0x20b5, "A100", "Ampere", 80},
	{NVIDIA, 0x20f1, "A100", "Ampere", 40},      {NVIDIA, 0x20b7, "A30", "Ampere", 24},
	{NVIDIA, 0x2230, "RTXA6000", "Ampere", 48},  {NVIDIA, 0x2235, "A40", "Ampere", 48},
	{NVIDIA, 0x2236, "A10", "Ampere", 24},       {NVIDIA, 0x2237, "A10G", "Ampere", 24},
	{NVIDIA, 0x25b6, "A16", "Ampere", 16},       {NVIDIA, 0x26b1, "RTX6000A", "Ada", 48},
	{NVIDIA, 0x26b5, "L40", "Ada", 48},          {NVIDIA, 0x26b9, "L40S", "Ada", 48},
	{NVIDIA, 0x27b8, "L4", "Ada", 24},           {NVIDIA, 0x2684, "RTX4090", "Ada", 24},
	{NVIDIA, 0x2321, "H100 NVL", "Hopper", 94},  {NVIDIA, 0x2330, "H100 SXM", "Hopper", 80},
	{NVIDIA, 0x2331, "H100", "Hopper", 80},      {NVIDIA, 0x2335, "H200 SXM", "Hopper", 141},
	{NVIDIA, 0x233b, "H200 NVL", "Hopper", 141},
};

const struct gpu_fact *gpu_fact_find(uint16_t vendor_id, uint16_t device_id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		if (facts[i].vendor_id == vendor_id && facts[i].device_id == device_id)
			return &facts[i];
	return NULL;
}

double gpu_large_bar_gib(uint16_t vendor_id, uint16_t device_id)
{
	const struct gpu_fact *fact = gpu_fact_find(vendor_id, device_id);
	if (!fact)
		return -1;
	if (fact->bar_gib)
		return fact->bar_gib == NO_LARGE_BAR ? 0 : fact->bar_gib;
	int bar = 1;
	while (bar < fact->vram_gib)
		bar *= 2;
	return fact->vram_gib > 0 ? bar : -1;
}

/* "Vega 20 [Radeon Instinct MI50]": the name that was sold stands in brackets. */
static const char *sold_as(const char *name, size_t *len)
{
	const char *open = strchr(name, '['), *close = open ? strchr(open, ']') : NULL;
	*len = open && close ? (size_t)(close - open - 1) : strlen(name);
	return open && close ? open + 1 : name;
}

void gpu_short_name(uint16_t vendor_id, uint16_t device_id, const char *marketing, char *out, size_t size)
{
	static const char *const families[] = {"NVIDIA ", "AMD ",     "Radeon ", "Instinct ",
					       "Tesla ",  "GeForce ", "Quadro "};
	const struct gpu_fact *fact = gpu_fact_find(vendor_id, device_id);
	if (fact) {
		g_strlcpy(out, fact->label, size);
		return;
	}
	size_t len;
	const char *name = sold_as(marketing, &len);
	for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
		size_t n = strlen(families[i]);
		if (len > n && g_ascii_strncasecmp(name, families[i], n) == 0)
			name += n, len -= n;
	}
	char *copy = g_strndup(name, len);
	text_copy(out, *copy ? copy : "GPU", size);
	g_free(copy);
}
