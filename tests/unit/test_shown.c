/* test_shown.c - what the built-in lab has no example of, as it stands on the screen: parts of cards, cards that are gone,
 * what a person noted, boards without sensors, jobs, mounts, servers whose certificate nobody checked. */
#include "config.h"

#include "tests/unit/build_lab.h"
#include "tests/unit/frame.h"
#include "tests/unit/lab_parts.h"
#include "tests/unit/unit.h"
#include "tui/gpu_cells.h"
#include "tui/heat_plot.h"

#include <locale.h>

#define MINUTE_MS (60 * 1000)

/* ---- parts of cards ---------------------------------------------------------------------------------------------- */

static const char *const lists[] = {"overview", "gpus"};

static void add_part(struct guest_row *g, const char *id, const char *bdf, enum gpu_kind kind,
		     const char *name)
{
	struct gpu_row *part = build_gpu(g, id, bdf, "", 0x10de, 0x20b5);
	part->kind = kind;
	part->parent = "GPU-1";
	part->name = box_text(g->box, name, -1);
}

/* MIG instances and functions of a guest's card: rows under it, each with its own memory. */
static void test_parts_in_guest(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	struct guest_row *g = build_guest(&obs, "box", 0);
	build_gpu(g, "GPU-1", "0000:01:00.0", "", 0x10de, 0x20b5)->name = "NVIDIA A100 80GB PCIe";
	add_part(g, "MIG-1", "0000:01:00.0", GPU_KIND_MIG, "NVIDIA A100 80GB PCIe MIG 3g.40gb");
	add_part(g, "MIG-2", "0000:01:00.0", GPU_KIND_MIG, "NVIDIA A100 80GB PCIe MIG 3g.40gb");
	g->gpus[1].gpu_instance = num_of(1);
	g->gpus[2].gpu_instance = num_of(2);
	add_part(g, "VF-1", "0000:01:00.4", GPU_KIND_VF, "NVIDIA A100 80GB PCIe");
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "box", 0);
	build_gpu_sample(s, "GPU-1")->metric[M_TEMP_EDGE_C] = num_of(41);
	struct gpu_sample *mig = build_gpu_sample(s, "MIG-1");
	mig->metric[M_VRAM_TOTAL_BYTES] = num_of(40 * GIB);
	mig->metric[M_VRAM_USED_BYTES] = num_of(30 * GIB);
	build_gpu_sample(s, "VF-1")->metric[M_BUSY_PCT] = num_of(77);
	build_post(lab, obs, false);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *text = frame(lab, lists[i], "", 120, 30);
		assert_line(text,
			    "A100.* 01:00\\.0.*\n.*[└├] 1 3g\\.40gb .*30/40G.*\n.*[└├] 2 3g\\.40gb .*\n"
			    ".*[└├].*01:00\\.4.*77%",
			    true);
	}
	g_autofree char *card = frame(lab, "gpus", "<enter>", 160, 40),
			*part = frame(lab, "gpus", "j<enter>", 160, 40);
	assert_line(card, "parts: 1 3g\\.40gb, 2 3g\\.40gb, 01:00\\.4", true);
	assert_line(part, "A100 MIG 1 3g\\.40gb", true);
	assert_line(part, "GPU instance 1", true);
	lab_free(lab);
}

/* What the hypervisor's driver cuts a card into; the card itself takes what the host counts. */
static void test_parts_on_host(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	struct pci_row *a40 = build_pci(h, "0000:65:00.0", 0x10de, 0x2235, 0x0302);
	a40->graphics = GRAPHICS_SHARED_DIRECT;
	a40->host_temp_c = num_of(52);
	a40->host_power_w = num_of(88);
	struct pci_row *pf = build_pci(h, "0000:85:00.0", 0x10de, 0x2235, 0x0302);
	pf->sriov_capable = pf->sriov_active = TRI_YES;
	build_pci(h, "0000:85:00.4", 0x10de, 0x2235, 0x0302);
	build_vm_device(build_vm(obs, "1", "vgpu-1", "ha-host"), VMDEV_VGPU, "0000:65:00.0", 33)->profile =
		"grid_a40-8q";
	build_vm_device(build_vm(obs, "2", "vf-1", "ha-host"), VMDEV_SRIOV, "0000:85:00.4", -1);
	build_post(lab, obs, true);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *text = frame(lab, lists[i], "", 120, 30);
		assert_line(text, "A40 +65:00\\.0 .*52°C.*\n.*[└├].*8q +vgpu-1", true);
		assert_line(text, "A40 +65:00\\.0 .*88", true);
		assert_line(text, "8q +vgpu-1 .* no guest source for this VM", true);
		assert_line(
			text,
			"A40 +85:00\\.0.* SR-IOV: its functions are handed out.*\n.*[└├].*85:00\\.4 +vf-1",
			true);
	}
	lab_free(lab);
}

