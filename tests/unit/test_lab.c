/* test_lab.c - folding: generations, staleness, two sources of one thing, and how little work a change costs. */
#include "config.h"
#include "lab/lab.h"

#include "lab/private.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

#define VC  "vc"
#define ESX "esx01"

static const struct lab_vm *vm_named(const struct lab *lab, const char *name)
{
	for (guint i = 0; i < lab->vms->len; i++)
		if (strcmp(((struct lab_vm *)lab->vms->pdata[i])->name, name) == 0)
			return lab->vms->pdata[i];
	g_error("no VM %s", name);
}

/* ---- sources ------------------------------------------------------------------------------------------------------ */

static void test_sources(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, ESX, NULL, NULL);
	build_target(lab, TARGET_GUEST, "llm-1", NULL, NULL);
	const struct lab_source *esx = lab_find_source(lab, TARGET_VSPHERE, ESX);
	g_assert_cmpint(esx->state, ==, SRC_CONNECTING);
	g_assert_cmpint(esx->age_ms, ==, -1);
	g_assert_false(lab_all_answered(lab));

	build_state(lab, TARGET_VSPHERE, ESX, SRC_LIVE, 1000, 0);
	g_assert_false(esx->answered); /* logged in is not answered */
	build_post(lab, build_esx01(1, 0), false);
	g_assert_false(esx->answered);
	build_post(lab, build_inventory(ESX, 1, 0), true);
	g_assert_true(esx->answered);
	build_state(lab, TARGET_GUEST, "llm-1", SRC_DOWN, 1000, 0);
	g_assert_true(lab_all_answered(lab));

	/* that an engine lets nobody in is no answer: the reason why it is down comes after it */
	struct obs *obs;
	build_target(lab, TARGET_ENGINE, "keyed", NULL, NULL);
	build_engine(&obs, "keyed", ENGINE_VLLM, "", 0)->refused = true;
	build_post(lab, obs, false);
	g_assert_false(lab_all_answered(lab));
	build_engine(&obs, "keyed", ENGINE_VLLM, "", 0);
	build_post(lab, obs, false);
	g_assert_true(lab_all_answered(lab));

	build_time(lab, 3000); /* three intervals are not older than three intervals */
	g_assert_cmpint(esx->state, ==, SRC_LIVE);
	g_assert_cmpint(esx->age_ms, ==, 3000);
	build_time(lab, 3001);
	g_assert_cmpint(esx->state, ==, SRC_STALE);
	build_post(lab, build_inventory(ESX, 1, 3500), false); /* whatever it tells, it is back */
	g_assert_cmpint(esx->state, ==, SRC_LIVE);
	lab_free(lab);
}

static void test_stale_rows(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_state(lab, TARGET_VSPHERE, ESX, SRC_LIVE, 60000, 0);
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(71);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_false(row->host->stale || row->gpu->stale || lab_row_stale(row));

	build_time(lab, 3001);
	lab_settle(lab);
	row = build_row(lab, "0000:03:00.0");
	g_assert_true(row->gpu->stale && row->guest->stale && lab_row_stale(row));
	g_assert_cmpint(row->gpu->age_ms, ==, 3001);
	g_assert_false(row->host->stale);

	build_state(lab, TARGET_VSPHERE, ESX, SRC_DOWN, 60000, 3001);
	lab_settle(lab);
	row = build_row(lab, "0000:03:00.0");
	g_assert_true(row->host->stale && row->vm->stale); /* the last word stays, as old */
	lab_free(lab);
}

/* Numbers that the guest itself calls old are old however fresh the line is. */
static void test_aged_sample(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 0);
	struct gpu_sample *g = build_gpu_sample(s, "7f3a");
	g->age_ms = 3500;
	g->metric[M_TEMP_JUNCTION_C] = num_of(71);
	build_post(lab, obs, false);
	const struct lab_gpu *gpu = lab->gpus->pdata[0];
	g_assert_true(gpu->stale);
	g_assert_cmpint(gpu->age_ms, ==, 3500);
	g_assert_false(gpu->guest->stale);
	lab_free(lab);
}

