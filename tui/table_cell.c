/* table_cell.c - texts and numbers as cells. */
#include "config.h"

#include "tui/table_cell.h"

#include "tui/format.h"

void table_cell_text(struct table_cell *out, enum role role, const char *text)
{
	bool known = text && *text;
	g_strlcpy(out->text, known ? text : "-", sizeof out->text);
	out->role = known ? role : ROLE_DIM;
}

void table_cell_value(struct table_cell *out, struct num n, bool stale, const char *text)
{
	g_strlcpy(out->text, text, sizeof out->text);
	out->role = format_num_role(n, stale, ROLE_TEXT);
	if (num_known(n))
		out->sort = n.v;
}

void table_cell_num(struct table_cell *out, struct num n, int decimals, const char *unit, bool stale)
{
	char buf[FORMAT_SIZE];
	table_cell_value(out, n, stale, format_num(buf, n, decimals, unit, stale));
}
