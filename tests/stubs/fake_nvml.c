/* fake_nvml.c - a stand-in libnvidia-ml.so.1 with FAKE_GPUS moving GPUs, for machines without one.
 *
 * FAKE_MIG=1: card 0 is split into two instances; 2: into two compute instances of one GPU instance. FAKE_LOST=FILE: while
 * FILE exists card 1 has fallen off the bus. FAKE_VGPU=1: card 0 is a share of a card of the hypervisor's. FAKE_NOISE=1: it
 * writes to stdout and stderr, as libraries do. Card 0 itself, not its instances, answers as the tests ask:
 * FAKE_ANSWERS="CALL=STATUS,...", a status in place of a value; FAKE_VALUES="CALL=NUMBER,...", another number.
 * FAKE_MISMATCH=1: the library and the driver differ in version.
 * FAKE_PROCESSES="PID:BYTES:GI:CI ..." are its processes, or FAKE_CROWD=N that many; FAKE_LONG=1: in entries of 32 bytes. FAKE_CALLS=FILE is told every call:
 * its name, the card, and the instance or -1. Every call returns at once. Shapes and units are those of nvml.h, API 13.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OK = 0, ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT = 7, LOST = 15, VERSION = 25 };

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

/* The number behind "name=" in a list of the environment, or other. */
static uint64_t listed(const char *variable, const char *name, uint64_t other)
{
	const char *s = getenv(variable);
	size_t len = strlen(name);

	for (; s && *s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL)
		if (strncmp(s, name, len) == 0 && s[len] == '=')
			return strtoull(s + len + 1, NULL, 0);
	return other;
}

static void note(const char *call, int id, int instance)
{
	const char *file = getenv("FAKE_CALLS");
	char line[128];
	int n = snprintf(line, sizeof line, "%s %d %d\n", call, id, instance);
	int fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;

	if (fd >= 0 && write(fd, line, (size_t)n) != n)
		abort();
	if (fd >= 0)
		close(fd);
}

/* What a call says before it looks at the card. */
static int begin(const struct dev *d, const char *call)
{
	note(call, d->id, d->instance);
	if (gone(d))
		return LOST;
	return d->id == 0 && d->instance < 0 ? (int)listed("FAKE_ANSWERS", call, OK) : OK;
}

static uint64_t number(const struct dev *d, const char *call, uint64_t usual)
{
	return d->id == 0 && d->instance < 0 ? listed("FAKE_VALUES", call, usual) : usual;
}

#define BEGIN(d)                             \
	do {                                 \
		int st = begin(d, __func__); \
		if (st != OK)                \
			return st;           \
	} while (0)

