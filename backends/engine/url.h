/* url.h - an engine's address as people write it, made one thing that can be asked. */
#ifndef ENGINE_URL_H
#define ENGINE_URL_H

#include "lab/error.h"

#include <glib.h>
#include <stdbool.h>

struct engine_url {
	char *base; /* "http://host:port/prefix", no slash at the end, no userinfo: paths are appended to it */
	char *host; /* without brackets */
	int port;
	bool https;
	bool loopback; /* the host is this machine by name or number */
};

/* Takes what a configuration or OLLAMA_HOST may hold: "host", "host:port", ":port", "::1", "[::1]:11434", a URL. Without a scheme
 * it is http and, without a port, port_default; with one, the scheme's port. The address that means "all of mine" becomes
 * loopback; "/v1" at the end is dropped. A password in it is an error (it would end up in lists and logs), as are a query
 * and other schemes. The caller clears. */
bool engine_url_parse(const char *text, int port_default, struct engine_url *out, GError **error);
void engine_url_clear(struct engine_url *u);

/* Numeric addresses of a host, for telling which guest it is: blocks on the resolver unless the host is a number. At most
 * 16; empty when nobody knows. The caller frees with g_ptr_array_unref(). */
GPtrArray *engine_host_addresses(const char *host);

#endif
