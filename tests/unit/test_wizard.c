/* test_wizard.c - answers become plans: the right steps in the right order, and a clear word for each wrong answer. */
#include "config.h"
#include "lab/wizard.h"

#include "lab/error.h"
#include "lab/hurts.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/lab_demo.h"
#include "tests/unit/unit.h"

/* A plan as text: "s1 vm.shutdown llm-1 on→off" a line, with what is done already left out. */
static char *told(const struct plan *plan, const struct lab *lab)
{
	GString *out = g_string_new(NULL);
	for (int i = 0; i < plan->n_steps; i++) {
		const struct step *s = &plan->steps[i];
		g_autoptr(GString) why = g_string_new(NULL);
		enum verdict v = plan_check(plan, i, lab, why);
		if (v == V_ALREADY)
			continue;
		g_string_append_printf(out, "%s %s %s%s%s %s>%s%s%s\n", v == V_READY ? "-" : verdict_names[v],
				       s->ops->name, s->target.name, *s->key ? " " : "", s->key, s->before,
				       s->want, v == V_READY ? "" : ": ", v == V_READY ? "" : why->str);
	}
	return g_string_free(out, FALSE);
}

static void assert_plan(const struct lab *lab, const char *wizard, const char *const *words, const char *want)
{
	g_autoptr(GError) error = NULL;
	struct plan *plan = wizard_plan(wizard_find(wizard), lab, words, &error);
	g_assert_no_error(error);
	g_autofree char *text = told(plan, lab);
	g_assert_cmpstr(text, ==, want);
	plan_unref(plan);
}