int nvmlInit_v2(void);
int nvmlInit_v2(void)
{
	note(__func__, -1, -1);
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

CALL(nvmlInitWithFlags, unsigned flags)
{
	return getenv("FAKE_MISMATCH") ? 18
	       : flags == 1            ? nvmlInit_v2()
				       : ARGUMENT; /* no card is no failure */
}

CALL(nvmlSystemGetDriverVersion, char *s, unsigned n)
{
	note(__func__, -1, -1);
	snprintf(s, n, "550.90.07");
	return OK;
}

CALL(nvmlSystemGetNVMLVersion, char *s, unsigned n)
{
	note(__func__, -1, -1);
	snprintf(s, n, "12.550.90.07");
	return OK;
}

CALL(nvmlDeviceGetCount_v2, unsigned *n)
{
	note(__func__, -1, -1);
	*n = gpus();
	return OK;
}

CALL(nvmlDeviceGetHandleByIndex_v2, unsigned i, struct dev **d)
{
	if (i >= gpus())
		return ARGUMENT;
	BEGIN(&devs[i]);
	*d = &devs[i];
	return OK;
}

/* ---- what a card is ------------------------------------------------------------------------------------------------ */

CALL(nvmlDeviceGetName, struct dev *d, char *s, unsigned n)
{
	BEGIN(d);
	snprintf(s, n, d->instance < 0 ? "Fake Accelerator %d" : "Fake Accelerator %d MIG 3g.40gb", d->id);
	return OK;
}

CALL(nvmlDeviceGetUUID, struct dev *d, char *s, unsigned n)
{
	BEGIN(d);
	snprintf(s, n, d->instance < 0 ? "GPU-fake-%d" : "MIG-fake-%d-%d", d->id, d->instance);
	return OK;
}

CALL(nvmlDeviceGetSerial, struct dev *d, char *s, unsigned n)
{
	BEGIN(d);
	snprintf(s, n, "16%08d", d->id);
	return OK;
}

CALL(nvmlDeviceGetVbiosVersion, struct dev *d, char *s, unsigned n)
{
	BEGIN(d);
	snprintf(s, n, "92.00.45.00.0%d", d->id);
	return OK;
}

CALL(nvmlDeviceGetPciInfo_v3, struct dev *d, void *p)
{
	struct {
		char old[16];
		unsigned dom, bus, dv, id, sub;
		char bus_id[32];
	} *o = p;
	BEGIN(d);
	memset(o, 0, sizeof *o);
	o->bus = (unsigned)(0x0a + d->id);
	o->id = 0x20b510de;
	o->sub = 0x153310de;
	snprintf(o->old, sizeof o->old, "0000:%02X:00.0", o->bus);
	snprintf(o->bus_id, sizeof o->bus_id, "00000000:%02X:00.0", o->bus);
	return OK;
}

CALL(nvmlDeviceGetTemperatureThreshold, struct dev *d, int k, unsigned *v)
{
	static const unsigned c[] = {95, 85, 97,
				     83}; /* shutdown, slowdown, memory, GPU: the order of the header */

	BEGIN(d);
	if (k < 0 || k > 3)
		return ARGUMENT;
	*v = (unsigned)number(d, __func__, c[k]);
	return OK;
}

CALL(nvmlDeviceGetPowerManagementLimitConstraints, struct dev *d, unsigned *low_mw, unsigned *high_mw)
{
	BEGIN(d);
	*low_mw = (unsigned)number(d, __func__, 100000);
	*high_mw = (unsigned)number(d, __func__, 300000);
	return OK;
}

CALL(nvmlDeviceGetMaxClockInfo, struct dev *d, int k, unsigned *v)
{
	BEGIN(d);
	*v = (unsigned)number(d, __func__, k == 0 ? 1800 : 1600);
	return OK;
}

CALL(nvmlDeviceGetVirtualizationMode, struct dev *d, unsigned *mode)
{
	BEGIN(d);
	*mode = d->id == 0 && getenv("FAKE_VGPU") ? 2 : 1; /* a vGPU; passed through */
	return OK;
}

/* ---- readings ------------------------------------------------------------------------------------------------------ */

/* An instance tells the card's own number here, as if it were the instance's: who believes it shows it twice. */
#define NUMBER(name, val)                               \
	CALL(name, struct dev *d, unsigned *v)          \
	{                                               \
		BEGIN(d);                               \
		*v = (unsigned)number(d, #name, (val)); \
		return OK;                              \
	}
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, 4)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, 16)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, 3)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, 8)
NUMBER(nvmlDeviceGetPcieReplayCounter, 7)
NUMBER(nvmlDeviceGetPowerUsage, wave(d, 2, 80000, 250000))
NUMBER(nvmlDeviceGetEnforcedPowerLimit, 250000)
NUMBER(nvmlDeviceGetPerformanceState, 0)
NUMBER(nvmlDeviceGetNumFans, 0)

CALL(nvmlDeviceGetClockInfo, struct dev *d, int k, unsigned *v)
{
	BEGIN(d);
	*v = (unsigned)number(d, __func__, k == 0 ? 1410 : k == 2 ? 1215 : 999);
	return OK;
}

CALL(nvmlDeviceGetUtilizationRates, struct dev *d, unsigned *u)
{
	BEGIN(d);
	if (d->instance >= 0)
		return NOT_SUPPORTED;
	u[0] = (unsigned)number(d, __func__, wave(d, 20, 51, 100));
	u[1] = (unsigned)number(d, __func__, wave(d, 21, 0, 50));
	return OK;
}

#define RESERVED (512ull << 20)

static void memory_of(const struct dev *d, const char *call, uint64_t *total, uint64_t *used)
{
	*total = number(d, call, (d->instance < 0 ? 16ull : 8ull) << 30);
	*used = number(d, call, (uint64_t)wave(d, 30, 2000, 7000) << 20);
}

CALL(nvmlDeviceGetMemoryInfo, struct dev *d, uint64_t *m)
{
	BEGIN(d);
	memory_of(d, __func__, &m[0], &m[2]);
	m[2] += RESERVED;
	m[1] = m[0] - m[2];
	return OK;
}

struct memory_v2 {
	unsigned version;
	uint64_t total, reserved, free, used;
};

CALL(nvmlDeviceGetMemoryInfo_v2, struct dev *d, struct memory_v2 *m)
{
	BEGIN(d);
	if (m->version != (sizeof *m | 2u << 24))
		return VERSION;
	memory_of(d, __func__, &m->total, &m->used);
	m->reserved = RESERVED;
	m->free = m->total - m->used - m->reserved;
	return OK;
}

