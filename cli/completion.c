/* completion.c - completion for bash. */
#include "config.h"
#include "cli/generate.h"

#include "cli/options.h"
#include "tui/views.h"

char *complete_words(const char *complete)
{
	if (g_strcmp0(complete, "@views") == 0) {
		g_autoptr(GPtrArray) names = g_ptr_array_new();
		for (int i = 0; views_all[i]; i++)
			if (views_all[i]->help)
				g_ptr_array_add(names, (char *)views_all[i]->name);
		g_ptr_array_add(names, NULL);
		return g_strjoinv(" ", (char **)names->pdata);
	}
	return g_strdup(complete ? complete : "");
}

static void option_values(GString *out)
{
	for (const struct option_info *o = options_all; o->name; o++) {
		if (o->type == OPTION_FLAG)
			continue;
		g_autofree char *words = complete_words(o->complete);
		if (g_strcmp0(o->complete, "@themes") == 0)
			g_string_append_printf(out, "\t--%s) _labtop_themes; return ;;\n", o->name);
		else if (g_strcmp0(o->complete, "file") == 0)
			g_string_append_printf(
				out, "\t--%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", o->name);
		else if (g_strcmp0(o->complete, "dir") == 0)
			g_string_append_printf(
				out, "\t--%s) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n", o->name);
		else
			g_string_append_printf(
				out, "\t--%s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n",
				o->name, words);
	}
}

static void verb_options(GString *out, const struct verb *v)
{
	for (const struct option_info *o = options_all; o->name; o++)
		if (verb_has_option(v, o) && !g_str_equal(o->name, "generate"))
			g_string_append_printf(out, " --%s", o->name);
}

/* A verb's own words and options, by the first word of the line that is a verb. */
static void verbs(GString *out)
{
	for (const struct verb *v = verbs_all + 1; v->brief; v++) {
		g_string_append_printf(out, "\t%s) words=\"%s\" options=\"", v->name,
				       v->complete ? v->complete : "");
		verb_options(out, v);
		g_string_append(out, "\" ;;\n");
	}
	g_string_append(out, "\t*) words=\"");
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		g_string_append_printf(out, "%s%s", v == verbs_all + 1 ? "" : " ", v->name);
	g_string_append(out, "\" options=\"");
	verb_options(out, verbs_all);
	g_string_append(out, "\" ;;\n");
}

static void verb_names(GString *out)
{
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		g_string_append_printf(out, "%s%s", v == verbs_all + 1 ? "" : "|", v->name);
}

/* Those that lie there when somebody asks: the person's own as well. */
static const char themes[] =
	"_labtop_themes()\n{\n\tlocal file names=default\n"
	"\tfor file in \"${XDG_CONFIG_HOME:-$HOME/.config}\"/labtop/themes/*.theme " PKGDATADIR
	"/themes/*.theme; do\n"
	"\t\tfile=${file##*/}\n\t\t[ \"$file\" = '*.theme' ] || names+=\" ${file%.theme}\"\n\tdone\n"
	"\tCOMPREPLY=($(compgen -W \"$names\" -- \"$cur\"))\n}\n";

void generate_completion(GString *out)
{
	g_string_append(out, "# bash completion for labtop; made by labtop --generate completion\n");
	g_string_append(out, themes);
	g_string_append(
		out, "_labtop()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tlocal verb= word words options\n\tCOMPREPLY=()\n\tcase $prev in\n");
	option_values(out);
	g_string_append(
		out,
		"\tesac\n\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase $word in\n\t\t");
	verb_names(out);
	g_string_append(out, ") verb=$word; break ;;\n\t\tesac\n\tdone\n\tcase $verb in\n");
	verbs(out);
	g_string_append(
		out, "\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
		     "\t*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n\tesac\n}\n"
		     "complete -F _labtop labtop\n");
}