static void assert_error(const struct lab *lab, const char *wizard, const char *const *words, int code,
			 const char *want)
{
	g_autoptr(GError) error = NULL;
	struct plan *plan = wizard_plan(wizard_find(wizard), lab, words, &error);
	g_assert_null(plan);
	g_assert_error(error, LAB_ERROR, code);
	g_assert_cmpstr(error->message, ==, want);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* design.md: a plan that gives new-llm cards which llm-1 holds begins by shutting llm-1 down. */
static void test_gpu_vm(void)
{
	struct lab *lab = lab_demo_new();
	assert_plan(lab, "gpu-vm", WORDS("vm=new-llm", "gpu=all", "host=esx01"),
		    "- vm.shutdown llm-1 on>off\n"
		    "- vm.remove-snapshots new-llm 1>0\n"
		    "- vm.firmware new-llm bios>efi\n"
		    "- vm.reserve-all-memory new-llm 0 MB>all\n"
		    "- vm.cpu-hot-add new-llm on>off\n"
		    "- vm.extra-config new-llm pciPassthru.use64bitMMIO >TRUE\n"
		    "- vm.extra-config new-llm pciPassthru.64bitMMIOSizeGB 64>256\n"
		    "- vm.extra-config new-llm hypervisor.cpuid.v0 >FALSE\n"
		    "- vm.pci-device new-llm 0000:03:00.0 detached>attached\n"
		    "- vm.pci-device new-llm 0000:43:00.0 detached>attached\n"
		    "- vm.pci-device new-llm 0000:83:00.0 detached>attached\n"
		    "- vm.pci-device new-llm 0000:c3:00.0 detached>attached\n"
		    "- vm.power-on new-llm off>on\n");
	assert_plan(lab, "gpu-vm", WORDS("gpu=83:00.0", "vm=new-llm"),
		    "- vm.shutdown llm-1 on>off\n"
		    "- vm.remove-snapshots new-llm 1>0\n"
		    "- vm.firmware new-llm bios>efi\n"
		    "- vm.reserve-all-memory new-llm 0 MB>all\n"
		    "- vm.cpu-hot-add new-llm on>off\n"
		    "- vm.extra-config new-llm pciPassthru.use64bitMMIO >TRUE\n"
		    "- vm.extra-config new-llm hypervisor.cpuid.v0 >FALSE\n"
		    "- vm.extra-config new-llm numa.nodeAffinity >1\n"
		    "- vm.pci-device new-llm 0000:83:00.0 detached>attached\n"
		    "- vm.power-on new-llm off>on\n");
	/* llm-1 is right already: nothing to do, and it is not stopped for it */
	assert_plan(lab, "gpu-vm",
		    WORDS("vm=llm-1", "gpu=0000:03:00.0,0000:43:00.0,0000:83:00.0,0000:c3:00.0"), "");
	lab_free(lab);
}

static void test_gpu_vm_refusals(void)
{
	struct lab *lab = lab_demo_new();
	assert_error(lab, "gpu-vm", WORDS("vm=new-llm", "gpu=all", "disk=empty"), LAB_ERR_USAGE,
		     "disk=empty: has no meaning here"); /* nothing was ever written to it: nobody is asked */
	/* nas boots by BIOS, and something is installed there */
	assert_error(lab, "gpu-vm", WORDS("vm=nas", "gpu=all"), LAB_ERR_USAGE,
		     "gpu-vm needs disk=…: the VM has BIOS firmware and needs EFI; an installed system would "
		     "not boot any more");
	assert_error(
		lab, "gpu-vm", WORDS("vm=nas", "gpu=all", "disk=installed"), LAB_ERR_CONFLICT,
		"disk=installed: it would not boot by EFI, and a card with a large BAR needs EFI: convert "
		"the installation first, or install anew");
	assert_error(lab, "gpu-vm", WORDS("vm=new-lm", "gpu=all"), LAB_ERR_USAGE,
		     "vm=new-lm: no such choice; did you mean new-llm?");
	assert_error(lab, "gpu-vm", WORDS("vm=new-llm", "gpu=17:00.0"), LAB_ERR_USAGE,
		     "gpu=17:00.0: no such choice; there are: 0000:03:00.0, 0000:43:00.0, 0000:83:00.0, "
		     "0000:c3:00.0");
	assert_error(lab, "gpu-vm", WORDS("vm=new-llm", "gp=all"), LAB_ERR_USAGE,
		     "gp: gpu-vm has no such question; did you mean gpu=?");
	assert_error(lab, "gpu-vm", WORDS("vm=new-llm", "vm=llm-1"), LAB_ERR_USAGE, "vm=: given twice");
	assert_error(lab, "gpu-vm", WORDS("vm"), LAB_ERR_USAGE, "vm: needs a value, vm=…");
	assert_error(lab, "gpu-vm", WORDS("vm=llm-1", "gpu=all", "disk=empty"), LAB_ERR_USAGE,
		     "disk=empty: has no meaning here");
	lab_free(lab);
}

static void test_passthrough(void)
{
	struct lab *lab = lab_demo_new();
	/* the stale device of esx02: enabled, booted since, not active: a repair and no reboot */
	assert_plan(lab, "passthrough", WORDS("host=esx02", "device=b1:00.0", "state=on"),
		    "- host.passthrough-active esx02 0000:b1:00.0 inactive>active\n");
	/* a card that is to be the host's again: off at once, and gone after a reboot */
	assert_plan(lab, "passthrough", WORDS("host=esx02", "device=b1:00.0", "state=off"),
		    "- host.passthrough esx02 0000:b1:00.0 enabled>disabled\n");
	assert_error(lab, "passthrough", WORDS("host=esx01", "state=off", "device=83:00.0"), LAB_ERR_CONFLICT,
		     "device=0000:83:00.0: llm-1 has it and is on");
	assert_error(lab, "passthrough", WORDS("host=esx03", "state=off", "device=83:00.0"), LAB_ERR_USAGE,
		     "host=esx03: no such choice; did you mean esx01?");
	lab_free(lab);
}

static void test_power_and_host(void)
{
	struct lab *lab = lab_demo_new();
	assert_plan(lab, "power", WORDS("vm=new-llm,mgmt", "state=on"), "- vm.power-on new-llm off>on\n");
	assert_plan(lab, "power", WORDS("vm=llm-1", "state=off"), "- vm.power-off llm-1 on>off\n");
	assert_plan(lab, "host", WORDS("host=esx02", "state=maintenance"),
		    "- vm.shutdown vgpu-1 on>off\n"
		    "- vm.shutdown vllm-1 on>off\n"
		    "- host.enter-maintenance esx02 off>on\n");
	assert_plan(lab, "host", WORDS("host=esx02", "state=ready"), "");
	assert_plan(lab, "host", WORDS("host=esx02", "state=reboot"),
		    "- vm.shutdown vgpu-1 on>off\n"
		    "- vm.shutdown vllm-1 on>off\n"
		    "- host.enter-maintenance esx02 off>on\n"
		    "- host.reboot esx02 1765521600000>\n"
		    "- host.exit-maintenance esx02 on>off\n"
		    "- vm.power-on vgpu-1 off>on\n"
		    "- vm.power-on vllm-1 off>on\n");
	assert_error(lab, "power", WORDS("state=on", "vm=llm-1,,nobody-knows"), LAB_ERR_USAGE,
		     "vm=nobody-knows: no such choice; there are: llm-1, mgmt, nas, new-llm, vgpu-1, vllm-1");
	lab_free(lab);
}

/* ---- who is hurt ------------------------------------------------------------------------------------------------- */

static void assert_hurts(const struct lab *lab, const char *wizard, const char *const *words,
			 const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	struct plan *plan = wizard_plan(wizard_find(wizard), lab, words, &error);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) hurts = plan_hurts(plan, lab);
	for (guint i = 0; i < hurts->len; i++) {
		const struct hurt *h = hurts->pdata[i];
		g_string_append_printf(text, "%s %s: %s\n", hurt_kind_names[h->kind], h->who, h->what);
	}
	g_assert_cmpstr(text->str, ==, want);
	plan_unref(plan);
}

