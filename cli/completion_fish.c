/* completion_fish.c - completion for fish: one line an offer, each with its condition and its words of help. */
#include "config.h"
#include "cli/generate.h"

static void quoted(GString *out, const char *text)
{
	g_string_append_c(out, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'' || *p == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
	g_string_append_c(out, '\'');
}

/* The verbs that take the option, or that do not. */
static char *those(const struct option_info *o, bool taking)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		if (option_is_offered(v, o) == taking)
			g_ptr_array_add(names, (char *)v->name);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

/* An option of the console is there until a verb is named that has no such option; others wait for their verb. */
static void condition(GString *out, const struct option_info *o)
{
	bool of_console = option_is_offered(verbs_all, o);
	g_autofree char *verbs = those(o, !of_console);
	if (*verbs)
		g_string_append_printf(out, " -n '%s__fish_seen_subcommand_from %s'",
				       of_console ? "not " : "", verbs);
}

static void value(GString *out, const struct option_info *o)
{
	static const struct completion_forms forms = {
		.themes = " -x -a '(__labtop_themes)'",
		.file = " -r -F",
		.folder = " -x -a '(__fish_complete_directories)'",
		.before = " -x -a '",
		.after = "'",
	};
	if (o->type != OPTION_FLAG)
		completion_value(out, o, &forms);
}

static void option(GString *out, const struct option_info *o)
{
	g_string_append(out, "complete -c labtop");
	condition(out, o);
	g_string_append_printf(out, " -l %s", o->name);
	if (o->letter)
		g_string_append_printf(out, " -s %c", o->letter);
	value(out, o);
	g_string_append(out, " -d ");
	quoted(out, o->help);
	g_string_append_c(out, '\n');
}

static void verb(GString *out, const struct verb *v)
{
	g_string_append_printf(out, "complete -c labtop -n __fish_use_subcommand -a %s -d ", v->name);
	quoted(out, v->brief);
	g_string_append_c(out, '\n');
	if (v->complete)
		g_string_append_printf(out,
				       "complete -c labtop -n '__fish_seen_subcommand_from %s' -a '%s'\n",
				       v->name, v->complete);
}

void generate_fish(GString *out)
{
	g_string_append(out,
			"# fish completion for labtop; made by labtop --generate labtop.fish\n"
			"function __labtop_themes\n\techo default\n"
			"\tset -q XDG_CONFIG_HOME; or set -l XDG_CONFIG_HOME ~/.config\n"
			"\tfor file in $XDG_CONFIG_HOME/labtop/themes/*.theme " PKGDATADIR "/themes/*.theme\n"
			"\t\tstring replace -r '.*/(.*)\\.theme$' '$1' $file\n\tend\nend\n"
			"complete -c labtop -f\n");
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		verb(out, v);
	for (const struct option_info *o = options_all; o->name; o++)
		if (!option_is_hidden(o))
			option(out, o);
}
