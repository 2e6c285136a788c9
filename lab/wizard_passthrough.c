/* wizard_passthrough.c - devices of a host to VMs, or back to the host. */
#include "config.h"
#include "lab/wizards.h"

#include "lab/backing.h"

#include <string.h>

/* ---- questions --------------------------------------------------------------------------------------------------- */

static void choices_of_devices(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	const struct lab_host *host = named_host(lab, given, answer(given, "host"));
	for (int i = 0; host && i < host->row->n_pci; i++) {
		const struct pci_row *device = &host->row->pci[i];
		if (!backing_is_gpu(device) && device->pt_capable != TRI_YES)
			continue;
		struct choice *c = choice_add(out, device->bdf, device->name);
		refuse_device(c, device);
		const struct lab_vm *vm = holder_of(lab, host, device->bdf);
		if (vm && vm->row->power == POWER_ON && answer_is(given, "state", "off"))
			choice_refuse(c, "%s has it and is on", vm->name);
	}
}

static void choices_of_states(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	choice_add(out, "on", "VMs can have it");
	choice_add(out, "off", "the host has it back");
}

const struct question wizard_passthrough_questions[] = {
	QUESTION_SOURCE,
	{"host", "Host", "Passthrough is switched on the host that the card is in.", ASK_ONE,
	 .choices = choices_of_hosts},
	{"state", "Passthrough", "On hands the device to VMs; off gives it back to the host.", ASK_ONE,
	 .choices = choices_of_states},
	{"device", "Devices", "All functions of a card move together.", ASK_MANY,
	 .choices = choices_of_devices},
	QUESTION_POWER_OFF(NULL),
	{NULL},
};

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

struct plan *wizard_passthrough(const struct lab *lab, GHashTable *given, GError **error)
{
	const struct lab_host *host = named_host(lab, given, answer(given, "host"));
	bool on = answer_is(given, "state", "on");
	g_autofree char *bdfs = with_dependents(host, answer(given, "device"));
	struct plan_draft *draft = plan_begin(lab, "passthrough");
	draft_answers(draft, wizard_find("passthrough"), given);
	plan_title(draft, "%s: passthrough of %s %s", host->name, bdfs, on ? "on" : "off");
	if (strcmp(bdfs, answer(given, "device")) != 0)
		plan_remark(draft, "These functions move together: %s.", bdfs);
	draft_passthrough(draft, lab, host, bdfs, on, answer(given, "power-off"));
	return plan_seal(draft);
}
