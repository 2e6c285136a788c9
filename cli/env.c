/* env.c - the variables of other people's tools, read as their owners read them. */
#include "config.h"
#include "cli/env.h"

#include "backends/secret.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name)
{
	const char *value = g_getenv(name);
	return value && *value ? value : NULL;
}

/* Go's strconv.ParseBool, which both tools use. */
static bool truth(const char *text)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True", NULL};
	return text && g_strv_contains(yes, text);
}

/* The part between "://" and the first "/": host[:port]. The caller frees. */
static char *authority_of(const char *url)
{
	const char *start = strstr(url, "://");
	start = start ? start + 3 : url;
	return g_strndup(start, strcspn(start, "/?#"));
}

static char *host_of(const char *authority)
{
	if (*authority == '[')
		return g_strndup(authority + 1, strcspn(authority + 1, "]"));
	return g_strndup(authority, strcspn(authority, ":"));
}

/* ---- govc ------------------------------------------------------------------------------------------------------- */

static char *decode(const char *text, gsize len)
{
	char *raw = g_strndup(text, len), *decoded = g_uri_unescape_string(raw, NULL);
	if (!decoded)
		return raw;
	secret_wipe(raw, len); /* it may be a password */
	g_free(raw);
	return decoded;
}

char *env_govc_url(const char *text, char **user_out, char **password_out)
{
	const char *scheme_end = strstr(text, "://");
	g_autofree char *scheme =
		scheme_end ? g_strndup(text, (gsize)(scheme_end - text)) : g_strdup("https");
	const char *rest = scheme_end ? scheme_end + 3 : text;
	gsize len = strcspn(rest, "/?#");
	const char *at = NULL;
	for (gsize i = 0; i < len; i++) /* a password may hold an @: the last one divides */
		if (rest[i] == '@')
			at = rest + i;
	*user_out = *password_out = NULL;
	if (at) {
		const char *colon = memchr(rest, ':', (gsize)(at - rest));
		*user_out = decode(rest, (gsize)((colon ? colon : at) - rest));
		if (colon)
			*password_out = decode(colon + 1, (gsize)(at - colon - 1));
		len -= (gsize)(at + 1 - rest);
		rest = at + 1;
	}
	g_autofree char *authority = g_strndup(rest, len);
	const char *path = rest + len;
	return g_strconcat(scheme, "://", authority, *path && strcmp(path, "/") != 0 ? path : "/sdk", NULL);
}

struct target *env_vsphere_target(void)
{
	const char *text = variable("GOVC_URL");
	if (!text)
		return NULL;
	char *user, *password;
	g_autofree char *url = env_govc_url(text, &user, &password), *authority = authority_of(url);
	g_autofree char *host = host_of(authority);
	struct target *t = target_new(TARGET_VSPHERE, *host ? host : "govc");
	t->named = true;
	t->origin = "GOVC_URL";
	target_set(t, "url", url);
	if (variable("GOVC_USERNAME"))
		target_set(t, "user", variable("GOVC_USERNAME"));
	else if (user)
		target_set(t, "user", user);
	if (variable("GOVC_PASSWORD"))
		secret_put(t, "password", variable("GOVC_PASSWORD"));
	else if (password)
		secret_put(t, "password", password);
	if (truth(variable("GOVC_INSECURE"))) /* GOVC_TLS_KNOWN_HOSTS is read where certificates are judged */
		target_set(t, "tls", "insecure");
	g_free(user);
	if (password)
		secret_wipe(password, strlen(password));
	g_free(password);
	return t;
}

/* ---- Ollama ----------------------------------------------------------------------------------------------------- */

/* Blanks, quotes of either kind, blanks: as Ollama takes them away. The caller frees. */
static char *unquoted(const char *text)
{
	g_autofree char *copy = g_strstrip(g_strdup(text));
	char *from = copy + strspn(copy, "\"'");
	gsize n = strlen(from);
	while (n > 0 && strchr("\"'", from[n - 1]))
		n--;
	from[n] = '\0';
	return g_strdup(g_strstrip(from));
}

static bool is_port(const char *text)
{
	char *end;
	guint64 port = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : G_MAXUINT64;
	return port <= 65535 && *end == '\0';
}

/* Cuts ":port" off "host:port"; *port stays where there is none, or none that can be. Colons of an address without brackets
 * divide nothing. */
static void take_port(char *authority, const char **port)
{
	char *colon = strrchr(authority, ':'), *close = strrchr(authority, ']');
	if (!colon || (close ? colon < close : colon != strchr(authority, ':')))
		return;
	*colon = '\0';
	if (is_port(colon + 1))
		*port = colon + 1;
}

/* A host as it stands in a URL. What a server listens on, all its addresses, is not one to connect to. */
static char *host_in_url(char *host)
{
	struct in6_addr six;
	char text[INET6_ADDRSTRLEN];
	gsize n = strlen(host);
	if (*host == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		host++;
	}
	if (inet_pton(AF_INET6, host, &six) == 1)
		return g_strdup_printf("[%s]", IN6_IS_ADDR_UNSPECIFIED(&six)
						       ? "::1"
						       : inet_ntop(AF_INET6, &six, text, sizeof text));
	if (!*host || g_str_equal(host, "0.0.0.0"))
		return g_strdup("127.0.0.1");
	return strchr(host, ':') ? g_strdup_printf("[%s]", host) : g_strdup(host);
}

/* Facts: ollama envconfig/config.go, Host(). */
char *env_ollama_url(const char *text)
{
	g_autofree char *value = unquoted(text);
	const char *scheme_end = strstr(value, "://"), *rest = scheme_end ? scheme_end + 3 : value;
	const bool cloud = g_str_equal(value, "ollama.com");
	g_autofree char *scheme = scheme_end ? g_strndup(value, (gsize)(scheme_end - value))
					     : g_strdup(cloud ? "https" : "http");
	const char *port = cloud || g_str_equal(scheme, "https") ? "443" : scheme_end ? "80" : "11434";
	g_autofree char *authority = g_strndup(rest, strcspn(rest, "/"));
	const char *path = rest + strlen(authority);
	take_port(authority, &port);
	g_autofree char *host = host_in_url(authority);
	return g_strdup_printf("%s://%s:%s%s", scheme, host, port, g_str_equal(path, "/") ? "" : path);
}

struct target *env_ollama_target(void)
{
	const char *text = variable("OLLAMA_HOST");
	if (!text)
		return NULL;
	g_autofree char *url = env_ollama_url(text);
	struct target *t = target_new(TARGET_ENGINE, "ollama");
	t->named = true;
	t->origin = "OLLAMA_HOST";
	target_set(t, "url", url);
	target_set(t, "kind", "ollama");
	return t;
}

void env_forget_secrets(void)
{
	static const char *const names[] = {"GOVC_URL", "GOVC_PASSWORD"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		char *value = (char *)g_getenv(names[i]);
		if (value) /* /proc/PID/environ shows the old bytes even after unsetenv() */
			secret_wipe(value, strlen(value));
		unsetenv(names[i]);
	}
}
