/* test_vsphere_session.c - one login: what is sent before it, what keeps it alive, what ends it. */
#include "config.h"
#include "backends/vsphere/session.h"

#include "backends/backend.h"
#include "lab/error.h"
#include "tests/drivers/fake_http.h"
#include "tests/unit/unit.h"

#include <string.h>

#define NS_S G_GINT64_CONSTANT(1000000000)

#define ANSWER(method, inner)                                                                      \
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body><" method "Response " \
	"xmlns=\"urn:vim25\">" inner "</" method "Response></Body></Envelope>"
#define LOST                                                                          \
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body><Fault>" \
	"<faultstring>The session is not authenticated.</faultstring><detail>"        \
	"<NotAuthenticatedFault xmlns=\"urn:vim25\"/></detail></Fault></Body></Envelope>"

struct server {
	char *versions, *content;
	GString *asked; /* the methods, a word each */
	bool lost;
	bool dead;        /* nobody is there */
	const char *cuts; /* this method is heard and never answered */
};

static int serve(void *data, const struct http_request *rq, GString *body, char **server)
{
	static const struct {
		const char *method, *answer;
	} fixed[] = {
		{"Login", ANSWER("Login", "<returnval><key>k</key></returnval>")},
		{"CurrentTime", ANSWER("CurrentTime", "<returnval>2026-01-01T08:00:00Z</returnval>")},
		{"Logout", ANSWER("Logout", "")},
	};
	struct server *s = data;
	if (s->dead)
		return 0;
	if (!rq->body || strstr(rq->body, "<RetrieveServiceContent ")) {
		g_string_append(s->asked, rq->body ? "content " : "versions ");
		g_string_append(body, rq->body ? s->content : s->versions);
		return 200;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++) {
		g_autofree char *tag = g_strdup_printf("<%s ", fixed[i].method);
		if (!strstr(rq->body, tag))
			continue;
		g_string_append_printf(s->asked, "%s ", fixed[i].method);
		if (g_strcmp0(s->cuts, fixed[i].method) == 0)
			return 0;
		g_string_append(body, s->lost ? LOST : fixed[i].answer);
		return s->lost ? 500 : 200;
	}
	return 404;
}