/* Total, free, used. */
CALL(nvmlDeviceGetBAR1MemoryInfo, struct dev *d, uint64_t *m)
{
	BEGIN(d);
	m[0] = number(d, __func__, d->instance < 0 ? 256ull << 20 : 128ull << 20);
	m[1] = 200ull << 20;
	m[2] = m[0] - m[1];
	return OK;
}

CALL(nvmlDeviceGetTemperature, struct dev *d, int k, unsigned *v)
{
	BEGIN(d);
	*v = (unsigned)number(d, __func__, wave(d, 50, 45, 84));
	return k == 0 ? OK : ARGUMENT;
}

struct field {
	unsigned id, scope;
	long long time, latency;
	unsigned type;
	int status;
	union {
		unsigned u;
		uint64_t ull;
	} value;
};

CALL(nvmlDeviceGetFieldValues, struct dev *d, int n, struct field *f)
{
	enum { MEMORY_TEMP = 82, UNSIGNED_INT = 1 };

	BEGIN(d);
	for (int i = 0; i < n; i++) {
		f[i].status = f[i].id == MEMORY_TEMP ? begin(d, "NVML_FI_DEV_MEMORY_TEMP") : NOT_SUPPORTED;
		f[i].type = UNSIGNED_INT;
		f[i].value.ull = ~0ull; /* the rest of the union is nobody's */
		if (f[i].status == OK)
			f[i].value.u = (unsigned)number(d, "NVML_FI_DEV_MEMORY_TEMP", 74);
	}
	return OK;
}

/* Millijoules since the driver was loaded. */
CALL(nvmlDeviceGetTotalEnergyConsumption, struct dev *d, uint64_t *mj)
{
	BEGIN(d);
	*mj = number(d, __func__, 123456789500);
	return OK;
}

/* Counted since the driver was loaded (0), and in the card's life (1). */
CALL(nvmlDeviceGetTotalEccErrors, struct dev *d, int uncorrected, int aggregate, uint64_t *n)
{
	BEGIN(d);
	*n = number(d, __func__, (uncorrected ? 2 : 30) + (aggregate ? 1000 : 0));
	return OK;
}

CALL(nvmlDeviceGetRemappedRows, struct dev *d, unsigned *corrected, unsigned *uncorrected, unsigned *pending,
     unsigned *failed)
{
	BEGIN(d);
	*corrected = 2;
	*uncorrected = 3;
	*pending = *failed = 1;
	return OK;
}

CALL(nvmlDeviceGetRetiredPages, struct dev *d, int cause, unsigned *n, uint64_t *addresses)
{
	unsigned room = *n, pages = cause == 0 ? 40 : 4;

	BEGIN(d);
	*n = pages;
	if (room < pages)
		return INSUFFICIENT;
	for (unsigned i = 0; i < pages; i++)
		addresses[i] = i << 16;
	return OK;
}

