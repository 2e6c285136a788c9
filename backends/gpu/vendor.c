/* vendor.c - finding a library; see the header. */
#include "config.h"
#include "backends/gpu/vendor.h"

#include <dlfcn.h>
#include <link.h>

G_DEFINE_QUARK(labtop - agent - vendor - error, vendor_error)

/* Where the dynamic linker found it. */
static void loaded_path(void *handle, const char *name, char *path, gsize size)
{
	struct link_map *map = NULL;

	g_strlcpy(path, name, size);
	if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map && map->l_name && map->l_name[0])
		g_strlcpy(path, map->l_name, size);
}

void *vendor_dlopen(const char *path_variable, const char *const *names, char *path, gsize size,
		    GError **error)
{
	const char *own[] = {g_getenv(path_variable), NULL};
	g_autofree char *first_error = NULL;

	if (own[0] && own[0][0])
		names = own;
	for (; *names; names++) {
		void *handle = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
		if (handle) {
			loaded_path(handle, *names, path, size);
			return handle;
		}
		if (!first_error)
			first_error = g_strdup(dlerror());
	}
	g_set_error(error, VENDOR_ERROR, VENDOR_ERR_ABSENT, "%s",
		    first_error ? first_error : "no name to try");
	return NULL;
}
