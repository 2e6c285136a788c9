/* fuzz_slot.c - a VM's devices and its guest's cards, joined. A line each:
 *
 *   x KEY VALUE            of extraConfig
 *   d SLOT VENDOR DEVICE   a device of the VM; SLOT - is not known
 *   g PATH SLOT VENDOR DEVICE   a card of the guest
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "lab/pair.h"
#include "lab/slot.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

struct input {
	struct kv extra[MOST];
	struct vm_device devices[MOST];
	struct gpu_row rows[MOST];
	struct vm_row vm;
	int n_devices, n_cards;
};

static uint16_t id_of(const char *word)
{
	return (uint16_t)strtoul(word, NULL, 16);
}

static void read_line(struct input *in, char **word)
{
	guint n = g_strv_length(word);
	if (n == 3 && strcmp(word[0], "x") == 0 && in->vm.n_extra < MOST) {
		in->extra[in->vm.n_extra++] = (struct kv){word[1], word[2]};
	} else if (n == 4 && strcmp(word[0], "d") == 0 && in->n_devices < MOST) {
		struct vm_device *d = &in->devices[in->n_devices++];
		*d = (struct vm_device){.key = in->n_devices, .profile = "", .label = ""};
		d->slot = *word[1] == '-' ? num_none(NUM_UNKNOWN)
					  : num_of((double)CLAMP(strtol(word[1], NULL, 10), -9, 99999));
		d->kind = (enum vm_device_kind)(d->slot.v > 4096 ? VMDEV_SRIOV : 0);
		d->vendor_id = id_of(word[2]);
		d->device_id = id_of(word[3]);
	} else if (n == 5 && strcmp(word[0], "g") == 0 && in->n_cards < MOST) {
		struct gpu_row *g = &in->rows[in->n_cards++];
		*g = (struct gpu_row){.id = word[1], .path = word[1], .slot = word[2]};
		g->parent = g->name = g->arch = g->vbios = g->unique_id = g->serial = g->driver = "";
		g->vendor_id = id_of(word[3]);
		g->device_id = id_of(word[4]);
	}
}

static void try_slot(const struct input *in, const struct vm_device *d)
{
	struct slot_path path;
	char text[96];
	if (!num_known(d->slot) || !slot_decode(&in->vm, (int)d->slot.v, &path))
		return;
	if (path.n < 1 || path.n > SLOT_DEPTH + 1)
		g_error("%d hops", path.n);
	slot_describe(&path, text, sizeof text);
	fuzz_judge(text);
	for (int i = 0; i < in->n_cards; i++)
		slot_is_path(&path, in->rows[i].path);
}

static void try_pairs(const struct input *in)
{
	struct pair pairs[MOST] = {{0}};
	const struct gpu_row *cards[MOST];
	bool taken[MOST] = {false};
	for (int i = 0; i < in->n_devices; i++)
		pairs[i].device = &in->devices[i];
	for (int i = 0; i < in->n_cards; i++)
		cards[i] = &in->rows[i];
	pair_devices(&in->vm, pairs, in->n_devices, cards, in->n_cards);
	for (int i = 0; i < in->n_devices; i++) {
		const struct pair *p = &pairs[i];
		if (p->card < -1 || p->card >= in->n_cards)
			g_error("card %d of %d", p->card, in->n_cards);
		if (p->refused ? p->match != MATCH_NONE : (p->card >= 0) != (p->match != MATCH_NONE))
			g_error("a card %d, matched by %d", p->card, p->match);
		if (p->match != MATCH_NONE && taken[p->card])
			g_error("one card of two devices");
		if (p->match != MATCH_NONE)
			taken[p->card] = true;
		if (!memchr(p->why, '\0', sizeof p->why))
			g_error("words without an end");
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	struct input in = {.vm = {.extra = in.extra}};
	for (char **line = lines; *line; line++) {
		char **word = g_strsplit(*line, " ", 8);
		g_ptr_array_add(kept, word);
		read_line(&in, word);
	}
	for (int i = 0; i < in.n_devices; i++)
		try_slot(&in, &in.devices[i]);
	try_pairs(&in);
}
