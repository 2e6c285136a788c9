/* test_agent_files.c - kept descriptors, samplers that hang, file servers that do not answer. */
#include "config.h"
#include "backends/gpu/sysfs_file.h"

#include <fcntl.h>
#include <jansson.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backends/gpu/mounts.h"
#include "backends/gpu/sampler.h"
#include "tests/unit/unit.h"

/* ---- files --------------------------------------------------------------------------------------------------------- */

static void put_file(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
	close(fd);
}

static void test_kept(void)
{
	g_autofree char *path = g_dir_make_tmp("agent-files-XXXXXX", NULL);
	struct sysfs_dir dir;
	struct sysfs_file file;
	char text[64];
	gsize len;

	put_file(path, "busy", "97\n");
	sysfs_dir_init(&dir, path);
	sysfs_file_init(&file, &dir, "busy");
	g_assert_cmpint(sysfs_file_read(&file, 0, text, sizeof text, &len), ==, READ_OK);
	g_assert_cmpstr(text, ==, "97\n");
	g_assert_cmpuint(len, ==, 3);
	int kept = file.fd;
	g_assert_cmpint(kept, >=, 0);
	put_file(path, "busy", "12\n"); /* in place, as the kernel does */
	g_assert_false(sysfs_dir_refresh(&dir));
	g_assert_cmpint(sysfs_file_read(&file, 0, text, sizeof text, &len), ==, READ_OK);
	g_assert_cmpstr(text, ==, "12\n");
	g_assert_cmpint(file.fd, ==, kept);
	sysfs_file_close(&file);

	g_autofree char *gone = g_build_filename(path, "busy", NULL);
	g_unlink(gone);
	g_assert_true(sysfs_dir_refresh(&dir)); /* its files have changed */
	g_rmdir(path);
	g_assert_true(sysfs_dir_refresh(&dir));
	g_assert_cmpint(dir.fd, ==, -1);
	g_assert_false(sysfs_dir_refresh(&dir)); /* still gone is no change */
	sysfs_dir_clear(&dir);
}

static void test_absent(void)
{
	g_autofree char *path = g_dir_make_tmp("agent-files-XXXXXX", NULL);
	struct sysfs_dir dir;
	struct sysfs_file file;
	char text[64];
	gsize len;

	sysfs_dir_init(&dir, path);
	sysfs_file_init(&file, &dir, "fan1_input");
	g_assert_cmpint(sysfs_file_read(&file, 1000, text, sizeof text, &len), ==, READ_ABSENT);
	put_file(path, "fan1_input", "900\n");
	g_assert_cmpint(sysfs_file_read(&file, 1000 + SYSFS_RETRY_MS - 1, text, sizeof text, &len), ==,
			READ_ABSENT);
	g_assert_cmpint(sysfs_file_read(&file, 1000 + SYSFS_RETRY_MS, text, sizeof text, &len), ==, READ_OK);
	put_file(path, "fan1_input", "");
	g_assert_cmpint(sysfs_file_read(&file, 200000, text, sizeof text, &len), ==,
			READ_ABSENT); /* old kernels in VFs */
	sysfs_file_close(&file);
	file.empty_is_text = true;
	g_assert_cmpint(sysfs_file_read(&file, 200000, text, sizeof text, &len), ==, READ_OK);
	g_assert_cmpuint(len, ==, 0);
	sysfs_file_close(&file);
	sysfs_dir_clear(&dir);

	g_autofree char *file_path = g_build_filename(path, "fan1_input", NULL);
	g_unlink(file_path);
	g_rmdir(path);
}

/* ---- samplers ------------------------------------------------------------------------------------------------------ */

