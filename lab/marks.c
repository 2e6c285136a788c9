/* marks.c - what nobody is known by. */
#include "config.h"
#include "lab/marks.h"

#include <glib.h>
#include <string.h>

/* As installers leave them: ESXi, Linux distributions, Photon (vCenter's own), glibc without a name. */
static const char *const default_names[] = {"localhost",      "localhost4", "localhost6", "ip6-localhost",
					    "photon-machine", "(none)",     "unknown"};

/* The first label decides: what follows is the network's, "localhost.localdomain", "localhost.lan". */
bool name_is_default(const char *name)
{
	size_t n = strcspn(name, ".");
	for (gsize i = 0; i < G_N_ELEMENTS(default_names); i++)
		if (strlen(default_names[i]) == n && g_ascii_strncasecmp(name, default_names[i], n) == 0)
			return true;
	return n == 0;
}

bool address_is_shared(const char *ip)
{
	static const char *const prefixes[] = {"127.", "169.254.", "172.17.", "fe80:", "0.0.0.0"};
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_ascii_strncasecmp(ip, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return strcmp(ip, "::1") == 0 || strcmp(ip, "::") == 0;
}
