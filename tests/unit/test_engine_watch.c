/* test_engine_watch.c - what goes wrong with engines: they change, refuse, fall silent, answer nonsense; and keys. */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/engine/key.h"
#include "tests/drivers/engine_text.h"
#include "tests/replay/replay.h"
#include "tests/unit/server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define OLLAMA                                                                                       \
	"=== GET /api/version 200\n\n{\"version\":\"0.12.3\"}\n=== GET / 200\n\nOllama is running\n" \
	"=== GET /api/tags 200\n\n{\"models\":[]}\n=== GET /api/ps 200\n\n{\"models\":[]}\n"
#define LLAMACPP                                                                       \
	"=== headers\nServer: llama.cpp\n=== GET /health 200\n\n{\"status\":\"ok\"}\n" \
	"=== GET /props 200\n\n{\"total_slots\":1,\"endpoint_slots\":false,\"endpoint_metrics\":false}\n"

struct engines {
	struct replay *server;
	struct target *target;
	struct backend b;
	GError *error;
};

static void lab_start(struct engines *l, const char *recording)
{
	*l = (struct engines){.server = replay_start(recording), .target = target_new(TARGET_ENGINE, "e")};
	g_autofree char *url = replay_url(l->server);
	target_set(l->target, "url", url);
	l->b = (struct backend){
		.ops = &engine_backend, .target = l->target, .out = mailbox_new(), .cancel = cancel_new()};
}

static void lab_end(struct engines *l)
{
	l->b.ops->close(&l->b);
	mailbox_free(l->b.out);
	cancel_free(l->b.cancel);
	target_free(l->target);
	replay_stop(l->server);
	g_clear_error(&l->error);
}

static bool lab_open(struct engines *l)
{
	g_clear_error(&l->error);
	return l->b.ops->open(&l->b, &l->error);
}

static bool lab_poll(struct engines *l)
{
	g_clear_error(&l->error);
	((struct engine *)l->b.priv)->polled_us = 0;
	return l->b.ops->observe(&l->b, &l->error);
}

/* All that was posted since the last call, as text. */
static char *lab_told(struct engines *l)
{
	GString *out = g_string_new(NULL);
	for (struct obs *o = mailbox_take(l->b.out, G_MAXINT), *next; o; o = next) {
		next = o->next;
		if (o->kind == OBS_ENGINE)
			engine_text(out, o->u.engine);
		else if (o->kind == OBS_LOG)
			g_string_append_printf(out, "log %s\n", o->u.log->text);
		else if (o->kind == OBS_SOURCE)
			g_string_append_printf(out, "source %s %s\n", source_state_names[o->u.src->state],
					       o->u.src->detail);
		obs_free(o);
	}
	return g_string_free(out, FALSE);
}

static void assert_told(struct engines *l, const char *want)
{
	g_autofree char *told = lab_told(l);
	g_assert_cmpstr(told, ==, want);
}

static void assert_says(const struct engines *l, int code, const char *words)
{
	g_assert_error(l->error, LAB_ERROR, code);
	if (!strstr(l->error->message, words))
		g_error("'%s' does not say '%s'", l->error->message, words);
	g_assert_null(strchr(l->error->message, '\n'));
}

/* ---- another engine, or none ---- */

/* FC-094 */
static void test_changes(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	g_assert_true(lab_open(&l));
	g_assert_true(lab_poll(&l));
	assert_told(&l, "source live ollama 0.12.3\nengine ollama version=0.12.3 state=ok\n");
	g_assert_true(lab_poll(&l)); /* said once */
	assert_told(&l, "engine ollama version=0.12.3 state=ok\n");
	replay_load(l.server, LLAMACPP);
	g_assert_true(lab_poll(&l));
	g_autofree char *told = lab_told(&l);
	g_assert_true(g_str_has_prefix(told, "source live llamacpp\nengine llamacpp state=ok"));
	lab_end(&l);
}

/* A kind that was written down is believed. */
static void test_configured_kind(void)
{
	struct engines l;
	lab_start(&l, LLAMACPP);
	target_set(l.target, "kind", "ollama");
	g_assert_true(lab_open(&l));
	g_assert_false(lab_poll(&l));
	assert_says(&l, LAB_ERR_NOT_FOUND, "/api/ps: HTTP 404");
	g_autofree char *asked = replay_requests(l.server);
	g_assert_cmpstr(asked, ==, "GET /api/ps\n");
	lab_end(&l);
}

