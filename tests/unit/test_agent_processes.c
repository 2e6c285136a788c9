/* test_agent_processes.c - what is known of a process is kept while it lives, and descriptors are looked through rarely. */
#include "config.h"
#include "backends/gpu/process_facts.h"
#include "backends/gpu/render_nodes.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void put(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* A process of a fabricated /proc. */
static char *make_process(const char *proc, int pid, const char *cmdline)
{
	g_autofree char *name = g_strdup_printf("%d", pid);
	g_autofree char *stat =
		g_strdup_printf("%d (srv) S 7 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 500 1 1\n", pid);
	char *dir = g_build_filename(proc, name, NULL);
	g_autofree char *fd = g_build_filename(dir, "fd", NULL);
	g_autofree char *fdinfo = g_build_filename(dir, "fdinfo", NULL);

	g_assert_cmpint(g_mkdir_with_parents(fd, 0700), ==, 0);
	g_assert_cmpint(g_mkdir_with_parents(fdinfo, 0700), ==, 0);
	put(dir, "stat", stat);
	put(dir, "cgroup", "0::/system.slice/ollama.service\n");
	put(dir, "cmdline", cmdline);
	return dir;
}

static void set_vram(const char *dir, int kib)
{
	g_autofree char *info = g_strdup_printf("drm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\n"
						"drm-client-id:\t5\ndrm-memory-vram:\t%d KiB\n",
						kib);
	put(dir, "fdinfo/3", info);
}

static void open_node(const char *dir)
{
	g_autofree char *link = g_build_filename(dir, "fd", "3", NULL);

	set_vram(dir, 1);
	g_assert_cmpint(symlink("/dev/dri/renderD128", link), ==, 0);
}

static void remove_all(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		if (g_file_test(below, G_FILE_TEST_IS_DIR) && !g_file_test(below, G_FILE_TEST_IS_SYMLINK))
			remove_all(below);
		else
			g_unlink(below);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(path);
}

static char *cmdline_of(struct process_facts *f, int pid, gint64 now_ms)
{
	struct process p = {0};

	process_facts_get(f, pid, now_ms, &p);
	g_assert_cmpint(p.pid, ==, pid);
	return p.cmdline ? p.cmdline : g_strdup("");
}

static void assert_cmdline(struct process_facts *f, gint64 now_ms, const char *want)
{
	g_autofree char *got = cmdline_of(f, 41, now_ms);
	g_assert_cmpstr(got, ==, want);
}

static void test_kept(void)
{
	g_autofree char *proc = g_dir_make_tmp("agent-proc-XXXXXX", NULL);
	g_autofree char *dir = make_process(proc, 41, "first");
	int fd = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process_facts *f = process_facts_new(fd);

	assert_cmdline(f, 1000, "first");
	put(dir, "cmdline", "second");
	assert_cmdline(f, 3000, "first"); /* nothing was read */
	assert_cmdline(f, 1000 + FACTS_KEPT_MS, "second");

	/* the number is another process's now */
	g_autofree char *aside = g_build_filename(proc, "old", NULL);
	g_assert_cmpint(g_rename(dir, aside), ==, 0);
	g_autofree char *again = make_process(proc, 41, "third");
	g_assert_cmpstr(again, ==, dir);
	assert_cmdline(f, 1001 + FACTS_KEPT_MS, "third");

	process_facts_forget(f, 2 + FACTS_KEPT_MS + 1000);
	put(dir, "cmdline", "fourth");
	assert_cmdline(f, 1002 + FACTS_KEPT_MS, "fourth");
	assert_cmdline(f, 1003 + FACTS_KEPT_MS, "fourth");
	remove_all(dir);
	assert_cmdline(f, 1004 + FACTS_KEPT_MS, ""); /* gone: its number is all that is left */
	process_facts_free(f);
	close(fd);
	remove_all(proc);
}

/* VRAM that a look finds, in KiB; -1: no process. */
static int look(struct render_nodes *n, gint64 now_ms)
{
	struct process_list list = {.uses = g_array_new(FALSE, TRUE, sizeof(struct process_use))};
	int kib = -1;

	render_nodes_look(n, now_ms, &list);
	g_assert_cmpuint(list.uses->len, <=, 1);
	if (list.uses->len == 1) {
		const struct process_use *u = &g_array_index(list.uses, struct process_use, 0);
		g_assert_cmpint(u->pid, ==, 41);
		g_assert_cmpstr(u->bdf, ==, "0000:03:00.0");
		kib = (int)(u->vram_bytes.v / 1024);
	}
	g_array_unref(list.uses);
	return kib;
}

static void test_rarely(void)
{
	g_autofree char *proc = g_dir_make_tmp("agent-proc-XXXXXX", NULL);
	g_autofree char *dir = make_process(proc, 41, "x");
	g_autofree char *link = g_build_filename(dir, "fd", "3", NULL);
	int fd = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct render_nodes *n = render_nodes_new(fd);

	g_assert_cmpint(look(n, 1000), ==, -1);
	open_node(dir);
	g_assert_cmpint(look(n, 3000), ==, -1); /* not a second time so soon */
	g_assert_cmpint(look(n, 11000), ==, 1);
	set_vram(dir, 7);
	g_assert_cmpint(look(n, 13000), ==, 7); /* one that has a node is read each time */
	g_unlink(link);
	g_assert_cmpint(look(n, 15000), ==, -1);

	/* the longer it has none, the longer it is left alone, a minute at most */
	gint64 now_ms = 15000;
	for (int i = 0; i < 20; i++)
		g_assert_cmpint(look(n, now_ms += 10000), ==, -1);
	g_assert_cmpint(look(n, now_ms += 60000), ==, -1);
	open_node(dir);
	g_assert_cmpint(look(n, now_ms + 50000), ==, -1);
	g_assert_cmpint(look(n, now_ms + 60000), ==, 1);

	/* another process of this number is looked at with the next list */
	g_unlink(link);
	g_assert_cmpint(look(n, now_ms += 62000), ==, -1);
	for (int i = 0; i < 20; i++)
		g_assert_cmpint(look(n, now_ms += 10000), ==, -1);
	g_autofree char *aside = g_build_filename(proc, "old", NULL);
	g_assert_cmpint(g_rename(dir, aside), ==, 0);
	g_autofree char *again = make_process(proc, 41, "y");
	open_node(again);
	g_assert_cmpint(look(n, now_ms + 10000), ==, 1);
	render_nodes_free(n);
	close(fd);
	remove_all(proc);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/processes/kept", test_kept);
	g_test_add_func("/agent/processes/rarely", test_rarely);
	return g_test_run();
}
