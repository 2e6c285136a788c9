/* environment.c - see the header. A child could show it to anybody: /proc/PID/environ of ssh, of an agent that hangs. */
#include "config.h"

#include "backends/environment.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

extern char **environ;

/* Secrets of what labtop talks to. Those that are addresses hold one only beside a user's name. */
static const struct {
	const char *name;
	bool is_address;
} secrets[] = {
	{"GOVC_PASSWORD", false},  {"GOVC_URL", true},        {"OLLAMA_HOST", true},
	{"OLLAMA_API_KEY", false}, {"OPENAI_API_KEY", false}, {"VLLM_API_KEY", false},
	{"LLAMA_API_KEY", false},
};

static GPtrArray *hidden; /* char *: of the configuration */

void environment_hide(const char *name)
{
	if (!hidden)
		hidden = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(hidden, g_strdup(name));
}

/* Whether the entry "NAME=value" is of that variable. */
static bool is_named(const char *entry, const char *name)
{
	size_t n = strlen(name);
	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

static bool is_secret(const char *entry)
{
	for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
		if (is_named(entry, secrets[i].name) && (!secrets[i].is_address || strchr(entry, '@')))
			return true;
	for (guint i = 0; hidden && i < hidden->len; i++)
		if (is_named(entry, hidden->pdata[i]))
			return true;
	return false;
}

char **environment_for_child(const char *const *additions)
{
	GPtrArray *env = g_ptr_array_new();
	for (char **entry = environ; *entry; entry++)
		if (!is_secret(*entry))
			g_ptr_array_add(env, *entry);
	for (; additions && *additions; additions++)
		g_ptr_array_add(env, (char *)*additions);
	g_ptr_array_add(env, NULL);
	return (char **)g_ptr_array_free(env, FALSE);
}