/* Busy just now keeps the last number; denied and unsupported do not. */
static void test_busy_metric(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct gpu_sample *g = build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a");
	g->metric[M_POWER_W] = g->metric[M_TEMP_MEM_C] = num_of(50);
	build_post(lab, obs, false);
	g = build_gpu_sample(build_sample(&obs, "llm-1", 1000), "7f3a");
	g->metric[M_POWER_W] = num_none(NUM_BUSY);
	g->metric[M_TEMP_MEM_C] = num_none(NUM_DENIED);
	build_post(lab, obs, false);
	const struct lab_gpu *gpu = lab->gpus->pdata[0];
	g_assert_cmpint(gpu->sample->metric[M_POWER_W].state, ==, NUM_BUSY);
	g_assert_cmpfloat(gpu->sample->metric[M_POWER_W].v, ==, 50);
	g_assert_false(num_known(gpu->sample->metric[M_TEMP_MEM_C]));
	g_assert_cmpfloat(ring_newest(&gpu->hist[HIST_POWER]), ==, 50);
	g_assert_cmpint(gpu->hist[HIST_POWER].n, ==, 1); /* nothing was measured at the second line */
	lab_free(lab);
}

/* ---- generations ---------------------------------------------------------------------------------------------------- */

static void test_generations(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	build_vm(obs, "2", "nas", "ha-host");
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 2);
	struct ref nas = vm_named(lab, "nas")->ref, llm = vm_named(lab, "llm-1")->ref;

	obs = build_inventory(ESX, 1, 1000); /* a change of one VM leaves the others */
	build_vm(obs, "2", "nas-new", "ha-host");
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 2);
	g_assert_cmpstr(lab_find_vm(lab, &nas)->name, ==, "nas-new");

	obs = build_inventory(
		ESX, 0, 1500); /* a lane that loads nothing tells of what is known: it stays of its load */
	build_vm(obs, "2", "nas-changed", "ha-host");
	build_post(lab, obs, false);
	build_post(lab, build_inventory(ESX, 1, 1600), true);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 2);
	g_assert_cmpstr(lab_find_vm(lab, &nas)->name, ==, "nas-changed");

	build_post(lab, build_esx01(2, 2000), false); /* a new reading: until it is whole nothing is gone */
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 2);
	build_post(lab, build_inventory(ESX, 2, 2000), true);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 1);
	g_assert_null(lab_find_vm(lab, &nas));
	g_assert_nonnull(lab_find_vm(lab, &llm));

	obs = build_inventory(ESX, 2, 3000);
	build_gone(obs, "1");
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 0);
	g_assert_null(build_row(lab, "0000:03:00.0")->vm);
	lab_free(lab);
}

/* A VM that goes and comes again within one settle is the same to whoever keeps its reference. */
static void test_reference(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	lab_settle(lab);
	struct ref llm = vm_named(lab, "llm-1")->ref;
	obs = build_inventory(ESX, 1, 1000);
	build_gone(obs, "1");
	build_post(lab, obs, false);
	build_post(lab, build_esx01(1, 1000), false);
	lab_settle(lab);
	g_assert_nonnull(lab_find_vm(lab, &llm));
	lab_free(lab);
}

/* ---- two sources of one thing ------------------------------------------------------------------------------------------ */

/* The vCenter's word about the same host and VM: another moref, the host's UUID in the other byte order. */
static struct obs *by_vcenter(int64_t at_ms)
{
	struct obs *obs = build_inventory(VC, 1, at_ms);
	obs->u.inventory->is_vcenter = true;
	struct host_row *h = build_host(obs, "host-21", "esx01.lab", "11111111-2222-3333-4444-555555555501");
	h->uuid = "11111111-2222-3333-4444-555555555501";
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	build_pci(h, "0000:43:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "vm-48", "llm-1", "host-21");
	vm->uuid = "33221100-5544-7766-8899-aabbccddeeff";
	vm->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	build_vm_device(vm, VMDEV_FIXED, "0000:03:00.0", 160);
	build_extra(vm, "pciBridge4.pciSlotNumber", "21");
	return obs;
}

static struct lab *two_sources(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, VC, NULL, NULL);
	build_target(lab, TARGET_VSPHERE, ESX, NULL, NULL);
	build_state(lab, TARGET_VSPHERE, VC, SRC_LIVE, 60000, 0);
	build_state(lab, TARGET_VSPHERE, ESX, SRC_LIVE, 60000, 0);
	build_post(lab, build_esx01(1, 1000), true);
	build_post(lab, by_vcenter(2000), true);
	lab_settle(lab);
	return lab;
}

