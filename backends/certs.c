/* certs.c - see certs.h. Comparing, never connecting: http_cert.c looks at servers. */
#include "config.h"

#include "backends/certs.h"

#include "backends/statedir.h"

#include <string.h>
#include <unistd.h>

#define FILE_NAME "certs"
#define LOCK_NAME "certs.lock" /* read, change and write are one, also for several processes */

void cert_pin_clear(struct cert_pin *pin)
{
	g_free(pin->sha256);
	g_free(pin->key_pin);
	memset(pin, 0, sizeof *pin);
}

static char *hex_of(const char *fingerprint)
{
	GString *hex = g_string_new(NULL);
	for (; *fingerprint; fingerprint++)
		if (g_ascii_isxdigit(*fingerprint))
			g_string_append_c(hex, g_ascii_toupper(*fingerprint));
	return g_string_free(hex, FALSE);
}

static char *with_colons(const char *hex)
{
	GString *out = g_string_new(NULL);
	for (size_t i = 0; hex[i] && hex[i + 1]; i += 2)
		g_string_append_printf(out, "%s%c%c", i ? ":" : "", hex[i], hex[i + 1]);
	return g_string_free(out, FALSE);
}

/* The words of a line about host_port, or NULL. */
static char **words_about(const char *line, const char *host_port)
{
	g_auto(GStrv) words = g_strsplit_set(line, " \t\r", -1);
	if (g_strv_length(words) != 3 || g_ascii_strcasecmp(words[0], host_port) != 0)
		return NULL;
	return g_steal_pointer(&words);
}

bool certs_find(const char *host_port, struct cert_pin *out, GError **error)
{
	g_autofree char *text = statedir_read(FILE_NAME, error);
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = words_about(*line, host_port);
		if (!words || !g_str_has_prefix(words[1], "SHA256:") ||
		    !g_str_has_prefix(words[2], "sha256//"))
			continue;
		g_autofree char *hex = hex_of(words[1] + strlen("SHA256:"));
		out->sha256 = with_colons(hex);
		out->key_pin = g_strdup(words[2]);
		return true;
	}
	return false;
}

bool certs_accept(const char *host_port, const struct http_certificate *cert, GError **error)
{
	g_autofree char *hex = hex_of(cert->sha256);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) unreadable = NULL;
	int lock = statedir_lock(LOCK_NAME, error);
	if (lock < 0)
		return false;
	g_autofree char *text = statedir_read(FILE_NAME, &unreadable);
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) old = words_about(*line, host_port);
		if (!old && **line)
			g_string_append_printf(out, "%s\n", *line);
	}
	g_string_append_printf(out, "%s SHA256:%s %s\n", host_port, hex, cert->key_pin);
	/* A file that could not be read is not overwritten: pins would be lost. */
	bool good = !unreadable && statedir_write(FILE_NAME, out->str, out->len, error);
	close(lock);
	if (unreadable)
		g_propagate_error(error, g_steal_pointer(&unreadable));
	return good;
}

bool certs_thumbprint_fits(const struct http_certificate *cert, const char *thumbprint)
{
	static const char *const names[] = {"SHA256:", "SHA-256:", "SHA1:", "SHA-1:"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strncasecmp(thumbprint, names[i], strlen(names[i])) == 0)
			thumbprint += strlen(names[i]);
	if (strspn(thumbprint, "0123456789abcdefABCDEF: ") != strlen(thumbprint))
		return false;
	g_autofree char *want = hex_of(thumbprint), *sha256 = hex_of(cert->sha256),
			*sha1 = hex_of(cert->sha1);
	return *want && (strcmp(want, sha256) == 0 || strcmp(want, sha1) == 0);
}
