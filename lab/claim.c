/* claim.c - several guests that were found to be one VM: a copied disk, one machine configured twice, one that lies.
 *
 * A VM is one machine, so one of them has it. What a person wrote comes before what a guest says of itself; one that lies
 * must not push aside the one that the configuration is about, nor when that one is silent for a while. The others keep
 * their cards, in rows without a VM.
 */
#include "config.h"
#include "lab/private.h"
#include "lab/problem.h"
#include "lab/uuid.h"

#include <stdlib.h>
#include <string.h>

#define BOOT_SLACK_MS 5000 /* boot times are worked out from clocks that are read one after the other */

bool guests_are_twins(const struct lab_guest *a, const struct lab_guest *b)
{
	char x[UUID_SIZE], y[UUID_SIZE];
	bool here = a->row->transport == TRANSPORT_LOCAL || b->row->transport == TRANSPORT_LOCAL;
	return here && !uuid_placeholder(a->row->uuid) && uuid_canonical(a->row->uuid, x) &&
	       uuid_canonical(b->row->uuid, y) && strcmp(x, y) == 0 && a->row->boot_ms > 0 &&
	       b->row->boot_ms > 0 && llabs(a->row->boot_ms - b->row->boot_ms) <= BOOT_SLACK_MS &&
	       strcmp(a->row->hostname, b->row->hostname) == 0;
}

/* ---- who has the better claim ------------------------------------------------------------------------------------ */

struct claim {
	struct guest_thing *guest;
	int score[5]; /* the first that differs decides; more is better */
};

enum { CONFIGURED, NAMED, STRENGTH, MARKS, ORDER };

static const char *const because[] = {[CONFIGURED] = "as configured",
				      [NAMED] = "its section says so",
				      [STRENGTH] = "by the better mark",
				      [MARKS] = "by more marks",
				      [ORDER] = "it stands first"};

static bool is_word(const char *word, const char *of)
{
	return word && *word && g_ascii_strcasecmp(word, of) == 0;
}

/* A person called the guest as the VM, or wrote an address of the VM to reach it. */
static bool is_named_so(const struct source *src, const struct vm_row *vm, const char *name)
{
	bool so = is_word(src->name, name) || is_word(src->host, name) ||
		  is_word(src->host, vm->guest_hostname) || is_word(src->host, vm->guest_ip);
	for (const char *const *ip = vm->guest_ips; ip && *ip && !so; ip++)
		so = is_word(src->host, *ip);
	return so;
}

static struct claim claim_of(const struct lab *lab, struct guest_thing *g)
{
	static const int strength[] = {[GUEST_CONFIGURED] = 4, [GUEST_UUID] = 4, [GUEST_UUID_SWAPPED] = 4,
				       [GUEST_MAC] = 3,        [GUEST_IP] = 2,   [GUEST_HOSTNAME] = 1};
	const struct lab_vm *vm = g->pub.vm;
	return (struct claim){g,
			      {[CONFIGURED] = g->pub.match == GUEST_CONFIGURED,
			       [NAMED] = is_named_so(g->src, vm->row, vm->name),
			       [STRENGTH] = strength[g->pub.match],
			       [MARKS] = join_marks(lab, g, vm),
			       [ORDER] = -g->src->rank}};
}

/* The place in score that decides; ORDER differs always. */
static int decides(const struct claim *a, const struct claim *b)
{
	int i = 0;
	while (i < ORDER && a->score[i] == b->score[i])
		i++;
	return i;
}

static bool is_better(const struct claim *a, const struct claim *b)
{
	int i = decides(a, b);
	return a->score[i] > b->score[i];
}

/* ---- settling ---------------------------------------------------------------------------------------------------- */

static void lose(struct lab *lab, const struct claim *loser, const struct claim *winner)
{
	struct lab_guest *g = &loser->guest->pub;
	g_autofree char *why = g_strdup_printf(
		"%s is VM %s by its %s; %s is it too, and has it: %s", g->ref.source, g->vm->shown,
		g->match == GUEST_CONFIGURED ? "section" : guest_match_names[g->match],
		winner->guest->src->name, because[decides(loser, winner)]);
	struct problem p = {.id = "JOIN-CLASH",
			    .severity = SEV_WARN,
			    .subject = g->ref,
			    .subject_text = g->ref.source,
			    .text = "another guest is the same VM",
			    .evidence = why,
			    .fix = "name the VM of each in its section (vm = NAME); of two sections for one "
				   "machine leave one out"};
	g_ptr_array_add(lab->p->match_problems, finding_new(&p));
	g->vm = NULL;
	g->match = GUEST_NONE;
	g->ambiguous = "VM";
}

static void settle_one(struct lab *lab, const struct lab_vm *vm)
{
	struct claim best = {0};
	for (guint i = 0; i < lab->guests->len; i++) {
		struct guest_thing *g = lab->guests->pdata[i];
		if (g->pub.vm != vm)
			continue;
		struct claim c = claim_of(lab, g);
		if (!best.guest || is_better(&c, &best))
			best = c;
	}
	for (guint i = 0; i < lab->guests->len; i++) {
		struct guest_thing *g = lab->guests->pdata[i];
		if (g->pub.vm != vm || g == best.guest || guests_are_twins(&g->pub, &best.guest->pub))
			continue;
		struct claim c = claim_of(lab, g);
		lose(lab, &c, &best);
	}
}

void claims_settle(struct lab *lab)
{
	g_autoptr(GHashTable) once = g_hash_table_new(NULL, NULL), twice = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < lab->guests->len; i++) {
		const struct lab_guest *g = lab->guests->pdata[i];
		if (g->vm && !g_hash_table_add(once, (gpointer)g->vm) &&
		    g_hash_table_add(twice, (gpointer)g->vm))
			settle_one(lab, g->vm);
	}
}
