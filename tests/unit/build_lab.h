/* build_lab.h - a small lab by hand, for tests of the model, of views and of JSON.
 *
 * A draft is an observation under construction; rows are made in it with every string "" and every number unknown,
 * the test sets what it is about, build_post() folds it. Times are milliseconds of the lab's own clock.
 */
#ifndef TESTS_BUILD_LAB_H
#define TESTS_BUILD_LAB_H

#include "lab/bdf.h"
#include "lab/function.h"
#include "lab/lab.h"

#include <string.h>

#define BUILD_WALL_MS 1767254400000 /* 2026-01-01T08:00:00Z at 0 ms */
#define BUILD_MAX     96            /* rows of a kind within another row */

/* The lab's clock does not begin at 0: there 0 is "never". */
static inline int64_t build_ns(int64_t at_ms)
{
	return (at_ms + 3600 * 1000) * G_GINT64_CONSTANT(1000000);
}

static inline void build_time(struct lab *lab, int64_t at_ms)
{
	lab_set_time(lab, build_ns(at_ms), BUILD_WALL_MS + at_ms);
}

static inline struct lab *build_lab(void)
{
	struct lab *lab = lab_new("attic", false);
	build_time(lab, 0);
	return lab;
}

/* A configured source; key and value may be NULL. */
static inline void build_target(struct lab *lab, enum target_kind kind, const char *name, const char *key,
				const char *value)
{
	struct target *t = target_new(kind, name);
	t->named = true;
	if (key)
		target_set(t, key, value);
	lab_add_target(lab, t);
	target_free(t);
}

static inline struct obs *build_obs(enum obs_kind kind, enum target_kind source_kind, const char *source,
				    int64_t at_ms)
{
	struct target t = {.kind = source_kind, .name = source};
	struct obs *obs = obs_new(kind, &t);
	obs->taken_ns = build_ns(at_ms);
	obs->wall_ms = BUILD_WALL_MS + at_ms;
	return obs;
}

static inline void build_state(struct lab *lab, enum target_kind kind, const char *name,
			       enum source_state state, int64_t interval_ms, int64_t at_ms)
{
	struct obs *obs = build_obs(OBS_SOURCE, kind, name, at_ms);
	obs->u.src = box_new0(obs->box, struct obs_source);
	*obs->u.src = (struct obs_source){.state = state,
					  .reason = state == SRC_DOWN ? "no route to host" : "",
					  .hint = "",
					  .detail = "",
					  .error = -1,
					  .interval_ms = interval_ms};
	lab_fold(lab, obs);
}

static inline const char *const *build_words(struct box *box, const char *first, const char *second)
{
	const char **words = box_array0(box, const char *, 3);
	words[0] = box_text(box, first, -1);
	words[1] = second ? box_text(box, second, -1) : NULL;
	return words;
}

/* ---- inventory ------------------------------------------------------------------------------------------------ */

static inline struct obs *build_inventory(const char *source, uint32_t generation, int64_t at_ms)
{
	struct obs *obs = build_obs(OBS_INVENTORY, TARGET_VSPHERE, source, at_ms);
	struct obs_inventory *inv = obs->u.inventory = box_new0(obs->box, struct obs_inventory);
	inv->generation = generation;
	inv->product = inv->version = inv->build = inv->api_version = inv->instance_uuid = "";
	inv->hosts = box_array0(obs->box, const struct host_row *, 256);
	inv->vms = box_array0(obs->box, const struct vm_row *, 256);
	inv->datastores = box_array0(obs->box, const struct datastore_row *, 256);
	inv->gone = box_array0(obs->box, const char *, 256);
	return obs;
}

static inline struct host_row *build_host(struct obs *obs, const char *moref, const char *name,
					  const char *uuid)
{
	struct host_row *h = box_new0(obs->box, struct host_row);
	*h = (struct host_row){.box = obs->box,
			       .source = obs->source,
			       .product = "VMware ESXi",
			       .version = "7.0.3",
			       .build = "",
			       .state = HOST_CONNECTED,
			       .vendor = "",
			       .model = "",
			       .cpu_model = ""};
	h->moref = box_raw(obs->box, moref, -1);
	h->name = box_text(obs->box, name, -1);
	h->uuid = box_text(obs->box, uuid, -1);
	h->pci = box_array0(obs->box, struct pci_row, BUILD_MAX);
	obs->u.inventory->hosts[obs->u.inventory->n_hosts++] = h;
	return h;
}

