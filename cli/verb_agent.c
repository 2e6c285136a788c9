/* verb_agent.c - labtop agent: becomes labtop-agent, which lies beside labtop or in PATH. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/environment.h"
#include "cli/options.h"
#include "cli/print.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define AGENT "labtop-agent"

/* Beside this program, wherever it was moved to; NULL when it is not there. The caller frees. */
static char *beside_us(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	if (!self)
		return NULL;
	g_autofree char *folder = g_path_get_dirname(self);
	g_autofree char *path = g_build_filename(folder, AGENT, NULL);
	return access(path, X_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

int verb_agent(struct options *o)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *path = beside_us();
	g_ptr_array_add(words, g_strdup(path ? path : AGENT));
	if (o->interval_ms)
		g_ptr_array_add(words, g_strdup_printf("--interval=%" G_GINT64_FORMAT, o->interval_ms));
	if (o->once)
		g_ptr_array_add(words, g_strdup("--once"));
	if (o->sysfs_root)
		g_ptr_array_add(words, g_strdup_printf("--sysfs-root=%s", o->sysfs_root));
	g_ptr_array_add(words, NULL);
	signal(SIGPIPE, SIG_DFL);
	environ = environment_for_child(NULL);
	execvp(words->pdata[0], (char **)words->pdata);
	int why = errno; /* complaining may change it */
	complain("starting %s: %s; it is not beside labtop and not in PATH", AGENT, g_strerror(why));
	return why == ENOENT ? 3 : 6;
}
