/* test_engine_replies.c - recorded engines, one file each in tests/data/engine/KIND/: what is read from them and what they
 * are asked stands beside it in a file of the same name with .expect. A new release of an engine is a new file.
 *
 * LABTOP_UPDATE=1 writes the .expect files anew; the difference is for a person to read.
 */
#include "config.h"

#include "backends/engine/engine.h"
#include "lab/text.h"
#include "tests/drivers/engine_text.h"
#include "tests/replay/replay.h"
#include "tests/unit/unit.h"

#include <string.h>

#define STEP_US (2 * G_USEC_PER_SEC)

static int64_t clock_us; /* two seconds pass between one poll and the next, without anybody waiting */

static int64_t now_us(void)
{
	return clock_us;
}

/* Polls as often as the recording wants: "# polls: N". */
static int polls_of(const char *recording)
{
	const char *word = strstr(recording, "# polls: ");
	return word ? (int)g_ascii_strtoll(word + strlen("# polls: "), NULL, 10) : 1;
}

static void append_rows(GString *out, struct mailbox *mailbox)
{
	for (struct obs *o = mailbox_take(mailbox, G_MAXINT), *next; o; o = next) {
		next = o->next;
		if (o->kind == OBS_ENGINE)
			engine_text(out, o->u.engine);
		obs_free(o);
	}
}

/* What the port is changes with every run. */
static char *without_port(const char *text, int port)
{
	g_autofree char *number = g_strdup_printf("127.0.0.1:%d", port);
	g_auto(GStrv) parts = g_strsplit(text, number, -1);
	return g_strjoinv("ENGINE", parts);
}

static char *watch(const char *recording)
{
	struct replay *server = replay_start(recording);
	g_autofree char *url = replay_url(server);
	struct target *target = target_new(TARGET_ENGINE, "e");
	struct backend b = {
		.ops = &engine_backend, .target = target, .out = mailbox_new(), .cancel = cancel_new()};
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	target_set(target, "url", url);
	bool good = b.ops->open(&b, &error);
	g_autofree char *asked = replay_requests(server);
	g_string_append_printf(out, "# detection\n%s", asked);
	for (int i = 0; good && i < polls_of(recording); i++) {
		((struct engine *)b.priv)->clock_us = now_us;
		clock_us += STEP_US;
		good = b.ops->observe(&b, &error);
		g_autofree char *polled = replay_requests(server);
		g_string_append_printf(out, "# poll %d\n%s", i + 1, polled);
		append_rows(out, b.out);
	}
	b.ops->close(&b);
	append_rows(out, b.out);
	if (error)
		g_string_append_printf(out, "error %d: %s\n", error->code, error->message);
	mailbox_free(b.out);
	cancel_free(b.cancel);
	char *text = without_port(out->str, replay_port(server));
	target_free(target);
	replay_stop(server);
	return text;
}

/* Whatever an engine says, a screen can take it. */
static void assert_clean(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **l = lines; *l; l++)
		g_assert_true(text_is_clean(*l));
}

static void test_recording(const void *path)
{
	g_autofree char *recording = NULL, *want = NULL;
	g_assert_true(g_file_get_contents(path, &recording, NULL, NULL));
	g_autofree char *base = g_strndup(path, strlen(path) - strlen(".http"));
	g_autofree char *expect = g_strconcat(base, ".expect", NULL);
	g_autofree char *got = watch(recording);
	assert_clean(got);
	if (g_getenv("LABTOP_UPDATE"))
		g_assert_true(g_file_set_contents(expect, got, -1, NULL));
	if (!g_file_get_contents(expect, &want, NULL, NULL))
		g_test_message("no %s: LABTOP_UPDATE=1 writes it", expect);
	g_assert_cmpstr(got, ==, want);
}

/* The last line of defence: nothing but a GET of the list ever left, and the router's models are only asked with
 * autoload=false. */
static void assert_allowed(const char *line)
{
	g_assert_true(g_str_has_prefix(line, "GET /"));
	const char *asked = line + strlen("GET ");
	const char *model = strstr(asked, "?model=");
	if (model)
		g_assert_true(g_str_has_suffix(asked, "&autoload=false"));
	for (int p = 0; p < PATH_COUNT; p++) {
		const char *path = engine_paths[p].path;
		if (strcmp(asked, path) == 0)
			return;
		if (model && engine_paths[p].per_model && g_str_has_prefix(asked, path) &&
		    asked + strlen(path) == model)
			return;
	}
	g_test_message("not in the list: %s", line);
	g_test_fail();
}

/* What the backend said, not what it asked. */
static bool is_told(const char *line)
{
	return g_str_has_prefix(line, "engine ") || g_str_has_prefix(line, "model ") ||
	       g_str_has_prefix(line, "error ");
}

static void test_only_allowed(const void *path)
{
	g_autofree char *recording = NULL;
	g_assert_true(g_file_get_contents(path, &recording, NULL, NULL));
	g_autofree char *got = watch(recording);
	g_auto(GStrv) lines = g_strsplit(got, "\n", -1);
	for (char **l = lines; *l; l++)
		if (**l && **l != '#' && !is_told(*l))
			assert_allowed(*l);
}

static void add_folder(GPtrArray *paths, const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	g_assert_nonnull(dir);
	for (const char *name; (name = g_dir_read_name(dir));) {
		char *path = g_build_filename(folder, name, NULL);
		if (g_str_has_suffix(name, ".http"))
			g_ptr_array_add(paths, path);
		else
			g_free(path);
	}
	g_dir_close(dir);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	for (const struct engine_ops *const *k = engine_kinds; *k; k++) {
		g_autofree char *below =
			g_build_filename("data", "engine", engine_kind_names[(*k)->kind], NULL);
		g_autofree char *folder = unit_data(below);
		add_folder(paths, folder);
	}
	g_ptr_array_sort(paths, by_text);
	for (guint i = 0; i < paths->len; i++) {
		const char *path = g_ptr_array_index(paths, i);
		g_autofree char *kind = g_path_get_dirname(path);
		g_autofree char *kind_name = g_path_get_basename(kind);
		g_autofree char *name = g_path_get_basename(path);
		g_autofree char *replies = g_strdup_printf("/engine/%s/%s", kind_name, name);
		g_autofree char *allowed = g_strdup_printf("/engine/%s/%s/asks-only", kind_name, name);
		g_test_add_data_func(replies, path, test_recording);
		g_test_add_data_func(allowed, path, test_only_allowed);
	}
	return g_test_run();
}
