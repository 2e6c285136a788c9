/* test_hostile_agent.c - a guest that means harm: its agent's lines with hostile text in each value, key and number, cut off
 * anywhere and with bits flipped; what it and ssh write to stderr. */
#include "config.h"

#include "backends/child.h"
#include "backends/guest/agent_line.h"
#include "backends/guest/ssh.h"
#include "lab/lab.h"
#include "tests/unit/hostile_show.h"
#include "tests/unit/hostile_text.h"
#include "tests/unit/unit.h"

#include <poll.h>
#include <locale.h>
#include <string.h>

#define CUT_EVERY 64
#define FLIPS     3000
#define START_NS  (3600 * G_GINT64_CONSTANT(1000000000))
#define WALL_MS   1767254400000 /* 2026-01-01T08:00:00Z */

static char *stream;
static gsize stream_len;
static GArray *sites;
static const char *now; /* what is being tried */
static GHashTable *shown;

static void fold_line(struct lab *lab, const struct target *t, const char *line, gsize len)
{
	struct agent_line what;
	g_autoptr(GError) error = NULL;
	struct obs *obs = obs_new(OBS_SAMPLE, t);
	bool good = agent_line_parse(obs->box, line, len, &what, &error);
	g_assert_true(good == !error);
	if (error) {
		g_assert_true(error->domain == LAB_ERROR);
		hostile_show_line(error->message, now);
	}
	if (what.hello) {
		what.hello->source = obs->source;
		what.hello->transport = TRANSPORT_SSH;
		obs->kind = OBS_HELLO;
		obs->u.hello = what.hello;
	}
	obs->u.sample = what.sample ? what.sample : obs->u.sample;
	obs->taken_ns = lab->now_ns;
	if (good && (what.hello || what.sample))
		lab_fold(lab, obs);
	else
		obs_free(obs);
}

/* A lab that was told these lines, a second apart. */
static struct lab *told(const char *text, gsize len)
{
	struct lab *lab = lab_new("attic", false);
	struct target *t = target_new(TARGET_GUEST, "llm-1");
	lab_add_target(lab, t);
	int64_t second = 0;
	for (gsize at = 0; at < len; second++) {
		const char *lf = memchr(text + at, '\n', len - at);
		gsize end = lf ? (gsize)(lf - text) : len;
		lab_set_time(lab, START_NS + second * 1000000000, WALL_MS + second * 1000);
		fold_line(lab, t, text + at, end - at);
		at = end + 1;
	}
	lab_settle(lab);
	target_free(t);
	return lab;
}

static bool try(const char *text, gsize len, const char *what, bool thorough)
{
	now = what;
	struct lab *lab = told(text, len);
	bool seen = hostile_show(lab, what, thorough);
	lab_free(lab);
	return seen;
}

static void test_recorded(void)
{
	struct lab *lab = told(stream, stream_len);
	const struct lab_guest *guest = g_ptr_array_index(lab->guests, 0);
	g_assert_cmpuint(lab->gpus->len, ==, 3);
	g_assert_cmpuint(guest->procs->len, ==, 2);
	g_assert_cmpuint(guest->mounts->len, ==, 1);
	g_assert_cmpuint(lab->jobs->len, >, 0);
	g_assert_false(hostile_show(lab, "recorded", false));
	lab_free(lab);
}

static void test_one_by_one(void)
{
	g_autoptr(GPtrArray) paths = hostile_paths(sites);
	for (guint i = 0; i < paths->len; i++) {
		const char *path = g_ptr_array_index(paths, i);
		GString *text = hostile_inject(stream, stream_len, sites, path, hostile_mix(), false);
		if (try(text->str, text->len, path, false)) {
			g_hash_table_add(shown, (gpointer)path);
			g_test_message("out: %s", path);
		}
		g_string_free(text, TRUE);
	}
}

/* These are seen on the screen, so that harm in them must have been on its way there: otherwise nothing was proven. */
static void test_reaches_the_screen(void)
{
	static const char *const values[] = {
		"guest.hostname",
		"gpus[].name",
		"gpus[].vbios",
		"gpus[].serial",
		"gpus[].origin.temp_junction_c",
		"procs[].name",
		"procs[].unit",
		"libraries[].version",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (!g_hash_table_contains(shown, values[i]))
			g_error("%s does not come out", values[i]);
}

static void test_all_at_once(void)
{
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (gsize i = 0; i < n; i++) {
		if (texts[i].big)
			continue;
		GString *text = hostile_inject(stream, stream_len, sites, NULL, &texts[i], true);
		try(text->str, text->len, texts[i].name, i == 0);
		g_string_free(text, TRUE);
	}
}

/* What is too big to stand everywhere stands in one after the other of the values that come out; a megabyte is more than a
 * line may have. */
static void test_big(void)
{
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (guint k = 0; k < sites->len; k++) {
		const char *path = g_array_index(sites, struct hostile_site, k).path;
		if (!g_hash_table_contains(shown, path))
			continue;
		for (gsize i = 0; i < n; i++) {
			if (!texts[i].big)
				continue;
			GString *text = hostile_inject_at(stream, stream_len, sites, k, &texts[i], true);
			try(text->str, text->len, texts[i].name, false);
			g_string_free(text, TRUE);
		}
	}
}

static void test_damaged(void)
{
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);
	now = "damaged";
	for (gsize cut = 0; cut < stream_len; cut += CUT_EVERY)
		lab_free(told(stream, cut));
	for (int i = 0; i < FLIPS; i++) {
		g_autofree char *text = g_memdup2(stream, stream_len + 1);
		for (int flips = g_rand_int_range(dice, 1, 8); flips > 0; flips--)
			text[g_rand_int_range(dice, 0, (gint32)stream_len)] ^=
				(char)(1 << g_rand_int_range(dice, 0, 8));
		lab_free(told(text, stream_len));
	}
}

