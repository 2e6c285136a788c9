/* rocm.c - ROCm SMI as a vendor table. Runs only in the child; every call may abort, hang or lie (gpu-telemetry 4).
 *
 * Outputs are initialised and the status is looked at before they are: the library leaves them unset on errors. Its
 * process calls are never made, the kernel's files tell the same without crashing.
 */
#include "config.h"
#include "backends/gpu/vendor.h"

#include <dlfcn.h>
#include <string.h>

#include "backends/gpu/gpu_metrics.h"
#include "backends/gpu/rocm_abi.h"
#include "backends/gpu/rocm_locks.h"

typedef uint32_t status_t; /* an enum of the library */

/* The entries that are asked for by name; one that is missing stays NULL. */
static struct {
	status_t (*init)(uint64_t flags);
	status_t (*version_get)(struct abi_version *version);
	status_t (*version_str_get)(int component, char *text, uint32_t size); /* 0: the driver */
	status_t (*num_monitor_devices)(uint32_t *count);
	status_t (*dev_pci_id_get)(uint32_t card, uint64_t *bdf);
	status_t (*dev_id_get)(uint32_t card, uint16_t *id);
	status_t (*dev_name_get)(uint32_t card, char *name, size_t size);
	status_t (*dev_temp_metric_get)(uint32_t card, uint32_t sensor, int metric, int64_t *milli_c);
	status_t (*dev_gpu_clk_freq_get)(uint32_t card, int type, void *table);
	status_t (*dev_memory_total_get)(uint32_t card, int type, uint64_t *bytes);
	status_t (*dev_memory_usage_get)(uint32_t card, int type, uint64_t *bytes);
	status_t (*dev_power_ave_get)(uint32_t card, uint32_t sensor, uint64_t *micro_w);
	status_t (*dev_power_cap_get)(uint32_t card, uint32_t sensor, uint64_t *micro_w);
	status_t (*dev_volt_metric_get)(uint32_t card, int sensor, int metric, int64_t *milli_v);
	status_t (*dev_busy_percent_get)(uint32_t card, uint32_t *percent);
	status_t (*dev_memory_busy_percent_get)(uint32_t card, uint32_t *percent);
	status_t (*dev_fan_rpms_get)(uint32_t card, uint32_t sensor, int64_t *rpm);
	status_t (*dev_pci_replay_counter_get)(uint32_t card, uint64_t *count);
	status_t (*dev_ecc_count_get)(uint32_t card, uint64_t block, struct abi_ecc *count);
	status_t (*dev_perf_level_get)(uint32_t card, uint32_t *level);
	status_t (*dev_gpu_metrics_info_get)(uint32_t card, void *metrics);
} rsmi;

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

static const struct abi_layout *layout;
static uint16_t device_ids[GPU_MAX];

/* ---- one function a shape of call; each gives the value in the library's unit -------------------------------------- */

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

	if (!rsmi.dev_gpu_clk_freq_get || !layout)
		return RSMI_NOT_SUPPORTED;
	status_t st = rsmi.dev_gpu_clk_freq_get(card, type, buffer);
	if (st != RSMI_OK)
		return st;
	uint32_t count = get32(buffer + layout->freq_count), current = get32(buffer + layout->freq_current);
	if (current >= count || current >= layout->levels)
		return RSMI_NOT_SUPPORTED; /* a table without a current level: success, and an index of all ones */
	memcpy(&hz, buffer + layout->freq_table + 8 * current, sizeof hz);
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

/* ---- the table of what is read ------------------------------------------------------------------------------------- */

