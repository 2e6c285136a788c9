/* http_cert.c - looks at a server's certificate without sending it a request: the first contact before a pin exists.
 *
 * libcurl gives the chain as PEM; the public key's hash needs the place of one field in the DER, which is found here by
 * walking tags and lengths. The bytes are hostile.
 */
#include "config.h"

#include "backends/http_private.h"

#include "lab/error.h"
#include "lab/text.h"

#include <string.h>

struct der {
	const guint8 *at;
	size_t left;
};

#define DER_SEQUENCE 0x30
#define DER_VERSION  0xA0 /* [0] EXPLICIT */

/* Takes the next element off d: its tag, its content, and the whole of it with tag and length. */
static bool der_next(struct der *d, int *tag, struct der *content, struct der *whole)
{
	size_t head = 2, len;
	if (d->left < 2)
		return false;
	*tag = d->at[0];
	len = d->at[1];
	if (len & 0x80) {
		size_t n = len & 0x7F;
		if (n < 1 || n > 4 || d->left < 2 + n)
			return false;
		for (len = 0; head < 2 + n; head++)
			len = len << 8 | d->at[head];
	}
	if (len > d->left - head)
		return false;
	*content = (struct der){d->at + head, len};
	*whole = (struct der){d->at, head + len};
	d->at += head + len;
	d->left -= head + len;
	return true;
}

/* The SubjectPublicKeyInfo of a certificate (RFC 5280, 4.1): the sixth field, not counting the optional version. */
static bool find_public_key(const guint8 *der, size_t n, struct der *out)
{
	struct der all = {der, n}, cert, tbs, field, whole;
	int tag;
	if (!der_next(&all, &tag, &cert, &whole) || tag != DER_SEQUENCE ||
	    !der_next(&cert, &tag, &tbs, &whole) || tag != DER_SEQUENCE)
		return false;
	for (int i = 0; i < 6; i++) {
		if (!der_next(&tbs, &tag, &field, &whole))
			return false;
		if (i == 0 && tag == DER_VERSION)
			i--;
	}
	*out = whole;
	return tag == DER_SEQUENCE;
}

static char *fingerprint(GChecksumType type, const guint8 *bytes, size_t n)
{
	g_autofree char *hex = g_compute_checksum_for_data(type, bytes, n);
	GString *out = g_string_new(NULL);
	for (size_t i = 0; hex[i]; i += 2)
		g_string_append_printf(out, "%s%c%c", i ? ":" : "", g_ascii_toupper(hex[i]),
				       g_ascii_toupper(hex[i + 1]));
	return g_string_free(out, FALSE);
}

static char *key_pin(const struct der *key)
{
	guint8 digest[32];
	gsize n = sizeof digest;
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(sum, key->at, (gssize)key->left);
	g_checksum_get_digest(sum, digest, &n);
	g_checksum_free(sum);
	g_autofree char *base64 = g_base64_encode(digest, n);
	return g_strconcat("sha256//", base64, NULL);
}

static bool take_pem(const char *pem, struct http_certificate *out)
{
	static const char mark[] = "-----BEGIN CERTIFICATE-----";
	const char *begin = strstr(pem, mark), *end = begin ? strstr(begin + strlen(mark), "-----END") : NULL;
	if (!end)
		return false;
	begin += strlen(mark);
	g_autofree char *base64 = g_strndup(begin, (gsize)(end - begin));
	gsize n;
	g_autofree guint8 *der = g_base64_decode(base64, &n);
	struct der key;
	if (!find_public_key(der, n, &key))
		return false;
	out->sha256 = fingerprint(G_CHECKSUM_SHA256, der, n);
	out->sha1 = fingerprint(G_CHECKSUM_SHA1, der, n);
	out->key_pin = key_pin(&key);
	return true;
}

/* The server's own certificate is the first of the chain. */
static bool take_chain(const struct curl_certinfo *chain, struct http_certificate *out)
{
	const struct {
		const char *key;
		char **to;
	} fields[] = {
		{"Subject:", &out->subject},
		{"Issuer:", &out->issuer},
		{"X509v3 Subject Alternative Name:", &out->names},
		{"Start date:", &out->not_before},
		{"Expire date:", &out->not_after},
	};
	bool found = false;
	for (struct curl_slist *line = chain->num_of_certs > 0 ? chain->certinfo[0] : NULL; line;
	     line = line->next) {
		for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
			if (g_str_has_prefix(line->data, fields[i].key) && !*fields[i].to)
				*fields[i].to = text_clean(line->data + strlen(fields[i].key), -1);
		if (g_str_has_prefix(line->data, "Cert:") && !found)
			found = take_pem(line->data, out);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (!*fields[i].to)
			*fields[i].to = g_strdup("");
	return found;
}

/* ---- from when to when ------------------------------------------------------------------------------------- */

/* "Jan 31 12:00:00 2024 GMT" as OpenSSL writes it, and others alike; 0 when it is no date. */
static int64_t seconds_of(const char *date)
{
	time_t t = curl.getdate(date, NULL);
	return t < 0 ? 0 : (int64_t)t;
}

struct http_validity http_certificate_validity(const struct http_certificate *c)
{
	return (struct http_validity){.from_s = seconds_of(c->not_before), .to_s = seconds_of(c->not_after)};
}

void http_take_validity(CURL *easy, struct http_validity *v)
{
	struct curl_certinfo *chain = NULL;
	struct http_certificate c = {0};
	if (curl.easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
	    chain->num_of_certs == 0)
		return;
	if (take_chain(chain, &c))
		*v = http_certificate_validity(&c);
	http_certificate_clear(&c);
}

bool http_probe_certificate(const char *url, const char *proxy, int64_t timeout_ms, struct cancel *cancel,
			    struct http_certificate *out, GError **error)
{
	char detail[CURL_ERROR_SIZE] = "";
	if (!curl_load(error) || (cancel && !cancel_open(cancel, error)))
		return false;
	CURLM *multi = curl.multi_init();
	CURL *easy = curl.easy_init();
	http_set_transport(easy, false, proxy, NULL);
	curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	curl.easy_setopt(easy, CURLOPT_URL, url);
	curl.easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl.easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	curl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
	curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	CURLcode code = http_drive(multi, easy, cancel, false, NULL);
	struct curl_certinfo *chain = NULL;
	bool found = false;
	g_autofree char *what = g_strconcat("certificate of ", url, NULL);
	if (code != CURLE_OK) {
		http_set_error(error, what, easy, code, detail);
		http_name_proxy(error, proxy);
	} else if (curl.easy_getinfo(easy, CURLINFO_CERTINFO, &chain) == CURLE_OK && chain &&
		   take_chain(chain, out)) {
		found = true;
	} else {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s: the server showed none that can be read",
			    what);
	}
	curl.multi_remove_handle(multi, easy);
	curl.easy_cleanup(easy);
	curl.multi_cleanup(multi);
	if (!found)
		http_certificate_clear(out);
	return found;
}

void http_certificate_clear(struct http_certificate *c)
{
	g_free(c->subject);
	g_free(c->issuer);
	g_free(c->names);
	g_free(c->not_before);
	g_free(c->not_after);
	g_free(c->sha256);
	g_free(c->sha1);
	g_free(c->key_pin);
	memset(c, 0, sizeof *c);
}