static void test_wrong_url(void)
{
	struct engines l;
	lab_start(&l, "=== headers\nServer: nginx\nContent-Type: text/html\n=== * 200\n\n<!DOCTYPE "
		      "html><html>hi</html>\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_UNSUPPORTED, "no engine that is known");
	assert_told(&l, "");
	lab_end(&l);
}

/* A log-in page in front of it: where everybody is sent is said, whether the kind is known or to be found out. */
static void test_redirect(void)
{
	static const char *const kinds[] = {"ollama", "auto"};
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct engines l;
		lab_start(&l, "=== * 302\nLocation: https://auth.example/\033]0;x?rd=1&ticket=t1\n");
		target_set(l.target, "kind", kinds[i]);
		if (lab_open(&l))
			g_assert_false(lab_poll(&l));
		assert_says(&l, i == 0 ? LAB_ERR_PROTOCOL : LAB_ERR_UNSUPPORTED,
			    "HTTP 302, redirects to https://auth.example/^[]0;x?..., which is not followed");
		lab_end(&l);
	}
}

/* Something on the way compresses for whoever comes; an error's status is told all the same. */
static void test_encoded(void)
{
	static const char *const kinds[] = {"ollama", "auto"};
	struct engines l;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		lab_start(&l, "=== GET /v1/models 404\n\n=== * 200\nContent-Encoding: br\n\n\1\2\3\n");
		target_set(l.target, "kind", kinds[i]);
		if (lab_open(&l))
			g_assert_false(lab_poll(&l));
		assert_says(&l, LAB_ERR_PROTOCOL,
			    "the answer is encoded (br), although identity was asked for");
		g_autofree char *accepted = replay_last_header(l.server, "Accept-Encoding");
		g_assert_cmpstr(accepted, ==, "identity");
		lab_end(&l);
	}
	lab_start(&l, "=== * 401\nContent-Encoding: gzip\n\n\1\2\3\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_AUTH, "needs a key (key-command, key-file or key-env)");
	g_assert_null(strchr(l.error->message, '\1'));
	lab_end(&l);
}

