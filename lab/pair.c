/* pair.c - VM's devices and guest's cards, best evidence first; every pair says how it was found. */
#include "config.h"
#include "lab/pair.h"
#include "lab/slot.h"

#include <string.h>

struct pairing {
	const struct vm_row *vm;
	struct pair *pairs;
	int n_pairs;
	const struct gpu_row *const *cards;
	int n_cards;
	bool *taken; /* by card */
	bool *done;  /* by pair: no later step may touch it */
};

static uint16_t vendor_of(const struct pair *p)
{
	return p->device->vendor_id ? p->device->vendor_id : p->backing ? p->backing->vendor_id : 0;
}

static uint16_t device_of(const struct pair *p)
{
	return p->device->device_id ? p->device->device_id : p->backing ? p->backing->device_id : 0;
}

static bool differ(uint16_t a, uint16_t b)
{
	return a && b && a != b;
}

/* A share of a card (vGPU, VF) shows ids of its own; only the maker stays. */
static bool whole_card(const struct pair *p)
{
	return p->device->kind == VMDEV_FIXED || p->device->kind == VMDEV_DYNAMIC;
}

/* What of the ids differs, or NULL. */
static const char *ids_differ(const struct pair *p, const struct gpu_row *card)
{
	if (differ(vendor_of(p), card->vendor_id))
		return "vendor id";
	if (whole_card(p) && differ(device_of(p), card->device_id))
		return "device id";
	if (whole_card(p) && p->backing &&
	    (differ(p->backing->subvendor_id, card->subvendor_id) ||
	     differ(p->backing->subdevice_id, card->subdevice_id)))
		return "subsystem id";
	return NULL;
}

static void settle(struct pairing *g, int i, int card, enum row_match match, const char *why)
{
	struct pair *p = &g->pairs[i];
	const char *wrong = ids_differ(p, g->cards[card]);
	g->done[i] = g->taken[card] = true;
	p->card = card;
	p->refused = wrong != NULL;
	p->match = wrong ? MATCH_NONE : match;
	if (wrong)
		g_snprintf(p->why, sizeof p->why, "refused: %s differs", wrong);
	else
		g_strlcpy(p->why, why, sizeof p->why);
}

/* ---- by place ---------------------------------------------------------------------------------------------------- */

static int card_at(const struct pairing *g, const struct slot_path *path)
{
	for (int c = 0; c < g->n_cards; c++)
		if (!g->taken[c] && slot_is_path(path, g->cards[c]->path))
			return c;
	return -1;
}

static int card_in_slot(const struct pairing *g, int number)
{
	char text[16];
	g_snprintf(text, sizeof text, "%d", number);
	for (int c = 0; c < g->n_cards; c++)
		if (!g->taken[c] && strcmp(g->cards[c]->slot, text) == 0)
			return c;
	return -1;
}

static bool any_path(const struct pairing *g)
{
	for (int c = 0; c < g->n_cards; c++)
		if (*g->cards[c]->path)
			return true;
	return false;
}

static void by_place(struct pairing *g)
{
	for (int i = 0; i < g->n_pairs; i++) {
		struct slot_path path;
		char place[48], why[96];
		if (!num_known(g->pairs[i].device->slot))
			continue;
		int number = (int)g->pairs[i].device->slot.v;
		if (!slot_decode(g->vm, number, &path))
			continue;
		int card = card_at(g, &path);
		slot_describe(&path, place, sizeof place);
		g_snprintf(why, sizeof why, "slot %d: %s", number, place);
		if (card >= 0)
			settle(g, i, card, MATCH_SLOT, why);
	}
}

static void by_slot_name(struct pairing *g)
{
	for (int i = 0; i < g->n_pairs; i++) {
		char why[96];
		if (g->done[i] || !num_known(g->pairs[i].device->slot))
			continue;
		int number = (int)g->pairs[i].device->slot.v;
		int card = card_in_slot(g, number);
		g_snprintf(why, sizeof why, "slot %d: the guest's name of the slot", number);
		if (card >= 0)
			settle(g, i, card, MATCH_SLOT, why);
	}
}

