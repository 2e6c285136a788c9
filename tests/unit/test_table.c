/* The table: the cursor stays on its thing; filter, sort, marks, groups; only what is visible is drawn. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tui/table.h"

#include <locale.h>
#include <string.h>

struct thing_row {
	struct ref ref;
	const char *name;
	double value;
};

static struct lab lab; /* of which only the version is looked at */
static int cells_asked;

static void name_cell(const struct table_row *row, const struct lab *of, struct table_cell *out)
{
	const struct thing_row *item = row->item;
	cells_asked++;
	g_strlcpy(out->text, item->name, sizeof out->text);
}

static void value_cell(const struct table_row *row, const struct lab *of, struct table_cell *out)
{
	const struct thing_row *item = row->item;
	if (isnan(item->value)) {
		g_strlcpy(out->text, "-", sizeof out->text);
		out->role = ROLE_DIM;
		return;
	}
	out->sort = item->value;
	g_snprintf(out->text, sizeof out->text, "%.0f W", item->value);
}

static const struct table_column columns[] = {
	{"NAME", {.min = 6, .ideal = 12}, ALIGN_LEFT, name_cell},
	{"POWER", {.min = 6, .ideal = 6, .priority = 1}, ALIGN_RIGHT, value_cell},
};

static struct thing_row *rows_new(int n)
{
	struct thing_row *rows = g_new0(struct thing_row, n);
	for (int i = 0; i < n; i++) {
		rows[i].ref.kind = THING_GPU;
		g_snprintf(rows[i].ref.id, sizeof rows[i].ref.id, "id-%d", i);
		rows[i].name = "";
		rows[i].value = NAN;
	}
	return rows;
}

static void fill(struct table *t, const struct thing_row *rows, int n)
{
	table_begin(t);
	for (int i = 0; i < n; i++)
		table_row(t, &rows[i].ref, &rows[i]);
	table_end(t, &lab);
}

static const char *current(const struct table *t)
{
	const struct table_row *row = table_current(t);
	return row ? ((const struct thing_row *)row->item)->name : NULL;
}

static char *screen(const struct table *t, int w, int h)
{
	struct canvas *c = canvas_new(w, h, GLYPHS_UNICODE);
	table_draw(t, &lab, c, rect_of(0, 0, w, h));
	char *text = canvas_dump_text(c);
	canvas_free(c);
	return text;
}

static void assert_line(const char *text, const char *expression)
{
	g_test_message("%s on:\n%s", expression, text);
	g_assert_true(g_regex_match_simple(expression, text, G_REGEX_MULTILINE, 0));
}

static struct thing_row *four(void)
{
	struct thing_row *rows = rows_new(4);
	static const char *const names[] = {"delta", "alpha", "charlie", "bravo"};
	static const double values[] = {40, NAN, 120, 9};
	for (int i = 0; i < 4; i++) {
		rows[i].name = names[i];
		rows[i].value = values[i];
	}
	return rows;
}

static void test_draw(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	fill(&t, rows, 4);
	g_autofree char *text = screen(&t, 24, 6);
	g_assert_cmpstr(text, ==,
			"  NAME          POWER\n"
			"▸ delta          40 W\n"
			"  alpha             -\n"
			"  charlie       120 W\n"
			"  bravo           9 W\n\n");
	g_autofree char *narrow = screen(&t, 12, 3); /* the power column goes, the name stays */
	g_assert_cmpstr(narrow, ==, "  NAME\n▸ delta\n  alpha\n");
	char position[32];
	table_position(&t, position, sizeof position);
	g_assert_cmpstr(position, ==, "1/4");
	table_clear(&t);
}

static void test_cursor_follows(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	fill(&t, rows, 4);
	g_assert_cmpstr(current(&t), ==, "delta");
	g_assert_true(table_key(&t, 'j'));
	g_assert_true(table_key(&t, K_DOWN));
	g_assert_cmpstr(current(&t), ==, "charlie");
	/* Things come and go around it. */
	struct thing_row moved[] = {rows[2], rows[0]};
	fill(&t, moved, 2);
	g_assert_cmpstr(current(&t), ==, "charlie");
	/* It goes itself: the cursor stays where it was, on the next best thing. */
	fill(&t, rows, 2);
	g_assert_nonnull(table_current(&t));
	table_key(&t, 'G');
	g_assert_cmpstr(current(&t), ==, "alpha");
	table_key(&t, 'g');
	g_assert_cmpstr(current(&t), ==, "delta");
	table_key(&t, 'k');
	g_assert_cmpstr(current(&t), ==, "delta");
	g_assert_false(table_key(&t, 'x'));
	fill(&t, rows, 0);
	g_assert_null(table_current(&t));
	g_autofree char *empty = screen(&t, 24, 3);
	g_assert_nonnull(strstr(empty, "nothing here"));
	g_assert_true(table_key(&t, 'j'));
	table_clear(&t);
}

