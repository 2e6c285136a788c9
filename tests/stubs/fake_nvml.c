/* fake_nvml.c - a stand-in libnvidia-ml.so.1 with FAKE_GPUS moving GPUs, for machines without one.
 *
 * FAKE_MIG=1: card 0 is split into two instances. FAKE_LOST=FILE: while FILE exists card 1 has fallen off the bus.
 * FAKE_VGPU=1: card 0 is a share of a card of the hypervisor's. FAKE_NOISE=1: it writes to stdout and stderr, as libraries
 * do. Every call returns at once.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OK = 0, ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT = 7, LOST = 15 };

struct dev {
	int id, instance; /* instance -1: the card itself */
};
static struct dev devs[16], instances[2];

static unsigned wave(const struct dev *d, unsigned salt, unsigned lo, unsigned hi)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	unsigned x = (unsigned)((uint64_t)t.tv_sec * 2654435761u) ^ ((unsigned)d->id * 40503u + salt);
	x ^= x >> 13;
	x *= 0x5bd1e995u;
	x ^= x >> 15;
	return lo + x % (hi - lo + 1);
}

static unsigned gpus(void)
{
	const char *s = getenv("FAKE_GPUS");
	long n = s ? strtol(s, NULL, 10) : 4;
	return (unsigned)(n < 0 ? 0 : n > 16 ? 16 : n);
}

static int gone(const struct dev *d)
{
	const char *file = getenv("FAKE_LOST");
	return d->id == 1 && file && access(file, F_OK) == 0;
}

int nvmlInit_v2(void);
int nvmlInit_v2(void)
{
	for (int i = 0; i < 16; i++)
		devs[i] = (struct dev){i, -1};
	instances[0] = (struct dev){0, 0};
	instances[1] = (struct dev){0, 1};
	if (getenv("FAKE_NOISE")) {
		puts("{\"seq\":1,\"gpus\":[]}");
		fflush(stdout);
		fputs("NVML: noise\n", stderr);
	}
	return OK;
}

#define CALL(name, ...)        \
	int name(__VA_ARGS__); \
	int name(__VA_ARGS__)

CALL(nvmlSystemGetDriverVersion, char *s, unsigned n)
{
	snprintf(s, n, "550.90.07");
	return OK;
}

CALL(nvmlSystemGetNVMLVersion, char *s, unsigned n)
{
	snprintf(s, n, "12.550.90.07");
	return OK;
}

CALL(nvmlDeviceGetCount_v2, unsigned *n)
{
	*n = gpus();
	return OK;
}

CALL(nvmlDeviceGetHandleByIndex_v2, unsigned i, struct dev **d)
{
	if (i >= gpus())
		return ARGUMENT;
	*d = &devs[i];
	return OK;
}

CALL(nvmlDeviceGetName, struct dev *d, char *s, unsigned n)
{
	snprintf(s, n, d->instance < 0 ? "Fake Accelerator %d" : "Fake Accelerator %d MIG 3g.40gb", d->id);
	return OK;
}

CALL(nvmlDeviceGetUUID, struct dev *d, char *s, unsigned n)
{
	snprintf(s, n, d->instance < 0 ? "GPU-fake-%d" : "MIG-fake-%d-%d", d->id, d->instance);
	return OK;
}

CALL(nvmlDeviceGetPciInfo_v3, struct dev *d, void *p)
{
	struct {
		char old[16];
		unsigned dom, bus, dv, id, sub;
		char bus_id[32];
	} *o = p;
	memset(o, 0, sizeof *o);
	o->bus = (unsigned)(0x0a + d->id);
	o->id = 0x20b510de;
	o->sub = 0x153310de;
	snprintf(o->old, sizeof o->old, "0000:%02X:00.0", o->bus);
	snprintf(o->bus_id, sizeof o->bus_id, "00000000:%02X:00.0", o->bus);
	return OK;
}