static void test_hurts(void)
{
	struct lab *lab = lab_demo_new();
	assert_hurts(
		lab, "power", WORDS("vm=llm-1", "state=shutdown"),
		"vm llm-1: is shut down\n"
		"engine ollama@llm-1: 2 models loaded, requests running not known, in its queue not known\n"
		"clients ollama@llm-1: connected clients: not known\n"
		"backup llm-1: newest backup: not known\n");
	/* the guests have its file system mounted */
	assert_hurts(lab, "power", WORDS("vm=nas", "state=off"),
		     "vm nas: is powered off: what it does is lost\n"
		     "mount llm-1: has 10.0.4.9:/models of nas mounted\n"
		     "mount vllm-1: has 10.0.4.9:/models of nas mounted\n"
		     "backup nas: newest backup: not known\n");
	assert_hurts(lab, "power", WORDS("vm=new-llm", "state=on"), "");
	assert_hurts(lab, "power", WORDS("vm=new-llm", "state=shutdown"), ""); /* it is off already */
	assert_hurts(lab, "host", WORDS("host=esx02", "state=ready"), "");
	lab_free(lab);
}

/* A training that nobody's engine runs, and a server whose requests are told. */
static void test_hurts_jobs(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_target(lab, TARGET_GUEST, "llm-1", NULL, NULL);
	build_target(lab, TARGET_ENGINE, "vllm", NULL, NULL);
	((struct vm_row *)obs->u.inventory->vms[0])->name = "llm-1";
	build_post(lab, obs, true);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 3600000, 0);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct sample *sample = build_sample(&obs, "llm-1", 0);
	build_gpu_sample(sample, "7f3a");
	build_proc(sample, 4242, 1, "train.py", "python train.py", "7f3a", 12 * GIB)->start_ms =
		BUILD_WALL_MS - 3600 * 1000;
	build_post(lab, obs, false);
	struct engine_row *engine = build_engine(&obs, "vllm", ENGINE_VLLM, "llm-1", 0);
	engine->running = num_of(3);
	engine->queue = num_of(1);
	build_post(lab, obs, false);
	lab_settle(lab);
	assert_hurts(lab, "power", WORDS("vm=llm-1", "state=off"),
		     "vm llm-1: is powered off: what it does is lost\n"
		     "job train.py: pid 4242 in llm-1 holds 12.0 GiB of VRAM\n"
		     "engine vllm: 0 models loaded, 3 requests running, 1 in its queue\n"
		     "clients vllm: connected clients: not known\n"
		     "backup llm-1: newest backup: not known\n");
	lab_free(lab);
}