/* ---- functions that nobody has ----------------------------------------------------------------------------------------- */

static struct lab *functions_lab(bool here)
{
	struct lab *lab = build_lab();
	build_post(lab, lab_parts_host(here), true);
	return lab;
}

/* Those that VMs have are rows; the rest is counted, until somebody asks. One or two are not worth a fold. */
static void test_functions(void)
{
	struct lab *lab = functions_lab(false);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *folded = frame(lab, lists[i], "", 80, 24),
				*listed = frame(lab, lists[i], "f", 80, 30),
				*again = frame(lab, lists[i], "ff", 80, 24),
				*opened = frame(lab, lists[i], "G<enter>", 80, 30);
		assert_line(folded,
			    "A40 +17:00\\.0 the host .*\n.*└ 17:00\\.4 +vm-0.*\n.*└ 17:00\\.5 +vm-1.*\n"
			    ".*└ 17:00\\.6 +nobody .*free: passed through, no VM has it.*\n"
			    ".*A40 +85:00\\.0.*\n.*└ 85:1f\\.2 +vm-2.*\n.*└ 86:00\\.7 +vm-3.*\n"
			    ".*└ 14 VFs +nobody .*free: 2 available, 12 active",
			    true);
		assert_line(folded, "85:1f\\.0|86:00\\.3", false);
		assert_line(folded, " f functions", true); /* the hint */
		g_assert_cmpstr(folded, ==, again);
		assert_line(listed, "└ 85:1f\\.0 +nobody .*passthrough available, off", true);
		assert_line(listed, "└ 86:00\\.3 +nobody .*free: passed through", true);
		assert_line(listed, "14 VFs", false);
		assert_line(opened, "▸.└ 85:1f\\.0.*\n.*└ 85:1f\\.1", true);
	}
	lab_free(lab);
}

/* A filter finds a function that is folded; folding takes the cursor along. */
static void test_functions_found(void)
{
	struct lab *lab = functions_lab(false);
	g_autofree char *found = frame(lab, "gpus", "/86:00.3<enter>", 80, 24),
			*cursor = frame(lab, "gpus", "fGkf", 80, 24),
			*page = frame(lab, "gpus", "fGk<enter>", 80, 24),
			*card = frame(lab, "gpus", "jjjj<enter>", 80, 24);
	assert_line(found, "└ 86:00\\.3 +nobody", true);
	assert_line(found, "86:00\\.2|17:00\\.6", false);
	assert_line(cursor, "▸.└ 14 VFs", true);
	assert_line(page, "virtual function of 85:00\\.0, by its address: the host does not tell", true);
	assert_line(page, "passthrough: active", true);
	assert_line(card, "SR-IOV: 16 of 32 functions", true);
	assert_line(card,
		    "85:1f\\.2 +vm-2 +no guest source for this VM\n 86:00\\.7 +vm-3 .*\n 85:1f\\.0 +- "
		    "+passthrough",
		    true);
	assert_line(card, "and 4 more", true);
	lab_free(lab);
}

/* This machine has no passthrough states; it knows who drives them. */
static void test_functions_here(void)
{
	struct lab *lab = functions_lab(true);
	g_autofree char *text = frame(lab, "gpus", "", 100, 24), *listed = frame(lab, "gpus", "f", 100, 40);
	assert_line(text, "└ 16 VFs +- .*8 vfio-pci, 8 no driver", true);
	assert_line(listed, "└ 85:1f\\.0 +- .*(vfio-pci|no driver)", true);
	assert_line(text, "free", false);
	lab_free(lab);
}

