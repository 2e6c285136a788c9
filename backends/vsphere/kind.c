/* kind.c - what all rows need: blank ones, whole copies, comparison by their tables. */
#include "config.h"
#include "backends/vsphere/kind.h"

#include <string.h>

static const char **text_at(void *row, size_t offset)
{
	return (const char **)((char *)row + offset);
}

void row_blank(void *row, const size_t *texts, size_t n_texts)
{
	for (size_t i = 0; i < n_texts; i++)
		*text_at(row, texts[i]) = "";
}

/* The texts are clean already, or raw on purpose: their bytes are kept. */
void row_copy_texts(struct box *box, void *row, const size_t *texts, size_t n_texts)
{
	for (size_t i = 0; i < n_texts; i++) {
		const char **text = text_at(row, texts[i]);
		*text = **text ? box_raw(box, *text, -1) : "";
	}
}

const char *const *row_copy_strings(struct box *box, const char *const *strings)
{
	size_t n = 0;
	if (!strings)
		return NULL;
	while (strings[n])
		n++;
	const char **out = box_array0(box, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		out[i] = box_raw(box, strings[i], -1);
	return out;
}

static bool is_about(const char *line, const char *path)
{
	size_t n = strlen(path);
	return strncmp(line, path, n) == 0 && line[n] == ':';
}

#define ALL_OF_IT "all of it" /* in place of a path */

static bool told_anew(const struct draft *d, const char *line)
{
	const struct prop *props = d->type->props;
	for (int i = 0; props[i].path; i++)
		if ((props[i].sets & d->sets || d->told >> i & 1) && is_about(line, props[i].path))
			return true;
	if (d->sets && is_about(line, ALL_OF_IT))
		return true;
	for (guint i = 0; i < d->missing->len; i++)
		if (is_about(line, g_array_index(d->missing, struct prop_missing, i).path))
			return true;
	return false;
}

const char *const *row_partial(struct draft *d, const char *const *before)
{
	guint n = 0, n_before = before ? g_strv_length((char **)before) : 0;
	const char **out;
	if (!n_before && !d->missing->len)
		return NULL;
	out = box_array0(d->box, const char *, n_before + d->missing->len + 1);
	for (guint i = 0; i < n_before; i++)
		if (!told_anew(d, before[i]))
			out[n++] = before[i];
	for (guint i = 0; i < d->missing->len; i++) {
		const struct prop_missing *m = &g_array_index(d->missing, struct prop_missing, i);
		const char *words = *m->fault ? fault_words(m->fault) : m->message;
		if (strcmp(m->fault, "InvalidProperty") == 0 || prop_object_gone(m))
			continue;
		g_autofree char *line =
			g_strdup_printf("%s: %s", *m->path ? m->path : ALL_OF_IT, words ? words : m->fault);
		out[n++] = box_text(d->box, line, -1);
	}
	return n ? out : NULL;
}

void kind_begin(const struct kind *k, struct draft *d, const char *source)
{
	row_blank(d->row, k->texts, k->n_texts);
	*text_at(d->row, k->source_at) = source;
	*text_at(d->row, k->moref_at) = d->moref;
}

static bool is_gone(const struct draft *d)
{
	for (guint i = 0; i < d->missing->len; i++)
		if (prop_object_gone(&g_array_index(d->missing, struct prop_missing, i)))
			return true;
	return false;
}

/* Whoever may not read an object's name must still tell it from others. */
static void call_by_moref(const struct kind *k, struct draft *d)
{
	const char **name = text_at(d->row, k->name_at);
	if (!**name)
		*name = box_text(d->box, d->moref, -1);
}

bool kind_end(const struct kind *k, struct draft *d, const void *old)
{
	if (is_gone(d))
		return false;
	if (k->finish)
		k->finish(d, old);
	call_by_moref(k, d);
	return true;
}

void *kind_copy(const struct kind *k, struct box *box, const void *row)
{
	void *out = box_alloc(box, k->type.row_size);
	memcpy(out, row, k->type.row_size);
	row_copy_texts(box, out, k->texts, k->n_texts);
	if (k->copy_lists)
		k->copy_lists(box, out);
	return out;
}

bool kind_same(const struct kind *k, unsigned sets, const struct draft *d, const void *old)
{
	for (const struct prop *p = k->type.props; p->path; p++) {
		if (p->list && d->arrived[p->list])
			return false;
		if (p->list || !(p->sets & sets))
			continue;
		for (const struct leaf *leaf = p->leaves; leaf->path; leaf++)
			if (!leaf_same(leaf, d->row, old))
				return false;
	}
	return true;
}