#define NUMBER(name, val)                      \
	CALL(name, struct dev *d, unsigned *v) \
	{                                      \
		if (gone(d))                   \
			return LOST;           \
		*v = (val);                    \
		return OK;                     \
	}
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, 4)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, 16)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, 3)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, 16)
NUMBER(nvmlDeviceGetPowerUsage, wave(d, 2, 80000, 250000))
NUMBER(nvmlDeviceGetEnforcedPowerLimit, 250000)
NUMBER(nvmlDeviceGetPerformanceState, 0)
NUMBER(nvmlDeviceGetNumFans, 0)

CALL(nvmlDeviceGetTemperatureThreshold, struct dev *d, int k, unsigned *v)
{
	*v = k == 0 ? 95 : 85;
	return OK;
}

CALL(nvmlDeviceGetClockInfo, struct dev *d, int k, unsigned *v)
{
	*v = wave(d, 10 + (unsigned)k, 900, 1700);
	return OK;
}

CALL(nvmlDeviceGetMaxClockInfo, struct dev *d, int k, unsigned *v)
{
	*v = 1800;
	return OK;
}

CALL(nvmlDeviceGetUtilizationRates, struct dev *d, unsigned *u)
{
	if (d->instance >= 0)
		return NOT_SUPPORTED;
	u[0] = wave(d, 20, 0, 100);
	u[1] = wave(d, 21, 0, 100);
	return OK;
}

CALL(nvmlDeviceGetMemoryInfo, struct dev *d, uint64_t *m)
{
	if (gone(d))
		return LOST;
	m[0] = (d->instance < 0 ? 16ull : 8ull) << 30;
	m[2] = (uint64_t)wave(d, 30, 2000, 8000) << 20;
	m[1] = m[0] - m[2];
	return OK;
}

CALL(nvmlDeviceGetTemperature, struct dev *d, int k, unsigned *v)
{
	*v = wave(d, 50, 45, 84);
	return OK;
}

CALL(nvmlDeviceGetCurrentClocksThrottleReasons, struct dev *d, uint64_t *v)
{
	*v = d->id == 0 ? 0x44 : 0x1; /* hardware thermal and power cap; idle */
	return OK;
}

CALL(nvmlDeviceGetVirtualizationMode, struct dev *d, unsigned *mode)
{
	*mode = d->id == 0 && getenv("FAKE_VGPU") ? 2 : 1; /* a vGPU; passed through */
	return OK;
}

CALL(nvmlDeviceGetMigMode, struct dev *d, unsigned *now, unsigned *later)
{
	if (d->id != 0 || !getenv("FAKE_MIG"))
		return NOT_SUPPORTED;
	*now = *later = 1;
	return OK;
}

CALL(nvmlDeviceGetMaxMigDeviceCount, struct dev *d, unsigned *n)
{
	*n = 4;
	return OK;
}

CALL(nvmlDeviceGetMigDeviceHandleByIndex, struct dev *d, unsigned i, struct dev **out)
{
	if (i != 0 && i != 2) /* holes are normal */
		return NOT_FOUND;
	*out = &instances[i / 2];
	return OK;
}

CALL(nvmlDeviceGetGpuInstanceId, struct dev *d, unsigned *id)
{
	*id = (unsigned)d->instance + 1;
	return OK;
}

CALL(nvmlDeviceGetComputeInstanceId, struct dev *d, unsigned *id)
{
	*id = 0;
	return OK;
}

struct proc {
	unsigned pid;
	uint64_t mem;
	unsigned gi, ci;
};

CALL(nvmlDeviceGetGraphicsRunningProcesses_v3, struct dev *d, unsigned *n, struct proc *p)
{
	*n = 0;
	return OK;
}

CALL(nvmlDeviceGetComputeRunningProcesses_v3, struct dev *d, unsigned *n, struct proc *p)
{
	if (*n < 1) {
		*n = 1;
		return INSUFFICIENT;
	}
	p[0].pid = (unsigned)getppid();
	p[0].mem = 1ull << 30;
	p[0].gi = p[0].ci = d->id == 0 && getenv("FAKE_MIG") ? 2 : ~0u;
	*n = 1;
	return OK;
}