static void test_two_sources(void)
{
	struct lab *lab = two_sources();
	g_assert_cmpint(lab->hosts->len, ==, 1);
	g_assert_cmpint(lab->vms->len, ==, 1);
	g_assert_cmpint(lab->rows->len, ==, 2);
	const struct lab_host *h = lab->hosts->pdata[0];
	const struct lab_vm *vm = lab->vms->pdata[0];
	g_assert_cmpstr(h->row->source, ==, VC); /* told last */
	g_assert_cmpstr(h->also->source, ==, ESX);
	g_assert_cmpstr(vm->row->source, ==, VC);
	g_assert_true(vm->host == h);
	struct ref host_ref = h->ref, vm_ref = vm->ref;

	build_time(lab, 3000);
	build_post(lab, build_esx01(1, 3000), false);
	lab_settle(lab);
	g_assert_cmpstr(lab_find_host(lab, &host_ref)->row->source, ==, ESX);
	g_assert_cmpstr(lab_find_host(lab, &host_ref)->name, ==,
			"esx01.lab"); /* does not change with freshness */
	g_assert_cmpint(lab->vms->len, ==, 1);

	build_post(lab, by_vcenter(4000), false);
	build_state(lab, TARGET_VSPHERE, VC, SRC_DOWN, 60000, 5000);
	lab_settle(lab);
	g_assert_cmpstr(lab_find_host(lab, &host_ref)->row->source, ==, ESX); /* the direct one carries on */
	g_assert_false(lab_find_host(lab, &host_ref)->stale);
	g_assert_cmpstr(lab_find_vm(lab, &vm_ref)->row->source, ==, ESX);

	build_state(lab, TARGET_VSPHERE, ESX, SRC_DOWN, 60000, 6000);
	lab_settle(lab);
	g_assert_true(lab_find_host(lab, &host_ref)->stale && lab_find_vm(lab, &vm_ref)->stale);
	lab_free(lab);
}

/* What a vCenter lost touch with it tells as it was: the host that is asked directly speaks for itself and its VMs. */
static void test_in_touch_speaks(void)
{
	struct lab *lab = two_sources();
	struct obs *obs = by_vcenter(9000);
	((struct host_row *)obs->u.inventory->hosts[0])->state = HOST_NOT_RESPONDING;
	((struct vm_row *)obs->u.inventory->vms[0])->connection = VM_DISCONNECTED;
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_host *h = lab->hosts->pdata[0];
	const struct lab_vm *vm = lab->vms->pdata[0];
	g_assert_cmpstr(h->row->source, ==, ESX);
	g_assert_cmpint(h->row->state, ==, HOST_CONNECTED);
	g_assert_cmpstr(vm->row->source, ==, ESX);
	g_assert_cmpint(vm->row->connection, ==, VM_CONNECTED);
	obs = by_vcenter(10000);
	((struct host_row *)obs->u.inventory->hosts[0])->state = HOST_MAINTENANCE;
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpstr(h->row->source, ==, VC); /* in touch again, and the newer word */
	g_assert_cmpstr(vm->row->source, ==, VC);
	lab_free(lab);
}

/* A fresher word that holds only the list set does not hide settings that another source has read. */
static void test_settings_speak(void)
{
	struct lab *lab = two_sources();
	struct obs *obs = build_inventory(ESX, 1, 9000);
	struct vm_row *vm = build_vm(obs, "1", "llm-1", "ha-host");
	vm->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	vm->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	vm->settings_read = false;
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 1);
	g_assert_cmpstr(vm_named(lab, "llm-1")->row->source, ==, VC);
	lab_free(lab);
}

/* Order of arrival does not matter: VMs before their hosts end as one as well. */
static void test_vms_before_hosts(void)
{
	struct lab *lab = build_lab();
	struct obs *vc = by_vcenter(0), *esx = build_esx01(1, 0);
	int hosts_vc = vc->u.inventory->n_hosts, hosts_esx = esx->u.inventory->n_hosts;
	struct obs *vc_hosts = by_vcenter(0), *esx_hosts = build_esx01(1, 0);
	g_assert_cmpint(hosts_vc + hosts_esx, ==, 2);
	vc->u.inventory->n_hosts = esx->u.inventory->n_hosts = 0;
	vc_hosts->u.inventory->n_vms = esx_hosts->u.inventory->n_vms = 0;
	struct obs *order[] = {vc, esx, esx_hosts, vc_hosts};
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
		build_post(lab, order[i], false);
		lab_settle(lab);
	}
	g_assert_cmpint(lab->hosts->len, ==, 1);
	g_assert_cmpint(lab->vms->len, ==, 1);
	g_assert_true(vm_named(lab, "llm-1")->host == lab->hosts->pdata[0]);
	lab_free(lab);
}

