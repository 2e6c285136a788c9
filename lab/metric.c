/* metric.c - the table of what is measured about a GPU. Bounds are what the hardware cannot exceed, not what is healthy. */
#include "config.h"
#include "lab/metric.h"

#define PIB 1125899906842624.0 /* 2^50: more VRAM than any card has, less than a double can count exactly */

const struct metric_info metric_info[M_COUNT] = {
	[M_TEMP_EDGE_C] = {"temp_edge_c", "edge", "°C", 1, -60, 200},
	[M_TEMP_JUNCTION_C] = {"temp_junction_c", "junction", "°C", 1, -60, 200},
	[M_TEMP_MEM_C] = {"temp_mem_c", "HBM", "°C", 1, -60, 200},
	[M_TEMP_VRGFX_C] = {"temp_vrgfx_c", "VR gfx", "°C", 1, -60, 250, true},
	[M_TEMP_VRSOC_C] = {"temp_vrsoc_c", "VR soc", "°C", 1, -60, 250, true},
	[M_TEMP_VRMEM_C] = {"temp_vrmem_c", "VR mem", "°C", 1, -60, 250, true},
	[M_SCLK_MHZ] = {"sclk_mhz", "sclk", "MHz", 0, 0, 20000},
	[M_MCLK_MHZ] = {"mclk_mhz", "mclk", "MHz", 0, 0, 50000},
	[M_SOCCLK_MHZ] = {"socclk_mhz", "socclk", "MHz", 0, 0, 20000},
	[M_FCLK_MHZ] = {"fclk_mhz", "fclk", "MHz", 0, 0, 20000},
	[M_VRAM_TOTAL_BYTES] = {"vram_total_bytes", "VRAM", "B", 0, 0, PIB, true},
	[M_VRAM_USED_BYTES] = {"vram_used_bytes", "VRAM used", "B", 0, 0, PIB},
	[M_VRAM_VISIBLE_BYTES] = {"vram_visible_bytes", "VRAM visible", "B", 0, 0, PIB, true},
	[M_GTT_USED_BYTES] = {"gtt_used_bytes", "spilled to host", "B", 0, 0, PIB},
	[M_POWER_W] = {"power_w", "power", "W", 1, 0, 5000},
	[M_POWER_CAP_W] = {"power_cap_w", "power cap", "W", 1, 0, 5000, true},
	[M_ENERGY_J] = {"energy_j", "energy", "J", 1, 0, 1e15},
	[M_VOLTAGE_MV] = {"voltage_mv", "vddgfx", "mV", 0, 0, 20000},
	[M_BUSY_PCT] = {"busy_pct", "busy", "%", 0, 0, 100},
	[M_MEM_BUSY_PCT] = {"mem_busy_pct", "memory busy", "%", 0, 0, 100},
	[M_FAN_RPM] = {"fan_rpm", "fan", "rpm", 0, 0, 60000},
	[M_PCIE_GEN] = {"pcie_gen", "PCIe gen", "", 0, 1, 16},
	[M_PCIE_WIDTH] = {"pcie_width", "PCIe width", "", 0, 1, 64},
	[M_PCIE_MAX_GEN] = {"pcie_max_gen", "PCIe max gen", "", 0, 1, 16},
	[M_PCIE_MAX_WIDTH] = {"pcie_max_width", "PCIe max width", "", 0, 1, 64},
	[M_PCIE_REPLAYS] = {"pcie_replays", "PCIe replays", "", 0, 0, 1e15},
	[M_ECC_CORRECTED] = {"ecc_corrected", "ECC corrected", "", 0, 0, 1e15},
	[M_ECC_UNCORRECTED] = {"ecc_uncorrected", "ECC uncorrected", "", 0, 0, 1e15},
	[M_BAD_PAGES] = {"bad_pages", "bad pages", "", 0, 0, 1e12},
};

const struct metric_info limit_info[LIM_COUNT] = {
	[LIM_TEMP_EDGE_CRIT_C] = {"temp_edge_crit_c", "edge limit", "°C", 0, 20, 200},
	[LIM_TEMP_JUNCTION_CRIT_C] = {"temp_junction_crit_c", "junction limit", "°C", 0, 20, 200},
	[LIM_TEMP_MEM_CRIT_C] = {"temp_mem_crit_c", "HBM limit", "°C", 0, 20, 200},
	[LIM_POWER_MAX_W] = {"power_max_w", "highest cap", "W", 0, 0, 5000},
	[LIM_POWER_MIN_W] = {"power_min_w", "lowest cap", "W", 0, 0, 5000},
	[LIM_SCLK_MAX_MHZ] = {"sclk_max_mhz", "highest sclk", "MHz", 0, 0, 20000},
	[LIM_MCLK_MAX_MHZ] = {"mclk_max_mhz", "highest mclk", "MHz", 0, 0, 50000},
};

struct num metric_num(enum metric m, double v)
{
	const struct metric_info *info = &metric_info[m];
	if (v == 0 && info->zero_is_none)
		return num_none(NUM_UNKNOWN);
	return v >= info->min && v <= info->max ? num_of(v) : num_none(NUM_BAD);
}

void metrics_settle(struct num m[M_COUNT])
{
	const struct num *used = &m[M_VRAM_USED_BYTES];
	if (!num_known(m[M_VRAM_TOTAL_BYTES]) && used->state == NUM_OK && used->v == 0)
		m[M_VRAM_USED_BYTES] = num_none(NUM_UNKNOWN);
}

const char *const throttle_names[4] = {"thermal", "current", "power-cap", "other"};