/* A door that a sampler's thread waits at. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool open;
	int passed;
} door = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, true, 0};

static void set_door(bool open)
{
	pthread_mutex_lock(&door.lock);
	door.open = open;
	pthread_cond_broadcast(&door.wake);
	pthread_mutex_unlock(&door.lock);
}

static int pass_door(void)
{
	pthread_mutex_lock(&door.lock);
	while (!door.open)
		pthread_cond_wait(&door.wake, &door.lock);
	int n = ++door.passed;
	pthread_mutex_unlock(&door.lock);
	return n;
}

static void *take(void *context, void *request)
{
	int n = pass_door();

	g_free(request);
	return g_memdup2(&n, sizeof n);
}

static void wait_for(int wake_fd)
{
	struct pollfd fd = {.fd = wake_fd, .events = POLLIN};
	uint64_t count;

	g_assert_cmpint(poll(&fd, 1, 60000), ==, 1);
	g_assert_cmpint(read(wake_fd, &count, sizeof count), ==, sizeof count);
}

static void test_sampler(void)
{
	int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct sampler *s = sampler_new("test", take, NULL, NULL, g_free, wake_fd);

	g_assert_null(sampler_collect(s));
	g_assert_true(sampler_kick(s, NULL));
	wait_for(wake_fd);
	g_assert_false(sampler_running(s));
	g_assert_false(sampler_kick(s, NULL)); /* what nobody has seen yet is not lost */
	g_autofree int *first = sampler_collect(s);
	g_assert_nonnull(first);
	g_assert_null(sampler_collect(s)); /* once */

	set_door(false);
	g_assert_true(sampler_kick(s, g_malloc(1)));
	g_assert_true(sampler_running(s));
	g_assert_false(sampler_kick(s, g_malloc(1))); /* one at a time; what it was given is freed */
	g_assert_null(sampler_collect(s));
	sampler_free(s); /* does not wait for a thread that hangs */
	set_door(true);
	close(wake_fd);
}

/* ---- mounts -------------------------------------------------------------------------------------------------------- */

static struct mount_size look(const char *target)
{
	struct mount_size size = {true, 1000, 400};

	if (strcmp(target, "/dead") == 0)
		pass_door();
	return size;
}

static json_int_t int_of(const json_t *list, size_t i, const char *key)
{
	return json_integer_value(json_object_get(json_array_get(list, i), key));
}

/* The array as a reader gets it; NULL when nothing is told. */
static json_t *mounts_told(struct mounts *m, gint64 now_ms)
{
	g_autoptr(GString) out = g_string_new("{");

	if (!mounts_write(m, out, now_ms)) {
		g_assert_cmpstr(out->str, ==, "{");
		return NULL;
	}
	g_string_append_c(out, '}');
	json_t *o = json_loads(out->str, JSON_REJECT_DUPLICATES, NULL);
	json_t *list = json_incref(json_object_get(o, "mounts"));
	json_decref(o);
	g_assert_true(json_is_array(list));
	return list;
}

static void test_dead_server(void)
{
	g_autofree char *proc = g_dir_make_tmp("agent-proc-XXXXXX", NULL);
	g_autofree char *self = g_build_filename(proc, "self", NULL);
	g_autofree char *info = g_build_filename(self, "mountinfo", NULL);
	int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	g_mkdir(self, 0700);
	put_file(self, "mountinfo",
		 "30 25 0:40 / /live rw - nfs4 nas:/a rw\n31 25 0:41 / /dead rw - nfs4 nas:/b rw\n");
	set_door(false);
	struct mounts *m = mounts_new(proc, look, wake_fd);
	mounts_kick(m, 1000);
	wait_for(wake_fd); /* the live one */
	g_assert_false(mounts_in(m));
	json_t *list = mounts_told(m, 1500);
	g_assert_cmpuint(json_array_size(list), ==, 2);
	g_assert_cmpint(int_of(list, 0, "total_bytes"), ==, 1000);
	g_assert_cmpint(int_of(list, 0, "free_bytes"), ==, 400);
	g_assert_cmpint(int_of(list, 0, "age_ms"), ==, 500);
	g_assert_null(json_object_get(json_array_get(list, 1), "total_bytes")); /* nobody knows */
	json_decref(list);
	g_assert_null(mounts_told(m, 1600)); /* nothing new */

	mounts_kick(m, 1700); /* not time yet */
	g_assert_null(mounts_told(m, 1700));
	mounts_kick(m, 1000 + MOUNTS_EVERY_MS);
	wait_for(wake_fd);
	list = mounts_told(m, 1000 + MOUNTS_EVERY_MS);
	g_assert_cmpint(int_of(list, 0, "age_ms"), ==, 0);
	g_assert_cmpint(int_of(list, 1, "age_ms"), ==, MOUNTS_EVERY_MS); /* asked since then */
	json_decref(list);

	put_file(self, "mountinfo", "");
	mounts_kick(m, 1000 + 2 * MOUNTS_EVERY_MS);
	list = mounts_told(m, 1000 + 2 * MOUNTS_EVERY_MS);
	g_assert_cmpuint(json_array_size(list), ==, 0);
	json_decref(list);
	mounts_free(m);
	set_door(true);
	close(wake_fd);
	g_unlink(info);
	g_rmdir(self);
	g_rmdir(proc);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/agent/files/kept", test_kept);
	g_test_add_func("/agent/files/absent", test_absent);
	g_test_add_func("/agent/files/sampler", test_sampler);
	g_test_add_func("/agent/files/dead-server", test_dead_server);
	return g_test_run();
}