/* Copied as files, two VMs carry the same UUIDs: within one source, and on another host, they stay two. */
static void test_copies(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct vm_row *copy = build_vm(obs, "2", "llm-1 copy", "ha-host");
	copy->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	copy->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	build_post(lab, obs, true);
	obs = build_inventory("esx02", 1, 0);
	build_host(obs, "ha-host", "esx02", "11111111-2222-3333-4444-555555555502");
	copy = build_vm(obs, "1", "llm-1 elsewhere", "ha-host");
	copy->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	copy->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 3);
	for (guint i = 0; i < 3; i++)
		for (guint k = 0; k < i; k++)
			g_assert_false(ref_equal(&((struct lab_vm *)lab->vms->pdata[i])->ref,
						 &((struct lab_vm *)lab->vms->pdata[k])->ref));
	lab_free(lab);
}

static void test_copy_on_another_host(void)
{
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	struct obs *obs = build_inventory("esx02", 1, 0);
	build_host(obs, "ha-host", "esx02", "11111111-2222-3333-4444-555555555502");
	struct vm_row *copy = build_vm(obs, "1", "llm-1 elsewhere", "ha-host");
	copy->uuid = "00112233-4455-6677-8899-aabbccddeeff";
	copy->instance_uuid = "50112233-4455-6677-8899-aabbccddeeff";
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->vms->len, ==, 2);
	lab_free(lab);
}

static void test_placeholder_uuid(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_host(obs, "ha-host", "esx01", "03000200-0400-0500-0006-000700080009");
	build_post(lab, obs, true);
	obs = build_inventory("esx02", 1, 0);
	build_host(obs, "ha-host", "esx02", "03000200-0400-0500-0006-000700080009");
	build_post(lab, obs, true);
	obs = build_inventory(VC, 1, 0);
	obs->u.inventory->is_vcenter = true;
	build_host(obs, "host-9", "ESX02", "03000200-0400-0500-0006-000700080009");
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->hosts->len, ==, 2); /* the name tells them apart, and finds the one seen twice */
	lab_free(lab);
}

/* Hosts with one firmware UUID, asked directly or told by a vCenter, in whichever order they come: how many they are. */
static const struct {
	const char *what;
	struct {
		const char *source, *name, *cpu;
		double mem_bytes;
	} told[4]; /* "vc": the vCenter's word */
	int want;
} one_uuid[] = {
	{"two without a name of their own", {{"e1", "localhost"}, {"e2", "localhost"}}, 2},
	{"a network's name behind it", {{"e1", "localhost.localdomain"}, {"e2", "LOCALHOST.lan"}}, 2},
	{"two names", {{"e1", "mini-1"}, {"e2", "mini-2"}}, 2},
	{"one name: configured twice", {{"e1", "mini-1"}, {"e2", "MINI-1"}}, 1},
	{"one name, other memory", {{"e1", "mini", "", 64e9}, {"e2", "mini", "", 128e9}}, 2},
	{"one name, other processors", {{"e1", "mini", "EPYC 7302"}, {"e2", "mini", "EPYC 7402"}}, 2},
	{"one name, one of them tells more", {{"e1", "mini", "", 64e9}, {"e2", "mini", "EPYC 7402"}}, 1},
	{"through its vCenter too, by another name", {{"e1", "localhost"}, {"vc", "10.0.0.5"}}, 1},
	{"another board beside the vCenter's", {{"e1", "x", "", 64e9}, {"vc", "y", "", 32e9}}, 2},
	{"two behind the vCenter, one of them directly", {{"e1", "a"}, {"vc", "b"}, {"vc", "a"}}, 2},
	{"both directly", {{"e1", "a"}, {"vc", "b"}, {"vc", "a"}, {"e2", "b"}}, 2},
	{"and a third", {{"e1", "c"}, {"vc", "b"}, {"vc", "a"}}, 3},
};

static void test_one_uuid(void)
{
	for (gsize i = 0; i < 2 * G_N_ELEMENTS(one_uuid); i++) {
		bool reversed = i % 2;
		struct lab *lab = build_lab();
		int n = 0;
		while (n < 4 && one_uuid[i / 2].told[n].name)
			n++;
		struct obs *vc = build_inventory(VC, 1, 0);
		vc->u.inventory->is_vcenter = true;
		for (int k = 0; k < n; k++) {
			int at = reversed ? n - 1 - k : k;
			const char *source = one_uuid[i / 2].told[at].source;
			bool managed = strcmp(source, "vc") == 0;
			struct obs *obs = managed ? vc : build_inventory(source, 1, 0);
			char moref[16];
			g_snprintf(moref, sizeof moref, "host-%d", at);
			struct host_row *h =
				build_host(obs, managed ? moref : "ha-host", one_uuid[i / 2].told[at].name,
					   "12abcdef-1234-5678-90ab-cddeefaabbcc");
			h->cpu_model = one_uuid[i / 2].told[at].cpu ? one_uuid[i / 2].told[at].cpu : "";
			if (one_uuid[i / 2].told[at].mem_bytes > 0)
				h->mem_bytes = num_of(one_uuid[i / 2].told[at].mem_bytes);
			build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
			if (!managed)
				build_post(lab, obs, true);
		}
		build_post(lab, vc, true);
		lab_settle(lab);
		g_test_message("%s", one_uuid[i / 2].what);
		g_assert_cmpint(lab->hosts->len, ==, one_uuid[i / 2].want);
		g_assert_cmpint(lab->rows->len, ==, one_uuid[i / 2].want);
		lab_free(lab);
	}
}

