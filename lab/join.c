/* join.c - which VM a guest runs in, and where an engine runs. Best evidence first (vsphere.md section 9). */
#include "config.h"
#include "lab/index.h"
#include "lab/marks.h"
#include "lab/private.h"
#include "lab/problem.h"
#include "lab/text.h"
#include "lab/uuid.h"

#include <string.h>

/* The VMs that the evidence of one kind points to: none, one, or more than may be believed. */
struct candidates {
	const struct guest_thing *guest; /* whose they are; NULL: an engine's */
	const struct lab_vm *vm, *other;
	const struct lab_vm *denied; /* pointed to, but the guest tells another UUID than it has */
	int n;
};

/* Both UUIDs are known, and they are not one: whatever else points to the VM, the guest is another. */
static bool has_other_uuid(const struct guest_thing *g, const struct lab_vm *vm)
{
	char own[UUID_SIZE], its[UUID_SIZE];
	return !uuid_placeholder(g->pub.row->uuid) && uuid_canonical(g->pub.row->uuid, own) &&
	       uuid_canonical(vm->row->uuid, its) && strcmp(own, its) != 0;
}

static void add_named(struct candidates *c, const struct lab_vm *vm)
{
	if (!vm || vm == c->vm || vm == c->other)
		return;
	if (c->n++ == 0)
		c->vm = vm;
	else
		c->other = vm;
}

static void add_vm(struct candidates *c, const struct lab_vm *vm)
{
	if (vm && c->guest && has_other_uuid(c->guest, vm))
		c->denied = vm;
	else
		add_named(c, vm);
}

static bool tools_running(const struct vm_row *vm)
{
	return vm->power == POWER_ON && vm->tools == TOOLS_RUNNING && vm_is_in_reach(vm);
}

/* Everything that the index has under a key. What tools told of a VM that is off is the past. */
static void add_indexed(struct candidates *c, GHashTable *index, const char *key, bool needs_tools)
{
	for (GSList *l = index_get(index, key); l; l = l->next) {
		const struct rec *rec = l->data;
		if (!needs_tools || tools_running(rec->row))
			add_vm(c, rec_vm(rec));
	}
}

/* ---- the kinds of evidence --------------------------------------------------------------------------------------- */

static int name_order(gconstpointer key, gconstpointer vm)
{
	return text_natural(key, (*(struct lab_vm *const *)vm)->name);
}

static void by_configuration(const struct lab *lab, const struct guest_thing *g, struct candidates *c)
{
	if (!g->src->vm || lab->vms->len == 0)
		return;
	gpointer *hit = bsearch(g->src->vm, lab->vms->pdata, lab->vms->len, sizeof(gpointer), name_order);
	gpointer *begin = lab->vms->pdata, *end = begin + lab->vms->len;
	while (hit && hit > begin && name_order(g->src->vm, hit - 1) == 0)
		hit--;
	for (; hit && hit < end && name_order(g->src->vm, hit) == 0; hit++)
		add_named(c, *hit);                             /* a person knows better than any mark */
	for (gpointer *vm = begin; c->n == 0 && vm < end; vm++) /* as the lists show it */
		if (strcmp(((const struct lab_vm *)*vm)->shown, g->src->vm) == 0)
			add_named(c, *vm);
}

static void by_uuid(const struct lab *lab, const struct guest_thing *g, struct candidates *c)
{
	char uuid[UUID_SIZE];
	if (!uuid_placeholder(g->pub.row->uuid) && uuid_canonical(g->pub.row->uuid, uuid))
		add_indexed(c, lab->p->vms_by_uuid, uuid, false);
}

static void by_mac(const struct lab *lab, const struct guest_thing *g, struct candidates *c)
{
	for (const char *const *mac = g->pub.row->macs; mac && *mac; mac++)
		add_indexed(c, lab->p->vms_by_mac, *mac, false);
}

static void by_address(const struct lab *lab, const struct guest_thing *g, struct candidates *c)
{
	for (const char *const *ip = g->pub.row->addresses; ip && *ip; ip++)
		if (!address_is_shared(*ip))
			add_indexed(c, lab->p->vms_by_ip, *ip, true);
}

