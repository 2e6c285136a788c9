/* xdg.c - see the header. */
#include "config.h"

#include "lab/xdg.h"

#include <glib.h>

char *xdg_folder(const char *variable, const char *below_home)
{
	const char *set = g_getenv(variable);
	return set && g_path_is_absolute(set) ? g_strdup(set)
					      : g_build_filename(g_get_home_dir(), below_home, NULL);
}