/* A source that is off is not waited for. */
static void test_off(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_ENGINE, "ollama", NULL, NULL);
	g_assert_false(lab_all_answered(lab));
	build_state(lab, TARGET_ENGINE, "ollama", SRC_OFF, 0, 0);
	g_assert_true(lab_all_answered(lab));
	lab_free(lab);
}

/* While a driver is busy what it said before stands; a number that came all the same is the newer one. */
static void test_busy(void)
{
	static const struct {
		double told, want;
	} cases[] = {{NAN, 71}, {80, 80}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs;
		build_llm1(&obs, 0);
		build_post(lab, obs, false);
		build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] =
			num_of(71);
		build_post(lab, obs, false);
		build_gpu_sample(build_sample(&obs, "llm-1", 1000), "7f3a")->metric[M_TEMP_JUNCTION_C] =
			(struct num){.v = cases[i].told, .state = NUM_BUSY};
		build_post(lab, obs, false);
		const struct lab_gpu *gpu = lab->gpus->pdata[0];
		g_assert_cmpfloat(gpu->sample->metric[M_TEMP_JUNCTION_C].v, ==, cases[i].want);
		g_assert_cmpint(gpu->sample->metric[M_TEMP_JUNCTION_C].state, ==, NUM_BUSY);
		lab_free(lab);
	}
}

/* What tools told of a VM is the past once it is off, also of one without a card. */
static void test_powered_off(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	struct guest_row *g = build_guest(&obs, "g", 0);
	g->addresses = build_words(obs->box, "10.0.4.1", NULL);
	build_post(lab, obs, false);
	for (int off = 0; off < 2; off++) {
		obs = build_inventory(ESX, 1, off * 1000);
		struct vm_row *vm = build_vm(obs, "1", "plain", "ha-host");
		vm->guest_ip = "10.0.4.1";
		vm->power = off ? POWER_OFF : POWER_ON;
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(((const struct lab_guest *)lab->guests->pdata[0])->vm != NULL, ==, !off);
	}
	lab_free(lab);
}

/* A guest is silent once its newest sample is older than three of its intervals, its cards with it. */
static void test_silent_guest(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_state(lab, TARGET_GUEST, "llm-1", SRC_LIVE, 3600 * 1000, 0); /* the source itself is not old */
	build_llm1(&obs, 0)->interval_ms = 2000;
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a");
	build_post(lab, obs, false);
	const struct lab_guest *g = lab->guests->pdata[0];
	build_time(lab, 6000);
	g_assert_false(g->stale);
	build_time(lab, 6001);
	g_assert_true(g->stale);
	lab_free(lab);
}

/* A VM that got another UUID is another one to those who know it by the old one. */
static void test_new_uuid(void)
{
	struct lab *lab = two_sources();
	struct obs *obs = build_esx01(1, 3000);
	struct vm_row *vm = (struct vm_row *)obs->u.inventory->vms[0];
	for (int i = 0; i < 2; i++) { /* the UUID alone joins them, then it does not */
		vm->instance_uuid = "";
		vm->uuid =
			i ? "77112233-4455-6677-8899-aabbccddeeff" : "00112233-4455-6677-8899-aabbccddeeff";
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(lab->vms->len, ==, i + 1);
		obs = build_esx01(1, 4000);
		vm = (struct vm_row *)obs->u.inventory->vms[0];
	}
	obs_free(obs);
	lab_free(lab);
}

