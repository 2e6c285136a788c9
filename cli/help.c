/* help.c - --help of every verb. */
#include "config.h"
#include "cli/help.h"

#include <string.h>

#define COLUMN 22 /* where explanations begin */
#define WIDTH  80

const char *const help_exit_statuses[8] = {
	"good",
	"the answer is no",
	"wrong usage",
	"nothing that was asked for was reached or let us in",
	"a certificate or host key is not the known one",
	"partial: something could not be read",
	"internal error",
};

void help_synopsis(const struct verb *verb, GString *out)
{
	g_string_append(out, "labtop ");
	if (verb->name)
		g_string_append_printf(out, "%s%s%s ", verb->name, *verb->words ? " " : "", verb->words);
	g_string_append(out, "[OPTION]...");
}

void help_option_name(const struct option_info *option, GString *out)
{
	if (option->letter)
		g_string_append_printf(out, "-%c, ", option->letter);
	g_string_append_printf(out, "--%s", option->name);
	if (option->value)
		g_string_append_printf(out, " %s", option->value);
}

/* Words filled up to WIDTH columns, each line behind indent blanks; the cursor is at column at. */
static void fill(GString *out, const char *text, int indent, int at)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	for (int i = 0; words[i]; i++) {
		int n = (int)g_utf8_strlen(words[i], -1);
		if (at > indent && at + 1 + n > WIDTH) {
			g_string_append_printf(out, "\n%*s", indent, "");
			at = indent;
		} else if (at > indent) {
			g_string_append_c(out, ' ');
			at++;
		}
		g_string_append(out, words[i]);
		at += n;
	}
	g_string_append_c(out, '\n');
}

static void line(GString *out, const char *name, const char *help)
{
	int at = 2 + (int)strlen(name);
	g_string_append_printf(out, "  %s", name);
	if (at + 2 > COLUMN) {
		g_string_append_c(out, '\n');
		at = 0;
	}
	g_string_append_printf(out, "%*s", COLUMN - at, "");
	fill(out, help, COLUMN, COLUMN);
}

static void options(GString *out, const struct verb *verb, bool common, const char *title)
{
	bool any = false;
	for (const struct option_info *o = options_all; o->name; o++) {
		if (!verb_has_option(verb, o) || option_is_common(o) != common || option_is_hidden(o))
			continue;
		if (!any)
			g_string_append_printf(out, "\n%s\n", title);
		any = true;
		g_autoptr(GString) name = g_string_new(NULL);
		help_option_name(o, name);
		line(out, name->str, o->help);
	}
}

void help_text(const struct verb *verb, GString *out)
{
	g_string_append(out, "Usage: ");
	help_synopsis(verb, out);
	g_string_append(out, verb->name ? "\n\n" : "\n       labtop COMMAND [OPTION]...\n\n");
	fill(out, verb->help, 0, 0);
	if (!verb->name) {
		g_string_append(out, "\nCommands (labtop COMMAND --help says more):\n");
		for (const struct verb *v = verbs_all + 1; v->brief; v++)
			line(out, v->name, v->brief);
	}
	options(out, verb, false, "Options of this command:");
	options(out, verb, true, verb->name ? "Options of every command:" : "Options:");
	if (!verb->name)
		g_string_append(out,
				"\nlabtop --demo shows a whole lab that is built in. Manual: man labtop\n");
}
