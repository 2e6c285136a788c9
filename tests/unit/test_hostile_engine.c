/* test_hostile_engine.c - engines that mean harm: every recording with hostile text in each of its values, one after the
 * other and all at once, cut off anywhere and with bits flipped. Nothing of it may come out as it went in. */
#include "config.h"

#include "backends/engine/engine.h"
#include "tests/drivers/engine_fed.h"
#include "tests/drivers/recording.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"

#include <locale.h>
#include <string.h>

#define POLLS     3
#define CUT_EVERY 64
#define FLIPS     300 /* a recording */

/* One recording, the values in its bodies. */
struct hostile_subject {
	char *kind, *name, *text;
	bool first; /* of its kind */
	gsize len;
	GArray *sites;
};

static struct hostile_subject *subject_new(const char *kind, const char *path)
{
	struct hostile_subject *s = g_new0(struct hostile_subject, 1);
	g_assert_true(g_file_get_contents(path, &s->text, &s->len, NULL));
	s->kind = g_strdup(kind);
	s->name = g_path_get_basename(path);
	s->sites = hostile_sites();
	struct recording *r = recording_new(s->text, s->len);
	const GArray *answers = recording_answers(r);
	for (guint i = 0; i < answers->len; i++) {
		const struct recording_answer *a = &g_array_index(answers, struct recording_answer, i);
		hostile_scan(s->sites, s->text, a->at, a->at + a->len);
	}
	recording_free(r);
	return s;
}

static void subject_free(void *data)
{
	struct hostile_subject *s = data;
	g_array_unref(s->sites);
	g_free(s->kind);
	g_free(s->name);
	g_free(s->text);
	g_free(s);
}

static GPtrArray *subjects;
static const char *now; /* what is being tried */

static void check_error(const GError *error)
{
	g_assert_true(error->domain == LAB_ERROR);
	hostile_show_line(error->message, now);
}

/* True when the text came out somewhere (made harmless). */
static bool try(const struct hostile_subject *s, const char *text, gsize len, const char *what, bool thorough)
{
	g_autofree char *title = g_strdup_printf("%s/%s, %s", s->kind, s->name, what);
	struct recording *r = recording_new(text, len);
	now = title;
	struct lab *lab = engine_fed_lab(s->kind, recording_serve, r, POLLS, check_error);
	bool seen = hostile_show(lab, title, thorough);
	lab_free(lab);
	recording_free(r);
	return seen;
}

/* "kind path" of every value that was tried by itself, and of those that came out somewhere. */
static GHashTable *tried, *shown, *seen;

/* A value of a kind is tried in the first recording that has it. */
static bool is_new(const struct hostile_subject *s, const char *path)
{
	return g_hash_table_add(tried, g_strdup_printf("%s %s", s->kind, path));
}

static void test_one_by_one(const void *data)
{
	const struct hostile_subject *s = data;
	g_autoptr(GPtrArray) paths = hostile_paths(s->sites);
	for (guint i = 0; i < paths->len; i++) {
		const char *path = g_ptr_array_index(paths, i);
		if (!is_new(s, path))
			continue;
		GString *text = hostile_inject(s->text, s->len, s->sites, path, hostile_mix(), false);
		if (try(s, text->str, text->len, path, false))
			g_hash_table_add(shown, g_strdup_printf("%s %s", s->kind, path));
		g_string_free(text, TRUE);
	}
}

static void test_all_at_once(const void *data)
{
	const struct hostile_subject *s = data;
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (gsize i = 0; i < n; i++) {
		if (texts[i].big)
			continue;
		GString *text = hostile_inject(s->text, s->len, s->sites, NULL, &texts[i], true);
		try(s, text->str, text->len, texts[i].name, s->first && i == 0);
		g_string_free(text, TRUE);
	}
}

/* These are seen on the screen, so that harm in them must have been on its way there: otherwise nothing was proven. */
static void test_reaches_the_screen(void)
{
	static const char *const values[] = {
		"ollama models[].name", "llamacpp data[].id",   "llamacpp build_info",
		"vllm data[].id",       "llama-swap data[].id", "openai data[].id",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (!g_hash_table_contains(seen, values[i]))
			g_error("%s does not come out", values[i]);
}

/* What is too big to stand everywhere stands in one after the other of the values that come out. */
static void test_big(const void *data)
{
	const struct hostile_subject *s = data;
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (guint k = 0; k < s->sites->len; k++) {
		const char *path = g_array_index(s->sites, struct hostile_site, k).path;
		g_autofree char *name = g_strdup_printf("%s %s", s->kind, path);
		bool comes_out = g_hash_table_remove(shown, name);

		if (comes_out)
			g_hash_table_add(seen, g_strdup(name)), g_test_message("out: %s", name);
		for (gsize i = 0; comes_out && i < n; i++) {
			if (!texts[i].big)
				continue;
			GString *text = hostile_inject_at(s->text, s->len, s->sites, k, &texts[i], true);
			try(s, text->str, text->len, texts[i].name, false);
			g_string_free(text, TRUE);
		}
	}
}

/* Damaged input is read, not shown: that errors are clean is what is looked at. */
static void read_only(const struct hostile_subject *s, const char *text, gsize len)
{
	struct recording *r = recording_new(text, len);
	now = s->name;
	lab_free(engine_fed_lab(s->kind, recording_serve, r, 2, check_error));
	recording_free(r);
}

static void test_damaged(const void *data)
{
	const struct hostile_subject *s = data;
	struct recording *whole = recording_new(s->text, s->len);
	const GArray *answers = recording_answers(whole);
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);
	for (guint i = 0; i < answers->len; i++) {
		const struct recording_answer *a = &g_array_index(answers, struct recording_answer, i);
		for (gsize cut = 0; cut < a->len; cut += CUT_EVERY) {
			g_autoptr(GString) text = g_string_new_len(s->text, (gssize)s->len);
			g_string_erase(text, (gssize)(a->at + cut), (gssize)(a->len - cut));
			read_only(s, text->str, text->len);
		}
	}
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *text = g_memdup2(s->text, s->len + 1);
		for (int flips = g_rand_int_range(dice, 1, 8); flips > 0; flips--)
			text[g_rand_int_range(dice, 0, (gint32)s->len)] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		read_only(s, text, s->len);
	}
	recording_free(whole);
}

