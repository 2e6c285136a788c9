/* fake_rocm.c - a stand-in ROCm SMI library that misbehaves on demand, for the cards of the fabricated tree.
 *
 * FAKE_CARDS=N (1)        how many it sees, at 0000:03:00.0, 0000:0b:00.0, ...
 * FAKE_BLOCK=init|temp    never returns from rsmi_init, or from the temperature of card 0
 * FAKE_ABORT=power        aborts when the power of card 0 is read
 * FAKE_NOISE=1            writes lines to stdout and stderr that look like the agent's
 * FAKE_MAJOR=N (1)        the version it says, and the layout it uses: 6 and 7 have the new one
 * FAKE_LIE=1              success with nonsense: no current level, all ones, 0 C HBM
 * Values: 61.5 C junction, 150 W, sclk 1234 MHz.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK = 0, NOT_SUPPORTED = 2, PERMISSION = 4 };

static int is(const char *name, const char *value)
{
	const char *s = getenv(name);
	return s && strcmp(s, value) == 0;
}

static unsigned number(const char *name, unsigned fallback)
{
	const char *s = getenv(name);
	return s ? (unsigned)strtoul(s, NULL, 10) : fallback;
}

static void noise(void)
{
	if (!getenv("FAKE_NOISE"))
		return;
	puts("{\"labtop-agent\":99}");
	fflush(stdout);
	fputs("rocm_smi_lib: noise\n", stderr);
}

static void hang(void)
{
	for (;;)
		pause();
}

#define CALL(name, ...)             \
	unsigned name(__VA_ARGS__); \
	unsigned name(__VA_ARGS__)

CALL(rsmi_init, uint64_t flags)
{
	noise();
	if (is("FAKE_BLOCK", "init"))
		hang();
	return OK;
}

CALL(rsmi_version_get, unsigned *v)
{
	v[0] = number("FAKE_MAJOR", 1);
	v[1] = v[2] = 0;
	return OK;
}

CALL(rsmi_num_monitor_devices, unsigned *n)
{
	*n = number("FAKE_CARDS", 1);
	return OK;
}

CALL(rsmi_dev_pci_id_get, unsigned i, uint64_t *bdf)
{
	*bdf = (uint64_t)(3 + 8 * i) << 8;
	return OK;
}

CALL(rsmi_dev_temp_metric_get, unsigned i, unsigned sensor, int metric, int64_t *v)
{
	noise();
	if (i == 0 && is("FAKE_BLOCK", "temp"))
		hang();
	*v = sensor == 1 ? 61500 : 50000;
	return OK;
}

CALL(rsmi_dev_power_ave_get, unsigned i, unsigned sensor, uint64_t *v)
{
	if (i == 0 && is("FAKE_ABORT", "power"))
		abort();
	*v = 150000000;
	return OK;
}

CALL(rsmi_dev_gpu_clk_freq_get, unsigned i, int type, uint8_t *buffer)
{
	int at = number("FAKE_MAJOR", 1) >= 6 ? 4 : 0;
	uint32_t count = 2, current = getenv("FAKE_LIE") ? UINT32_MAX : 1;
	uint64_t hz[2] = {930000000, 1234000000};
	memcpy(buffer + at, &count, 4);
	memcpy(buffer + at + 4, &current, 4);
	memcpy(buffer + (at ? 16 : 8), hz, sizeof hz);
	return OK;
}

CALL(rsmi_dev_power_cap_get, unsigned i, unsigned sensor, uint64_t *v)
{
	return PERMISSION; /* leaves the output alone */
}

CALL(rsmi_dev_memory_total_get, unsigned i, int type, uint64_t *v)
{
	if (!getenv("FAKE_LIE"))
		return NOT_SUPPORTED;
	*v = UINT64_MAX;
	return OK;
}
