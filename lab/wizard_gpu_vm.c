/* wizard_gpu_vm.c - cards to an existing VM: what its settings and its host lack, and nothing else (rules.md 14, W3). */
#include "config.h"
#include "lab/wizards.h"

#include "lab/backing.h"
#include "lab/bdf.h"
#include "lab/error.h"
#include "lab/gpu_names.h"
#include "lab/mmio.h"

#include <string.h>

/* ---- questions --------------------------------------------------------------------------------------------------- */

static const struct lab_vm *the_vm(const struct lab *lab, GHashTable *given)
{
	return named_vm(lab, given, answer(given, "vm"));
}

/* A VM that a cluster service owns is changed back by it (OPS-TKG, OPS-VCLS). */
static void choices_of_gpu_vms(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	choices_of_vms(lab, given, out);
	for (guint i = 0; i < out->len; i++) {
		struct choice *c = out->pdata[i];
		const struct lab_vm *vm = named_vm(lab, given, c->value);
		if (!vm->host)
			choice_refuse(c, "its host is not known");
		else if (!vm->row->settings_read)
			choice_refuse(c, "its settings have not been read");
	}
}

static void choices_of_cards(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	const struct lab_vm *vm = the_vm(lab, given);
	for (int i = 0; vm && i < vm->host->row->n_pci; i++) {
		const struct pci_row *card = &vm->host->row->pci[i];
		if (!backing_is_gpu(card))
			continue;
		const struct lab_vm *holder = holder_of(lab, vm->host, card->bdf);
		g_autofree char *label = holder ? g_strdup_printf("%s, of %s", card->name, holder->name)
						: g_strdup(card->name);
		struct choice *c = choice_add(out, card->bdf, label);
		refuse_device(c, card);
		if (card->graphics == GRAPHICS_SHARED_DIRECT)
			choice_refuse(c, "the host's vGPU driver has it");
	}
}

/* A disk under BIOS firmware counts as an installed system that boots by BIOS, unless nothing was ever written to it. */
static bool wants_efi(const struct lab *lab, GHashTable *given)
{
	const struct lab_vm *vm = the_vm(lab, given);
	return vm && vm->row->firmware == FIRMWARE_BIOS && vm->row->disks_empty != TRI_YES;
}

static void choices_of_disks(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	choice_add(out, "empty", "nothing is installed: EFI can be set");
	struct choice *c = choice_add(out, "installed", "a system is installed that boots by BIOS");
	choice_refuse(c, "it would not boot by EFI, and a card with a large BAR needs EFI: convert the "
			 "installation first, or install anew");
}

const struct question wizard_gpu_vm_questions[] = {
	QUESTION_SOURCE,
	{.name = "host",
	 .prompt = "Host",
	 .help = "where a VM of that name stands on more than one host",
	 .kind = ASK_ONE,
	 .standard = "",
	 .choices = choices_of_hosts},
	{.name = "vm",
	 .prompt = "Virtual machine",
	 .help = "the VM that gets the cards",
	 .kind = ASK_ONE,
	 .choices = choices_of_gpu_vms},
	{.name = "gpu",
	 .prompt = "Cards",
	 .help = "cards of the VM's host, by PCI address; one MMIO window holds them all",
	 .kind = ASK_MANY,
	 .takes_all = true,
	 .choices = choices_of_cards},
	{.name = "disk",
	 .prompt = "Its disks",
	 .help = "the VM has BIOS firmware and needs EFI; an installed system would not boot any more",
	 .kind = ASK_ONE,
	 .shown = wants_efi,
	 .choices = choices_of_disks},
	QUESTION_POWER_OFF(NULL),
	{NULL},
};

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

struct gpu_plan {
	const struct lab *lab;
	const struct lab_vm *vm;
	struct plan_draft *draft;
	struct subject target;
	char **cards;
	const char *hard;
};

static void extra(const struct gpu_plan *p, const char *key, const char *want, const char *rule)
{
	plan_step(p->draft, "vm.extra-config", &p->target, key, want, rule);
}

static bool is_card(const struct gpu_plan *p, const char *bdf)
{
	return g_strv_contains((const char *const *)p->cards, bdf);
}

/* The cards of the plan that a VM has, "03:00.0, 43:00.0". */
static char *cards_of(const struct gpu_plan *p, const struct lab_vm *vm)
{
	GString *list = g_string_new(NULL);
	for (char **bdf = p->cards; *bdf; bdf++)
		if (holder_of(p->lab, p->vm->host, *bdf) == vm)
			g_string_append_printf(list, "%s%s", list->len ? ", " : "", bdf_short(*bdf));
	return g_string_free(list, FALSE);
}

/* VMs that have one of the cards and are on are stopped, and keep it in their settings: two VMs may take turns. */
static void stop_holders(const struct gpu_plan *p)
{
	for (guint i = 0; i < p->lab->vms->len; i++) {
		const struct lab_vm *other = p->lab->vms->pdata[i];
		if (other == p->vm || other->host != p->vm->host || other->row->power != POWER_ON)
			continue;
		g_autofree char *cards = cards_of(p, other);
		if (!*cards)
			continue;
		draft_stop(p->draft, other, p->hard, "HOST-PT-INUSE");
		plan_remark(p->draft, "%s has %s and is stopped; the cards stay in its settings.",
			    other->name, cards);
	}
}

