/* nvml.c - NVML as a vendor table: opening, cards and MIG instances, processes. Runs only in the child. */
#include "config.h"
#include "backends/gpu/vendor.h"

#include <string.h>

#include "backends/gpu/nvml_calls.h"
#include "backends/gpu/nvml_read.h"
#include "lab/bdf.h"

#define PROCESSES_MAX  1024 /* told of one card */
#define PROCESSES_ROOM 16384
#define PROCESSES_ASKS 3
#define PID_LIMIT      4194304 /* of the kernel; more is no process */

/* The rows of the list: cards, and MIG instances behind theirs. */
static struct {
	nv_device device;
	bool mig;
	int parent;                              /* row of its card; itself for a card */
	uint32_t gpu_instance, compute_instance; /* of a MIG row */
	uint64_t seen_us;                        /* newest process utilisation sample */
} card[GPU_MAX];
static int card_count;

enum { CALL_ROWS = CALL_FIRST_OWN, CALL_STATE = CALL_ROWS + NVML_ROWS, CALL_PROCESSES, CALL_COUNT };

static const char *nvml_call_name(int call)
{
	static const char *const others[] = {[CALL_OPEN] = "Init",
					     [CALL_LIST] = "list",
					     [CALL_STATE] = "PerformanceState",
					     [CALL_PROCESSES] = "RunningProcesses"};

	if (call < 0 || call >= CALL_COUNT)
		return NULL;
	return call >= CALL_ROWS && call < CALL_STATE ? nvml_rows[call - CALL_ROWS].call : others[call];
}

/* ---- opening ------------------------------------------------------------------------------------------------------- */

static const char *init_words(int st)
{
	switch (st) {
	case NV_NO_PERMISSION:
		return "no permission for the device files";
	case NV_DRIVER_NOT_LOADED:
		return "the nvidia driver is not loaded";
	case NV_MISMATCH:
		return "library and kernel module differ in version: reboot after the upgrade";
	case NV_GPU_IS_LOST:
		return "a GPU has fallen off the bus";
	default:
		return "no further word";
	}
}

static bool nvml_open(const struct calls *calls, struct vendor_facts *out, GError **error)
{
	static const char *const names[] = {"libnvidia-ml.so.1",
					    "/usr/lib64/libnvidia-ml.so.1",
					    "/run/nvidia/driver/usr/lib64/libnvidia-ml.so.1",
					    "/run/nvidia/driver/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
					    "/usr/lib/wsl/lib/libnvidia-ml.so.1",
					    NULL};
	enum { NO_GPUS = 1 }; /* a machine with none is no failure */

	void *handle = vendor_dlopen(vendor_nvml.path_variable, names, out->path, sizeof out->path, error);
	if (!handle)
		return false;
	nvml_calls_find(handle);
	if ((!nv.init && !nv.init_with_flags) || !nv.count || !nv.by_index) {
		g_set_error(error, VENDOR_ERROR, VENDOR_ERR_FAILED, "%s is not NVML", out->path);
		return false;
	}
	int st = nv.init_with_flags ? nv.init_with_flags(NO_GPUS) : nv.init();
	if (st != NV_OK) {
		g_set_error(error, VENDOR_ERROR, VENDOR_ERR_FAILED, "nvmlInit failed with %d: %s", st,
			    init_words(st));
		return false;
	}
	if (nv.library_version)
		nv.library_version(out->version, sizeof out->version);
	if (nv.driver_version)
		nv.driver_version(out->driver, sizeof out->driver);
	return true;
}

/* ---- listing ------------------------------------------------------------------------------------------------------- */

static void get_text(int (*get)(nv_device, char *, uint32_t), nv_device d, char *out, gsize size)
{
	if (!get || get(d, out, (uint32_t)size) != NV_OK)
		out[0] = '\0';
	out[size - 1] = '\0';
}

/* 0 and all ones are how limits are left out. */
static void put_limit(struct gpu_info *out, enum limit l, double v)
{
	if (v > 0 && v >= limit_info[l].min && v <= limit_info[l].max)
		out->limit[l] = num_of(v);
}

