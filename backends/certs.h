/* certs.h - which public key stands behind which address: the pins a person has accepted, kept in the state directory.
 *
 * One line each, as design.md says: `host:port SHA256:<hex of the certificate> sha256//<key pin>`.
 */
#ifndef BACKENDS_CERTS_H
#define BACKENDS_CERTS_H

#include "backends/http.h"

#include <glib.h>
#include <stdbool.h>

struct cert_pin {
	char *sha256;  /* of the certificate, "AA:BB:..." */
	char *key_pin; /* for http_options.pin */
};
void cert_pin_clear(struct cert_pin *pin);

/* The pin of host:port (http_url.host_port); false when there is none, with error when that cannot be known: a
 * file that cannot be read does not make a server unknown. Reads the file each time: a person may edit it. */
bool certs_find(const char *host_port, struct cert_pin *out, GError **error);

/* Pins a certificate, in place of an older one for the same address. Any thread. */
bool certs_accept(const char *host_port, const struct http_certificate *cert, GError **error);

/* True when thumbprint (SHA-1 or SHA-256, hex with or without colons, an algorithm's name before it or not) is that of cert:
 * the forms of the configuration, of ESXi's console and of govc's known hosts. */
bool certs_thumbprint_fits(const struct http_certificate *cert, const char *thumbprint);

#endif
