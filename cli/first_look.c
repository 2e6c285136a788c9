/* first_look.c - this machine's GPUs, devices and engines, for a start without a configuration. */
#include "config.h"
#include "cli/first_look.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 100 /* loopback answers or refuses at once; a firewall that drops does not */

/* Fits a message line of 80 columns. */
const char first_look_hint[] = "This machine only; hosts, guests and engines: see man labtop.conf";

/* Where engines listen unless they are told otherwise. */
static const int engine_ports[] = {
	11434, /* Ollama */
	8000,  /* vLLM */
	8080,  /* llama-server, llama-swap */
	8188,  /* ComfyUI */
	7860,  /* AUTOMATIC1111 */
};

static struct target *looked_for(enum target_kind kind, const char *name)
{
	struct target *t = target_new(kind, name);
	t->origin = "first look";
	return t;
}

struct target *first_look_guest(void)
{
	struct target *t = looked_for(TARGET_GUEST, "local");
	target_set(t, "ssh", "local");
	return t;
}

struct target *first_look_pci(void)
{
#ifdef HAVE_LIBPCI
	return looked_for(TARGET_PCI, "pci");
#else
	return NULL;
#endif
}

static bool answers(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), failed = 1;
	socklen_t size = sizeof failed;
	if (fd < 0)
		return false;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
		failed = 0;
	} else {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		if (poll(&p, 1, CONNECT_MS) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0)
			failed = 1;
	}
	close(fd);
	return failed == 0;
}

/* OLLAMA_HOST has often named one already. */
static bool is_named(const GPtrArray *targets, int port)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
	for (guint i = 0; i < targets->len; i++)
		for (gsize k = 0; k < G_N_ELEMENTS(hosts); k++) {
			g_autofree char *url = g_strdup_printf("http://%s:%d", hosts[k], port);
			if (g_strcmp0(target_get(targets->pdata[i], "url"), url) == 0)
				return true;
		}
	return false;
}

void first_look_engines(GPtrArray *targets)
{
	for (gsize i = 0; i < G_N_ELEMENTS(engine_ports); i++) {
		if (is_named(targets, engine_ports[i]) || !answers(engine_ports[i]))
			continue;
		g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d", engine_ports[i]);
		g_autofree char *name = g_strdup_printf("localhost:%d", engine_ports[i]);
		struct target *t = looked_for(TARGET_ENGINE, name);
		target_set(t, "url", url);
		target_set(t, "guest", "local");
		g_ptr_array_add(targets, t);
	}
}