static void describe_limits(nv_device d, struct gpu_info *out)
{
	uint32_t v, low, high;

	if (nv.threshold && nv.threshold(d, NV_LIMIT_SLOWDOWN, &v) == NV_OK)
		put_limit(out, LIM_TEMP_EDGE_CRIT_C, v);
	if (nv.threshold && nv.threshold(d, NV_LIMIT_MEMORY, &v) == NV_OK)
		put_limit(out, LIM_TEMP_MEM_CRIT_C, v);
	if (nv.power_limits && nv.power_limits(d, &low, &high) == NV_OK) {
		put_limit(out, LIM_POWER_MIN_W, low * 1e-3);
		put_limit(out, LIM_POWER_MAX_W, high * 1e-3);
	}
	if (nv.max_clock && nv.max_clock(d, NV_CLOCK_GRAPHICS, &v) == NV_OK)
		put_limit(out, LIM_SCLK_MAX_MHZ, v);
	if (nv.max_clock && nv.max_clock(d, NV_CLOCK_MEM, &v) == NV_OK)
		put_limit(out, LIM_MCLK_MAX_MHZ, v);
}

/* Counted, and nothing else is to be had of it. Where it sits is for the roster to find out. */
static void describe_lost(struct gpu_info *out)
{
	gpu_info_init(out);
	g_strlcpy(out->vendor_id, "10de", sizeof out->vendor_id);
	g_strlcpy(out->driver, "nvidia", sizeof out->driver);
	g_strlcpy(out->name, "NVIDIA GPU", sizeof out->name);
}

static void describe(nv_device d, struct gpu_info *out)
{
	struct nv_pci pci = {0};
	uint32_t v;

	gpu_info_init(out);
	if (nv.pci && nv.pci(d, &pci) == NV_OK) {
		pci.bus_id[sizeof pci.bus_id - 1] = '\0';
		bdf_parse(pci.bus_id, out->bdf);
		if (pci.device_and_vendor)
			g_snprintf(out->device_id, sizeof out->device_id, "%04x",
				   pci.device_and_vendor >> 16);
		if (pci.subsystem)
			g_snprintf(out->subsystem, sizeof out->subsystem, "%04x:%04x", pci.subsystem & 0xffff,
				   pci.subsystem >> 16);
	}
	g_strlcpy(out->vendor_id, "10de", sizeof out->vendor_id);
	g_strlcpy(out->driver, "nvidia", sizeof out->driver);
	get_text(nv.name, d, out->name, sizeof out->name);
	get_text(nv.uuid, d, out->unique_id, sizeof out->unique_id);
	get_text(nv.serial, d, out->serial, sizeof out->serial);
	get_text(nv.vbios, d, out->vbios, sizeof out->vbios);
	if (nv.virtualization && nv.virtualization(d, &v) == NV_OK && v == NV_VIRT_VGPU)
		out->kind = GPU_KIND_VGPU;
	if (nv.num_fans && nv.num_fans(d, &v) == NV_OK)
		out->passive = tri_of(v == 0);
	describe_limits(d, out);
}

/* A number of a MIG instance, also into *told; NV_NO_INSTANCE where the library does not tell. */
static uint32_t instance_number(int (*get)(nv_device, uint32_t *), nv_device d, struct num *told)
{
	uint32_t id = NV_NO_INSTANCE;

	*told = num_none(NUM_UNKNOWN);
	if (!get || get(d, &id) != NV_OK || id == NV_NO_INSTANCE)
		return NV_NO_INSTANCE;
	*told = num_of(id);
	return id;
}

/* Rows for the MIG instances of the card in this row; returns how many. */
static int list_instances(int parent, struct gpu_info *out, int max)
{
	nv_device d = card[parent].device;
	uint32_t mode = 0, pending, slots = 0;
	int n = 0;

	if (!nv.mig_mode || nv.mig_mode(d, &mode, &pending) != NV_OK || mode != 1 || !nv.mig_max ||
	    !nv.mig_by_index || nv.mig_max(d, &slots) != NV_OK)
		return 0;
	for (uint32_t i = 0; i < slots && n < max; i++) {
		nv_device instance = NULL;
		if (nv.mig_by_index(d, i, &instance) != NV_OK)
			continue; /* holes are normal */
		struct gpu_info *info = &out[parent + 1 + n];
		int row = parent + 1 + n++;
		*info = out[parent];
		info->kind = GPU_KIND_MIG;
		info->unique_id[0] = info->serial[0] = '\0';
		memset(info->limit, 0, sizeof info->limit);
		g_strlcpy(info->parent, out[parent].bdf, sizeof info->parent);
		get_text(nv.name, instance, info->name, sizeof info->name);
		get_text(nv.uuid, instance, info->unique_id, sizeof info->unique_id);
		if (!info->unique_id[0])
			g_snprintf(info->unique_id, sizeof info->unique_id, "%.80s/%u",
				   out[parent].unique_id[0] ? out[parent].unique_id : out[parent].bdf, i);
		card[row].device = instance;
		card[row].mig = true;
		card[row].parent = parent;
		card[row].gpu_instance = instance_number(nv.gpu_instance, instance, &info->gpu_instance);
		card[row].compute_instance =
			instance_number(nv.compute_instance, instance, &info->compute_instance);
	}
	return n;
}

