/* rocm_read.c - one small function a shape of call, and the table of them. Outputs are initialised and the status is
 * looked at before they are: the library leaves them unset on errors. */
#include "config.h"
#include "backends/gpu/rocm_read.h"

#include <dlfcn.h>
#include <glib.h>
#include <string.h>

struct rocm_calls rsmi;
const struct abi_layout *rocm_layout;

static const struct {
	const char *name;
	void *slot;
} symbols[] = {
#define SYMBOL(entry)                       \
	{                                   \
		"rsmi_" #entry, &rsmi.entry \
	}
	SYMBOL(init),
	SYMBOL(version_get),
	SYMBOL(version_str_get),
	SYMBOL(num_monitor_devices),
	SYMBOL(dev_pci_id_get),
	SYMBOL(dev_id_get),
	SYMBOL(dev_name_get),
	SYMBOL(dev_temp_metric_get),
	SYMBOL(dev_gpu_clk_freq_get),
	SYMBOL(dev_memory_total_get),
	SYMBOL(dev_memory_usage_get),
	SYMBOL(dev_power_ave_get),
	SYMBOL(dev_power_cap_get),
	SYMBOL(dev_volt_metric_get),
	SYMBOL(dev_busy_percent_get),
	SYMBOL(dev_memory_busy_percent_get),
	SYMBOL(dev_fan_rpms_get),
	SYMBOL(dev_pci_replay_counter_get),
	SYMBOL(dev_ecc_count_get),
	SYMBOL(dev_perf_level_get),
	SYMBOL(dev_gpu_metrics_info_get),
#undef SYMBOL
};

void rocm_calls_find(void *handle)
{
	for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
		void *address = dlsym(handle, symbols[i].name);
		memcpy(symbols[i].slot, &address, sizeof address);
	}
}

/* One function a shape of call; each gives the value in the library's unit. */

static status_t read_temp(uint32_t card, int sensor, double *out)
{
	int64_t v = 0;
	status_t st = rsmi.dev_temp_metric_get
			      ? rsmi.dev_temp_metric_get(card, (uint32_t)sensor, ABI_TEMP_CURRENT, &v)
			      : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof v);
	return v;
}

static status_t read_clock(uint32_t card, int type, double *out)
{
	uint8_t buffer[RSMI_BUFFER] = {0};
	uint64_t hz;

	if (!rsmi.dev_gpu_clk_freq_get || !rocm_layout)
		return RSMI_NOT_SUPPORTED;
	status_t st = rsmi.dev_gpu_clk_freq_get(card, type, buffer);
	if (st != RSMI_OK)
		return st;
	uint32_t count = get32(buffer + rocm_layout->freq_count),
		 current = get32(buffer + rocm_layout->freq_current);
	if (current >= count || current >= rocm_layout->levels)
		return RSMI_NOT_SUPPORTED; /* a table without a current level: success, and an index of all ones */
	memcpy(&hz, buffer + rocm_layout->freq_table + 8 * current, sizeof hz);
	*out = (double)hz;
	return RSMI_OK;
}

