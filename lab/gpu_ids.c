/* gpu_ids.c - see gpu_ids.h. */
#include "config.h"
#include "lab/gpu_ids.h"

#include <glib.h>
#include <string.h>

#include "lab/text.h"

static bool is_one_of(const char *text, const char *characters)
{
	return text[strspn(text, characters)] == '\0';
}

bool gpu_id_is_told(const char *text)
{
	static const char *const none[] = {"n/a",     "[n/a]",        "none", "unknown", "[unknown error]",
					   "default", "not specified"};
	g_autofree char *low = g_ascii_strdown(text, -1);
	const char *digits = g_str_has_prefix(low, "0x") ? low + 2 : low;
	return !is_one_of(digits, "0-.: ") && !is_one_of(digits, "f-") &&
	       text_index(none, G_N_ELEMENTS(none), low) < 0;
}

/* True when no other card is called so, or says the same of itself. */
static bool is_unique(const struct gpu_identity *cards, int n, int mine, const char *id)
{
	for (int i = 0; i < n; i++)
		if (i != mine && (g_ascii_strcasecmp(cards[i].id, id) == 0 ||
				  g_ascii_strcasecmp(cards[i].unique_id, id) == 0 ||
				  g_ascii_strcasecmp(cards[i].serial, id) == 0))
			return false;
	return true;
}

static bool is_taken(const struct gpu_identity *cards, int n, const char *id)
{
	for (int i = 0; i < n; i++)
		if (strcmp(cards[i].id, id) == 0)
			return true;
	return false;
}

static void choose(struct gpu_identity *cards, int n, int i)
{
	const struct gpu_identity *c = &cards[i];
	const char *const better[] = {c->unique_id, c->serial};
	char id[GPU_ID_SIZE];
	for (gsize k = 0; k < G_N_ELEMENTS(better); k++)
		if (gpu_id_is_told(better[k]) && is_unique(cards, n, i, better[k])) {
			g_strlcpy(cards[i].id, better[k], sizeof cards[i].id);
			return;
		}
	/* parts of a card have its address */
	g_strlcpy(id, *c->bdf ? c->bdf : "card", sizeof id);
	for (int k = 2; is_taken(cards, n, id); k++)
		g_snprintf(id, sizeof id, "%.64s#%d", *c->bdf ? c->bdf : "card", k);
	g_strlcpy(cards[i].id, id, sizeof cards[i].id);
}

void gpu_ids_choose(struct gpu_identity *cards, int n)
{
	for (int i = 0; i < n; i++)
		if (!*cards[i].id)
			choose(cards, n, i);
}