static const struct row {
	enum metric m;
	const char *call;
	status_t (*read)(uint32_t card, int argument, double *out);
	int argument;
	double scale;
} rows[] = {
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

enum { CALL_ROWS = CALL_FIRST_OWN, CALL_PERF = CALL_ROWS + G_N_ELEMENTS(rows), CALL_METRICS, CALL_COUNT };

static const char *rocm_call_name(int call)
{
	static const char *const others[] = {[CALL_OPEN] = "init",
					     [CALL_LIST] = "list",
					     [CALL_PERF] = "perf_level_get",
					     [CALL_METRICS] = "gpu_metrics_info_get"};

	if (call < 0 || call >= CALL_COUNT)
		return NULL;
	return call >= CALL_ROWS && call < CALL_PERF ? rows[call - CALL_ROWS].call : others[call];
}

/* ---- opening ------------------------------------------------------------------------------------------------------- */

/* Newer packages install below /opt/rocm-VERSION, out of the linker's sight. */
static GPtrArray *library_names(void)
{
	static const char *const sonames[] = {"librocm_smi64.so.7", "librocm_smi64.so.6",
					      "librocm_smi64.so.5", "librocm_smi64.so.1"};
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *opt = g_dir_open("/opt", 0, NULL);
	const char *name;

	for (gsize i = 0; i < G_N_ELEMENTS(sonames); i++)
		g_ptr_array_add(names, g_strdup(sonames[i]));
	while (opt && (name = g_dir_read_name(opt)))
		for (gsize i = 0; g_str_has_prefix(name, "rocm") && i < G_N_ELEMENTS(sonames); i++)
			g_ptr_array_add(names, g_build_filename("/opt", name, "lib", sonames[i], NULL));
	if (opt)
		g_dir_close(opt);
	g_ptr_array_add(names, NULL);
	return names;
}

static bool rocm_open(const struct calls *calls, struct vendor_facts *out, GError **error)
{
	g_autoptr(GPtrArray) names = library_names();
	struct abi_version version = {0};

	rocm_locks_keep_private();
	void *handle = vendor_dlopen(vendor_rocm_smi.path_variable, (const char *const *)names->pdata,
				     out->path, sizeof out->path, error);
	if (!handle)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
		void *address = dlsym(handle, symbols[i].name);
		memcpy(symbols[i].slot, &address, sizeof address);
	}
	if (!rsmi.init || !rsmi.num_monitor_devices || !rsmi.dev_pci_id_get) {
		g_set_error(error, VENDOR_ERROR, VENDOR_ERR_FAILED, "%s is not ROCm SMI", out->path);
		return false;
	}
	status_t st = rsmi.init(0);
	if (st != RSMI_OK) {
		g_set_error(error, VENDOR_ERROR, VENDOR_ERR_FAILED, "rsmi_init failed with %u", st);
		return false;
	}
	if (rsmi.version_get && rsmi.version_get(&version) == RSMI_OK) {
		layout = abi_layout_of(version.major);
		g_snprintf(out->version, sizeof out->version, "%u.%u.%u", version.major, version.minor,
			   version.patch);
	}
	if (rsmi.version_str_get && rsmi.version_str_get(0, out->driver, sizeof out->driver) != RSMI_OK)
		out->driver[0] = '\0';
	return true;
}

static int rocm_list(const struct calls *calls, struct gpu_info *out, int max)
{
	uint32_t count = 0;
	int n = 0;

	if (rsmi.num_monitor_devices(&count) != RSMI_OK)
		return 0;
	for (uint32_t i = 0; i < count && n < max; i++) {
		struct gpu_info *info = &out[n++];
		uint64_t bdf = 0;
		gpu_info_init(info);
		if (rsmi.dev_pci_id_get(i, &bdf) == RSMI_OK)
			g_snprintf(info->bdf, sizeof info->bdf, "%04x:%02x:%02x.%x",
				   (unsigned)(bdf >> 32) & 0xffff, (unsigned)(bdf >> 8) & 0xff,
				   (unsigned)(bdf >> 3) & 0x1f, (unsigned)bdf & 7);
		if (rsmi.dev_id_get && rsmi.dev_id_get(i, &device_ids[i]) == RSMI_OK)
			g_snprintf(info->device_id, sizeof info->device_id, "%04x", device_ids[i]);
		if (rsmi.dev_name_get && rsmi.dev_name_get(i, info->name, sizeof info->name) != RSMI_OK)
			info->name[0] = '\0';
		g_strlcpy(info->vendor_id, "1002", sizeof info->vendor_id);
		gpu_info_choose_id(info);
	}
	return n;
}