static void test_sort(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	fill(&t, rows, 4);
	table_key(&t, 'j'); /* alpha */
	table_sort_next(&t);
	fill(&t, rows, 4);
	g_autofree char *by_name = screen(&t, 24, 5);
	g_assert_cmpstr(by_name, ==,
			"  NAME↑         POWER\n"
			"▸ alpha             -\n"
			"  bravo           9 W\n"
			"  charlie       120 W\n"
			"  delta          40 W\n");
	table_sort_next(&t);
	fill(&t, rows, 4);
	g_autofree char *by_power = screen(&t, 24, 5);
	g_assert_cmpstr(by_power, ==,
			"  NAME          POWER↓\n"
			"  charlie       120 W\n"
			"  delta          40 W\n"
			"  bravo           9 W\n"
			"▸ alpha             -\n");
	table_sort_reverse(&t); /* not known stays last */
	fill(&t, rows, 4);
	g_autofree char *upward = screen(&t, 24, 5);
	g_assert_true(g_str_has_suffix(upward, "▸ alpha             -\n"));
	g_assert_nonnull(strstr(upward, "POWER↑\n  bravo"));
	table_sort_next(&t);
	fill(&t, rows, 4);
	g_assert_cmpint(t.sort, ==, -1);
	g_assert_cmpstr(current(&t), ==, "alpha");
	g_autofree char *narrow = screen(&t, 10, 5); /* no room for the power: nothing to sort by it */
	g_assert_null(strstr(narrow, "POWER"));
	table_sort_next(&t);
	g_assert_cmpint(t.sort, ==, 0);
	table_sort_next(&t);
	g_assert_cmpint(t.sort, ==, -1);
	table_clear(&t);
}

/* Names have the room that they want before what matters less; too long they are cut in the middle. Columns without room
 * are reached by going right, the name stays. */
static void test_names_and_room(void)
{
	static const struct table_column names[] = {
		{"NAME", {.min = 6, .ideal = 12, .fits = true, .most = 20}, ALIGN_LEFT, name_cell},
		{"ALIAS", {.min = 6, .ideal = 8, .priority = 1, .fits = true}, ALIGN_LEFT, name_cell},
		{"POWER", {.min = 6, .ideal = 6, .priority = 2}, ALIGN_RIGHT, value_cell},
	};
	struct table t;
	struct thing_row *rows = rows_new(2);
	rows[0].name = "inference-worker-03";
	rows[1].name = "vm";
	rows[0].value = 150;
	table_init(&t, names, G_N_ELEMENTS(names));
	fill(&t, rows, 2);
	g_autofree char *wide = screen(&t, 60, 3), *middle = screen(&t, 30, 3), *narrow = screen(&t, 15, 3);
	assert_line(wide, "^▸ inference-worker-03 infe…-03  150 W$");
	assert_line(middle, "^▸ infere…er-03 infe…-03  150 W$");
	assert_line(narrow, "^▸ infere…ker-03$");
	g_assert_true(table_key(&t, K_RIGHT));
	g_autofree char *once = screen(&t, 22, 3);
	assert_line(once, "^← NAME .*POWER$");
	assert_line(once, "150 W$");
	g_assert_true(table_key(&t, K_RIGHT)); /* nothing lies there: it stays */
	g_assert_cmpint(t.skip, ==, 1);
	g_assert_true(table_key(&t, K_LEFT));
	g_assert_true(table_key(&t, K_LEFT));
	g_autofree char *back = screen(&t, 25, 3);
	assert_line(back, "NAME +ALIAS");
	g_autofree char *roomy = screen(&t, 32, 3);
	assert_line(roomy, "NAME +ALIAS +→$|POWER$");
	table_clear(&t);
	g_free(rows);
}

static void test_natural(void)
{
	static const char *const names[] = {"VM10", "VM2", "vm1"};
	struct table t;
	struct thing_row *rows = rows_new(3);
	for (int i = 0; i < 3; i++)
		rows[i].name = names[i];
	table_init(&t, columns, 2);
	table_sort_next(&t);
	fill(&t, rows, 3);
	g_autofree char *text = screen(&t, 20, 4);
	assert_line(text, "vm1.*\n.*VM2.*\n.*VM10");
	table_clear(&t);
	g_free(rows);
}

