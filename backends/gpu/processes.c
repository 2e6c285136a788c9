/* processes.c - joins what the compute driver, the render nodes and the libraries know; see the header. */
#include "config.h"
#include "backends/gpu/processes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backends/gpu/kfd.h"
#include "backends/gpu/process_facts.h"
#include "backends/gpu/render_nodes.h"

/* Drivers number processes as the first pid namespace does; in another one, a container's, /proc has other processes under
 * these numbers. Its inode is the kernel's PROC_PID_INIT_INO. */
#define FIRST_NAMESPACE "pid:[4026531836]"

struct watcher {
	bool contained; /* we are not in the first namespace */
	char *sysfs;
	int proc_fd;
	struct render_nodes *nodes;
	struct process_facts *facts;
};

static void process_clear(void *data)
{
	g_free(((struct process *)data)->cmdline);
}

void process_list_free(struct process_list *list)
{
	if (!list)
		return;
	g_array_unref(list->processes);
	g_array_unref(list->uses);
	g_free(list);
}

static void take_kfd(struct watcher *w, struct process_list *list)
{
	g_autoptr(GArray) uses = g_array_new(FALSE, TRUE, sizeof(struct kfd_use));

	kfd_list_processes(w->sysfs, uses);
	for (guint i = 0; i < uses->len; i++) {
		const struct kfd_use *k = &g_array_index(uses, struct kfd_use, i);
		struct process_use u = {
			.pid = k->pid,
			.foreign = w->contained,
			.kfd_id = k->kfd_id,
			.vram_bytes = num_of((double)k->vram_bytes),
			.busy_cus = k->busy_cus,
		};
		g_array_append_val(list->uses, u);
	}
}

int process_order(int pid, bool foreign, int other_pid, bool other_foreign)
{
	return foreign != other_foreign ? foreign - other_foreign : (pid > other_pid) - (pid < other_pid);
}

static int compare_uses(gconstpointer a, gconstpointer b)
{
	const struct process_use *x = a, *y = b;

	return process_order(x->pid, x->foreign, y->pid, y->foreign);
}

/* Uses are in order, and so are the processes. */
static void describe_all(struct watcher *w, gint64 now_ms, struct process_list *list)
{
	const struct process_use *last = NULL;

	for (guint i = 0; i < list->uses->len; i++) {
		const struct process_use *u = &g_array_index(list->uses, struct process_use, i);
		struct process p = {.pid = u->pid, .foreign = u->foreign};
		if (last && compare_uses(last, u) == 0)
			continue;
		last = u;
		if (!u->foreign)
			process_facts_get(w->facts, p.pid, now_ms, &p);
		g_array_append_val(list->processes, p);
	}
	process_facts_forget(w->facts, now_ms);
}

static void *look(void *context, void *data)
{
	struct watcher *w = context;
	g_autofree struct process_request *request = data;
	struct process_list *list = g_new0(struct process_list, 1);
	gint64 now_ms = g_get_monotonic_time() / 1000;

	list->processes = g_array_new(FALSE, TRUE, sizeof(struct process));
	g_array_set_clear_func(list->processes, process_clear);
	list->uses = g_array_new(FALSE, TRUE, sizeof(struct process_use));
	if (request->has_amdgpu) {
		render_nodes_look(w->nodes, now_ms, list);
		take_kfd(w, list);
	}
	for (guint i = 0; i < request->count; i++)
		request->uses[i].foreign = w->contained;
	g_array_append_vals(list->uses, request->uses, request->count);
	g_array_sort(list->uses, compare_uses);
	describe_all(w, now_ms, list);
	return list;
}

static void watcher_free(void *data)
{
	struct watcher *w = data;

	render_nodes_free(w->nodes);
	process_facts_free(w->facts);
	if (w->proc_fd >= 0)
		close(w->proc_fd);
	g_free(w->sysfs);
	g_free(w);
}

static bool is_contained(int proc_fd)
{
	char namespace[64];
	ssize_t n = readlinkat(proc_fd, "self/ns/pid", namespace, sizeof namespace - 1);

	namespace[MAX(n, 0)] = '\0';
	return n > 0 && strcmp(namespace, FIRST_NAMESPACE) != 0;
}

struct sampler *processes_start(const char *sysfs, const char *proc, int wake_fd)
{
	struct watcher *w = g_new0(struct watcher, 1);

	w->sysfs = g_strdup(sysfs);
	w->proc_fd = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w->contained = is_contained(w->proc_fd);
	w->nodes = render_nodes_new(w->proc_fd);
	w->facts = process_facts_new(w->proc_fd);
	return sampler_new("processes", look, w, watcher_free, (GDestroyNotify)process_list_free, wake_fd);
}
