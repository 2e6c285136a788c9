/* names.c - what hosts and VMs are called on screens: their names, and more where those look alike.
 *
 * Names differ by a blank at the end, by a no-break space, by a letter that is one character or two; or not at all, in two
 * folders or on two servers. Who reads them cannot tell which is which, so each then says where it is.
 */
#include "config.h"
#include "lab/private.h"
#include "lab/text.h"

#include <string.h>

/* One host or VM of a list. */
struct named {
	const char *name;
	const char *place; /* tells it apart best: a VM's host, a host's source; "" not known */
	const char *moref, *source;
	char **label;       /* the thing's own text, or NULL where the name is enough */
	const char **shown; /* what screens show */
	struct named *next; /* looks the same */
};

#define SELECTOR_FIRST 0xFE00
#define SELECTOR_LAST  0xFE0F

/* The selectors of a form are no letters: most terminals and fonts draw nothing else for them. */
static char *without_selectors(char *take_name)
{
	GString *out = g_string_sized_new(strlen(take_name));
	for (const char *c = take_name; *c; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);
		if (letter < SELECTOR_FIRST || letter > SELECTOR_LAST)
			g_string_append_unichar(out, letter);
	}
	g_free(take_name);
	return g_string_free(out, FALSE);
}

/* One spelling for all that look the same: composed letters, one blank for each run of them, none at the ends. */
static char *looks_of(const char *name)
{
	size_t n = strlen(name);
	if (text_is_plain(name, n) && !strstr(name, "  ") && *name != ' ' && !g_str_has_suffix(name, " "))
		return g_strdup(name);
	g_autofree char *composed = text_is_plain(name, n)
					    ? NULL
					    : without_selectors(g_utf8_normalize(name, -1, G_NORMALIZE_NFKC));
	g_auto(GStrv) words = g_strsplit(composed ? composed : name, " ", -1);
	GString *out = g_string_sized_new(n);
	for (char **word = words; *word; word++)
		if (**word)
			g_string_append_printf(out, "%s%s", out->len ? " " : "", *word);
	return g_string_free(out, FALSE);
}

static const char *place_of(const struct named *n)
{
	return n->place;
}

static const char *moref_of(const struct named *n)
{
	return n->moref;
}

static bool all_differ(const struct named *alike, const char *(*of)(const struct named *))
{
	for (const struct named *a = alike; a; a = a->next) {
		if (!*of(a))
			return false;
		for (const struct named *b = a->next; b; b = b->next)
			if (strcmp(of(a), of(b)) == 0)
				return false;
	}
	return true;
}

/* By where they are; where that is one place, by the server's own name for each. */
static void tell_apart(const struct named *alike)
{
	bool by_place = all_differ(alike, place_of), by_moref = all_differ(alike, moref_of);
	for (const struct named *n = alike; n; n = n->next) {
		g_autofree char *moref = text_clean(n->moref, -1);
		g_autofree char *looks = looks_of(n->name);
		*n->label = by_place   ? g_strdup_printf("%s (%s)", looks, n->place)
			    : by_moref ? g_strdup_printf("%s (%s)", looks, moref)
				       : g_strdup_printf("%s (%s %s)", looks, n->source, moref);
	}
}

static void label_all(GArray *list)
{
	g_autoptr(GHashTable) by_looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter it;
	gpointer alike;
	for (guint i = 0; i < list->len; i++) {
		struct named *n = &g_array_index(list, struct named, i);
		char *looks = looks_of(n->name);
		g_clear_pointer(n->label, g_free);
		n->next = g_hash_table_lookup(by_looks, looks);
		g_hash_table_replace(by_looks, looks, n);
	}
	g_hash_table_iter_init(&it, by_looks);
	while (g_hash_table_iter_next(&it, NULL, &alike))
		if (((const struct named *)alike)->next)
			tell_apart(alike);
	for (guint i = 0; i < list->len; i++) {
		const struct named *n = &g_array_index(list, struct named, i);
		*n->shown = *n->label ? *n->label : n->name;
	}
}

void names_tell_apart(struct lab *lab)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct named));
	for (guint i = 0; i < lab->hosts->len; i++) {
		struct host_thing *h = lab->hosts->pdata[i];
		const struct rec *first = h->of.recs;
		struct named n = {.name = h->pub.name,
				  .place = first->src->name,
				  .moref = first->moref,
				  .source = first->src->name,
				  .label = &h->of.label,
				  .shown = &h->pub.shown};
		g_array_append_val(list, n);
	}
	label_all(list);
	g_array_set_size(list, 0);
	for (guint i = 0; i < lab->vms->len; i++) {
		struct vm_thing *vm = lab->vms->pdata[i];
		const struct rec *first = vm->of.recs;
		struct named n = {.name = vm->pub.name,
				  .place = vm->pub.host ? vm->pub.host->shown : "",
				  .moref = first->moref,
				  .source = first->src->name,
				  .label = &vm->of.label,
				  .shown = &vm->pub.shown};
		g_array_append_val(list, n);
	}
	label_all(list);
}
