/* fuzz_certificate.c - a server's certificate as libcurl hands it over: its lines, or the DER alone. What the bytes meet
 * first is static, so the file is part of this one. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/http_cert.c" /* NOLINT */

#include <stdio.h>

static void judge_certificate(struct http_certificate *c, bool found)
{
	const char *const texts[] = {c->subject,   c->issuer, c->names, c->not_before,
				     c->not_after, c->sha256, c->sha1,  c->key_pin};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		fuzz_judge(texts[i]);
	if (found && (strlen(c->sha256) != 95 || strlen(c->sha1) != 59 || strlen(c->key_pin) != 52))
		g_error("prints of another length: %s %s %s", c->sha256, c->sha1, c->key_pin);
	http_certificate_clear(c);
}

static void try_der(const uint8_t *der, size_t size)
{
	struct http_certificate c = {0};
	struct der key;
	bool found = find_public_key(der, size, &key);
	if (found && (key.at < der || key.left > size - (size_t)(key.at - der)))
		g_error("a key outside of its certificate");
	g_autofree char *base64 = g_base64_encode(der, size);
	g_autofree char *pem = g_strconcat("Cert:-----BEGIN CERTIFICATE-----\n", base64,
					   "\n-----END CERTIFICATE-----\n", NULL);
	if (take_pem(pem, &c) != found)
		g_error("with and without base64");
	judge_certificate(&c, found);
}

static void try_lines(const char *text)
{
	struct http_certificate c = {0};
	g_auto(GStrv) parts = g_strsplit(text, "\n\n", 64);
	struct curl_slist lines[64];
	int n = 0;
	for (; parts[n]; n++) {
		lines[n] = (struct curl_slist){.data = parts[n]};
		if (n > 0)
			lines[n - 1].next = &lines[n];
	}
	struct curl_slist *first = lines;
	struct curl_certinfo chain = {.num_of_certs = n > 0, .certinfo = &first};
	judge_certificate(&c, take_chain(&chain, &c));
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	try_der(data, size);
	try_lines(text);
}