static inline struct pci_row *build_pci(struct host_row *h, const char *bdf, uint16_t vendor_id,
					uint16_t device_id, uint16_t class_id)
{
	struct pci_row *d = &h->pci[h->n_pci++];
	*d = (struct pci_row){.vendor_id = vendor_id,
			      .device_id = device_id,
			      .class_id = class_id,
			      .name = "",
			      .vendor_name = "",
			      .class_name = "",
			      .hardware_label = "",
			      .vgpu_mode = "",
			      .driver = "",
			      .iommu_group = "",
			      .reset_method = "",
			      .pt_capable = TRI_YES,
			      .pt_enabled = TRI_YES,
			      .pt_active = TRI_YES,
			      .pt_state = PT_ACTIVE};
	g_strlcpy(d->bdf, bdf, sizeof d->bdf);
	return d;
}

/* A card with SR-IOV on and its functions: at offset, offset + 1, ... behind it. Returns the card. */
static inline struct pci_row *build_functions(struct host_row *h, const char *bdf, uint16_t vendor_id,
					      uint16_t device_id, unsigned offset, int n)
{
	uint32_t domain;
	unsigned id;
	struct pci_row *card = build_pci(h, bdf, vendor_id, device_id, 0x0302);
	card->sriov_capable = card->sriov_active = TRI_YES;
	card->sriov_vfs = num_of(n);
	card->sriov_max = num_of(2.0 * n);
	g_assert_true(bdf_split(bdf, &domain, &id));
	for (int i = 0; i < n; i++) {
		char at[BDF_SIZE];
		unsigned f = id + offset + (unsigned)i;
		g_snprintf(at, sizeof at, "%04x:%02x:%02x.%x", domain, f >> 8, f >> 3 & 0x1f, f & 7);
		build_pci(h, at, vendor_id, device_id, 0x0302);
	}
	return card;
}

static inline struct vm_row *build_vm(struct obs *obs, const char *moref, const char *name, const char *host)
{
	struct vm_row *vm = box_new0(obs->box, struct vm_row);
	*vm = (struct vm_row){.box = obs->box,
			      .source = obs->source,
			      .uuid = "",
			      .instance_uuid = "",
			      .power = POWER_ON,
			      .connection = VM_CONNECTED,
			      .guest_hostname = "",
			      .guest_ip = "",
			      .tools = TOOLS_RUNNING,
			      .question = "",
			      .firmware = FIRMWARE_EFI,
			      .hw_version = "vmx-19",
			      .change_version = "",
			      .settings_read = true};
	vm->moref = box_raw(obs->box, moref, -1);
	vm->name = box_text(obs->box, name, -1);
	vm->host = box_raw(obs->box, host, -1);
	vm->extra = box_array0(obs->box, struct kv, BUILD_MAX);
	vm->devices = box_array0(obs->box, struct vm_device, BUILD_MAX);
	obs->u.inventory->vms[obs->u.inventory->n_vms++] = vm;
	return vm;
}

/* slot -1: not known. Ids stay unknown, as with a fixed backing they come from the host. */
static inline struct vm_device *build_vm_device(struct vm_row *vm, enum vm_device_kind kind, const char *bdf,
						int slot)
{
	struct vm_device *d = &vm->devices[vm->n_devices];
	*d = (struct vm_device){.key = 13000 + vm->n_devices, .kind = kind, .profile = "", .label = ""};
	g_strlcpy(d->bdf, bdf, sizeof d->bdf);
	d->slot = slot >= 0 ? num_of(slot) : num_none(NUM_UNKNOWN);
	vm->n_devices++;
	return d;
}

static inline void build_extra(struct vm_row *vm, const char *key, const char *value)
{
	vm->extra[vm->n_extra].key = box_text(vm->box, key, -1);
	vm->extra[vm->n_extra++].value = box_text(vm->box, value, -1);
}

static inline struct datastore_row *build_store(struct obs *obs, const char *moref, const char *name,
						const char *volume)
{
	struct datastore_row *d = box_new0(obs->box, struct datastore_row);
	*d = (struct datastore_row){
		.box = obs->box, .source = obs->source, .type = "VMFS", .url = "", .accessible = TRI_YES};
	d->moref = box_raw(obs->box, moref, -1);
	d->name = box_text(obs->box, name, -1);
	d->volume = box_text(obs->box, volume, -1);
	d->capacity_bytes = num_of(4e12);
	d->free_bytes = num_of(1e12);
	obs->u.inventory->datastores[obs->u.inventory->n_datastores++] = d;
	return d;
}

