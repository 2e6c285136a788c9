/* nvml_read.c - one small function a shape of call, and the table of them. Statuses are looked at before values: a call
 * that fails leaves its output alone. A number of all ones is how NVML says "not available" and is no success. */
#include "config.h"
#include "backends/gpu/nvml_read.h"

#include "backends/gpu/nvml_calls.h"

static int told_u32(int st, uint32_t v, double *out)
{
	*out = v;
	return st == NV_OK && v == UINT32_MAX ? NV_NOT_SUPPORTED : st;
}

static int told_u64(int st, uint64_t v, double *out)
{
	*out = (double)v;
	return st == NV_OK && v == UINT64_MAX ? NV_NOT_SUPPORTED : st;
}

static int get_u32(int (*get)(nv_device, uint32_t *), nv_device d, double *out)
{
	uint32_t v = 0;
	int st = get ? get(d, &v) : NV_NOT_SUPPORTED;

	return told_u32(st, v, out);
}

static int read_temp(nv_device d, int sensor, double *out)
{
	uint32_t v = 0;
	int st = nv.temperature ? nv.temperature(d, sensor, &v) : NV_NOT_SUPPORTED;

	*out = (int32_t)v;
	return st;
}

static int read_memory_temp(nv_device d, int field, double *out)
{
	struct nv_field f = {.id = (uint32_t)field};
	int st = nv.fields ? nv.fields(d, 1, &f) : NV_NOT_SUPPORTED;

	if (st == NV_OK)
		st = (int)f.status;
	if (st == NV_OK && f.value.u == 0)
		return NV_NOT_SUPPORTED; /* how boards without the sensor answer */
	return told_u32(st, f.value.u, out);
}

static int read_clock(nv_device d, int which, double *out)
{
	uint32_t v = 0;
	int st = nv.clock ? nv.clock(d, which, &v) : NV_NOT_SUPPORTED;

	return told_u32(st, v, out);
}

/* The newer call tells what the driver keeps apart from what programs use. */
static int read_memory(nv_device d, int used, double *out)
{
	struct nv_memory_v2 v2 = {.version = NV_MEMORY_V2};
	struct nv_memory v1 = {0};

	int st = nv.memory_v2 ? nv.memory_v2(d, &v2) : NV_NOT_SUPPORTED;
	if (st == NV_OK && v2.total > 0)
		return told_u64(st, used ? v2.used : v2.total, out);
	st = nv.memory ? nv.memory(d, &v1) : st;
	if (st == NV_OK && v1.total == 0)
		return NV_NOT_SUPPORTED; /* a part of the machine's own memory */
	return told_u64(st, used ? v1.used : v1.total, out);
}

static int read_bar1(nv_device d, int unused, double *out)
{
	struct nv_memory v = {0};
	int st = nv.bar1 ? nv.bar1(d, &v) : NV_NOT_SUPPORTED;

	return told_u64(st, v.total, out);
}

static int read_power(nv_device d, int cap, double *out)
{
	return get_u32(cap ? nv.power_limit : nv.power, d, out);
}

static int read_energy(nv_device d, int unused, double *out)
{
	uint64_t v = 0;
	int st = nv.energy ? nv.energy(d, &v) : NV_NOT_SUPPORTED;

	return told_u64(st, v, out);
}

static int read_busy(nv_device d, int memory, double *out)
{
	struct nv_utilization v = {0, 0};
	int st = nv.utilization ? nv.utilization(d, &v) : NV_NOT_SUPPORTED;

	return told_u32(st, memory ? v.memory : v.gpu, out);
}

static int read_link(nv_device d, int which, double *out)
{
	int (*const get[])(nv_device, uint32_t *) = {nv.link_gen, nv.link_width, nv.max_link_gen,
						     nv.max_link_width};
	int st = get_u32(get[which], d, out);

	return st == NV_OK && *out == 0 ? NV_NOT_SUPPORTED : st;
}

static int read_replays(nv_device d, int unused, double *out)
{
	return get_u32(nv.replays, d, out);
}

static int read_ecc(nv_device d, int uncorrected, double *out)
{
	uint64_t v = 0;
	int st = nv.ecc ? nv.ecc(d, uncorrected, NV_SINCE_DRIVER, &v) : NV_NOT_SUPPORTED;

	return told_u64(st, v, out);
}

/* Newer boards map rows away, older ones retire pages. */
static int read_bad_pages(nv_device d, int unused, double *out)
{
	uint32_t corrected = 0, uncorrected = 0, pending = 0, failed = 0;
	int st = nv.remapped ? nv.remapped(d, &corrected, &uncorrected, &pending, &failed) : NV_NOT_SUPPORTED;

	*out = (double)corrected + uncorrected;
	if (nvml_state_of(st) != NUM_UNKNOWN || st == NV_GPU_IS_LOST || !nv.retired)
		return st;
	*out = 0;
	for (int cause = 0; cause < 2; cause++) {
		uint32_t n = 0;
		st = nv.retired(d, cause, &n, NULL); /* size 0 asks for the number */
		if (st != NV_OK && st != NV_INSUFFICIENT_SIZE)
			return st;
		*out += n;
	}
	return NV_OK;
}

const struct nvml_row nvml_rows[NVML_ROWS] = {
	{M_VRAM_TOTAL_BYTES, "MemoryInfo(total)", read_memory, 0, 1, true},
	{M_VRAM_USED_BYTES, "MemoryInfo(used)", read_memory, 1, 1, true},
	{M_TEMP_EDGE_C, "Temperature", read_temp, NV_TEMP_GPU, 1, false},
	{M_TEMP_MEM_C, "FieldValues(memory temperature)", read_memory_temp, NV_FIELD_MEMORY_TEMP, 1, false},
	{M_SCLK_MHZ, "ClockInfo(graphics)", read_clock, NV_CLOCK_GRAPHICS, 1, false},
	{M_MCLK_MHZ, "ClockInfo(memory)", read_clock, NV_CLOCK_MEM, 1, false},
	{M_VRAM_VISIBLE_BYTES, "BAR1MemoryInfo", read_bar1, 0, 1, true},
	{M_POWER_W, "PowerUsage", read_power, 0, 1e-3, false},
	{M_POWER_CAP_W, "EnforcedPowerLimit", read_power, 1, 1e-3, false},
	{M_ENERGY_J, "TotalEnergyConsumption", read_energy, 0, 1e-3, false},
	{M_BUSY_PCT, "UtilizationRates(gpu)", read_busy, 0, 1, false},
	{M_MEM_BUSY_PCT, "UtilizationRates(memory)", read_busy, 1, 1, false},
	{M_PCIE_GEN, "CurrPcieLinkGeneration", read_link, 0, 1, false},
	{M_PCIE_WIDTH, "CurrPcieLinkWidth", read_link, 1, 1, false},
	{M_PCIE_MAX_GEN, "MaxPcieLinkGeneration", read_link, 2, 1, false},
	{M_PCIE_MAX_WIDTH, "MaxPcieLinkWidth", read_link, 3, 1, false},
	{M_PCIE_REPLAYS, "PcieReplayCounter", read_replays, 0, 1, false},
	{M_ECC_CORRECTED, "TotalEccErrors(corrected)", read_ecc, 0, 1, false},
	{M_ECC_UNCORRECTED, "TotalEccErrors(uncorrected)", read_ecc, 1, 1, false},
	{M_BAD_PAGES, "RemappedRows", read_bad_pages, 0, 1, false},
};
