/* replay.c - see replay.h. One connection after the other is served by one thread; a stalled one is held until the end. */
#include "config.h"

#include "tests/replay/replay.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 16

struct answer {
	char *line; /* "GET /path", or "*" */
	char *word; /* status, STALL or CUT */
	GString *headers, *body;
	int given;
};

struct replay {
	int listener, stop_fd, port;
	pthread_t thread;
	pthread_mutex_t lock; /* over everything below */
	GPtrArray *answers;
	char *headers; /* of every answer */
	GString *asked;
	char *last;
	int open[CONNECTIONS]; /* the thread's own */
	GString *got[CONNECTIONS];
};

/* ---- recordings ---- */

static void answer_free(void *data)
{
	struct answer *a = data;
	g_free(a->line);
	g_free(a->word);
	g_string_free(a->headers, TRUE);
	g_string_free(a->body, TRUE);
	g_free(a);
}

/* "GET /path 200": all but the last word is the request. */
static struct answer *answer_new(const char *title)
{
	struct answer *a = g_new0(struct answer, 1);
	const char *space = strrchr(title, ' ');
	a->line = space ? g_strndup(title, (gsize)(space - title)) : g_strdup(title);
	a->word = g_strdup(space ? space + 1 : "200");
	a->headers = g_string_new(NULL);
	a->body = g_string_new(NULL);
	return a;
}

static void load(struct replay *r, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	struct answer *a = NULL;
	bool in_body = false;
	g_ptr_array_set_size(r->answers, 0);
	g_clear_pointer(&r->headers, g_free);
	for (char **l = lines; *l; l++) {
		if (g_str_has_prefix(*l, "=== ")) {
			a = answer_new(*l + 4);
			in_body = false;
			g_ptr_array_add(r->answers, a);
		} else if (a && !in_body && **l == '\0') {
			in_body = true;
		} else if (a && !in_body) {
			g_string_append_printf(a->headers, "%s\r\n", *l);
		} else if (a && (l[1] || **l)) {
			if (a->body->len > 0)
				g_string_append_c(a->body, '\n');
			g_string_append(a->body, *l);
		}
	}
	for (guint i = 0; i < r->answers->len; i++) {
		a = g_ptr_array_index(r->answers, i);
		if (strcmp(a->line, "headers") == 0)
			r->headers = g_strdup(a->headers->str);
	}
}

/* The next answer to a request line; the last one of its path stays. */
static struct answer *find(struct replay *r, const char *line)
{
	struct answer *found = NULL, *any = NULL;
	for (guint i = 0; i < r->answers->len; i++) {
		struct answer *a = g_ptr_array_index(r->answers, i);
		if (strcmp(a->line, "*") == 0)
			any = a;
		if (strcmp(a->line, line) != 0)
			continue;
		found = a;
		if (a->given == 0)
			break;
	}
	if (found)
		found->given++;
	return found ? found : any;
}

/* ---- the server ---- */

static void hang_up(struct replay *r, int i)
{
	close(r->open[i]);
	r->open[i] = -1;
	g_string_truncate(r->got[i], 0);
}

static void send_all(int fd, const char *bytes, size_t n)
{
	for (ssize_t sent; n > 0; bytes += sent, n -= (size_t)sent)
		if ((sent = send(fd, bytes, n, MSG_NOSIGNAL)) <= 0)
			return;
}

static void reply(struct replay *r, int i, const struct answer *a)
{
	const char *word = a ? a->word : "404";
	const char *body = a ? a->body->str : "";
	const bool cut = strcmp(word, "CUT") == 0;
	if (strcmp(word, "STALL") == 0)
		return;
	g_autoptr(GString) out = g_string_new(NULL);
	g_string_append_printf(out, "HTTP/1.1 %s Recorded\r\nContent-Length: %zu\r\n%s%s\r\n",
			       cut ? "200" : word, strlen(body), r->headers ? r->headers : "",
			       a ? a->headers->str : "");
	g_string_append_len(out, body, (gssize)(cut ? strlen(body) / 2 : strlen(body)));
	send_all(r->open[i], out->str, out->len);
	if (cut)
		hang_up(r, i);
}