static status_t read_total(uint32_t card, int type, double *out)
{
	uint64_t v = 0;
	status_t st =
		rsmi.dev_memory_total_get ? rsmi.dev_memory_total_get(card, type, &v) : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_usage(uint32_t card, int type, double *out)
{
	uint64_t v = 0;
	status_t st =
		rsmi.dev_memory_usage_get ? rsmi.dev_memory_usage_get(card, type, &v) : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_power(uint32_t card, int cap, double *out)
{
	status_t (*get)(uint32_t, uint32_t, uint64_t *) =
		cap ? rsmi.dev_power_cap_get : rsmi.dev_power_ave_get;
	uint64_t v = 0;
	status_t st = get ? get(card, 0, &v) : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_busy(uint32_t card, int memory, double *out)
{
	status_t (*get)(uint32_t, uint32_t *) =
		memory ? rsmi.dev_memory_busy_percent_get : rsmi.dev_busy_percent_get;
	uint32_t v = 0;
	status_t st = get ? get(card, &v) : RSMI_NOT_SUPPORTED;

	*out = v;
	return st;
}

static status_t read_voltage(uint32_t card, int sensor, double *out)
{
	int64_t v = 0;
	status_t st = rsmi.dev_volt_metric_get ? rsmi.dev_volt_metric_get(card, sensor, ABI_VOLT_CURRENT, &v)
					       : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_fan(uint32_t card, int sensor, double *out)
{
	int64_t v = 0;
	status_t st = rsmi.dev_fan_rpms_get ? rsmi.dev_fan_rpms_get(card, (uint32_t)sensor, &v)
					    : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_replays(uint32_t card, int unused, double *out)
{
	uint64_t v = 0;
	status_t st = rsmi.dev_pci_replay_counter_get ? rsmi.dev_pci_replay_counter_get(card, &v)
						      : RSMI_NOT_SUPPORTED;

	*out = (double)v;
	return st;
}

static status_t read_ecc(uint32_t card, int uncorrectable, double *out)
{
	static const uint64_t blocks[] = ABI_ECC_BLOCKS;
	status_t answer = RSMI_NOT_SUPPORTED;

	if (!rsmi.dev_ecc_count_get)
		return answer;
	*out = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++) {
		struct abi_ecc ec = {0, 0};
		status_t st = rsmi.dev_ecc_count_get(card, blocks[i], &ec);
		if (st == RSMI_OK) {
			*out += (double)(uncorrectable ? ec.uncorrectable : ec.correctable);
			answer = RSMI_OK;
		} else if (answer == RSMI_NOT_SUPPORTED) {
			answer = st;
		}
	}
	return answer;
}

const struct rocm_row rocm_rows[ROCM_ROWS] = {
	{M_TEMP_EDGE_C, "temp_metric_get(edge)", read_temp, ABI_TEMP_EDGE, 1e-3},
	{M_TEMP_JUNCTION_C, "temp_metric_get(junction)", read_temp, ABI_TEMP_JUNCTION, 1e-3},
	{M_TEMP_MEM_C, "temp_metric_get(memory)", read_temp, ABI_TEMP_MEMORY, 1e-3},
	{M_SCLK_MHZ, "gpu_clk_freq_get(sys)", read_clock, ABI_CLK_SYS, 1e-6},
	{M_MCLK_MHZ, "gpu_clk_freq_get(mem)", read_clock, ABI_CLK_MEM, 1e-6},
	{M_SOCCLK_MHZ, "gpu_clk_freq_get(soc)", read_clock, ABI_CLK_SOC, 1e-6},
	{M_FCLK_MHZ, "gpu_clk_freq_get(df)", read_clock, ABI_CLK_DF, 1e-6},
	{M_VRAM_TOTAL_BYTES, "memory_total_get(vram)", read_total, ABI_MEM_VRAM, 1},
	{M_VRAM_VISIBLE_BYTES, "memory_total_get(visible)", read_total, ABI_MEM_VIS_VRAM, 1},
	{M_VRAM_USED_BYTES, "memory_usage_get(vram)", read_usage, ABI_MEM_VRAM, 1},
	{M_GTT_USED_BYTES, "memory_usage_get(gtt)", read_usage, ABI_MEM_GTT, 1},
	{M_POWER_W, "power_ave_get", read_power, 0, 1e-6},
	{M_POWER_CAP_W, "power_cap_get", read_power, 1, 1e-6},
	{M_VOLTAGE_MV, "volt_metric_get", read_voltage, ABI_VOLT_VDDGFX, 1},
	{M_BUSY_PCT, "busy_percent_get", read_busy, 0, 1},
	{M_MEM_BUSY_PCT, "memory_busy_percent_get", read_busy, 1, 1},
	{M_FAN_RPM, "fan_rpms_get", read_fan, 0, 1},
	{M_PCIE_REPLAYS, "pci_replay_counter_get", read_replays, 0, 1},
	{M_ECC_CORRECTED, "ecc_count_get(ce)", read_ecc, 0, 1},
	{M_ECC_UNCORRECTED, "ecc_count_get(ue)", read_ecc, 1, 1},
};
