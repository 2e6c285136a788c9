/* url.c - see url.h. Knows nothing of engines but that their address has a host and a port. */
#include "config.h"

#include "backends/engine/url.h"
#include "backends/http.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESSES_CAP 16

static bool fail(GError **error, const char *why)
{
	/* The text is not repeated: there may be a password in it. */
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "url: %s", why);
	return false;
}

static bool is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return g_ascii_strcasecmp(host, "localhost") == 0 || g_str_has_suffix(host, ".localhost");
}

/* OLLAMA_HOST=0.0.0.0 is what a server listens on; a client that is given the same word means its own machine. */
static const char *reachable_host(const char *host)
{
	if (!host || !*host || strcmp(host, "0.0.0.0") == 0)
		return "127.0.0.1";
	if (strcmp(host, "::") == 0)
		return "::1";
	return host;
}

/* What stands after host and port, without slashes at its end. People paste an OpenAI base URL: our paths bring their own
 * "/v1". */
static char *prefix_of(const char *url)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');
	char *prefix = g_strdup(path ? path : "");
	for (;;) {
		size_t n = strlen(prefix);
		if (n > 0 && prefix[n - 1] == '/')
			prefix[n - 1] = '\0';
		else if (g_str_has_suffix(prefix, "/v1"))
			prefix[n - 3] = '\0';
		else
			return prefix;
	}
}

static bool take_parts(const struct http_url *parts, struct engine_url *out, GError **error)
{
	if (parts->password && *parts->password)
		return fail(error, "holds a password; use key-command, key-file or key-env");
	if (strchr(parts->clean, '?'))
		return fail(error, "has a query; only scheme, host, port and path are used");
	out->https = strcmp(parts->scheme, "https") == 0;
	out->port = parts->port;
	out->host = g_ascii_strdown(reachable_host(parts->host), -1);
	out->loopback = is_loopback(out->host);
	g_autofree char *prefix = prefix_of(parts->clean);
	const bool v6 = strchr(out->host, ':') != NULL;
	const bool zone = v6 && parts->zone;
	out->base =
		g_strdup_printf("%s://%s%s%s%s%s:%d%s", parts->scheme, v6 ? "[" : "", out->host,
				zone ? "%25" : "", zone ? parts->zone : "", v6 ? "]" : "", out->port, prefix);
	return true;
}

/* "host", "host:port", ":port", "[v6]" and "v6" made a URL. */
static char *with_scheme(const char *text, int port_default)
{
	struct in6_addr v6;
	const char *rest = strchr(text, '/') ? strchr(text, '/') : text + strlen(text);
	g_autofree char *authority = g_strndup(text, (gsize)(rest - text));
	g_autofree char *address = g_strndup(authority, strcspn(authority, "%")); /* before a zone */
	if (inet_pton(AF_INET6, address, &v6) == 1)
		return g_strdup_printf("http://[%s]:%d%s", authority, port_default, rest);
	const char *after_host = strrchr(authority, ']') ? strrchr(authority, ']') : authority;
	g_autofree char *port = strchr(after_host, ':') ? g_strdup("") : g_strdup_printf(":%d", port_default);
	return g_strconcat("http://", *authority == ':' ? "127.0.0.1" : "", authority, port, rest, NULL);
}

bool engine_url_parse(const char *text, int port_default, struct engine_url *out, GError **error)
{
	*out = (struct engine_url){0};
	g_autofree char *trimmed = g_strstrip(g_strdup(text ? text : ""));
	if (!*trimmed)
		return fail(error, "is empty");
	g_autofree char *whole =
		strstr(trimmed, "://") ? g_strdup(trimmed) : with_scheme(trimmed, port_default);
	struct http_url parts = {0};
	const bool good = http_url_parse(whole, &parts, error) && take_parts(&parts, out, error);
	http_url_clear(&parts);
	return good;
}

void engine_url_clear(struct engine_url *u)
{
	g_free(u->base);
	g_free(u->host);
	*u = (struct engine_url){0};
}

GPtrArray *engine_host_addresses(const char *host)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return found;
	for (const struct addrinfo *a = list; a && found->len < ADDRESSES_CAP; a = a->ai_next) {
		char text[INET6_ADDRSTRLEN + 20]; /* and a scope */
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			g_ptr_array_add(found, g_strdup(text));
	}
	freeaddrinfo(list);
	return found;
}