/* Hardware thermal and power cap; idle. */
#define REASONS(name)                                           \
	CALL(name, struct dev *d, uint64_t *v)                  \
	{                                                       \
		BEGIN(d);                                       \
		*v = number(d, #name, d->id == 0 ? 0x44 : 0x1); \
		return OK;                                      \
	}
REASONS(nvmlDeviceGetCurrentClocksEventReasons)
REASONS(nvmlDeviceGetCurrentClocksThrottleReasons) /* its older name */

/* ---- MIG ----------------------------------------------------------------------------------------------------------- */

static int mig(void)
{
	const char *s = getenv("FAKE_MIG");
	return s ? s[0] - '0' : 0;
}

CALL(nvmlDeviceGetMigMode, struct dev *d, unsigned *now, unsigned *later)
{
	BEGIN(d);
	if (d->id != 0 || !mig())
		return NOT_SUPPORTED;
	*now = *later = 1;
	return OK;
}

CALL(nvmlDeviceGetMaxMigDeviceCount, struct dev *d, unsigned *n)
{
	BEGIN(d);
	*n = 4;
	return OK;
}

CALL(nvmlDeviceGetMigDeviceHandleByIndex, struct dev *d, unsigned i, struct dev **out)
{
	BEGIN(d);
	if (i != 0 && i != 2) /* holes are normal */
		return NOT_FOUND;
	*out = &instances[i / 2];
	return OK;
}

CALL(nvmlDeviceGetGpuInstanceId, struct dev *d, unsigned *id)
{
	BEGIN(d);
	*id = mig() == 2 ? 1 : (unsigned)d->instance + 1;
	return OK;
}

CALL(nvmlDeviceGetComputeInstanceId, struct dev *d, unsigned *id)
{
	BEGIN(d);
	*id = mig() == 2 ? (unsigned)d->instance : 0;
	return OK;
}

/* ---- processes ----------------------------------------------------------------------------------------------------- */

struct proc {
	unsigned pid;
	uint64_t mem;
	unsigned gi, ci;
};

/* As some drivers write it under the name of v3. */
struct long_proc {
	struct proc p;
	uint64_t protected_bytes;
};

#define PROCS_MAX 8192

/* All of a card's; an instance has what is in it. Without a list, the agent itself. */
static unsigned processes_of(const struct dev *d, struct proc *out)
{
	const char *crowd = getenv("FAKE_CROWD"), *s = getenv("FAKE_PROCESSES");
	unsigned n = 0;
	struct proc p;
	int used;

	if (crowd)
		for (; n < strtoul(crowd, NULL, 10) && n < PROCS_MAX; n++)
			out[n] = (struct proc){100000 + n, 1ull << 20, ~0u, ~0u};
	else if (!s)
		out[n++] = (struct proc){(unsigned)getppid(), 1ull << 30, mig() ? 2 : ~0u, mig() ? 0 : ~0u};
	for (; s && n < PROCS_MAX &&
	       sscanf(s, "%u:%" SCNu64 ":%u:%u%n", &p.pid, &p.mem, &p.gi, &p.ci, &used) == 4;
	     s += used)
		if (d->instance < 0 || d->instance == (int)(mig() == 2 ? p.ci : p.gi - 1))
			out[n++] = p;
	return n;
}

static int tell_processes(const struct dev *d, unsigned *n, struct proc *out)
{
	static __thread struct proc all[PROCS_MAX];
	unsigned room = *n;

	*n = processes_of(d, all);
	if (room < *n)
		return INSUFFICIENT;
	if (!getenv("FAKE_LONG"))
		memcpy(out, all, *n * sizeof *out);
	for (unsigned i = 0; getenv("FAKE_LONG") && i < *n; i++)
		((struct long_proc *)out)[i] = (struct long_proc){all[i], ~0ull};
	return OK;
}

#define PROCESSES(name)                                        \
	CALL(name, struct dev *d, unsigned *n, struct proc *p) \
	{                                                      \
		BEGIN(d);                                      \
		return tell_processes(d, n, p);                \
	}
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v3)
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v2)

CALL(nvmlDeviceGetGraphicsRunningProcesses_v3, struct dev *d, unsigned *n, struct proc *p)
{
	BEGIN(d);
	if (getenv("FAKE_GRAPHICS"))
		return tell_processes(d, n, p);
	*n = 0;
	return OK;
}

struct proc_v1 {
	unsigned pid;
	uint64_t mem;
};

CALL(nvmlDeviceGetComputeRunningProcesses, struct dev *d, unsigned *n, struct proc_v1 *out)
{
	struct proc all[4];
	unsigned got = 4;

	BEGIN(d);
	if (tell_processes(d, &got, all) != OK || *n < got)
		return INSUFFICIENT;
	for (unsigned i = 0; i < got; i++)
		out[i] = (struct proc_v1){all[i].pid, all[i].mem};
	*n = got;
	return OK;
}

struct sample {
	unsigned pid;
	uint64_t time;
	unsigned sm, mem, enc, dec;
};

/* Each process's newest sample, then one from before it, one of nonsense, and one that nobody filled in. */
CALL(nvmlDeviceGetProcessUtilization, struct dev *d, struct sample *out, unsigned *n, uint64_t since)
{
	enum { NEW = 2000, OLD = 1000 };
	struct proc all[4];
	unsigned got = 4, k = 0;

	BEGIN(d);
	if (since >= NEW)
		return NOT_FOUND;
	if (tell_processes(d, &got, all) != OK || *n < 3 * got + 1)
		return INSUFFICIENT;
	for (unsigned i = 0; i < got; i++) {
		out[k++] = (struct sample){all[i].pid, NEW, 42, 7, 0, 0};
		out[k++] = (struct sample){all[i].pid, OLD, 5, 7, 0, 0};
		out[k++] = (struct sample){all[i].pid, NEW, 4000000, 7, 0, 0};
	}
	memset(&out[k++], 0, sizeof *out);
	*n = k;
	return OK;
}

/* ---- what a reader has no business with ---------------------------------------------------------------------------- */

#define FORBIDDEN(name)                       \
	CALL(name, struct dev *d, int value)  \
	{                                     \
		note(__func__, d->id, value); \
		return OK;                    \
	}
FORBIDDEN(nvmlDeviceSetPersistenceMode)
FORBIDDEN(nvmlDeviceSetAccountingMode)
FORBIDDEN(nvmlDeviceClearAccountingPids)
FORBIDDEN(nvmlDeviceClearEccErrorCounts)
FORBIDDEN(nvmlDeviceSetPowerManagementLimit)
FORBIDDEN(nvmlDeviceSetEccMode)
FORBIDDEN(nvmlDeviceSetMigMode)
