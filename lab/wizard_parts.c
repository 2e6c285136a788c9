/* wizard_parts.c - what several wizards ask and plan: whom, stopping and starting, passthrough and the reboot it may take. */
#include "config.h"
#include "lab/wizards.h"

#include "lab/backing.h"

#include <string.h>

/* ---- whom -------------------------------------------------------------------------------------------------------- */

bool several_sources(const struct lab *lab, GHashTable *given)
{
	int n = 0;
	for (guint i = 0; i < lab->sources->len; i++)
		n += ((const struct lab_source *)lab->sources->pdata[i])->kind == TARGET_VSPHERE;
	return n > 1;
}

void choices_of_sources(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		if (s->kind != TARGET_VSPHERE)
			continue;
		struct choice *c = choice_add(out, s->name, NULL);
		if (s->state != SRC_LIVE)
			choice_refuse(c, "%s%s%s", source_state_names[s->state], *s->reason ? ": " : "",
				      s->reason);
	}
}

/* One that can be chosen: its name, and what tells it from others of that name. */
struct named {
	const char *name, *source, *moref;
	const void *thing;
};

static bool wanted_source(GHashTable *given, const char *source)
{
	const char *only = given ? answer(given, "source") : "";
	return !*only || strcmp(only, source) == 0;
}

static void add_named(GArray *all, GHashTable *given, const char *name, const char *source, const char *moref,
		      const void *thing)
{
	const struct named n = {name, source, moref, thing};
	if (wanted_source(given, source))
		g_array_append_val(all, n);
}

static GArray *all_hosts(const struct lab *lab, GHashTable *given)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct named));
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		if (!h->row->is_local)
			add_named(all, given, h->name, h->row->source, h->row->moref, h);
	}
	return all;
}

static GArray *all_vms(const struct lab *lab, GHashTable *given)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct named));
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		add_named(all, given, vm->name, vm->row->source, vm->row->moref, vm);
	}
	return all;
}

static void count(GHashTable *counts, char *take_key)
{
	gpointer n = g_hash_table_lookup(counts, take_key);
	g_hash_table_replace(counts, take_key, GINT_TO_POINTER(GPOINTER_TO_INT(n) + 1));
}

static bool is_single(GHashTable *counts, const char *key)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(counts, key)) == 1;
}

/* How often each name, and each name at its source, stands in the list. */
static GHashTable *count_names(const GArray *all)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < all->len; i++) {
		const struct named *n = &g_array_index(all, struct named, i);
		count(counts, g_strdup(n->name));
		count(counts, g_strdup_printf("%s@%s", n->name, n->source));
	}
	return counts;
}

static char *word_of(const struct named *n, GHashTable *counts)
{
	if (is_single(counts, n->name))
		return g_strdup(n->name);
	char *at_source = g_strdup_printf("%s@%s", n->name, n->source);
	if (is_single(counts, at_source))
		return at_source;
	g_free(at_source);
	return g_strdup_printf("%s@%s", n->moref, n->source);
}

/* Takes all. */
static const void *find_named(GArray *all, const char *word)
{
	GHashTable *counts = count_names(all);
	const void *found = NULL;
	for (guint i = 0; i < all->len && !found; i++) {
		const struct named *n = &g_array_index(all, struct named, i);
		g_autofree char *own = word_of(n, counts);
		if (strcmp(own, word) == 0)
			found = n->thing;
	}
	g_hash_table_unref(counts);
	g_array_unref(all);
	return found;
}

const struct lab_host *named_host(const struct lab *lab, GHashTable *given, const char *word)
{
	return find_named(all_hosts(lab, given), word);
}

const struct lab_vm *named_vm(const struct lab *lab, GHashTable *given, const char *word)
{
	return find_named(all_vms(lab, given), word);
}

void choices_of_hosts(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	g_autoptr(GArray) all = all_hosts(lab, given);
	g_autoptr(GHashTable) counts = count_names(all);
	for (guint i = 0; i < all->len; i++) {
		const struct named *n = &g_array_index(all, struct named, i);
		const struct lab_host *h = n->thing;
		g_autofree char *word = word_of(n, counts);
		struct choice *c = choice_add(out, word, h->row->version);
		if (h->stale)
			choice_refuse(c, "%s does not answer", h->row->source);
		else if (h->row->state != HOST_CONNECTED && h->row->state != HOST_MAINTENANCE)
			choice_refuse(c, "the host is %s",
				      h->row->state ? host_state_names[h->row->state]
						    : "in an unknown state");
	}
}