static inline void build_gone(struct obs *obs, const char *moref)
{
	obs->u.inventory->gone[obs->u.inventory->n_gone++] = box_raw(obs->box, moref, -1);
}

static inline struct obs *build_sensors(const char *source, const char *host, int64_t at_ms)
{
	struct obs *obs = build_obs(OBS_SENSORS, TARGET_VSPHERE, source, at_ms);
	obs->u.sensors = box_new0(obs->box, struct obs_sensors);
	obs->u.sensors->host = box_raw(obs->box, host, -1);
	obs->u.sensors->rows = box_array0(obs->box, struct sensor_row, BUILD_MAX);
	return obs;
}

static inline void build_sensor(struct obs *obs, const char *name, const char *type, const char *unit,
				double value)
{
	obs->u.sensors->rows[obs->u.sensors->n_rows++] =
		(struct sensor_row){.name = box_text(obs->box, name, -1),
				    .type = box_text(obs->box, type, -1),
				    .unit = box_text(obs->box, unit, -1),
				    .state = "",
				    .value = num_of(value),
				    .health = SENSOR_GREEN};
}

/* ---- guests ---------------------------------------------------------------------------------------------------- */

static inline struct guest_row *build_guest(struct obs **out, const char *source, int64_t at_ms)
{
	struct obs *obs = *out = build_obs(OBS_HELLO, TARGET_GUEST, source, at_ms);
	struct guest_row *g = box_new0(obs->box, struct guest_row);
	*g = (struct guest_row){.box = obs->box,
				.source = obs->source,
				.transport = TRANSPORT_SSH,
				.agent_version = "0.1.0",
				.hostname = "",
				.uuid = "",
				.os = "",
				.kernel = "",
				.cmdline = "",
				.interval_ms = 1000};
	g->gpus = box_array0(obs->box, struct gpu_row, BUILD_MAX);
	obs->u.hello = g;
	return g;
}

static inline struct gpu_row *build_gpu(struct guest_row *g, const char *id, const char *bdf,
					const char *path, uint16_t vendor_id, uint16_t device_id)
{
	struct gpu_row *gpu = &g->gpus[g->n_gpus++];
	*gpu = (struct gpu_row){.id = box_text(g->box, id, -1),
				.kind = GPU_KIND_GPU,
				.parent = "",
				.slot = "",
				.path = box_text(g->box, path, -1),
				.vendor_id = vendor_id,
				.device_id = device_id,
				.name = "",
				.arch = "",
				.vbios = "",
				.unique_id = "",
				.serial = "",
				.driver = ""};
	for (int m = 0; m < M_COUNT; m++)
		gpu->origin[m] = "";
	g_strlcpy(gpu->bdf, bdf, sizeof gpu->bdf);
	return gpu;
}

static inline struct sample *build_sample(struct obs **out, const char *source, int64_t at_ms)
{
	struct obs *obs = *out = build_obs(OBS_SAMPLE, TARGET_GUEST, source, at_ms);
	struct sample *s = box_new0(obs->box, struct sample);
	*s = (struct sample){.box = obs->box, .mono_ms = at_ms, .wall_ms = BUILD_WALL_MS + at_ms};
	s->gpus = box_array0(obs->box, struct gpu_sample, BUILD_MAX);
	s->procs = box_array0(obs->box, struct proc_row, BUILD_MAX);
	s->mounts = box_array0(obs->box, struct mount_row, BUILD_MAX);
	obs->u.sample = s;
	return s;
}

/* A live GPU that does not throttle; every metric is unknown. */
static inline struct gpu_sample *build_gpu_sample(struct sample *s, const char *id)
{
	struct gpu_sample *g = &s->gpus[s->n_gpus++];
	*g = (struct gpu_sample){.id = box_text(s->box, id, -1), .state = GPU_LIVE, .perf_level = ""};
	return g;
}