static void by_hostname(const struct lab *lab, const struct guest_thing *g, struct candidates *c)
{
	if (!name_is_default(g->pub.row->hostname))
		add_indexed(c, lab->p->vms_by_name, g->pub.row->hostname, true);
}

/* In order of how much they prove. Copies of a VM share its UUID: what comes below may tell them apart. */
static const struct evidence {
	enum guest_match match;
	void (*look)(const struct lab *lab, const struct guest_thing *g, struct candidates *c);
	const char *rule; /* the finding when it points to several, or NULL */
	const char *what;
	bool final; /* pointing to several ends the search */
} evidence[] = {
	{GUEST_CONFIGURED, by_configuration, "JOIN-NAME", "name", true},
	{GUEST_UUID, by_uuid, "JOIN-UUID", "UUID", false},
	{GUEST_MAC, by_mac, "JOIN-MAC", "MAC address", true},
	{GUEST_IP, by_address, "JOIN-IP", "IP address", true},
	{GUEST_HOSTNAME, by_hostname, NULL, "host name", true},
};

/* ---- guest = VM -------------------------------------------------------------------------------------------------- */

/* No VM is taken, though one looked right. */
static void doubt(struct lab *lab, struct guest_thing *g, const struct evidence *e, const char *why)
{
	g->pub.ambiguous = e->what;
	struct problem p = {.id = e->rule,
			    .severity = SEV_WARN,
			    .subject = g->pub.ref,
			    .subject_text = g->src->name,
			    .text = "which VM it is is not certain",
			    .evidence = why,
			    .fix = "name the VM in the guest's section (vm = NAME), or give the copies "
				   "addresses of their own"};
	if (e->rule)
		g_ptr_array_add(lab->p->match_problems, finding_new(&p));
}

static bool uuid_as_told(const struct lab_vm *vm, const char *uuid)
{
	return g_ascii_strcasecmp(vm->row->uuid, uuid) == 0;
}

/* Of VMs with one UUID the one that has another mark of the guest too. */
static const struct lab_vm *told_apart(const struct lab *lab, const struct guest_thing *g)
{
	for (gsize i = 2; i < G_N_ELEMENTS(evidence); i++) {
		struct candidates c = {.guest = g};
		evidence[i].look(lab, g, &c);
		if (c.n == 1)
			return c.vm;
	}
	return NULL;
}

static bool shares_mac(const struct guest_thing *g, const struct vm_row *vm)
{
	for (const char *const *mac = g->pub.row->macs; mac && *mac; mac++)
		if (vm->macs && g_strv_contains(vm->macs, *mac))
			return true;
	return false;
}

/* The VM whose network card the guest has, where it is not the one whose UUID it tells: a UUID is easily told. */
static const struct lab_vm *other_by_mac(const struct lab *lab, const struct guest_thing *g,
					 const struct lab_vm *vm)
{
	struct candidates c = {0};
	if (vm->row->macs && !shares_mac(g, vm->row))
		by_mac(lab, g, &c);
	return c.vm;
}

static void take_vm(struct guest_thing *g, const struct lab_vm *vm, enum guest_match match)
{
	g->pub.vm = vm;
	g->pub.match = match;
	if (match == GUEST_UUID && !uuid_as_told(vm, g->pub.row->uuid))
		g->pub.match = GUEST_UUID_SWAPPED;
}

/* True when this kind of evidence ends the search, with a VM or without. */
static bool match_by(struct lab *lab, struct guest_thing *g, const struct evidence *e)
{
	struct candidates c = {.guest = g};
	g_autofree char *why = NULL;
	e->look(lab, g, &c);
	const struct lab_vm *vm = c.n == 1 ? c.vm : c.n > 1 && !e->final ? told_apart(lab, g) : NULL;
	const struct lab_vm *other = vm && e->match == GUEST_UUID ? other_by_mac(lab, g, vm) : NULL;
	if (other)
		why = g_strdup_printf("it has the UUID of %s and a MAC address of %s", vm->shown,
				      other->shown);
	else if (vm)
		take_vm(g, vm, e->match);
	else if (c.n > 1)
		why = g_strdup_printf("%d VMs have its %s: %s and %s", c.n, e->what, c.vm->shown,
				      c.other->shown);
	else if (c.denied && e->match == GUEST_MAC)
		why = g_strdup_printf("%s has its %s, but another UUID", c.denied->shown, e->what);
	if (why)
		doubt(lab, g, e, why);
	return vm || why;
}