/* Without such cards there is no key for it. */
static void test_no_functions(void)
{
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	g_autofree char *text = frame(lab, "gpus", "", 120, 24), *pressed = frame(lab, "gpus", "f", 120, 24);
	assert_line(text, "functions", false);
	assert_line(pressed, "functions: no free SR-IOV functions", true);
	lab_free(lab);
}

/* ---- what a host tells seldom ------------------------------------------------------------------------------------------ */

static void tell_fans(struct lab *lab, double slow_rpm, int64_t at_ms)
{
	struct obs *obs = build_sensors("esx01", "ha-host", at_ms);
	obs->u.sensors->interval_ms = MINUTE_MS;
	build_sensor(obs, "Fan 1", "fan", "rpm", 5000);
	build_sensor(obs, "Fan 2", "fan", "rpm", slow_rpm);
	build_post(lab, obs, false);
	build_time(lab, at_ms);
}

/* Fans stand as steps: level from one reading to the next, then straight down; and no further than three readings. */
static void test_fans_in_steps(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 15000, 0);
	build_post(lab, build_esx01(1, 0), true);
	for (int minute = 1; minute <= 20; minute++)
		tell_fans(lab, minute <= 10 ? 5000 : 1000, minute * MINUTE_MS);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 15000, 20 * MINUTE_MS);
	g_autofree char *text = frame(lab, "hosts", "", 120, 40);
	assert_line(text, "fans, rpm: in steps, as the host read them", true);
	assert_line(text, "5k┤ *⠉{20,}⢹⠉{20,} 5,000 Fan 1", true);
	assert_line(text, "^ +┤ +⢸$", true); /* nothing but an upright between the two levels */
	assert_line(text, "1k┤ +⢸⣀{20,} 1,000 Fan 2", true);
	lab_free(lab);
}

static void test_profiles(void)
{
	static const char *const profiles[] = {"grid_a40-8q", "grid_a40-48q", NULL};
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	build_host(obs, "ha-host", "esx02", "")->vgpu_profiles = profiles;
	build_post(lab, obs, true);
	g_autofree char *text = frame(lab, "hosts", "", 100, 30);
	assert_line(text, "vGPU profiles  grid_a40-8q · grid_a40-48q", true);
	lab_free(lab);
}

/* ---- cards that do not answer ---------------------------------------------------------------------------------------- */

static void test_states(void)
{
	static const struct {
		enum gpu_state state;
		const char *line;
	} cases[] = {
		{GPU_LIVE, "MI50.* 71°C"},
		{GPU_BUSY, "MI50.* 71°C"},
		{GPU_SUSPENDED, "MI50.* llm-1 .* suspended"},
		{GPU_LOST, "MI50.* llm-1 .* LOST: the card no longer answers"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs;
		build_post(lab, build_esx01(1, 0), true);
		build_llm1(&obs, 0);
		build_post(lab, obs, false);
		struct gpu_sample *s = build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a");
		s->state = cases[i].state;
		s->metric[M_TEMP_JUNCTION_C] = num_of(71);
		build_post(lab, obs, false);
		for (gsize k = 0; k < G_N_ELEMENTS(lists); k++) {
			g_autofree char *text = frame(lab, lists[k], "", 120, 30);
			assert_line(text, cases[i].line, true);
			assert_line(text, "71°C", cases[i].state <= GPU_BUSY);
		}
		lab_free(lab);
	}
}

/* What a host tells of a card that nobody measures is its memory's size: the row says why there is nothing more. */
static void test_unmeasured(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct host_row *h = (struct host_row *)obs->u.inventory->hosts[0];
	for (int i = 0; i < h->n_pci; i++)
		h->pci[i].graphics_mem_bytes = num_of(32 * GIB);
	build_post(lab, obs, true);
	for (gsize k = 0; k < G_N_ELEMENTS(lists); k++) {
		g_autofree char *text = frame(lab, lists[k], "", 120, 30);
		assert_line(text, "MI50 03:00\\.0 +llm-1 .* no guest source for this VM", true);
		assert_line(text, "MI50 43:00\\.0 +nobody .* free: passed through, no VM has it", true);
	}
	lab_free(lab);
}

/* ---- the person's own knowledge ---------------------------------------------------------------------------------------- */

static struct lab *cooled_lab(bool noted)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	if (noted) {
		struct card_note *note = g_new0(struct card_note, 1);
		*note = (struct card_note){.host = g_strdup("esx01"),
					   .bdf = g_strdup("0000:03:00.0"),
					   .riser = TRI_YES,
					   .fans = g_strsplit("Fan 1,Fan 3", ",", -1),
					   .owner = g_strdup("jo"),
					   .note = g_strdup("repasted in May")};
		lab_add_card_note(lab, note);
	}
	build_post(lab, build_esx01(1, 0), true);
	obs = build_sensors("esx01", "ha-host", 0);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5400);
	build_sensor(obs, "Fan 2", "fan", "rpm", 4240);
	build_sensor(obs, "Fan 3", "fan", "rpm", 5100);
	build_post(lab, obs, false);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(71);
	build_post(lab, obs, false);
	return lab;
}

