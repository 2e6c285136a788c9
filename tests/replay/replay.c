/* replay.c - see replay.h. One connection after the other is served by one thread; a stalled one is held until the end. */
#include "config.h"

#include "tests/replay/replay.h"

#include "tests/drivers/recording.h"

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

struct replay {
	int listener, stop_fd, port;
	pthread_t thread;
	pthread_mutex_t lock; /* over everything below */
	struct recording *recording;
	GString *asked;
	char *last;
	int open[CONNECTIONS]; /* the thread's own */
	GString *got[CONNECTIONS];
};

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

static void reply(struct replay *r, int i, const struct recording_answer *a)
{
	const char *word = a ? a->word : "404";
	const size_t whole = a ? a->len : 0;
	const bool cut = strcmp(word, "CUT") == 0;
	if (strcmp(word, "STALL") == 0)
		return;
	g_autoptr(GString) out = g_string_new(NULL);
	g_string_append_printf(out, "HTTP/1.1 %s Recorded\r\nContent-Length: %zu\r\n%s%s\r\n",
			       cut ? "200" : word, whole, recording_headers(r->recording),
			       a ? a->headers->str : "");
	if (a)
		g_string_append_len(out, recording_body(r->recording, a), (gssize)(cut ? whole / 2 : whole));
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
		reply(r, i, recording_find(r->recording, line));
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
	r->asked = g_string_new(NULL);
	for (int i = 0; i < CONNECTIONS; i++) {
		r->open[i] = -1;
		r->got[i] = g_string_new(NULL);
	}
	r->recording = recording_new(text, strlen(text));
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
	recording_free(r->recording);
	g_string_free(r->asked, TRUE);
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
	recording_free(r->recording);
	r->recording = recording_new(text, strlen(text));
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
