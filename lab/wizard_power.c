/* wizard_power.c - VMs on and off, hosts into maintenance mode and through a reboot. */
#include "config.h"
#include "lab/wizards.h"

#include "lab/error.h"

#include <string.h>

/* ---- VMs --------------------------------------------------------------------------------------------------------- */

static void choices_of_powers(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	choice_add(out, "on", "power on");
	choice_add(out, "shutdown", "shut the guest down, through VMware Tools");
	choice_add(out, "off", "power off at once; what the guest does is lost");
}

const struct question wizard_power_questions[] = {
	QUESTION_SOURCE,
	{.name = "vm",
	 .prompt = "Virtual machines",
	 .help = "whose power is changed",
	 .kind = ASK_MANY,
	 .choices = choices_of_vms},
	{.name = "state",
	 .prompt = "Power",
	 .help = "a shutdown is asked of the guest, power-off is not",
	 .kind = ASK_ONE,
	 .choices = choices_of_powers},
	{NULL},
};

struct plan *wizard_power(const struct lab *lab, GHashTable *given, GError **error)
{
	static const struct {
		const char *state, *op, *want;
	} ways[] = {{"on", "vm.power-on", "on"},
		    {"shutdown", "vm.shutdown", "off"},
		    {"off", "vm.power-off", "off"}};
	struct plan_draft *draft = plan_begin(lab, "power");
	g_auto(GStrv) names = g_strsplit(answer(given, "vm"), ",", -1);
	draft_answers(draft, wizard_find("power"), given);
	plan_title(draft, "%s: %s", answer(given, "vm"), answer(given, "state"));
	for (char **name = names; *name; name++) {
		const struct subject vm = subject_of_vm(plan_box(draft), named_vm(lab, given, *name));
		for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
			if (answer_is(given, "state", ways[i].state))
				plan_step(draft, ways[i].op, &vm, "", ways[i].want, "");
	}
	return plan_seal(draft);
}

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

static void choices_of_states(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	choice_add(out, "maintenance", "shut its VMs down and enter maintenance mode");
	choice_add(out, "ready", "leave maintenance mode");
	choice_add(out, "reboot", "shut its VMs down, reboot, and start them again");
}

static bool goes_down(const struct lab *lab, GHashTable *given)
{
	return !answer_is(given, "state", "ready");
}

const struct question wizard_host_questions[] = {
	QUESTION_SOURCE,
	{.name = "host",
	 .prompt = "Host",
	 .help = "which host",
	 .kind = ASK_ONE,
	 .choices = choices_of_hosts},
	{.name = "state",
	 .prompt = "State",
	 .help = "what it is to be afterwards",
	 .kind = ASK_ONE,
	 .choices = choices_of_states},
	QUESTION_POWER_OFF(goes_down),
	{NULL},
};

static void draft_maintenance(struct plan_draft *draft, const struct lab *lab, const struct lab_host *host,
			      const char *hard)
{
	const struct subject target = subject_of_host(plan_box(draft), host);
	g_autoptr(GPtrArray) vms = running_vms(lab, host);
	for (guint i = 0; i < vms->len; i++)
		draft_stop(draft, vms->pdata[i], hard, "HOST-MAINT-STUCK");
	plan_step(draft, "host.enter-maintenance", &target, "", "on", "HOST-MAINT");
}

struct plan *wizard_host(const struct lab *lab, GHashTable *given, GError **error)
{
	const struct lab_host *host = named_host(lab, given, answer(given, "host"));
	struct plan_draft *draft = plan_begin(lab, "host");
	draft_answers(draft, wizard_find("host"), given);
	plan_title(draft, "%s: %s", host->name, answer(given, "state"));
	if (answer_is(given, "state", "maintenance")) {
		draft_maintenance(draft, lab, host, answer(given, "power-off"));
	} else if (answer_is(given, "state", "reboot")) {
		draft_reboot(draft, lab, host, STEP_ANY, answer(given, "power-off"));
	} else {
		const struct subject target = subject_of_host(plan_box(draft), host);
		plan_step(draft, "host.exit-maintenance", &target, "", "off", "");
	}
	return plan_seal(draft);
}