static void test_notes(void)
{
	struct lab *lab = cooled_lab(true);
	g_autofree char *page = frame(lab, "gpus", "<enter>", 160, 40);
	assert_line(page, "owner jo · on a riser · repasted in May", true);
	assert_line(page, "cooled by Fan 3 5,100 rpm", true);
	g_autofree char *list = frame(lab, "gpus", "", 200, 30);
	assert_line(list, "MI50 03:00\\.0.* 5,100( |$)", true);
	lab_free(lab);
}

static void test_no_notes(void)
{
	struct lab *lab = cooled_lab(false);
	g_autofree char *page = frame(lab, "gpus", "<enter>", 160, 40);
	assert_line(page, "slowest chassis fan: Fan 2 4,240 rpm", true);
	assert_line(page, "riser|owner", false);
	g_autofree char *list = frame(lab, "gpus", "", 200, 30);
	assert_line(list, "MI50 03:00\\.0.* 4,240 host", true);
	lab_free(lab);
}

/* ---- sensors ----------------------------------------------------------------------------------------------------------- */

static void test_sensors(void)
{
	struct lab *lab = build_lab();
	build_post(lab, build_esx01(1, 0), true);
	g_autofree char *untold = frame(lab, "hosts", "", 120, 30);
	assert_line(untold, "no sensors", false); /* not asked yet is not the same */
	build_post(lab, build_sensors("esx01", "ha-host", 0), false);
	g_autofree char *told = frame(lab, "hosts", "", 120, 30);
	assert_line(told, "esx01.* no sensors", true);
	assert_line(told, "no sensors: this board tells the hypervisor of none", true);
	lab_free(lab);
}

/* ---- VMs out of reach --------------------------------------------------------------------------------------------------- */

/* The list says how, the page what that means; what was told of the VM is the last known. Where all are in reach there is
 * no column for it. */
