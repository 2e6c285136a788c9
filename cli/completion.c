/* completion.c - what the completions of all shells have in common: values, verbs, options that are offered. */
#include "config.h"
#include "cli/generate.h"

#include "tui/views.h"

static void append_views(GString *out)
{
	const char *between = "";
	for (int i = 0; views_all[i]; i++) {
		if (!views_all[i]->help)
			continue;
		g_string_append_printf(out, "%s%s", between, views_all[i]->name);
		between = " ";
	}
}

void completion_value(GString *out, const struct option_info *option, const struct completion_forms *forms)
{
	const char *kind = option->complete ? option->complete : "";
	const char *const whole[][2] = {
		{"@themes", forms->themes}, {"file", forms->file}, {"dir", forms->folder}};
	for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
		if (g_str_equal(kind, whole[i][0])) {
			g_string_append(out, whole[i][1]);
			return;
		}
	g_string_append(out, forms->before);
	if (g_str_equal(kind, "@views"))
		append_views(out);
	else
		g_string_append(out, kind);
	g_string_append(out, forms->after);
}

char *verb_names(const char *between)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (const struct verb *v = verbs_all + 1; v->brief; v++)
		g_ptr_array_add(names, (char *)v->name);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(between, (char **)names->pdata);
}

bool option_is_offered(const struct verb *verb, const struct option_info *option)
{
	return verb_has_option(verb, option) && !option_is_hidden(option);
}