static void test_caps(void)
{
	static const struct {
		const char *before, *repeated, *after;
		int times;
	} lines[] = {
		{"{\"seq\":1,\"x\":", "[", "", 5000},
		{"{\"seq\":1,\"x\":", "{\"a\":", "", 5000},
		{"{\"seq\":1,\"x\":\"", "x", "\"}", AGENT_LINE_CAP},
		{"{\"seq\":1,\"gpus\":[", "{\"id\":\"a\",\"id\":\"b\"},", "1]}", 1},
		{"\xef\xbb\xbf{\"seq\":1", "", "}", 0},
		{"{\"seq\":1,\"x\":\"", "\\ud800", "\"}", 1},
		{"{\"seq\":1,\"x\":\"", "\\u0000", "\"}", 1},
		{"{\"seq\":1,\"x\":", "NaN", "}", 1},
		{"{\"seq\":1,\"x\":", "1e400", "}", 1},
	};
	now = "caps";
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct agent_line what;
		g_autoptr(GError) error = NULL;
		g_autoptr(GString) line = g_string_new(lines[i].before);
		for (int k = 0; k < lines[i].times; k++)
			g_string_append(line, lines[i].repeated);
		g_string_append(line, lines[i].after);
		struct box *box = box_new();
		g_assert_false(agent_line_parse(box, line->str, line->len, &what, &error));
		g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
		hostile_show_line(error->message, now);
		box_unref(box);
	}
}

/* ---- stderr ------------------------------------------------------------------------------------------------------------- */

/* A shell that writes the text to its stderr twice, the second time with no end of line. */
static struct child *say(const struct hostile_text *h)
{
	GString *octal = g_string_new("printf '");
	for (gsize i = 0; i < MIN(h->len, 3000); i++)
		g_string_append_printf(octal, "\\%03o", (guchar)h->bytes[i]);
	g_autofree char *script =
		g_strconcat(octal->str, "\\n", octal->str + strlen("printf '"), "' >&2", NULL);
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct child *c = child_start(argv, NULL, false, NULL);
	g_string_free(octal, TRUE);
	g_assert_nonnull(c);
	return c;
}

static void test_stderr(void)
{
	gsize n;
	const struct hostile_text *texts = hostile_texts(&n);
	for (gsize i = 0; i < n; i++) {
		struct child *c = say(&texts[i]);
		while (child_err_fd(c) >= 0) {
			struct pollfd p = {.fd = child_err_fd(c), .events = POLLIN};
			poll(&p, 1, -1);
			for (const char *word; (word = child_next_word(c));)
				hostile_show_line(word, texts[i].name);
			hostile_show_line(child_last_words(c), texts[i].name);
		}
		g_assert_cmpstr(child_last_words(c), !=, "");
		child_stop(c, 1000);
	}
}

/* What an end of ssh is said to mean, in whatever words it ended. */
static void test_end_reasons(void)
{
	static const char *const words[] = {
		"%s",
		"%s\nHost key verification failed.\r\n",
		"The fingerprint is\nSHA256:%s.\nHost key verification failed.\r\n",
		"@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nSHA256:%s.\nHost key verification "
		"failed.",
		"No %s host key is known for %s and you have requested strict checking.\nHost key "
		"verification failed.",
		"ops@%s: Permission denied (publickey).",
		"sh: 1: labtop-agent: not found %s",
		"sudo: a password is required %s",
	};
	struct target *t = target_new(TARGET_GUEST, "g");
	target_set(t, "ssh", "ops@mi50-a");
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		for (int status = 0; status < 256; status++) {
			const char *mix = "Qzq\033[2J\xc2\x9b\xe2\x80\xae";
			g_auto(GStrv) parts = g_strsplit(words[i], "%s", -1);
			g_autofree char *said = g_strjoinv(mix, parts);
			g_autoptr(GError) error = guest_end_reason(t, status << 8, said, "its last words");
			g_assert_true(error->domain == LAB_ERROR);
			hostile_show_line(error->message, words[i]);
		}
	target_free(t);
}

int main(int argc, char **argv)
{
	(void)argc;
	setlocale(LC_ALL, "");
	unit_init(argv);
	g_autofree char *path = unit_data("data/agent/full.jsonl");
	g_assert_true(g_file_get_contents(path, &stream, &stream_len, NULL));
	sites = hostile_sites();
	hostile_scan(sites, stream, 0, stream_len);
	shown = g_hash_table_new(g_str_hash, g_str_equal);
	g_test_add_func("/hostile/agent/recorded", test_recorded);
	g_test_add_func("/hostile/agent/one-by-one", test_one_by_one);
	g_test_add_func("/hostile/agent/reaches-the-screen", test_reaches_the_screen);
	g_test_add_func("/hostile/agent/all-at-once", test_all_at_once);
	g_test_add_func("/hostile/agent/big", test_big);
	g_test_add_func("/hostile/agent/damaged", test_damaged);
	g_test_add_func("/hostile/agent/caps", test_caps);
	g_test_add_func("/hostile/agent/stderr", test_stderr);
	g_test_add_func("/hostile/agent/end-reasons", test_end_reasons);
	return g_test_run();
}
