/* wizards.h - what the files of the wizards share, and their parts of the table. */
#ifndef LAB_WIZARDS_H
#define LAB_WIZARDS_H

#include "lab/plan_make.h"
#include "lab/wizard.h"

extern const struct question wizard_passthrough_questions[], wizard_gpu_vm_questions[],
	wizard_power_questions[], wizard_host_questions[];
struct plan *wizard_passthrough(const struct lab *lab, GHashTable *given, GError **error);
struct plan *wizard_gpu_vm(const struct lab *lab, GHashTable *given, GError **error);
struct plan *wizard_power(const struct lab *lab, GHashTable *given, GError **error);
struct plan *wizard_host(const struct lab *lab, GHashTable *given, GError **error);

/* ---- wizard.c ---- */

/* The answer, "" where there is none. Borrowed. */
const char *answer(GHashTable *given, const char *name);
bool answer_is(GHashTable *given, const char *name, const char *value);

/* A choice; label may be NULL. Borrowed. */
struct choice *choice_add(GPtrArray *choices, const char *value, const char *label);
/* It cannot be chosen; the first reason stands. */
void choice_refuse(struct choice *c, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* ---- wizard_parts.c: what several wizards ask and plan ---- */

/* Questions that several wizards ask alike. */
#define QUESTION_SOURCE                                                                       \
	{                                                                                     \
		.name = "source", .prompt = "vSphere source",                                 \
		.help = "a name may stand in more than one vCenter or host", .kind = ASK_ONE, \
		.standard = "", .shown = several_sources, .choices = choices_of_sources       \
	}
/* if_shown: as in struct question; NULL: always. */
#define QUESTION_POWER_OFF(if_shown)                                                                    \
	{                                                                                               \
		.name = "power-off", .prompt = "Power off without a shutdown",                          \
		.help = "without running VMware Tools a guest cannot be asked to shut down; power-off " \
			"loses what it does",                                                           \
		.kind = ASK_MANY, .takes_all = true, .standard = "", .shown = if_shown,                 \
		.choices = choices_of_running                                                           \
	}

bool several_sources(const struct lab *lab, GHashTable *given);
void choices_of_sources(const struct lab *lab, GHashTable *given, GPtrArray *out);
/* VMs that are on, those without running tools to be chosen: of the host that was answered, else of the VM's. */
void choices_of_running(const struct lab *lab, GHashTable *given, GPtrArray *out);

/* Hosts and VMs by name; where a name stands more than once, "name@source" or "id@source". Of the source, where one was
 * answered. */
void choices_of_hosts(const struct lab *lab, GHashTable *given, GPtrArray *out);
void choices_of_vms(const struct lab *lab, GHashTable *given, GPtrArray *out);

/* By such a word; NULL when there is none. */
const struct lab_host *named_host(const struct lab *lab, GHashTable *given, const char *word);
const struct lab_vm *named_vm(const struct lab *lab, GHashTable *given, const char *word);

/* The answers as they stand, for the plan. */
void draft_answers(struct plan_draft *draft, const struct wizard *wizard, GHashTable *given);

/* VMs of a host that are on, in the lab's order; the caller unrefs. */
GPtrArray *running_vms(const struct lab *lab, const struct lab_host *host);

/* Stops a VM: through its guest, or hard where `hard` names it. The index of the step. */
int draft_stop(struct plan_draft *draft, const struct lab_vm *vm, const char *hard, const char *rule);

/* Takes a host down and brings it back with the VMs that ran on it; each step only for only_for (STEP_ANY: always). */
void draft_reboot(struct plan_draft *draft, const struct lab *lab, const struct lab_host *host, int only_for,
		  const char *hard);

/* Passthrough of devices (comma-separated addresses) on or off, with what that takes. */
void draft_passthrough(struct plan_draft *draft, const struct lab *lab, const struct lab_host *host,
		       const char *bdfs, bool on, const char *hard);

/* ---- wizard_device.c: cards of a host ---- */

/* The VM that has a host's device attached, or NULL. */
const struct lab_vm *holder_of(const struct lab *lab, const struct lab_host *host, const char *bdf);
/* A choice of a device that must not or cannot be passed through is refused. */
void refuse_device(struct choice *c, const struct pci_row *device);
/* Addresses, comma-separated, with all functions that move together with them; the caller frees. */
char *with_dependents(const struct lab_host *host, const char *bdfs);

#endif