static char *recorded(const char *name)
{
	g_autofree char *relative = g_build_filename("data", "vsphere", name, NULL);
	g_autofree char *path = unit_data(relative);
	char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void serve_target(struct server *s, struct target *t)
{
	*s = (struct server){.versions = recorded("versions.xml"),
			     .content = recorded("content.xml"),
			     .asked = g_string_new(NULL)};
	target_set(t, "url", "https://root:secret@127.0.0.1");
	target_set(t, "tls", "insecure");
	fake_http_serve(serve, s);
}

/* Logged in at a server that notes what it is asked. */
static void begin(struct server *s, struct target *t, struct cancel *cancel, struct vim *v)
{
	GError *error = NULL;
	serve_target(s, t);
	vim_connect(v, t, cancel, &error);
	g_assert_no_error(error);
	vim_login(v, &error);
	g_assert_no_error(error);
}

static void end(struct server *s, struct target *t, struct cancel *cancel, struct vim *v)
{
	vim_close(v);
	target_free(t);
	cancel_free(cancel);
	g_free(s->versions);
	g_free(s->content);
	g_string_free(s->asked, TRUE);
}

/* Versions and content need no password, so it is sent last; a session that was begun is ended. */
static void test_order(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	begin(&s, t, cancel, &v);
	g_assert_cmpstr(s.asked->str, ==, "versions content Login ");
	vim_close(&v);
	g_assert_cmpstr(s.asked->str, ==, "versions content Login Logout ");
	end(&s, t, cancel, &v);
}

static void note_forgotten(void *data)
{
	g_string_append(((struct server *)data)->asked, "forget ");
}

/* Nobody logs in with the cookie of a session before: a server refuses that like a wrong password, which locks accounts. */
static void test_login_without_cookies(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	GError *error = NULL;
	fake_http_on_forget = note_forgotten;
	begin(&s, t, cancel, &v);
	g_assert_cmpstr(s.asked->str, ==, "versions content forget Login ");
	vim_login(&v, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(s.asked->str, ==, "versions content forget Login Logout forget Login ");
	fake_http_on_forget = NULL;
	end(&s, t, cancel, &v);
}

/* Servers end what is idle for 30 minutes; waiting for changes does not count everywhere. */
static void test_keep_alive(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	GError *error = NULL;
	begin(&s, t, cancel, &v);
	g_string_truncate(s.asked, 0);
	g_assert_true(vim_keep_alive(&v, &error));
	v.kept_alive_ns -= 299 * NS_S;
	g_assert_true(vim_keep_alive(&v, &error));
	g_assert_cmpstr(s.asked->str, ==, "");
	v.kept_alive_ns -= NS_S;
	g_assert_true(vim_keep_alive(&v, &error));
	g_assert_true(vim_keep_alive(&v, &error)); /* once, then not for five minutes */
	g_assert_cmpstr(s.asked->str, ==, "CurrentTime ");
	g_assert_false(vim_session_lost(&v));

	s.lost = true;
	v.kept_alive_ns -= 300 * NS_S;
	g_assert_false(vim_keep_alive(&v, &error));
	g_assert_true(vim_session_lost(&v)); /* which the backend answers with one more login */
	g_clear_error(&error);
	s.lost = false;
	g_assert_true(vim_login(&v, &error));
	g_assert_false(vim_session_lost(&v));
	end(&s, t, cancel, &v);
}

/* Who is to log in again ends the session before, as far as the server still has it. */
static void test_again(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	begin(&s, t, cancel, &v);
	g_string_truncate(s.asked, 0);
	g_assert_true(vim_login(&v, &error));
	g_assert_cmpstr(s.asked->str, ==, "Logout Login ");
	vim_close(&v);
	g_assert_cmpstr(s.asked->str, ==, "Logout Login Logout ");
	end(&s, t, cancel, &v);
}

/* A login whose answer is lost may have made a session; one that was refused has not. */
static void test_lost_answer(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	begin(&s, t, cancel, &v);
	vim_logout(&v, VIM_LOGOUT_MS);
	g_assert_false(vim_leaves_session(&v));
	s.cuts = "Login";
	g_assert_false(vim_login(&v, &error));
	g_assert_true(vim_leaves_session(&v));
	g_clear_error(&error);
	s.cuts = NULL;
	s.lost = true; /* any fault */
	g_assert_false(vim_login(&v, &error));
	g_assert_false(vim_leaves_session(&v));
	g_string_truncate(s.asked, 0);
	end(&s, t, cancel, &v);
}

struct again {
	struct server server;
	struct backend b;
};

static void open_backend(struct again *a)
{
	*a = (struct again){.b = {.ops = &vsphere_backend,
				  .target = target_new(TARGET_VSPHERE, "vc"),
				  .out = mailbox_new(),
				  .cancel = cancel_new()}};
	g_autoptr(GError) error = NULL;
	serve_target(&a->server, (struct target *)a->b.target);
	a->b.ops->open(&a->b, &error);
	g_assert_no_error(error);
	a->server.dead = true;
	g_assert_false(a->b.ops->observe(&a->b, &error));
	a->b.ops->close(&a->b);
	g_string_truncate(a->server.asked, 0);
}

static void assert_opens(struct again *a, bool want, const char *asked)
{
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(a->b.ops->open(&a->b, &error), ==, want);
	g_assert_cmpstr(a->server.asked->str, ==, asked);
	g_string_truncate(a->server.asked, 0);
}

static void close_backend(struct again *a, const char *asked)
{
	a->b.ops->close(&a->b);
	a->b.ops->release(&a->b);
	g_assert_cmpstr(a->server.asked->str, ==, asked);
	mailbox_free(a->b.out);
	cancel_free(a->b.cancel);
	target_free((struct target *)a->b.target);
	g_free(a->server.versions);
	g_free(a->server.content);
	g_string_free(a->server.asked, TRUE);
}

/* What a connection that broke left at the server is ended before there is another session. */
static void test_left(void)
{
	struct again a;
	open_backend(&a);
	assert_opens(&a, false, ""); /* still nobody there: nothing is forgotten */
	a.b.ops->close(&a.b);
	a.server.dead = false;
	assert_opens(&a, true, "versions content Logout Login ");
	close_backend(&a, "Logout ");
}

/* Nor when labtop ends before it came to that. */
static void test_left_at_the_end(void)
{
	struct again a;
	open_backend(&a);
	a.server.dead = false;
	close_backend(&a, "Logout ");

	open_backend(&a);
	close_backend(&a, ""); /* and there is no end to wait for at a server that is gone */
}

/* A server that answers everything but the log-out keeps nobody out for ever. */
static void test_left_for_good(void)
{
	struct again a;
	open_backend(&a);
	a.server.dead = false;
	a.server.cuts = "Logout";
	assert_opens(&a, false, "versions content Logout ");
	a.b.ops->close(&a.b);
	assert_opens(&a, false, "versions content Logout ");
	a.b.ops->close(&a.b);
	assert_opens(&a, true, "versions content Logout Login ");
	a.server.cuts = NULL;
	close_backend(&a, "Logout ");
}

/* A pinned certificate holds for ever; that its time is over is noted. */
static void test_expired(void)
{
	struct server s;
	struct vim v;
	struct target *t = target_new(TARGET_VSPHERE, "vc");
	struct cancel *cancel = cancel_new();
	begin(&s, t, cancel, &v);
	g_autofree char *plain = vim_describe(&v);
	g_assert_nonnull(strstr(plain, ", certificate not checked"));
	g_assert_null(strstr(plain, "expired"));
	fake_http_validity = (struct http_validity){.from_s = 1577836800, .to_s = 1609459200};
	g_autofree char *expired = vim_describe(&v);
	g_assert_true(g_str_has_suffix(expired, ", expired on 2021-01-01"));
	fake_http_validity = (struct http_validity){0};
	end(&s, t, cancel, &v);
}

/* From when to when, to the second; what is not known says nothing. */
static void test_validity(void)
{
	static const struct {
		int64_t from_s, to_s, now_s;
		const char *note;
	} cases[] = {
		{1577836800, 1609459200, 1577836799, "not valid before 2020-01-01"},
		{1577836800, 1609459200, 1577836800, NULL},
		{1577836800, 1609459200, 1609459200, NULL},
		{1577836800, 1609459200, 1609459201, "expired on 2021-01-01"},
		{0, 0, 1609459201, NULL},
		{0, 1609459200, 1, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *note = http_validity_note(
			(struct http_validity){cases[i].from_s, cases[i].to_s}, cases[i].now_s);
		g_assert_cmpstr(note, ==, cases[i].note);
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/vim/order", test_order);
	g_test_add_func("/vim/login-without-cookies", test_login_without_cookies);
	g_test_add_func("/vim/keep-alive", test_keep_alive);
	g_test_add_func("/vim/again", test_again);
	g_test_add_func("/vim/lost-answer", test_lost_answer);
	g_test_add_func("/vim/left", test_left);
	g_test_add_func("/vim/left-at-the-end", test_left_at_the_end);
	g_test_add_func("/vim/left-for-good", test_left_for_good);
	g_test_add_func("/vsphere/session/expired", test_expired);
	g_test_add_func("/vsphere/session/validity", test_validity);
	return g_test_run();
}