static int nvml_list(const struct calls *calls, struct gpu_info *out, int max)
{
	uint32_t count = 0;
	int n = 0;

	if (nv.count(&count) != NV_OK)
		return 0;
	for (uint32_t i = 0; i < count && n < max; i++) {
		nv_device d = NULL;
		int st = nv.by_index(i, &d);
		if (st != NV_OK && st != NV_GPU_IS_LOST)
			continue; /* of others, by control groups */
		card[n].device = st == NV_OK ? d : NULL;
		card[n].parent = n;
		if (st == NV_OK)
			describe(d, &out[n]);
		else
			describe_lost(&out[n]);
		n += 1 + (st == NV_OK ? list_instances(n, out, max - n - 1) : 0);
	}
	card_count = n;
	return n;
}

/* ---- sampling ------------------------------------------------------------------------------------------------------ */

static void sample_state(nv_device d, struct gpu_values *out)
{
	uint32_t state = 32;
	uint64_t reasons = 0;

	if (nv.perf_state && nv.perf_state(d, &state) == NV_OK && state < 16)
		g_snprintf(out->perf_level, sizeof out->perf_level, "P%u", state);
	if (nv.reasons && nv.reasons(d, &reasons) == NV_OK) {
		out->throttle = nvml_throttle(reasons);
		out->throttle_bits = reasons;
		out->has_throttle_bits = true;
	}
}

/* The row whose process this is: a GPU instance may be cut into several compute instances, and each of those is a row. */
static int row_of_process(int asked, const struct nv_process *p)
{
	for (int i = asked + 1;
	     p->gpu_instance != NV_NO_INSTANCE && i < card_count && card[i].parent == asked; i++)
		if (card[i].gpu_instance == p->gpu_instance &&
		    (p->compute_instance == NV_NO_INSTANCE ||
		     card[i].compute_instance == p->compute_instance))
			return i;
	return asked;
}

/* One may come twice, for compute and for graphics: both figures are of the whole process, and the reader takes one. */
static void add_process(GArray *list, int row, uint32_t pid, uint64_t used_bytes)
{
	struct vendor_process p = {.pid = (int)pid, .card = row};

	if (used_bytes != UINT64_MAX)
		p.vram_bytes = num_of((double)used_bytes);
	if (pid > 0 && pid <= PID_LIMIT && list->len < PROCESSES_MAX)
		g_array_append_val(list, p);
}

#define UNWRITTEN 0xa5

/* How far apart the entries lie. One byte that was written behind where short ones end tells. */
static gsize entry_size(const uint8_t *got, uint32_t n)
{
	gsize end = n * sizeof(struct nv_process_long);

	for (gsize at = n * sizeof(struct nv_process); at < end; at++)
		if (got[at] != UNWRITTEN)
			return sizeof(struct nv_process_long);
	return sizeof(struct nv_process);
}

typedef int (*get_processes)(nv_device, uint32_t *, void *);

/* What a handle lists; asked again with more room while there are more than we thought. False: it does not tell. */
static bool take_processes(get_processes get, int asked, GArray *list)
{
	uint32_t room = PROCESSES_MAX;

	for (int i = 0; i < PROCESSES_ASKS; i++) {
		g_autofree uint8_t *got = g_malloc(room * sizeof(struct nv_process_long));
		uint32_t n = room;
		memset(got, UNWRITTEN, room * sizeof(struct nv_process_long));
		int st = get(card[asked].device, &n, got);
		gsize size = entry_size(got, st == NV_OK ? MIN(n, room) : 0);
		for (uint32_t k = 0; st == NV_OK && k < MIN(n, room); k++) {
			struct nv_process p;
			memcpy(&p, got + k * size, sizeof p);
			add_process(list, row_of_process(asked, &p), p.pid, p.used_bytes);
		}
		if (st != NV_INSUFFICIENT_SIZE)
			return st == NV_OK;
		room = MIN(n, PROCESSES_ROOM - 64) + 64; /* some may begin in the meantime */
	}
	return false;
}