static void test_out_of_reach(void)
{
	static const struct {
		enum vm_connection connection;
		const char *word, *means;
	} cases[] = {
		{VM_DISCONNECTED, "disconnected", "vCenter is not in touch with its host"},
		{VM_ORPHANED, "orphaned", "vCenter knows it, its host does not"},
		{VM_INACCESSIBLE, "inaccessible", "its files cannot be read"},
		{VM_INVALID, "invalid", "its configuration cannot be read"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_esx01(1, 0);
		((struct vm_row *)obs->u.inventory->vms[0])->connection = cases[i].connection;
		build_vm(obs, "2", "other", "ha-host");
		build_post(lab, obs, true);
		static const int widths[] = {60, 80, 120};
		for (gsize w = 0; w < G_N_ELEMENTS(widths); w++) {
			g_autofree char *list = frame(lab, "vms", "", widths[w], 20);
			g_autofree char *line = g_strdup_printf("llm-1 +~on .* %s *$", cases[i].word);
			assert_line(list, "STATE", true);
			assert_line(list, line, true);
			assert_line(list, "other +on .* connected *$", true);
		}
		g_autofree char *page = frame(lab, "vms", "<enter>", 120, 30);
		g_autofree char *means = g_strdup_printf("%s: %s; what stands here is the last known",
							 cases[i].word, cases[i].means);
		assert_line(page, "llm-1 +~on ", true);
		assert_line(page, means, true);
		g_autofree char *gpus = frame(lab, "gpus", "", 120, 20);
		g_autofree char *why = g_strdup_printf("VM is %s", cases[i].word);
		assert_line(gpus, why, true);
		lab_free(lab);
	}
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	((struct vm_row *)obs->u.inventory->vms[0])->question = "Was it moved or copied?";
	build_post(lab, obs, true);
	g_autofree char *list = frame(lab, "vms", "", 120, 20), *page = frame(lab, "vms", "<enter>", 120, 30);
	assert_line(list, "llm-1 +on ", true);
	assert_line(list, "STATE", false);
	assert_line(page, "waits for an answer: Was it moved or copied", true);
	assert_line(page, "last known", false);
	assert_line(page, "SETTING +NOW", true);
	lab_free(lab);
}

/* A function without an address of its own: the card it is cut from is named as such. */
static void test_untold_function(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_host(obs, "ha-host", "esx01", "");
	struct vm_row *vm = build_vm(obs, "1", "router", "ha-host");
	g_strlcpy(build_vm_device(vm, VMDEV_SRIOV, "", -1)->physical, "0000:1a:00.1", BDF_SIZE);
	build_vm_device(vm, VMDEV_SRIOV, "", -1);
	g_strlcpy(build_vm_device(vm, VMDEV_SRIOV, "0000:1b:01.2", -1)->physical, "0000:1b:00.0", BDF_SIZE);
	build_post(lab, obs, true);
	g_autofree char *page = frame(lab, "vms", "<enter>", 120, 30);
	assert_line(page, "sriov +of 1a:00.1 ", true);
	assert_line(page, "sriov +- ", true);
	assert_line(page, "sriov +0000:1b:01.2 ", true);
	assert_line(page, "0000:1a:00.1", false);
	lab_free(lab);
}

/* Where hosts are not simply connected, that is in words; a small VM has memory all the same. */
static void test_host_words(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct host_row *h = (struct host_row *)obs->u.inventory->hosts[0];
	static const struct numa_node node = {.id = 0};
	h->state = HOST_NOT_RESPONDING;
	h->maintenance = TRI_YES; /* what was told last */
	h->nodes = (struct numa_node *)&node;
	h->n_nodes = 1;
	build_vm(obs, "2", "vCLS", "ha-host")->memory_mb = num_of(128);
	build_vm(obs, "3", "big", "ha-host")->memory_mb = num_of(131072);
	build_post(lab, obs, true);
	g_autofree char *hosts = frame(lab, "hosts", "", 120, 20), *numa = frame(lab, "numa", "", 120, 30);
	assert_line(hosts, "esx01 +not responding", true);
	assert_line(numa, "vCLS .* 128 MiB", true);
	assert_line(numa, "big .* 128 GiB", true);
	lab_free(lab);
}

/* ---- more nodes than there is room for --------------------------------------------------------------------------- */

/* Which ones are shown stands on a line of its own. */
static void test_many_nodes(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "");
	h->n_nodes = 8;
	h->nodes = box_array0(obs->box, struct numa_node, 8);
	for (int i = 0; i < h->n_nodes; i++)
		h->nodes[i].id = i;
	build_vm(obs, "1", "anywhere-1", "ha-host")->power = POWER_ON;
	build_post(lab, obs, true);
	g_autofree char *text = frame(lab, "numa", "", 80, 24);
	assert_line(text, "^ nodes 0–1 of 8: ← → show others$", true);
	assert_line(text, "^ anywhere, the host decides: anywhere-1 ", true);
	lab_free(lab);
}

/* ---- jobs and mounts --------------------------------------------------------------------------------------------------- */

static struct lab *working_lab(int64_t runs_ms, double mount_age_ms)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 0);
	struct gpu_sample *g = build_gpu_sample(s, "7f3a");
	g->metric[M_VRAM_TOTAL_BYTES] = num_of(32 * GIB);
	g->metric[M_VRAM_USED_BYTES] = num_of(12 * GIB);
	build_proc(s, 9, 1, "python3", "train.py", "7f3a", 11 * GIB)->start_ms = s->wall_ms - runs_ms;
	s->has_mounts = true;
	s->mounts[s->n_mounts++] = (struct mount_row){"nas:/models",        "/models",       "nfs4",
						      num_of(mount_age_ms), num_of(4 * GIB), num_of(GIB)};
	build_post(lab, obs, false);
	return lab;
}

