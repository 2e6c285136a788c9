/* keyfile.c - the pass over the lines of a key file. */
#include "config.h"
#include "lab/keyfile.h"

#include "lab/text.h"

#include <stdbool.h>
#include <string.h>

struct pass {
	struct keyfile *kf;
	const char *name;
	GPtrArray *complaints;
	GHashTable *seen;    /* "section\nkey" -> index + 1 of its line */
	const char *section; /* NULL: none yet, or its heading was broken */
	bool broken;         /* the heading above was: its keys are skipped without a word */
	int line;
};

static void complain(struct pass *p, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void complain(struct pass *p, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *line = p->line ? g_strdup_printf("%s:%d: %s", p->name, p->line, what)
					: g_strdup_printf("%s: %s", p->name, what); /* of the whole file */
	g_ptr_array_add(p->complaints, text_clean(line, -1));
}

static const char *keep(struct pass *p, const char *text)
{
	return g_string_chunk_insert_const(p->kf->strings, text);
}

static void add(struct pass *p, const char *key, const char *value)
{
	struct keyfile_line line = {.section = p->section, .key = key, .value = value, .line = p->line};
	g_array_append_val(p->kf->lines, line);
}

/* "[ guest   mi50-a ]" is the section "guest mi50-a". */
static void read_heading(struct pass *p, char *text)
{
	size_t len = strlen(text);
	p->section = NULL;
	p->broken = true;
	if (text[len - 1] != ']' || strpbrk(text + 1, "[]") != text + len - 1) {
		complain(p, "a section is written [kind name]; what stands below it is left out");
		return;
	}
	text[len - 1] = '\0';
	g_auto(GStrv) words = g_strsplit_set(text + 1, " \t", -1);
	GString *squeezed = g_string_new(NULL);
	for (int i = 0; words[i]; i++)
		if (*words[i])
			g_string_append_printf(squeezed, "%s%s", squeezed->len ? " " : "", words[i]);
	if (squeezed->len == 0) {
		complain(p, "a section needs a name; what stands below it is left out");
	} else {
		p->section = keep(p, squeezed->str);
		p->broken = false;
		add(p, NULL, NULL);
	}
	g_string_free(squeezed, TRUE);
}

/* A line may hold a password, whoever reads it and whatever becomes of it. The chunk's strings are ours alone. */
static void wipe(const char *text)
{
	explicit_bzero((char *)text, strlen(text));
}

static void read_pair(struct pass *p, char *text)
{
	char *equals = strchr(text, '=');
	if (!equals || equals == text) {
		complain(p, "not understood: a line is \"key = value\", \"[kind name]\" or \"# comment\"");
		return;
	}
	*equals = '\0';
	g_strchomp(text);
	if (!p->section) {
		if (!p->broken)
			complain(p, "\"%s\" stands before any [section] and is left out", text);
		return;
	}
	const char *key = keep(p, text);
	/* not shared with equal strings: a reader may wipe a secret */
	const char *value = g_string_chunk_insert(p->kf->strings, g_strstrip(equals + 1));
	g_autofree char *place = g_strconcat(p->section, "\n", key, NULL);
	gsize index = GPOINTER_TO_SIZE(g_hash_table_lookup(p->seen, place));
	if (index) {
		struct keyfile_line *first = &g_array_index(p->kf->lines, struct keyfile_line, index - 1);
		complain(p, "\"%s\" is given twice (first in line %d); this one holds", key, first->line);
		wipe(first->value);
		first->value = value;
		first->line = p->line;
		return;
	}
	add(p, key, value);
	g_hash_table_insert(p->seen, g_steal_pointer(&place), GSIZE_TO_POINTER(p->kf->lines->len));
}

static void read_line(struct pass *p, const char *start, gsize len)
{
	p->line++;
	if (len > 0 && start[len - 1] == '\r')
		len--;
	if (!g_utf8_validate(start, (gssize)len, NULL)) {
		complain(p, "not UTF-8, or a NUL in it; left out");
		return;
	}
	char *copy = g_strndup(start, len), *text = g_strstrip(copy);
	if (*text == '[')
		read_heading(p, text);
	else if (*text && *text != '#' && *text != ';')
		read_pair(p, text);
	explicit_bzero(copy, len);
	g_free(copy);
}

struct keyfile *keyfile_read(const char *text, gssize len, const char *name, GPtrArray *complaints)
{
	struct keyfile *kf = g_new0(struct keyfile, 1);
	struct pass p = {.kf = kf, .name = name, .complaints = complaints};
	gsize left = len < 0 ? strlen(text) : (gsize)len;
	kf->lines = g_array_new(FALSE, FALSE, sizeof(struct keyfile_line));
	kf->strings = g_string_chunk_new(1024);
	p.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (left >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3, left -= 3;
	if (left > KEYFILE_CAP) {
		complain(&p, "larger than %d KiB; only that much is read", KEYFILE_CAP / 1024);
		left = KEYFILE_CAP;
	}
	while (left > 0) {
		const char *end = memchr(text, '\n', left);
		gsize n = end ? (gsize)(end - text) : left;
		read_line(&p, text, n);
		n += end ? 1 : 0;
		text += n;
		left -= n;
	}
	g_hash_table_unref(p.seen);
	return kf;
}

static gint by_line(gconstpointer a, gconstpointer b, gpointer name_len)
{
	const char *const *x = a, *const *y = b;
	gint64 i = g_ascii_strtoll(*x + GPOINTER_TO_SIZE(name_len), NULL, 10);
	gint64 k = g_ascii_strtoll(*y + GPOINTER_TO_SIZE(name_len), NULL, 10);
	return (i > k) - (i < k);
}

void keyfile_sort_complaints(GPtrArray *complaints, guint from, const char *name)
{
	g_autofree char *shown = text_clean(name, -1);
	g_autoptr(GPtrArray) tail = g_ptr_array_new();
	for (guint i = from; i < complaints->len; i++)
		g_ptr_array_add(tail, complaints->pdata[i]);
	g_ptr_array_sort_with_data(tail, by_line, GSIZE_TO_POINTER(strlen(shown) + 1));
	for (guint i = 0; i < tail->len; i++)
		complaints->pdata[from + i] = tail->pdata[i];
}

void keyfile_free(struct keyfile *kf)
{
	if (!kf)
		return;
	for (guint i = 0; i < kf->lines->len; i++) {
		const struct keyfile_line *line = &g_array_index(kf->lines, struct keyfile_line, i);
		if (line->value)
			wipe(line->value);
	}
	g_array_unref(kf->lines);
	g_string_chunk_free(kf->strings);
	g_free(kf);
}