/* What stands beside an error tells nothing, whatever members it has. */
static void test_error_to_all(void)
{
	struct engines l;
	lab_start(&l, "=== * 200\n\n{\"error\":\"no\",\"version\":\"1\",\"total_slots\":1,\"running\":[],"
		      "\"devices\":[],\"api\":true,\"data\":[]}\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_UNSUPPORTED, "no engine that is known");
	lab_end(&l);
}

static void test_unreachable(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	target_set(l.target, "url", "http://127.0.0.1:1");
	g_assert_false(lab_open(&l));
	g_assert_error(l.error, LAB_ERROR, LAB_ERR_UNREACHABLE);
	lab_end(&l);
}

static void test_bad_words(void)
{
	static const char *const cases[][2] = {{"url", "http://u:secret@h"}, {"url", ""}, {"kind", "olama"}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct engines l;
		lab_start(&l, OLLAMA);
		target_set(l.target, cases[i][0], cases[i][1]);
		g_assert_false(lab_open(&l));
		g_assert_error(l.error, LAB_ERROR, LAB_ERR_USAGE);
		g_assert_null(strstr(l.error->message, "secret"));
		lab_end(&l);
	}
}

/* ---- refusals ---- */

static void test_foreign_host_name(void)
{
	struct engines l;
	lab_start(&l, "=== * 403\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_DENIED, "127.0.0.1 or localhost");
	lab_end(&l);
}

static void test_all_need_key(void)
{
	struct engines l;
	lab_start(&l, "=== * 401\n\n{\"error\":\"who are you\"}\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_AUTH, "needs a key");
	assert_told(&l, "engine  state=needs key refused\n");
	lab_end(&l);
}

/* A front page and a sign of life that are open to all do not hide that the rest is locked. */
static void test_most_need_key(void)
{
	struct engines l;
	lab_start(&l, "=== GET / 200\n\nwelcome\n=== GET /health 200\n\nfine\n=== GET /metrics 404\n\n"
		      "=== GET /running 403\n\n=== * 401\n\nwho are you\n");
	g_assert_false(lab_open(&l));
	assert_says(&l, LAB_ERR_AUTH, "needs a key (key-command, key-file or key-env): who are you");
	assert_told(&l, "engine  state=needs key refused\n");
	lab_end(&l);
}

/* Every kind that is asked without a key it wants says so in its row. */
static void test_each_needs_key(void)
{
	for (const struct engine_ops *const *k = engine_kinds; *k; k++) {
		struct engines l;
		const char *kind = engine_kind_names[(*k)->kind];
		g_test_message("%s", kind);
		lab_start(&l, "=== * 401\n");
		target_set(l.target, "kind", kind);
		g_assert_true(lab_open(&l));
		const bool good = lab_poll(&l);
		g_autofree char *told = lab_told(&l);
		g_assert_nonnull(strstr(told, " state=needs key"));
		g_assert_true(good || g_error_matches(l.error, LAB_ERROR, LAB_ERR_AUTH));
		lab_end(&l);
	}
}

/* What the engine says stands in the message; the key it echoes does not (FC-144). */
static void test_refused_key(void)
{
	struct engines l;
	lab_start(&l, "=== headers\nServer: llama.cpp\n=== GET /health 200\n\n{}\n"
		      "=== * 401\n\n{\"error\":{\"message\":\"bad key sk-very-secret\\u001b[2J\"}}\n");
	g_setenv("LABTOP_TEST_KEY", "sk-very-secret", TRUE);
	target_set(l.target, "key-env", "LABTOP_TEST_KEY");
	g_assert_true(lab_open(&l));
	g_autofree char *sent = replay_last_header(l.server, "Authorization");
	g_assert_cmpstr(sent, ==, "Bearer sk-very-secret");
	g_assert_false(lab_poll(&l));
	assert_says(&l, LAB_ERR_AUTH, "the key was refused: bad key ***");
	g_assert_null(strstr(l.error->message, "sk-very-secret"));
	g_assert_null(strchr(l.error->message, '\033'));
	assert_told(&l, "engine llamacpp state=needs key refused\n");
	lab_end(&l);
}

/* A key over plain http to another machine: said once, at the start. */
static void test_bare_key(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	g_setenv("LABTOP_TEST_KEY", "k", TRUE);
	target_set(l.target, "key-env", "LABTOP_TEST_KEY");
	target_set(l.target, "kind", "ollama");
	target_set(l.target, "url", "http://192.0.2.1:11434");
	g_assert_true(lab_open(&l));
	g_autofree char *told = lab_told(&l);
	g_assert_nonnull(strstr(told, "plain http to 192.0.2.1"));
	l.b.ops->close(&l.b);
	target_set(l.target, "url", "http://127.0.0.1:11434");
	g_assert_true(lab_open(&l));
	assert_told(&l, "");
	lab_end(&l);
}

/* ---- vLLM without its figures ---- */

#define VLLM(metrics)                                                                                  \
	"=== GET /health 200\n\n=== GET /version 200\n\n{\"version\":\"0.11.0\"}\n=== GET /v1/models " \
	"200\n\n{\"data\":[{\"id\":\"m\"}]}\n=== GET /metrics " metrics "\n"
#define VLLM_PAGE "200\n\nvllm:num_requests_running 3"

/* Figures that go are not kept, come back when asked for, and are not asked for meanwhile. */
static void test_figures_come_and_go(void)
{
	struct engines l;
	lab_start(&l, VLLM(VLLM_PAGE));
	g_assert_true(lab_open(&l));
	g_assert_true(lab_poll(&l));
	assert_told(&l, "source live vllm 0.11.0\nengine vllm version=0.11.0 state=ok running=3\n"
			"model m state=loaded loaded=yes\n");
	replay_load(l.server, VLLM("404\n\ngone"));
	g_assert_true(lab_poll(&l));
	g_autofree char *told = lab_told(&l);
	g_assert_nonnull(strstr(told, "state=ok note=no figures: GET http://127.0.0.1:"));
	g_assert_nonnull(strstr(told, "/metrics: HTTP 404, no such path: gone\nmodel m state=loaded"));
	g_free(replay_requests(l.server));
	replay_load(l.server, VLLM(VLLM_PAGE));
	g_assert_true(lab_poll(&l));
	g_autofree char *asked = replay_requests(l.server);
	g_assert_cmpstr(asked, ==, "GET /health\n");
	l.b.refresh = true;
	g_assert_true(lab_poll(&l));
	g_autofree char *again = lab_told(&l);
	g_assert_nonnull(strstr(again, "state=ok running=3\n"));
	lab_end(&l);
}

static int64_t clock_us;

static int64_t our_clock(void)
{
	return clock_us;
}

/* From here on the engine goes by our clock, which stands until it is moved. */
static void lab_stop_clock(struct engines *l)
{
	clock_us = 1000 * G_USEC_PER_SEC;
	((struct engine *)l->b.priv)->clock_us = our_clock;
}

/* A counter that was away for a while gives no rate: what happened meanwhile is not what happens now. */
static void test_rate_over_gap(void)
{
	static const char *const pages[] = {VLLM("200\n\nvllm:generation_tokens_total 100"),
					    VLLM("200\n\nvllm:generation_tokens_total 200"), VLLM("404"),
					    VLLM("200\n\nvllm:generation_tokens_total 100000")};
	static const char *const rates[] = {NULL, " tokens_per_second=50", NULL, NULL};
	struct engines l;
	lab_start(&l, pages[0]);
	g_assert_true(lab_open(&l));
	lab_stop_clock(&l);
	for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
		replay_load(l.server, pages[i]);
		l.b.refresh = i == 3;
		g_assert_true(lab_poll(&l));
		g_autofree char *told = lab_told(&l);
		g_test_message("%s", told);
		if (rates[i])
			g_assert_nonnull(strstr(told, rates[i]));
		else
			g_assert_null(strstr(told, "tokens_per_second"));
		clock_us += 2 * G_USEC_PER_SEC;
	}
	lab_end(&l);
}

/* What is not there is not asked for again for five minutes; what only fails at present is. */
static void test_bars(void)
{
	static const struct {
		const char *status;
		bool barred;
	} cases[] = {{"404", true}, {"501", true}, {"403", true}, {"503", false}, {"500", false}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct engines l;
		g_autofree char *recording =
			g_strconcat(VLLM(VLLM_PAGE), "=== GET /is_sleeping ", cases[i].status, "\n", NULL);
		g_test_message("%s", cases[i].status);
		lab_start(&l, recording);
		g_assert_true(lab_open(&l));
		lab_stop_clock(&l);
		g_assert_true(lab_poll(&l));
		g_free(replay_requests(l.server));
		clock_us += 5 * 60 * G_USEC_PER_SEC - 1;
		g_assert_true(lab_poll(&l));
		g_autofree char *asked = replay_requests(l.server);
		g_assert_cmpint(strstr(asked, "GET /is_sleeping\n") == NULL, ==, cases[i].barred);
		clock_us += 1;
		g_assert_true(lab_poll(&l));
		g_autofree char *later = replay_requests(l.server);
		g_assert_nonnull(strstr(later, "GET /is_sleeping\n"));
		lab_end(&l);
	}
}

/* Another engine is asked for what the one before it did not have. */
static void test_bars_end_with_kind(void)
{
	struct engines l;
	lab_start(&l, "=== GET /health 200\n\n=== GET /version 200\n\n{\"version\":\"1\"}\n");
	g_assert_true(lab_open(&l));
	lab_stop_clock(&l);
	g_assert_true(lab_poll(&l));
	g_autofree char *vllm = replay_requests(l.server);
	g_assert_nonnull(strstr(vllm, "GET /v1/models\n"));
	replay_load(l.server, LLAMACPP);
	clock_us += 11 * G_USEC_PER_SEC;
	g_assert_true(lab_poll(&l));
	g_autofree char *llamacpp = replay_requests(l.server);
	g_assert_true(g_str_has_suffix(llamacpp, "GET /props\nGET /v1/models\n"));
	lab_end(&l);
}

/* Of an engine without figures its end is noticed with the next reading. */
static void test_figureless_ends(void)
{
	struct engines l;
	lab_start(&l, VLLM("404"));
	g_assert_true(lab_open(&l));
	g_assert_true(lab_poll(&l));
	replay_load(l.server, "=== GET /health 503\n");
	g_assert_false(lab_poll(&l));
	assert_says(&l, LAB_ERR_UNREACHABLE, "/health: HTTP 503, not ready");
	lab_end(&l);
}

/* Without figures and version it may be anything, unless a person has said that it is vLLM. */
static void test_figureless_changes(void)
{
	static const char *const kinds[] = {"auto", "vllm"};
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct engines l;
		lab_start(&l, VLLM(VLLM_PAGE));
		target_set(l.target, "kind", kinds[i]);
		g_assert_true(lab_open(&l));
		g_assert_true(lab_poll(&l));
		g_free(lab_told(&l));
		replay_load(l.server, OLLAMA "=== GET /v1/models 200\n\n{\"data\":[{\"id\":\"n\"}]}\n");
		l.b.refresh = true;
		g_assert_true(lab_poll(&l));
		g_autofree char *told = lab_told(&l);
		g_assert_nonnull(strstr(told, i == 0 ? "engine ollama version=0.12.3 state=ok\n"
						     : "engine vllm state=ok note=no figures"));
		lab_end(&l);
	}
}

/* ---- https ---- */

/* An authority that the system does not know is believed when it is named; else the message says how. */
static void test_private_authority(void)
{
	g_autofree char *dir = g_dir_make_tmp("labtop-ca-XXXXXX", NULL), *cert = server_certificate(dir, "a");
	g_autofree char *key = cert ? g_strdup_printf("%s/a.key", dir) : NULL;
	struct server s;
	struct engines l;
	if (!cert || !server_start(&s, (const char *const[]){"--tls", cert, key, NULL}))
		return;
	g_autofree char *url = server_url(&s, "https", "");
	lab_start(&l, OLLAMA);
	target_set(l.target, "url", url);
	target_set(l.target, "kind", "ollama");
	g_assert_true(lab_open(&l));
	g_assert_false(lab_poll(&l));
	assert_says(&l, LAB_ERR_TRUST, "; an authority of your own is named by ca-file");
	l.b.ops->close(&l.b);
	target_set(l.target, "ca-file", cert);
	g_assert_true(lab_open(&l));
	g_assert_false(lab_poll(&l));
	assert_says(&l, LAB_ERR_NOT_FOUND, "/api/ps: HTTP 404"); /* it was asked */
	lab_end(&l);
	server_stop(&s);
	g_assert_cmpint(g_unlink(cert), ==, 0);
	g_assert_cmpint(g_unlink(key), ==, 0);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* ---- nonsense ---- */

/* FC-091, FC-093 and other answers that are none: one line, nothing told as if it had been read. */
static void test_nonsense(void)
{
	static const struct {
		const char *ps, *words;
	} cases[] = {
		{"200\n\n{\"error\":\"disk on fire\\u0007\"}", "the engine tells an error: disk on fire"},
		{"500\n\n<html>oops</html>", "HTTP 500, unexpected answer (an HTML page)"},
		{"200\n\n<!doctype html><p>hi", "an HTML page in place of JSON"},
		{"200\n\n[1,2]", "JSON of another kind"},
		{"200\n\n{\"models\":[", "/api/ps: "},
		{"200\n\n{\"models\":[{\"name\":\"a\",\"size\":NaN}]}", "/api/ps: "},
		{"200\n", "/api/ps: "},
		{"503\n\n{\"error\":\"server busy\"}", "not ready: server busy"},
		{"302\nLocation: http://evil.example/\n", "HTTP 302"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct engines l;
		lab_start(&l, OLLAMA);
		g_assert_true(lab_open(&l));
		g_autofree char *broken =
			g_strdup_printf("=== GET /api/version 200\n\n{\"version\":\"1\"}\n=== GET / 200\n\n"
					"Ollama is running\n=== GET /api/ps %s\n",
					cases[i].ps);
		replay_load(l.server, broken);
		g_test_message("%s", cases[i].ps);
		g_assert_false(lab_poll(&l));
		if (!strstr(l.error->message, cases[i].words))
			g_error("'%s' does not say '%s'", l.error->message, cases[i].words);
		assert_told(&l, "");
		lab_end(&l);
	}
}

static void test_cut_off(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	g_assert_true(lab_open(&l));
	replay_load(l.server, "=== GET /api/ps CUT\n\n{\"models\":[]}\n");
	g_assert_false(lab_poll(&l));
	g_assert_nonnull(l.error);
	assert_told(&l, "");
	/* and it comes back */
	replay_load(l.server, OLLAMA);
	g_assert_true(lab_poll(&l));
	lab_end(&l);
}

static void *fire(void *cancel)
{
	cancel_fire(cancel);
	return NULL;
}

/* A wait for an engine that never answers ends at once when the program ends. */
static void test_cancel(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	g_assert_true(lab_open(&l));
	replay_load(l.server, "=== * STALL\n");
	GThread *other = g_thread_new("fire", fire, l.b.cancel);
	g_assert_false(lab_poll(&l));
	g_assert_error(l.error, LAB_ERROR, LAB_ERR_CANCELLED);
	g_thread_join(other);
	lab_end(&l);
}

/* ---- pace ---- */

/* "Refresh" pressed again and again does not make us ask a llama-server faster than is harmless. */
static void test_pace(void)
{
	struct engines l;
	lab_start(&l, LLAMACPP);
	target_set(l.target, "interval", "100ms");
	g_assert_cmpint(l.b.ops->interval(&l.b), ==, 500);
	g_assert_true(lab_open(&l));
	g_assert_cmpint(l.b.ops->interval(&l.b), ==, 2000);
	g_assert_true(lab_poll(&l));
	g_free(replay_requests(l.server));
	for (int i = 0; i < 20; i++) {
		l.b.refresh = true;
		g_assert_true(l.b.ops->observe(&l.b, &l.error));
	}
	g_autofree char *asked = replay_requests(l.server);
	g_assert_cmpstr(asked, ==, "");
	lab_end(&l);
}

/* Slots and metrics are work to a llama-server: one that is to fall asleep when there is none is not asked for them. */
static void test_sleeper(void)
{
	static const char *const asked_of[] = {"GET /props\nGET /metrics\n", "GET /props\n"};
	for (int sleeps = 0; sleeps < 2; sleeps++) {
		struct engines l;
		lab_start(&l,
			  "=== headers\nServer: llama.cpp\n=== GET /health 200\n\n{}\n=== GET /props 200\n\n"
			  "{\"total_slots\":1}\n=== GET /v1/models 200\n\n{}\n=== GET /metrics 200\n\n"
			  "llamacpp:requests_processing 0\n");
		target_set(l.target, "sleeps", sleeps ? "yes" : "no");
		g_assert_true(lab_open(&l));
		g_assert_true(lab_poll(&l));
		g_free(replay_requests(l.server));
		g_assert_true(lab_poll(&l));
		g_autofree char *asked = replay_requests(l.server);
		g_assert_cmpstr(asked, ==, asked_of[sleeps]);
		lab_end(&l);
	}
}

/* The disk's list is read rarely, but at once when asked for. */
static void test_refresh(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	g_assert_true(lab_open(&l));
	g_assert_true(lab_poll(&l));
	g_free(replay_requests(l.server));
	g_assert_true(lab_poll(&l));
	g_autofree char *usual = replay_requests(l.server);
	g_assert_cmpstr(usual, ==, "GET /api/ps\n");
	l.b.refresh = true;
	g_assert_true(lab_poll(&l));
	g_autofree char *all = replay_requests(l.server);
	g_assert_cmpstr(all, ==, "GET /api/ps\nGET /api/version\nGET /api/tags\n");
	lab_end(&l);
}

/* ---- what the configuration adds ---- */

static void test_configured(void)
{
	struct engines l;
	lab_start(&l, OLLAMA);
	target_set(l.target, "guest", "mi50-a");
	target_set(l.target, "gpus", "03:00.0, 0000:83:00.0,AB:00.0");
	target_set(l.target, "unit", "ollama.service");
	g_setenv("LABTOP_TEST_KEY", "sk-not-shown", TRUE);
	target_set(l.target, "key-env", "LABTOP_TEST_KEY");
	g_assert_true(lab_open(&l));
	g_assert_true(lab_poll(&l));
	struct obs *source = mailbox_take(l.b.out, G_MAXINT), *engine = source->next;
	g_assert_cmpstr(source->u.src->detail, ==, "ollama 0.12.3, key: set");
	const struct engine_row *row = engine->u.engine;
	g_assert_cmpstr(row->source, ==, "e");
	g_assert_cmpstr(row->guest, ==, "mi50-a");
	g_assert_cmpstr(row->unit, ==, "ollama.service");
	g_assert_cmpstr(row->gpu_bdfs[0], ==, "0000:03:00.0");
	g_assert_cmpstr(row->gpu_bdfs[1], ==, "0000:83:00.0");
	g_assert_cmpstr(row->gpu_bdfs[2], ==, "0000:ab:00.0");
	g_assert_null(row->gpu_bdfs[3]);
	g_assert_cmpstr(row->addresses[0], ==, "127.0.0.1");
	obs_free(source);
	obs_free(engine);
	lab_end(&l);
}

/* ---- keys ---- */

static const char *key_of(const char *source, const char *value, GError **error)
{
	static int n;
	g_autofree char *name =
		g_strdup_printf("k%d", n++); /* what was found for one is not found for another */
	struct target *t = target_new(TARGET_ENGINE, name);
	const char *key = NULL;
	target_set(t, source, value);
	engine_key_find(t, &key, error);
	target_free(t);
	return key;
}

static void assert_key(const char *source, const char *value, const char *want)
{
	g_autoptr(GError) error = NULL;
	const char *key = key_of(source, value, &error);
	g_assert_cmpstr(key, ==, want);
	if (!want)
		g_assert_nonnull(error);
}

static void test_keys(void)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "labtop-key-XXXXXX", NULL);
	g_close(g_mkstemp(path), NULL);
	g_assert_true(
		g_file_set_contents_full(path, "abc\r\nmore", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	assert_key("key-file", path, "abc");
	g_assert_cmpint(chmod(path, 0640), ==, 0);
	assert_key("key-file", path, NULL);
	g_assert_true(g_file_set_contents_full(path, "a b", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	g_assert_cmpint(chmod(path, 0600), ==, 0);
	assert_key("key-file", path, NULL);
	g_assert_cmpint(g_unlink(path), ==, 0);
	assert_key("key-file", path, NULL);
	assert_key("key-file", "/dev/null", NULL);
	g_setenv("LABTOP_TEST_KEY", "from-env", TRUE);
	assert_key("key-env", "LABTOP_TEST_KEY", "from-env");
	assert_key("key-env", "LABTOP_TEST_NO_SUCH", NULL);
	assert_key("key-command", "printf '%s\\n' 'from command'", NULL);
	assert_key("key-command", "echo from-command", "from-command");
	assert_key("key-command", "false", NULL);
	assert_key("key-command", "unbalanced '", NULL);
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv);
	g_test_add_func("/engine/watch/changes", test_changes);
	g_test_add_func("/engine/watch/configured-kind", test_configured_kind);
	g_test_add_func("/engine/watch/wrong-url", test_wrong_url);
	g_test_add_func("/engine/watch/redirect", test_redirect);
	g_test_add_func("/engine/watch/encoded", test_encoded);
	g_test_add_func("/engine/watch/error-to-all", test_error_to_all);
	g_test_add_func("/engine/watch/unreachable", test_unreachable);
	g_test_add_func("/engine/watch/bad-words", test_bad_words);
	g_test_add_func("/engine/watch/foreign-host-name", test_foreign_host_name);
	g_test_add_func("/engine/watch/all-need-key", test_all_need_key);
	g_test_add_func("/engine/watch/most-need-key", test_most_need_key);
	g_test_add_func("/engine/watch/each-needs-key", test_each_needs_key);
	g_test_add_func("/engine/watch/figures-come-and-go", test_figures_come_and_go);
	g_test_add_func("/engine/watch/rate-over-gap", test_rate_over_gap);
	g_test_add_func("/engine/watch/bars", test_bars);
	g_test_add_func("/engine/watch/bars-end-with-kind", test_bars_end_with_kind);
	g_test_add_func("/engine/watch/figureless-ends", test_figureless_ends);
	g_test_add_func("/engine/watch/figureless-changes", test_figureless_changes);
	/* from here on a key is known for the target's name */
	g_test_add_func("/engine/watch/refused-key", test_refused_key);
	g_test_add_func("/engine/watch/bare-key", test_bare_key);
	g_test_add_func("/engine/watch/private-authority", test_private_authority);
	g_test_add_func("/engine/watch/nonsense", test_nonsense);
	g_test_add_func("/engine/watch/cut-off", test_cut_off);
	g_test_add_func("/engine/watch/cancel", test_cancel);
	g_test_add_func("/engine/watch/pace", test_pace);
	g_test_add_func("/engine/watch/sleeper", test_sleeper);
	g_test_add_func("/engine/watch/refresh", test_refresh);
	g_test_add_func("/engine/watch/configured", test_configured);
	g_test_add_func("/engine/keys", test_keys);
	return g_test_run();
}
