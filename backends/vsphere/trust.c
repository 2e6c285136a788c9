/* trust.c - where the expected key of a server comes from, and what is said when it is another. */
#include "config.h"
#include "backends/vsphere/trust.h"

#include "backends/certs.h"
#include "backends/vsphere/session.h"
#include "lab/error.h"

#include <string.h>

#define PROBE_MS 10000

/* expected: SHA-256 or SHA-1 of the certificate in any spelling, or the key's pin. */
static bool is_print_of(const char *expected, const struct http_certificate *c)
{
	return strcmp(expected, c->key_pin) == 0 || certs_thumbprint_fits(c, expected);
}

/* govc's file: a line "HOST[:PORT] PRINT" each, 443 being left out. The caller frees the print. */
static char *known_hosts_print(const struct http_url *url)
{
	const char *files = g_getenv("GOVC_TLS_KNOWN_HOSTS");
	g_auto(GStrv) paths = g_strsplit(files ? files : "", ":", 0);
	for (char **path = paths; *path; path++) {
		g_autofree char *text = NULL;
		if (!**path || !g_file_get_contents(*path, &text, NULL, NULL))
			continue;
		g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
		for (char **line = lines; *line; line++) {
			g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t", 2);
			if (words[0] && words[1] &&
			    (strcmp(words[0], url->host_port) == 0 ||
			     (url->port == 443 && strcmp(words[0], url->host) == 0)))
				return g_strdup(g_strstrip(words[1]));
		}
	}
	return NULL;
}

static bool probe(const struct target *t, const struct http_url *url, struct cancel *cancel,
		  struct http_certificate *out, GError **error)
{
	return http_probe_certificate(url->clean, target_get(t, "proxy"), PROBE_MS, cancel, out, error);
}

/* What to do stands before the prints: a list on the screen cuts a long reason at its right. */
static void unknown_certificate(const struct target *t, const struct http_url *url,
				const struct http_certificate *c, GError **error)
{
	g_set_error(error, LAB_ERROR, LAB_ERR_TRUST,
		    "%s: its certificate is not known yet; run: labtop trust %s, and compare it with the "
		    "server's "
		    "own console: SHA256:%s (SHA1:%s), %s, valid %s to %s",
		    url->host_port, t->name, c->sha256, c->sha1, c->subject, c->not_before, c->not_after);
}

static void other_certificate(const struct target *t, const struct http_url *url, const char *expected,
			      const struct http_certificate *c, GError **error)
{
	const char *configured = target_get(t, "thumbprint");
	g_autofree char *what_to_do = configured && *configured
					      ? g_strdup_printf("change thumbprint of [vsphere %s]", t->name)
					      : g_strdup_printf("run: labtop trust %s", t->name);
	g_set_error(
		error, LAB_ERROR, LAB_ERR_TRUST,
		"%s: its certificate is another one now; when you know why (host reinstalled, certificate "
		"renewed, or someone in the middle), %s: SHA256:%s, not %s",
		url->host_port, what_to_do, c->sha256, expected);
}

char *trust_find_pin(const struct target *t, const struct http_url *url, struct cancel *cancel,
		     GError **error)
{
	const char *configured = target_get(t, "thumbprint");
	g_autofree char *expected = configured && *configured ? g_strdup(configured) : NULL;
	struct http_certificate c = {0};
	struct cert_pin kept = {0};
	char *pin = NULL;
	GError *unreadable = NULL;
	if (!expected && certs_find(url->host_port, &kept, &unreadable)) {
		pin = g_steal_pointer(&kept.key_pin);
		cert_pin_clear(&kept);
		return pin;
	}
	if (unreadable) {
		g_propagate_error(error, unreadable);
		return NULL;
	}
	if (!expected)
		expected = known_hosts_print(url);
	if (expected && g_str_has_prefix(expected, "sha256//"))
		return g_steal_pointer(&expected);
	if (!probe(t, url, cancel, &c, error))
		return NULL;
	if (!expected)
		unknown_certificate(t, url, &c, error);
	else if (is_print_of(expected, &c))
		pin = g_strdup(c.key_pin);
	else
		other_certificate(t, url, expected, &c, error);
	http_certificate_clear(&c);
	return pin;
}

void trust_explain_change(const struct target *t, const struct http_url *url, struct cancel *cancel,
			  GError **error)
{
	const char *configured = target_get(t, "thumbprint");
	struct http_certificate c = {0};
	struct cert_pin kept = {0};
	if (!probe(t, url, cancel, &c, NULL))
		return;
	g_clear_error(error);
	bool known = certs_find(url->host_port, &kept, NULL);
	other_certificate(t, url,
			  configured ? configured
			  : known    ? kept.sha256
				     : "the one before",
			  &c, error);
	cert_pin_clear(&kept);
	http_certificate_clear(&c);
}

bool vsphere_probe_certificate(const struct target *t, struct cancel *cancel, struct http_certificate *out,
			       GError **error)
{
	struct http_url url = {0};
	bool good = vim_url(t, &url, error) && probe(t, &url, cancel, out, error);
	http_url_clear(&url);
	return good;
}

bool vsphere_accept_certificate(const struct target *t, const char *sha256, struct cancel *cancel,
				GError **error)
{
	struct http_url url = {0};
	struct http_certificate c = {0};
	bool good = vim_url(t, &url, error) && probe(t, &url, cancel, &c, error);
	if (good && !is_print_of(sha256, &c)) {
		other_certificate(t, &url, sha256, &c, error);
		good = false;
	}
	good = good && certs_accept(url.host_port, &c, error);
	http_certificate_clear(&c);
	http_url_clear(&url);
	return good;
}