/* What belongs to no engine is a job when it runs longer than ten minutes. */
static void test_jobs(void)
{
	struct lab *lab = working_lab(11 * MINUTE_MS, 0);
	g_autofree char *list = frame(lab, "gpus", "", 160, 30),
			*page = frame(lab, "gpus", "<enter>", 200, 40);
	assert_line(list, "MI50 03:00\\.0.*job python3", true);
	assert_line(page, "python3 +9 +11\\.0G.*job, 11 min · train\\.py", true);
	lab_free(lab);
	lab = working_lab(9 * MINUTE_MS, 0);
	g_autofree char *young = frame(lab, "gpus", "<enter>", 200, 40);
	assert_line(young, "python3 +9 +11\\.0G", true);
	assert_line(young, "job", false);
	lab_free(lab);
}

static void test_mounts(void)
{
	struct lab *lab = working_lab(0, 5000);
	g_autofree char *good = frame(lab, "vms", "<enter>", 120, 30);
	assert_line(good, "/models +1\\.0G of 4\\.0G +nfs4 nas:/models +5s ago", true);
	lab_free(lab);
	lab = working_lab(0, 5000);
	g_autofree char *values = frame(lab, "gpus", "<enter>i", 80,
					50); /* a guest that is no VM of ours has no page but this */
	assert_line(values, "/models +1\\.0G of 4\\.0G", true);
	lab_free(lab);
	lab = working_lab(0, 3 * MINUTE_MS);
	g_autofree char *dead = frame(lab, "vms", "<enter>", 120, 30);
	assert_line(dead, "/models.*no answer for 3m", true);
	lab_free(lab);
}

/* ---- certificates that are not checked ------------------------------------------------------------------------------------ */

static void test_unchecked(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, "esx01", "tls", "insecure");
	struct obs *obs = build_obs(OBS_SOURCE, TARGET_VSPHERE, "esx01", 0);
	obs->u.src = box_new0(obs->box, struct obs_source);
	*obs->u.src = (struct obs_source){.state = SRC_LIVE,
					  .reason = "",
					  .hint = "",
					  .detail = "",
					  .error = -1,
					  .interval_ms = 60000,
					  .insecure = true};
	lab_fold(lab, obs);
	g_autofree char *one = frame(lab, "overview", "", 80, 24);
	assert_line(one, "^ attic.* ● esx01 unchecked ", true);
	for (int i = 0; i < 12; i++) {
		g_autofree char *name = g_strdup_printf("a-guest-%d", i);
		build_target(lab, TARGET_GUEST, name, NULL, NULL);
		build_state(lab, TARGET_GUEST, name, SRC_LIVE, 1000, 0);
	}
	g_autofree char *many =
		frame(lab, "overview", "", 80, 24); /* most of the well ones are a number; this is told */
	assert_line(many, "^ attic.* ● a-guest-0 ● 11 more ● esx01 unchecked ", true);
	g_autofree char *narrow = frame(lab, "overview", "", 60, 16);
	assert_line(narrow, "unchecked", true);
	lab_free(lab);
}

/* What a source says again stands once, with how often. */
static void test_said_again(void)
{
	struct lab *lab = build_lab();
	lab_log(lab, G_LOG_LEVEL_WARNING, "a", "said once");
	for (int i = 0; i < 2; i++)
		lab_log(lab, G_LOG_LEVEL_WARNING, "b", "said twice");
	g_autofree char *text = frame(lab, "tasks", "", 160, 30);
	assert_line(text, "warning +a +said once *\n", true);
	assert_line(text, "warning +b +said twice +2 times", true);
	lab_free(lab);
}

/* One sentence a subject; a fan that is slow explains the heat of the card that it cools and of no other thing. How many
 * more there are stands on the last line, however few lines there are. */