/* A reading that was under way longer than the next one changes nothing; nor does one of a host that nobody knows. */
static void test_older_sensors(void)
{
	static const double want[] = {5400, 5400, 5000};
	static const int at_ms[] = {60000, 59000, 61000};
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	lab_settle(lab);
	const struct lab_host *h = lab->hosts->pdata[0];
	for (int i = 0; i < 3; i++) {
		struct obs *obs = build_sensors(ESX, "ha-host", at_ms[i]);
		build_sensor(obs, "Fan 1", "fan", "rpm", i == 0 ? 5400 : i == 1 ? 1200 : 5000);
		build_post(lab, obs, false);
		obs = build_sensors(ESX, "ha-other", at_ms[i]);
		build_sensor(obs, "Fan 1", "fan", "rpm", 77);
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(h->sensors->len, ==, 1);
		g_assert_cmpfloat(((const struct lab_sensor *)h->sensors->pdata[0])->value.v, ==, want[i]);
	}
	lab_free(lab);
}

/* Names that look alike, and what screens show for them. */
static const struct {
	const char *what;
	struct {
		const char *name, *host, *want;
	} vms[3];
} alike[] = {
	{"no two", {{"llm-1", "a", "llm-1"}, {"llm-2", "a", "llm-2"}, {"LLM-1", "a", "LLM-1"}}},
	{"one name on two hosts",
	 {{"llm", "a", "llm (a)"}, {"llm", "b", "llm (b)"}, {"other", "b", "other"}}},
	{"one name on one host", {{"llm", "a", "llm (vm-0)"}, {"llm", "a", "llm (vm-1)"}}},
	{"one of three elsewhere",
	 {{"llm", "a", "llm (vm-0)"}, {"llm", "a", "llm (vm-1)"}, {"llm", "b", "llm (vm-2)"}}},
	{"a blank at the end", {{"llm", "a", "llm (vm-0)"}, {"llm ", "a", "llm (vm-1)"}}},
	{"a blank before", {{" llm", "a", "llm (vm-0)"}, {"llm", "a", "llm (vm-1)"}}},
	{"two blanks for one", {{"my llm", "a", "my llm (vm-0)"}, {"my  llm", "a", "my llm (vm-1)"}}},
	{"a selector of a form", {{"llm", "a", "llm (vm-0)"}, {"llm\xef\xb8\x8f", "a", "llm (vm-1)"}}},
	{"letters of full width", {{"llm", "a", "llm (vm-0)"}, {"\xef\xbd\x8clm", "a", "llm (vm-1)"}}},
	{"a no-break space", {{"my llm", "a", "my llm (vm-0)"}, {"my\xc2\xa0llm", "a", "my llm (vm-1)"}}},
	{"a letter that is two characters",
	 {{"Kn\xc3\xb6terich", "a", "Kn\xc3\xb6terich (a)"},
	  {"Kno\xcc\x88terich", "b", "Kn\xc3\xb6terich (b)"}}},
	{"a blank at the end of one alone", {{"llm ", "a", "llm "}, {"other", "a", "other"}}},
};

static void test_alike(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(alike); i++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_inventory(VC, 1, 0);
		obs->u.inventory->is_vcenter = true;
		build_host(obs, "a", "a", "");
		build_host(obs, "b", "b", "");
		for (int k = 0; k < 3 && alike[i].vms[k].name; k++) {
			g_autofree char *moref = g_strdup_printf("vm-%d", k);
			build_vm(obs, moref, alike[i].vms[k].name, alike[i].vms[k].host);
		}
		build_post(lab, obs, true);
		lab_settle(lab);
		g_test_message("%s", alike[i].what);
		for (guint v = 0; v < lab->vms->len; v++) {
			const struct lab_vm *vm = lab->vms->pdata[v];
			int k = vm->row->moref[3] - '0';
			g_assert_cmpstr(vm->shown, ==, alike[i].vms[k].want);
			g_assert_cmpstr(vm->name, ==, alike[i].vms[k].name);
		}
		lab_free(lab);
	}
}

/* What looks alike changes with the lab; hosts say which source tells of them, and so do their VMs. */
static void test_alike_changes(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	for (int k = 0; k < 2; k++) {
		obs = build_inventory(k ? "e2" : "e1", 1, 0);
		build_host(obs, "ha-host", "localhost.localdomain", "");
		build_vm(obs, "1", "llm", "ha-host");
		build_post(lab, obs, true);
	}
	lab_settle(lab);
	g_assert_cmpint(lab->hosts->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		const struct lab_vm *vm = lab->vms->pdata[i];
		g_autofree char *host = g_strdup_printf("localhost.localdomain (%s)", h->row->source);
		g_autofree char *name = g_strdup_printf("llm (%s)", vm->host->shown);
		g_assert_cmpstr(h->shown, ==, host);
		g_assert_cmpstr(vm->shown, ==, name);
	}
	obs = build_inventory("e2", 1, 1000);
	build_vm(obs, "1", "other", "ha-host");
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpstr(((const struct lab_vm *)lab->vms->pdata[0])->shown, ==, "llm");
	g_assert_cmpstr(((const struct lab_vm *)lab->vms->pdata[1])->shown, ==, "other");
	obs = build_inventory("e2", 1, 2000);
	build_gone(obs, "ha-host");
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpstr(((const struct lab_host *)lab->hosts->pdata[0])->shown, ==, "localhost.localdomain");
	lab_free(lab);
}