/* A request has no body here: monitoring only GETs, and a test sees everything else in what was asked. */
static void serve(struct replay *r, int i)
{
	for (char *end; r->open[i] >= 0 && (end = strstr(r->got[i]->str, "\r\n\r\n"));) {
		g_autofree char *head = g_strndup(r->got[i]->str, (gsize)(end - r->got[i]->str));
		g_string_erase(r->got[i], 0, end + 4 - r->got[i]->str);
		char *http = strstr(head, " HTTP/1.");
		g_autofree char *line = g_strndup(head, http ? (gsize)(http - head) : 0);
		pthread_mutex_lock(&r->lock);
		g_string_append_printf(r->asked, "%s\n", line);
		g_free(r->last);
		r->last = g_strdup(head);
		reply(r, i, find(r, line));
		pthread_mutex_unlock(&r->lock);
	}
}

static void take_connection(struct replay *r)
{
	int fd = accept(r->listener, NULL, NULL);
	for (int i = 0; i < CONNECTIONS && fd >= 0; i++)
		if (r->open[i] < 0) {
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
			r->open[i] = fd;
			return;
		}
	if (fd >= 0)
		close(fd);
}

static void take_bytes(struct replay *r, int i)
{
	char bytes[4096];
	ssize_t n = recv(r->open[i], bytes, sizeof bytes, 0);
	if (n <= 0) {
		hang_up(r, i);
		return;
	}
	g_string_append_len(r->got[i], bytes, n);
	serve(r, i);
}

static void *run(void *data)
{
	struct replay *r = data;
	for (;;) {
		struct pollfd fds[CONNECTIONS + 2] = {{.fd = r->stop_fd, .events = POLLIN},
						      {.fd = r->listener, .events = POLLIN}};
		for (int i = 0; i < CONNECTIONS; i++)
			fds[i + 2] = (struct pollfd){.fd = r->open[i], .events = POLLIN};
		poll(fds, CONNECTIONS + 2, -1);
		if (fds[0].revents)
			return NULL;
		for (int i = 0; i < CONNECTIONS; i++)
			if (fds[i + 2].revents && r->open[i] >= 0)
				take_bytes(r, i);
		if (fds[1].revents)
			take_connection(r);
	}
}

struct replay *replay_start(const char *text)
{
	struct replay *r = g_new0(struct replay, 1);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	pthread_mutex_init(&r->lock, NULL);
	r->answers = g_ptr_array_new_with_free_func(answer_free);
	r->asked = g_string_new(NULL);
	for (int i = 0; i < CONNECTIONS; i++) {
		r->open[i] = -1;
		r->got[i] = g_string_new(NULL);
	}
	load(r, text);
	r->stop_fd = eventfd(0, EFD_CLOEXEC);
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(r->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(r->listener, CONNECTIONS) != 0 ||
	    getsockname(r->listener, (struct sockaddr *)&at, &size) != 0)
		g_error("replay: no port on loopback");
	r->port = ntohs(at.sin_port);
	pthread_create(&r->thread, NULL, run, r);
	return r;
}

void replay_stop(struct replay *r)
{
	const uint64_t one = 1;
	if (write(r->stop_fd, &one, sizeof one) != sizeof one)
		g_error("replay: cannot stop");
	pthread_join(r->thread, NULL);
	for (int i = 0; i < CONNECTIONS; i++) {
		if (r->open[i] >= 0)
			close(r->open[i]);
		g_string_free(r->got[i], TRUE);
	}
	close(r->listener);
	close(r->stop_fd);
	g_ptr_array_unref(r->answers);
	g_string_free(r->asked, TRUE);
	g_free(r->headers);
	g_free(r->last);
	pthread_mutex_destroy(&r->lock);
	g_free(r);
}

int replay_port(const struct replay *r)
{
	return r->port;
}

char *replay_url(const struct replay *r)
{
	return g_strdup_printf("http://127.0.0.1:%d", r->port);
}

void replay_load(struct replay *r, const char *text)
{
	pthread_mutex_lock(&r->lock);
	load(r, text);
	pthread_mutex_unlock(&r->lock);
}

char *replay_requests(struct replay *r)
{
	pthread_mutex_lock(&r->lock);
	char *asked = g_strdup(r->asked->str);
	g_string_truncate(r->asked, 0);
	pthread_mutex_unlock(&r->lock);
	return asked;
}

char *replay_last_header(struct replay *r, const char *name)
{
	char *value = NULL;
	pthread_mutex_lock(&r->lock);
	g_auto(GStrv) lines = g_strsplit(r->last ? r->last : "", "\r\n", -1);
	pthread_mutex_unlock(&r->lock);
	for (char **l = lines; *l && !value; l++)
		if (g_ascii_strncasecmp(*l, name, strlen(name)) == 0 && (*l)[strlen(name)] == ':')
			value = g_strstrip(g_strdup(*l + strlen(name) + 1));
	return value;
}