static void pass_cards(const struct gpu_plan *p)
{
	g_autoptr(GString) off = g_string_new(NULL);
	for (char **bdf = p->cards; *bdf; bdf++) {
		const struct pci_row *card = backing_at(p->vm->host->row, *bdf);
		if (card->pt_enabled != TRI_YES || card->pt_active != TRI_YES)
			g_string_append_printf(off, "%s%s", off->len ? "," : "", *bdf);
	}
	if (off->len == 0)
		return;
	g_autofree char *all = with_dependents(p->vm->host, off->str);
	draft_passthrough(p->draft, p->lab, p->vm->host, all, true, p->hard);
}

/* The cards that the VM will have: those it has and those it gets. Never makes the window smaller; any power of two that is
 * large enough stays. */
static void set_window(const struct gpu_plan *p)
{
	double sum = 0;
	bool known = mmio_sum_gib(p->lab, p->vm, &sum);
	for (char **bdf = p->cards; *bdf; bdf++) {
		double gib = mmio_card_gib(backing_at(p->vm->host->row, *bdf));
		if (holder_of(p->lab, p->vm->host, *bdf) == p->vm)
			continue;
		known = known && gib >= 0;
		sum += MAX(gib, 0);
	}
	int want = mmio_window_gb(sum);
	if (!known)
		plan_remark(p->draft, "The BAR size of a card is not known: check %s by hand.",
			    MMIO_SIZE_KEY);
	if (want == 0)
		return;
	const char *set = vm_extra(p->vm->row, MMIO_SIZE_KEY);
	g_autofree char *size = g_strdup_printf("%d", MAX(want, mmio_size_gb(set)));
	extra(p, MMIO_USE_KEY, "TRUE", "VM-MMIO64");
	extra(p, MMIO_SIZE_KEY, size, "VM-MMIO64");
}

static bool any_gfx906(const struct gpu_plan *p)
{
	for (char **bdf = p->cards; *bdf; bdf++) {
		const struct pci_row *card = backing_at(p->vm->host->row, *bdf);
		const struct gpu_fact *fact = gpu_fact_find(card->vendor_id, card->device_id);
		if (fact && strcmp(fact->arch, "gfx906") == 0)
			return true;
	}
	return false;
}

/* The node that all cards are on; -1: several, or not known. */
static int node_of_cards(const struct gpu_plan *p)
{
	int node = -1;
	for (char **bdf = p->cards; *bdf; bdf++) {
		struct num n = backing_at(p->vm->host->row, *bdf)->numa_node;
		if (!num_known(n) || (node >= 0 && node != (int)n.v))
			return -1;
		node = (int)n.v;
	}
	return node;
}

static void set_settings(const struct gpu_plan *p)
{
	static const struct {
		const char *op, *want, *rule;
	} settings[] = {{"vm.firmware", "efi", "VM-EFI"},
			{"vm.reserve-all-memory", "all", "VM-MEMRES"},
			{"vm.cpu-hot-add", "off", "VM-HOTADD"},
			{"vm.memory-hot-add", "off", "VM-HOTADD"},
			{"vm.nested-hv", "off", "VM-NESTED"}};
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
		plan_step(p->draft, settings[i].op, &p->target, "", settings[i].want, settings[i].rule);
	set_window(p);
	if (any_gfx906(p))
		extra(p, "hypervisor.cpuid.v0", "FALSE", "VM-CPUID");
	int node = node_of_cards(p);
	if (p->vm->host->row->n_nodes > 1 && node >= 0) {
		g_autofree char *text = g_strdup_printf("%d", node);
		extra(p, "numa.nodeAffinity", text, "NUMA-LOCAL");
	}
}

static void attach_cards(const struct gpu_plan *p)
{
	for (char **bdf = p->cards; *bdf; bdf++)
		plan_step(p->draft, "vm.pci-device", &p->target, *bdf, "attached", "");
	for (int i = 0; i < p->vm->row->n_devices; i++)
		if (p->vm->row->devices[i].kind == VMDEV_FIXED && !is_card(p, p->vm->row->devices[i].bdf))
			plan_remark(p->draft, "%s keeps %s, which was not named.", p->vm->name,
				    p->vm->row->devices[i].bdf);
}

struct plan *wizard_gpu_vm(const struct lab *lab, GHashTable *given, GError **error)
{
	const struct lab_vm *vm = the_vm(lab, given);
	g_auto(GStrv) cards = g_strsplit(answer(given, "gpu"), ",", -1);
	struct plan_draft *draft = plan_begin(lab, "gpu-vm");
	struct gpu_plan p = {.lab = lab,
			     .vm = vm,
			     .draft = draft,
			     .target = subject_of_vm(plan_box(draft), vm),
			     .cards = cards,
			     .hard = answer(given, "power-off")};
	draft_answers(draft, wizard_find("gpu-vm"), given);
	plan_title(draft, "%s: GPU VM with %s", vm->name, answer(given, "gpu"));
	int first = plan_n_steps(draft);
	plan_step(draft, "vm.remove-snapshots", &p.target, "", "0", "VM-SNAP-EXISTS");
	set_settings(&p);
	attach_cards(&p);
	if (vm->row->power == POWER_ON && plan_pending(draft, first))
		draft_stop(draft, vm, p.hard, "VM-POWEROFF-ATTACH");
	stop_holders(&p);
	pass_cards(&p);
	plan_step(draft, "vm.power-on", &p.target, "", "on", "");
	return plan_seal(draft);
}
