/* key.c - see key.h. The key itself appears in no message. */
#include "config.h"

#include "backends/engine/key.h"
#include "backends/secret.h"

#define KEY "key" /* its name among the target's secrets: key-command, key-file */

/* The program takes such variables away before its first thread; what is still there was configured later. */
static const char *from_environment(const struct target *t, const char *name, GError **error)
{
	const char *value = g_getenv(name);
	if (value && *value) {
		secret_put(t, KEY, value);
		return secret_find(t, KEY, error);
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "key-env: %s is not set in the environment", name);
	return NULL;
}

static bool fits_header(const char *key)
{
	for (const char *p = key; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return false;
	return *key != '\0';
}

bool engine_key_find(const struct target *t, const char **key, GError **error)
{
	const char *variable = target_get(t, "key-env");
	g_autoptr(GError) why = NULL;
	*key = secret_find(t, KEY, &why);
	if (!*key && !why && variable && *variable)
		*key = from_environment(t, variable, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (!*key || fits_header(*key))
		return true;
	*key = NULL;
	engine_key_refused(t);
	g_set_error(error, LAB_ERROR, LAB_ERR_AUTH, "the key is empty or has blanks in it");
	return false;
}

void engine_key_refused(const struct target *t)
{
	secret_ask_again(t, KEY);
}
