/* test_check.c - what the model says is wrong: each hit, what keeps it silent, and that not known is no pass. */
#include "config.h"
#include "lab/check.h"

#include "tests/unit/build_lab.h"
#include "lab/error.h"
#include "lab/private.h"
#include "tests/unit/unit.h"

/* ---- settings of a GPU VM ---------------------------------------------------------------------------------------------- */

/* A VM with one MI50 as the rules want it. */
static void good_vm(struct vm_row *vm)
{
	vm->firmware = FIRMWARE_EFI;
	vm->memory_mb = vm->memory_reserved_mb = num_of(131072);
	vm->cpu_hot_add = vm->memory_hot_add = vm->nested_hv = TRI_NO;
	vm->snapshots = num_of(0);
	build_vm_device(vm, VMDEV_FIXED, "0000:43:00.0", -1);
	build_extra(vm, "pciPassthru.use64bitMMIO", "TRUE");
	build_extra(vm, "pciPassthru.64bitMMIOSizeGB", "64");
	build_extra(vm, "hypervisor.cpuid.v0", "FALSE");
}

static void bios(struct vm_row *vm)
{
	vm->firmware = FIRMWARE_BIOS;
}

static void firmware_untold(struct vm_row *vm)
{
	vm->firmware = FIRMWARE_UNKNOWN;
}

static void half_reserved(struct vm_row *vm)
{
	vm->memory_reserved_mb = num_of(65536);
}

static void locked(struct vm_row *vm)
{
	vm->memory_reserved_mb = num_of(0);
	vm->memory_locked = TRI_YES;
}

static void reservation_untold(struct vm_row *vm)
{
	vm->memory_reserved_mb = num_none(NUM_DENIED);
}

static void hot_add(struct vm_row *vm)
{
	vm->cpu_hot_add = TRI_YES;
}

static void memory_hot_add(struct vm_row *vm)
{
	vm->memory_hot_add = TRI_YES;
}

static void snapshot(struct vm_row *vm)
{
	vm->snapshots = num_of(1);
}

static void nested(struct vm_row *vm)
{
	vm->nested_hv = TRI_YES;
}

static void nested_untold(struct vm_row *vm)
{
	vm->nested_hv = TRI_UNKNOWN;
}

static void only_vgpus(struct vm_row *vm)
{
	vm->devices[0].kind = VMDEV_VGPU;
}

static void small_window(struct vm_row *vm)
{
	vm->extra[1].value = "32"; /* a 32 GB BAR and the small ones beside it do not fit into 32 */
}

static void window_off(struct vm_row *vm)
{
	vm->extra[0].value = "FALSE";
}

static void lower_case(struct vm_row *vm)
{
	vm->extra[0].value = "true";
}

static void two_cards(struct vm_row *vm)
{
	build_vm_device(vm, VMDEV_DYNAMIC, "", -1)->vendor_id = 0x1002;
	vm->devices[1].device_id = 0x66a1;
}

static void unknown_card(struct vm_row *vm)
{
	build_vm_device(vm, VMDEV_DYNAMIC, "", -1)->vendor_id = 0x1002;
	vm->devices[1].device_id = 0x9999;
}

static void hypervisor_shown(struct vm_row *vm)
{
	vm->extra[2].value = "TRUE";
}

static void moved_card(struct vm_row *vm)
{
	g_strlcpy(vm->devices[0].bdf, "0000:99:00.0", BDF_SIZE);
	vm->devices[0].vendor_id = 0x1002;
	vm->devices[0].device_id = 0x66a1;
}

static void same_ids(struct vm_row *vm)
{
	vm->devices[0].vendor_id = 0x1002;
	vm->devices[0].device_id = 0x66a1;
}

static void other_device(struct vm_row *vm)
{
	vm->devices[0].vendor_id = 0x1002;
	vm->devices[0].device_id = 0x66a3;
}

static void other_maker(struct vm_row *vm)
{
	vm->devices[0].vendor_id = 0x10de;
}

static void other_of_a_function(struct vm_row *vm)
{
	other_device(vm);
	vm->devices[0].kind = VMDEV_DYNAMIC; /* what it may be given is a list */
}