/* A card in MIG mode tells of all its instances to the privileged only; each instance tells of itself to everybody. */
static void list_processes(get_processes get, int row, GArray *list)
{
	if (!get || take_processes(get, row, list))
		return;
	for (int i = row + 1; i < card_count && card[i].parent == row; i++)
		take_processes(get, i, list);
}

static void list_processes_v1(int row, GArray *list)
{
	g_autofree struct nv_process_v1 *got = g_new0(struct nv_process_v1, PROCESSES_MAX);
	uint32_t n = PROCESSES_MAX;

	if (!nv.compute_v1 || nv.compute_v1(card[row].device, &n, got) != NV_OK)
		return;
	for (uint32_t i = 0; i < n && i < PROCESSES_MAX; i++)
		add_process(list, row, got[i].pid, got[i].used_bytes);
}

/* The newest sample of each process counts, wherever it stands; entries of nobody and of nonsense are among them. */
static void add_utilization(int row, GArray *list)
{
	g_autofree struct nv_process_utilization *got = g_new0(struct nv_process_utilization, PROCESSES_MAX);
	uint32_t n = PROCESSES_MAX;
	uint64_t seen_us = card[row].seen_us;

	if (list->len == 0 || !nv.process_utilization ||
	    nv.process_utilization(card[row].device, got, &n, seen_us) != NV_OK)
		return;
	n = MIN(n, PROCESSES_MAX);
	for (guint k = 0; k < list->len; k++) {
		struct vendor_process *p = &g_array_index(list, struct vendor_process, k);
		uint64_t newest_us = 0;
		for (uint32_t i = 0; i < n; i++) {
			if (p->pid != (int)got[i].pid || got[i].sm > 100 || got[i].time_us < newest_us)
				continue;
			newest_us = got[i].time_us;
			p->busy_pct = num_of(got[i].sm);
		}
		card[row].seen_us = MAX(card[row].seen_us, newest_us);
	}
}

static void nvml_sample(const struct calls *calls, int index, struct gpu_values *out, GArray *processes)
{
	if (!card[index].device) {
		out->state = GPU_LOST;
		return;
	}
	for (gsize i = 0; i < NVML_ROWS; i++) {
		double v = 0;
		if ((card[index].mig && !nvml_rows[i].mig) || !call_enter(calls, CALL_ROWS + (int)i))
			continue;
		int st = nvml_rows[i].read(card[index].device, nvml_rows[i].argument, &v);
		call_leave(calls);
		if (st == NV_GPU_IS_LOST) {
			out->state = GPU_LOST;
			return;
		}
		if (st == NV_RESET_REQUIRED)
			out->state = GPU_BUSY;
		if (st == NV_OK)
			gpu_values_put(out, nvml_rows[i].m, v * nvml_rows[i].scale, ORIGIN_NVML);
		else if (nvml_state_of(st) != NUM_UNKNOWN)
			gpu_values_fail(out, nvml_rows[i].m, nvml_state_of(st), ORIGIN_NVML);
	}
	if (card[index].mig)
		return;
	if (call_enter(calls, CALL_STATE)) {
		sample_state(card[index].device, out);
		call_leave(calls);
	}
	if (call_enter(calls, CALL_PROCESSES)) {
		if (nv.compute)
			list_processes(nv.compute, index, processes);
		else
			list_processes_v1(index, processes);
		list_processes(nv.graphics, index, processes);
		add_utilization(index, processes);
		call_leave(calls);
	}
}

const struct vendor vendor_nvml = {
	.name = "nvml",
	.origin = ORIGIN_NVML,
	.soname = "libnvidia-ml.so.1",
	.path_variable = "LABTOP_NVML",
	.call_name = nvml_call_name,
	.open = nvml_open,
	.list = nvml_list,
	.sample = nvml_sample,
};