/* ---- sensors ------------------------------------------------------------------------------------------------------------ */

static void test_sensors(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_sensors(ESX, "ha-host", 0);
	build_post(lab, build_esx01(1, 0), true);
	lab_settle(lab);
	const struct lab_host *h = lab->hosts->pdata[0];
	g_assert_null(h->sensors);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5400);
	build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
	build_post(lab, obs, false);
	obs = build_sensors(ESX, "ha-host", 60000);
	build_sensor(obs, "Fan 2", "fan", "rpm", 1300);
	build_sensor(obs, "Fan 3", "fan", "rpm", 5000);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(h->sensors->len, ==, 2);
	const struct lab_sensor *fan2 = h->sensors->pdata[0];
	g_assert_cmpstr(fan2->name, ==, "Fan 2");
	g_assert_cmpint(fan2->history.n, >, 1); /* kept over readings */
	g_assert_true(build_row(lab, "0000:03:00.0")->slowest_fan == fan2);

	build_post(lab, build_sensors(ESX, "ha-host", 120000), false);
	lab_settle(lab);
	g_assert_cmpint(h->sensors->len, ==, 0); /* told, and none: not the same as not told */
	g_assert_null(build_row(lab, "0000:03:00.0")->slowest_fan);
	lab_free(lab);
}

static void test_card_note(void)
{
	struct lab *lab = build_lab();
	struct card_note *note = g_new0(struct card_note, 1);
	*note = (struct card_note){.host = g_strdup("esx01"),
				   .bdf = g_strdup("0000:43:00.0"),
				   .riser = TRI_YES,
				   .fans = g_strsplit("Fan 1,Fan 3", ",", -1),
				   .owner = g_strdup("jo"),
				   .note = NULL};
	lab_add_card_note(lab, note);
	build_post(lab, build_esx01(1, 0), true);
	struct obs *obs = build_sensors(ESX, "ha-host", 0);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5400);
	build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
	build_sensor(obs, "Fan 3", "fan", "rpm", 5100);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *noted = build_row(lab, "0000:43:00.0"), *plain = build_row(lab, "0000:03:00.0");
	g_assert_cmpint(noted->fans->len, ==, 2);
	g_assert_cmpstr(noted->slowest_fan->name, ==, "Fan 3");
	g_assert_cmpstr(noted->owner, ==, "jo");
	g_assert_cmpstr(noted->note, ==, "");
	g_assert_cmpint(noted->riser, ==, TRI_YES);
	g_assert_null(plain->fans);
	g_assert_cmpstr(plain->slowest_fan->name, ==, "Fan 2");
	lab_free(lab);
}

/* ---- work ------------------------------------------------------------------------------------------------------------------ */

static struct obs *batch(int from, int n, const char *name)
{
	struct obs *obs = build_inventory(VC, 1, 0);
	for (int i = from; i < from + n; i++) {
		char moref[16], text[40];
		g_snprintf(moref, sizeof moref, "v-%d", i);
		g_snprintf(text, sizeof text, "%s-%05d", name, i);
		struct vm_row *vm = build_vm(obs, moref, text, "host-21");
		g_snprintf(text, sizeof text, "%08x-0000-4000-8000-000000000000", i);
		vm->uuid = box_text(obs->box, text, -1);
		g_snprintf(text, sizeof text, "00:50:56:00:%02x:%02x", i >> 8, i & 255);
		vm->macs = build_words(obs->box, text, NULL);
	}
	return obs;
}