static const struct {
	void (*change)(struct vm_row *vm); /* NULL: none */
	const char *id;                    /* the one finding, or NULL */
	enum severity severity;
	bool unknown;
} settings[] = {
	{NULL, NULL},
	{bios, "VM-EFI", SEV_BLOCK},
	{firmware_untold, "VM-EFI", SEV_INFO, true},
	{half_reserved, "VM-MEMRES", SEV_BLOCK},
	{locked, NULL},
	{reservation_untold, "VM-MEMRES", SEV_INFO, true},
	{hot_add, "VM-HOTADD", SEV_WARN},
	{memory_hot_add, "VM-HOTADD", SEV_WARN},
	{snapshot, "VM-SNAP-EXISTS", SEV_BLOCK},
	{nested, "VM-NESTED", SEV_BLOCK},
	{small_window, "VM-MMIO64", SEV_BLOCK},
	{window_off, "VM-MMIO64", SEV_BLOCK},
	{lower_case, NULL},
	{two_cards, "VM-MMIO64", SEV_BLOCK}, /* 64 GiB of BARs need 128 */
	{unknown_card, "VM-MMIO64", SEV_INFO, true},
	{hypervisor_shown, "VM-CPUID", SEV_ADVICE},
	{moved_card, "VM-PT-MISSING", SEV_BLOCK},
	{same_ids, NULL},
	{other_device, "VM-PT-IDS", SEV_BLOCK},
	{other_of_a_function, NULL},
};

static struct lab *lab_with_vm(void (*change)(struct vm_row *vm), bool keep_devices)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_pci(build_host(obs, "ha-host", "esx01", ""), "0000:43:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "2", "new-llm", "ha-host");
	good_vm(vm);
	if (change)
		change(vm);
	if (!keep_devices)
		vm->n_devices = 0;
	build_post(lab, obs, true);
	lab_settle(lab);
	return lab;
}

static void test_settings(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
		struct lab *lab = lab_with_vm(settings[i].change, true);
		g_test_message("%s", settings[i].id ? settings[i].id : "silent");
		g_assert_cmpuint(lab->findings->len, ==, settings[i].id ? 1 : 0);
		if (settings[i].id) {
			const struct finding *f = lab->findings->pdata[0];
			g_assert_cmpstr(f->id, ==, settings[i].id);
			g_assert_cmpint(f->severity, ==, settings[i].severity);
			g_assert_cmpint(f->unknown, ==, settings[i].unknown);
			g_assert_cmpstr(f->subject_text, ==, "new-llm");
			g_assert_cmpstr(f->evidence, !=, "");
			g_assert_cmpint(*f->fix != '\0', ==, !f->unknown);
		}
		lab_free(lab);
	}
}

/* The finding has both sides; an id that was written in decimal is no other id. */
static void test_other_card(void)
{
	struct lab *lab = lab_with_vm(other_device, true);
	const struct finding *f = lab_find_finding(lab, "VM-PT-IDS", NULL);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->evidence, ==,
			"the VM was given 1002:66a3 at 0000:43:00.0, where esx01 has 1002:66a1");
	lab_free(lab);

	lab = lab_with_vm(other_maker, true);
	f = lab_find_finding(lab, "VM-PT-IDS", NULL);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->evidence, ==,
			"the VM was given 10de:- at 0000:43:00.0, where esx01 has 1002:66a1");
	lab_free(lab);

	lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_pci(build_host(obs, "ha-host", "esx01", ""), "0000:43:00.0", 0x10de, 0x2235, 0x0302);
	struct vm_row *vm = build_vm(obs, "2", "new-llm", "ha-host");
	good_vm(vm);
	vm->devices[0].vendor_id = 0x10de;
	vm->devices[0].device_id = 0x8757; /* "8757" is 0x2235 */
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_null(lab_find_finding(lab, "VM-PT-IDS", NULL));
	lab_free(lab);
}

/* What a virtual function maps is not what its card maps. */
static void test_function_window(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_functions(build_host(obs, "ha-host", "esx01", ""), "0000:43:00.0", 0x10de, 0x2235, 4, 2);
	struct vm_row *vm = build_vm(obs, "2", "new-llm", "ha-host");
	good_vm(vm);
	window_off(vm);
	g_strlcpy(vm->devices[0].bdf, "0000:43:00.5", BDF_SIZE);
	build_post(lab, obs, true);
	lab_settle(lab);
	const struct finding *f = lab_find_finding(lab, "VM-MMIO64", NULL);
	g_assert_nonnull(f);
	g_assert_true(f->unknown);
	lab_free(lab);
}