static void test_sentences(void)
{
	for (int configured = 0; configured < 2; configured++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_esx01(1, 0);
		struct vm_row *vm = build_vm(obs, "9", "aaa", "ha-host");
		vm->cpu_hot_add = TRI_YES;
		vm->snapshots = num_of(2);
		build_extra(vm, "pciPassthru.use64bitMMIO", "TRUE");
		build_post(lab, obs, true);
		if (configured) {
			struct card_note *note = g_new0(struct card_note, 1);
			note->host = g_strdup("esx01");
			note->bdf = g_strdup("0000:03:00.0");
			note->fans = g_strsplit("Fan 2", ",", -1);
			note->owner = g_strdup("");
			note->note = g_strdup("");
			lab_add_card_note(lab, note);
		}
		build_llm1(&obs, 0);
		build_post(lab, obs, false);
		obs = build_sensors("esx01", "ha-host", 0);
		build_sensor(obs, "Fan 1", "fan", "rpm", 5400);
		build_sensor(obs, "Fan 2", "fan", "rpm", 1240);
		build_sensor(obs, "Fan 3", "fan", "rpm", 5400);
		build_post(lab, obs, false);
		for (int t = 0; t <= 240; t++) {
			struct gpu_sample *s =
				build_gpu_sample(build_sample(&obs, "llm-1", t * 1000), "7f3a");
			s->metric[M_TEMP_JUNCTION_C] = num_of(88);
			s->throttle = THROTTLE_THERMAL;
			s->metric[M_SCLK_MHZ] = num_of(1000);
			s->metric[M_BUSY_PCT] = num_of(99);
			build_time(lab, t * 1000);
			build_post(lab, obs, false);
		}
		lab_settle(lab);
		g_autofree char *all = frame(lab, "why", "", 160, 30);
		assert_line(all, "esx01 03:00.0 +88 °C, slowed 4 min: Fan 2 1,240 rpm", configured);
		assert_line(all, "esx01 03:00.0 +88 °C, slowed 4 min ", !configured);
		assert_line(all, "esx01 Fan 2 +far slower than its twins", !configured);
		assert_line(all, "!aaa +.*CPU hot add on, has snapshots", true);
		assert_line(all, "esx01 03:00.0 slowed by heat: thermal bit set", false);
		g_autofree char *small = frame(lab, "overview", "", 60, 12);
		assert_line(small, "\\+[0-9]+: D", true);
		lab_free(lab);
	}
}

/* The cursor is on the worst although it came last, until somebody moves it. */
static void test_worst_under_cursor(void)
{
	struct lab *lab = build_lab();
	struct ui_options options = {.glyphs = GLYPHS_UNICODE, .view = "why"};
	struct ui *ui = ui_new(&options, NULL);
	struct obs *obs = build_esx01(1, 0);
	struct vm_row *vm = build_vm(obs, "9", "aaa", "ha-host");
	vm->cpu_hot_add = TRI_YES;
	build_extra(vm, "pciPassthru.use64bitMMIO", "TRUE");
	build_post(lab, obs, true);
	lab_settle(lab);
	ui_update(ui, lab);
	for (int down = 0; down < 2; down++) {
		build_state(lab, TARGET_GUEST, down ? "b" : "a", SRC_DOWN, 1000, 0);
		lab_settle(lab);
		ui_update(ui, lab);
		struct canvas *c = canvas_new(100, 24, GLYPHS_UNICODE);
		ui_draw(ui, lab, c);
		g_autofree char *text = canvas_dump_text(c);
		assert_line(text, "▸✗a ", true);
		canvas_free(c);
	}
	ui_free(ui);
	lab_free(lab);
}

/* A list that is empty because its source is down says so, and does not tell how to name the source that is named. */
static void test_empty_lists(void)
{
	static const struct {
		const char *view;
		enum target_kind kind;
	} cases[] = {{"hosts", TARGET_VSPHERE},
		     {"vms", TARGET_VSPHERE},
		     {"gpus", TARGET_VSPHERE},
		     {"engines", TARGET_ENGINE}};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		g_autofree char *nobody = frame(lab, cases[i].view, "", 80, 24);
		assert_line(nobody, "labtop.conf|nor a guest", true);
		assert_line(nobody, "Who is asked", false);
		build_target(lab, cases[i].kind, "there", NULL, NULL);
		build_state(lab, cases[i].kind, "there", SRC_DOWN, 1000, 0);
		g_autofree char *down = frame(lab, cases[i].view, "", 80, 24);
		assert_line(down, "is known yet. Who is asked:", true);
		assert_line(down, "✗ .*there +down", true);
		assert_line(down, "r refreshes now", true);
		assert_line(down, "labtop.conf", false);
		assert_line(down, "s sort", false);
		lab_free(lab);
	}
}

