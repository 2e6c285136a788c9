/* function.c - virtual functions find their card. Where nobody tells, only what cannot be a card of its own is taken. */
#include "config.h"
#include "lab/function.h"

#include "lab/backing.h"
#include "lab/bdf.h"

#include <stdlib.h>
#include <string.h>

#define ROUTING_IDS      0x10000u
#define CLASS_PCI_BRIDGE 0x0604

struct place {
	struct pci_row *row;
	uint32_t domain;
	unsigned id, bus; /* bus: the id's upper byte */
};

/* The devices of one host in the order of their addresses. */
struct places {
	struct place *at;
	int n;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void find_places(struct places *p, struct pci_row *pci, int n)
{
	p->at = g_new0(struct place, MAX(n, 1));
	p->n = 0;
	for (int i = 0; i < n; i++) {
		struct place *place = &p->at[p->n];
		if (!bdf_split(pci[i].bdf, &place->domain, &place->id))
			continue;
		place->row = &pci[i];
		place->bus = place->id >> 8;
		p->n++;
	}
	qsort(p->at, (size_t)p->n, sizeof *p->at, by_place);
}

static void link_to(struct pci_row *function, const struct pci_row *card, bool guessed)
{
	memcpy(function->physical, card->bdf, sizeof function->physical);
	function->physical_guessed = guessed;
}

/* ---- by the card's own registers --------------------------------------------------------------------------------- */

static void link_by_stride(const struct places *p, const struct place *card)
{
	const struct pci_row *row = card->row;
	double id = card->id + row->sriov_offset.v;
	for (double left = row->sriov_vfs.v; left >= 1 && id < ROUTING_IDS;
	     left--, id += row->sriov_stride.v) {
		struct place key = {.domain = card->domain, .id = (unsigned)id};
		const struct place *found = bsearch(&key, p->at, (size_t)p->n, sizeof *p->at, by_place);
		if (found && found != card && !*found->row->physical)
			link_to(found->row, row, false);
		if (row->sriov_stride.v < 1)
			return;
	}
}

/* ---- by what fits ------------------------------------------------------------------------------------------------ */

/* All functions have their card's maker and class (9.3.4.1) and one device id, which need not be the card's. */
static bool fits(const struct pci_row *card, const struct pci_row *first, const struct pci_row *row)
{
	return row->sriov_capable != TRI_YES && !*row->physical && row->vendor_id == card->vendor_id &&
	       row->class_id >> 8 == card->class_id >> 8 && (!first || row->device_id == first->device_id);
}

static bool is_bridge(const struct places *p, const char *bdf)
{
	for (int i = 0; i < p->n; i++)
		if (strcmp(p->at[i].row->bdf, bdf) == 0)
			return p->at[i].row->class_id == CLASS_PCI_BRIDGE;
	return false;
}

/* On a bus behind its card's: below the same bridge it is a function for certain, below another one a device of its own.
 * With no bridge told it is one while the card has more functions than were found. */
static bool runs_over(const struct places *p, const struct pci_row *card, const struct pci_row *row,
		      bool expected)
{
	return is_bridge(p, row->parent) ? strcmp(row->parent, card->parent) == 0 : expected;
}

/* A link has room for one card: what is like it on its own bus is cut from it. On the buses behind, the first device
 * that does not fit shows that the bus belongs to somebody else. */
static void link_by_fit(const struct places *p, const struct place *card)
{
	const struct pci_row *first = NULL;
	unsigned bus = card->bus;
	double left = num_known(card->row->sriov_vfs) ? card->row->sriov_vfs.v : 0;
	for (const struct place *at = card + 1; at < p->at + p->n; at++) {
		bool own_bus = at->bus == card->bus;
		if (at->domain != card->domain || at->bus > bus + 1)
			return;
		bool function = fits(card->row, first, at->row);
		if (!own_bus && !(function && runs_over(p, card->row, at->row, left >= 1)))
			return;
		if (!function)
			continue;
		link_to(at->row, card->row, true);
		first = first ? first : at->row;
		bus = at->bus;
		left--;
	}
}

void function_link(struct pci_row *pci, int n)
{
	struct places p;
	for (int i = 0; i < n; i++)
		if (pci[i].physical_guessed)
			link_to(&pci[i], &(struct pci_row){.bdf = ""}, false);
	find_places(&p, pci, n);
	for (int i = 0; i < p.n; i++) {
		const struct pci_row *card = p.at[i].row;
		if (card->sriov_active != TRI_YES || *card->physical)
			continue;
		if (num_known(card->sriov_offset) && num_known(card->sriov_stride) &&
		    num_known(card->sriov_vfs))
			link_by_stride(&p, &p.at[i]);
		else if (backing_is_gpu(card))
			link_by_fit(&p, &p.at[i]);
	}
	g_free(p.at);
}
