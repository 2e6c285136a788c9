/* table_order.c - which rows of a table are shown, and in which order. With 10,000 rows this runs for every key that is
 * typed into the filter: no memory is taken for a row, and a cell is formatted only when it decides something. */
#include "config.h"

#include "tui/table.h"

#include "lab/text.h"
#include "tui/table_private.h"

#include <string.h>

#define MAX_WORDS 32

/* ---- folding: text as it is compared, without case ---------------------------------------------------------- */

/* Folds in place where that is plain ASCII, as nearly all is; else as Unicode has it, cut at `size`. */
static void fold(char *text, gsize size)
{
	char *p = text;
	for (; *p && (unsigned char)*p < 0x80; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	if (!*p)
		return;
	g_autofree char *folded = g_utf8_casefold(text, -1);
	g_strlcpy(text, folded, size);
}

/* ---- filter ------------------------------------------------------------------------------------------------- */

/* Words that must all stand in a row, or must not. */
struct filter {
	char *words[MAX_WORDS];
	int n;
	bool inverse;
	char text[sizeof((struct table *)0)->filter * 4]; /* folding can make it longer */
};

static void read_filter(const struct table *t, struct filter *f)
{
	f->inverse = t->filter[0] == '!';
	f->n = 0;
	g_strlcpy(f->text, t->filter + f->inverse, sizeof f->text);
	fold(f->text, sizeof f->text);
	for (char *p = f->text, *word; f->n < MAX_WORDS && *p;) {
		word = p;
		p += strcspn(p, " ");
		if (*p)
			*p++ = '\0';
		if (*word)
			f->words[f->n++] = word;
	}
}

/* A word has no blanks, so that it stands within one cell. */
static bool row_matches(const struct table *t, const struct lab *lab, const struct table_row *row,
			const struct filter *f)
{
	uint32_t left = f->n < 32 ? (1u << f->n) - 1 : UINT32_MAX;
	for (int i = 0; i < t->n_columns && left; i++) {
		struct table_cell cell;
		table_cell_of(t, lab, row, i, &cell);
		fold(cell.text, sizeof cell.text);
		for (int w = 0; w < f->n && *cell.text; w++)
			if ((left & 1u << w) && strstr(cell.text, f->words[w]))
				left &= ~(1u << w);
		if (cell.span)
			break;
	}
	return left == 0;
}

/* ---- units: a row with what hangs below it; they are what is filtered and sorted --------------------------- */

struct unit {
	guint first, n; /* indices into rows */
	double number;  /* what to sort by, or NAN */
	guint64 head;   /* then by this: the text's first bytes, so that they compare as a number */
	gsize text;     /* and by all of it: where it begins in texts */
	bool known;
};

/* One group on its way to be sorted. */
struct sorting {
	const struct table *t;
	GArray *units;
	GString *texts; /* all keys, one behind the other, each with its NUL */
};

static guint unit_size(const struct table *t, guint first)
{
	const struct table_row *row = &g_array_index(t->rows, struct table_row, first);
	guint n = 1;
	for (; first + n < t->rows->len; n++) {
		const struct table_row *below = row + n;
		if (below->group || below->depth <= row->depth)
			break;
	}
	return n;
}

/* A child that matches keeps its parent, a parent its children; a folded one that matches is listed. */
static bool unit_matches(struct table *t, const struct lab *lab, guint first, guint n, const struct filter *f)
{
	bool any = false;
	for (guint i = first; i < first + n; i++) {
		struct table_row *row = &g_array_index(t->rows, struct table_row, i);
		if (any && !row->folded)
			continue;
		bool match = row_matches(t, lab, row, f);
		row->folded &= !match || f->inverse;
		any |= match;
	}
	return any != f->inverse;
}

static guint64 head_of(const char *text)
{
	guint64 head = 0;
	for (int i = 0; i < 8; i++)
		head = head << 8 | (*text ? (unsigned char)*text++ : 0);
	return head;
}

static void add_unit(struct sorting *s, const struct lab *lab, guint first, guint n)
{
	struct table_cell cell;
	table_cell_of(s->t, lab, &g_array_index(s->t->rows, struct table_row, first), s->t->sort, &cell);
	struct unit u = {.first = first, .n = n, .number = cell.sort, .text = s->texts->len};
	u.known = !isnan(u.number) || (cell.text[0] && strcmp(cell.text, "-") != 0);
	char key[2 * sizeof cell.text];
	fold(cell.text, sizeof cell.text);
	text_natural_key(key, sizeof key, cell.text);
	u.head = head_of(key);
	g_string_append_len(s->texts, key, (gssize)strlen(key) + 1);
	g_array_append_val(s->units, u);
}

/* Unknown last in both directions; equals keep the view's order. */
static int unit_compare(gconstpointer pa, gconstpointer pb, gpointer data)
{
	const struct sorting *s = data;
	const struct unit *a = pa, *b = pb;
	int way = s->t->descending ? -1 : 1, d = 0;
	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (!isnan(a->number) && !isnan(b->number))
		d = (a->number > b->number) - (a->number < b->number);
	else if (a->head != b->head)
		d = a->head < b->head ? -1 : 1;
	else
		d = strcmp(s->texts->str + a->text, s->texts->str + b->text);
	return d ? d * way : (a->first > b->first) - (a->first < b->first);
}

static bool is_sorted(struct sorting *s)
{
	const struct unit *u = (const struct unit *)(const void *)s->units->data;
	for (guint i = 1; i < s->units->len; i++)
		if (unit_compare(&u[i - 1], &u[i], s) > 0)
			return false;
	return true;
}

static void show_rows(struct table *t, guint first, guint n)
{
	for (guint row = first; row < first + n; row++)
		if (!g_array_index(t->rows, struct table_row, row).folded)
			g_array_append_val(t->order, row);
}

static void show_sorted(struct table *t, struct sorting *s)
{
	if (!is_sorted(s))
		g_array_sort_with_data(s->units, unit_compare, s);
	for (guint i = 0; i < s->units->len; i++) {
		const struct unit *u = &g_array_index(s->units, struct unit, i);
		show_rows(t, u->first, u->n);
	}
	g_array_set_size(s->units, 0);
	g_string_truncate(s->texts, 0);
}

/* ---- the order ---------------------------------------------------------------------------------------------- */

/* The same rows as before, filtered by the same words and more letters: what failed fails again. */
static bool narrows(const struct table *t, const struct lab *lab, const struct filter *f)
{
	const struct table_found *found = t->found;
	return !f->inverse && *found->filter && g_str_has_prefix(t->filter, found->filter) &&
	       strlen(t->filter) > strlen(found->filter) && found->version == lab->version &&
	       found->told == t->told && found->rows->len == t->rows->len;
}

static void remember_filter(const struct table *t, const struct lab *lab)
{
	g_strlcpy(t->found->filter, t->filter, sizeof t->found->filter);
	t->found->version = lab->version;
	t->found->told = t->told;
}

/* A group's line is shown when a row of its own is, or when nothing is filtered. */
void table_reorder(struct table *t, const struct lab *lab)
{
	struct filter f;
	read_filter(t, &f);
	bool narrower = narrows(t, lab, &f);
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(struct unit));
	g_autoptr(GString) texts = g_string_new(NULL);
	struct sorting sorting = {t, units, texts};
	int group = -1;
	g_array_set_size(t->order, 0);
	g_byte_array_set_size(t->found->rows, t->rows->len);
	for (guint i = 0, n; i < t->rows->len; i += n) {
		n = 1;
		if (g_array_index(t->rows, struct table_row, i).group) {
			show_sorted(t, &sorting);
			if (f.n == 0)
				show_rows(t, i, 1);
			group = f.n == 0 ? -1 : (int)i;
			continue;
		}
		n = unit_size(t, i);
		guint8 *passed = &t->found->rows->data[i];
		*passed = f.n == 0 || ((!narrower || *passed) && unit_matches(t, lab, i, n, &f));
		if (!*passed)
			continue;
		if (group >= 0)
			show_rows(t, (guint)group, 1);
		group = -1;
		if (t->sort >= 0)
			add_unit(&sorting, lab, i, n);
		else
			show_rows(t, i, n);
	}
	show_sorted(t, &sorting);
	remember_filter(t, lab);
}