static void match_guest(struct lab *lab, struct guest_thing *g)
{
	g->pub.vm = NULL;
	g->pub.match = GUEST_NONE;
	g->pub.ambiguous = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(evidence); i++)
		if (match_by(lab, g, &evidence[i]))
			return;
}

int join_marks(const struct lab *lab, const struct guest_thing *g, const struct lab_vm *vm)
{
	int n = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(evidence); i++) {
		struct candidates c = {.guest = g};
		evidence[i].look(lab, g, &c);
		n += c.n > 0 && (c.vm == vm || c.other == vm);
	}
	return n;
}

bool join_guests(struct lab *lab)
{
	bool moved = false;
	g_autofree const struct lab_vm **before = g_new(const struct lab_vm *, lab->guests->len + 1);
	g_ptr_array_set_size(lab->p->match_problems, 0);
	for (guint i = 0; i < lab->guests->len; i++) {
		struct guest_thing *g = lab->guests->pdata[i];
		before[i] = g->pub.vm;
		match_guest(lab, g);
	}
	claims_settle(lab);
	for (guint i = 0; i < lab->guests->len; i++)
		moved |= ((struct guest_thing *)lab->guests->pdata[i])->pub.vm != before[i];
	return moved;
}

/* ---- engine = guest ---------------------------------------------------------------------------------------------- */

static struct lab_guest *guest_named(const struct lab *lab, const char *name)
{
	for (guint i = 0; i < lab->guests->len; i++) {
		struct lab_guest *g = lab->guests->pdata[i];
		if (strcmp(g->ref.source, name) == 0)
			return g;
	}
	return NULL;
}

static bool has_word(const char *const *words, const char *word)
{
	for (; words && *words; words++)
		if (g_ascii_strcasecmp(*words, word) == 0)
			return true;
	return false;
}

static bool loopback(const char *ip)
{
	return g_str_has_prefix(ip, "127.") || strcmp(ip, "::1") == 0;
}

/* The only guest that says it has the address, or NULL: who says so beside another proves nothing. */
static struct lab_guest *guest_at(const struct lab *lab, const char *ip)
{
	struct lab_guest *found = NULL;
	for (guint i = 0; i < lab->guests->len; i++) {
		struct lab_guest *g = lab->guests->pdata[i];
		if (!(loopback(ip) ? g->row->transport == TRANSPORT_LOCAL : has_word(g->row->addresses, ip)))
			continue;
		if (found)
			return NULL;
		found = g;
	}
	return found;
}

static struct lab_guest *guest_of_vm(const struct lab *lab, const struct lab_vm *vm)
{
	for (guint i = 0; vm && i < lab->guests->len; i++) {
		struct lab_guest *g = lab->guests->pdata[i];
		if (g->vm == vm)
			return g;
	}
	return NULL;
}

static void match_engine(struct lab *lab, struct lab_engine *e)
{
	e->guest = NULL;
	e->vm = NULL;
	if (*e->row->guest) {
		e->guest = guest_named(lab, e->row->guest);
	} else {
		struct candidates c = {0};
		for (const char *const *ip = e->row->addresses; ip && *ip; ip++) {
			if (!e->guest)
				e->guest = guest_at(lab, *ip);
			if (!address_is_shared(*ip))
				add_indexed(&c, lab->p->vms_by_ip, *ip, true);
		}
		e->vm = c.n == 1 ? c.vm : NULL;
		/* what the hypervisor tells of an address stands above what a guest says of itself */
		struct lab_guest *there = guest_of_vm(lab, e->vm);
		if (there || (e->guest && e->vm && e->guest->vm && e->guest->vm != e->vm))
			e->guest = there;
	}
	if (e->guest && e->guest->vm)
		e->vm = e->guest->vm;
}

bool join_engines(struct lab *lab)
{
	bool moved = false;
	for (guint i = 0; i < lab->engines->len; i++) {
		struct lab_engine *e = lab->engines->pdata[i];
		const struct lab_guest *guest = e->guest;
		const struct lab_vm *vm = e->vm;
		match_engine(lab, e);
		moved |= e->guest != guest || e->vm != vm;
	}
	return moved;
}