/* ---- sampling ------------------------------------------------------------------------------------------------------ */

static enum num_state state_of_status(status_t st)
{
	switch (st) {
	case RSMI_PERMISSION:
		return NUM_DENIED;
	case RSMI_INTERNAL_EXCEPTION:
	case RSMI_NO_DATA:
	case RSMI_UNEXPECTED_DATA:
		return NUM_BAD;
	case RSMI_BUSY:
		return NUM_BUSY;
	default:
		return NUM_UNKNOWN;
	}
}

static void sample_perf_level(uint32_t card, struct gpu_values *out)
{
	static const char *const words[] = {
		"auto",
		"low",
		"high",
		"manual",
		"profile_standard",
		"profile_peak",
		"profile_min_mclk",
		"profile_min_sclk",
		"perf_determinism",
	};
	uint32_t level = UINT32_MAX;

	if (rsmi.dev_perf_level_get && rsmi.dev_perf_level_get(card, &level) == RSMI_OK &&
	    level < G_N_ELEMENTS(words))
		g_strlcpy(out->perf_level, words[level], sizeof out->perf_level);
}

/* The library turns every revision into its own struct; what it does not know is all ones. */
static void sample_metrics(uint32_t card, struct gpu_values *out)
{
	static const struct {
		enum metric m;
		int at;
	} temps[] = {{M_TEMP_VRGFX_C, ABI_GM_VRGFX},
		     {M_TEMP_VRSOC_C, ABI_GM_VRSOC},
		     {M_TEMP_VRMEM_C, ABI_GM_VRMEM}};
	uint8_t buffer[RSMI_BUFFER];

	memset(buffer, 0xff, sizeof buffer);
	if (!layout || !rsmi.dev_gpu_metrics_info_get ||
	    rsmi.dev_gpu_metrics_info_get(card, buffer) != RSMI_OK || buffer[ABI_GM_REVISION] != 1 ||
	    buffer[ABI_GM_REVISION + 1] > 3)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(temps); i++) {
		int16_t v;
		memcpy(&v, buffer + temps[i].at, sizeof v);
		if (v != -1)
			gpu_values_put(out, temps[i].m, v, ORIGIN_ROCM_SMI);
	}
	uint32_t bits = get32(buffer + ABI_GM_THROTTLE);
	if (bits == UINT32_MAX || !device_is_vega20(device_ids[card]))
		return;
	out->throttle_bits = bits;
	out->has_throttle_bits = true;
	out->throttle = throttle_of_vega20(bits);
}

static void rocm_sample(const struct calls *calls, int card, struct gpu_values *out, GArray *processes)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		double v = 0;
		if (!call_enter(calls, CALL_ROWS + (int)i))
			continue;
		status_t st = rows[i].read((uint32_t)card, rows[i].argument, &v);
		call_leave(calls);
		if (st == RSMI_OK)
			gpu_values_put(out, rows[i].m, v * rows[i].scale, ORIGIN_ROCM_SMI);
		else if (state_of_status(st) != NUM_UNKNOWN)
			gpu_values_fail(out, rows[i].m, state_of_status(st), ORIGIN_ROCM_SMI);
	}
	if (call_enter(calls, CALL_PERF)) {
		sample_perf_level((uint32_t)card, out);
		call_leave(calls);
	}
	if (call_enter(calls, CALL_METRICS)) {
		sample_metrics((uint32_t)card, out);
		call_leave(calls);
	}
}

const struct vendor vendor_rocm_smi = {
	.name = "rocm-smi",
	.origin = ORIGIN_ROCM_SMI,
	.path_variable = "LABTOP_ROCM_SMI",
	.call_name = rocm_call_name,
	.open = rocm_open,
	.list = rocm_list,
	.sample = rocm_sample,
};
