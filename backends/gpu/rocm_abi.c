/* rocm_abi.c - layouts by version, compared with the vendor's own header where configure found it. */
#include "config.h"
#include "backends/gpu/rocm_abi.h"

#include <glib.h>

static const struct abi_layout layouts[] = {
	/* Debian built 5.2.3 outside of git, and it says 1.0.0 */
	{.major = 1, .levels = 32, .freq_count = 0, .freq_current = 4, .freq_table = 8},
	{.major = 5, .levels = 32, .freq_count = 0, .freq_current = 4, .freq_table = 8},
	/* has_deep_sleep stands first */
	{.major = 6, .levels = 33, .freq_count = 4, .freq_current = 8, .freq_table = 16},
	{.major = 7, .levels = 33, .freq_count = 4, .freq_current = 8, .freq_table = 16},
};

const struct abi_layout *abi_layout_of(uint32_t major)
{
	for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++)
		if (layouts[i].major == major)
			return &layouts[i];
	return NULL;
}

#ifdef HAVE_ROCM_SMI_H
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <stdbool.h>
#include <rocm_smi/rocm_smi.h>
#pragma GCC diagnostic pop

G_STATIC_ASSERT(RSMI_OK == (int)RSMI_STATUS_SUCCESS);
G_STATIC_ASSERT(RSMI_NOT_SUPPORTED == (int)RSMI_STATUS_NOT_SUPPORTED);
G_STATIC_ASSERT(RSMI_PERMISSION == (int)RSMI_STATUS_PERMISSION);
G_STATIC_ASSERT(RSMI_INTERNAL_EXCEPTION == (int)RSMI_STATUS_INTERNAL_EXCEPTION);
G_STATIC_ASSERT(RSMI_NOT_YET_IMPLEMENTED == (int)RSMI_STATUS_NOT_YET_IMPLEMENTED);
G_STATIC_ASSERT(RSMI_NO_DATA == (int)RSMI_STATUS_NO_DATA);
G_STATIC_ASSERT(RSMI_UNEXPECTED_DATA == (int)RSMI_STATUS_UNEXPECTED_DATA);
G_STATIC_ASSERT(RSMI_BUSY == (int)RSMI_STATUS_BUSY);
G_STATIC_ASSERT(ABI_TEMP_EDGE == (int)RSMI_TEMP_TYPE_EDGE);
G_STATIC_ASSERT(ABI_TEMP_JUNCTION == (int)RSMI_TEMP_TYPE_JUNCTION);
G_STATIC_ASSERT(ABI_TEMP_MEMORY == (int)RSMI_TEMP_TYPE_MEMORY);
G_STATIC_ASSERT(ABI_TEMP_CURRENT == (int)RSMI_TEMP_CURRENT);
G_STATIC_ASSERT(ABI_CLK_SYS == (int)RSMI_CLK_TYPE_SYS);
G_STATIC_ASSERT(ABI_CLK_DF == (int)RSMI_CLK_TYPE_DF);
G_STATIC_ASSERT(ABI_CLK_SOC == (int)RSMI_CLK_TYPE_SOC);
G_STATIC_ASSERT(ABI_CLK_MEM == (int)RSMI_CLK_TYPE_MEM);
G_STATIC_ASSERT(ABI_MEM_VIS_VRAM == (int)RSMI_MEM_TYPE_VIS_VRAM);
G_STATIC_ASSERT(ABI_MEM_GTT == (int)RSMI_MEM_TYPE_GTT);
G_STATIC_ASSERT(ABI_VOLT_VDDGFX == (int)RSMI_VOLT_TYPE_VDDGFX);
G_STATIC_ASSERT(ABI_VOLT_CURRENT == (int)RSMI_VOLT_CURRENT);
G_STATIC_ASSERT(sizeof(struct abi_version) == sizeof(rsmi_version_t));
G_STATIC_ASSERT(sizeof(struct abi_ecc) == sizeof(rsmi_error_count_t));
G_STATIC_ASSERT(offsetof(struct abi_ecc, uncorrectable) == offsetof(rsmi_error_count_t, uncorrectable_err));
G_STATIC_ASSERT(sizeof(rsmi_gpu_metrics_t) <= RSMI_BUFFER);
G_STATIC_ASSERT(sizeof(rsmi_frequencies_t) <= RSMI_BUFFER);
G_STATIC_ASSERT(offsetof(rsmi_gpu_metrics_t, temperature_vrgfx) == ABI_GM_VRGFX);
G_STATIC_ASSERT(offsetof(rsmi_gpu_metrics_t, temperature_vrsoc) == ABI_GM_VRSOC);
G_STATIC_ASSERT(offsetof(rsmi_gpu_metrics_t, temperature_vrmem) == ABI_GM_VRMEM);
G_STATIC_ASSERT(offsetof(rsmi_gpu_metrics_t, throttle_status) == ABI_GM_THROTTLE);
/* The header tells its age by the number of levels. */
G_STATIC_ASSERT(RSMI_MAX_NUM_FREQUENCIES == 32 ? offsetof(rsmi_frequencies_t, num_supported) == 0 &&
							 offsetof(rsmi_frequencies_t, current) == 4 &&
							 offsetof(rsmi_frequencies_t, frequency) == 8
					       : offsetof(rsmi_frequencies_t, num_supported) == 4 &&
							 offsetof(rsmi_frequencies_t, current) == 8 &&
							 offsetof(rsmi_frequencies_t, frequency) == 16);
#endif