static void test_filter(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	table_set_filter(&t, "A 0 w");
	fill(&t, rows, 4);
	g_assert_cmpuint(t.order->len, ==, 2); /* delta 40, charlie 120 */
	char position[32];
	table_position(&t, position, sizeof position);
	g_assert_cmpstr(position, ==, "2 of 4");
	table_set_filter(&t, "!brav");
	fill(&t, rows, 4);
	g_assert_cmpuint(t.order->len, ==, 3);
	table_set_filter(&t, "nothing like it");
	fill(&t, rows, 4);
	g_assert_null(table_current(&t));
	g_autofree char *none = screen(&t, 60, 3);
	g_assert_nonnull(strstr(none, "esc clears"));
	table_set_filter(&t, "");
	fill(&t, rows, 4);
	g_assert_cmpuint(t.order->len, ==, 4);
	table_clear(&t);
}

static void try_filter(struct table *t, const char *filter, const struct thing_row *rows, guint found)
{
	table_set_filter(t, filter);
	cells_asked = 0;
	fill(t, rows, 4);
	g_assert_cmpuint(t->order->len, ==, found);
}

/* With each letter only what had matched is looked at, unless anything else is new. */
static void test_filter_narrows(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	try_filter(&t, "a", rows, 4);
	try_filter(&t, "ar", rows, 1); /* charlie */
	g_assert_cmpint(cells_asked, ==, 4);
	try_filter(&t, "ar 1", rows, 1);
	g_assert_cmpint(cells_asked, ==, 1);
	struct thing_row swapped = rows[0];
	rows[0] = rows[2];
	rows[2] = swapped;
	lab.version++; /* as every change of what is shown does */
	try_filter(&t, "ar 12", rows, 1);
	g_assert_cmpstr(current(&t), ==, "charlie");
	try_filter(&t, "ar", rows, 1);
	try_filter(&t, "", rows, 4);
	try_filter(&t, "d", rows, 1);
	try_filter(&t, "!d", rows, 3);
	try_filter(&t, "!de", rows, 3);
	try_filter(&t, "!dex", rows, 4);
	/* other things under the same filter's next letter */
	g_autofree struct thing_row *others = four();
	others[1].name = "xray de";
	try_filter(&t, "x", rows, 0);
	try_filter(&t, "xr", others, 1);
	table_clear(&t);
}

static void test_groups_and_children(void)
{
	struct table t;
	g_autofree struct thing_row *rows = rows_new(7);
	static const char *const names[] = {"host b", "b2", "b1", " child", "host a", "a1", "a2"};
	for (int i = 0; i < 7; i++)
		rows[i].name = names[i];
	table_init(&t, columns, 1);
	for (int pass = 0; pass < 3; pass++) {
		table_begin(&t);
		for (int i = 0; i < 7; i++) {
			if (i == 0 || i == 4)
				table_group(&t, &rows[i].ref, &rows[i]);
			else
				table_row(&t, &rows[i].ref, &rows[i])->depth = i == 3;
		}
		if (pass == 1)
			table_sort_next(&t);
		if (pass == 2)
			table_set_filter(&t, "child");
		table_end(&t, &lab);
		g_autofree char *text = screen(&t, 20, 8);
		static const char *const want[] = {
			"  NAME\n host b\n▸ b2\n  b1\n   child\n host a\n  a1\n  a2\n",
			"  NAME↑\n host b\n  b1\n   child\n▸ b2\n host a\n  a1\n  a2\n",
			"  NAME↑\n host b\n  b1\n▸  child\n\n\n\n\n",
		};
		g_assert_cmpstr(text, ==, want[pass]);
	}
	table_set_filter(&t, "");
	table_clear(&t);
}

