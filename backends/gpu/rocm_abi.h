/* rocm_abi.h - the few calls and layouts of the ROCm SMI library that we use, declared by ourselves: it is opened at run
 * time, and its structs differ between versions. rocm_abi.c compares them with rocm_smi.h where that is there.
 * Facts: rocm_smi.h of 5.2.3, 5.7.1 and 6.x. */
#ifndef GPU_ROCM_ABI_H
#define GPU_ROCM_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Every struct is handed over in a buffer of this size: newer libraries write more than older ones. */
#define RSMI_BUFFER 4096

enum rsmi_status {
	RSMI_OK = 0,
	RSMI_NOT_SUPPORTED = 2,
	RSMI_PERMISSION = 4,
	RSMI_INTERNAL_EXCEPTION = 6,
	RSMI_NOT_YET_IMPLEMENTED = 9,
	RSMI_NO_DATA = 14,
	RSMI_UNEXPECTED_DATA = 15,
	RSMI_BUSY = 16,
};

enum { ABI_TEMP_EDGE = 0, ABI_TEMP_JUNCTION = 1, ABI_TEMP_MEMORY = 2, ABI_TEMP_CURRENT = 0 };
enum { ABI_CLK_SYS = 0, ABI_CLK_DF = 1, ABI_CLK_SOC = 3, ABI_CLK_MEM = 4 };
enum { ABI_MEM_VRAM = 0, ABI_MEM_VIS_VRAM = 1, ABI_MEM_GTT = 2 };
enum { ABI_VOLT_VDDGFX = 0, ABI_VOLT_CURRENT = 0 };

/* Error counters exist for these blocks of Vega 20: UMC, SDMA, GFX, MMHUB, PCIE_BIF, HDP, XGMI_WAFL. */
#define ABI_ECC_BLOCKS                               \
	{                                            \
		0x1, 0x2, 0x4, 0x8, 0x20, 0x40, 0x80 \
	}

struct abi_version {
	uint32_t major, minor, patch;
	const char *build;
};

struct abi_ecc {
	uint64_t correctable, uncorrectable;
};

/* Where a library of some major version keeps what we read of its structs. */
struct abi_layout {
	uint32_t major;
	uint8_t levels; /* at most so many in a frequency table */
	uint8_t freq_count, freq_current, freq_table;
};

/* Bytes of gpu_metrics, the same in all versions as far as we read it. */
enum {
	ABI_GM_REVISION = 2, /* format, content */
	ABI_GM_VRGFX = 10,
	ABI_GM_VRSOC = 12,
	ABI_GM_VRMEM = 14,
	ABI_GM_THROTTLE = 68,
};

/* NULL for a version whose structs nobody has looked at: then only calls that fill plain numbers are made. */
const struct abi_layout *abi_layout_of(uint32_t major);

#endif