static bool draws_warn_line(const struct lab *lab, struct canvas *c)
{
	canvas_clear(c);
	heat_plot_draw(lab, NULL, c, rect_of(0, 0, c->w, c->h));
	for (int i = 0; i < c->w * c->h; i++)
		if (c->cells[i].role == ROLE_BAR_MID)
			return true;
	return false;
}

/* Three free functions are one line, two are listed. */
static void test_few_spares(void)
{
	for (int n = 2; n <= 4; n++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_inventory("esx02", 1, 0);
		build_functions(build_host(obs, "ha-host", "esx02", ""), "0000:17:00.0", 0x10de, 0x2235, 4,
				n);
		build_post(lab, obs, true);
		lab_settle(lab);
		g_assert_cmpint(lab->rows->len, ==, 1 + n);
		g_assert_cmpint(lab_spares_to_fold(lab, 0), ==, n < 3 ? 0 : n);
		lab_free(lab);
	}
}

/* One temperature from which a card is hot, for cells and plots: the configured one. */
static void test_warn(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(50);
	build_post(lab, obs, false);
	lab_settle(lab);
	struct canvas *c = canvas_new(80, 24, GLYPHS_UNICODE);
	g_assert_false(draws_warn_line(lab, c)); /* 85 is beyond the plot of a card at 50 */
	g_assert_cmpint(temp_role(lab, num_of(84), num_of(105)), ==, ROLE_TEXT);
	g_assert_cmpint(temp_role(lab, num_of(85), num_of(105)), ==, ROLE_WARN);
	lab_set_thermal(lab, 60, 1000);
	g_assert_cmpint(temp_role(lab, num_of(59), num_of(105)), ==, ROLE_TEXT);
	g_assert_cmpint(temp_role(lab, num_of(60), num_of(105)), ==, ROLE_WARN);
	g_assert_cmpint(temp_role(lab, num_of(100), num_of(105)), ==, ROLE_CRIT);
	lab_set_thermal(lab, 52, 1000);
	g_assert_true(draws_warn_line(lab, c));
	canvas_free(c);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/shown/fans-in-steps", test_fans_in_steps);
	g_test_add_func("/shown/profiles", test_profiles);
	g_test_add_func("/shown/parts-in-guest", test_parts_in_guest);
	g_test_add_func("/shown/parts-on-host", test_parts_on_host);
	g_test_add_func("/shown/functions", test_functions);
	g_test_add_func("/shown/functions-found", test_functions_found);
	g_test_add_func("/shown/functions-here", test_functions_here);
	g_test_add_func("/shown/no-functions", test_no_functions);
	g_test_add_func("/shown/said-again", test_said_again);
	g_test_add_func("/shown/states", test_states);
	g_test_add_func("/shown/unmeasured", test_unmeasured);
	g_test_add_func("/shown/notes", test_notes);
	g_test_add_func("/shown/no-notes", test_no_notes);
	g_test_add_func("/shown/sensors", test_sensors);
	g_test_add_func("/shown/out-of-reach", test_out_of_reach);
	g_test_add_func("/shown/untold-function", test_untold_function);
	g_test_add_func("/shown/host-words", test_host_words);
	g_test_add_func("/shown/many-nodes", test_many_nodes);
	g_test_add_func("/shown/jobs", test_jobs);
	g_test_add_func("/shown/mounts", test_mounts);
	g_test_add_func("/shown/unchecked", test_unchecked);
	g_test_add_func("/shown/sentences", test_sentences);
	g_test_add_func("/shown/worst-under-cursor", test_worst_under_cursor);
	g_test_add_func("/shown/empty-lists", test_empty_lists);
	g_test_add_func("/shown/warn", test_warn);
	g_test_add_func("/shown/few-spares", test_few_spares);
	return g_test_run();
}
