/* rocm.c - ROCm SMI as a vendor table. Runs only in the child; every call may abort, hang or lie.
 * Its process calls are never made, the kernel's files tell the same without crashing. */
#include "config.h"
#include "backends/gpu/vendor.h"

#include <string.h>

#include "backends/gpu/gpu_metrics.h"
#include "backends/gpu/rocm_locks.h"
#include "backends/gpu/rocm_read.h"
#include "lab/bdf.h"

static uint16_t device_ids[GPU_MAX];

enum { CALL_ROWS = CALL_FIRST_OWN, CALL_PERF = CALL_ROWS + ROCM_ROWS, CALL_METRICS, CALL_COUNT };

static const char *rocm_call_name(int call)
{
	static const char *const others[] = {[CALL_OPEN] = "init",
					     [CALL_LIST] = "list",
					     [CALL_PERF] = "perf_level_get",
					     [CALL_METRICS] = "gpu_metrics_info_get"};

	if (call < 0 || call >= CALL_COUNT)
		return NULL;
	return call >= CALL_ROWS && call < CALL_PERF ? rocm_rows[call - CALL_ROWS].call : others[call];
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
	rocm_calls_find(handle);
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
		rocm_layout = abi_layout_of(version.major);
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
			bdf_make((uint32_t)(bdf >> 32), (unsigned)bdf & 0xffff, info->bdf);
		if (rsmi.dev_id_get && rsmi.dev_id_get(i, &device_ids[i]) == RSMI_OK)
			g_snprintf(info->device_id, sizeof info->device_id, "%04x", device_ids[i]);
		if (rsmi.dev_name_get && rsmi.dev_name_get(i, info->name, sizeof info->name) != RSMI_OK)
			info->name[0] = '\0';
		g_strlcpy(info->vendor_id, "1002", sizeof info->vendor_id);
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
	if (!rocm_layout || !rsmi.dev_gpu_metrics_info_get ||
	    rsmi.dev_gpu_metrics_info_get(card, buffer) != RSMI_OK || buffer[ABI_GM_REVISION] != 1 ||
	    buffer[ABI_GM_REVISION + 1] > 3)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(temps); i++) {
		int16_t v;
		memcpy(&v, buffer + temps[i].at, sizeof v);
		if (v != -1)
			gpu_values_put(out, temps[i].m, v, ORIGIN_ROCM_SMI);
	}
	uint32_t bits;
	memcpy(&bits, buffer + ABI_GM_THROTTLE, sizeof bits);
	if (bits == UINT32_MAX || !device_is_vega20(device_ids[card]))
		return;
	out->throttle_bits = bits;
	out->has_throttle_bits = true;
	out->throttle = throttle_of_vega20(bits);
}

static void rocm_sample(const struct calls *calls, int card, struct gpu_values *out, GArray *processes)
{
	for (gsize i = 0; i < ROCM_ROWS; i++) {
		double v = 0;
		if (!call_enter(calls, CALL_ROWS + (int)i))
			continue;
		status_t st = rocm_rows[i].read((uint32_t)card, rocm_rows[i].argument, &v);
		call_leave(calls);
		if (st == RSMI_OK)
			gpu_values_put(out, rocm_rows[i].m, v * rocm_rows[i].scale, ORIGIN_ROCM_SMI);
		else if (state_of_status(st) != NUM_UNKNOWN)
			gpu_values_fail(out, rocm_rows[i].m, state_of_status(st), ORIGIN_ROCM_SMI);
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
