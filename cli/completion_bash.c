/* completion_bash.c - completion for bash. */
#include "config.h"
#include "cli/generate.h"

#include "cli/options.h"

static void option_values(GString *out)
{
	static const struct completion_forms forms = {
		.themes = "_labtop_themes",
		.file = "COMPREPLY=($(compgen -f -- \"$cur\"))",
		.folder = "COMPREPLY=($(compgen -d -- \"$cur\"))",
		.before = "COMPREPLY=($(compgen -W \"",
		.after = "\" -- \"$cur\"))",
	};
	for (const struct option_info *o = options_all; o->name; o++) {
		if (o->type == OPTION_FLAG || option_is_hidden(o))
			continue;
		g_string_append_printf(out, "\t--%s) ", o->name);
		completion_value(out, o, &forms);
		g_string_append(out, "; return ;;\n");
	}
}

static void verb_options(GString *out, const struct verb *v)
{
	for (const struct option_info *o = options_all; o->name; o++)
		if (option_is_offered(v, o))
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
	g_autofree char *names = verb_names(" ");
	g_string_append_printf(out, "\t*) words=\"%s\" options=\"", names);
	verb_options(out, verbs_all);
	g_string_append(out, "\" ;;\n");
}

/* Those that lie there when somebody asks: the person's own as well. */
static const char themes[] =
	"_labtop_themes()\n{\n\tlocal file names=default\n"
	"\tfor file in \"${XDG_CONFIG_HOME:-$HOME/.config}\"/labtop/themes/*.theme " PKGDATADIR
	"/themes/*.theme; do\n"
	"\t\tfile=${file##*/}\n\t\t[ \"$file\" = '*.theme' ] || names+=\" ${file%.theme}\"\n\tdone\n"
	"\tCOMPREPLY=($(compgen -W \"$names\" -- \"$cur\"))\n}\n";

void generate_bash(GString *out)
{
	g_string_append(out, "# bash completion for labtop; made by labtop --generate labtop.bash\n");
	g_string_append(out, themes);
	g_string_append(
		out, "_labtop()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tlocal verb= word words options\n\tCOMPREPLY=()\n\tcase $prev in\n");
	option_values(out);
	g_string_append(
		out,
		"\tesac\n\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase $word in\n\t\t");
	g_autofree char *names = verb_names("|");
	g_string_append(out, names);
	g_string_append(out, ") verb=$word; break ;;\n\t\tesac\n\tdone\n\tcase $verb in\n");
	verbs(out);
	g_string_append(
		out, "\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
		     "\t*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n\tesac\n}\n"
		     "complete -F _labtop labtop\n");
}
