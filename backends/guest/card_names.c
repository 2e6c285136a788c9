/* card_names.c - see card_names.h. */
#include "config.h"

#include "backends/guest/card_names.h"

#include "lab/gpu_ids.h"

#include <string.h>

#define KNOWN_MAX 1024 /* a guest that makes up cards all the time is not remembered for ever */

struct card_names {
	GHashTable *shown; /* what the guest says -> what is shown */
	int renamed;       /* entries where the two differ */
};

struct card_names *card_names_new(void)
{
	struct card_names *names = g_new0(struct card_names, 1);
	names->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return names;
}

void card_names_free(struct card_names *names)
{
	g_hash_table_unref(names->shown);
	g_free(names);
}

static const char *shown_of(const struct card_names *names, struct box *box, const char *told)
{
	const char *shown = g_hash_table_lookup(names->shown, told);
	return shown && strcmp(shown, told) != 0 ? box_raw(box, shown, -1) : told;
}

/* The guest's own word for a card, where it is one, before what it tells as the unique id: without the number by which the
 * reader tells cards of one word apart ("#2"). */
static const char *unique_id_of(struct box *box, const struct gpu_row *card)
{
	const char *word = box_raw(box, card->id, (gssize)strcspn(card->id, "#"));
	return strcmp(word, card->bdf) != 0 && gpu_id_is_told(word) ? word : card->unique_id;
}

static void identify(const struct card_names *names, struct box *box, const struct gpu_row *card,
		     struct gpu_identity *out)
{
	const char *shown = g_hash_table_lookup(names->shown, card->id);
	*out = (struct gpu_identity){.unique_id = unique_id_of(box, card),
				     .serial = card->serial,
				     .bdf = *card->bdf ? card->bdf : card->id};
	g_strlcpy(out->id, shown ? shown : "", sizeof out->id);
}

void card_names_hello(struct card_names *names, struct guest_row *hello)
{
	g_autofree struct gpu_identity *cards = g_new0(struct gpu_identity, (gsize)hello->n_gpus + 1);
	if (g_hash_table_size(names->shown) > KNOWN_MAX) {
		g_hash_table_remove_all(names->shown);
		names->renamed = 0;
	}
	for (int i = 0; i < hello->n_gpus; i++)
		identify(names, hello->box, &hello->gpus[i], &cards[i]);
	gpu_ids_choose(cards, hello->n_gpus);
	for (int i = 0; i < hello->n_gpus; i++) {
		const char *told = hello->gpus[i].id;
		if (g_hash_table_insert(names->shown, g_strdup(told), g_strdup(cards[i].id)))
			names->renamed += strcmp(told, cards[i].id) != 0;
	}
	for (int i = 0; i < hello->n_gpus; i++) {
		hello->gpus[i].id = shown_of(names, hello->box, hello->gpus[i].id);
		hello->gpus[i].parent = shown_of(names, hello->box, hello->gpus[i].parent);
	}
}

void card_names_sample(const struct card_names *names, struct sample *sample)
{
	if (names->renamed == 0)
		return;
	for (int i = 0; i < sample->n_gpus; i++)
		sample->gpus[i].id = shown_of(names, sample->box, sample->gpus[i].id);
	for (int i = 0; i < sample->n_procs; i++)
		for (int k = 0; k < sample->procs[i].n_gpus; k++) {
			struct proc_gpu *use = &sample->procs[i].gpus[k];
			use->gpu = shown_of(names, sample->box, use->gpu);
		}
}
