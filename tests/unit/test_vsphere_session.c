/* test_vsphere_session.c - one login: what is sent before it, what keeps it alive, what ends it. */
#include "config.h"
#include "backends/vsphere/session.h"

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

/* Logged in at a server that notes what it is asked. */
static void begin(struct server *s, struct target *t, struct cancel *cancel, struct vim *v)
{
	GError *error = NULL;
	*s = (struct server){.versions = recorded("versions.xml"),
			     .content = recorded("content.xml"),
			     .asked = g_string_new(NULL)};
	target_set(t, "url", "https://root:secret@127.0.0.1");
	target_set(t, "tls", "insecure");
	fake_http_serve(serve, s);
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

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/vim/order", test_order);
	g_test_add_func("/vim/keep-alive", test_keep_alive);
	return g_test_run();
}