void choices_of_vms(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	g_autoptr(GArray) all = all_vms(lab, given);
	g_autoptr(GHashTable) counts = count_names(all);
	for (guint i = 0; i < all->len; i++) {
		const struct named *n = &g_array_index(all, struct named, i);
		const struct lab_vm *vm = n->thing;
		g_autofree char *word = word_of(n, counts);
		struct choice *c = choice_add(out, word, vm->host ? vm->host->name : NULL);
		if (vm->row->is_template == TRI_YES)
			choice_refuse(c, "is a template");
		else if (vm->stale)
			choice_refuse(c, "%s does not answer", vm->row->source);
		else if (g_str_has_prefix(vm->name, "vCLS"))
			choice_refuse(c, "belongs to the cluster itself (vCLS)");
	}
}

void choices_of_running(const struct lab *lab, GHashTable *given, GPtrArray *out)
{
	const struct lab_host *host = named_host(lab, given, answer(given, "host"));
	const struct lab_vm *one = named_vm(lab, given, answer(given, "vm"));
	if (!host && one)
		host = one->host;
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		if (vm->row->power != POWER_ON || (host && vm->host != host) ||
		    !wanted_source(given, vm->row->source))
			continue;
		struct choice *c = choice_add(out, vm->name, vm->host ? vm->host->name : NULL);
		if (vm->row->tools == TOOLS_RUNNING)
			choice_refuse(c, "its guest can be shut down");
	}
}

/* ---- plans ------------------------------------------------------------------------------------------------------- */

void draft_answers(struct plan_draft *draft, const struct wizard *wizard, GHashTable *given)
{
	for (const struct question *q = wizard->questions; q->name; q++)
		if (*answer(given, q->name))
			plan_answer(draft, q->name, answer(given, q->name));
}

GPtrArray *running_vms(const struct lab *lab, const struct lab_host *host)
{
	GPtrArray *vms = g_ptr_array_new();
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		if (vm->host == host && vm->row->power == POWER_ON)
			g_ptr_array_add(vms, (gpointer)vm);
	}
	return vms;
}

static bool is_named(const char *list, const char *name)
{
	g_auto(GStrv) names = g_strsplit(list, ",", -1);
	return g_strv_contains((const char *const *)names, name);
}

int draft_stop(struct plan_draft *draft, const struct lab_vm *vm, const char *hard, const char *rule)
{
	const struct subject target = subject_of_vm(plan_box(draft), vm);
	return plan_step(draft, is_named(hard, vm->name) ? "vm.power-off" : "vm.shutdown", &target, "", "off",
			 rule);
}

void draft_reboot(struct plan_draft *draft, const struct lab *lab, const struct lab_host *host, int only_for,
		  const char *hard)
{
	const struct subject target = subject_of_host(plan_box(draft), host);
	g_autoptr(GPtrArray) vms = running_vms(lab, host);
	for (guint i = 0; i < vms->len; i++) {
		const struct lab_vm *vm = vms->pdata[i];
		const struct subject guest = subject_of_vm(plan_box(draft), vm);
		if (plan_find(draft, "vm.shutdown", &guest, "") >= 0)
			continue; /* the plan stops it anyway, and says what becomes of it */
		int down = draft_stop(draft, vm, hard, "OPS-REBOOT-VMS");
		int up = plan_step(draft, "vm.power-on", &guest, "", "on", "OPS-REBOOT-VMS");
		plan_only_for(draft, down, only_for);
		plan_only_if(draft, up, down);
	}
	int enter = plan_step(draft, "host.enter-maintenance", &target, "", "on", "HOST-MAINT");
	int reboot = plan_step(draft, "host.reboot", &target, "", "", "HOST-PT-REBOOT");
	int leave = plan_step(draft, "host.exit-maintenance", &target, "", "off", "HOST-MAINT");
	plan_only_for(draft, enter, only_for);
	plan_only_for(draft, reboot, only_for);
	plan_only_if(draft, leave, enter);
}

/* Enabled, booted since, and not active: another reboot does not help, the bounded repair may (rules.md 1.9). */
static bool all_stale(const struct lab_host *host, const char *bdfs)
{
	g_auto(GStrv) list = g_strsplit(bdfs, ",", -1);
	for (char **bdf = list; *bdf; bdf++) {
		const struct pci_row *device = backing_at(host->row, *bdf);
		if (!device || device->pt_state != PT_STALE)
			return false;
	}
	return true;
}

void draft_passthrough(struct plan_draft *draft, const struct lab *lab, const struct lab_host *host,
		       const char *bdfs, bool on, const char *hard)
{
	const struct subject target = subject_of_host(plan_box(draft), host);
	plan_step(draft, "host.passthrough", &target, bdfs, on ? "enabled" : "disabled", "HOST-PT-OFF");
	int active = plan_step(draft, "host.passthrough-active", &target, bdfs, on ? "active" : "inactive",
			       "HOST-PT-STALE");
	if (!(on && all_stale(host, bdfs)))
		draft_reboot(draft, lab, host, active, hard);
}