static void test_usual(void)
{
	struct lab *lab = lab_demo_new();
	struct plan *plan = wizard_plan(wizard_find("host"), lab, WORDS("host=esx02", "state=reboot"), NULL);
	/* two guests down, maintenance, the reboot, and back; and nothing where nothing is left to do */
	g_assert_cmpint(plan_usual_s(plan, lab), ==, 30 + 30 + 15 + 420 + 5 + 15 + 15);
	plan_unref(plan);
	plan = wizard_plan(wizard_find("power"), lab, WORDS("vm=llm-1", "state=on"), NULL);
	g_assert_cmpint(plan_usual_s(plan, lab), ==, 0);
	plan_unref(plan);
	lab_free(lab);
}

/* ---- names that stand in more than one place ---------------------------------------------------------------------- */

static void test_same_names(void)
{
	struct lab *lab = build_lab();
	const char *const sources[] = {"esx01", "esx02"};
	for (int i = 0; i < 2; i++) {
		struct obs *obs = build_inventory(sources[i], 1, 0);
		struct host_row *h = build_host(obs, "ha-host", sources[i],
						i ? "11111111-2222-3333-4444-555555555502"
						  : "11111111-2222-3333-4444-555555555501");
		build_pci(h, "0000:43:00.0", 0x1002, 0x66a1, 0x0380);
		for (int k = 0; k <= i; k++) {
			struct vm_row *vm = build_vm(obs, k ? "9" : "4", "llm-1", "ha-host");
			g_autofree char *uuid =
				g_strdup_printf("50112233-4455-6677-8899-aabbccddee%d%d", i, k);
			vm->instance_uuid = vm->uuid = box_raw(obs->box, uuid, -1);
			vm->power = POWER_OFF;
		}
		build_target(lab, TARGET_VSPHERE, sources[i], NULL, NULL);
		build_post(lab, obs, true);
		build_state(lab, TARGET_VSPHERE, sources[i], SRC_LIVE, 3600000, 0);
	}
	lab_settle(lab);
	assert_error(lab, "power", WORDS("vm=llm-1", "state=on"), LAB_ERR_USAGE,
		     "vm=llm-1: no such choice; there are: llm-1@esx01, 4@esx02, 9@esx02");
	assert_plan(lab, "power", WORDS("vm=llm-1@esx01", "state=on"), "- vm.power-on llm-1 off>on\n");
	assert_plan(lab, "power", WORDS("source=esx01", "vm=llm-1", "state=on"),
		    "- vm.power-on llm-1 off>on\n");
	g_autoptr(GError) error = NULL;
	struct plan *plan = wizard_plan(wizard_find("power"), lab, WORDS("vm=9@esx02", "state=on"), &error);
	g_assert_no_error(error);
	g_assert_cmpstr(plan->steps[0].target.moref, ==, "9");
	g_assert_cmpstr(plan->steps[0].target.source, ==, "esx02");
	plan_unref(plan);
	lab_free(lab);
}

/* Every question says what it is and why it is asked; every wizard can be found and has a first question. */
static void test_tables(void)
{
	for (const struct wizard *w = wizard_table; w->name; w++) {
		g_assert_true(wizard_find(w->name) == w && w->make);
		g_assert_true(*w->title && g_str_has_suffix(w->brief, "."));
		for (const struct question *q = w->questions; q->name; q++)
			g_assert_true(*q->prompt && *q->help && (q->choices || q->kind == ASK_TEXT));
	}
	g_assert_null(wizard_find("gpu"));
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/wizard/tables", test_tables);
	g_test_add_func("/wizard/gpu-vm", test_gpu_vm);
	g_test_add_func("/wizard/gpu-vm-refusals", test_gpu_vm_refusals);
	g_test_add_func("/wizard/passthrough", test_passthrough);
	g_test_add_func("/wizard/power-and-host", test_power_and_host);
	g_test_add_func("/wizard/same-names", test_same_names);
	g_test_add_func("/hurts/who", test_hurts);
	g_test_add_func("/hurts/jobs", test_hurts_jobs);
	g_test_add_func("/hurts/how-long", test_usual);
	return g_test_run();
}
