/* library.c - see the header. */
#include "config.h"

#include "backends/library.h"

#include "lab/error.h"
#include "lab/text.h"

#include <dlfcn.h>
#include <string.h>

static bool fail(const struct library *l, GError **error)
{
	const char *why = dlerror();
	g_autofree char *clean = text_clean(why ? why : "it gives no reason", -1);
	g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "%s cannot be loaded: %s", l->soname, clean);
	return false;
}

static bool look_up(const struct library *l, void *handle, GError **error)
{
	char *to = l->functions;
	for (const char *const *name = l->names; *name; name++) {
		void *function = dlsym(handle, *name);
		if (!function)
			return fail(l, error);
		memcpy(to, &function, sizeof function);
		to += sizeof function;
	}
	return true;
}

/* It is never unloaded: OpenSSL and others leave things behind in the threads that used them. */
static bool load(struct library *l, GError **error)
{
	void *handle = dlopen(l->soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!handle)
		return fail(l, error);
	if (!look_up(l, handle, error)) {
		dlclose(handle);
		return false;
	}
	if (l->start)
		l->start();
	return true;
}

bool library_load(struct library *l, GError **error)
{
	pthread_mutex_lock(&l->lock);
	if (!l->loaded)
		l->loaded = load(l, error);
	bool loaded = l->loaded;
	pthread_mutex_unlock(&l->lock);
	return loaded;
}