/* A VM that had cards is reminded, not stopped; one that never had is left alone. */
static void test_had_cards(void)
{
	struct lab *lab = lab_with_vm(bios, false);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	const struct finding *f = lab->findings->pdata[0];
	g_assert_cmpstr(f->id, ==, "VM-EFI");
	g_assert_cmpint(f->severity, ==, SEV_WARN);
	lab_free(lab);

	lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_host(obs, "ha-host", "esx01", "");
	build_vm(obs, "3", "nas", "ha-host")->firmware = FIRMWARE_BIOS;
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpuint(lab->findings->len, ==, 0);
	lab_free(lab);
}

/* ---- hosts ------------------------------------------------------------------------------------------------------------------ */

static void test_stale_passthrough(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_pci(h, "0000:b1:00.0", 0x10de, 0x20b7, 0x0302)->pt_state = PT_STALE;
	build_pci(h, "0000:b2:00.0", 0x10de, 0x20b7, 0x0302)->pt_state = PT_ENABLE_PENDING;
	build_post(lab, obs, true);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:b1:00.0");
	const struct finding *f = lab_find_finding(lab, "HOST-PT-STALE", &row->ref);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	g_assert_cmpstr(f ? f->subject_text : "", ==, "esx02 b1:00.0");
	g_assert_cmpint(row->severity, ==, SEV_BLOCK);
	g_assert_cmpint(f ? f->since_ns : -1, ==, 0); /* there before we looked: nobody knows since when */
	g_assert_cmpint(build_row(lab, "0000:b2:00.0")->severity, ==, 0);
	lab_free(lab);
}

/* A fan that stands is an empty place, unless its board complains about it. */
static void test_standing_fan(void)
{
	static const enum sensor_state health[] = {SENSOR_UNKNOWN, SENSOR_GREEN, SENSOR_YELLOW, SENSOR_RED};
	for (gsize i = 0; i < G_N_ELEMENTS(health); i++) {
		struct lab *lab = build_lab();
		build_post(lab, build_esx01(1, 0), true);
		struct obs *obs = build_sensors("esx01", "ha-host", 0);
		build_sensor(obs, "Fan 1", "fan", "rpm", 0);
		obs->u.sensors->rows[0].health = health[i];
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(lab_find_finding(lab, "HOST-TEMP-FAN", NULL) != NULL, ==, i >= 2);
		lab_free(lab);
	}
}

static void test_slow_fan(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	obs = build_sensors("esx01", "ha-host", 0);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5410);
	build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_null(lab_find_finding(lab, "HOST-TEMP-FAN", NULL)); /* of two nobody knows which is right */
	obs = build_sensors("esx01", "ha-host", 1000);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5410);
	build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
	build_sensor(obs, "Fan 3", "fan", "rpm", 5380);
	build_sensor(obs, "Fan 4", "fan", "rpm", 0); /* healthy and still: no fan there */
	build_sensor(obs, "Inlet", "temperature", "°C", 24);
	build_post(lab, obs, false);
	build_time(lab, 2000);
	lab_settle(lab);
	const struct finding *f = lab_find_finding(lab, "HOST-TEMP-FAN", NULL);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->subject_text, ==, "esx01 Fan 2");
	g_assert_cmpstr(f->evidence, ==, "1240 rpm, its twins 5380");
	g_assert_cmpint(f->since_ns, ==, build_ns(2000)); /* it was not there before */
	lab_free(lab);
}

/* ---- cards and guests ---------------------------------------------------------------------------------------------------------- */