/* A process on one GPU; gpu "" for one that uses none. */
static inline struct proc_row *build_proc(struct sample *s, int64_t pid, int64_t ppid, const char *name,
					  const char *cmdline, const char *gpu, double vram_bytes)
{
	struct proc_row *p = &s->procs[s->n_procs++];
	s->has_procs = true;
	*p = (struct proc_row){.pid = pid,
			       .ppid = ppid,
			       .name = box_text(s->box, name, -1),
			       .cmdline = box_text(s->box, cmdline, -1),
			       .unit = ""};
	p->gpus = box_array0(s->box, struct proc_gpu, BUILD_MAX);
	if (*gpu)
		p->gpus[p->n_gpus++] =
			(struct proc_gpu){.gpu = box_text(s->box, gpu, -1), .vram_bytes = num_of(vram_bytes)};
	return p;
}

/* ---- engines --------------------------------------------------------------------------------------------------- */

static inline struct engine_row *build_engine(struct obs **out, const char *source, enum engine_kind kind,
					      const char *guest, int64_t at_ms)
{
	struct obs *obs = *out = build_obs(OBS_ENGINE, TARGET_ENGINE, source, at_ms);
	struct engine_row *e = box_new0(obs->box, struct engine_row);
	*e = (struct engine_row){.box = obs->box,
				 .source = obs->source,
				 .kind = kind,
				 .url = "http://10.0.4.20:11434",
				 .version = "",
				 .state = ENGINE_OK,
				 .unit = "",
				 .note = "",
				 .guest = box_text(obs->box, guest, -1)};
	e->models = box_array0(obs->box, struct model_row, BUILD_MAX);
	obs->u.engine = e;
	return e;
}

static inline struct model_row *build_model(struct engine_row *e, const char *name, double vram_bytes,
					    bool loaded)
{
	struct model_row *m = &e->models[e->n_models++];
	*m = (struct model_row){.name = box_text(e->box, name, -1),
				.digest = "",
				.family = "",
				.quant = "",
				.params = "",
				.size_bytes = num_of(vram_bytes),
				.loaded = tri_of(loaded),
				.state = loaded ? MODEL_LOADED : MODEL_ON_DISK};
	m->vram_bytes = loaded ? num_of(vram_bytes) : num_none(NUM_UNKNOWN);
	return m;
}

/* ---- the lab that most tests want -------------------------------------------------------------------------------- */

/* esx01 with one MI50 that llm-1 has by slot 160 and another that is free; nothing is folded yet: build_post(). */
static inline struct obs *build_esx01(uint32_t generation, int64_t at_ms)
{
	struct obs *obs = build_inventory("esx01", generation, at_ms);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "11111111-2222-3333-4444-555555555501");
	build_pci(h, "0000:02:00.0", 0x1a03, 0x2000, 0x0300);
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	build_pci(h, "0000:43:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "1", "llm-1", "ha-host");
	vm->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	vm->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	build_vm_device(vm, VMDEV_FIXED, "0000:03:00.0", 160);
	build_extra(vm, "pciBridge4.pciSlotNumber", "21");
	return obs;
}

/* The guest of that VM with the one card in its place. */
static inline struct guest_row *build_llm1(struct obs **out, int64_t at_ms)
{
	struct guest_row *g = build_guest(out, "llm-1", at_ms);
	g->hostname = "llm-1";
	g->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	struct gpu_row *gpu =
		build_gpu(g, "7f3a", "0000:03:00.0", "0000:00:15.0/0000:03:00.0", 0x1002, 0x66a1);
	gpu->limit[LIM_TEMP_EDGE_CRIT_C] = num_of(100);
	gpu->limit[LIM_TEMP_JUNCTION_CRIT_C] = num_of(105);
	gpu->limit[LIM_TEMP_MEM_CRIT_C] = num_of(94);
	gpu->limit[LIM_SCLK_MAX_MHZ] = num_of(1725);
	return g;
}

/* Folds a draft; complete is for inventories. The caller settles. */
static inline void build_post(struct lab *lab, struct obs *obs, bool complete)
{
	struct obs_inventory *inv = obs->kind == OBS_INVENTORY ? obs->u.inventory : NULL;
	if (inv)
		inv->complete = complete;
	for (int i = 0; inv && i < inv->n_hosts; i++) /* as every backend does */
		function_link(inv->hosts[i]->pci, inv->hosts[i]->n_pci);
	lab_fold(lab, obs);
}

/* The row of a host's card; that there is none ends the test. */
static inline const struct lab_row *build_row(const struct lab *lab, const char *host_bdf)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->device && !row->parent && strcmp(row->device->bdf, host_bdf) == 0)
			return row;
	}
	g_error("no row for %s", host_bdf);
}

#endif
