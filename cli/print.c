/* print.c - tables and one-line errors. */
#include "config.h"
#include "cli/print.h"

#include "lab/error.h"
#include "lab/text.h"

#include <string.h>

struct sheet {
	int columns;
	bool *right;
	GPtrArray *cells; /* char *, titles first */
};

struct sheet *sheet_new(const char *const *titles)
{
	struct sheet *s = g_new0(struct sheet, 1);
	s->columns = (int)g_strv_length((char **)titles);
	s->right = g_new0(bool, (gsize)s->columns);
	s->cells = g_ptr_array_new_with_free_func(g_free);
	for (int i = 0; i < s->columns; i++) {
		s->right[i] = titles[i][0] == '>';
		sheet_add(s, titles[i] + (s->right[i] ? 1 : 0));
	}
	return s;
}

void sheet_add(struct sheet *s, const char *text)
{
	g_ptr_array_add(s->cells, g_strdup(text));
}

void sheet_addf(struct sheet *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_ptr_array_add(s->cells, g_strdup_vprintf(format, args));
	va_end(args);
}

static void print_row(const struct sheet *s, guint first, const int *widths, FILE *to)
{
	g_autoptr(GString) line = g_string_new(NULL);
	for (int i = 0; i < s->columns; i++) {
		const char *cell = s->cells->pdata[first + (guint)i];
		int pad = widths[i] - text_width(cell);
		g_string_append_printf(line, "%s%*s%s%*s", i ? "  " : "", s->right[i] ? pad : 0, "", cell,
				       s->right[i] ? 0 : pad, "");
	}
	g_strchomp(line->str);
	fprintf(to, "%s\n", line->str);
}

bool sheet_is_empty(const struct sheet *s)
{
	return s->cells->len <= (guint)s->columns;
}

void sheet_print(struct sheet *s, FILE *to, const char *empty_text)
{
	g_autofree int *widths = g_new0(int, (gsize)s->columns);
	for (guint i = 0; i < s->cells->len; i++) {
		int column = (int)i % s->columns;
		widths[column] = MAX(widths[column], text_width(s->cells->pdata[i]));
	}
	if (!sheet_is_empty(s))
		for (guint i = 0; i + (guint)s->columns <= s->cells->len; i += (guint)s->columns)
			print_row(s, i, widths, to);
	else if (empty_text)
		fprintf(to, "%s\n", empty_text);
	g_ptr_array_unref(s->cells);
	g_free(s->right);
	g_free(s);
}

void complain(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *clean = text_clean(text, -1);
	fprintf(stderr, "labtop: %s\n", clean);
}

int complain_error(GError *error, enum lab_error_place place)
{
	int status = error->domain == LAB_ERROR ? lab_error_exit_status(error->code) : 6;
	const char *hint = error->domain == LAB_ERROR ? lab_error_hint(error->code, place) : NULL;
	if (hint)
		complain("%s; %s", error->message, hint);
	else
		complain("%s", error->message);
	g_error_free(error);
	return status;
}
