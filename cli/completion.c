/* completion.c - what the completions of all shells offer as a value. */
#include "config.h"
#include "cli/generate.h"

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
	return verb_has_option(verb, option) && !g_str_equal(option->name, "generate");
}