/* Folded rows take no line; the line that counts them does. A filter brings out those that it names, and only those. */
static void test_folded(void)
{
	struct table t;
	g_autofree struct thing_row *rows = rows_new(5);
	static const char *const names[] = {"card", " one", " two", " three", " 2 more"};
	static const char *const filters[] = {"", "two", "card", "!two"};
	static const char *const want[] = {"▸ card\n   one\n   2 more\n\n",
					   "▸ card\n   one\n   two\n   2 more\n",
					   "▸ card\n   one\n   2 more\n\n", "\n\n\n\n"};
	for (int i = 0; i < 5; i++)
		rows[i].name = names[i];
	table_init(&t, columns, 1);
	for (gsize pass = 0; pass < G_N_ELEMENTS(filters); pass++) {
		table_set_filter(&t, filters[pass]);
		table_begin(&t);
		for (int i = 0; i < 5; i++) {
			struct table_row *row = table_row(&t, &rows[i].ref, &rows[i]);
			row->depth = i > 0;
			row->folded = i == 2 || i == 3;
			row->counts = i == 4 ? 2 : 0;
		}
		g_assert_cmpint(table_lines(&t), ==, 3);
		table_end(&t, &lab);
		g_autofree char *text = screen(&t, 20, 5);
		const char *body = strchr(text, '\n') + 1;
		if (pass < 3)
			g_assert_cmpstr(body, ==, want[pass]);
		else
			g_assert_null(strstr(body, "two"));
	}
	table_clear(&t);
}

static void test_marks(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	fill(&t, rows, 4);
	table_key(&t, K_SPACE);
	g_assert_true(table_marked(&t, &rows[0].ref));
	g_assert_cmpstr(current(&t), ==, "alpha"); /* on to the next, as htop does */
	table_key(&t, 'k');
	table_key(&t, K_SPACE);
	g_assert_false(table_marked(&t, &rows[0].ref));
	table_clear(&t);
}

/* Ten thousand rows cost what is visible. */
static void test_many(void)
{
	struct table t;
	g_autofree struct thing_row *rows = rows_new(10000);
	table_init(&t, columns, 2);
	fill(&t, rows, 10000);
	cells_asked = 0;
	g_autofree char *text = screen(&t, 40, 20);
	g_assert_nonnull(text);
	g_assert_cmpint(cells_asked, <=, 20);
	table_key(&t, 'G');
	g_assert_cmpint(t.cursor, ==, 9999);
	table_key(&t, K_PGUP);
	g_assert_cmpint(t.cursor, ==, 9999 - 18);
	fill(&t, rows, 10000);
	g_assert_cmpint(t.cursor, ==, 9999 - 18);
	table_clear(&t);
}

/* What a cell or a filter has no room for is cut between characters: folding reads whole ones. */
static void test_half_characters(void)
{
	struct table t;
	g_autofree struct thing_row *rows = rows_new(1);
	g_autoptr(GString) name = g_string_new("a");
	while (name->len < 2 * TABLE_CELL_BYTES)
		g_string_append(name, "é");
	rows[0].name = name->str;
	table_init(&t, columns, 2);
	table_set_filter(&t, name->str);
	fill(&t, rows, 1);
	g_assert_true(g_utf8_validate(t.filter, -1, NULL));
	g_assert_cmpuint(t.order->len, ==, 1);
	g_autofree char *text = table_row_text(&t, &lab, &g_array_index(t.rows, struct table_row, 0));
	g_assert_true(g_utf8_validate(text, -1, NULL));
	table_clear(&t);
}

static void test_mouse(void)
{
	struct table t;
	g_autofree struct thing_row *rows = four();
	table_init(&t, columns, 2);
	fill(&t, rows, 4);
	g_autofree char *text = screen(&t, 24, 6);
	g_assert_nonnull(text);
	struct key_event click = {.key = K_MOUSE, .x = 3, .y = 3, .mouse = MOUSE_PRESS};
	g_assert_true(table_mouse(&t, &click));
	g_assert_cmpstr(current(&t), ==, "charlie");
	click.y = 0;
	g_assert_false(table_mouse(&t, &click));
	click.y = 5;
	g_assert_false(table_mouse(&t, &click));
	table_clear(&t);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_test_add_func("/table/draw", test_draw);
	g_test_add_func("/table/half-characters", test_half_characters);
	g_test_add_func("/table/cursor", test_cursor_follows);
	g_test_add_func("/table/sort", test_sort);
	g_test_add_func("/table/names-and-room", test_names_and_room);
	g_test_add_func("/table/natural", test_natural);
	g_test_add_func("/table/filter", test_filter);
	g_test_add_func("/table/filter-narrows", test_filter_narrows);
	g_test_add_func("/table/groups", test_groups_and_children);
	g_test_add_func("/table/folded", test_folded);
	g_test_add_func("/table/marks", test_marks);
	g_test_add_func("/table/many", test_many);
	g_test_add_func("/table/mouse", test_mouse);
	return g_test_run();
}