/* A device whose place is known and where the guest has no card is not paired with a card of another place. */
static void rule_out_placed(struct pairing *g)
{
	for (int i = 0; i < g->n_pairs; i++) {
		struct slot_path path;
		struct pair *p = &g->pairs[i];
		if (g->done[i] || !num_known(p->device->slot) || !any_path(g) ||
		    !slot_decode(g->vm, (int)p->device->slot.v, &path))
			continue;
		g->done[i] = true;
		g_snprintf(p->why, sizeof p->why, "slot %d: the guest has no GPU there",
			   (int)p->device->slot.v);
	}
}

/* ---- by order ---------------------------------------------------------------------------------------------------- */

static bool ids_known(const struct pair *p)
{
	return vendor_of(p) != 0 && device_of(p) != 0;
}

static bool same_kind(const struct pair *a, const struct pair *b)
{
	return ids_known(b) && vendor_of(a) == vendor_of(b) && device_of(a) == device_of(b) &&
	       whole_card(a) == whole_card(b);
}

static int count_pairs(const struct pairing *g, const struct pair *like)
{
	int n = 0;
	for (int i = 0; i < g->n_pairs; i++)
		n += !g->done[i] && (!like || same_kind(like, &g->pairs[i]));
	return n;
}

static int count_cards(const struct pairing *g, const struct pair *like)
{
	int n = 0;
	for (int c = 0; c < g->n_cards; c++)
		n += !g->taken[c] && (!like || !ids_differ(like, g->cards[c]));
	return n;
}

static int next_card(const struct pairing *g, const struct pair *like)
{
	for (int c = 0; c < g->n_cards; c++)
		if (!g->taken[c] && !ids_differ(like, g->cards[c]))
			return c;
	return -1;
}

static void by_ids(struct pairing *g)
{
	for (int i = 0; i < g->n_pairs; i++) {
		const struct pair like = g->pairs[i];
		if (g->done[i] || !ids_known(&like))
			continue;
		int n = count_pairs(g, &like), m = count_cards(g, &like);
		char why[96];
		if (n == m)
			g_snprintf(why, sizeof why, "order: %d of these ids on both sides", n);
		else
			g_snprintf(why, sizeof why, "guess: %d in the VM, %d in the guest", n, m);
		for (int k = i; k < g->n_pairs; k++) {
			int card = g->done[k] || !same_kind(&like, &g->pairs[k]) ? -1 : next_card(g, &like);
			if (card >= 0)
				settle(g, k, card, n == m ? MATCH_ORDER : MATCH_GUESS, why);
		}
	}
}

/* Nothing is known but how many there are. */
static void by_count(struct pairing *g)
{
	int n = count_pairs(g, NULL);
	if (n == 0 || n != count_cards(g, NULL))
		return;
	for (int i = 0; i < g->n_pairs; i++) {
		int card = g->done[i] ? -1 : next_card(g, &g->pairs[i]);
		if (card >= 0)
			settle(g, i, card, MATCH_GUESS, "guess: as many in the VM as in the guest");
	}
}

void pair_devices(const struct vm_row *vm, struct pair *pairs, int n_pairs,
		  const struct gpu_row *const *cards, int n_cards)
{
	struct pairing g = {.vm = vm,
			    .pairs = pairs,
			    .n_pairs = n_pairs,
			    .cards = cards,
			    .n_cards = n_cards,
			    .taken = g_new0(bool, n_cards + 1),
			    .done = g_new0(bool, n_pairs + 1)};
	for (int i = 0; i < n_pairs; i++) {
		pairs[i].card = -1;
		pairs[i].match = MATCH_NONE;
		pairs[i].refused = false;
		pairs[i].why[0] = '\0';
	}
	by_place(&g);
	by_slot_name(&g);
	rule_out_placed(&g);
	by_ids(&g);
	by_count(&g);
	g_free(g.taken);
	g_free(g.done);
}
