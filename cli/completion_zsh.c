/* completion_zsh.c - completion for zsh: one list of _arguments a verb, with the words of help. */
#include "config.h"
#include "cli/generate.h"

#include <string.h>

/* Text within a specification of _arguments, which stands in single quotes. */
static void spec(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			g_string_append(out, "'\\'");
		else if (strchr("[]:\\", *p))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
}

static void value(GString *out, const struct option_info *o)
{
	static const struct completion_forms forms = {.themes = "_labtop_themes",
						      .file = "_files",
						      .folder = "_files -/",
						      .before = "(",
						      .after = ")"};
	if (o->type == OPTION_FLAG)
		return;
	g_string_append_printf(out, ":%s:", o->value ? o->value : "");
	completion_value(out, o, &forms);
}

static void option(GString *out, const struct option_info *o)
{
	if (o->letter)
		g_string_append_printf(out, "\t\t'(-%c --%s)'{-%c,--%s}'[", o->letter, o->name, o->letter,
				       o->name);
	else
		g_string_append_printf(out, "\t\t'--%s[", o->name);
	spec(out, o->help);
	g_string_append_c(out, ']');
	value(out, o);
	g_string_append(out, "'\n");
}

static void verb(GString *out, const struct verb *v, const char *pattern)
{
	g_string_append_printf(out, "\t%s) specs=(\n", pattern);
	for (const struct option_info *o = options_all; o->name; o++)
		if (option_is_offered(v, o))
			option(out, o);
	/* _arguments is silent after a word that it was told nothing about */
	if (v == verbs_all)
		g_string_append(out, "\t\t'1:command:{_describe command verbs}'\n");
	else
		g_string_append_printf(out, "\t\t'1:command:(%s)'\n\t\t'*:word:(%s)'\n", v->name,
				       v->complete ? v->complete : "");
	g_string_append(out, "\t) ;;\n");
}

void generate_zsh(GString *out)
{
	g_autofree char *names = verb_names("|");
	g_string_append(
		out,
		"#compdef labtop\n# zsh completion for labtop; made by labtop --generate labtop.zsh\n"
		"_labtop_themes()\n{\n\tlocal -a names\n"
		"\tnames=(default ${XDG_CONFIG_HOME:-$HOME/.config}/labtop/themes/*.theme(N:t:r) " PKGDATADIR
		"/themes/*.theme(N:t:r))\n\tcompadd -a names\n}\n"
		"_labtop()\n{\n\tlocal -a verbs specs\n\tverbs=(\n");
	for (const struct verb *v = verbs_all + 1; v->brief; v++) {
		g_string_append_printf(out, "\t\t'%s:", v->name);
		spec(out, v->brief);
		g_string_append(out, "'\n");
	}
	g_string_append_printf(out, "\t)\n\tcase ${words[(r)(%s)]} in\n", names);
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		verb(out, v, v->name);
	verb(out, verbs_all, "*");
	g_string_append(out, "\tesac\n\t_arguments -s $specs\n}\n_labtop \"$@\"\n");
}