static void test_ten_thousand(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, by_vcenter(0), false);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	for (int i = 0; i < 10000; i += 200) {
		build_post(lab, batch(i, 200, "vm"), false);
		lab_settle(lab);
	}
	const struct lab_work *work = lab_work(lab);
	g_assert_cmpint(lab->vms->len, ==, 10001);
	g_assert_cmpuint(work->merged, ==, 10002); /* each once, plus the host */
	g_assert_cmpuint(work->indexed, ==, 10001);
	g_assert_cmpuint(work->picked, <, 10500); /* a batch does not look at those before it */

	g_assert_cmpuint(work->joined, ==, 1); /* VMs without devices move no row */

	/* a sample touches no record and no join */
	struct lab_work before = *work;
	build_gpu_sample(build_sample(&obs, "llm-1", 1000), "7f3a")->metric[M_POWER_W] = num_of(100);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpuint(work->joined, ==, before.joined);
	g_assert_cmpuint(work->picked, ==, before.picked);
	g_assert_cmpuint(work->indexed, ==, before.indexed);
	g_assert_cmpuint(work->sorted, ==, before.sorted);

	/* one VM that has more load: that VM */
	before = *work;
	build_post(lab, batch(77, 1, "vm"), false);
	lab_settle(lab);
	g_assert_cmpuint(work->picked, ==, before.picked + 1);
	g_assert_cmpuint(work->indexed, ==, before.indexed);
	g_assert_cmpuint(work->joined, ==, before.joined);
	g_assert_cmpuint(work->sorted, ==, before.sorted);

	/* nothing: nothing */
	before = *work;
	lab_settle(lab);
	g_assert_cmpmem(work, sizeof *work, &before, sizeof before);
	lab_free(lab);
}

static void test_version(void)
{
	struct lab *lab = build_lab();
	uint64_t version = lab->version;
	build_time(lab, 100);
	g_assert_cmpuint(lab->version, ==, version); /* the shown second is the same */
	build_time(lab, 1000);
	g_assert_cmpuint(lab->version, >, version);
	version = lab->version;
	lab_settle(lab);
	lab_settle(lab);
	uint64_t settled = lab->version;
	lab_settle(lab);
	g_assert_cmpuint(lab->version, ==, settled);
	lab_log(lab, 0, ESX, "hello");
	g_assert_cmpuint(lab->version, >, settled);
	lab_free(lab);
}

static void test_log(void)
{
	struct lab *lab = build_lab();
	for (int i = 0; i < 1100; i++) {
		char text[16];
		g_snprintf(text, sizeof text, "line %d", i);
		lab_log(lab, 0, "", text);
	}
	g_assert_cmpint(lab->log->len, ==, 1000);
	const struct log_line *last = lab->log->pdata[999];
	g_assert_cmpstr(last->text, ==, "line 1099");
	g_assert_cmpuint(last->times, ==, 1);
	/* what is said again stands there once, as the newest, with how often; by another source or level it is another */
	lab_log(lab, 0, "", "line 500");
	g_assert_cmpint(lab->log->len, ==, 1000);
	last = lab->log->pdata[999];
	g_assert_cmpstr(last->text, ==, "line 500");
	g_assert_cmpuint(last->times, ==, 2);
	lab_log(lab, 0, "g", "line 500");
	lab_log(lab, G_LOG_LEVEL_WARNING, "", "line 500");
	last = lab->log->pdata[999];
	g_assert_cmpuint(last->times, ==, 1);
	last = lab->log->pdata[998];
	g_assert_cmpuint(last->times, ==, 1);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/lab/sources", test_sources);
	g_test_add_func("/lab/stale-rows", test_stale_rows);
	g_test_add_func("/lab/aged-sample", test_aged_sample);
	g_test_add_func("/lab/busy-metric", test_busy_metric);
	g_test_add_func("/lab/generations", test_generations);
	g_test_add_func("/lab/reference", test_reference);
	g_test_add_func("/lab/two-sources", test_two_sources);
	g_test_add_func("/lab/in-touch-speaks", test_in_touch_speaks);
	g_test_add_func("/lab/settings-speak", test_settings_speak);
	g_test_add_func("/lab/vms-before-hosts", test_vms_before_hosts);
	g_test_add_func("/lab/copies", test_copies);
	g_test_add_func("/lab/copy-on-another-host", test_copy_on_another_host);
	g_test_add_func("/lab/placeholder-uuid", test_placeholder_uuid);
	g_test_add_func("/lab/one-uuid", test_one_uuid);
	g_test_add_func("/lab/alike", test_alike);
	g_test_add_func("/lab/alike-changes", test_alike_changes);
	g_test_add_func("/lab/sensors", test_sensors);
	g_test_add_func("/lab/older-sensors", test_older_sensors);
	g_test_add_func("/lab/silent-guest", test_silent_guest);
	g_test_add_func("/lab/off", test_off);
	g_test_add_func("/lab/busy", test_busy);
	g_test_add_func("/lab/powered-off", test_powered_off);
	g_test_add_func("/lab/new-uuid", test_new_uuid);
	g_test_add_func("/lab/card-note", test_card_note);
	g_test_add_func("/lab/ten-thousand", test_ten_thousand);
	g_test_add_func("/lab/version", test_version);
	g_test_add_func("/lab/log", test_log);
	return g_test_run();
}
