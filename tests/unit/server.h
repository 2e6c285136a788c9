/* server.h - starts tests/replay/server.py for a unit test. */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

#include "backends/child.h"
#include "tests/unit/unit.h"

#include <poll.h>
#include <string.h>

struct server {
	struct child *child;
	int port;
};

/* NULL-terminated further words for it. False, and the test skipped, when there is no python3. */
static inline bool server_start(struct server *s, const char *const *words)
{
	g_autofree char *script = unit_data("replay/server.py");
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	const char *line = NULL;
	size_t len;
	g_ptr_array_add(argv, (char *)"python3");
	g_ptr_array_add(argv, script);
	for (; words && *words; words++)
		g_ptr_array_add(argv, (char *)*words);
	g_ptr_array_add(argv, NULL);
	s->child = child_start((const char *const *)argv->pdata, NULL, true, NULL);
	if (!s->child) {
		unit_skip("no python3: apt-get install python3");
		return false;
	}
	for (enum line_result r = LINE_NONE; r != LINE_GOT;) {
		struct pollfd p = {.fd = child_out_fd(s->child), .events = POLLIN};
		poll(&p, 1, 20 * 1000);
		r = child_read_line(s->child, 100, &line, &len);
		if (r == LINE_END)
			g_error("replay server: %s", child_last_words(s->child));
	}
	g_assert_true(g_str_has_prefix(line, "port "));
	s->port = (int)g_ascii_strtoull(line + 5, NULL, 10);
	return true;
}

static inline void server_stop(struct server *s)
{
	child_stop(s->child, 5000);
}

/* DIR/NAME.pem and DIR/NAME.key: signed by itself, for 127.0.0.1, with a name that is no good for a terminal. The caller frees
 * the certificate's path. NULL, and the test skipped, when there is no openssl. */
static inline char *server_certificate(const char *dir, const char *name)
{
	g_autofree char *key = g_strdup_printf("%s/%s.key", dir, name);
	char *cert = g_strdup_printf("%s/%s.pem", dir, name);
	const char *argv[] = {"openssl",
			      "req",
			      "-x509",
			      "-newkey",
			      "ec",
			      "-pkeyopt",
			      "ec_paramgen_curve:prime256v1",
			      "-nodes",
			      "-keyout",
			      key,
			      "-out",
			      cert,
			      "-days",
			      "2",
			      "-subj",
			      "/CN=esx\x1b[2J01",
			      "-addext",
			      "subjectAltName=IP:127.0.0.1",
			      NULL};
	struct child *c = child_start(argv, NULL, false, NULL);
	if (!c) {
		unit_skip("no openssl: apt-get install openssl");
		g_free(cert);
		return NULL;
	}
	while (!child_ended(c, NULL))
		g_usleep(1000);
	child_stop(c, 0);
	return cert;
}

static inline char *server_url(const struct server *s, const char *scheme, const char *path)
{
	return g_strdup_printf("%s://127.0.0.1:%d%s", scheme, s->port, path);
}

#endif