static struct lab *running_lab(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct vm_row *vm = (struct vm_row *)obs->u.inventory->vms[0];
	struct vm_device device = vm->devices[0];
	good_vm(vm);
	vm->devices[0] = device;
	vm->n_devices = 1;
	build_post(lab, obs, true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	return lab;
}

static struct gpu_sample *sample_at(struct obs **obs, int second, double junction)
{
	struct gpu_sample *s = build_gpu_sample(build_sample(obs, "llm-1", second * 1000), "7f3a");
	s->metric[M_TEMP_JUNCTION_C] = num_of(junction);
	return s;
}

static void settle_at(struct lab *lab, struct obs *obs, int second)
{
	build_time(lab, second * 1000);
	build_post(lab, obs, false);
	lab_settle(lab);
}

/* At the temperature itself a card is hot; a degree below it is not. */
static void test_hot_at(void)
{
	for (int junction = 84; junction <= 85; junction++) {
		struct lab *lab = running_lab();
		struct obs *obs;
		sample_at(&obs, 1, junction);
		settle_at(lab, obs, 1);
		const struct lab_gpu *gpu = lab->gpus->pdata[0];
		g_assert_cmpint(gpu->hot_since_ns != 0, ==, junction == 85);
		lab_free(lab);
	}
}

static void test_warm(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	for (int t = 0; t < 60; t++) {
		sample_at(&obs, t, 86);
		settle_at(lab, obs, t);
	}
	g_assert_null(lab_find_finding(lab, "GPU-THERMAL-85", NULL)); /* for a minute, not for 59 s */
	sample_at(&obs, 60, 86);
	settle_at(lab, obs, 60);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	const struct finding *f = lab_find_finding(lab, "GPU-THERMAL-85", &row->ref);
	g_assert_nonnull(f);
	g_assert_cmpstr(f->subject_text, ==, "esx01 03:00.0");
	g_assert_cmpint(f->since_ns, ==, build_ns(0));
	g_assert_cmpint(row->severity, ==, SEV_WARN);

	build_time(lab, 70000); /* silent: nobody knows whether it still is */
	lab_settle(lab);
	g_assert_null(lab_find_finding(lab, "GPU-THERMAL-85", NULL));
	g_assert_nonnull(lab_find_finding(lab, "GPU-TELEM-STALE", NULL));

	lab_set_thermal(lab, 90, 0);
	sample_at(&obs, 71, 86);
	settle_at(lab, obs, 71);
	g_assert_cmpuint(lab->findings->len, ==, 0); /* the person's own line */
	lab_free(lab);
}

static void test_limits(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	sample_at(&obs, 1, 70)->metric[M_TEMP_MEM_C] = num_of(88);
	settle_at(lab, obs, 1);
	g_assert_cmpuint(lab->findings->len, ==, 0);
	sample_at(&obs, 2, 70)->metric[M_TEMP_MEM_C] = num_of(89);
	settle_at(lab, obs, 2);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	g_assert_nonnull(lab_find_finding(lab, "GPU-THERMAL-HBM", NULL));
	sample_at(&obs, 3, 70)->metric[M_TEMP_MEM_C] = num_of(92);
	settle_at(lab, obs, 3);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	g_assert_nonnull(lab_find_finding(lab, "GPU-THERMAL-CRIT", NULL));
	sample_at(&obs, 4, 103);
	settle_at(lab, obs, 4);
	const struct finding *f = lab->findings->pdata[0];
	g_assert_cmpstr(f->text, ==, "junction at its limit");
	g_assert_cmpint(f->severity, ==, SEV_BLOCK);
	sample_at(&obs, 5, 70)->state = GPU_LOST;
	settle_at(lab, obs, 5);
	g_assert_nonnull(lab_find_finding(lab, "GPU-LOST", NULL));
	lab_free(lab);
}

static void test_slowed_and_soon(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	for (int t = 0; t < 300; t++) {
		struct gpu_sample *s = sample_at(&obs, t, 70);
		s->metric[M_TEMP_MEM_C] = num_of(round(78 + t / 60.0));
		s->metric[M_SCLK_MHZ] = num_of(1380);
		s->metric[M_BUSY_PCT] = num_of(95);
		s->throttle = THROTTLE_THERMAL;
		settle_at(lab, obs, t);
	}
	const struct finding *slowed = lab_find_finding(lab, "GPU-THROTTLE", NULL);
	const struct finding *soon = lab_find_finding(lab, "GPU-THERMAL-TREND", NULL);
	g_assert_nonnull(slowed);
	g_assert_cmpint(slowed->since_ns, ==, build_ns(0));
	g_assert_cmpstr(slowed->evidence, ==, "thermal bit set, sclk 345 MHz under its highest");
	g_assert_nonnull(soon);
	g_assert_true(g_str_has_prefix(soon->text, "HBM at its 94 °C in ~11 min ("));
	g_assert_true(g_str_has_prefix(soon->evidence, "estimate"));
	lab_free(lab);
}

static void test_orphan(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	struct gpu_sample *s = sample_at(&obs, 1, 40);
	s->metric[M_VRAM_TOTAL_BYTES] = num_of(32 * GIB);
	s->metric[M_VRAM_USED_BYTES] = num_of(12 * GIB);
	settle_at(lab, obs, 1);
	g_assert_cmpuint(lab->findings->len, ==, 0); /* who told of processes? nobody */
	struct sample *line = build_sample(&obs, "llm-1", 2000);
	build_proc(line, 1, 0, "systemd", "", "", 0);
	settle_at(lab, obs, 2);
	g_assert_nonnull(lab_find_finding(lab, "GPU-VRAM-ORPHAN", NULL));
	line = build_sample(&obs, "llm-1", 3000);
	build_proc(line, 9, 1, "python3", "train.py", "7f3a", 11 * GIB);
	settle_at(lab, obs, 3);
	g_assert_cmpuint(lab->findings->len, ==, 0);
	lab_free(lab);
}

/* VRAM that no process explains, but a model that was placed by arithmetic does; and once it is gone nothing does. */
static void test_orphan_beside_model(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	for (int second = 1; second <= 2; second++) {
		struct gpu_sample *s = sample_at(&obs, second, 40);
		s->metric[M_VRAM_TOTAL_BYTES] = num_of(32 * GIB);
		s->metric[M_VRAM_USED_BYTES] = num_of(12 * GIB);
		build_proc((struct sample *)obs->u.sample, 1, 0, "systemd", "", "", 0);
		struct obs *told;
		build_model(build_engine(&told, "ollama", ENGINE_OLLAMA, "llm-1", second * 1000), "llama3",
			    11 * GIB, second == 1);
		build_post(lab, told, false);
		settle_at(lab, obs, second);
		const struct lab_row *row = build_row(lab, "0000:03:00.0");
		g_assert_cmpuint(row->placed->len, ==, second == 1);
		g_assert_cmpint(lab_find_finding(lab, "GPU-VRAM-ORPHAN", &row->ref) != NULL, ==, second == 2);
	}
	lab_free(lab);
}

static void test_mounts(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	struct sample *s = build_sample(&obs, "llm-1", 60000);
	s->has_mounts = true;
	s->mounts[s->n_mounts++] = (struct mount_row){"nas:/models", "/models", "nfs4", num_of(40000)};
	s->mounts[s->n_mounts++] = (struct mount_row){"nas:/data", "/data", "nfs4", num_of(2000)};
	s->mounts[s->n_mounts++] = (struct mount_row){"mds:/lab", "/scratch", "lustre", num_of(90000)};
	s->mounts[s->n_mounts++] = (struct mount_row){"nas:/old", "/old", "nfs4", num_none(NUM_UNKNOWN)};
	settle_at(lab, obs, 60);
	g_assert_cmpuint(lab->findings->len, ==, 2);
	const struct finding *models = lab->findings->pdata[0], *scratch = lab->findings->pdata[1];
	g_assert_cmpstr(models->text, ==, "/models does not answer");
	g_assert_cmpint(models->since_ns, ==, build_ns(20000));
	g_assert_cmpstr(scratch->text, ==,
			"/scratch does not answer"); /* whatever kind of network file system */
	lab_free(lab);
}

/* ---- sources and engines ---------------------------------------------------------------------------------------------------------- */

static void go_down(struct lab *lab, enum target_kind kind, const char *name, int error, const char *reason,
		    const char *hint)
{
	struct obs *obs = build_obs(OBS_SOURCE, kind, name, 0);
	struct obs_source *src = box_new0(obs->box, struct obs_source);
	*src = (struct obs_source){.state = SRC_DOWN, .error = error, .reason = reason, .hint = hint};
	obs->u.src = src;
	lab_fold(lab, obs);
	lab_settle(lab);
}

/* A dead vCenter is a finding with its own reason and hint, about what it is a source of; first of all. */
static void test_source_down(void)
{
	static const struct {
		enum target_kind kind;
		int error;
		enum thing subject;
		const char *text;
	} cases[] = {
		{TARGET_VSPHERE, LAB_ERR_UNREACHABLE, THING_SOURCE, "down"},
		{TARGET_VSPHERE, LAB_ERR_AUTH, THING_SOURCE, "refused"},
		{TARGET_GUEST, LAB_ERR_TRUST, THING_GUEST, "refused"},
		{TARGET_ENGINE, LAB_ERR_TIMEOUT, THING_ENGINE, "down"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = running_lab();
		build_target(lab, cases[i].kind, "new", NULL, NULL);
		lab_settle(lab);
		g_assert_cmpuint(lab->findings->len, ==, 0); /* asked, no answer yet */
		go_down(lab, cases[i].kind, "new", cases[i].error, "no route to host", "see the cable");
		g_assert_cmpuint(lab->findings->len, ==, 1);
		const struct finding *f = lab->findings->pdata[0];
		g_assert_cmpstr(f->id, ==, "SOURCE-DOWN");
		g_assert_cmpint(f->severity, ==, SEV_BLOCK);
		g_assert_cmpint(f->subject.kind, ==, cases[i].subject);
		g_assert_cmpstr(f->subject_text, ==, "new");
		g_assert_cmpstr(f->text, ==, cases[i].text);
		g_assert_cmpstr(f->evidence, ==, "no route to host");
		g_assert_cmpstr(f->fix, ==, "see the cable");
		go_down(lab, cases[i].kind, "new", cases[i].error, "", "");
		f = lab->findings->pdata[0];
		g_assert_cmpstr(f->evidence, ==, "no reason is known");
		g_assert_cmpstr(f->fix, ==, "see its reason; labtop tries again by itself");
		build_state(lab, cases[i].kind, "new", SRC_OFF, 0, 0);
		lab_settle(lab);
		g_assert_cmpuint(lab->findings->len, ==, 0);
		lab_free(lab);
	}
}

static void test_spilled(void)
{
	static const double on_gpu[] = {40, 39.7, 30,
					0}; /* of 40: all, nearly all, a part, none as was asked for */
	for (gsize i = 0; i < G_N_ELEMENTS(on_gpu); i++) {
		struct lab *lab = running_lab();
		struct obs *obs;
		struct engine_row *e = build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0);
		build_model(e, "llama3", on_gpu[i] * GIB, true);
		e->models[0].mem_bytes = num_of(40 * GIB);
		build_post(lab, obs, false);
		lab_settle(lab);
		const struct finding *f = lab_find_finding(lab, "ENG-OLLAMA-CPU", NULL);
		g_assert_cmpint(f != NULL, ==, i == 2);
		if (f) {
			g_assert_cmpstr(f->subject_text, ==, "llama3");
			g_assert_cmpint(f->subject.kind, ==, THING_MODEL);
			g_assert_cmpstr(f->text, ==, "25 % on the CPU");
			g_assert_cmpstr(f->evidence, ==, "10.0 of 40.0 GiB in system memory, on ollama");
		}
		lab_free(lab);
	}
}

/* ---- order and beginning -------------------------------------------------------------------------------------------------------- */

static void raise_alarm(struct lab *lab, int64_t at_ms, const char *text)
{
	struct obs *obs = build_obs(OBS_TASKS, TARGET_VSPHERE, "esx01", 0);
	struct obs_tasks *told = box_new0(obs->box, struct obs_tasks);
	told->has_tasks = told->has_events = true;
	told->n_events = 1;
	told->events = box_new0(obs->box, struct event_row);
	*told->events = (struct event_row){
		.when_ms = at_ms, .type = "AlarmStatusChangedEvent", .text = text, .user = ""};
	obs->u.tasks = told;
	build_post(lab, obs, false);
	lab_settle(lab);
}

/* The fan's alarm tells since when, until it is cleared; one of another fan says nothing of it. */
static void test_since_event(void)
{
	static const struct {
		const char *text;
		bool told;
	} cases[] = {
		{"Alarm 'Host hardware fan status' on esx01 changed from Green to Yellow", true},
		{"Alarm 'Host hardware fan status' on esx01 changed from Green to Red: Fan 2", true},
		{"Alarm 'Host hardware fan status' on esx01 changed from Green to Red: Fan 3", false},
		{"Alarm 'Host hardware fan status' on esx01 changed from Red to Green", false},
		{"Alarm 'Host hardware fan status' on esx09 changed from Green to Red", false},
		{"Alarm 'Host memory status' on esx01 changed from Green to Red", false},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		build_post(lab, build_esx01(1, 0), true);
		struct obs *obs = build_sensors("esx01", "ha-host", 0);
		build_sensor(obs, "Fan 1", "fan", "rpm", 5400);
		build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
		build_sensor(obs, "Fan 3", "fan", "rpm", 5400);
		build_post(lab, obs, false);
		lab_set_time(lab, build_ns(100000), 1000100000);
		raise_alarm(lab, 1000040000, cases[i].text);
		const struct finding *f = lab_find_finding(lab, "HOST-TEMP-FAN", NULL);
		g_assert_nonnull(f);
		g_assert_cmpint(f->since_ns == build_ns(40000), ==, cases[i].told);
		lab_free(lab);
	}
}

/* Worst first, of those as bad what goes on now, VMs without a card last. */
static void test_order(void)
{
	struct lab *lab = running_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_pci(h, "0000:b1:00.0", 0x10de, 0x20b7, 0x0302)->pt_state = PT_STALE;
	struct vm_row *vm = build_vm(obs, "2", "aaa", "ha-host");
	good_vm(vm);
	bios(vm);
	vm->n_devices = 0;
	vm = build_vm(obs, "3", "zzz", "ha-host");
	good_vm(vm);
	hot_add(vm);
	g_strlcpy(vm->devices[0].bdf, "0000:b1:00.0", BDF_SIZE);
	build_extra(vm, "hypervisor.cpuid.v0", "FALSE");
	build_post(lab, obs, true);
	sample_at(&obs, 1, 70)->metric[M_TEMP_MEM_C] = num_of(89);
	settle_at(lab, obs, 1);
	go_down(lab, TARGET_VSPHERE, "vc", LAB_ERR_UNREACHABLE, "no route", "");
	static const char *const order[] = {"SOURCE-DOWN", "HOST-PT-STALE", "GPU-THERMAL-HBM", "VM-HOTADD",
					    "VM-EFI"};
	for (guint i = 0; i < MIN(lab->findings->len, G_N_ELEMENTS(order)); i++)
		g_assert_cmpstr(((struct finding *)lab->findings->pdata[i])->id, ==, order[i]);
	g_assert_cmpuint(lab->findings->len, ==, G_N_ELEMENTS(order));
	lab_free(lab);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------------------ */

struct heard {
	int n[4]; /* by enum outcome */
	GString *unknown;
};

static void hear(void *data, const struct ruling *r)
{
	struct heard *heard = data;
	heard->n[r->outcome]++;
	g_assert_cmpint(r->need != NULL, ==, r->outcome == OUTCOME_UNKNOWN);
	g_assert_cmpint(r->problem.text != NULL, ==,
			r->outcome == OUTCOME_HIT || r->outcome == OUTCOME_UNKNOWN);
	if (r->need)
		g_string_append_printf(heard->unknown, "%s: %s\n", r->check->id, r->need->what);
}

static struct heard ask(const struct lab *lab, const struct ref *about)
{
	struct heard heard = {.unknown = g_string_new(NULL)};
	struct check_sink sink = {hear, &heard};
	check_ask(lab, &(struct check_question){.tables = check_tables, .about = about}, &sink);
	return heard;
}

/* Every rule about a thing answers, each with one of four outcomes; what is quiet in the list of findings is not quiet to
 * who asks. */
static void test_outcomes(void)
{
	static const struct {
		void (*change)(struct vm_row *vm);
		int hit, unknown, na;
		const char *what;
	} cases[] = {
		{NULL, 0, 0, 0, ""},
		{bios, 1, 0, 0, ""},
		{firmware_untold, 0, 1, 0, "VM-EFI: firmware\n"},
		{nested_untold, 0, 1, 0, "VM-NESTED: nested virtualisation\n"},
		{only_vgpus, 0, 0, 6, ""}, /* EFI, MMIO64, SNAP, NESTED, MISSING, IDS */
		{other_of_a_function, 0, 0, 2, ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = lab_with_vm(cases[i].change, true);
		const struct lab_vm *vm = lab->vms->pdata[0];
		struct heard heard = ask(lab, &vm->ref);
		g_assert_cmpint(heard.n[OUTCOME_HIT], ==, cases[i].hit);
		g_assert_cmpint(heard.n[OUTCOME_UNKNOWN], ==, cases[i].unknown);
		g_assert_cmpint(heard.n[OUTCOME_NA], ==, cases[i].na);
		g_assert_cmpint(heard.n[OUTCOME_PASS], ==, 9 - cases[i].hit - cases[i].unknown - cases[i].na);
		g_assert_cmpstr(heard.unknown->str, ==, cases[i].what);
		g_string_free(heard.unknown, TRUE);
		lab_free(lab);
	}
}

/* A card whose guest is silent passes nothing, and the list says so once. */
static void test_silence_is_no_pass(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	sample_at(&obs, 1, 70)->metric[M_TEMP_MEM_C] = num_none(NUM_UNKNOWN);
	settle_at(lab, obs, 1);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	struct heard heard = ask(lab, &row->ref);
	g_assert_cmpint(heard.n[OUTCOME_PASS], ==, 5);
	g_assert_cmpstr(heard.unknown->str, ==,
			"GPU-THERMAL-HBM: HBM temperature and its limit\n"
			"GPU-VRAM-ORPHAN: processes of its guest\n");
	g_string_free(heard.unknown, TRUE);
	g_assert_cmpuint(lab->findings->len, ==, 0);

	build_time(lab, 60000);
	lab_settle(lab);
	heard = ask(lab, &row->ref);
	g_assert_cmpint(heard.n[OUTCOME_UNKNOWN], ==, 7);
	g_assert_cmpint(heard.n[OUTCOME_PASS], ==, 0);
	g_string_free(heard.unknown, TRUE);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	g_assert_nonnull(lab_find_finding(lab, "GPU-TELEM-STALE", NULL));
	lab_free(lab);
}

/* When only a second went by, the rules without a clock are not asked again; the findings are what they would be. */
static void test_ticks(void)
{
	struct lab *lab = running_lab();
	struct obs *obs;
	for (int t = 0; t < 2; t++) {
		struct gpu_sample *s = sample_at(&obs, 10 * t, 103);
		s->metric[M_TEMP_MEM_C] = num_of(89);
		build_time(lab, 10000 * t);
		build_post(lab, obs, false);
	}
	lab_set_thermal(lab, 85, 61000);
	lab_settle(lab);
	g_assert_cmpuint(lab->findings->len, ==, 2);
	g_assert_cmpstr(((struct finding *)lab->findings->pdata[0])->id, ==, "GPU-THERMAL-CRIT");
	uint64_t checked = lab_work(lab)->checked;
	g_assert_cmpuint(checked, >, 0);

	lab_set_thermal(lab, 85, 1000);
	build_time(lab, 11500);
	lab_settle(lab);
	g_assert_cmpuint(lab_work(lab)->checked, ==, checked);
	g_assert_cmpuint(lab->findings->len, ==, 3);
	static const char *const order[] = {"GPU-THERMAL-CRIT", "GPU-THERMAL-85", "GPU-THERMAL-HBM"};
	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		g_assert_cmpstr(((struct finding *)lab->findings->pdata[i])->id, ==, order[i]);

	build_time(lab, 12500); /* once more: none is there twice */
	lab_settle(lab);
	g_assert_cmpuint(lab->findings->len, ==, 3);
	build_time(lab, 60000); /* the card's numbers grow old with the clock: what they said goes */
	lab_settle(lab);
	g_assert_cmpuint(lab->findings->len, ==, 1);
	g_assert_cmpuint(lab_work(lab)->checked, >, checked);
	lab_free(lab);
}

/* ---- the tables ------------------------------------------------------------------------------------------------------------------ */

static void test_tables(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (gsize i = 0; check_tables[i]; i++)
		for (const struct check *c = check_tables[i]; c->id; c++) {
			g_assert_true(g_hash_table_add(seen, (gpointer)c->id));
			g_assert_nonnull(c->look);
			g_assert_cmpstr(c->fix, !=, "");
			g_assert_cmpint(c->severity, >=, SEV_INFO);
		}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/check/settings", test_settings);
	g_test_add_func("/check/other-card", test_other_card);
	g_test_add_func("/check/function-window", test_function_window);
	g_test_add_func("/check/had-cards", test_had_cards);
	g_test_add_func("/check/stale-passthrough", test_stale_passthrough);
	g_test_add_func("/check/slow-fan", test_slow_fan);
	g_test_add_func("/check/standing-fan", test_standing_fan);
	g_test_add_func("/check/hot-at", test_hot_at);
	g_test_add_func("/check/warm", test_warm);
	g_test_add_func("/check/limits", test_limits);
	g_test_add_func("/check/slowed-and-soon", test_slowed_and_soon);
	g_test_add_func("/check/orphan", test_orphan);
	g_test_add_func("/check/orphan-beside-model", test_orphan_beside_model);
	g_test_add_func("/check/mounts", test_mounts);
	g_test_add_func("/check/source-down", test_source_down);
	g_test_add_func("/check/spilled", test_spilled);
	g_test_add_func("/check/since-event", test_since_event);
	g_test_add_func("/check/order", test_order);
	g_test_add_func("/check/outcomes", test_outcomes);
	g_test_add_func("/check/silence-is-no-pass", test_silence_is_no_pass);
	g_test_add_func("/check/ticks", test_ticks);
	g_test_add_func("/check/tables", test_tables);
	return g_test_run();
}