/* ---- answers to nothing in particular -------------------------------------------------------------------------------- */

struct constant {
	const char *body;
	gsize len;
	int status;
};

static int serve_constant(void *data, const struct http_request *rq, GString *body, char **server)
{
	const struct constant *c = data;
	g_string_append_len(body, c->body, (gssize)c->len);
	*server = g_strndup(hostile_mix()->bytes, hostile_mix()->len);
	return c->status;
}

/* The same words in answer to everything, as every kind of engine and as one that is to be found out. */
static void test_everything_says(const void *body)
{
	static const int statuses[] = {200, 401, 404, 500, 503};
	struct constant c = {.body = body, .len = strlen(body)};
	now = body;
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		c.status = statuses[i];
		for (const struct engine_ops *const *k = engine_kinds;; k++) {
			struct lab *lab = engine_fed_lab(*k ? engine_kind_names[(*k)->kind] : "auto",
							 serve_constant, &c, 2, check_error);
			hostile_show(lab, body, false);
			lab_free(lab);
			if (!*k)
				break;
		}
	}
}

static void test_deep(void)
{
	GString *deep = g_string_new("{\"models\":");
	for (int i = 0; i < 5000; i++)
		g_string_append_c(deep, '[');
	test_everything_says(deep->str);
	g_string_free(deep, TRUE);
}

static void add_recordings(const char *kind)
{
	g_autofree char *below = g_build_filename("data", "engine", kind, NULL);
	g_autofree char *folder = unit_data(below);
	GDir *dir = g_dir_open(folder, 0, NULL);
	bool first = true;
	g_assert_nonnull(dir);
	for (const char *name; (name = g_dir_read_name(dir));) {
		static const struct {
			const char *title;
			void (*test)(const void *);
		} tests[] = {
			{"one-by-one", test_one_by_one},
			{"all-at-once", test_all_at_once},
			{"big", test_big},
			{"damaged", test_damaged},
		};
		if (!g_str_has_suffix(name, ".http"))
			continue;
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct hostile_subject *s = subject_new(kind, path);
		g_ptr_array_add(subjects, s);
		s->first = first;
		first = false;
		for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
			g_autofree char *title =
				g_strdup_printf("/hostile/engine/%s/%s/%s", kind, name, tests[i].title);
			g_test_add_data_func(title, s, tests[i].test);
		}
	}
	g_dir_close(dir);
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	subjects = g_ptr_array_new_with_free_func(subject_free);
	for (const struct engine_ops *const *k = engine_kinds; *k; k++)
		add_recordings(engine_kind_names[(*k)->kind]);
	g_test_add_data_func("/hostile/engine/says/error", "{\"error\":\"\\u001b[2J\\u202e\\u009b\"}",
			     test_everything_says);
	g_test_add_data_func("/hostile/engine/says/message", "{\"error\":{\"message\":\"\\u001b[2J\\r\\n\"}}",
			     test_everything_says);
	g_test_add_data_func("/hostile/engine/says/plain", "\033[2J\033]52;c;eHh4\a\xc2\x9b\xff\r\n%s%n",
			     test_everything_says);
	g_test_add_data_func("/hostile/engine/says/html", "<!DOCTYPE html><title>\033[2J</title>",
			     test_everything_says);
	g_test_add_data_func("/hostile/engine/says/nothing", "", test_everything_says);
	g_test_add_data_func("/hostile/engine/says/null", "null", test_everything_says);
	g_test_add_data_func("/hostile/engine/says/list", "[[],[null],1,\"x\"]", test_everything_says);
	g_test_add_func("/hostile/engine/says/deep", test_deep);
	g_test_add_func("/hostile/engine/together/reaches-the-screen", test_reaches_the_screen);
	int status = g_test_run();
	g_ptr_array_unref(subjects);
	return status;
}
